using Slipway.Sockets;
using static Slipway.Stack.SequenceNumber;

namespace Slipway.Stack;

/// <summary>The retransmission timer in its four uses.</summary>
internal sealed partial class TcpSender
{
    // Acknowledgments that have come are read before their absence is acted on, for so many milliseconds: a port under load always has some.
    private const byte MostPostponements = 100;

    private byte _postponements;

    public SenderTimer Timer { get; private set; }

    /// <summary>When it fires.</summary>
    public long TimerDueAt { get; private set; }

    /// <summary>When something of the sender is due; <see cref="long.MaxValue"/> for nothing.</summary>
    public long DueAt => Math.Min(Timer == SenderTimer.None ? long.MaxValue : TimerDueAt, _waitsForPace ? Pacing.NextSend : long.MaxValue);

    /// <summary>Timeouts in a row without an answer (icsk_retransmits).</summary>
    public byte Timeouts { get; private set; }

    /// <summary>Probes of a closed window, or keepalive probes, without an answer (icsk_probes_out).</summary>
    public byte Probes { get; set; }

    /// <summary>When the first of the unanswered probes went out; -1 for none.</summary>
    public long ProbesSince { get; set; } = -1;

    /// <summary>When the first retransmission of this trouble went out; -1 for none (retrans_stamp).</summary>
    public long RetransmittedSince { get; private set; } = -1;

    public void SetTimer(SenderTimer kind, long delay)
    {
        delay = Math.Min(delay, RtoMax);
        Timer = kind;
        _postponements = 0;
        TimerDueAt = _connection.Now + delay;
        _connection.Schedule(TimerDueAt);
    }

    public void StopTimer() => Timer = SenderTimer.None;

    /// <summary>Runs what is due.</summary>
    public void OnDue(long now)
    {
        GoOnAtPace(now);
        if (Timer == SenderTimer.None || TimerDueAt > now || Postpone(now)) return;
        SenderTimer kind = Timer;
        switch (kind)
        {
            case SenderTimer.Reordering:
                OnReorderingTimeout();
                break;
            case SenderTimer.LossProbe:
                SendLossProbe();
                break;
            case SenderTimer.Retransmit:
                Timer = SenderTimer.None;
                OnRetransmitTimeout();
                break;
            case SenderTimer.WindowProbe:
                Timer = SenderTimer.None;
                OnWindowProbeTimeout();
                break;
        }
        VerifyCounts();
    }

    /// <summary>
    /// On a busy machine a timer may fire before the thread has run that reads the acknowledgment: what waits to be read comes first, as the kernel lets a socket's
    /// backlog come before its timers (tcp_write_timer).
    /// </summary>
    private bool Postpone(long now)
    {
        if (Timer == SenderTimer.WindowProbe || _postponements == MostPostponements || !_connection.Host.Loop.HasInput) return false;
        _postponements++;
        TimerDueAt = now + StackClock.Millisecond;
        return true;
    }

    /// <summary>The timer for what is under way; none where all is acknowledged (tcp_rearm_rto).</summary>
    public void RearmRetransmit()
    {
        if (PacketsOut == 0)
        {
            StopTimer();
            return;
        }
        long delay = Rto;
        // It begins with the sending of the oldest segment, not with the probe that was planned.
        if (Timer is SenderTimer.Reordering or SenderTimer.LossProbe) delay = Math.Max(UntilRetransmit, StackClock.Millisecond);
        SetTimer(SenderTimer.Retransmit, delay + PaceDelay);
    }

    /// <summary>Nanoseconds from now until the oldest segment has waited for the timeout.</summary>
    private long UntilRetransmit => (Queue.FirstSent?.SentAt ?? _connection.Now) + Rto - _connection.Now;

    /// <summary>Data wait, nothing is under way, and no timer runs: the peer's window, or a cork, holds them (tcp_check_probe_timer).</summary>
    private void ArmProbeIfIdle()
    {
        if (PacketsOut > 0 || Timer != SenderTimer.None || Queue.FirstUnsent is null) return;
        SetTimer(SenderTimer.WindowProbe, _connection.ClampToUserTimeout(ProbeBase, ProbesSince, isProbe: true));
    }

    private long ProbeBase => Math.Max(Rtt.RtoNanoseconds, RttEstimator.DefaultMinMicroseconds * StackClock.Microsecond);

    private long NextProbe => Math.Min(ProbeBase << Math.Min((int)Rtt.Backoff, 20), RtoMax);

    private void OnRetransmitTimeout()
    {
        if (PacketsOut == 0) return;
        long now = _connection.Now;
        if (SndWnd == 0 && _connection.State is not (TcpState.SynSent or TcpState.SynReceived) && _connection.HasSocket)
        {
            RetransmitIntoClosedWindow(now);
            return;
        }
        if (_connection.GivesUp(RetransmittedSince, Timeouts)) return;
        _connection.ChoosePathAfterTimeout();
        if (Timeouts == 0) CountTimeout();
        EnterLoss();
        NoteTimeout();
        Timeouts++;
        if (Retransmit(Queue.First!, 1) != Errno.None)
        {
            // This host could not send: soon again, without a back-off (RFC 1122 §4.2.3.1).
            SetTimer(SenderTimer.Retransmit, Math.Min(Rto, StackClock.Second / 2));
            return;
        }
        _connection.Count(TcpExtCounter.TCPTimeouts);
        BackOff();
        SetTimer(SenderTimer.Retransmit, _connection.ClampToUserTimeout(Rto, RetransmittedSince, isProbe: false));
    }

    private void BackOff()
    {
        TcpSysctl sysctl = _connection.Sysctl;
        bool isThin = PacketsOut < 4 && State == CongestionState.Loss && SndUna != Iss && Timeouts <= 6;
        if (_connection.State == TcpState.Established && (_connection.HasThinTimeouts || sysctl.ThinLinearTimeouts.IsOn) && isThin)
        {
            Rtt.Backoff = 0;
            return;
        }
        // The first repetitions of a SYN come at the same distance (tcp_syn_linear_timeouts).
        if (_connection.State == TcpState.SynSent && Timeouts <= sysctl.SynLinearTimeouts.Value) return;
        Rtt.Backoff++;
    }

    private void RetransmitIntoClosedWindow(long now)
    {
        // RFC 9293 §3.8.6.1: a window that shrank to nothing is probed by retransmissions, for as long as the peer answers at all.
        if (IsClosedForGood(now))
        {
            _connection.TimeOut();
            return;
        }
        EnterLoss();
        Retransmit(Queue.First!, 1);
        Timeouts++;
        Rtt.Backoff++;
        SetTimer(SenderTimer.Retransmit, _connection.ClampToUserTimeout(Rto, RetransmittedSince, isProbe: false));
    }

    /// <summary>
    /// A window that had shrunk to nothing opens: what went into it were probes, not retransmissions that count against the connection (RFC 9293 SHLD-17). The next follows
    /// soon, where Linux leaves the timer that had backed off, and gives up when that fires.
    /// </summary>
    private void EndClosedWindow()
    {
        if (Timer != SenderTimer.Retransmit || Timeouts == 0) return;
        Timeouts = 0;
        RetransmittedSince = -1;
        Rtt.Backoff = 0;
        SetTimer(SenderTimer.Retransmit, Rto);
    }

    /// <summary>Linux tcp_rtx_probe0_timed_out: TCP_USER_TIMEOUT without progress, or silence for twice the greatest timeout.</summary>
    private bool IsClosedForGood(long now)
    {
        if (_connection.ProbesTimedOut(RetransmittedSince)) return true;
        long limit = 2 * RtoMax;
        if (_connection.UserTimeoutMilliseconds > 0) limit = Math.Min(limit, _connection.UserTimeoutMilliseconds * StackClock.Millisecond);
        return now - _connection.Receiver.LastArrival > limit && RetransmittedSince >= 0 && now - RetransmittedSince > limit;
    }

    private void CountTimeout()
    {
        TcpExtCounter counter = State switch
        {
            CongestionState.Recovery => IsSack ? TcpExtCounter.TCPSackRecoveryFail : TcpExtCounter.TCPRenoRecoveryFail,
            CongestionState.Loss => TcpExtCounter.TCPLossFailures,
            _ when State == CongestionState.Disorder || SackedOut > 0 => IsSack ? TcpExtCounter.TCPSackFailures : TcpExtCounter.TCPRenoFailures,
            _ => TcpExtCounter.TCPTimeouts,
        };
        if (counter != TcpExtCounter.TCPTimeouts) _connection.Count(counter);
    }

    private void OnWindowProbeTimeout()
    {
        if (PacketsOut > 0 || Queue.FirstUnsent is null)
        {
            Probes = 0;
            ProbesSince = -1;
            return;
        }
        if (ProbesSince < 0) ProbesSince = _connection.Now;
        else if (_connection.ProbesTimedOut(ProbesSince))
        {
            _connection.TimeOut();
            return;
        }
        int most = _connection.Sysctl.Retries2.Value;
        if (!_connection.HasSocket)
        {
            most = _connection.OrphanRetries(Rto < RtoMax);
            if (_connection.IsOutOfResources(isProbe: true)) return;
        }
        if (Probes >= most)
        {
            _connection.TimeOut();
            return;
        }
        SendWindowProbe();
    }

    private void SendWindowProbe()
    {
        bool isSent = _connection.SendWakeUp(TcpExtCounter.TCPWinProbe);
        if (PacketsOut > 0 || Queue.FirstUnsent is null)
        {
            Probes = 0;
            Rtt.Backoff = 0;
            ProbesSince = -1;
            return;
        }
        Probes++;
        long delay;
        if (isSent)
        {
            if (Rtt.Backoff < _connection.Sysctl.Retries2.Value) Rtt.Backoff++;
            delay = NextProbe;
        }
        else delay = StackClock.Second / 2;
        SetTimer(SenderTimer.WindowProbe, _connection.ClampToUserTimeout(delay, ProbesSince, isProbe: true));
    }

    /// <summary>A probe was answered (tcp_ack_probe): probing ends where the window is open again.</summary>
    private void TakeProbeAnswer()
    {
        if (Queue.FirstUnsent is not { } head) return;
        int mss = CurrentMss;
        uint end = head.Length > mss ? head.Sequence + (uint)mss : head.EndSequence;
        if (!After(end, WindowEnd))
        {
            Rtt.Backoff = 0;
            ProbesSince = -1;
            StopTimer();
            return;
        }
        SetTimer(SenderTimer.WindowProbe, _connection.ClampToUserTimeout(NextProbe, ProbesSince, isProbe: true));
    }

    /// <summary>RFC 6069: the oldest segment met an unreachable host, not congestion: the last back-off was in vain.</summary>
    public void RevertBackOff(uint sequence)
    {
        if (sequence != SndUna || Timeouts == 0 || Rtt.Backoff == 0 || Queue.FirstSent is not { } head) return;
        Rtt.Backoff--;
        long remaining = Rto - (_connection.Now - head.SentAt);
        if (remaining > 0) SetTimer(SenderTimer.Retransmit, remaining);
        else
        {
            Timer = SenderTimer.None;
            OnRetransmitTimeout();
        }
    }
}
