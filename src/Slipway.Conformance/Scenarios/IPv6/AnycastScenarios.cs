using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Anycast addresses of IPv6 (section AC): of sockets, and of routers.</summary>
public static class AnycastScenarios
{
    private const string Settings = "/proc/sys/net/ipv6/";

    /// <summary>What can be joined, and by whom.</summary>
    [Scenario("AC-01")]
    public static void WhatCanBeJoined(HostProcess one, HostProcess two)
    {
        int link = one.Link();
        using Socket socket = one.Udp(AddressFamily.Inet6);
        foreach ((string address, int index, Errno expected) in new[]
        {
            ("fd00::5", 0, Errno.None), ("fd00::5", link, Errno.None), ("fe80::99", link, Errno.None), ("fe80::99", 0, Errno.None),
            ("fd00::1", 0, Errno.EINVAL), ("fd00::1", link, Errno.EINVAL), ("::1", 0, Errno.EINVAL), ("ff02::1", 0, Errno.EINVAL), ("ff02::1", link, Errno.EINVAL),
            ("fd01::5", 0, Errno.EADDRNOTAVAIL), ("fd01::5", link, Errno.EADDRNOTAVAIL), ("fd00::6", 1, Errno.EADDRNOTAVAIL), ("::", 0, Errno.EADDRNOTAVAIL), ("::ffff:10.0.0.9", 0, Errno.EADDRNOTAVAIL),
            ("fd00::7", 99, Errno.ENODEV),
        })
            Expect.Fails(expected, Join(socket, address, index), $"{address} {index}");
        byte[] request = Request("fd00::8", 0);
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_JOIN_ANYCAST, request.AsSpan(0, 19)));
        Expect.Success(socket.TrySet(IPPROTO_IPV6, IPV6_JOIN_ANYCAST, [.. request, 1, 2, 3]));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(IPPROTO_IPV6, IPV6_JOIN_ANYCAST));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(IPPROTO_IPV6, IPV6_LEAVE_ANYCAST));
        using Socket stream = one.Tcp(AddressFamily.Inet6), raw = one.Raw(RawSockets.Unspoken, AddressFamily.Inet6), four = one.Udp();
        Expect.Success(Join(stream, "fd00::9"));
        Expect.Success(Join(raw, "fd00::a"));
        Expect.Fails(Errno.ENOPROTOOPT, Join(four, "fd00::b"));
    }

    /// <summary>Only who sees to the network joins; anybody may leave.</summary>
    [Scenario("AC-01", "AC-02", OwnProcess = true)]
    public static void JoiningIsPrivileged(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        host.RunAsUser(1000, () =>
        {
            Expect.Fails(Errno.EPERM, Join(socket, "fd00::5"));
            Expect.Fails(Errno.EPERM, Join(socket, "ff02::1"));
            Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_JOIN_ANYCAST, new byte[4]));
            Expect.Fails(Errno.ENOENT, Leave(socket, "fd00::5"));
        });
    }

    /// <summary>Joined by two sockets, one of them twice.</summary>
    [Scenario("AC-02")]
    public static void EachJoinHasItsLeave(HostProcess one, HostProcess two)
    {
        int link = one.Link();
        using Socket socket = one.Udp(AddressFamily.Inet6);
        Expect.Success(Join(socket, "fd00::5"));
        Expect.Success(Join(socket, "fd00::5", link));
        using (Socket other = one.Udp(AddressFamily.Inet6))
        {
            Expect.Success(Join(other, "fd00::5"));
            Expect.Success(Join(other, "fd00::6"));
            Expect.Equal("fd00::6 1, fd00::5 3", Anycasts(one));
        }
        Expect.Equal("fd00::5 2", Anycasts(one));
        Expect.Fails(Errno.ENOENT, Leave(socket, "fd00::6"));
        Expect.Fails(Errno.ENOENT, Leave(socket, "fd00::5", 99));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_LEAVE_ANYCAST, new byte[19]));
        Expect.Success(Leave(socket, "fd00::5"));
        Expect.Equal("fd00::5 1", Anycasts(one));
        Expect.Success(Leave(socket, "fd00::5", link));
        Expect.Equal("", Anycasts(one));
        Expect.Fails(Errno.ENOENT, Leave(socket, "fd00::5"));
    }

    /// <summary>Datagrams there and back.</summary>
    [Scenario("AC-03")]
    public static void DatagramsArrive(HostProcess one, HostProcess two)
    {
        int link = two.Link();
        using Socket member = two.Udp(AddressFamily.Inet6), receiver = two.Udp(AddressFamily.Inet6), sender = one.Udp(AddressFamily.Inet6);
        Expect.Success(Join(member, "fd00::5"));
        Expect.Fails(Errno.EADDRNOTAVAIL, member.TryBind(new InetAddress("fd00::5", 7)));
        receiver.Bind(new InetAddress("::", 7));
        receiver.LimitReceive(TimeSpan.FromSeconds(3));
        sender.Bind(new InetAddress("fd00::1", 0));
        sender.LimitReceive(TimeSpan.FromSeconds(3));
        receiver.SetOption(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
        string information = Information("fd00::5", link);
        sender.SendTextTo("there", new InetAddress("fd00::5", 7));
        Expect.Equal(information, receiver.ReceiveWithMessages(IPPROTO_IPV6).Messages);
        receiver.SendTextTo("back", sender.LocalAddress);
        Expect.Equal(new InetAddress("fd00::2", 7), FromOf(sender));
        Expect.Success(receiver.TrySendWith(sender.LocalAddress, "as", (IPV6_PKTINFO, Request("fd00::5", 0))));
        Expect.Equal(new InetAddress("fd00::5", 7), FromOf(sender));
        // Of the host itself.
        member.SendTextTo("own", new InetAddress("fd00::5", 7));
        Expect.Equal(information[..^8], receiver.ReceiveWithMessages(IPPROTO_IPV6).Messages[..^8]);
        member.Connect(new InetAddress("fd00::5", 7));
        Expect.Equal("fd00::2", member.LocalAddress.ToString().Split(']')[0].TrimStart('['));
    }

    /// <summary>A stream has one host at each end.</summary>
    [Scenario("AC-04")]
    public static void StreamsAreNotAnswered(HostProcess one, HostProcess two)
    {
        using Socket member = two.Udp(AddressFamily.Inet6), listener = two.TcpListenerAt(new InetAddress("::", 0)), own = two.NonBlockingTcp(AddressFamily.Inet6), client = one.NonBlockingTcp(AddressFamily.Inet6);
        Expect.Success(Join(member, "fd00::5"));
        var address = new InetAddress("fd00::5", listener.LocalAddress.Port);
        Expect.Fails(Errno.EINPROGRESS, client.TryConnect(address));
        Expect.Fails(Errno.EINPROGRESS, own.TryConnect(address));
        Expect.Equal(PollEvents.None, client.Poll(PollEvents.POLLOUT, TimeSpan.FromSeconds(1.5)));
        Expect.Equal(PollEvents.None, own.PollNow(PollEvents.POLLOUT));
        // Nor is a port without a listener refused.
        using Socket second = one.NonBlockingTcp(AddressFamily.Inet6);
        Expect.Fails(Errno.EINPROGRESS, second.TryConnect(new InetAddress("fd00::5", two.FreeTcpPort())));
        Expect.Equal(PollEvents.None, second.Poll(PollEvents.POLLOUT, TimeSpan.FromSeconds(0.5)));
    }

    /// <summary>Who answers an echo request, and who says that a port is closed.</summary>
    [Scenario("AC-05")]
    public static void EchoesAndErrors(HostProcess one, HostProcess two)
    {
        using Socket member = one.Udp(AddressFamily.Inet6), raw = two.Raw((int)IpProtocol.IcmpV6, AddressFamily.Inet6), sender = two.Udp(AddressFamily.Inet6);
        Expect.Success(Join(member, "fd00::5"));
        // Echo replies and unreachable ports alone.
        byte[] filter = Enumerable.Repeat((byte)0xFF, 32).ToArray();
        filter[RawSockets.EchoReply6 >> 3] &= unchecked((byte)~(1 << (RawSockets.EchoReply6 & 7)));
        filter[0] &= unchecked((byte)~2);
        raw.SetOption(IPPROTO_ICMPV6, ICMPV6_FILTER, filter);
        Expect.Equal("fd00::1", Echo());
        Expect.True(one.Files.WriteText(Settings + "anycast_src_echo_reply", "1"));
        Expect.Equal("fd00::5", Echo());
        sender.SendTextTo("nobody", new InetAddress("fd00::5", 9));
        Expect.Equal("fd00::5", Host(FromOf(raw)));
        Expect.True(one.Files.WriteText(Settings + "icmp/echo_ignore_anycast", "1"));
        raw.SendTo([RawSockets.EchoRequest6, 0, 0, 0, 0, 1, 0, 1], new InetAddress("fd00::5", 0));
        raw.SendTo([RawSockets.EchoRequest6, 0, 0, 0, 0, 1, 0, 2], new InetAddress("fd00::1", 0));
        Expect.Equal("fd00::1", Host(FromOf(raw)));
        foreach (string value in new[] { "-1", "256" }) Expect.True(!one.Files.WriteText(Settings + "anycast_src_echo_reply", value) && !one.Files.WriteText(Settings + "icmp/echo_ignore_anycast", value));

        string Echo()
        {
            raw.SendTo([RawSockets.EchoRequest6, 0, 0, 0, 0, 1, 0, 1], new InetAddress("fd00::5", 0));
            return Host(FromOf(raw));
        }
    }

    /// <summary>Other hosts may have it too.</summary>
    [Scenario("AC-06")]
    public static void AdvertisementsDoNotOverride(HostProcess one, HostProcess two)
    {
        using Socket member = two.Udp(AddressFamily.Inet6), raw = one.Raw((int)IpProtocol.IcmpV6, AddressFamily.Inet6), sender = one.Udp(AddressFamily.Inet6);
        Expect.Success(Join(member, "fd00::5"));
        byte[] filter = Enumerable.Repeat((byte)0xFF, 32).ToArray();
        const int Advertisement = 136;
        filter[Advertisement >> 3] &= unchecked((byte)~(1 << (Advertisement & 7)));
        raw.SetOption(IPPROTO_ICMPV6, ICMPV6_FILTER, filter);
        foreach ((string address, string from, byte flags) in new[] { ("fd00::5", "fd00::2", (byte)0x40), ("fd00::2", "fd00::2", (byte)0x60) })
        {
            sender.SendTextTo("who", new InetAddress(address, 9));
            byte[] buffer = new byte[100], name = new byte[28];
            var message = new ReceiveMessage { Buffer = buffer, Address = name };
            Expect.Equal(32, raw.ReceiveMessage(ref message, MessageFlags.None));
            Expect.Equal(flags, buffer[4], address);
            Expect.Equal(from, Host(FromOf(message)));
            Expect.Bytes(Request(address, 0).AsSpan(0, 16), buffer.AsSpan(8, 16));
        }
    }

    /// <summary>A router is reached by the address of its network.</summary>
    [Scenario("AC-07")]
    public static void RoutersHaveTheAddressOfTheNetwork(HostProcess one, HostProcess two)
    {
        string name = one.Sockets.GetInterfaces().Single(static device => !device.IsLoopback && device.IsUp).Name;
        using Socket socket = one.Udp(AddressFamily.Inet6), receiver = one.Udp(AddressFamily.Inet6), sender = two.Udp(AddressFamily.Inet6);
        Expect.Equal("", Anycasts(one));
        Expect.True(one.Files.WriteText($"{Settings}conf/{name}/forwarding", "1"));
        Expect.Equal("fd00:: 1, fe80:: 1", string.Join(", ", Anycasts(one).Split(", ").Order(StringComparer.Ordinal)));
        receiver.Bind(new InetAddress("::", 7));
        receiver.LimitReceive(TimeSpan.FromSeconds(3));
        sender.SendTextTo("router", new InetAddress("fd00::", 7));
        Expect.Equal("router", receiver.ReceiveText());
        // Without a route to it the interface must be named, until the whole host is a router.
        Expect.Success(Join(socket, "fd09::5", one.Link()));
        Expect.Fails(Errno.EADDRNOTAVAIL, Join(socket, "fd09::6"));
        Expect.True(one.Files.WriteText(Settings + "conf/all/forwarding", "1"));
        Expect.Success(Join(socket, "fd09::6"));
        Expect.True(one.Files.WriteText(Settings + "conf/all/forwarding", "0"));
        Expect.Equal("fd09::6 1, fd09::5 1", Anycasts(one));
    }

    private static byte[] Request(string address, int index)
    {
        byte[] request = new byte[20];
        new InetAddress(address, 0).WriteAddress(request);
        if (new InetAddress(address, 0) is { Family: AddressFamily.Inet } mapped)
        {
            request.AsSpan(0, 16).Clear();
            request[10] = request[11] = 0xFF;
            BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(12), mapped.IPv4Bits);
        }
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(16), index);
        return request;
    }

    private static Errno Join(Socket socket, string address, int index = 0) => socket.TrySet(IPPROTO_IPV6, IPV6_JOIN_ANYCAST, Request(address, index));

    private static Errno Leave(Socket socket, string address, int index = 0) => socket.TrySet(IPPROTO_IPV6, IPV6_LEAVE_ANYCAST, Request(address, index));

    private static string Information(string address, int index) => $"{IPV6_PKTINFO}={Convert.ToHexString(Request(address, index))}";

    /// <summary>/proc/net/anycast6: address and users, the newest first.</summary>
    private static string Anycasts(HostProcess host)
    {
        // /proc/net would be that of the process's first thread.
        string text = host.Files.ReadText("/proc/thread-self/net/anycast6") ?? throw new ExpectationException("/proc/thread-self/net/anycast6 cannot be read");
        return string.Join(", ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line =>
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return $"{Host(InetAddress.IPv6(Convert.FromHexString(words[2]), 0))} {words[3]}";
        }));
    }

    private static InetAddress FromOf(Socket socket)
    {
        byte[] name = new byte[28];
        var message = new ReceiveMessage { Buffer = new byte[2048], Address = name };
        socket.ReceiveMessage(ref message, MessageFlags.None);
        return FromOf(message);
    }

    private static InetAddress FromOf(in ReceiveMessage message) => InetAddress.IPv6(message.Address[8..24], BinaryPrimitives.ReadUInt16BigEndian(message.Address[2..]));

    private static string Host(InetAddress address) => InetAddress.IPv6(Request(address.ToString().Split(']')[0].TrimStart('['), 0).AsSpan(0, 16), 0).ToString().Split(']')[0].TrimStart('[');
}
