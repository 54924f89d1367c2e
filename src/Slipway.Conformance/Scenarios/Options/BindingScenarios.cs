using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Binding (section BIND), as far as datagram sockets go.</summary>
public static class BindingScenarios
{
    private static readonly InetAddress NotOurs = new("198.51.100.9", 0);

    /// <summary>Port 0 lets the system choose, out of its range of ephemeral ports.</summary>
    [Scenario("BIND-01")]
    public static void PortZero(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        Expect.InRange(32768, 60999, socket.LocalAddress.Port);
    }

    /// <summary>A sockaddr that is too short or too long.</summary>
    [Scenario("BIND-02")]
    public static void LengthOfTheAddress(HostProcess host)
    {
        using Socket ipv4 = host.Udp(), ipv6 = host.Udp(AddressFamily.Inet6);
        byte[] four = new byte[200], six = new byte[200];
        InetAddress.LoopbackIPv4().Write(four);
        InetAddress.LoopbackIPv6().Write(six);
        Expect.Fails(Errno.EINVAL, host.Sockets.Bind(ipv4.Descriptor, four.AsSpan(0, 15)));
        Expect.Fails(Errno.EINVAL, host.Sockets.Bind(ipv4.Descriptor, []));
        Expect.Fails(Errno.EINVAL, host.Sockets.Bind(ipv4.Descriptor, four.AsSpan(0, 129)));
        Expect.Fails(Errno.EINVAL, host.Sockets.Bind(ipv6.Descriptor, six.AsSpan(0, 23)));
        Expect.Success(host.Sockets.Bind(ipv4.Descriptor, four.AsSpan(0, 128)));
        Expect.Success(host.Sockets.Bind(ipv6.Descriptor, six.AsSpan(0, 24)));
    }

    /// <summary>An address of another family; AF_UNSPEC passes for 0.0.0.0 alone.</summary>
    [Scenario("BIND-03", "ADDR-19")]
    public static void FamilyOfTheAddress(HostProcess host)
    {
        using Socket ipv4 = host.Udp(), ipv6 = host.Udp(AddressFamily.Inet6);
        Expect.Fails(Errno.EAFNOSUPPORT, host.Sockets.Bind(ipv4.Descriptor, InetAddress.LoopbackIPv6().ToSockAddr()));
        Expect.Fails(Errno.EAFNOSUPPORT, host.Sockets.Bind(ipv6.Descriptor, InetAddress.LoopbackIPv4().ToSockAddr().Concat(new byte[12]).ToArray()));
        byte[] unspecified = InetAddress.LoopbackIPv4().ToSockAddr();
        unspecified[0] = 0;
        Expect.Fails(Errno.EAFNOSUPPORT, host.Sockets.Bind(ipv4.Descriptor, unspecified));
        Expect.Success(host.Sockets.Bind(ipv4.Descriptor, new byte[16]));
    }

    /// <summary>An address that the host does not own; IP_FREEBIND lifts the check.</summary>
    [Scenario("BIND-04", "RU-024")]
    public static void AddressOfSomebodyElse(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Throws(Errno.EADDRNOTAVAIL, () => socket.Bind(NotOurs));
        socket.SetOption(IPPROTO_IP, IP_FREEBIND, 1);
        socket.Bind(NotOurs);
        Expect.Equal(NotOurs.WithPort(socket.LocalAddress.Port), socket.LocalAddress);
    }

    /// <summary>A socket is bound once, be it by bind, by connect or by its first sendto.</summary>
    [Scenario("BIND-06", "RU-024")]
    public static void BoundOnce(HostProcess host)
    {
        using Socket bound = host.UdpOnLoopback(), connected = host.Udp(), sent = host.Udp();
        Expect.Throws(Errno.EINVAL, () => bound.Bind(InetAddress.LoopbackIPv4()));
        connected.Connect(bound.LocalAddress);
        Expect.Throws(Errno.EINVAL, () => connected.Bind(InetAddress.LoopbackIPv4()));
        sent.SendTextTo("x", bound.LocalAddress);
        Expect.Throws(Errno.EINVAL, () => sent.Bind(InetAddress.LoopbackIPv4()));
    }

    /// <summary>One address and port is one socket's; the wildcard conflicts with every address, two addresses do not conflict.</summary>
    [Scenario("BIND-07")]
    public static void TakenAddress(HostProcess host)
    {
        using Socket first = host.UdpOnLoopback(), same = host.Udp(), wildcard = host.Udp(), other = host.Udp();
        ushort port = first.LocalAddress.Port;
        Expect.Throws(Errno.EADDRINUSE, () => same.Bind(InetAddress.LoopbackIPv4(port)));
        Expect.Throws(Errno.EADDRINUSE, () => wildcard.Bind(InetAddress.AnyIPv4(port)));
        other.Bind(new InetAddress("127.0.0.2", port));
        Expect.Equal(port, other.LocalAddress.Port);
    }

    /// <summary>TCP and UDP have port spaces of their own.</summary>
    [Scenario("BIND-08")]
    public static void PortSpaces(HostProcess host)
    {
        using Socket datagram = host.UdpOnLoopback(), stream = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        stream.Bind(datagram.LocalAddress);
    }

    /// <summary>The IPv6 wildcard takes the IPv4 port too, unless IPV6_V6ONLY is set.</summary>
    [Scenario("BIND-09", "V6-002")]
    public static void DualStackWildcard(HostProcess host)
    {
        using Socket dual = host.Udp(AddressFamily.Inet6), only = host.Udp(AddressFamily.Inet6), first = host.Udp(), second = host.Udp();
        dual.Bind(InetAddress.AnyIPv6());
        Expect.Throws(Errno.EADDRINUSE, () => first.Bind(InetAddress.AnyIPv4(dual.LocalAddress.Port)));
        only.SetOption(IPPROTO_IPV6, IPV6_V6ONLY, 1);
        only.Bind(InetAddress.AnyIPv6());
        second.Bind(InetAddress.AnyIPv4(only.LocalAddress.Port));
    }

    /// <summary>IPV6_V6ONLY is settled by bind.</summary>
    [Scenario("BIND-10", "V6-003", "I6-016", "OPT-42")]
    public static void V6OnlyBeforeBind(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6), ipv4 = host.Udp();
        Expect.Equal(0, socket.GetOption(IPPROTO_IPV6, IPV6_V6ONLY));
        socket.SetOption(IPPROTO_IPV6, IPV6_V6ONLY, 5);
        Expect.Equal(1, socket.GetOption(IPPROTO_IPV6, IPV6_V6ONLY));
        socket.Bind(InetAddress.LoopbackIPv6());
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_V6ONLY, 0));
        Expect.Fails(Errno.ENOPROTOOPT, ipv4.TrySet(IPPROTO_IPV6, IPV6_V6ONLY, 1));
        Expect.Fails(Errno.EOPNOTSUPP, ipv4.TryGet(IPPROTO_IPV6, IPV6_V6ONLY));
    }

    /// <summary>A link-local IPv6 address names no interface by itself; one that the host lacks is not available.</summary>
    [Scenario("BIND-11")]
    public static void LinkLocalNeedsAScope(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        Expect.Throws(Errno.EINVAL, () => socket.Bind(new InetAddress("fe80::1", 0)));
        Expect.Throws(Errno.EADDRNOTAVAIL, () => socket.Bind(new InetAddress("2001:db8::9", 0)));
    }

    /// <summary>Broadcast and multicast addresses can be bound.</summary>
    [Scenario("BIND-12")]
    public static void BroadcastAndMulticast(HostProcess host)
    {
        using Socket broadcast = host.Udp(), multicast = host.Udp();
        broadcast.Bind(new InetAddress("127.255.255.255", 0));
        multicast.Bind(new InetAddress("224.0.0.5", 0));
        Expect.Equal("224.0.0.5", multicast.LocalAddress.ToIPEndPoint().Address.ToString());
    }

    /// <summary>The name of an unbound socket is the wildcard with port 0.</summary>
    [Scenario("BIND-14")]
    public static void NameOfAnUnboundSocket(HostProcess host)
    {
        using Socket ipv4 = host.Udp(), ipv6 = host.Udp(AddressFamily.Inet6);
        Expect.Equal(InetAddress.AnyIPv4(), ipv4.LocalAddress);
        Expect.Equal(InetAddress.AnyIPv6(), ipv6.LocalAddress);
    }

    /// <summary>There is no peer name without a connection.</summary>
    [Scenario("BIND-15")]
    public static void PeerNameWithoutAPeer(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback(), peer = host.UdpOnLoopback();
        Expect.Throws(Errno.ENOTCONN, () => _ = socket.RemoteAddress);
        socket.Connect(peer.LocalAddress);
        Expect.Equal(peer.LocalAddress, socket.RemoteAddress);
        socket.Disconnect();
        Expect.Throws(Errno.ENOTCONN, () => _ = socket.RemoteAddress);
    }

    /// <summary>connect binds to the routed source, sendto to the wildcard, even where it fails; recv binds nothing.</summary>
    [Scenario("BIND-16")]
    public static void AutomaticBinding(HostProcess host)
    {
        using Socket server = host.UdpOnLoopback(), connected = host.Udp(), sent = host.Udp(), failed = host.Udp(), received = host.Udp();
        connected.Connect(server.LocalAddress);
        Expect.Equal(InetAddress.LoopbackIPv4(connected.LocalAddress.Port), connected.LocalAddress);
        sent.SendTextTo("x", server.LocalAddress);
        Expect.Equal(InetAddress.AnyIPv4(sent.LocalAddress.Port), sent.LocalAddress);
        Expect.InRange(32768, 60999, sent.LocalAddress.Port);
        Expect.Throws(Errno.EDESTADDRREQ, () => failed.SendText("x"));
        Expect.InRange(32768, 60999, failed.LocalAddress.Port);
        received.ExpectEmpty();
        Expect.Equal(0, received.LocalAddress.Port);
    }

    /// <summary>Two datagram sockets with SO_REUSEADDR share an address; a unicast goes to the one bound last.</summary>
    [Scenario("BIND-20", "RU-012", "RU-014")]
    public static void ReusedAddress(HostProcess host)
    {
        using Socket first = host.Udp(), second = host.Udp(), without = host.Udp(), sender = host.Udp();
        first.SetSocketLevel(SO_REUSEADDR, 1);
        second.SetSocketLevel(SO_REUSEADDR, 1);
        first.Bind(InetAddress.LoopbackIPv4());
        InetAddress address = first.LocalAddress;
        Expect.Throws(Errno.EADDRINUSE, () => without.Bind(address));
        second.Bind(address);
        for (int i = 0; i < 6; i++) sender.SendTextTo("x", address);
        first.ExpectEmpty();
        for (int i = 0; i < 6; i++) Expect.Equal("x", second.ReceiveText());
    }

    /// <summary>With SO_REUSEPORT on all of them, a group shares the port and the flows: a flow keeps to its socket.</summary>
    [Scenario("BIND-21", "BIND-22", "RU-013", "RU-014", "OPT-31", "S-015")]
    public static void ReusedPort(HostProcess host)
    {
        Socket[] group = [host.Udp(), host.Udp(), host.Udp()];
        using Socket without = host.Udp();
        foreach (Socket member in group) member.SetSocketLevel(SO_REUSEPORT, 1);
        group[0].Bind(InetAddress.LoopbackIPv4());
        InetAddress address = group[0].LocalAddress;
        group[1].Bind(address);
        group[2].Bind(address);
        Expect.Throws(Errno.EADDRINUSE, () => without.Bind(address));

        var owner = new Dictionary<ushort, int>();
        int[] counts = new int[3];
        for (int flow = 0; flow < 60; flow++)
        {
            using Socket sender = host.UdpOnLoopback();
            for (int repeat = 0; repeat < 3; repeat++)
            {
                sender.SendTextTo("x", address);
                int member = Array.FindIndex(group, static m => m.TryReceive(new byte[1]).Succeeded);
                Expect.InRange(0, 2, member);
                Expect.Equal(owner.TryAdd(sender.LocalAddress.Port, member) ? member : owner[sender.LocalAddress.Port], member);
                counts[member]++;
            }
        }
        foreach (int count in counts) Expect.InRange(9, 162, count); // none of the three starves: 60 flows, 180 datagrams
        foreach (Socket member in group) member.Dispose();
    }

    /// <summary>A specific address beats the wildcard for its datagrams; the others go to the wildcard.</summary>
    [Scenario("RU-018", "RU-011")]
    public static void SpecificBeatsWildcard(HostProcess host)
    {
        using Socket wildcard = host.Udp(), specific = host.Udp(), sender = host.Udp();
        wildcard.SetSocketLevel(SO_REUSEADDR, 1);
        specific.SetSocketLevel(SO_REUSEADDR, 1);
        wildcard.Bind(InetAddress.AnyIPv4());
        ushort port = wildcard.LocalAddress.Port;
        specific.Bind(new InetAddress("127.0.0.2", port));
        sender.SendTextTo("specific", new InetAddress("127.0.0.2", port));
        sender.SendTextTo("other", InetAddress.LoopbackIPv4(port));
        Expect.Equal("specific", specific.ReceiveText());
        Expect.Equal("other", wildcard.ReceiveText());
        specific.ExpectEmpty();
        wildcard.ExpectEmpty();
    }

    /// <summary>A port of 1023 needs a privilege, 1024 does not.</summary>
    [Scenario("BIND-05", "OPG-11", OwnProcess = true)]
    public static void PrivilegedPorts(HostProcess host)
    {
        using Socket first = host.Udp(), second = host.Udp();
        host.RunAsUser(1234, () =>
        {
            Expect.Throws(Errno.EACCES, () => first.Bind(InetAddress.LoopbackIPv4(1023)));
            second.Bind(InetAddress.LoopbackIPv4(1024));
        });
    }
}
