namespace Slipway.Sockets;

/// <summary>Communication domains by Linux's numbers (socket(2), POSIX <c>sys/socket.h</c>). Any other number may be cast in: the system answers as Linux does.</summary>
public enum AddressFamily
{
    /// <summary>AF_UNSPEC: any family. Meaningful in look-ups, connect and bind, never for a new socket.</summary>
    Unspecified = 0,

    /// <summary>AF_UNIX, also AF_LOCAL: the local domain (unix(7)).</summary>
    Unix = 1,

    /// <summary>AF_INET: IPv4 (ip(7)).</summary>
    Inet = 2,

    /// <summary>AF_IPX.</summary>
    Ipx = 4,

    /// <summary>AF_APPLETALK.</summary>
    AppleTalk = 5,

    /// <summary>AF_INET6: IPv6 (ipv6(7)).</summary>
    Inet6 = 10,

    /// <summary>AF_NETLINK, also AF_ROUTE: messages with the kernel (netlink(7)).</summary>
    Netlink = 16,

    /// <summary>AF_PACKET: frames of a device (packet(7)).</summary>
    Packet = 17,
}
