using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>The data of IPV6_PKTINFO: struct in6_pktinfo (RFC 3542 §6).</summary>
/// <param name="Address">Destination of a received datagram, or the source to send from (<c>::</c> leaves it open); port 0.</param>
/// <param name="InterfaceIndex">The interface that a datagram came by, or is to be sent by; 0 leaves the choice open.</param>
public readonly record struct IPv6PacketInfo(InetAddress Address, int InterfaceIndex)
{
    /// <summary>Bytes of the structure.</summary>
    public const int Length = 20;

    private const int AddressOffsetInStructure = 8;
    private const int AddressLength = 16;

    /// <summary>Reads the structure.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than <see cref="Length"/> bytes.</exception>
    public static IPv6PacketInfo Read(ReadOnlySpan<byte> bytes)
        => new(InetAddress.IPv6(bytes[..AddressLength], 0), BinaryPrimitives.ReadInt32LittleEndian(bytes[AddressLength..]));

    /// <summary>Writes the structure. An IPv4 address goes as a mapped one.</summary>
    /// <exception cref="ArgumentException">Fewer than <see cref="Length"/> bytes.</exception>
    public void Write(Span<byte> bytes)
    {
        Span<byte> structure = stackalloc byte[InetAddress.IPv6StructureLength];
        Address.Write(structure);
        if (Address.Family == AddressFamily.Inet)
        {
            bytes[..AddressLength].Clear();
            bytes[10] = bytes[11] = 0xFF;
            BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], Address.IPv4Bits);
        }
        else structure.Slice(AddressOffsetInStructure, AddressLength).CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[AddressLength..], InterfaceIndex);
    }
}
