namespace Slipway.Stack;

/// <summary>
/// The congestion window of a connection and the arithmetic on it, in packets as Linux keeps it (snd_cwnd and its companions). Growth counts packets
/// acknowledged, not ACKs (appropriate byte counting, RFC 3465), so delayed and stretched ACKs lose nothing. The owner decides when, the algorithm how much.
/// </summary>
internal struct CongestionWindow
{
    /// <summary>The threshold before any congestion was seen: arbitrarily high (RFC 5681 section 3.1); the number is Linux's.</summary>
    public const uint InfiniteThreshold = 0x7FFF_FFFF;

    /// <summary>The initial window in packets (RFC 6928).</summary>
    public const uint Initial = 10;

    /// <summary>The window: packets that may be in flight (snd_cwnd).</summary>
    public uint Window;

    /// <summary>Slow start below it, congestion avoidance from it on (snd_ssthresh).</summary>
    public uint SlowStartThreshold;

    /// <summary>Packets acknowledged that have not yet earned a packet of growth (snd_cwnd_cnt).</summary>
    public uint WindowCount;

    /// <summary>The window never grows above this (snd_cwnd_clamp).</summary>
    public uint Clamp;

    /// <summary>The most packets in flight in the current window of data (max_packets_out); see <see cref="NoteUse"/>.</summary>
    public uint MaxPacketsOut;

    /// <summary>The window before the last reduction (prior_cwnd); 0 when there was none.</summary>
    public uint PriorWindow;

    /// <summary>SND.NXT when <see cref="MaxPacketsOut"/> was recorded: once acknowledged, a new measurement begins (cwnd_usage_seq).</summary>
    public uint UsageSequence;

    /// <summary>The most packets in flight since the window was last filled (snd_cwnd_used).</summary>
    public uint Used;

    /// <summary>When the window was last filled or validated, in nanoseconds (snd_cwnd_stamp).</summary>
    public long UsedSince;

    /// <summary>When data was last sent, in nanoseconds (lsndtime). The owner sets it after every transmission of data, after <see cref="CongestionEvent.TransmitStart"/>.</summary>
    public long LastSent;

    /// <summary>Whether the window was what held the sender back in the current window of data (is_cwnd_limited).</summary>
    public bool IsWindowLimited;

    /// <summary>The state of a new connection.</summary>
    public static CongestionWindow Create(uint initialWindow, long now) => new()
    {
        Window = initialWindow,
        SlowStartThreshold = InfiniteThreshold,
        Clamp = uint.MaxValue,
        UsedSince = now,
        LastSent = now,
    };

    /// <summary>Below the threshold.</summary>
    public readonly bool InSlowStart => Window < SlowStartThreshold;

    /// <summary>No loss has ended the first slow start yet (tcp_in_initial_slowstart).</summary>
    public readonly bool IsInFirstSlowStart => SlowStartThreshold >= InfiniteThreshold;

    /// <summary>
    /// Whether the sender uses its window, so that growing it makes sense (RFC 7661 section 4.3; RFC 9438 section 5.8). In slow start, which doubles the
    /// window, to have used half of it suffices.
    /// </summary>
    public readonly bool IsLimiting => IsWindowLimited || (InSlowStart && Window < (ulong)MaxPacketsOut * 2);

    /// <summary>Slow start (RFC 5681 section 3.1): a packet of growth for each packet acknowledged, up to the threshold.</summary>
    /// <returns>Packets acknowledged beyond what led to the threshold; they count for congestion avoidance.</returns>
    public uint GrowSlowStart(uint acked)
    {
        uint grown = (uint)Math.Min((ulong)Window + acked, SlowStartThreshold);
        acked -= grown - Window;
        Window = Math.Min(grown, Clamp);
        return acked;
    }

    /// <summary>Slow start at a fraction of its pace (the conservative slow start of RFC 9406 section 4.2): one packet for every <paramref name="divisor"/> acknowledged.</summary>
    public void GrowSlowStart(uint acked, uint divisor)
    {
        WindowCount += acked;
        uint growth = WindowCount / divisor;
        WindowCount -= growth * divisor;
        Window = (uint)Math.Min(Math.Min((ulong)Window + growth, SlowStartThreshold), Clamp);
    }

    /// <summary>Congestion avoidance: a packet of growth for every <paramref name="perWindow"/> packets acknowledged (the window itself for Reno: one a round trip).</summary>
    public void GrowAvoidance(uint perWindow, uint acked)
    {
        // The credit was gathered at a slower pace than now holds: use it at once, but as one packet, not as a burst.
        if (WindowCount >= perWindow)
        {
            WindowCount = 0;
            Window++;
        }
        WindowCount += acked;
        if (WindowCount >= perWindow)
        {
            uint growth = WindowCount / perWindow;
            WindowCount -= growth * perWindow;
            Window += growth;
        }
        Window = Math.Min(Window, Clamp);
    }

    /// <summary>
    /// To call after each attempt to send: records how far the window was used, and lets a window that has long not been used decay (RFC 7661, as Linux does it
    /// with tcp_slow_start_after_idle).
    /// </summary>
    /// <param name="limited">Whether the window stopped the sender.</param>
    /// <param name="packetsOut">Packets sent and not yet cumulatively acknowledged.</param>
    /// <param name="sndUna">SND.UNA.</param>
    /// <param name="sndNxt">SND.NXT.</param>
    /// <param name="now">The loop's clock in nanoseconds.</param>
    /// <param name="rto">The retransmission timeout in nanoseconds.</param>
    /// <returns>Whether the window has been unused for an RTO; where the application is the reason, the owner then calls <see cref="DecayUnused"/>.</returns>
    public bool NoteUse(bool limited, uint packetsOut, uint sndUna, uint sndNxt, long now, long rto)
    {
        if (limited || !SequenceNumber.Before(sndUna, UsageSequence) || (!IsWindowLimited && packetsOut > MaxPacketsOut))
        {
            IsWindowLimited = limited;
            MaxPacketsOut = packetsOut;
            UsageSequence = sndNxt;
        }
        if (IsLimiting)
        {
            Used = 0;
            UsedSince = now;
            return false;
        }
        Used = Math.Max(Used, packetsOut);
        return now - UsedSince >= rto;
    }

    /// <summary>Moves a window that was not used for an RTO half the way down to what was used (RFC 2861 section 3, kept by RFC 7661 in spirit), remembering it in the threshold.</summary>
    /// <param name="state">Nothing is done unless the sender is <see cref="CongestionState.Open"/>.</param>
    /// <param name="initialWindow">The floor.</param>
    /// <param name="now">The loop's clock in nanoseconds.</param>
    public void DecayUnused(CongestionState state, uint initialWindow, long now)
    {
        if (state == CongestionState.Open)
        {
            uint used = Math.Max(Used, initialWindow);
            if (used < Window)
            {
                SlowStartThreshold = CurrentThreshold(state);
                Window = (Window + used) >> 1;
            }
            Used = 0;
        }
        UsedSince = now;
    }

    /// <summary>Restart after idle (RFC 5681 section 4.1, RFC 2861): the window halves for each RTO that passed without sending, down to the restart window.</summary>
    /// <param name="state">The congestion state.</param>
    /// <param name="initialWindow">The restart window is this or the window, whichever is smaller.</param>
    /// <param name="now">The loop's clock in nanoseconds; the idle time is counted from <see cref="LastSent"/>.</param>
    /// <param name="rto">The retransmission timeout in nanoseconds.</param>
    public void RestartAfterIdle(CongestionState state, uint initialWindow, long now, long rto)
    {
        uint restart = Math.Min(initialWindow, Window);
        SlowStartThreshold = CurrentThreshold(state);
        for (long idle = now - LastSent - rto; idle > 0 && Window > restart; idle -= rto) Window >>= 1;
        Window = Math.Max(Window, restart);
        Used = 0;
        UsedSince = now;
    }

    /// <summary>What the threshold should be when the window shrinks for want of data: three quarters of the window at least, and never lowered.</summary>
    public readonly uint CurrentThreshold(CongestionState state) => state is CongestionState.Cwr or CongestionState.Recovery
        ? SlowStartThreshold
        : Math.Max(SlowStartThreshold, (Window >> 1) + (Window >> 2));
}
