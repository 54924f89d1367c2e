using System.Globalization;

namespace Slipway.Sockets;

/// <summary>Hosts given as addresses in text: what getaddrinfo does before any look-up.</summary>
internal static class NumericHost
{
    /// <summary>Reads an address: IPv4 as inet_aton does (127.1, 0x7f000001), IPv6 as inet_pton with <c>%</c> and a zone.</summary>
    /// <returns>None where <paramref name="host"/> is no address (<paramref name="isAddress"/> false then) or was read; EAI_ADDRFAMILY for the wrong family, EAI_NONAME for an unknown zone.</returns>
    public static AddressInfoError TryRead(string host, AddressInfoHints hints, SocketSystem sockets, out bool isAddress, out InetAddress address)
    {
        address = default;
        isAddress = InetText.TryParseLooseExact(host, out uint bits);
        if (isAddress)
        {
            address = InetAddress.IPv4(bits, 0);
            if (hints.Family != AddressFamily.Inet6) return AddressInfoError.None;
            if ((hints.Flags & AddressInfoFlags.AI_V4MAPPED) == AddressInfoFlags.None) return AddressInfoError.EAI_ADDRFAMILY;
            address = address.MapToIPv6();
            return AddressInfoError.None;
        }

        int percent = host.IndexOf('%', StringComparison.Ordinal);
        Span<byte> bytes = stackalloc byte[16];
        isAddress = InetText.TryParse(AddressFamily.Inet6, percent < 0 ? host : host.AsSpan(0, percent), bytes);
        if (!isAddress) return AddressInfoError.None;
        address = InetAddress.IPv6(bytes, 0);
        if (hints.Family == AddressFamily.Inet)
        {
            if (!address.TryMapToIPv4(out InetAddress mapped)) return AddressInfoError.EAI_ADDRFAMILY;
            address = mapped;
            return AddressInfoError.None;
        }
        if (percent < 0) return AddressInfoError.None;
        if (!TryReadZone(host.AsSpan(percent + 1), address, sockets, out uint zone)) return AddressInfoError.EAI_NONAME;
        address = InetAddress.IPv6(bytes, 0, zone);
        return AddressInfoError.None;
    }

    /// <summary>The zone of a scoped address (RFC 4007 §11): an interface's name for link-local ones, or a number.</summary>
    public static bool TryReadZone(ReadOnlySpan<char> text, InetAddress address, SocketSystem sockets, out uint zone)
    {
        zone = 0;
        if (IsLinkLocal(address) && sockets.InterfaceIndex(text.ToString()) is > 0 and int index)
        {
            zone = (uint)index;
            return true;
        }
        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out zone);
    }

    /// <summary>Whether an address, unicast or multicast, is meaningful on one link only.</summary>
    public static bool IsLinkLocal(InetAddress address)
        => address.Family == AddressFamily.Inet6 && (address.Bits >> 118 == 0xFE80 >> 6 || address.Bits >> 120 == 0xFF && (address.Bits >> 112 & 0xF) == 2);

    /// <summary>The text of an address with its zone: the interface's name for a link-local one that has such an interface, the number otherwise.</summary>
    public static string Format(InetAddress address, SocketSystem sockets)
    {
        Span<byte> bytes = stackalloc byte[16];
        int length = address.WriteAddress(bytes);
        string text = InetText.Format(address.Family, bytes[..length]);
        if (address.ScopeId == 0) return text;
        string? name = IsLinkLocal(address) ? sockets.InterfaceName((int)address.ScopeId) : null;
        return $"{text}%{name ?? address.ScopeId.ToString(CultureInfo.InvariantCulture)}";
    }
}
