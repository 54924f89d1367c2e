using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>Multicast: groups, their sources, and how packets to groups are sent (ip(7), ipv6(7), RFC 3678).</summary>
/// <remarks>
/// Groups and sources are addresses; their ports do not count. An interface is named by its index, which <see cref="SocketSystem"/> tells; 0 leaves it to the routes, or, of a group that
/// has been joined on an IPv6 socket, to where that was.
/// </remarks>
public sealed partial class Socket
{
    private const int StorageLength = 128, GroupOffset = 8, SourceOffset = GroupOffset + StorageLength;
    private const int FilterModeOffset = SourceOffset, FilterCountOffset = FilterModeOffset + 4, FilterListOffset = FilterCountOffset + 4;

    /// <summary>Hops of packets to groups: IP_MULTICAST_TTL or IPV6_MULTICAST_HOPS by the socket's family, 0 to 255; -1 sets the default, 1. With 0 they stay on this host.</summary>
    /// <exception cref="SocketCallException">EINVAL beyond 255 and, as ENOPROTOOPT of IPv6, on a stream.</exception>
    public int MulticastTtl
    {
        get => IsInet6 ? GetOption(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_MULTICAST_HOPS) : GetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_MULTICAST_TTL);
        set => SetOption(IsInet6 ? SocketLevel.IPPROTO_IPV6 : SocketLevel.IPPROTO_IP, IsInet6 ? SocketOptionName.IPV6_MULTICAST_HOPS : SocketOptionName.IP_MULTICAST_TTL, value);
    }

    /// <summary>Whether packets to groups also come to members on this host: IP_MULTICAST_LOOP or IPV6_MULTICAST_LOOP by the socket's family; on at first.</summary>
    public bool MulticastLoopback
    {
        get => GetOption(IsInet6 ? SocketLevel.IPPROTO_IPV6 : SocketLevel.IPPROTO_IP, IsInet6 ? SocketOptionName.IPV6_MULTICAST_LOOP : SocketOptionName.IP_MULTICAST_LOOP) != 0;
        set => SetOption(IsInet6 ? SocketLevel.IPPROTO_IPV6 : SocketLevel.IPPROTO_IP, IsInet6 ? SocketOptionName.IPV6_MULTICAST_LOOP : SocketOptionName.IP_MULTICAST_LOOP, value ? 1 : 0);
    }

    /// <summary>
    /// Whether the socket also takes packets to groups that others on this host have joined and it has not: IP_MULTICAST_ALL or IPV6_MULTICAST_ALL by the socket's family; on at first.
    /// </summary>
    public bool MulticastAll
    {
        get => GetOption(IsInet6 ? SocketLevel.IPPROTO_IPV6 : SocketLevel.IPPROTO_IP, IsInet6 ? SocketOptionName.IPV6_MULTICAST_ALL : SocketOptionName.IP_MULTICAST_ALL) != 0;
        set => SetOption(IsInet6 ? SocketLevel.IPPROTO_IPV6 : SocketLevel.IPPROTO_IP, IsInet6 ? SocketOptionName.IPV6_MULTICAST_ALL : SocketOptionName.IP_MULTICAST_ALL, value ? 1 : 0);
    }

    private bool IsInet6 => GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_DOMAIN) == (int)AddressFamily.Inet6;

    /// <summary>Sends packets to groups by an interface: IP_MULTICAST_IF or IPV6_MULTICAST_IF by the socket's family.</summary>
    /// <param name="interfaceIndex">The index; 0 leaves it to the routes.</param>
    /// <exception cref="SocketCallException">EADDRNOTAVAIL (IPv4) or ENODEV (IPv6): no such interface; EINVAL: the socket is bound to another, or, as ENOPROTOOPT of IPv6, a stream.</exception>
    public void SetMulticastInterface(int interfaceIndex)
    {
        if (IsInet6)
        {
            SetOption(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_MULTICAST_IF, interfaceIndex);
            return;
        }
        Span<byte> request = stackalloc byte[12];
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request[8..], interfaceIndex);
        SetOption(SocketLevel.IPPROTO_IP, SocketOptionName.IP_MULTICAST_IF, request);
    }

    /// <summary>Joins a group, whatever the source (MCAST_JOIN_GROUP).</summary>
    /// <param name="group">The group.</param>
    /// <param name="interfaceIndex">The interface; 0 leaves it to the routes.</param>
    /// <exception cref="SocketCallException">
    /// EINVAL: no group; ENODEV: no such interface, or no route to the group; EADDRINUSE: joined there already; ENOBUFS: igmp_max_memberships groups are joined; ENOMEM: optmem_max is reached.
    /// </exception>
    public void JoinGroup(InetAddress group, int interfaceIndex = 0) => SetGroup(SocketOptionName.MCAST_JOIN_GROUP, group, interfaceIndex);

    /// <summary>Leaves a group (MCAST_LEAVE_GROUP). Closing the socket leaves all.</summary>
    /// <param name="group">The group.</param>
    /// <param name="interfaceIndex">The interface; 0 leaves it to the routes.</param>
    /// <exception cref="SocketCallException">EADDRNOTAVAIL: not joined there; ENODEV: no route to the group; EINVAL: no group.</exception>
    public void LeaveGroup(InetAddress group, int interfaceIndex = 0) => SetGroup(SocketOptionName.MCAST_LEAVE_GROUP, group, interfaceIndex);

    /// <summary>Joins a group for one source, or for one more (MCAST_JOIN_SOURCE_GROUP).</summary>
    /// <param name="group">The group.</param>
    /// <param name="source">The source.</param>
    /// <param name="interfaceIndex">The interface; 0 leaves it to the routes.</param>
    /// <exception cref="SocketCallException">As <see cref="JoinGroup"/>; EADDRNOTAVAIL: joined for this source already; EINVAL: sources are blocked; ENOBUFS: igmp_max_msf or mld_max_msf sources are joined.</exception>
    public void JoinSourceGroup(InetAddress group, InetAddress source, int interfaceIndex = 0) => SetSource(SocketOptionName.MCAST_JOIN_SOURCE_GROUP, group, source, interfaceIndex);

    /// <summary>Leaves a group for one source (MCAST_LEAVE_SOURCE_GROUP); with the last one the group is left.</summary>
    /// <inheritdoc cref="JoinSourceGroup"/>
    /// <exception cref="SocketCallException">EADDRNOTAVAIL: not joined for this source; EINVAL: the group is not joined, or for all; ENODEV.</exception>
    public void LeaveSourceGroup(InetAddress group, InetAddress source, int interfaceIndex = 0) => SetSource(SocketOptionName.MCAST_LEAVE_SOURCE_GROUP, group, source, interfaceIndex);

    /// <summary>Takes nothing of a source in a group that has been joined (MCAST_BLOCK_SOURCE).</summary>
    /// <inheritdoc cref="JoinSourceGroup"/>
    /// <exception cref="SocketCallException">EADDRNOTAVAIL: blocked already; EINVAL: the group is not joined, or for single sources; ENOBUFS: igmp_max_msf or mld_max_msf sources are blocked; ENODEV.</exception>
    public void BlockSource(InetAddress group, InetAddress source, int interfaceIndex = 0) => SetSource(SocketOptionName.MCAST_BLOCK_SOURCE, group, source, interfaceIndex);

    /// <summary>Takes from a source again (MCAST_UNBLOCK_SOURCE).</summary>
    /// <inheritdoc cref="JoinSourceGroup"/>
    /// <exception cref="SocketCallException">EADDRNOTAVAIL: not blocked; EINVAL: the group is not joined, or for single sources; ENODEV.</exception>
    public void UnblockSource(InetAddress group, InetAddress source, int interfaceIndex = 0) => SetSource(SocketOptionName.MCAST_UNBLOCK_SOURCE, group, source, interfaceIndex);

    /// <summary>Sets the sources of a group at once (MCAST_MSFILTER). To include nobody is to leave.</summary>
    /// <param name="group">The group, which has been joined.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="interfaceIndex">The interface on which it was joined; 0 leaves it to the routes (IPv4 alone).</param>
    /// <exception cref="SocketCallException">EINVAL: not joined there; ENODEV; ENOBUFS: more sources than igmp_max_msf or mld_max_msf.</exception>
    public void SetSourceFilter(InetAddress group, MulticastSourceFilter filter, int interfaceIndex = 0)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var request = new byte[FilterListOffset + filter.Sources.Count * StorageLength];
        BinaryPrimitives.WriteInt32LittleEndian(request, interfaceIndex);
        group.Write(request.AsSpan(GroupOffset));
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(FilterModeOffset), (int)filter.Mode);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(FilterCountOffset), filter.Sources.Count);
        for (int i = 0; i < filter.Sources.Count; i++) filter.Sources[i].Write(request.AsSpan(FilterListOffset + i * StorageLength));
        SetOption(LevelOf(group), SocketOptionName.MCAST_MSFILTER, request);
    }

    /// <summary>The sources of a group as this socket has set them (MCAST_MSFILTER).</summary>
    /// <param name="group">The group, which has been joined.</param>
    /// <param name="interfaceIndex">The interface on which it was joined.</param>
    /// <exception cref="SocketCallException">EADDRNOTAVAIL: not joined there; EINVAL: no group.</exception>
    public MulticastSourceFilter GetSourceFilter(InetAddress group, int interfaceIndex)
    {
        byte[] answer = ReadFilter(group, interfaceIndex, room: 0);
        int count;
        // The answer always tells how many there are; another thread may add some between two calls.
        for (int room = 0; (count = BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(FilterCountOffset))) > room; room = count) answer = ReadFilter(group, interfaceIndex, count);
        var sources = new InetAddress[count];
        for (int i = 0; i < count; i++) InetAddress.TryRead(answer.AsSpan(FilterListOffset + i * StorageLength, StorageLength), out sources[i]);
        return new MulticastSourceFilter((MulticastFilterMode)BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(FilterModeOffset)), sources);
    }

    private byte[] ReadFilter(InetAddress group, int interfaceIndex, int room)
    {
        var request = new byte[FilterListOffset + room * StorageLength];
        BinaryPrimitives.WriteInt32LittleEndian(request, interfaceIndex);
        group.Write(request.AsSpan(GroupOffset));
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(FilterCountOffset), room);
        GetOption(LevelOf(group), SocketOptionName.MCAST_MSFILTER, request);
        return request;
    }

    private static int LevelOf(InetAddress group) => group.Family == AddressFamily.Inet ? SocketLevel.IPPROTO_IP : SocketLevel.IPPROTO_IPV6;

    private void SetGroup(int name, InetAddress group, int interfaceIndex)
    {
        Span<byte> request = stackalloc byte[SourceOffset];
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, interfaceIndex);
        group.Write(request[GroupOffset..]);
        SetOption(LevelOf(group), name, request);
    }

    private void SetSource(int name, InetAddress group, InetAddress source, int interfaceIndex)
    {
        Span<byte> request = stackalloc byte[SourceOffset + StorageLength];
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, interfaceIndex);
        group.Write(request[GroupOffset..]);
        source.Write(request[SourceOffset..]);
        SetOption(LevelOf(group), name, request);
    }
}
