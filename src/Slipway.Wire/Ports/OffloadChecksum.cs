namespace Slipway.Wire;

/// <summary>What is known about the transport checksum of a packet at a port.</summary>
public enum OffloadChecksum
{
    /// <summary>It is complete, or there is none; a receiver verifies it.</summary>
    Complete,

    /// <summary>
    /// The field holds the folded sum of the pseudo header, not complemented; what remains is to sum from <see cref="PacketOffload.ChecksumStart"/> to the end and to write the
    /// complement. A receiver takes the packet for undamaged.
    /// </summary>
    Partial,

    /// <summary>It is complete, and somebody has verified it.</summary>
    Verified,
}
