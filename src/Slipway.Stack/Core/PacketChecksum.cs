namespace Slipway.Stack;

/// <summary>What is known about the transport checksum of a packet.</summary>
public enum PacketChecksum
{
    /// <summary>The field holds what the wire brought, or a complete sum; a receiver must verify it.</summary>
    Unverified,

    /// <summary>
    /// The field holds only the folded sum of the pseudo-header, not complemented; the sum over the bytes from the transport header on is still to be
    /// added. <see cref="PacketBuffer.TransportOffset"/> and <see cref="PacketBuffer.ChecksumOffset"/> say where. A receiver takes it for correct:
    /// the bytes have not left the machine.
    /// </summary>
    Partial,

    /// <summary>Somebody has verified the sum already; the field is complete.</summary>
    Trusted,
}
