using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Slipway.Sockets;

/// <summary>
/// Network byte order, big-endian, and the host's (byteorder(3)). The widths are in the types: 16 bits for a port, 32 for an IPv4 address. Each pair is its own inverse.
/// </summary>
/// <remarks>The addresses of this library keep ports and numbers in host order; these functions serve code that fills structures itself.</remarks>
public static class ByteOrder
{
    /// <summary>htons: 16 bits from host to network order.</summary>
    public static ushort HostToNetworkUInt16(ushort value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    /// <summary>htonl: 32 bits from host to network order.</summary>
    public static uint HostToNetworkUInt32(uint value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    /// <summary>ntohs: 16 bits from network to host order.</summary>
    public static ushort NetworkToHostUInt16(ushort value) => HostToNetworkUInt16(value);

    /// <summary>ntohl: 32 bits from network to host order.</summary>
    public static uint NetworkToHostUInt32(uint value) => HostToNetworkUInt32(value);

    /// <summary>Whether the lowest byte of a number lies at the lowest address, found by looking at one in memory.</summary>
    public static bool IsLittleEndian
    {
        get
        {
            uint probe = 0x0403_0201;
            return MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in probe))[0] == 1;
        }
    }
}
