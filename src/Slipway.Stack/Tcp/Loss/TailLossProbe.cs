namespace Slipway.Stack;

/// <summary>The tail loss probe (RFC 8985 section 7): one segment well before the RTO, whose ACK tells RACK of a loss at the end of a flight.</summary>
internal static class TailLossProbe
{
    /// <summary>
    /// TCP_TIMEOUT_MIN, in nanoseconds: two ticks of a kernel at its usual 250 a second. It is added when more than one segment is out, for the time that an ACK waits
    /// for its processor at either end: with less, a busy peer is sent probes of nothing lost.
    /// </summary>
    public const long TimerSlack = 2 * StackClock.KernelTick;

    /// <summary>The time from the last transmission to the probe (PTO, RFC 8985 section 7.2), in nanoseconds.</summary>
    /// <param name="srttEighths">The smoothed round trip in eighths of a microsecond; 0 when nothing was measured.</param>
    /// <param name="packetsOut">Packets sent and not yet acknowledged: a lone one may wait for the receiver's delayed ACK.</param>
    /// <param name="maxAckDelay">How long a delayed ACK may take, in nanoseconds (Linux takes its own RTO_MIN, 200 ms).</param>
    /// <param name="rtoRemaining">Nanoseconds until the retransmission timer expires; the probe is not later. 0 or less: not known.</param>
    public static long Timeout(uint srttEighths, uint packetsOut, long maxAckDelay, long rtoRemaining)
    {
        // Twice the smoothed round trip: a quarter of its eighths, in microseconds.
        long timeout = srttEighths == 0
            ? RttEstimator.InitialMicroseconds * 1000L
            : (srttEighths >> 2) * 1000L + (packetsOut == 1 ? maxAckDelay : TimerSlack);
        return rtoRemaining > 0 ? Math.Min(timeout, rtoRemaining) : timeout;
    }
}
