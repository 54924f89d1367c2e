namespace Slipway.Sockets;

/// <summary>Groups of NETLINK_ROUTE, for NETLINK_ADD_MEMBERSHIP (rtnetlink(7)).</summary>
public static class RouteGroup
{
    /// <summary>Links.</summary>
    public const int RTNLGRP_LINK = 1;

    /// <summary>Neighbours.</summary>
    public const int RTNLGRP_NEIGH = 3;

    /// <summary>IPv4 addresses.</summary>
    public const int RTNLGRP_IPV4_IFADDR = 5;

    /// <summary>IPv4 routes.</summary>
    public const int RTNLGRP_IPV4_ROUTE = 7;

    /// <summary>IPv6 addresses.</summary>
    public const int RTNLGRP_IPV6_IFADDR = 9;

    /// <summary>IPv6 routes.</summary>
    public const int RTNLGRP_IPV6_ROUTE = 11;
}
