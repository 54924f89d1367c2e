using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// Time. A connection has one timer in the loop for all that it waits for; it is armed for the earliest, and re-armed when it fires, so that moving a deadline away, as every
/// acknowledgment does, costs nothing.
/// </summary>
internal sealed partial class TcpConnection
{
    /// <summary>TCP_TIMEWAIT_LEN.</summary>
    public const long TimeWaitLength = 60 * StackClock.Second;

    private long _keepAliveAt = long.MaxValue;

    /// <summary>When the next probe of a quiet connection is due, or the end of FIN_WAIT_2 begins; the end of time for never.</summary>
    public long KeepAliveAt => _keepAliveAt;

    /// <summary>Something is due at this time.</summary>
    public void Schedule(long at)
    {
        if (!IsArmed || at < Deadline) Arm(at);
    }

    /// <inheritdoc/>
    protected override void OnExpired()
    {
        long now = Now;
        if (Receiver.AckDueAt <= now) Receiver.OnAckDue();
        if (State != TcpState.Closed && Sender.DueAt <= now) Sender.OnDue(now);
        if (State != TcpState.Closed && _keepAliveAt <= now)
        {
            _keepAliveAt = long.MaxValue;
            OnKeepAlive(now);
        }
        if (State == TcpState.Closed) return;
        long next = Math.Min(Math.Min(Receiver.AckDueAt, Sender.DueAt), _keepAliveAt);
        if (next != long.MaxValue) Schedule(next);
    }

    public long KeepIdle => (KeepIdleSeconds > 0 ? KeepIdleSeconds : Sysctl.KeepAliveTime.Value) * StackClock.Second;

    private long KeepInterval => (KeepIntervalSeconds > 0 ? KeepIntervalSeconds : Sysctl.KeepAliveInterval.Value) * StackClock.Second;

    private int KeepProbeLimit => KeepProbes > 0 ? KeepProbes : Sysctl.KeepAliveProbes.Value;

    /// <summary>How long it has been quiet (keepalive_time_elapsed).</summary>
    private long Quiet(long now) => Math.Min(now - Receiver.LastDataAt, now - Receiver.LastArrival);

    /// <summary>SO_KEEPALIVE was switched.</summary>
    public void SetKeepAlive(bool on)
    {
        KeepsAlive = on;
        if (State is TcpState.Closed or TcpState.Listen) return;
        if (!on) _keepAliveAt = long.MaxValue;
        else if (_keepAliveAt == long.MaxValue) StartKeepAlive(KeepIdle);
    }

    /// <summary>TCP_KEEPIDLE was changed: what has passed of the time counts.</summary>
    public void OnKeepIdleChanged()
    {
        if (!KeepsAlive || State is TcpState.Closed or TcpState.Listen) return;
        StartKeepAlive(Math.Max(KeepIdle - Quiet(Now), 0));
    }

    private void StartKeepAlive(long delay)
    {
        _keepAliveAt = Now + delay;
        Schedule(_keepAliveAt);
    }

    /// <summary>Linux tcp_keepalive_timer: probes, and the end of FIN_WAIT_2.</summary>
    private void OnKeepAlive(long now)
    {
        if (State == TcpState.FinWait2 && !HasSocket)
        {
            long rest = FinWait2Time - TimeWaitLength;
            if (LingerSeconds >= 0 && rest > 0)
            {
                EnterTimeWait(TcpState.FinWait2, rest);
                return;
            }
            SendActiveReset();
            Finish();
            return;
        }
        if (!KeepsAlive || State is TcpState.Closed or TcpState.SynSent) return;
        // What is under way is watched by the retransmission timer (KA-017).
        if (Sender.PacketsOut > 0 || Sender.Queue.FirstUnsent is not null)
        {
            StartKeepAlive(KeepIdle);
            return;
        }
        long quiet = Quiet(now);
        if (quiet < KeepIdle)
        {
            StartKeepAlive(KeepIdle - quiet);
            return;
        }
        long userTimeout = UserTimeoutMilliseconds * StackClock.Millisecond;
        bool isOver = userTimeout > 0 ? quiet >= userTimeout && Sender.Probes > 0 : Sender.Probes >= KeepProbeLimit;
        if (isOver)
        {
            SendActiveReset();
            TimeOut();
            return;
        }
        bool isSent = SendWakeUp(TcpExtCounter.TCPKeepAlive);
        if (isSent) Sender.Probes++;
        StartKeepAlive(isSent ? KeepInterval : StackClock.Second / 2);
    }

    /// <summary>Anything that came from the peer shows that it lives.</summary>
    public void NoteAnswer()
    {
        SoftError = Errno.None;
        Sender.Probes = 0;
        Receiver.LastArrival = Now;
    }

    /// <summary>How long an orphan stays in FIN_WAIT_2: TCP_LINGER2 or tcp_fin_timeout, at least three and a half timeouts.</summary>
    public long FinWait2Time
    {
        get
        {
            long time = (LingerSeconds != 0 ? LingerSeconds : Sysctl.FinTimeout.Value) * StackClock.Second;
            long rto = Sender.Rto;
            return Math.Max(time, (rto << 2) - (rto >> 1));
        }
    }

    /// <summary>Whether the retransmissions have gone on for too long (Linux tcp_write_timeout); then the connection has ended.</summary>
    /// <param name="since">When the first one was sent; -1 if none was.</param>
    /// <param name="timeouts">How often the timer has fired in vain.</param>
    public bool GivesUp(long since, int timeouts)
    {
        bool expired;
        int retries;
        if (State is TcpState.SynSent or TcpState.SynReceived)
        {
            retries = SynRetries > 0 ? SynRetries : Sysctl.SynRetries.Value;
            if (IsOpenEarly) retries = (SynRetries > 0 ? SynRetries : Sysctl.SynAckRetries.Value) + 1;
            int most = State == TcpState.SynSent ? retries + Sysctl.SynLinearTimeouts.Value : retries;
            expired = timeouts >= most;
        }
        else
        {
            if (TimedOut(since, timeouts, Sysctl.Retries1.Value, 0)) SuspectBlackHole();
            retries = Sysctl.Retries2.Value;
            expired = false;
            if (!HasSocket)
            {
                bool isAlive = Sender.Rto < Sender.RtoMax;
                retries = OrphanRetries(isAlive);
                bool isLate = isAlive || !TimedOut(since, timeouts, retries, 0);
                if (IsOutOfResources(isProbe: !isLate)) return true;
            }
        }
        if (!expired) expired = TimedOut(since, timeouts, retries, UserTimeoutMilliseconds);
        SuspectFastOpen(timeouts, expired);
        if (!expired) return false;
        TimeOut();
        return true;
    }

    /// <summary>Whether probes of a closed window have gone on for longer than TCP_USER_TIMEOUT allows.</summary>
    public bool ProbesTimedOut(long since)
        => UserTimeoutMilliseconds > 0 && since >= 0 && Now - since >= UserTimeoutMilliseconds * StackClock.Millisecond;

    public int OrphanRetries(bool isAlive)
    {
        int retries = Sysctl.OrphanRetries.Value;
        // A peer that said that it is unreachable need not be asked again.
        if (SoftError != Errno.None && !isAlive) return 0;
        return retries == 0 && isAlive ? 8 : retries;
    }

    /// <summary>Too many connections without a program: this one goes (Linux tcp_out_of_resources).</summary>
    public bool IsOutOfResources(bool isProbe)
    {
        if (!Layer.HasTooManyOrphans) return false;
        SendActiveReset();
        Count(TcpExtCounter.TCPAbortOnMemory);
        Finish();
        return true;
    }

    /// <summary>A delay, cut so that TCP_USER_TIMEOUT is noticed when it is over.</summary>
    public long ClampToUserTimeout(long delay, long since, bool isProbe)
    {
        if (UserTimeoutMilliseconds == 0 || since < 0) return delay;
        long remaining = UserTimeoutMilliseconds * StackClock.Millisecond - (Now - since);
        return Math.Min(delay, Math.Max(remaining, isProbe ? 2 * StackClock.Millisecond : StackClock.Millisecond));
    }

    /// <summary>The peer does not answer any more: ETIMEDOUT, or what ICMP said meanwhile (Linux tcp_write_err).</summary>
    public void TimeOut()
    {
        Errno error = SoftError != Errno.None ? SoftError : Errno.ETIMEDOUT;
        Count(TcpExtCounter.TCPAbortOnTimeout);
        if (State is TcpState.SynSent or TcpState.SynReceived) Count(TcpCounter.AttemptFails);
        Abort(error);
    }

    /// <summary>
    /// Linux retransmits_timed_out: a number of retries stands for the time that they would take with an RTO of the least length.
    /// </summary>
    private bool TimedOut(long since, int timeouts, int retries, int milliseconds)
    {
        if (timeouts == 0) return false;
        long start = since >= 0 ? since : Sender.Queue.FirstSent?.SentAt ?? Now;
        long limit = milliseconds * StackClock.Millisecond;
        if (milliseconds == 0)
        {
            long first = State is TcpState.SynSent or TcpState.SynReceived ? StackClock.Second : RttEstimator.DefaultMinMicroseconds * StackClock.Microsecond;
            limit = TimeOf(retries, first, Sender.RtoMax);
        }
        return Now - start >= limit;
    }

    /// <summary>The time that a number of doubling timeouts takes.</summary>
    private static long TimeOf(int retries, long first, long most)
    {
        int doublings = System.Numerics.BitOperations.Log2((ulong)Math.Max(most / first, 1));
        return retries <= doublings ? ((2L << retries) - 1) * first : ((2L << doublings) - 1) * first + (retries - doublings) * most;
    }
}
