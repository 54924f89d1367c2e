using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// When to acknowledge: at once for every second full segment, out of order, or in quick mode; else after a delay that adapts to the rate, or with data that goes the other way
/// (RFC 9293 §3.8.6.3, RFC 5681 §4.2, with Linux's times: 40 to 200 ms).
/// </summary>
internal sealed partial class TcpReceiver
{
    /// <summary>TCP_ATO_MIN and TCP_DELACK_MIN.</summary>
    public const long LeastDelay = 40 * StackClock.Millisecond;

    /// <summary>TCP_DELACK_MAX.</summary>
    public const long GreatestDelay = 200 * StackClock.Millisecond;

    /// <summary>TCP_MAX_QUICKACKS.</summary>
    public const int MaxQuickAcks = 16;

    private const int LeastMss = 88, DefaultMss = 536;

    private bool _isScheduled, _isNow, _isTimed;
    private bool _wasPushed, _wasPushedTwice;

    /// <summary>Data within the window had to be dropped: the acknowledgment that is owed closes it (ICSK_ACK_NOMEM).</summary>
    private bool _isOutOfMemory;
    private byte _quick;
    private byte _pingPong;
    private long _delay;
    private long _due;
    private long _lastData;
    private int _lastSize;

    /// <summary>Size of the peer's full segments, as they are seen (icsk_ack.rcv_mss).</summary>
    public int SegmentEstimate { get; private set; } = DefaultMss;

    /// <summary>The present delay, nanoseconds; 0 before the first data (tcpi_ato).</summary>
    public long Delay => _delay;

    /// <summary>When the last data came.</summary>
    public long LastDataAt => _lastData;

    /// <summary>When the delayed acknowledgment is due; <see cref="long.MaxValue"/> if none waits.</summary>
    public long AckDueAt => Math.Min(_isTimed ? _due : long.MaxValue, _early?.ReportDueAt ?? long.MaxValue);

    /// <summary>Whether an acknowledgment is owed.</summary>
    public bool IsAckScheduled => _isScheduled;

    /// <summary>TCP_QUICKACK: not in the interactive mode in which replies carry the acknowledgments.</summary>
    public bool IsInteractive => _pingPong >= _connection.Sysctl.PingPongThreshold.Value;

    private bool IsQuick => _quick > 0 && !IsInteractive;

    public void ScheduleAck() => _isScheduled = true;

    public void ScheduleAckNow()
    {
        _isScheduled = true;
        _isNow = true;
    }

    /// <summary>The size of the peer's segments before any was seen (Linux tcp_initialize_rcv_mss).</summary>
    public void StartEstimate(int mss)
    {
        long hint = Math.Min(Math.Min(mss, _connection.AdvertisedMss), RcvWnd / 2);
        SegmentEstimate = (int)Math.Max(Math.Min(hint, DefaultMss), LeastMss);
        _lastData = _connection.Now; // the connection begins here, and so does the peer's silence
    }

    public void EnterQuickAck(int most)
    {
        RaiseQuick(most);
        _pingPong = 0;
        _delay = LeastDelay;
    }

    /// <summary>TCP_QUICKACK was set. An even number says "until further notice", as on Linux.</summary>
    public void SetQuickAck(int value)
    {
        if (value == 0)
        {
            EnterInteractive();
            return;
        }
        _pingPong = 0;
        if (!_isScheduled || _connection.State is not (TcpState.Established or TcpState.CloseWait)) return;
        AcknowledgeAfterRead(1, wasPushed: true);
        if ((value & 1) == 0) EnterInteractive();
    }

    /// <summary>From now on acknowledgments wait for data to go with: TCP_QUICKACK was switched off, or the peer's FIN came, which the program's own may answer (Linux tcp_fin).</summary>
    public void EnterInteractive() => _pingPong = (byte)_connection.Sysctl.PingPongThreshold.Value;

    /// <summary>At the start of a connection from here: its first segment carries the acknowledgment (TCP_DEFER_ACCEPT, TCP_QUICKACK off).</summary>
    public bool WantsDelayedHandshakeAck => IsInteractive;

    /// <summary>Data went out: a reply within the delay makes the connection interactive.</summary>
    public void NoteDataSent(long now)
    {
        if (now - _lastData < _delay && _pingPong < byte.MaxValue) _pingPong++;
    }

    /// <summary>An acknowledgment has left, alone or with data.</summary>
    public void NoteAckSent(int segments)
    {
        if (_quick > 0)
        {
            if (segments >= _quick)
            {
                _quick = 0;
                _delay = LeastDelay;
            }
            else _quick -= (byte)segments;
        }
        if (_early is { Compressed: > 0 } early) EndCompression(early);
        _isScheduled = _isNow = _isTimed = _wasPushed = _wasPushedTwice = _isOutOfMemory = false;
    }

    /// <summary>After a segment was processed: acknowledge now, later, or not at all (Linux tcp_ack_snd_check).</summary>
    public void AcknowledgeAsNeeded(bool mayBeEarly)
    {
        if (!_isScheduled) return;
        bool isSecondFull = RcvNxt - RcvWup > (uint)SegmentEstimate
            && ((int)(RcvNxt - CopiedSeq) < _connection.ReceiveLowWater || ChooseWindow() >= (int)RcvWnd);
        if (isSecondFull || IsQuick || _isNow) _connection.SendAck();
        else if (mayBeEarly && _early is { First: not null } early)
        {
            if (!Compress(early)) _connection.SendAck();
        }
        else SendDelayed();
    }

    /// <summary>The program has read bytes: acknowledgments that waited for it, and news of a window that opened (Linux tcp_cleanup_rbuf).</summary>
    public void AcknowledgeAfterRead(int copied, bool wasPushed = false)
    {
        if (wasPushed) _wasPushed = true;
        bool isTime = false;
        if (_isScheduled)
        {
            isTime = RcvNxt - RcvWup > (uint)SegmentEstimate
                || copied > 0 && (_wasPushedTwice || _wasPushed && !IsInteractive) && Readable == 0;
        }
        if (copied > 0 && !isTime && !HasFin) isTime = DeservesWindowUpdate();
        if (isTime) _connection.SendAck();
    }

    /// <summary>The delay is over (Linux tcp_delack_timer_handler).</summary>
    public void OnAckDue()
    {
        if (_early is { } early && early.ReportDueAt <= _connection.Now) SendCompressed(early);
        if (!_isTimed || _due > _connection.Now) return;
        _isTimed = false;
        if (!_isScheduled) return;
        if (!IsInteractive) _delay = Math.Min(_delay << 1, _connection.Sender.Rto);
        else
        {
            // The reply did not come in time: the connection is not interactive after all.
            _pingPong = 0;
            _delay = LeastDelay;
        }
        _connection.SendAck();
        _connection.Count(TcpExtCounter.DelayedACKs);
    }

    /// <summary>An acknowledgment that memory did not allow is tried again.</summary>
    public void RetryLater()
    {
        ScheduleAck();
        _delay = LeastDelay;
        SetTimer(_connection.Now + _connection.GreatestAckDelay);
    }

    private void SendDelayed()
    {
        long delay = _delay;
        if (delay == 0)
        {
            // A FIN before any data: no delay has been measured, but Linux' timer waits for a tick all the same.
            if (!_isTimed) SetTimer(_connection.Now + StackClock.KernelTick);
            return;
        }
        if (delay > LeastDelay)
        {
            long most = IsInteractive || _wasPushed ? GreatestDelay : StackClock.Second / 2;
            long rtt = _connection.Sender.Rtt.SmoothedMicroseconds * StackClock.Microsecond;
            if (rtt > 0) most = Math.Min(most, Math.Max(rtt, LeastDelay));
            delay = Math.Min(delay, most);
        }
        delay = Math.Min(delay, Math.Min(_connection.GreatestAckDelay, _connection.Sender.Rtt.MinMicroseconds * StackClock.Microsecond));
        long now = _connection.Now;
        long due = now + delay;
        if (_isTimed)
        {
            // About to be sent anyway.
            if (_due <= now + (delay >> 2))
            {
                _connection.SendAck();
                return;
            }
            due = Math.Min(due, _due);
        }
        SetTimer(due);
    }

    private void SetTimer(long due)
    {
        _isTimed = true;
        _due = due;
        _connection.Schedule(due);
    }

    /// <summary>New data: how fast they come decides about the delay (Linux tcp_event_data_recv).</summary>
    private void MeasureData(ref TcpArrival segment, bool isPushed)
    {
        ScheduleAck();
        int memory = segment.Packet!.ShareOfMemory;
        MeasureSize(segment, isPushed, memory);
        MeasureRtt(segment);
        long now = _connection.Now;
        if (_delay == 0)
        {
            // The first data of a connection: the sender is in slow start and needs every acknowledgment.
            RaiseQuick(MaxQuickAcks);
            _delay = LeastDelay;
        }
        else
        {
            long gap = now - _lastData;
            if (gap <= LeastDelay / 2) _delay = (_delay >> 1) + LeastDelay / 2;
            else if (gap < _delay) _delay = Math.Min((_delay >> 1) + gap, _connection.Sender.Rto);
            else if (gap > _connection.Sender.Rto) RaiseQuick(MaxQuickAcks);
        }
        _lastData = now;
        _connection.NoteFlowLabel(segment.FlowLabel);
        TakeEcnMark(segment);
        if (segment.Length >= 128) GrowWindow(segment.Length, memory);
    }

    /// <summary>A router's mark on data, in order or not (Linux tcp_ecn_check_ce).</summary>
    private void TakeEcnMark(in TcpArrival segment)
    {
        if (segment.IsCongestionMarked) _connection.NoteCongestionMark();
        else if ((segment.Tos & 3) != 0) _connection.NoteEcnCapable();
    }

    private void MeasureSize(in TcpArrival segment, bool isPushed, int memory)
    {
        int previous = _lastSize;
        _lastSize = 0;
        int size = segment.Packet!.SegmentSize != 0 ? segment.Packet.SegmentSize : segment.Length;
        if (size >= SegmentEstimate)
        {
            if (size != SegmentEstimate) LearnRatio(segment.Length, memory);
            SegmentEstimate = Math.Min(size, _connection.AdvertisedMss);
            // A push where a full segment would go: the last piece of something.
            if (segment.Length > SegmentEstimate + TcpOptions.MaximumLength && isPushed) _wasPushed = true;
            return;
        }
        if (segment.Length + segment.HeaderLength >= DefaultMss + TcpHeader.MinimumLength
            || segment.Length + segment.HeaderLength >= LeastMss + TcpHeader.MinimumLength && !isPushed && !segment.Has(TcpFlags.Urg | TcpFlags.Fin | TcpFlags.Syn))
        {
            _lastSize = size;
            if (size == previous)
            {
                SegmentEstimate = size;
                return;
            }
        }
        if (_wasPushed) _wasPushedTwice = true;
        _wasPushed = true;
    }

    private void RaiseQuick(int most)
    {
        long quick = RcvWnd / (2L * SegmentEstimate);
        if (quick == 0) quick = 2;
        quick = Math.Min(quick, most);
        if (quick > _quick) _quick = (byte)quick;
    }
}
