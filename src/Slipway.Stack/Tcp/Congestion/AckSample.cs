namespace Slipway.Stack;

/// <summary>What one ACK tells the congestion control.</summary>
internal readonly record struct AckSample
{
    /// <summary>The loop's clock when the ACK is processed, in nanoseconds.</summary>
    public long Now { get; init; }

    /// <summary>Packets that the ACK newly acknowledged, cumulatively or (in recovery) selectively.</summary>
    public uint AckedPackets { get; init; }

    /// <summary>The acknowledgment number: SND.UNA after the ACK.</summary>
    public uint AckSequence { get; init; }

    /// <summary>SND.NXT.</summary>
    public uint SndNxt { get; init; }

    /// <summary>The round trip measured by this ACK in nanoseconds; −1 for none (Karn's rule, RFC 6298 section 3).</summary>
    public long RttNanoseconds { get; init; }

    /// <summary>Packets that were in flight before the ACK.</summary>
    public uint InFlight { get; init; }

    /// <summary>The connection's windowed minimum of round trips in microseconds; <see cref="uint.MaxValue"/> for none yet.</summary>
    public uint MinRttMicroseconds { get; init; }

    /// <summary>Whether the application, not the window, limited what was in flight.</summary>
    public bool IsAppLimited { get; init; }
}
