namespace Slipway.Sockets;

/// <summary>nlmsg_type: netlink(7), rtnetlink(7), sock_diag(7).</summary>
public static class NetlinkMessageType
{
    /// <summary>To be skipped.</summary>
    public const ushort NLMSG_NOOP = 1;

    /// <summary>An errno, negative, or 0 for an acknowledgement; the header of the request follows.</summary>
    public const ushort NLMSG_ERROR = 2;

    /// <summary>The end of a dump.</summary>
    public const ushort NLMSG_DONE = 3;

    /// <summary>Data was lost.</summary>
    public const ushort NLMSG_OVERRUN = 4;

    /// <summary>Makes or changes a link; tells of one.</summary>
    public const ushort RTM_NEWLINK = 16;

    /// <summary>Removes a link; tells that it is gone.</summary>
    public const ushort RTM_DELLINK = 17;

    /// <summary>Asks for links.</summary>
    public const ushort RTM_GETLINK = 18;

    /// <summary>Changes a link.</summary>
    public const ushort RTM_SETLINK = 19;

    /// <summary>Adds an address; tells of one.</summary>
    public const ushort RTM_NEWADDR = 20;

    /// <summary>Removes an address; tells that it is gone.</summary>
    public const ushort RTM_DELADDR = 21;

    /// <summary>Asks for addresses.</summary>
    public const ushort RTM_GETADDR = 22;

    /// <summary>Adds a route; tells of one.</summary>
    public const ushort RTM_NEWROUTE = 24;

    /// <summary>Removes a route; tells that it is gone.</summary>
    public const ushort RTM_DELROUTE = 25;

    /// <summary>Asks for routes, or for the way to one address.</summary>
    public const ushort RTM_GETROUTE = 26;

    /// <summary>Adds a neighbour; tells of one.</summary>
    public const ushort RTM_NEWNEIGH = 28;

    /// <summary>Removes a neighbour; tells that it is gone.</summary>
    public const ushort RTM_DELNEIGH = 29;

    /// <summary>Asks for neighbours.</summary>
    public const ushort RTM_GETNEIGH = 30;

    /// <summary>Adds a rule of policy routing; tells of one.</summary>
    public const ushort RTM_NEWRULE = 32;

    /// <summary>Removes a rule.</summary>
    public const ushort RTM_DELRULE = 33;

    /// <summary>Asks for rules.</summary>
    public const ushort RTM_GETRULE = 34;

    /// <summary>Asks for sockets of one family, and tells of one (NETLINK_SOCK_DIAG).</summary>
    public const ushort SOCK_DIAG_BY_FAMILY = 20;

    /// <summary>Closes a socket of somebody else (NETLINK_SOCK_DIAG).</summary>
    public const ushort SOCK_DESTROY = 21;
}
