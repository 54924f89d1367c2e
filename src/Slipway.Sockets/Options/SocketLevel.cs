namespace Slipway.Sockets;

/// <summary>Levels of socket options (setsockopt(2)), x86-64 numbers.</summary>
public static class SocketLevel
{
    /// <summary>Options of any socket (socket(7)).</summary>
    public const int SOL_SOCKET = 1;

    /// <summary>IPv4 (ip(7)).</summary>
    public const int IPPROTO_IP = 0;

    /// <summary>TCP (tcp(7)).</summary>
    public const int IPPROTO_TCP = 6;

    /// <summary>UDP (udp(7)).</summary>
    public const int IPPROTO_UDP = 17;

    /// <summary>IPv6 (ipv6(7)).</summary>
    public const int IPPROTO_IPV6 = 41;

    /// <summary>ICMPv6 (RFC 3542).</summary>
    public const int IPPROTO_ICMPV6 = 58;

    /// <summary>Netlink (netlink(7)).</summary>
    public const int SOL_NETLINK = 270;

    /// <summary>Raw IPv4 sockets (raw(7)).</summary>
    public const int SOL_RAW = 255;

    /// <summary>Packet sockets (packet(7)).</summary>
    public const int SOL_PACKET = 263;
}
