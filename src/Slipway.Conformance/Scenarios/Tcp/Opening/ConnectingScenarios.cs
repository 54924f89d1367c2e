using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Connecting datagram sockets, and what ICMP says of them (section CONN).</summary>
public static class ConnectingScenarios
{
    /// <summary>There is no route to the destination.</summary>
    [Scenario("CONN-06")]
    public static void NoRoute(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Throws(Errno.ENETUNREACH, () => socket.Connect(new InetAddress("198.51.100.9", 7)));
        Expect.Throws(Errno.ENETUNREACH, () => socket.SendTextTo("x", new InetAddress("198.51.100.9", 7)));
    }

    /// <summary>A sockaddr of another family, or too short.</summary>
    [Scenario("CONN-08")]
    public static void BadAddress(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Fails(Errno.EAFNOSUPPORT, host.Sockets.Connect(socket.Descriptor, InetAddress.LoopbackIPv6(7).ToSockAddr()));
        Expect.Fails(Errno.EINVAL, host.Sockets.Connect(socket.Descriptor, InetAddress.LoopbackIPv4(7).ToSockAddr().AsSpan(0, 8)));
    }

    /// <summary>The wildcard as a destination means the loopback address.</summary>
    [Scenario("CONN-10")]
    public static void WildcardMeansLoopback(HostProcess host)
    {
        using Socket ipv4 = host.Udp(), ipv6 = host.Udp(AddressFamily.Inet6);
        ipv4.Connect(InetAddress.AnyIPv4(7));
        Expect.Equal(InetAddress.LoopbackIPv4(7), ipv4.RemoteAddress);
        Expect.Equal(InetAddress.LoopbackIPv4(ipv4.LocalAddress.Port), ipv4.LocalAddress);
        ipv6.Connect(InetAddress.AnyIPv6(7));
        Expect.Equal(InetAddress.LoopbackIPv6(7), ipv6.RemoteAddress);
    }

    /// <summary>The source address follows the route, unless bind has chosen one.</summary>
    [Scenario("CONN-13")]
    public static void SourceAddress(HostProcess near, HostProcess far)
    {
        using Socket routed = near.Udp(), bound = near.Udp();
        routed.Connect(new InetAddress("10.0.0.2", 7));
        Expect.Equal(new InetAddress("10.0.0.1", routed.LocalAddress.Port), routed.LocalAddress);
        bound.Bind(new InetAddress("127.0.0.9", 0));
        bound.Connect(InetAddress.LoopbackIPv4(7));
        Expect.Equal(new InetAddress("127.0.0.9", bound.LocalAddress.Port), bound.LocalAddress);
    }

    /// <summary>A connected socket has a default destination and hears its peer alone; sendto still goes elsewhere.</summary>
    [Scenario("CONN-16")]
    public static void ConnectedHearsItsPeer(HostProcess host)
    {
        using Socket peer = host.UdpOnLoopback(), stranger = host.UdpOnLoopback(), socket = host.UdpOnLoopback();
        socket.Connect(peer.LocalAddress);
        peer.ExpectEmpty();
        stranger.SendTextTo("stranger", socket.LocalAddress);
        peer.SendTextTo("peer", socket.LocalAddress);
        Expect.Equal("peer", socket.ReceiveText());
        socket.ExpectEmpty();
        socket.SendText("to the peer");
        Expect.Equal("to the peer", peer.ReceiveText());
        socket.SendTextTo("elsewhere", stranger.LocalAddress);
        Expect.Equal("elsewhere", stranger.ReceiveText());
    }

    /// <summary>The peer may change; what is queued from the old one stays readable.</summary>
    [Scenario("CONN-17")]
    public static void ConnectAgain(HostProcess host)
    {
        using Socket first = host.UdpOnLoopback(), second = host.UdpOnLoopback(), socket = host.UdpOnLoopback();
        socket.Connect(first.LocalAddress);
        first.SendTextTo("from the first", socket.LocalAddress);
        socket.Connect(second.LocalAddress);
        Expect.Equal(second.LocalAddress, socket.RemoteAddress);
        second.SendTextTo("from the second", socket.LocalAddress);
        Expect.Equal("from the first", socket.ReceiveText());
        Expect.Equal("from the second", socket.ReceiveText());
        first.SendTextTo("too late", socket.LocalAddress);
        socket.ExpectEmpty();
    }

    /// <summary>connect with AF_UNSPEC takes the peer away, and a port that was not asked for.</summary>
    [Scenario("CONN-18")]
    public static void Disconnect(HostProcess host)
    {
        using Socket peer = host.UdpOnLoopback(), automatic = host.Udp(), bound = host.Udp(), half = host.Udp();
        automatic.Connect(peer.LocalAddress);
        automatic.Disconnect();
        Expect.Throws(Errno.EDESTADDRREQ, () => automatic.SendText("x"));
        half.Bind(InetAddress.LoopbackIPv4());
        half.Connect(peer.LocalAddress);
        half.Disconnect();
        Expect.Equal(InetAddress.LoopbackIPv4(), half.LocalAddress);
        ushort port = FreePort(host);
        bound.Bind(InetAddress.LoopbackIPv4(port));
        bound.Connect(peer.LocalAddress);
        bound.Disconnect();
        Expect.Equal(InetAddress.LoopbackIPv4(port), bound.LocalAddress);
    }

    /// <summary>Port unreachable is an error of the connected sender: on the next call, once. Nobody hears of it without a connection.</summary>
    [Scenario("CONN-19", "S-004", "OPT-12", "ASYNC-08")]
    public static void PortUnreachable(HostProcess host)
    {
        InetAddress closed = InetAddress.LoopbackIPv4(FreePort(host));
        using Socket bySend = host.Udp(), byRead = host.Udp(), byOption = host.Udp(), unconnected = host.Udp();
        bySend.Connect(closed);
        Expect.Equal(1, bySend.SendText("1"));
        Expect.Equal(PollEvents.POLLERR, bySend.PollNow(PollEvents.None));
        Expect.Throws(Errno.ECONNREFUSED, () => bySend.SendText("2"));
        Expect.Equal(PollEvents.None, bySend.PollNow(PollEvents.None));
        Expect.Equal(1, bySend.SendText("3"));

        byRead.Connect(closed);
        byRead.SendText("1");
        Expect.Fails(Errno.ECONNREFUSED, byRead.TryReceive(new byte[1]));
        byRead.ExpectEmpty();

        byOption.Connect(closed);
        byOption.SendText("1");
        Expect.Equal((int)Errno.ECONNREFUSED, byOption.GetSocketLevel(SO_ERROR));
        Expect.Equal(0, byOption.GetSocketLevel(SO_ERROR));
        Expect.Fails(Errno.ENOPROTOOPT, byOption.TrySet(SOL_SOCKET, SO_ERROR, 0));

        unconnected.SendTextTo("1", closed);
        Expect.Equal(0, unconnected.GetSocketLevel(SO_ERROR));
        unconnected.ExpectEmpty();
    }

    /// <summary>
    /// Unreachable networks and hosts are no error of a connected socket without IP_RECVERR; with it they are.
    /// The router has no route to the first destination, and nobody answers for the second.
    /// </summary>
    [Scenario("CONN-34")]
    public static void UnreachableNetworksAndHosts(RoutedHosts hosts)
    {
        foreach (string destination in new[] { "203.0.113.1", "10.0.2.77" })
        {
            using Socket plain = hosts.Near.Udp(), asking = hosts.Near.Udp();
            asking.SetOption(IPPROTO_IP, IP_RECVERR, 1);
            plain.Connect(new InetAddress(destination, 9));
            asking.Connect(new InetAddress(destination, 9));
            plain.SendText("x");
            asking.SendText("x");
            Expect.True(asking.Poll(PollEvents.POLLIN, TimeSpan.FromSeconds(10)).HasFlag(PollEvents.POLLERR));
            Expect.Equal((int)(destination == "203.0.113.1" ? Errno.ENETUNREACH : Errno.EHOSTUNREACH), asking.GetSocketLevel(SO_ERROR));
            Expect.Equal(0, plain.GetSocketLevel(SO_ERROR));
        }
    }

    /// <summary>Broadcasting is a permission.</summary>
    [Scenario("CONN-20", "OPT-07", "S-001")]
    public static void BroadcastNeedsTheOption(HostProcess near, HostProcess far)
    {
        var broadcast = new InetAddress("10.0.0.255", 5000);
        using Socket socket = near.Udp(), receiver = far.Udp();
        receiver.Bind(InetAddress.AnyIPv4(5000));
        Expect.Equal(0, socket.GetSocketLevel(SO_BROADCAST));
        Expect.Throws(Errno.EACCES, () => socket.SendTextTo("x", broadcast));
        Expect.Throws(Errno.EACCES, () => socket.Connect(broadcast));
        socket.SetSocketLevel(SO_BROADCAST, 1);
        socket.SendTextTo("to all", broadcast);
        receiver.LimitReceive(TimeSpan.FromSeconds(2));
        Expect.Equal("to all", receiver.ReceiveText());
    }

    /// <summary>Port 0 can be connected to, not sent to.</summary>
    [Scenario("CONN-21")]
    public static void PortZero(HostProcess host)
    {
        using Socket socket = host.Udp(), connected = host.Udp();
        connected.Connect(InetAddress.LoopbackIPv4());
        Expect.Throws(Errno.EINVAL, () => socket.SendTextTo("x", InetAddress.LoopbackIPv4()));
    }

    /// <summary>An IPv6 socket reaches IPv4 by the mapped address, unless IPV6_V6ONLY forbids it.</summary>
    [Scenario("CONN-32", "V6-004")]
    public static void MappedAddress(HostProcess host)
    {
        using Socket server = host.UdpOnLoopback(), dual = host.Udp(AddressFamily.Inet6), only = host.Udp(AddressFamily.Inet6);
        InetAddress mapped = server.LocalAddress.MapToIPv6();
        dual.Connect(mapped);
        Expect.Equal(mapped, dual.RemoteAddress);
        Expect.Equal(InetAddress.LoopbackIPv4(dual.LocalAddress.Port).MapToIPv6(), dual.LocalAddress);
        dual.SendText("mapped");
        byte[] buffer = new byte[16];
        server.ReceiveFrom(buffer, out InetAddress from);
        Expect.Equal(InetAddress.LoopbackIPv4(dual.LocalAddress.Port), from);
        server.SendTextTo("back", from);
        Expect.Equal("back", dual.ReceiveText());
        only.SetOption(IPPROTO_IPV6, IPV6_V6ONLY, 1);
        Expect.Throws(Errno.ENETUNREACH, () => only.Connect(mapped));
    }

    /// <summary>An IPv6 wildcard server hears IPv4 clients, by their mapped addresses.</summary>
    [Scenario("V6-001", "LSN-20")]
    public static void DualStackServer(HostProcess host)
    {
        using Socket server = host.Udp(AddressFamily.Inet6), client = host.UdpOnLoopback();
        server.Bind(InetAddress.AnyIPv6());
        client.SendTextTo("hello", InetAddress.LoopbackIPv4(server.LocalAddress.Port));
        byte[] buffer = new byte[16];
        Expect.Equal(5, server.ReceiveFrom(buffer, out InetAddress from));
        Expect.Equal(client.LocalAddress.MapToIPv6(), from);
        Expect.Equal("[::ffff:127.0.0.1]", from.ToString()[..18]);
    }

    /// <summary>A port nobody has now: bound by the system and given back.</summary>
    private static ushort FreePort(HostProcess host)
    {
        using Socket probe = host.UdpOnLoopback();
        return probe.LocalAddress.Port;
    }
}
