namespace Slipway.Stack;

/// <summary>
/// What one ACK tells of the rate at which the path delivers (Linux rate_sample): so many packets arrived between the sending of the newest segment that it acknowledged and now,
/// reckoned from the state of deliveries that was noted in that segment when it left.
/// </summary>
internal readonly record struct RateSample
{
    /// <summary>Packets delivered during <see cref="Interval"/>; −1: the ACK allows no estimate.</summary>
    public int Delivered { get; init; }

    /// <summary>Nanoseconds, the longer of the times in which they were sent and acknowledged; −1 where it is shorter than the path can be.</summary>
    public long Interval { get; init; }

    /// <summary>Packets that had been delivered when the segment left: at which it counts to a new round trip.</summary>
    public uint PriorDelivered { get; init; }

    /// <summary>The sender had nothing to send at some time during the interval, so the rate is the program's and not the path's.</summary>
    public bool IsAppLimited { get; init; }

    /// <summary>The segment had been sent more than once.</summary>
    public bool IsRetransmission { get; init; }

    /// <summary>The peer may have delayed the ACK, for it answers a single segment.</summary>
    public bool IsAckDelayed { get; init; }

    /// <summary>Packets newly marked lost with this ACK.</summary>
    public uint Losses { get; init; }

    /// <summary>Packets newly acknowledged, selectively or not.</summary>
    public uint Acked { get; init; }

    /// <summary>Packets in flight before the ACK.</summary>
    public uint PriorInFlight { get; init; }

    /// <summary>The round trip that the ACK measured, in nanoseconds; −1 for none.</summary>
    public long Rtt { get; init; }

    /// <summary>Whether <see cref="Delivered"/> and <see cref="Interval"/> make a rate.</summary>
    public bool IsValid => Delivered >= 0 && Interval > 0;
}
