namespace Slipway.Sockets;

/// <summary>Attributes behind an NLMSG_ERROR (NETLINK_EXT_ACK, netlink(7)).</summary>
public static class NetlinkErrorAttribute
{
    /// <summary>What went wrong, in words.</summary>
    public const ushort NLMSGERR_ATTR_MSG = 1;

    /// <summary>Where in the request the attribute is that was refused.</summary>
    public const ushort NLMSGERR_ATTR_OFFS = 2;

    /// <summary>The type of an attribute that is missing.</summary>
    public const ushort NLMSGERR_ATTR_MISS_TYPE = 5;
}
