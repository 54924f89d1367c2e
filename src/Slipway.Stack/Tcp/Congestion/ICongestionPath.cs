namespace Slipway.Stack;

/// <summary>What an algorithm that models the path (<see cref="CongestionControl.ControlsWindow"/>) sees of its sender, and may set there.</summary>
internal interface ICongestionPath
{
    /// <summary>The loop's clock in nanoseconds.</summary>
    long Now { get; }

    /// <summary>The pacing rate, which the algorithm sets, and when the next segment may leave.</summary>
    ref Pacing Pacing { get; }

    /// <summary>SO_MAX_PACING_RATE in bytes per second.</summary>
    ulong MaxPacingRate { get; }

    /// <summary>Packets delivered to the peer so far.</summary>
    uint Delivered { get; }

    /// <summary>When the last of them was known to be, in nanoseconds.</summary>
    long DeliveredAt { get; }

    /// <summary>Packets marked lost so far.</summary>
    uint LostTotal { get; }

    /// <summary>Packets in flight.</summary>
    uint InFlight { get; }

    /// <summary>Bytes of a full segment.</summary>
    uint SegmentSize { get; }

    /// <summary>The smoothed round trip in microseconds; 0 before the first measurement.</summary>
    uint SmoothedRtt { get; }

    /// <summary>The windowed minimum of round trips in microseconds; <see cref="uint.MaxValue"/> for none yet.</summary>
    uint MinRtt { get; }

    /// <summary>The state of the sender.</summary>
    CongestionState State { get; }

    /// <summary>Some of what is in flight left when there was nothing else to send.</summary>
    bool IsAppLimited { get; }

    /// <summary>Declares what is in flight now to be no measure of the path: samples that it gives count as limited by the program.</summary>
    void MarkAppLimited();

    /// <summary>An even choice of 0 to <paramref name="bound"/> − 1, from the host's own randomness.</summary>
    int Choose(int bound);
}
