namespace Slipway.Stack;

/// <summary>Takes captured packets: a capture file, a recorder in memory.</summary>
public interface IPacketSink
{
    /// <summary>Takes one packet as it stands on the wire. Called by the owner of the loop; the bytes are only valid for the call.</summary>
    /// <param name="device">The device it passed.</param>
    /// <param name="direction">Which way.</param>
    /// <param name="unixNanoseconds">When, in nanoseconds since 1970 of the loop's clock.</param>
    /// <param name="bytes">The frame with its Ethernet header, or the IP packet where the link has none.</param>
    void Write(LinkDevice device, PacketDirection direction, long unixNanoseconds, ReadOnlySpan<byte> bytes);
}
