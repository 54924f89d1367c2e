using Slipway.Sockets;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>RACK-TLP (RFC 8985): losses by the time of sending, and a probe for the end of a flight.</summary>
internal sealed partial class TcpSender
{
    private SentOrder _order;
    private RackState _rack;
    private uint _transmissions;

    private long ReorderWindow => _rack.ReorderWindow(ReorderingSeen > 0, State, SackedOut, Reordering, Math.Max(Rtt.MinRtt, 1), Rtt.SmoothedMicroseconds);

    /// <summary>It was sent just now, behind all others. RFC 8985 tells segments of one instant apart by their numbers, which is wrong of a retransmission between new data.</summary>
    private void NoteOrder(TcpSegment segment)
    {
        segment.Order = _transmissions += (uint)segment.Count;
        _order.MoveToEnd(segment);
    }

    /// <summary>Marks what RACK takes to be lost now, and looks again when that may be more.</summary>
    /// <returns>Whether the timer waits for it.</returns>
    private bool DetectByTime()
    {
        if (!_rack.Advanced) return false;
        _rack.Advanced = false;
        long wait = MarkOvertaken();
        if (wait <= 0) return false;
        SetTimer(SenderTimer.Reordering, Math.Min(wait + 2 * StackClock.Millisecond, Rto));
        return true;
    }

    private long MarkOvertaken()
    {
        long now = _connection.Now, window = ReorderWindow, wait = 0;
        for (TcpSegment? segment = _order.First; segment is not null;)
        {
            TcpSegment? next = segment.NextSent;
            if (!segment.Has(SegmentMarks.Lost) || segment.Has(SegmentMarks.Retransmitted))
            {
                long remaining = _rack.Remaining(segment.SentAt, segment.Order, now, window);
                if (remaining == RackState.Unknown) break;
                if (remaining <= 0)
                {
                    MarkLost(segment);
                    _order.Remove(segment);
                }
                else wait = Math.Max(wait, remaining);
            }
            segment = next;
        }
        return wait;
    }

    private void OnReorderingTimeout()
    {
        uint inFlight = InFlight, lost = LostTotal;
        MarkOvertaken();
        if (inFlight != InFlight)
        {
            if (State != CongestionState.Recovery)
            {
                EnterRecovery(isMarked: false);
                if (!Congestion.ControlsWindow)
                    Window.Window = Math.Max(_reduction.OnAck(Window.SlowStartThreshold, InFlight, 1, LostTotal - lost, false, Window.Window), 1);
            }
            RetransmitLost();
        }
        if (Timer != SenderTimer.Retransmit) RearmRetransmit();
    }

    /// <summary>Plans a probe of the tail in place of the retransmission timer.</summary>
    private bool ScheduleLossProbe(bool advancing)
    {
        if (_connection.Sysctl.EarlyRetransmit.Value < 3 || PacketsOut == 0 || !IsSack || State is not (CongestionState.Open or CongestionState.Cwr)) return false;
        long untilRetransmit = advancing ? Rto : UntilRetransmit;
        long timeout = TailLossProbe.Timeout(Rtt.SmoothedEighths, PacketsOut, Rtt.MinMicroseconds * StackClock.Microsecond, untilRetransmit);
        SetTimer(SenderTimer.LossProbe, timeout + PaceDelay);
        return true;
    }

    /// <summary>The probe: new data if there are any, else the last segment again (Linux tcp_send_loss_probe).</summary>
    private void SendLossProbe()
    {
        if (_probeHighSeq == 0 && TrySendLossProbe())
        {
            _probeHighSeq = SndNxt;
            _connection.Count(TcpExtCounter.TCPLossProbes);
            // The timer is to run from now, as after any transmission.
            Timer = SenderTimer.None;
        }
        RearmRetransmit();
    }

    private bool TrySendLossProbe()
    {
        _probeIsRetransmission = false;
        int mss = CurrentMss;
        if (Queue.FirstUnsent is { } fresh && FitsPeerWindow(fresh, mss))
        {
            uint before = PacketsOut;
            Transmit(mss, NagleMode.Off, LossProbe);
            if (PacketsOut > before) return true;
            return false;
        }
        if (Queue.LastSent is not { } last) return false;
        if (last.Count > 1 && last.Length > (last.Count - 1) * mss) last = CutSent(last, (last.Count - 1) * mss, mss);
        if (SendAgain(last, 1) != Errno.None) return false;
        _probeIsRetransmission = true;
        return true;
    }

    /// <summary>RFC 8985 §7.4: an acknowledgment beyond the probe without a report of its duplicate tells that the probe mended a loss.</summary>
    private void TakeLossProbeAck(uint ack, AckFlags flags)
    {
        if (Before(ack, _probeHighSeq)) return;
        if (!_probeIsRetransmission || (flags & AckFlags.ProbeDuplicate) != 0)
        {
            _probeHighSeq = 0;
        }
        else if (After(ack, _probeHighSeq))
        {
            StartReduction();
            SetState(CongestionState.Cwr);
            EndReduction();
            KeepOpen();
            _connection.Count(TcpExtCounter.TCPLossProbeRecovery);
        }
        else if ((flags & (AckFlags.Advanced | AckFlags.NotDuplicate | AckFlags.DataSacked)) == 0)
        {
            _probeHighSeq = 0;
        }
    }
}
