using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PingSockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Ping sockets: echo requests and their replies without privilege (section PING).</summary>
public static class PingScenarios
{
    /// <summary>Nobody may open one until net.ipv4.ping_group_range names a group of the process; it rules both families.</summary>
    [Scenario("PING-01")]
    public static void GroupsThatMay(HostProcess host)
    {
        Expect.Equal("1\t0\n", host.Files.ReadText(GroupRange));
        Expect.Fails(Errno.EACCES, Open(host, AddressFamily.Inet));
        Expect.Fails(Errno.EACCES, Open(host, AddressFamily.Inet6));
        Expect.True(host.Files.WriteText(GroupRange, "1 2000000000"));
        Expect.Fails(Errno.EACCES, Open(host, AddressFamily.Inet));
        Expect.True(host.Files.WriteText(GroupRange, "0 0"));
        foreach (AddressFamily family in Families)
            Expect.Success(host.Sockets.Close(Expect.Success(Open(host, family))));
        Expect.True(!host.Files.WriteText(GroupRange, "nobody"));
        Expect.Equal("0\t0\n", host.Files.ReadText(GroupRange));
    }

    /// <summary>A datagram socket whose protocol is the ICMP of its own family.</summary>
    [Scenario("PING-02")]
    public static void WhatItIs(HostProcess host)
    {
        using Socket ping = Ping(host, AddressFamily.Inet), ping6 = Ping(host, AddressFamily.Inet6);
        Expect.Equal((2, 2, 1), (ping.GetSocketLevel(SO_DOMAIN), ping.GetSocketLevel(SO_TYPE), ping.GetSocketLevel(SO_PROTOCOL)));
        Expect.Equal((10, 2, 58), (ping6.GetSocketLevel(SO_DOMAIN), ping6.GetSocketLevel(SO_TYPE), ping6.GetSocketLevel(SO_PROTOCOL)));
        Expect.Equal(1, ping6.GetOption(IPPROTO_IPV6, IPV6_V6ONLY));
        Expect.Fails(Errno.ENETUNREACH, host.Sockets.Connect(ping6.Descriptor, InetAddress.LoopbackIPv4().MapToIPv6().ToSockAddr()));
        Expect.Fails(Errno.EPROTONOSUPPORT, host.Sockets.Socket(AddressFamily.Inet, SocketType.Datagram, (int)IpProtocol.IcmpV6));
        Expect.Fails(Errno.EPROTONOSUPPORT, host.Sockets.Socket(AddressFamily.Inet6, SocketType.Datagram, (int)IpProtocol.Icmp));
    }

    /// <summary>The port of its address is the identifier of its requests.</summary>
    [Scenario("PING-03")]
    public static void ThePortIsTheIdentifier(HostProcess host)
    {
        using Socket given = Ping(host), chosen = Ping(host), other = Ping(host);
        Expect.Equal(0, given.LocalAddress.Port);
        given.Bind(InetAddress.AnyIPv4(0x0207));
        Expect.Equal(InetAddress.AnyIPv4(0x0207), given.LocalAddress);
        chosen.Bind(InetAddress.LoopbackIPv4());
        Expect.InRange(1, 0xFFFF, chosen.LocalAddress.Port);
        Expect.Throws(Errno.EINVAL, () => given.Bind(InetAddress.AnyIPv4(0x0208)));
    }

    /// <summary>Where SO_REUSEPORT is on, a program for the group is taken before bind and after, as of any socket; without it there is no group.</summary>
    [Scenario("OPT-05")]
    public static void ProgramOfAGroup(HostProcess host)
    {
        ClassicFilter program = ClassicFilter.Assemble("ret #1");
        foreach (AddressFamily family in Families)
        {
            using Socket ping = Ping(host, family);
            Expect.Throws(Errno.EINVAL, () => ping.AttachReusePortFilter(program));
            ping.SetSocketLevel(SO_REUSEPORT, 1);
            ping.AttachReusePortFilter(program);
            ping.Bind(ScenarioSockets.Loopback(family));
            ping.AttachReusePortFilter(program);
        }
    }

    /// <summary>SO_REUSEADDR is on from the first: sockets share an identifier, whatever their addresses, unless one of them switches it off.</summary>
    [Scenario("PING-19")]
    public static void SharedIdentifier(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            using Socket first = Ping(host, family), second = Ping(host, family), third = Ping(host, family);
            InetAddress any = family == AddressFamily.Inet ? InetAddress.AnyIPv4(0x0309) : InetAddress.AnyIPv6(0x0309);
            Expect.Equal(1, first.GetSocketLevel(SO_REUSEADDR));
            first.Bind(any);
            second.SetSocketLevel(SO_REUSEADDR, 0);
            Expect.Throws(Errno.EADDRINUSE, () => second.Bind(ScenarioSockets.Loopback(family, 0x0309)));
            third.Bind(any);
            // The last one that bound gets the replies.
            first.SendTo(Request(family, 0, 1, "x"), ScenarioSockets.Loopback(family));
            Expect.Equal(9, third.Receive(new byte[100]));
            first.ExpectEmpty();
        }
    }

    /// <summary>It is bound to an address of the host, to no group and to no broadcast address.</summary>
    [Scenario("PING-04")]
    public static void AddressesToBind(HostProcess near, HostProcess far)
    {
        using Socket ping = Ping(near), ping6 = Ping(near, AddressFamily.Inet6);
        foreach (string address in new[] { "10.0.0.2", "224.0.0.1", "10.0.0.255", "255.255.255.255" })
            Expect.Fails(Errno.EADDRNOTAVAIL, near.Sockets.Bind(ping.Descriptor, new InetAddress(address, 0).ToSockAddr()), address);
        Expect.Fails(Errno.EADDRNOTAVAIL, near.Sockets.Bind(ping6.Descriptor, new InetAddress("fd00::2", 0).ToSockAddr()));
        Expect.Fails(Errno.EINVAL, near.Sockets.Bind(ping6.Descriptor, new InetAddress("ff0e::1", 0).ToSockAddr()));
        Expect.Fails(Errno.EINVAL, near.Sockets.Bind(ping6.Descriptor, new InetAddress("10.0.0.1", 0).MapToIPv6().ToSockAddr()));
        Expect.Fails(Errno.EINVAL, near.Sockets.Bind(ping.Descriptor, InetAddress.AnyIPv4().ToSockAddr().AsSpan(0, 15)));
        Expect.Fails(Errno.EAFNOSUPPORT, near.Sockets.Bind(ping.Descriptor, InetAddress.AnyIPv6().ToSockAddr()));
        Expect.Fails(Errno.EAFNOSUPPORT, near.Sockets.Bind(ping6.Descriptor, InetAddress.AnyIPv6().ToSockAddr().WithFamily(AddressFamily.Inet)));
        Expect.Fails(Errno.EINVAL, near.Sockets.Bind(ping6.Descriptor, InetAddress.AnyIPv6().ToSockAddr().AsSpan(0, 27)));
        ping.Bind(new InetAddress("10.0.0.1", 0));
        ping6.Bind(new InetAddress("fd00::1", 0));
    }

    /// <summary>A request goes out with the socket's identifier and a right checksum; the reply comes without its IP header, from an address without a port.</summary>
    [Scenario("PING-05")]
    public static void RequestAndReply(HostProcess near, HostProcess far)
    {
        using Socket ping = Ping(near);
        byte[] request = Request(AddressFamily.Inet, identifier: 0xDEAD, sequence: 7, "ten bytes!");
        Expect.Equal(18, ping.SendTo(request, new InetAddress("10.0.0.2", 33)));
        ushort identifier = ping.LocalAddress.Port;
        Expect.True(identifier != 0);
        byte[] reply = new byte[100];
        Expect.Equal(18, ping.ReceiveFrom(reply, out InetAddress from));
        Expect.Equal(new InetAddress("10.0.0.2", 0), from);
        Expect.Equal((EchoReply, (byte)0), (reply[0], reply[1]));
        Expect.Equal(identifier, BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(4)));
        Expect.Bytes(request.AsSpan(6), reply.AsSpan(6, 12));
        Expect.Equal(0xFFFF, Sum(reply.AsSpan(0, 18)));
        // A bare header is a request too.
        ping.SendTo(request.AsSpan(0, 8), new InetAddress("10.0.0.2", 0));
        Expect.Equal(8, ping.Receive(reply));
    }

    /// <summary>The same in IPv6.</summary>
    [Scenario("PING-06")]
    public static void RequestAndReply6(HostProcess near, HostProcess far)
    {
        using Socket ping = Ping(near, AddressFamily.Inet6);
        ping.Bind(InetAddress.AnyIPv6(0x0306));
        byte[] request = Request(AddressFamily.Inet6, identifier: 0xDEAD, sequence: 9, "ten bytes!");
        Expect.Equal(18, ping.SendTo(request, new InetAddress("fd00::2", 33)));
        byte[] reply = new byte[100];
        Expect.Equal(18, ping.ReceiveFrom(reply, out InetAddress from));
        Expect.Equal(new InetAddress("fd00::2", 0), from);
        Expect.Equal((EchoReply6, (byte)0), (reply[0], reply[1]));
        Expect.Equal(0x0306, BinaryPrimitives.ReadUInt16BigEndian(reply.AsSpan(4)));
        Expect.Bytes(request.AsSpan(6), reply.AsSpan(6, 12));
    }

    /// <summary>Only echo requests may be sent, and what RFC 8335 made of them; code 0 alone.</summary>
    [Scenario("PING-07")]
    public static void OnlyRequests(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            using Socket ping = Ping(host, family);
            byte[] to = ScenarioSockets.Loopback(family).ToSockAddr();
            byte echo = family == AddressFamily.Inet ? EchoRequest : EchoRequest6, extended = family == AddressFamily.Inet ? ExtendedRequest : ExtendedRequest6;
            for (int type = 0; type < 256; type++)
            {
                byte[] message = [(byte)type, 0, 0, 0, 0, 0, 0, 1];
                CallResult result = host.Sockets.SendTo(ping.Descriptor, message, MessageFlags.None, to);
                Expect.Equal(type == echo || type == extended ? 8 : Errno.EINVAL, result, $"type {type}");
            }
            Expect.Fails(Errno.EINVAL, host.Sockets.SendTo(ping.Descriptor, [echo, 1, 0, 0, 0, 0, 0, 1], MessageFlags.None, to));
        }
    }

    /// <summary>What else send refuses, in its order.</summary>
    [Scenario("PING-08")]
    public static void RefusedRequests(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            using Socket ping = Ping(host, family);
            byte[] to = ScenarioSockets.Loopback(family).ToSockAddr(), request = Request(family, 0, 1, "x"), large = new byte[0x10000];
            Expect.Fails(Errno.EMSGSIZE, host.Sockets.SendTo(ping.Descriptor, large, MessageFlags.MSG_OOB, to));
            Expect.Fails(Errno.EINVAL, host.Sockets.SendTo(ping.Descriptor, request.AsSpan(0, 7), MessageFlags.MSG_OOB, to));
            Expect.Fails(Errno.EOPNOTSUPP, host.Sockets.SendTo(ping.Descriptor, request, MessageFlags.MSG_OOB, to));
            Expect.Fails(Errno.EINVAL, host.Sockets.SendTo(ping.Descriptor, [1, 0, 0, 0, 0, 0, 0, 0], MessageFlags.None, to.WithFamily(AddressFamily.Unix)));
            Expect.Fails(Errno.EDESTADDRREQ, host.Sockets.SendTo(ping.Descriptor, request, MessageFlags.None, default));
            Expect.Fails(Errno.EINVAL, host.Sockets.SendTo(ping.Descriptor, request, MessageFlags.None, to.AsSpan(0, to.Length - 1)));
            foreach (AddressFamily other in new[] { AddressFamily.Unspecified, AddressFamily.Unix, family == AddressFamily.Inet ? AddressFamily.Inet6 : AddressFamily.Inet })
                Expect.Fails(Errno.EAFNOSUPPORT, host.Sockets.SendTo(ping.Descriptor, request, MessageFlags.None, to.WithFamily(other)), other.ToString());
        }
        using Socket ping6 = Ping(host, AddressFamily.Inet6);
        Expect.Throws(Errno.EINVAL, () => ping6.SendTo(Request(AddressFamily.Inet6, 0, 1, "x"), InetAddress.LoopbackIPv4().MapToIPv6()));
    }

    /// <summary>connect gives a destination, and takes the port as it is: 0 is no peer to getpeername.</summary>
    [Scenario("PING-09")]
    public static void Connected(HostProcess near, HostProcess far)
    {
        using Socket ping = Ping(near);
        byte[] reply = new byte[100];
        ping.Connect(new InetAddress("10.0.0.2", 0));
        Expect.Equal("10.0.0.1", AddressOf(ping.LocalAddress));
        Expect.Throws(Errno.ENOTCONN, () => _ = ping.RemoteAddress);
        ping.Send(Request(AddressFamily.Inet, 0, 1, "x"));
        Expect.Equal(9, ping.Receive(reply));
        ping.Connect(new InetAddress("10.0.0.2", 44));
        Expect.Equal(new InetAddress("10.0.0.2", 44), ping.RemoteAddress);
        // Replies are found by their identifier: another host's is taken too.
        ping.SendTo(Request(AddressFamily.Inet, 0, 2, "y"), new InetAddress("10.0.0.1", 0));
        Expect.Equal(9, ping.ReceiveFrom(reply, out InetAddress from));
        Expect.Equal(new InetAddress("10.0.0.1", 0), from);
        ping.Disconnect();
        Expect.Throws(Errno.EDESTADDRREQ, () => ping.Send(Request(AddressFamily.Inet, 0, 3, "z")));
    }

    /// <summary>A reply is for the socket of its identifier, and requests from others are for the host, not for sockets.</summary>
    [Scenario("PING-10")]
    public static void WhoseReply(HostProcess host)
    {
        using Socket first = Ping(host), second = Ping(host);
        first.Bind(InetAddress.AnyIPv4());
        second.Bind(InetAddress.AnyIPv4());
        first.SendTo(Request(AddressFamily.Inet, second.LocalAddress.Port, 1, "x"), InetAddress.LoopbackIPv4());
        byte[] reply = new byte[100];
        Expect.Equal(9, first.Receive(reply));
        Expect.Equal(EchoReply, reply[0]);
        first.ExpectEmpty();
        second.ExpectEmpty();
    }

    /// <summary>A reply that is cut is told by MSG_TRUNC, but recv never counts more than it wrote.</summary>
    [Scenario("PING-11")]
    public static void Reading(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            using Socket ping = Ping(host, family);
            InetAddress to = ScenarioSockets.Loopback(family);
            ping.SendTo(Request(family, 0, 1, "four"), to);
            byte[] reply = new byte[100];
            Expect.Fails(Errno.EOPNOTSUPP, ping.TryReceive(reply, MessageFlags.MSG_OOB));
            Expect.Equal(12, ping.Receive(reply, MessageFlags.MSG_PEEK));
            var message = new ReceiveMessage { Buffer = reply.AsSpan(0, 10) };
            Expect.Equal(10, ping.ReceiveMessage(ref message, MessageFlags.MSG_PEEK));
            Expect.Equal(MessageFlags.MSG_TRUNC, message.Flags);
            Expect.Equal(10, ping.Receive(reply.AsSpan(0, 10), MessageFlags.MSG_TRUNC));
            ping.ExpectEmpty();
            Expect.Fails(Errno.EOPNOTSUPP, ping.TrySet(SOL_SOCKET, SO_PEEK_OFF, 0));
            Expect.Fails(Errno.EOPNOTSUPP, ping.TryGet(SOL_SOCKET, SO_PEEK_OFF));
        }
    }

    /// <summary>The requests of ioctl that belong to a protocol are unknown to ping; stamps are every socket's.</summary>
    [Scenario("PING-12")]
    public static void Requests(HostProcess host)
    {
        using Socket ping = Ping(host);
        byte[] room = new byte[16];
        Expect.Fails(Errno.ENOTTY, host.Sockets.Ioctl(ping.Descriptor, IoControl.FIONREAD, room));
        Expect.Fails(Errno.ENOTTY, host.Sockets.Ioctl(ping.Descriptor, IoControl.SIOCOUTQ, room));
        Expect.Fails(Errno.ENOENT, host.Sockets.Ioctl(ping.Descriptor, IoControl.SIOCGSTAMP, room));
        ping.SendTo(Request(AddressFamily.Inet, 0, 1, "x"), InetAddress.LoopbackIPv4());
        ping.Receive(new byte[16]);
        Expect.Success(host.Sockets.Ioctl(ping.Descriptor, IoControl.SIOCGSTAMP, room));
        Expect.InRange(-2, 2, host.Time.GetUtcNow().ToUnixTimeSeconds() - BinaryPrimitives.ReadInt64LittleEndian(room));
    }

    /// <summary>Control messages of the reply: where it came in (but not the address to answer from), the time to live it came with.</summary>
    [Scenario("PING-13")]
    public static void ControlMessages(HostProcess near, HostProcess far)
    {
        using Socket ping = Ping(near), ping6 = Ping(near, AddressFamily.Inet6);
        ping.SetOption(IPPROTO_IP, IP_RECVTTL, 1);
        ping.SetOption(IPPROTO_IP, IP_PKTINFO, 1);
        ping.SendTo(Request(AddressFamily.Inet, 0, 1, "x"), new InetAddress("10.0.0.2", 0));
        byte[] control = new byte[200];
        var message = new ReceiveMessage { Buffer = new byte[100], Control = control };
        Expect.Equal(9, ping.ReceiveMessage(ref message));
        var reader = new ControlMessageReader(control.AsSpan(0, message.ControlLength));
        Expect.True(reader.MoveNext() && reader.Is(IPPROTO_IP, IP_PKTINFO));
        Expect.Equal(new IPv4PacketInfo(near.Sockets.InterfaceIndex("eth0"), 0, 0x0A000001), reader.IPv4PacketInfo);
        Expect.True(reader.MoveNext() && reader.Is(IPPROTO_IP, IP_TTL));
        Expect.Equal(64, reader.Int32);
        Expect.True(!reader.MoveNext());

        ping6.SetOption(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
        ping6.SetOption(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
        ping6.SendTo(Request(AddressFamily.Inet6, 0, 1, "x"), new InetAddress("fd00::2", 0));
        message = new ReceiveMessage { Buffer = new byte[100], Control = control };
        Expect.Equal(9, ping6.ReceiveMessage(ref message));
        reader = new ControlMessageReader(control.AsSpan(0, message.ControlLength));
        Expect.True(reader.MoveNext() && reader.Is(IPPROTO_IPV6, IPV6_PKTINFO));
        Expect.Equal(new IPv6PacketInfo(new InetAddress("fd00::1", 0), near.Sockets.InterfaceIndex("eth0")), reader.IPv6PacketInfo);
        Expect.True(reader.MoveNext() && reader.Is(IPPROTO_IPV6, IPV6_HOPLIMIT));
        Expect.Equal(64, reader.Int32);
        Expect.True(!reader.MoveNext());
    }

    private static string AddressOf(InetAddress address) => address.WithPort(0).ToIPEndPoint().Address.ToString();
}
