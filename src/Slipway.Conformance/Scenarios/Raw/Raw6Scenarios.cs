using System.Text;
using Slipway.Sockets;
using static Slipway.Conformance.RawSockets;
using static Slipway.Sockets.MessageFlags;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Raw sockets of IPv6: checksums, filters, protocols by port, included headers (section RAW; RFC 3542 §3).</summary>
public static class Raw6Scenarios
{
    private static readonly InetAddress Far = new("fd00::2", 0);

    /// <summary>IPV6_CHECKSUM fills the checksum in and drops what does not add up; ICMPv6 has its place for good.</summary>
    [Scenario("I6-001")]
    public static void Checksum(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw(Unspoken, AddressFamily.Inet6), plain = far.Raw(Unspoken, AddressFamily.Inet6), verifying = far.Raw(Unspoken, AddressFamily.Inet6);
        using Socket icmp = near.Raw((int)IpProtocol.IcmpV6, AddressFamily.Inet6), mobility = near.Raw(135, AddressFamily.Inet6), udp = near.Udp(AddressFamily.Inet6);
        Expect.Equal((-1, 2, 4), (sender.GetOption(SocketOptions.IPv6Checksum), icmp.GetOption(SocketOptions.IPv6Checksum), mobility.GetOption(SocketOptions.IPv6Checksum)));
        foreach (int odd in new[] { 1, 3 }) Expect.Fails(Errno.EINVAL, sender.TrySet(IPPROTO_IPV6, IPV6_CHECKSUM, odd));
        foreach (int value in new[] { 2, -1 }) Expect.Fails(Errno.EINVAL, icmp.TrySet(IPPROTO_IPV6, IPV6_CHECKSUM, value));
        Expect.Fails(Errno.EINVAL, sender.TrySet(IPPROTO_IPV6, IPV6_CHECKSUM, [2, 0]));
        Expect.Fails(Errno.ENOPROTOOPT, udp.TrySet(IPPROTO_IPV6, IPV6_CHECKSUM, 2));
        Expect.Fails(Errno.ENOPROTOOPT, udp.TryGet(IPPROTO_IPV6, IPV6_CHECKSUM));
        // By its own level it can be moved even there.
        Expect.Success(icmp.TrySet(SOL_RAW, IPV6_CHECKSUM, 4));
        Expect.Equal(4, icmp.GetOption(SOL_RAW, IPV6_CHECKSUM));

        byte[] data = [1, 2, 3, 4, 5, 6];
        sender.SetOption(SocketOptions.IPv6Checksum, 2);
        verifying.SetOption(SocketOptions.IPv6Checksum, 2);
        sender.SendTo(data, Far);
        Expect.Bytes(plain.ReceivePacket(), verifying.ReceivePacket());
        sender.SetOption(SocketOptions.IPv6Checksum, -1);
        sender.SendTo(data, Far);
        Expect.Bytes(data, plain.ReceivePacket());
        verifying.ExpectEmpty();
        sender.SetOption(SocketOptions.IPv6Checksum, -7);
        Expect.Equal(-1, sender.GetOption(SocketOptions.IPv6Checksum));
        // The place must lie in the packet.
        sender.SetOption(SocketOptions.IPv6Checksum, 2);
        foreach (int length in new[] { 0, 2, 3 }) Expect.Fails(Errno.EINVAL, sender.TrySendTo(new byte[length], Far), $"{length}");
        Expect.Equal(4, sender.SendTo(new byte[4], Far));
        // A packet that is fragmented has one too.
        Expect.Equal(4000, sender.SendTo(new byte[4000], Far));
        plain.ReceivePacket();
        verifying.ReceivePacket();
        Expect.Bytes(plain.ReceivePacket(), verifying.ReceivePacket());
    }

    /// <summary>ICMPV6_FILTER: nothing to who blocks all; to who passes one type only that one.</summary>
    [Scenario("IC6-001", "IC6-002")]
    public static void IcmpTypes(HostProcess host)
    {
        const int Icmp = (int)IpProtocol.IcmpV6;
        using Socket nothing = host.Raw(Icmp, AddressFamily.Inet6), replies = host.Raw(Icmp, AddressFamily.Inet6), all = host.Raw(Icmp, AddressFamily.Inet6), other = host.Raw(Experiment, AddressFamily.Inet6);
        Expect.Equal(Icmp6Filter.PassAll, nothing.GetOption(SocketOptions.Icmp6Filter));
        nothing.SetOption(SocketOptions.Icmp6Filter, Icmp6Filter.BlockAll);
        replies.SetOption(SocketOptions.Icmp6Filter, Icmp6Filter.BlockAll.Pass(EchoReply6));
        Expect.True(replies.GetOption(SocketOptions.Icmp6Filter) is var filter && filter.WillPass(EchoReply6) && filter.WillBlock(EchoRequest6));
        all.SendTo([EchoRequest6, 0, 0, 0, 0, 1, 0, 1, (byte)'h', (byte)'i'], InetAddress.LoopbackIPv6());
        Expect.Equal(EchoReply6, replies.ReceivePacket()[0]);
        replies.ExpectEmpty();
        nothing.ExpectEmpty();
        Expect.Equal((EchoRequest6, EchoReply6), (all.ReceivePacket()[0], all.ReceivePacket()[0]));
        all.SetOption(SocketOptions.Icmp6Filter, Icmp6Filter.PassAll.Block(EchoReply6));
        all.SendTo([EchoRequest6, 0, 0, 0, 0, 1, 0, 2], InetAddress.LoopbackIPv6());
        Expect.Equal(EchoRequest6, all.ReceivePacket()[0]);
        all.ExpectEmpty();

        // The value: 32 bytes; more is cut, less changes the first types alone. The level has no other name.
        byte[] long40 = new byte[40];
        Array.Fill(long40, (byte)0xFF);
        Expect.Success(all.TrySet(IPPROTO_ICMPV6, ICMPV6_FILTER, long40));
        Expect.Success(all.TrySet(IPPROTO_ICMPV6, ICMPV6_FILTER, [1, 2]));
        Expect.Equal("0102" + new string('F', 60), all.GetHex(IPPROTO_ICMPV6, ICMPV6_FILTER));
        Expect.Equal("0102FF", all.GetHex(IPPROTO_ICMPV6, ICMPV6_FILTER, 3));
        Expect.Fails(Errno.ENOPROTOOPT, all.TrySet(IPPROTO_ICMPV6, 2, 1));
        Expect.Fails(Errno.ENOPROTOOPT, all.TryGet(IPPROTO_ICMPV6, 2));
        Expect.Fails(Errno.EOPNOTSUPP, other.TrySet(IPPROTO_ICMPV6, ICMPV6_FILTER, 1));
        Expect.Fails(Errno.EOPNOTSUPP, other.TryGet(IPPROTO_ICMPV6, 2));
        using Socket udp = host.Udp(AddressFamily.Inet6);
        Expect.Fails(Errno.ENOPROTOOPT, udp.TrySet(IPPROTO_ICMPV6, ICMPV6_FILTER, 1));
    }

    /// <summary>The port of the destination names the protocol: only a socket of IPPROTO_RAW may name another than its own.</summary>
    [Scenario("RAW-15")]
    public static void ProtocolByPort(HostProcess near, HostProcess far)
    {
        using Socket any = near.Raw((int)IpProtocol.Raw, AddressFamily.Inet6), one = near.Raw(Experiment, AddressFamily.Inet6), receiver = far.Raw(OtherExperiment, AddressFamily.Inet6);
        any.SetOption(SocketOptions.IPv6HeaderIncluded, false);
        Expect.Equal(4, any.SendTo("port"u8, new InetAddress("fd00::2", OtherExperiment)));
        Expect.Equal("port", receiver.ReceiveText());
        Expect.Fails(Errno.EINVAL, any.TrySendTo("x"u8, new InetAddress("fd00::2", 300)));
        Expect.Equal(1, one.SendTo("x"u8, new InetAddress("fd00::2", Experiment)));
        Expect.Fails(Errno.EINVAL, one.TrySendTo("x"u8, new InetAddress("fd00::2", OtherExperiment)));
    }

    /// <summary>IPV6_HDRINCL: nothing of the header is filled in; the lengths are those of IPv4.</summary>
    [Scenario("RAW-16")]
    public static void IncludedHeader(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw((int)IpProtocol.Raw, AddressFamily.Inet6), receiver = far.Raw(Experiment, AddressFamily.Inet6);
        receiver.SetOption(SocketOptions.IPv6ReceiveHopLimit, true);
        Expect.Equal(43, sender.SendTo(Header6("fd00::77", "fd00::2", "abc"), Far));
        byte[] buffer = new byte[100], control = new byte[64];
        var message = new ReceiveMessage { Buffer = buffer, Control = control, Address = new byte[28] };
        Expect.Equal(3, receiver.ReceiveMessage(ref message));
        Expect.True(InetAddress.TryRead(message.Address, out InetAddress from));
        Expect.Equal(new InetAddress("fd00::77", 0), from);
        Expect.Equal(33, control[16]);
        byte[] shorter = Header6("fd00::1", "fd00::2", "abc");
        shorter[5] = 2;
        sender.SendTo(shorter, Far);
        Expect.Equal("ab", receiver.ReceiveText());
        Expect.Fails(Errno.EINVAL, sender.TrySendTo(new byte[39], Far));
        Expect.Fails(Errno.EMSGSIZE, sender.TrySendTo(new byte[1501], Far));
        // The socket's extension headers stay out.
        sender.SetOption(SocketOptions.IPv6HopOptions, [0, 0, 1, 4, 0, 0, 0, 0]);
        sender.SendTo(Header6("fd00::1", "fd00::2", "opt"), Far);
        Expect.Equal("opt", receiver.ReceiveText());
        Expect.Fails(Errno.EINVAL, sender.TrySet(IPPROTO_IPV6, IPV6_HDRINCL, [0, 0]));
        // Options of IPv4 are nothing that such a socket has.
        Expect.Fails(Errno.ENOPROTOOPT, sender.TrySet(IPPROTO_IP, IP_TTL, 9));
        Expect.Fails(Errno.ENOPROTOOPT, sender.TryGet(IPPROTO_IP, IP_TTL));
        using Socket udp = near.Udp(AddressFamily.Inet6);
        Expect.Fails(Errno.ENOPROTOOPT, udp.TrySet(IPPROTO_IPV6, IPV6_HDRINCL, 1));
        Expect.Fails(Errno.ENOPROTOOPT, udp.TryGet(IPPROTO_IPV6, IPV6_HDRINCL));
    }

    /// <summary>The error queue of IPv6: behind the header, or with it where it was included.</summary>
    [Scenario("RAW-17")]
    public static void ErrorQueue(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw(Unspoken, AddressFamily.Inet6), included = near.Raw(Unspoken, AddressFamily.Inet6);
        sender.SetOption(SocketOptions.IPv6ReceiveErrors, true);
        included.SetOption(SocketOptions.IPv6ReceiveErrors, true);
        included.SetOption(SocketOptions.IPv6HeaderIncluded, true);
        sender.SendTextTo("12345678abc", Far);
        Expect.True(sender.Poll(PollEvents.POLLIN, TimeSpan.FromSeconds(10)).HasFlag(PollEvents.POLLERR));
        const string UnknownHeader = "25=47000000030401000600000000000000" + "0A00000000000000FD00000000000000000000000000000200000000";
        (byte[] data, string messages) = sender.ReceiveWithMessages(IPPROTO_IPV6, MSG_ERRQUEUE);
        Expect.Equal(("12345678abc", UnknownHeader), (Encoding.ASCII.GetString(data), messages));
        (data, messages) = included.ReceiveWithMessages(IPPROTO_IPV6, MSG_ERRQUEUE);
        Expect.Equal((51, UnknownHeader), (data.Length, messages));
    }

    /// <summary>A socket with the number of an extension header sees packets from that header on; fragments too, one by one.</summary>
    [Scenario("RAW-18")]
    public static void ExtensionHeaders(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw(Experiment, AddressFamily.Inet6), options = far.Raw(60, AddressFamily.Inet6), fragments = far.Raw(44, AddressFamily.Inet6), whole = far.Raw(Experiment, AddressFamily.Inet6);
        Expect.Success(sender.TrySendWith(Far, "data", (IPV6_DSTOPTS, [0, 0, 0x1E, 4, 1, 2, 3, 4])));
        Expect.Equal("FD001E040102030464617461", Convert.ToHexString(options.ReceivePacket()));
        Expect.Equal("data", whole.ReceiveText());
        sender.SendTo(new byte[2000], Far);
        Expect.Equal((1456, 560), (fragments.ReceivePacket().Length, fragments.ReceivePacket().Length));
        Expect.Equal(2000, whole.ReceivePacket().Length);
        options.ExpectEmpty();
    }
}
