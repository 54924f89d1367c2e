namespace Slipway.Sockets;

/// <summary>Protocols of netlink sockets (netlink(7)): which part of the kernel answers.</summary>
public static class NetlinkProtocol
{
    /// <summary>Links, addresses, routes, neighbours (rtnetlink(7)).</summary>
    public const int NETLINK_ROUTE = 0;

    /// <summary>Sockets (sock_diag(7)).</summary>
    public const int NETLINK_SOCK_DIAG = 4;
}
