using Slipway.Wire;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>The state of loss recovery, as Linux keeps it: what is suspicious, what is lost, when that is over, and when it was a mistake (RFC 5681, 6582, 6675, 8985, 5682, 4015).</summary>
internal sealed partial class TcpSender
{
    private uint _highSeq;
    private uint _priorThreshold;
    private uint? _undoMarker;
    private int _undoRetransmitted;
    private bool _isFrto;
    private bool _cwrQueued;

    // The receiver gave up what it had reported, and the trouble of that is not over (is_sack_reneg).
    private bool _hasReneged;
    private ProportionalRateReduction _reduction;

    /// <summary>The state of the sender with regard to loss (tcpi_ca_state).</summary>
    public CongestionState State { get; private set; }

    /// <summary>How far segments may overtake each other before one counts as lost, in segments.</summary>
    public uint Reordering { get; private set; }

    private bool IsReducing => State is CongestionState.Cwr or CongestionState.Recovery;

    private bool IsRack => IsSack && (_connection.Sysctl.Recovery.Value & 1) != 0;

    /// <summary>Takes the CWR flag that the next new data carries, if one is due (RFC 3168 §6.1.2).</summary>
    public bool TakeCongestionWindowReduced()
    {
        bool due = _cwrQueued;
        _cwrQueued = false;
        return due;
    }

    /// <summary>An acknowledgment that is a duplicate, reports something, or comes while something is suspicious (Linux tcp_fastretrans_alert).</summary>
    private void Judge(ref AckReading reading, int duplicates, out Recovery recovery)
    {
        recovery = Recovery.None;
        bool isMarked = (reading.Flags & AckFlags.EcnEcho) != 0;
        if (PacketsOut == 0 && SackedOut > 0) SackedOut = 0;
        if (isMarked) _priorThreshold = 0;
        if ((reading.Flags & (AckFlags.SackReneging | AckFlags.Advanced)) == (AckFlags.SackReneging | AckFlags.Advanced))
        {
            // The receiver dropped what it had reported: all will be sent again, soon, unless the next acknowledgment explains it.
            _connection.Count(TcpExtCounter.TCPSACKReneging);
            SetTimer(SenderTimer.Retransmit, Math.Max(Rtt.SmoothedMicroseconds * StackClock.Microsecond / 2, 10 * StackClock.Millisecond));
            reading.Flags &= ~AckFlags.SetTimer;
            return;
        }
        if (State == CongestionState.Open) RetransmittedSince = -1;
        else if (!Before(SndUna, _highSeq) && EndsHere()) return;
        switch (State)
        {
            case CongestionState.Recovery:
                if (!ContinueRecovery(ref reading, duplicates, isMarked)) return;
                break;
            case CongestionState.Loss:
                ContinueLoss(ref reading, duplicates, isMarked, ref recovery);
                FindLosses(ref reading);
                if (State != CongestionState.Open && (reading.Flags & AckFlags.LostRetransmission) == 0) return;
                recovery = Recovery.None;
                if (!SuspectLoss(ref reading, duplicates, isMarked)) return;
                break;
            default:
                if (!SuspectLoss(ref reading, duplicates, isMarked)) return;
                break;
        }
        recovery = Recovery.Lost;
    }

    /// <summary>All that was under way when the trouble began is acknowledged.</summary>
    private bool EndsHere()
    {
        switch (State)
        {
            case CongestionState.Cwr:
                // Until something above is acknowledged, so that a second reduction waits for a round trip.
                if (SndUna != _highSeq)
                {
                    EndReduction();
                    SetState(CongestionState.Open);
                }
                return false;
            case CongestionState.Recovery:
                if (!IsSack) SackedOut = 0;
                if (TryUndoRecovery()) return true;
                EndReduction();
                return false;
            default:
                return false;
        }
    }

    private bool ContinueRecovery(ref AckReading reading, int duplicates, bool isMarked)
    {
        if ((reading.Flags & AckFlags.Advanced) == 0)
        {
            if (!IsSack) AddRenoSack(duplicates, isMarked);
        }
        else if (TryUndoPartial(reading.PriorUna)) return false;
        if (TryUndoByDuplicates()) TryToOpen(isMarked);
        FindLosses(ref reading);
        if (State == CongestionState.Recovery) return true;
        if (!IsTimeToRecover) return false;
        EnterRecovery(isMarked);
        return true;
    }

    private bool SuspectLoss(ref AckReading reading, int duplicates, bool isMarked)
    {
        if (!IsSack)
        {
            if ((reading.Flags & AckFlags.Advanced) != 0) SackedOut = 0;
            AddRenoSack(duplicates, isMarked);
        }
        if (State <= CongestionState.Disorder) TryUndoByDuplicates();
        FindLosses(ref reading);
        if (!IsTimeToRecover)
        {
            TryToOpen(isMarked);
            return false;
        }
        if (FailsMtuProbe()) return false;
        EnterRecovery(isMarked);
        return true;
    }

    private bool IsTimeToRecover => LostOut > 0 || !IsRack && SackedOut > Reordering;

    private void FindLosses(ref AckReading reading)
    {
        if (PacketsOut == 0) return;
        if (!IsSack)
        {
            MarkRenoLoss((reading.Flags & AckFlags.Advanced) != 0);
            return;
        }
        uint retransmitted = RetransmittedOut;
        if (IsRack ? DetectByTime() : DetectByCount()) reading.Flags &= ~AckFlags.SetTimer;
        if (retransmitted > RetransmittedOut) reading.Flags |= AckFlags.LostRetransmission;
    }

    /// <summary>NewReno (RFC 6582): the first segment is lost at the third duplicate, and the next one at each partial acknowledgment.</summary>
    private void MarkRenoLoss(bool advanced)
    {
        if (!(State < CongestionState.Recovery && SackedOut >= Reordering || State == CongestionState.Recovery && advanced)) return;
        if (Queue.FirstSent is not { } head || head.Has(SegmentMarks.Lost)) return;
        if (head.Count > 1 && head.Length > head.Size) CutSent(head, head.Size, head.Size);
        MarkLost(head);
    }

    /// <summary>RFC 6675: what lies more than the reordering distance below the highest report is lost. For tcp_recovery 0.</summary>
    private bool DetectByCount()
    {
        uint above = SackedOut;
        for (TcpSegment? segment = Queue.First; segment is not null && !ReferenceEquals(segment, Queue.FirstUnsent) && above >= Reordering; segment = segment.Next)
        {
            if (segment.Has(SegmentMarks.Sacked)) above -= (uint)segment.Count;
            else if (!segment.Has(SegmentMarks.Lost)) MarkLost(segment);
        }
        return false;
    }

    /// <summary>A segment is lost; one that was sent again is lost again.</summary>
    private void MarkLost(TcpSegment segment)
    {
        if (segment.Has(SegmentMarks.Sacked)) return;
        uint packets = (uint)segment.Count;
        // Without a hint the search begins at the head: a hint here would hide what is lost before it and was not sent again.
        if (_retransmitHint is null ? RetransmittedOut >= LostOut : Before(segment.Sequence, _retransmitHint.Sequence)) _retransmitHint = segment;
        if (segment.Has(SegmentMarks.Lost))
        {
            if (!segment.Has(SegmentMarks.Retransmitted)) return;
            segment.Marks &= ~SegmentMarks.Retransmitted;
            RetransmittedOut -= packets;
            LostTotal += packets;
            _connection.Count(TcpExtCounter.TCPLostRetransmit, segment.Count);
        }
        else
        {
            segment.Marks |= SegmentMarks.Lost;
            LostOut += packets;
            LostTotal += packets;
            if (segment.Has(SegmentMarks.Retransmitted))
            {
                segment.Marks &= ~SegmentMarks.Retransmitted;
                RetransmittedOut -= packets;
            }
        }
    }

    private void EnterRecovery(bool isMarked)
    {
        _connection.Count(IsSack ? TcpExtCounter.TCPSackRecovery : TcpExtCounter.TCPRenoRecovery);
        _priorThreshold = 0;
        InitUndo();
        if (!IsReducing)
        {
            if (!isMarked) _priorThreshold = Window.CurrentThreshold(State);
            StartReduction();
        }
        SetState(CongestionState.Recovery);
    }

    /// <summary>A congestion mark: the window shrinks without a loss (RFC 3168 §6.1.2).</summary>
    private void EnterCwr()
    {
        _priorThreshold = 0;
        if (State >= CongestionState.Cwr) return;
        _undoMarker = null;
        StartReduction();
        SetState(CongestionState.Cwr);
    }

    private void StartReduction()
    {
        _highSeq = SndNxt;
        _probeHighSeq = 0;
        Window.WindowCount = 0;
        Window.PriorWindow = Window.Window;
        _reduction.Enter(Window.Window);
        Window.SlowStartThreshold = Congestion.SlowStartThreshold(Window, _connection.Now);
        if (_connection.EcnOk) _cwrQueued = true;
    }

    private void EndReduction()
    {
        if (Congestion.ControlsWindow) return;
        if (Window.SlowStartThreshold < CongestionWindow.InfiniteThreshold && (_undoMarker is not null || State == CongestionState.Cwr))
        {
            Window.Window = Window.SlowStartThreshold;
            Window.UsedSince = _connection.Now;
        }
        Congestion.OnEvent(ref Window, CongestionEvent.CompleteReduction, _connection.Now);
    }

    /// <summary>The retransmission timer fired: all is taken to be lost but what was sent just now (RFC 6298 §5, RFC 8985 §6.3).</summary>
    private void EnterLoss()
    {
        bool isNew = State < CongestionState.Recovery;
        MarkLostByTimeout();
        if (State <= CongestionState.Disorder || !After(_highSeq, SndUna) || State == CongestionState.Loss && Timeouts == 0)
        {
            _priorThreshold = Window.CurrentThreshold(State);
            Window.PriorWindow = Window.Window;
            Window.SlowStartThreshold = Congestion.SlowStartThreshold(Window, _connection.Now);
            Congestion.OnEvent(ref Window, CongestionEvent.Loss, _connection.Now);
            InitUndo();
        }
        Window.Window = InFlight + 1;
        Window.WindowCount = 0;
        Window.UsedSince = _connection.Now;
        uint usual = (uint)Math.Max(_connection.Sysctl.Reordering.Value, 1);
        if (State <= CongestionState.Disorder && SackedOut >= usual) Reordering = Math.Min(Reordering, usual);
        SetState(CongestionState.Loss);
        _highSeq = SndNxt;
        _probeHighSeq = 0;
        if (_connection.EcnOk) _cwrQueued = true;
        _isFrto = _connection.Sysctl.Frto.IsOn && (isNew || Timeouts > 0);
    }

    private void MarkLostByTimeout()
    {
        TcpSegment? head = Queue.FirstSent;
        bool reneged = head is not null && head.Has(SegmentMarks.Sacked);
        if (reneged) _hasReneged = true;
        if (reneged || !IsSack) SackedOut = 0;
        long now = _connection.Now;
        for (TcpSegment? segment = head; segment is not null && !ReferenceEquals(segment, Queue.FirstUnsent); segment = segment.Next)
        {
            if (reneged) segment.Marks &= ~SegmentMarks.Sacked;
            else if (IsRack && !ReferenceEquals(segment, head) && _rack.Rtt > now - segment.SentAt) continue;
            MarkLost(segment);
        }
        _retransmitHint = null;
    }

    private void ContinueLoss(ref AckReading reading, int duplicates, bool isMarked, ref Recovery recovery)
    {
        bool advanced = (reading.Flags & AckFlags.Advanced) != 0;
        bool recovered = !Before(SndUna, _highSeq);
        if (advanced && TryUndoLoss(false)) return;
        if (_isFrto)
        {
            // RFC 5682 step 3.b: what was sent before the timeout arrives after all.
            if ((reading.Flags & AckFlags.OriginalAcked) != 0 && TryUndoLoss(true)) return;
            if (After(SndNxt, _highSeq))
            {
                if ((reading.Flags & AckFlags.DataSacked) != 0 || duplicates > 0) _isFrto = false;
            }
            else if (advanced && !recovered)
            {
                _highSeq = SndNxt;
                // Step 2.b: new data instead of a retransmission, if there are any and the peer takes them.
                if (Queue.FirstUnsent is not null && After(WindowEnd, SndNxt))
                {
                    recovery = Recovery.New;
                    return;
                }
                _isFrto = false;
            }
        }
        if (recovered)
        {
            TryUndoRecovery();
            return;
        }
        if (!IsSack)
        {
            if (After(SndNxt, _highSeq) && duplicates > 0) AddRenoSack(duplicates, isMarked);
            else if (advanced) SackedOut = 0;
        }
        recovery = Recovery.Lost;
    }

    private void TryToOpen(bool isMarked)
    {
        if (!HasRetransmissions) RetransmittedSince = -1;
        if (isMarked) EnterCwr();
        if (State != CongestionState.Cwr) KeepOpen();
    }

    private void KeepOpen()
    {
        CongestionState state = SackedOut + LostOut > 0 || HasRetransmissions ? CongestionState.Disorder : CongestionState.Open;
        if (State == state) return;
        SetState(state);
        _highSeq = SndNxt;
    }

    private bool HasRetransmissions => RetransmittedOut > 0 || Queue.FirstSent is { } head && head.Has(SegmentMarks.EverRetransmitted);

    private void SetState(CongestionState state)
    {
        if (State == CongestionState.Loss && state != CongestionState.Loss) NoteTimeoutsOver();
        if (State != state) Congestion.OnStateChange(state);
        State = state;
    }

    /// <summary>Sends again what recovery asks for (Linux tcp_xmit_recovery).</summary>
    private void Recover(Recovery recovery)
    {
        if (recovery == Recovery.None || _connection.State == TcpState.SynSent) return;
        if (recovery == Recovery.New)
        {
            PushPending(NagleMode.Off);
            if (After(SndNxt, _highSeq)) return;
            _isFrto = false;
        }
        RetransmitLost();
    }
}
