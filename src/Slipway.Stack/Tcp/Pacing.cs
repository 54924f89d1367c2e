namespace Slipway.Stack;

/// <summary>
/// Spreads a window over its round trip instead of sending it in one burst: the rate, and when the next segment may leave. Used where the algorithm asks for it
/// (<see cref="CongestionControl.NeedsPacing"/>) or SO_MAX_PACING_RATE is set; the rate is also what TCP_INFO reports.
/// </summary>
internal struct Pacing
{
    /// <summary>No limit.</summary>
    public const ulong Unlimited = ulong.MaxValue;

    /// <summary>net.ipv4.tcp_pacing_ss_ratio: percent of the window per round trip in slow start, which needs 200 to be able to double.</summary>
    public const uint SlowStartPercent = 200;

    /// <summary>net.ipv4.tcp_pacing_ca_ratio: percent in congestion avoidance.</summary>
    public const uint AvoidancePercent = 120;

    /// <summary>The first segments of a connection are not paced: short answers should leave at once.</summary>
    public const uint UnpacedSegments = 10;

    /// <summary>A rate in bytes per second, shifted by this, is the bytes of about a millisecond (sk_pacing_shift).</summary>
    public const int MillisecondShift = 10;

    /// <summary>Bytes per second; <see cref="Unlimited"/> for no pacing, 0 before the first measurement.</summary>
    public ulong Rate;

    /// <summary>When the next segment may leave, in nanoseconds of the loop's clock.</summary>
    public long NextSend;

    /// <summary>The rate for a window: MSS · window / SRTT times the ratio, at most <paramref name="maxRate"/>.</summary>
    /// <param name="window">The congestion window and its threshold: half a threshold is where slow start ends to be fast.</param>
    /// <param name="packetsOut">Packets in flight, where that is more than the window.</param>
    /// <param name="mss">The segment size in bytes.</param>
    /// <param name="srttEighths">The smoothed round trip in eighths of a microsecond; with 0 the rate is as for one microsecond.</param>
    /// <param name="maxRate">SO_MAX_PACING_RATE in bytes per second.</param>
    /// <param name="slowStartPercent">net.ipv4.tcp_pacing_ss_ratio.</param>
    /// <param name="avoidancePercent">net.ipv4.tcp_pacing_ca_ratio.</param>
    public static ulong ComputeRate(
        in CongestionWindow window,
        uint packetsOut,
        uint mss,
        uint srttEighths,
        ulong maxRate = Unlimited,
        uint slowStartPercent = SlowStartPercent,
        uint avoidancePercent = AvoidancePercent)
    {
        ulong percent = window.Window < window.SlowStartThreshold / 2 ? slowStartPercent : avoidancePercent;
        // 8 · 10^6 eighths of a microsecond in a second, a hundredth of it for the percent.
        UInt128 rate = (UInt128)mss * 80_000 * percent * Math.Max(window.Window, packetsOut);
        if (srttEighths != 0) rate /= srttEighths;
        return (ulong)UInt128.Min(rate, maxRate);
    }

    /// <summary>Whether a segment may leave.</summary>
    public readonly bool MaySend(long now) => NextSend <= now;

    /// <summary>
    /// A segment left: sets when the next may. A sender that was late gets up to half of the segment's time back, so that a coarse timer does not slow the flow.
    /// </summary>
    /// <param name="bytes">The data that left, without headers, as Linux counts where the socket paces and not a queue below it.</param>
    /// <param name="now">The loop's clock in nanoseconds.</param>
    /// <param name="segmentsSent">Data segments of the connection so far.</param>
    public void OnSent(uint bytes, long now, ulong segmentsSent)
    {
        long credit = Math.Max(now - NextSend, 0);
        NextSend = Math.Max(NextSend, now);
        if (Rate is 0 or Unlimited || segmentsSent < UnpacedSegments) return;
        long cost = (long)(bytes * 1_000_000_000UL / Rate);
        NextSend += cost - Math.Min(cost / 2, credit);
    }
}
