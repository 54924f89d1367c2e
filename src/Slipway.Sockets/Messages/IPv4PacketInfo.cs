using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>The data of IP_PKTINFO: struct in_pktinfo (ip(7)).</summary>
/// <param name="InterfaceIndex">ipi_ifindex: the interface that a datagram came by, or is to be sent by; 0 leaves the choice open.</param>
/// <param name="Local">ipi_spec_dst: this host's address for the datagram, or the source to send from; in host order.</param>
/// <param name="Destination">ipi_addr: the destination in the header of a received datagram; in host order.</param>
public readonly record struct IPv4PacketInfo(int InterfaceIndex, uint Local, uint Destination)
{
    /// <summary>Bytes of the structure.</summary>
    public const int Length = 12;

    /// <summary>Reads the structure.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than <see cref="Length"/> bytes.</exception>
    public static IPv4PacketInfo Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));

    /// <summary>Writes the structure.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than <see cref="Length"/> bytes.</exception>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, InterfaceIndex);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], Local);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Destination);
    }
}
