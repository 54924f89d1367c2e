namespace Slipway.Stack;

/// <summary>Options of SOL_NETLINK that are on or off (netlink(7)).</summary>
[Flags]
internal enum NetlinkOptions
{
    None = 0,

    /// <summary>NETLINK_PKTINFO.</summary>
    PacketInfo = 1,

    /// <summary>NETLINK_BROADCAST_ERROR.</summary>
    BroadcastError = 2,

    /// <summary>NETLINK_NO_ENOBUFS.</summary>
    NoOverrun = 4,

    /// <summary>NETLINK_LISTEN_ALL_NSID.</summary>
    AllNamespaces = 8,

    /// <summary>NETLINK_CAP_ACK.</summary>
    CappedAcknowledgements = 16,

    /// <summary>NETLINK_EXT_ACK.</summary>
    ExtendedAcknowledgements = 32,

    /// <summary>NETLINK_GET_STRICT_CHK.</summary>
    StrictChecks = 64,
}
