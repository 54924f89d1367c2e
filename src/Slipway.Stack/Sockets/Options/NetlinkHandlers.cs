using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.NetlinkSocket>;

namespace Slipway.Stack;

/// <summary>Options of SOL_NETLINK (netlink(7)).</summary>
internal static class NetlinkHandlers
{
    public static OptionHandler[] All { get; } =
    [
        Membership(NETLINK_ADD_MEMBERSHIP, isMember: true),
        Membership(NETLINK_DROP_MEMBERSHIP, isMember: false),
        OnOff(NETLINK_PKTINFO, NetlinkOptions.PacketInfo),
        OnOff(NETLINK_BROADCAST_ERROR, NetlinkOptions.BroadcastError),
        OnOff(NETLINK_NO_ENOBUFS, NetlinkOptions.NoOverrun),
        OnOff(NETLINK_LISTEN_ALL_NSID, NetlinkOptions.AllNamespaces),
        Bytes(SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, ReadMemberships, null),
        OnOff(NETLINK_CAP_ACK, NetlinkOptions.CappedAcknowledgements),
        OnOff(NETLINK_EXT_ACK, NetlinkOptions.ExtendedAcknowledgements),
        OnOff(NETLINK_GET_STRICT_CHK, NetlinkOptions.StrictChecks),
    ];

    private static OptionHandler Membership(int number, bool isMember)
        => Bytes(SOL_NETLINK, number, null, (socket, _, value) => socket.SetMembership(IntOf(value), isMember));

    /// <summary>Less than an int counts as 0 where it is set, and is too little where it is read.</summary>
    private static OptionHandler OnOff(int number, NetlinkOptions option) => Bytes(SOL_NETLINK, number, (socket, value) =>
    {
        if (value.Length < sizeof(int)) return Errno.EINVAL;
        BinaryPrimitives.WriteInt32LittleEndian(value, socket.Has(option) ? 1 : 0);
        return sizeof(int);
    }, (socket, caller, value) =>
    {
        // What other namespaces tell is for who may listen to all (CAP_NET_BROADCAST, which here comes with the control of the network).
        if (option == NetlinkOptions.AllNamespaces && !caller.Process.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        socket.Set(option, IntOf(value) != 0);
        return Errno.None;
    }, takesAnyLength: true);

    private static int IntOf(ReadOnlySpan<byte> value) => value.Length < sizeof(int) ? 0 : BinaryPrimitives.ReadInt32LittleEndian(value);

    /// <summary>Whole words of 32 bits, as many as there is room for; the length is that of all.</summary>
    private static CallResult ReadMemberships(NetlinkSocket socket, Span<byte> value)
    {
        int words = !socket.HasHadGroups ? 0 : (socket.Host.Netlink.GroupsOf(socket.Protocol) + 31) / 32;
        for (int i = 0; i < words && (i + 1) * sizeof(uint) <= value.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(value[(i * sizeof(uint))..], (uint)(socket.Groups >> i * 32));
        return words * sizeof(uint);
    }
}
