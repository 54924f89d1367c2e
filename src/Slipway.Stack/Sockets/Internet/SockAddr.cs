using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Reads and writes sockaddr_in and sockaddr_in6 in place: the only form of addresses at the border of the calls.</summary>
internal static class SockAddr
{
    public const int IPv4Length = 16;
    public const int IPv6Length = 28;

    /// <summary>The kernel takes a sockaddr_in6 without its scope (RFC 2133).</summary>
    public const int IPv6LeastLength = 24;

    public static AddressFamily FamilyOf(ReadOnlySpan<byte> address) => (AddressFamily)BinaryPrimitives.ReadUInt16LittleEndian(address);

    public static ushort PortOf(ReadOnlySpan<byte> address) => BinaryPrimitives.ReadUInt16BigEndian(address[2..]);

    public static IpAddress IPv4Of(ReadOnlySpan<byte> address) => IpAddress.ReadIPv4(address[4..]);

    public static IpAddress IPv6Of(ReadOnlySpan<byte> address) => IpAddress.ReadIPv6(address[8..]);

    /// <summary>sin6_flowinfo in host order.</summary>
    public static uint FlowInfoOf(ReadOnlySpan<byte> address) => BinaryPrimitives.ReadUInt32BigEndian(address[4..]);

    /// <summary>sin6_scope_id; 0 where the structure is too short to have one.</summary>
    public static int ScopeOf(ReadOnlySpan<byte> address) => address.Length >= IPv6Length ? BinaryPrimitives.ReadInt32LittleEndian(address[24..]) : 0;

    /// <summary>Writes the structure of a family, as far as there is room, and returns its true length.</summary>
    public static int Write(Span<byte> destination, AddressFamily family, IpAddress address, ushort port, uint flowInfo = 0, int scope = 0)
    {
        bool isIPv4 = family == AddressFamily.Inet;
        int length = isIPv4 ? IPv4Length : IPv6Length;
        if (destination.IsEmpty) return length;
        if (destination.Length < length)
        {
            Span<byte> whole = stackalloc byte[IPv6Length];
            Fill(whole, isIPv4, address, port, flowInfo, scope);
            whole[..destination.Length].CopyTo(destination);
        }
        else Fill(destination, isIPv4, address, port, flowInfo, scope);
        return length;
    }

    private static void Fill(Span<byte> bytes, bool isIPv4, IpAddress address, ushort port, uint flowInfo, int scope)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], port);
        if (isIPv4)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)AddressFamily.Inet);
            address.WriteIPv4(bytes[4..]);
            bytes[8..IPv4Length].Clear();
            return;
        }
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)AddressFamily.Inet6);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], flowInfo);
        address.WriteIPv6(bytes[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[24..], scope);
    }
}
