using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>The options of multicast: what they take, what they refuse (rows I4-009 to I4-013, I6-013 to I6-019).</summary>
public static class MulticastOptionScenarios
{
    private const string Group = "239.1.2.3", Group6 = "ff15::7", Near = "10.0.0.1", Source = "192.0.2.1";

    /// <summary>The interface of what is sent, by an address of it or by its index.</summary>
    [Scenario("I4-009")]
    public static void InterfaceThatSends(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(), stream = near.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        Span<byte> value = stackalloc byte[4];
        Expect.Equal(4, socket.GetOption(IPPROTO_IP, IP_MULTICAST_IF, value));
        Expect.Bytes([0, 0, 0, 0], value);
        Expect.Success(socket.TryGroup(IP_MULTICAST_IF, Near));
        socket.GetOption(IPPROTO_IP, IP_MULTICAST_IF, value);
        Expect.Bytes([10, 0, 0, 1], value);
        Expect.Success(socket.TryGroup(IP_MULTICAST_IF, Group, Near));
        Expect.Fails(Errno.EADDRNOTAVAIL, socket.TryGroup(IP_MULTICAST_IF, "198.51.100.9"));
        Expect.Fails(Errno.EINVAL, near.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_MULTICAST_IF, [10, 0, 0]));
        Expect.Fails(Errno.EINVAL, stream.TryGroup(IP_MULTICAST_IF, Near));
        socket.SetMulticastInterface(near.InterfaceOf(Near));
        Expect.Throws(Errno.EADDRNOTAVAIL, () => socket.SetMulticastInterface(99));
    }

    /// <summary>The hops of what is sent.</summary>
    [Scenario("I4-010")]
    public static void HopsOfIPv4(HostProcess host)
    {
        using Socket socket = host.Udp(), stream = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        Expect.Equal(1, socket.MulticastTtl);
        socket.MulticastTtl = 255;
        Expect.Equal(255, socket.GetOption(IPPROTO_IP, IP_MULTICAST_TTL));
        socket.MulticastTtl = -1;
        Expect.Equal(1, socket.MulticastTtl);
        socket.MulticastTtl = 0;
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IP, IP_MULTICAST_TTL, 256));
        Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_MULTICAST_TTL, []));
        Expect.Fails(Errno.EINVAL, stream.TrySet(IPPROTO_IP, IP_MULTICAST_TTL, 3));
        Expect.Equal(1, stream.GetOption(IPPROTO_IP, IP_MULTICAST_TTL));
        Span<byte> one = stackalloc byte[1];
        Expect.Equal(1, socket.GetOption(IPPROTO_IP, IP_MULTICAST_TTL, one));
    }

    /// <summary>Whether members on this host hear what it sends, and whether a socket hears groups that others joined.</summary>
    [Scenario("I4-011", "I4-013", "I6-018")]
    public static void Switches(HostProcess host)
    {
        using Socket socket = host.Udp(), ipv6 = host.Udp(AddressFamily.Inet6), stream = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        Expect.True(socket.MulticastLoopback && ipv6.MulticastLoopback && socket.MulticastAll && ipv6.MulticastAll);
        Expect.Equal(0, ipv6.GetOption(IPPROTO_IP, IP_MULTICAST_ALL));
        socket.SetOption(IPPROTO_IP, IP_MULTICAST_LOOP, 7);
        Expect.Equal(1, socket.GetOption(IPPROTO_IP, IP_MULTICAST_LOOP));
        Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_MULTICAST_LOOP, []));
        Expect.Success(stream.TrySet(IPPROTO_IP, IP_MULTICAST_LOOP, 0));
        socket.MulticastAll = false;
        Expect.Equal(0, socket.GetOption(IPPROTO_IP, IP_MULTICAST_ALL));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IP, IP_MULTICAST_ALL, -1));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IP, IP_MULTICAST_ALL, 2));
        Expect.Success(host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_MULTICAST_ALL, [1]));
        Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_MULTICAST_ALL, []));
        Expect.Fails(Errno.EINVAL, ipv6.TrySet(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 2));
        ipv6.MulticastLoopback = false;
        Expect.Success(ipv6.TrySet(IPPROTO_IPV6, IPV6_MULTICAST_ALL, 5));
        Expect.Equal(1, ipv6.GetOption(IPPROTO_IPV6, IPV6_MULTICAST_ALL));
    }

    /// <summary>Joining and leaving groups of IPv4.</summary>
    [Scenario("I4-012")]
    public static void MembershipOfIPv4(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(), stream = near.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        Expect.Success(socket.TryGroup(IP_ADD_MEMBERSHIP, Group, Near));
        Expect.Fails(Errno.EADDRINUSE, socket.TryGroup(IP_ADD_MEMBERSHIP, Group, Near));
        Expect.Fails(Errno.EINVAL, socket.TryGroup(IP_ADD_MEMBERSHIP, "10.1.2.3", Near));
        Expect.Fails(Errno.EINVAL, socket.TryGroup(IP_ADD_MEMBERSHIP, Group));
        Expect.Fails(Errno.ENODEV, socket.TryGroup(IP_ADD_MEMBERSHIP, "239.9.9.9", "198.51.100.9"));
        Expect.Fails(Errno.ENODEV, socket.TryGroup(IP_ADD_MEMBERSHIP, "239.9.9.9", "0.0.0.0"));
        Expect.Throws(Errno.EADDRINUSE, () => socket.JoinGroup(new InetAddress(Group, 0), near.InterfaceOf(Near)));
        Expect.Success(socket.TryGroup(IP_DROP_MEMBERSHIP, Group, Near));
        Expect.Fails(Errno.EADDRNOTAVAIL, socket.TryGroup(IP_DROP_MEMBERSHIP, Group, Near));
        Expect.Fails(Errno.EADDRNOTAVAIL, socket.TryGroup(IP_DROP_MEMBERSHIP, Group, "198.51.100.9"));
        Expect.Fails(Errno.ENODEV, socket.TryGroup(IP_DROP_MEMBERSHIP, Group, "0.0.0.0"));
        Expect.Fails(Errno.EPROTO, stream.TryGroup(IP_ADD_MEMBERSHIP, Group, Near));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(IPPROTO_IP, IP_ADD_MEMBERSHIP));
        stream.JoinGroup(new InetAddress(Group, 0), near.InterfaceOf(Near));
    }

    /// <summary>A socket has twenty groups of IPv4 at most, and ten sources in each (igmp_max_memberships, igmp_max_msf).</summary>
    [Scenario("I4-012")]
    public static void LimitsOfIPv4(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp();
        for (int i = 1; i <= 20; i++) Expect.Success(socket.TryGroup(IP_ADD_MEMBERSHIP, $"239.0.0.{i}", Near));
        Expect.Fails(Errno.ENOBUFS, socket.TryGroup(IP_ADD_MEMBERSHIP, "239.0.0.99", Near));
        for (int i = 1; i <= 10; i++) Expect.Success(socket.TryGroup(IP_BLOCK_SOURCE, "239.0.0.1", Near, $"192.0.2.{i}"));
        Expect.Fails(Errno.ENOBUFS, socket.TryGroup(IP_BLOCK_SOURCE, "239.0.0.1", Near, "192.0.2.99"));
        Expect.Fails(Errno.ENOBUFS, socket.TryGroup(IP_BLOCK_SOURCE, "239.0.0.1", Near, "192.0.2.1"));
    }

    /// <summary>Joining and leaving groups of IPv6.</summary>
    [Scenario("I6-019")]
    public static void MembershipOfIPv6(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(AddressFamily.Inet6), stream = near.Sockets.Open(AddressFamily.Inet6, SocketType.Stream);
        int index = near.InterfaceOf(Near);
        Expect.Success(socket.TryGroup6(IPV6_ADD_MEMBERSHIP, Group6, index));
        Expect.Fails(Errno.EADDRINUSE, socket.TryGroup6(IPV6_ADD_MEMBERSHIP, Group6, index));
        Expect.Fails(Errno.EADDRINUSE, socket.TryGroup6(IPV6_ADD_MEMBERSHIP, Group6, 0));
        Expect.Success(socket.TryGroup6(IPV6_ADD_MEMBERSHIP, Group6, 1));
        Expect.Fails(Errno.EINVAL, socket.TryGroup6(IPV6_ADD_MEMBERSHIP, "fd00::1", index));
        Expect.Fails(Errno.EINVAL, socket.TryGroup6(IPV6_ADD_MEMBERSHIP, "::ffff:239.1.2.3", index));
        Expect.Fails(Errno.ENODEV, socket.TryGroup6(IPV6_ADD_MEMBERSHIP, Group6, 99));
        Expect.Fails(Errno.EINVAL, near.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, new byte[19]));
        Expect.Success(socket.TryGroup6(IPV6_DROP_MEMBERSHIP, Group6, index));
        Expect.Fails(Errno.EADDRNOTAVAIL, socket.TryGroup6(IPV6_DROP_MEMBERSHIP, Group6, index));
        Expect.Success(socket.TryGroup6(IPV6_DROP_MEMBERSHIP, Group6, 0));
        Expect.Fails(Errno.EINVAL, socket.TryGroup6(IPV6_DROP_MEMBERSHIP, "fd00::1", index));
        Expect.Fails(Errno.EPROTO, stream.TryGroup6(IPV6_ADD_MEMBERSHIP, Group6, index));
        socket.JoinGroup(new InetAddress("ff15::8", 0));
        socket.LeaveGroup(new InetAddress("ff15::8", 0), index);
    }

    /// <summary>Interface and hops of what is sent over IPv6.</summary>
    [Scenario("I6-013", "I6-014")]
    public static void SendingOverIPv6(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6), stream = host.Sockets.Open(AddressFamily.Inet6, SocketType.Stream);
        Expect.Equal(0, socket.GetOption(IPPROTO_IPV6, IPV6_MULTICAST_IF));
        socket.SetMulticastInterface(1);
        Expect.Equal(1, socket.GetOption(IPPROTO_IPV6, IPV6_MULTICAST_IF));
        Expect.Throws(Errno.ENODEV, () => socket.SetMulticastInterface(99));
        Expect.Fails(Errno.ENOPROTOOPT, stream.TrySet(IPPROTO_IPV6, IPV6_MULTICAST_IF, 1));
        Expect.Equal(1, socket.MulticastTtl);
        socket.MulticastTtl = 255;
        socket.MulticastTtl = -1;
        Expect.Equal(1, socket.MulticastTtl);
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 256));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, -2));
        Expect.Fails(Errno.ENOPROTOOPT, stream.TrySet(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1));
    }

    /// <summary>Sources one by one: the list of a group is of one kind, and its last source that goes is a leave.</summary>
    [Scenario("I4-012")]
    public static void SourcesOfIPv4(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp();
        Expect.Fails(Errno.EINVAL, socket.TryGroup(IP_BLOCK_SOURCE, Group, Near, Source));
        Expect.Fails(Errno.EINVAL, socket.TryGroup(IP_DROP_SOURCE_MEMBERSHIP, Group, Near, Source));
        Expect.Success(socket.TryGroup(IP_ADD_SOURCE_MEMBERSHIP, Group, Near, Source));
        Expect.Fails(Errno.EADDRNOTAVAIL, socket.TryGroup(IP_ADD_SOURCE_MEMBERSHIP, Group, Near, Source));
        Expect.Fails(Errno.EINVAL, socket.TryGroup(IP_BLOCK_SOURCE, Group, Near, Source));
        Expect.Fails(Errno.EADDRNOTAVAIL, socket.TryGroup(IP_DROP_SOURCE_MEMBERSHIP, Group, Near, "192.0.2.9"));
        Expect.Success(socket.TryGroup(IP_DROP_SOURCE_MEMBERSHIP, Group, Near, Source));
        Expect.Fails(Errno.EADDRNOTAVAIL, socket.TryGroup(IP_DROP_MEMBERSHIP, Group, Near));
        Expect.Success(socket.TryGroup(IP_ADD_MEMBERSHIP, Group, Near));
        Expect.Fails(Errno.EADDRNOTAVAIL, socket.TryGroup(IP_UNBLOCK_SOURCE, Group, Near, Source));
        Expect.Success(socket.TryGroup(IP_ADD_SOURCE_MEMBERSHIP, Group, Near, Source));
        Expect.Equal(MulticastFilterMode.Include, socket.GetSourceFilter(new InetAddress(Group, 0), near.InterfaceOf(Near)).Mode);
        Expect.Fails(Errno.EINVAL, near.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_BLOCK_SOURCE, new byte[13]));
    }

    /// <summary>The whole list of a group at once, by IP_MSFILTER.</summary>
    [Scenario("I4-012")]
    public static void FilterOfIPv4(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp();
        Expect.Fails(Errno.EINVAL, SetFilter(socket, 1, "192.0.2.1"));
        Expect.Success(socket.TryGroup(IP_ADD_MEMBERSHIP, Group, Near));
        Expect.Success(SetFilter(socket, 1, "192.0.2.1", "192.0.2.2"));
        Span<byte> value = stackalloc byte[28];
        WriteFilter(value, 0, 3);
        Expect.Equal(24, socket.GetOption(IPPROTO_IP, IP_MSFILTER, value));
        Expect.Bytes([239, 1, 2, 3, 10, 0, 0, 1, 1, 0, 0, 0, 2, 0, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2], value[..24]);
        WriteFilter(value, 0, 1);
        Expect.Equal(20, socket.GetOption(IPPROTO_IP, IP_MSFILTER, value));
        Expect.Equal(2, value[12]);
        Expect.Fails(Errno.EINVAL, SetFilter(socket, 2, "192.0.2.1"));
        Expect.Fails(Errno.ENOBUFS, SetFilter(socket, 0, [.. Enumerable.Range(1, 11).Select(static i => $"192.0.2.{i}")]));
        int length = 12;
        Expect.Fails(Errno.EINVAL, near.Sockets.GetSockOpt(socket.Descriptor, IPPROTO_IP, IP_MSFILTER, value[..12], ref length));
        Expect.Success(SetFilter(socket, 0));
        Expect.Success(SetFilter(socket, 1));
        Expect.Fails(Errno.EADDRNOTAVAIL, socket.TryGroup(IP_DROP_MEMBERSHIP, Group, Near));
        length = 28;
        WriteFilter(value, 0, 3);
        Expect.Fails(Errno.EADDRNOTAVAIL, near.Sockets.GetSockOpt(socket.Descriptor, IPPROTO_IP, IP_MSFILTER, value, ref length));
    }

    /// <summary>The calls of RFC 3678 that serve both families.</summary>
    [Scenario("I4-012", "I6-019")]
    public static void ProtocolIndependent(HostProcess near, HostProcess far)
    {
        int index = near.InterfaceOf(Near);
        foreach ((string group, string first, string second) in new[] { (Group, Source, "192.0.2.2"), (Group6, "fd00::8", "fd00::9") })
        {
            var joined = new InetAddress(group, 0);
            InetAddress one = new(first, 0), two = new(second, 0);
            using Socket socket = near.Udp(joined.Family);
            Expect.Throws(Errno.EINVAL, () => socket.BlockSource(joined, one, index));
            Expect.Throws(Errno.EADDRNOTAVAIL, () => socket.GetSourceFilter(joined, index));
            socket.JoinGroup(joined, index);
            socket.BlockSource(joined, one, index);
            Expect.Throws(Errno.EADDRNOTAVAIL, () => socket.BlockSource(joined, one, index));
            Expect.Throws(Errno.EINVAL, () => socket.JoinSourceGroup(joined, one, index));
            socket.BlockSource(joined, two, index);
            MulticastSourceFilter filter = socket.GetSourceFilter(joined, index);
            Expect.True(filter.Mode == MulticastFilterMode.Exclude && filter.Sources.SequenceEqual([one, two]));
            socket.UnblockSource(joined, one, index);
            socket.SetSourceFilter(joined, new MulticastSourceFilter(MulticastFilterMode.Include, [two, one]), index);
            filter = socket.GetSourceFilter(joined, index);
            Expect.True(filter.Mode == MulticastFilterMode.Include && filter.Sources.SequenceEqual([two, one]));
            socket.LeaveSourceGroup(joined, two, index);
            socket.LeaveSourceGroup(joined, one, index);
            Expect.Throws(Errno.EADDRNOTAVAIL, () => socket.LeaveGroup(joined, index));
            Expect.Throws(Errno.ENODEV, () => socket.JoinGroup(joined, 99));
        }
    }

    /// <summary>Structures that are too short, and families that are not the level's.</summary>
    [Scenario("I4-012", "I6-019")]
    public static void MalformedRequests(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(AddressFamily.Inet6);
        foreach ((int level, string other, Errno wrong) in new[] { (IPPROTO_IP, Group6, Errno.EINVAL), (IPPROTO_IPV6, Group, Errno.EADDRNOTAVAIL) })
        {
            var request = new byte[264];
            new InetAddress(other, 0).Write(request.AsSpan(8));
            new InetAddress(other, 0).Write(request.AsSpan(136));
            Expect.Fails(Errno.EINVAL, near.Sockets.SetSockOpt(socket.Descriptor, level, MCAST_JOIN_GROUP, request.AsSpan(0, 135)));
            Expect.Fails(wrong, near.Sockets.SetSockOpt(socket.Descriptor, level, MCAST_JOIN_GROUP, request.AsSpan(0, 136)));
            Expect.Fails(Errno.EINVAL, near.Sockets.SetSockOpt(socket.Descriptor, level, MCAST_JOIN_SOURCE_GROUP, request.AsSpan(0, 263)));
            Expect.Fails(Errno.EADDRNOTAVAIL, near.Sockets.SetSockOpt(socket.Descriptor, level, MCAST_BLOCK_SOURCE, request));
            Expect.Fails(Errno.EINVAL, near.Sockets.SetSockOpt(socket.Descriptor, level, MCAST_MSFILTER, request.AsSpan(0, 143)));
            int length = 143;
            Expect.Fails(Errno.EINVAL, near.Sockets.GetSockOpt(socket.Descriptor, level, MCAST_MSFILTER, request.AsSpan(0, 143), ref length));
            length = 144;
            Expect.Fails(wrong, near.Sockets.GetSockOpt(socket.Descriptor, level, MCAST_MSFILTER, request.AsSpan(0, 144), ref length));
        }
    }

    private static Errno SetFilter(Socket socket, int mode, params string[] sources)
    {
        var value = new byte[16 + sources.Length * 4];
        WriteFilter(value, mode, sources.Length);
        for (int i = 0; i < sources.Length; i++) new InetAddress(sources[i], 0).WriteAddress(value.AsSpan(16 + i * 4));
        return socket.System.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_MSFILTER, value);
    }

    private static void WriteFilter(Span<byte> value, int mode, int count)
    {
        new InetAddress(Group, 0).WriteAddress(value);
        new InetAddress(Near, 0).WriteAddress(value[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(value[8..], mode);
        BinaryPrimitives.WriteInt32LittleEndian(value[12..], count);
    }
}
