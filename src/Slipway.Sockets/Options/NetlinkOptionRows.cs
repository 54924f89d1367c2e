using static Slipway.Sockets.SocketOptionAccess;
using static Slipway.Sockets.SocketOptionKind;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.SocketOptionScope;

namespace Slipway.Sockets;

/// <summary>Rows of SOL_NETLINK (netlink(7)).</summary>
internal static class NetlinkOptionRows
{
    private static readonly SocketOptionTable Level = new(SocketLevel.SOL_NETLINK, "netlink(7)");

    internal static SocketOptionDefinition[] Rows { get; } =
    [
        Level.Row("NETLINK_ADD_MEMBERSHIP", NETLINK_ADD_MEMBERSHIP, Int, Set, "", "1 and more", SocketOptionPrivilege.None, Netlink, true, "Joins a group."),
        Level.Row("NETLINK_DROP_MEMBERSHIP", NETLINK_DROP_MEMBERSHIP, Int, Set, "", "1 and more", SocketOptionPrivilege.None, Netlink, true, "Leaves a group."),
        Level.Row("NETLINK_PKTINFO", NETLINK_PKTINFO, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Netlink, true, "Messages tell the group that they were sent to."),
        Level.Row("NETLINK_BROADCAST_ERROR", NETLINK_BROADCAST_ERROR, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Netlink, true, "Who sends to groups learns that a message did not reach this socket."),
        Level.Row("NETLINK_NO_ENOBUFS", NETLINK_NO_ENOBUFS, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Netlink, true, "Messages that are lost for lack of room are no error."),
        Level.Row("NETLINK_LISTEN_ALL_NSID", NETLINK_LISTEN_ALL_NSID, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Netlink, true, "Hears the groups of other network namespaces that have a number here."),
        Level.Row("NETLINK_LIST_MEMBERSHIPS", NETLINK_LIST_MEMBERSHIPS, Bytes, Get, "", "", SocketOptionPrivilege.None, Netlink, true, "The groups, a bit for each."),
        Level.Row("NETLINK_CAP_ACK", NETLINK_CAP_ACK, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Netlink, true, "Errors repeat only the header of the request."),
        Level.Row("NETLINK_EXT_ACK", NETLINK_EXT_ACK, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Netlink, true, "Errors say more, in attributes."),
        Level.Row("NETLINK_GET_STRICT_CHK", NETLINK_GET_STRICT_CHK, Flag, GetSet, "0", "", SocketOptionPrivilege.None, Netlink, true, "Requests are checked strictly, and narrow dumps."),
    ];
}
