namespace Slipway.Stack;

/// <summary>What is known about the fate of a sent segment (the kernel's TCPCB flags).</summary>
[Flags]
internal enum SegmentMarks : byte
{
    None = 0,

    /// <summary>The receiver said that it has it (RFC 2018).</summary>
    Sacked = 1,

    /// <summary>A retransmission of it is under way.</summary>
    Retransmitted = 2,

    /// <summary>It is taken to be lost.</summary>
    Lost = 4,

    /// <summary>It was sent again at least once: its acknowledgment tells no round trip (Karn).</summary>
    EverRetransmitted = 8,
}
