using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using static Slipway.Conformance.RawSockets;
using static Slipway.Sockets.MessageFlags;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Raw sockets: what both families share (section RAW).</summary>
public static class RawScenarios
{
    private static readonly AddressFamily[] Families = [AddressFamily.Inet, AddressFamily.Inet6];

    /// <summary>The protocol must be named; the name of the socket has its number for a port.</summary>
    [Scenario("RAW-01")]
    public static void Opening(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            Expect.Fails(Errno.EPROTONOSUPPORT, host.Sockets.Socket(family, SocketType.Raw, 0));
            Expect.Fails(Errno.EINVAL, host.Sockets.Socket(family, SocketType.Raw, 263));
            foreach (int protocol in new[] { 1, Experiment, 255, 256, 262 })
            {
                using Socket socket = host.Raw(protocol, family);
                Expect.Equal((3, protocol), (socket.GetSocketLevel(SO_TYPE), socket.GetSocketLevel(SO_PROTOCOL)));
                Expect.Equal(protocol, socket.LocalAddress.Port);
            }
        }
        using Socket raw = host.Raw();
        Expect.Equal(Experiment, raw.GetOption(IPPROTO_IP, IP_PROTOCOL));
        Expect.Fails(Errno.ENOPROTOOPT, raw.TrySet(IPPROTO_IP, IP_PROTOCOL, 1));
        Expect.Fails(Errno.EOPNOTSUPP, host.Sockets.Listen(raw.Descriptor, 1));
    }

    /// <summary>bind of IPv4 looks at the address alone; it can be repeated until the socket is connected.</summary>
    [Scenario("RAW-02")]
    public static void Binding(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Raw();
        byte[] own = new InetAddress("10.0.0.1", 77).ToSockAddr();
        Expect.Success(near.Sockets.Bind(socket.Descriptor, own.WithFamily(AddressFamily.Inet6)));
        Expect.Success(near.Sockets.Bind(socket.Descriptor, own));
        Expect.Equal(new InetAddress("10.0.0.1", Experiment), socket.LocalAddress);
        Expect.Fails(Errno.EINVAL, near.Sockets.Bind(socket.Descriptor, own.AsSpan(0, 15)));
        Expect.Fails(Errno.EADDRNOTAVAIL, near.Sockets.Bind(socket.Descriptor, new InetAddress("10.0.0.2", 0).ToSockAddr()));
        foreach (string address in new[] { "224.1.1.1", "10.0.0.255", "0.0.0.0" })
        {
            socket.Bind(new InetAddress(address, 0));
            Expect.Equal(new InetAddress(address, Experiment), socket.LocalAddress);
        }
        socket.Connect(new InetAddress("10.0.0.2", 5));
        Expect.Fails(Errno.EINVAL, near.Sockets.Bind(socket.Descriptor, own));
    }

    /// <summary>bind of IPv6 takes its own addresses of its own family, and links where the address needs one.</summary>
    [Scenario("RAW-03")]
    public static void Binding6(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Raw(Experiment, AddressFamily.Inet6);
        byte[] own = new InetAddress("fd00::1", 9).ToSockAddr();
        Expect.Fails(Errno.EINVAL, near.Sockets.Bind(socket.Descriptor, own.WithFamily(AddressFamily.Inet)));
        Expect.Fails(Errno.EINVAL, near.Sockets.Bind(socket.Descriptor, own.WithFamily(AddressFamily.Unspecified)));
        Expect.Fails(Errno.EINVAL, near.Sockets.Bind(socket.Descriptor, own.AsSpan(0, 23)));
        Expect.Success(near.Sockets.Bind(socket.Descriptor, own.AsSpan(0, 24)));
        Expect.Equal(new InetAddress("fd00::1", Experiment), socket.LocalAddress);
        Expect.Fails(Errno.EADDRNOTAVAIL, near.Sockets.Bind(socket.Descriptor, InetAddress.LoopbackIPv4().MapToIPv6().ToSockAddr()));
        Expect.Fails(Errno.EADDRNOTAVAIL, near.Sockets.Bind(socket.Descriptor, new InetAddress("fd00::2", 0).ToSockAddr()));
        Expect.Fails(Errno.EINVAL, near.Sockets.Bind(socket.Descriptor, new InetAddress("fe80::1", 0).ToSockAddr()));
        socket.Bind(new InetAddress("ff0e::1", 0));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_V6ONLY, 1));
    }

    /// <summary>connect is a filter and a destination; disconnecting takes the number away, and with it all that would come.</summary>
    [Scenario("RAW-04")]
    public static void Connecting(HostProcess near, HostProcess far)
    {
        foreach (AddressFamily family in Families)
        {
            string there = family == AddressFamily.Inet ? "10.0.0.2" : "fd00::2", here = family == AddressFamily.Inet ? "10.0.0.1" : "fd00::1";
            using Socket socket = near.Raw(Experiment, family), peer = far.Raw(Experiment, family), local = near.Raw(Experiment, family);
            Expect.Fails(Errno.EDESTADDRREQ, near.Sockets.SendTo(socket.Descriptor, "x"u8, None, default));
            socket.Connect(new InetAddress(there, 0));
            Expect.Equal(new InetAddress(here, Experiment), socket.LocalAddress);
            Expect.Throws(Errno.ENOTCONN, () => _ = socket.RemoteAddress);
            socket.SendText("x");
            Expect.Equal((byte)'x', peer.ReceivePacket()[^1]);
            local.SendTextTo("mine", new InetAddress(here, 0));
            peer.SendTextTo("yours", new InetAddress(here, 0));
            Expect.Equal("yours", Encoding.ASCII.GetString(socket.ReceivePacket()[^5..]));
            socket.ExpectEmpty();
            socket.Connect(new InetAddress(there, Experiment));
            Expect.Equal(new InetAddress(there, Experiment), socket.RemoteAddress);
            socket.Disconnect();
            Expect.Equal(0, socket.LocalAddress.Port);
            local.SendTextTo("mine", new InetAddress(here, 0));
            local.ReceivePacket();
            socket.ExpectEmpty();
            Expect.Equal(1, socket.SendTextTo("x", new InetAddress(there, 0)));
        }
    }

    /// <summary>What send refuses.</summary>
    [Scenario("RAW-05")]
    public static void Sending(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Raw(), socket6 = near.Raw(Experiment, AddressFamily.Inet6), other = near.Raw(Unspoken);
        InetAddress to = new("10.0.0.2", 0), to6 = new("fd00::2", 0);
        Expect.Fails(Errno.EMSGSIZE, socket.TrySendTo(new byte[65536], to));
        Expect.Fails(Errno.EMSGSIZE, socket.TrySendTo(new byte[65516], to));
        Expect.Equal(65515, socket.SendTo(new byte[65515], to));
        Expect.Fails(Errno.EMSGSIZE, socket6.TrySendTo(new byte[65536], to6));
        Expect.Equal(65535, socket6.SendTo(new byte[65535], to6));
        Expect.Fails(Errno.EOPNOTSUPP, socket.TrySendTo("x"u8, to, MSG_OOB));
        Expect.Fails(Errno.EOPNOTSUPP, socket6.TrySendTo("x"u8, to6, MSG_OOB));
        Expect.Fails(Errno.EOPNOTSUPP, socket.TryReceive(new byte[9], MSG_OOB));
        byte[] name = to.ToSockAddr(), name6 = to6.ToSockAddr();
        Expect.Fails(Errno.EINVAL, near.Sockets.SendTo(socket.Descriptor, "x"u8, None, name.AsSpan(0, 15)));
        Expect.Fails(Errno.EAFNOSUPPORT, near.Sockets.SendTo(socket.Descriptor, "x"u8, None, name.WithFamily(AddressFamily.Inet6)));
        Expect.Success(near.Sockets.SendTo(socket.Descriptor, "x"u8, None, name.WithFamily(AddressFamily.Unspecified)));
        Expect.Fails(Errno.EINVAL, near.Sockets.SendTo(socket6.Descriptor, "x"u8, None, name6.AsSpan(0, 23)));
        Expect.Fails(Errno.EAFNOSUPPORT, near.Sockets.SendTo(socket6.Descriptor, "x"u8, None, name6.WithFamily(AddressFamily.Inet)));
        Expect.Success(near.Sockets.SendTo(socket6.Descriptor, "x"u8, None, name6.WithFamily(AddressFamily.Unspecified)));
        Expect.Equal(0, socket.SendTo([], to));
        Expect.Fails(Errno.EACCES, socket.TrySendTo("x"u8, new InetAddress("10.0.0.255", 0)));
        socket.SetOption(SocketOptions.Broadcast, true);
        Expect.Equal(1, socket.SendTo("x"u8, new InetAddress("10.0.0.255", 0)));
        // A raw socket is not stopped by shutdown: it waits for no room, so nobody looks.
        Expect.Fails(Errno.ENOTCONN, near.Sockets.Shutdown(other.Descriptor, ShutdownHow.Both));
        Expect.Equal(1, other.SendTo("x"u8, to));
        other.SetOption(SocketOptions.HeaderIncluded, true);
        Expect.Fails(Errno.EPIPE, other.TrySendTo(Header4("0.0.0.0", "10.0.0.2", "x", protocol: Unspoken), to, MSG_NOSIGNAL));
    }

    /// <summary>The parts of a message that is held back go as one packet, where the first was to go.</summary>
    [Scenario("RAW-06")]
    public static void MoreToCome(HostProcess near, HostProcess far)
    {
        foreach (AddressFamily family in Families)
        {
            InetAddress to = new(family == AddressFamily.Inet ? "10.0.0.2" : "fd00::2", 0);
            using Socket socket = near.Raw(Experiment, family), receiver = far.Raw(Experiment, family);
            socket.SendTextTo("one ", to, MSG_MORE);
            socket.SendTextTo("two ", ScenarioSockets.Loopback(family), MSG_MORE);
            receiver.ExpectEmpty();
            socket.SendTextTo("three", to);
            Expect.Equal("one two three", Encoding.ASCII.GetString(receiver.ReceivePacket()[^13..]));
        }
    }

    /// <summary>Every matching socket gets a copy, before the transport and whether or not that has a taker.</summary>
    [Scenario("RAW-07")]
    public static void Copies(HostProcess near, HostProcess far)
    {
        foreach (AddressFamily family in Families)
        {
            string there = family == AddressFamily.Inet ? "10.0.0.2" : "fd00::2", here = family == AddressFamily.Inet ? "10.0.0.1" : "fd00::1";
            int header = family == AddressFamily.Inet ? 20 : 0;
            using Socket first = far.Raw((int)IpProtocol.Udp, family), second = far.Raw((int)IpProtocol.Udp, family), bound = far.Raw((int)IpProtocol.Udp, family);
            using Socket elsewhere = far.Raw((int)IpProtocol.Udp, family), others = far.Raw((int)IpProtocol.Udp, family);
            bound.Bind(new InetAddress(there, 0));
            elsewhere.Bind(ScenarioSockets.Loopback(family));
            others.Connect(new InetAddress(family == AddressFamily.Inet ? "10.0.0.9" : "fd00::9", 0));
            using Socket taker = far.Udp(family), sender = near.Udp(family);
            taker.Bind(new InetAddress(there, 5000));
            sender.Bind(new InetAddress(here, 0));
            sender.SendTextTo("hello", new InetAddress(there, 5000));
            foreach (Socket raw in new[] { first, second, bound })
            {
                byte[] packet = raw.ReceivePacket();
                Expect.Equal(header + 8 + 5, packet.Length);
                Expect.Equal((sender.LocalAddress.Port, 5000), (BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(header)), BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(header + 2))));
                raw.ExpectEmpty();
            }
            taker.LimitReceive(TimeSpan.FromSeconds(10));
            Expect.Equal("hello", taker.ReceiveText());
            elsewhere.ExpectEmpty();
            others.ExpectEmpty();
            // No taker: the copies come all the same.
            sender.SendTextTo("nobody", new InetAddress(there, 5001));
            Expect.Equal(header + 8 + 6, first.ReceivePacket().Length);
        }
    }

    /// <summary>A protocol that nobody speaks is reported to its sender, unless a raw socket takes it.</summary>
    [Scenario("RAW-08")]
    public static void Unreachable(HostProcess near, HostProcess far)
    {
        foreach (AddressFamily family in Families)
        {
            InetAddress there = new(family == AddressFamily.Inet ? "10.0.0.2" : "fd00::2", 0);
            Errno expected = family == AddressFamily.Inet ? Errno.ENOPROTOOPT : Errno.EPROTO;
            using Socket sender = near.Raw(Unspoken, family), loose = near.Raw(Unspoken, family);
            sender.Connect(there);
            sender.SendText("12345678");
            Expect.True(sender.Poll(PollEvents.POLLIN, TimeSpan.FromSeconds(10)).HasFlag(PollEvents.POLLERR));
            Expect.Equal(0, loose.GetSocketLevel(SO_ERROR));
            using (Socket taker = far.Raw(Unspoken, family))
            {
                // A send does not see the error; it stays for who asks.
                Expect.Equal(8, sender.SendText("12345678"));
                Expect.Equal((byte)'8', taker.ReceivePacket()[^1]);
                Expect.Equal((int)expected, sender.GetSocketLevel(SO_ERROR));
                Expect.Equal(PollEvents.None, sender.Poll(PollEvents.POLLIN, TimeSpan.FromMilliseconds(50)));
            }
        }
    }

    /// <summary>The error queue: the payload that was sent, its destination with port 0, and who says so; with an included header the header too.</summary>
    [Scenario("RAW-09")]
    public static void ErrorQueue(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw(Unspoken), included = near.Raw(Unspoken);
        sender.SetOption(SocketOptions.IPv4ReceiveErrors, true);
        included.SetOption(SocketOptions.IPv4ReceiveErrors, true);
        included.SetOption(SocketOptions.HeaderIncluded, true);
        sender.SendTextTo("12345678abc", new InetAddress("10.0.0.2", 9));
        Expect.True(sender.Poll(PollEvents.POLLIN, TimeSpan.FromSeconds(10)).HasFlag(PollEvents.POLLERR));
        (byte[] data, string messages) = sender.ReceiveWithMessages(IPPROTO_IP, MSG_ERRQUEUE);
        Expect.Equal("12345678abc", Encoding.ASCII.GetString(data));
        const string ProtocolUnreachable = "11=5C000000020302000000000000000000020000000A0000020000000000000000";
        Expect.Equal(ProtocolUnreachable, messages);
        // Every socket of the protocol that asks gets it, whoever had sent the packet.
        (data, messages) = included.ReceiveWithMessages(IPPROTO_IP, MSG_ERRQUEUE);
        Expect.Equal((31, ProtocolUnreachable), (data.Length, messages));
        Expect.Equal(0, included.GetSocketLevel(SO_ERROR));
        Expect.Fails(Errno.EMSGSIZE, included.TrySendTo(Header4("0.0.0.0", "10.0.0.2", new string('x', 1481)), new InetAddress("10.0.0.2", 0)));
        (data, messages) = included.ReceiveWithMessages(IPPROTO_IP, MSG_ERRQUEUE);
        Expect.Equal((0, "11=5A00000001000000DC0500000000000000000000000000000000000000000000"), (data.Length, messages));
    }

    /// <summary>ICMP_FILTER keeps types away; types from 32 on and sockets without one get everything, echoes that the host answers too.</summary>
    [Scenario("RAW-10")]
    public static void IcmpTypes(HostProcess host)
    {
        using Socket replies = host.Raw((int)IpProtocol.Icmp), nothing = host.Raw((int)IpProtocol.Icmp), all = host.Raw((int)IpProtocol.Icmp), other = host.Raw();
        Expect.Equal(IcmpFilter.PassAll, replies.GetOption(SocketOptions.IcmpFilter));
        replies.SetOption(SocketOptions.IcmpFilter, IcmpFilter.BlockAll.Pass(EchoReply));
        nothing.SetOption(SocketOptions.IcmpFilter, IcmpFilter.BlockAll);
        all.SendTo(Echo4, InetAddress.LoopbackIPv4());
        Expect.Equal(EchoReply, replies.ReceivePacket()[20]);
        replies.ExpectEmpty();
        nothing.ExpectEmpty();
        Expect.Equal((EchoRequest, EchoReply), (all.ReceivePacket()[20], all.ReceivePacket()[20]));
        all.SendTo([40, 0, 0, 0, 0, 0, 0, 0], InetAddress.LoopbackIPv4());
        Expect.Equal((byte)40, nothing.ReceivePacket()[20]);
        // What is too short for a header passes no filter.
        all.ReceivePacket();
        all.SendTo([8, 0, 0xF7], InetAddress.LoopbackIPv4());
        all.ExpectEmpty();

        // The value: cut to four bytes, and a short one changes the first types alone.
        Expect.Success(all.TrySet(SOL_RAW, ICMP_FILTER, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF]));
        Expect.Success(all.TrySet(SOL_RAW, ICMP_FILTER, [1]));
        Expect.Equal("01FFFFFF", all.GetHex(SOL_RAW, ICMP_FILTER));
        Expect.Equal("01FF", all.GetHex(SOL_RAW, ICMP_FILTER, 2));
        Expect.Fails(Errno.ENOPROTOOPT, all.TrySet(SOL_RAW, 2, 1));
        Expect.Fails(Errno.EOPNOTSUPP, other.TrySet(SOL_RAW, ICMP_FILTER, 1));
        Expect.Fails(Errno.EOPNOTSUPP, other.TryGet(SOL_RAW, ICMP_FILTER));
        using Socket udp = host.Udp();
        Expect.Fails(Errno.ENOPROTOOPT, udp.TrySet(SOL_RAW, ICMP_FILTER, 1));
        Expect.Fails(Errno.EOPNOTSUPP, udp.TryGet(SOL_RAW, ICMP_FILTER));
    }

    /// <summary>Truncation, FIONREAD, control messages: of the packet with its header.</summary>
    [Scenario("RAW-11")]
    public static void Receiving(HostProcess host)
    {
        using Socket receiver = host.Raw(), sender = host.Raw(Experiment);
        foreach (int option in new[] { IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVORIGDSTADDR }) receiver.SetOption(IPPROTO_IP, option, 1);
        sender.Connect(new InetAddress("127.0.0.9", 0)); // takes nothing in
        sender.SendTextTo("\u0001\u0002\u0003\u0004\u0005\u0006", InetAddress.LoopbackIPv4());
        (byte[] data, string messages) = receiver.ReceiveWithMessages(IPPROTO_IP);
        Expect.Equal(26, data.Length);
        Expect.Equal("8=010000007F0000017F000001 2=40000000 1=00 20=020003047F0000010000000000000000", messages);
        sender.SendTextTo("0123456789", InetAddress.LoopbackIPv4());
        Expect.Equal(30, receiver.Available);
        Expect.Equal(30, receiver.Receive(new byte[5], MSG_TRUNC | MSG_PEEK));
        Expect.Equal(5, receiver.Receive(new byte[5]));
        Expect.Equal(0, receiver.Available);
        Expect.Fails(Errno.EOPNOTSUPP, receiver.TrySet(SOL_SOCKET, SO_PEEK_OFF, 1));
        Expect.Equal(PollEvents.POLLOUT, receiver.PollNow(PollEvents.POLLIN | PollEvents.POLLOUT));
    }

    /// <summary>SO_BINDTODEVICE, and a buffer that takes packets until it is full.</summary>
    [Scenario("RAW-12")]
    public static void InterfaceAndBuffer(HostProcess near, HostProcess far)
    {
        using Socket any = near.Raw(), loopback = near.Raw(), sender = far.Raw(), full = near.Raw();
        loopback.SetOption(SOL_SOCKET, SO_BINDTODEVICE, "lo\0"u8);
        full.SetOption(SOL_SOCKET, SO_RCVBUF, 2304);
        for (int i = 0; i < 10; i++) sender.SendTo(new byte[100], new InetAddress("10.0.0.1", 0));
        for (int i = 0; i < 10; i++) any.ReceivePacket();
        loopback.ExpectEmpty();
        int queued = 0;
        while (full.TryReceive(new byte[200]).Succeeded) queued++;
        Expect.Equal(6, queued);
        any.SendTextTo("x", InetAddress.LoopbackIPv4());
        Expect.Equal(21, loopback.ReceivePacket().Length);
    }

    /// <summary>Fragments are put together before a raw socket sees them; IP_NODEFRAG does not change that.</summary>
    [Scenario("RAW-13")]
    public static void Fragments(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw(), receiver = far.Raw();
        receiver.SetOption(IPPROTO_IP, IP_NODEFRAG, 1);
        Expect.Equal(1, receiver.GetOption(IPPROTO_IP, IP_NODEFRAG));
        Expect.Equal(3000, sender.SendTo(new byte[3000], new InetAddress("10.0.0.2", 0)));
        Expect.Equal(3020, receiver.ReceivePacket().Length);
        using Socket udp = near.Udp();
        Expect.Fails(Errno.ENOPROTOOPT, udp.TrySet(IPPROTO_IP, IP_NODEFRAG, 1));
        Expect.Equal(0, udp.GetOption(IPPROTO_IP, IP_NODEFRAG));
    }

    /// <summary>A filter of the socket sees the packet from its IP header on.</summary>
    [Scenario("RAW-14")]
    public static void Filter(HostProcess host)
    {
        using Socket receiver = host.Raw(), sender = host.Raw(Experiment);
        sender.Connect(new InetAddress("127.0.0.9", 0));
        receiver.AttachFilter(ClassicFilter.Assemble("ldb [20]\njeq #98, yes, no\nyes: ret #22\nno: ret #0"));
        sender.SendTextTo("apple", InetAddress.LoopbackIPv4());
        sender.SendTextTo("banana", InetAddress.LoopbackIPv4());
        Expect.Equal("ba", Encoding.ASCII.GetString(receiver.ReceivePacket()[20..]));
        receiver.ExpectEmpty();
    }
}
