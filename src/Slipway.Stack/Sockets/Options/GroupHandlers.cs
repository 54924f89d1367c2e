using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Stack.HandlerRows<Slipway.Stack.InetSocket>;

namespace Slipway.Stack;

/// <summary>Options that join and leave groups and filter their sources, of both families and of the form that serves both (ip(7), ipv6(7), RFC 3678).</summary>
internal static class GroupHandlers
{
    /// <summary>struct ip_mreq, ip_mreqn, ip_mreq_source, ipv6_mreq.</summary>
    private const int MreqLength = 8, MreqnLength = 12, MreqSourceLength = 12, Mreq6Length = 20;

    private static readonly GroupRequest Request4 = new(AddressFamily.Inet), Request6 = new(AddressFamily.Inet6);

    public static OptionHandler[] All { get; } =
    [
        Bytes(IPPROTO_IP, IP_ADD_MEMBERSHIP, null, static (s, _, value) => WriteMembership(s, value, join: true)),
        Bytes(IPPROTO_IP, IP_DROP_MEMBERSHIP, null, static (s, _, value) => WriteMembership(s, value, join: false)),
        Bytes(IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, null, static (s, _, value) => WriteSource(s, value, FilterMode.Include, add: true)),
        Bytes(IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, null, static (s, _, value) => WriteSource(s, value, FilterMode.Include, add: false)),
        Bytes(IPPROTO_IP, IP_BLOCK_SOURCE, null, static (s, _, value) => WriteSource(s, value, FilterMode.Exclude, add: true)),
        Bytes(IPPROTO_IP, IP_UNBLOCK_SOURCE, null, static (s, _, value) => WriteSource(s, value, FilterMode.Exclude, add: false)),
        Bytes(IPPROTO_IP, IP_MSFILTER, static (s, value) => GroupFilterOptions.Read4(s, value), static (s, _, value) => GroupFilterOptions.Write4(s, value)),
        Bytes(IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, null, static (s, _, value) => WriteMembership6(s, value, join: true)),
        Bytes(IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, null, static (s, _, value) => WriteMembership6(s, value, join: false)),
        .. Both(IPPROTO_IP, Request4),
        .. Both(IPPROTO_IPV6, Request6),
    ];

    private static OptionHandler[] Both(int level, GroupRequest request) =>
    [
        Bytes(level, MCAST_JOIN_GROUP, null, (s, _, value) => request.WriteGroup(s, value, join: true)),
        Bytes(level, MCAST_LEAVE_GROUP, null, (s, _, value) => request.WriteGroup(s, value, join: false)),
        Bytes(level, MCAST_JOIN_SOURCE_GROUP, null, (s, _, value) => request.WriteSource(s, value, FilterMode.Include, add: true)),
        Bytes(level, MCAST_LEAVE_SOURCE_GROUP, null, (s, _, value) => request.WriteSource(s, value, FilterMode.Include, add: false)),
        Bytes(level, MCAST_BLOCK_SOURCE, null, (s, _, value) => request.WriteSource(s, value, FilterMode.Exclude, add: true)),
        Bytes(level, MCAST_UNBLOCK_SOURCE, null, (s, _, value) => request.WriteSource(s, value, FilterMode.Exclude, add: false)),
        Bytes(level, MCAST_MSFILTER, (s, value) => request.ReadFilter(s, value), (s, _, value) => request.WriteFilter(s, value)),
    ];

    /// <summary>Joins for one source: the group is joined with the first of them.</summary>
    public static Errno JoinSource(InetSocket socket, IpAddress group, in InterfaceChoice by, IpAddress source)
    {
        Errno error = socket.Memberships.Join(group, by, SourceFilter.Nobody);
        return error is Errno.None or Errno.EADDRINUSE ? socket.Memberships.ChangeSource(group, by, source, FilterMode.Include, add: true) : error;
    }

    private static Errno WriteMembership(InetSocket socket, ReadOnlySpan<byte> value, bool join)
    {
        if (socket.Type == SocketType.Stream) return Errno.EPROTO;
        if (value.Length < MreqLength) return Errno.EINVAL;
        IpAddress group = IpAddress.ReadIPv4(value);
        int index = value.Length >= MreqnLength ? BinaryPrimitives.ReadInt32LittleEndian(value[8..]) : 0;
        var by = new InterfaceChoice(index) { Address = IpAddress.ReadIPv4(value[4..]) };
        return join ? socket.Memberships.Join(group, by, SourceFilter.Everybody) : socket.Memberships.Leave(group, by);
    }

    private static Errno WriteMembership6(InetSocket socket, ReadOnlySpan<byte> value, bool join)
    {
        if (value.Length < Mreq6Length) return Errno.EINVAL;
        if (socket.Type == SocketType.Stream) return Errno.EPROTO;
        IpAddress group = IpAddress.ReadIPv6(value);
        if (group.IsIPv4) return Errno.EINVAL;
        var by = new InterfaceChoice(BinaryPrimitives.ReadInt32LittleEndian(value[16..]));
        return join ? socket.Memberships.Join(group, by, SourceFilter.Everybody) : socket.Memberships.Leave(group, by);
    }

    /// <summary>struct ip_mreq_source: group, interface, source.</summary>
    private static Errno WriteSource(InetSocket socket, ReadOnlySpan<byte> value, FilterMode mode, bool add)
    {
        if (value.Length != MreqSourceLength) return Errno.EINVAL;
        IpAddress group = IpAddress.ReadIPv4(value), source = IpAddress.ReadIPv4(value[8..]);
        var by = new InterfaceChoice(0) { Address = IpAddress.ReadIPv4(value[4..]) };
        return add && mode == FilterMode.Include ? JoinSource(socket, group, by, source) : socket.Memberships.ChangeSource(group, by, source, mode, add);
    }
}
