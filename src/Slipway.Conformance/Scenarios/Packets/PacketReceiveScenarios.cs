using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.EthernetProtocol;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What packet sockets see, and what they tell of it.</summary>
public static class PacketReceiveScenarios
{
    /// <summary>On the loopback a packet is seen as it goes and as it comes, with a header of zeros; a datagram socket sees it without.</summary>
    [Scenario("PKT-05")]
    public static void TheLoopbackShowsPacketsTwice(HostProcess host)
    {
        using Socket raw = host.PacketOn(Loopback, ETH_P_ALL), cooked = host.PacketOn(Loopback, ETH_P_ALL, SocketType.Datagram), incoming = host.PacketOn(Loopback, ETH_P_IP);
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SendText("hello");
            foreach (LinkPacketType type in new[] { LinkPacketType.Outgoing, LinkPacketType.Host })
            {
                PacketReceipt seen = raw.ReceiveFrame();
                Expect.Equal(14 + 20 + 8 + 5, seen.Length);
                Expect.Bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0x45], seen.Data.AsSpan(0, 15));
                Expect.Equal(new LinkLayerAddress(Loopback, ETH_P_IP, HardwareType.ARPHRD_LOOPBACK, type, Nobody), seen.From);
                Expect.Equal(receiver.LocalAddress.Port, BinaryPrimitives.ReadUInt16BigEndian(seen.Data.AsSpan(14 + 20 + 2)));
                PacketReceipt bare = cooked.ReceiveFrame();
                Expect.Bytes(seen.Data.AsSpan(14), bare.Data);
                Expect.Equal(seen.From, bare.From);
            }
            // One protocol: nothing of what goes out.
            Expect.Equal(LinkPacketType.Host, incoming.ReceiveFrame().From.PacketType);
            foreach (Socket socket in new[] { raw, cooked, incoming }) socket.ExpectEmpty();
        }
    }

    /// <summary>For whom a frame was: sll_pkttype. Frames for others are seen too, as a veth brings them.</summary>
    [Scenario("PKT-06")]
    public static void ForWhomAFrameWas(HostProcess one, HostProcess two)
    {
        int near = one.Link(), far = two.Link();
        byte[] from = one.LinkAddress(near);
        using Socket sender = one.PacketOn(near), receiver = two.PacketOn(far), all = two.PacketOn(far, ETH_P_ALL, SocketType.Raw, $"ld #proto\n jeq #{Experiment}, yes\n ret #0\n yes: ret #-1");
        foreach ((byte[] to, LinkPacketType type) in new[]
        {
            (two.LinkAddress(far), LinkPacketType.Host), (Everybody.ToArray(), LinkPacketType.Broadcast), (Group.ToArray(), LinkPacketType.Multicast), (Stranger.ToArray(), LinkPacketType.OtherHost),
        })
        {
            byte[] frame = Frame(to, Experiment, "payload", from);
            Expect.Equal(frame.Length, sender.Send(frame));
            foreach (Socket socket in new[] { receiver, all })
            {
                PacketReceipt seen = socket.ReceiveFrame();
                Expect.Bytes(frame, seen.Data);
                Expect.Equal(new LinkLayerAddress(far, Experiment, HardwareType.ARPHRD_ETHER, type, from), seen.From);
            }
        }
    }

    /// <summary>On the loopback a frame is for this host if its destination is zeros, for a group if that bit is set; IP takes it then, but IPv4 with the loopback's addresses not even so.</summary>
    [Scenario("PKT-06")]
    public static void ForWhomAFrameOnTheLoopbackWas(HostProcess host)
    {
        using Socket sender = host.PacketOn(Loopback), receiver = host.PacketOn(Loopback), udp4 = host.UdpOnLoopback(), udp6 = host.UdpOnLoopback(AddressFamily.Inet6);
        udp6.LimitReceive(TimeSpan.FromSeconds(10));
        foreach ((byte[] address, LinkPacketType type) in new[]
        {
            (Nobody.ToArray(), LinkPacketType.Host), (Everybody.ToArray(), LinkPacketType.Multicast), (Group.ToArray(), LinkPacketType.Multicast), (Stranger.ToArray(), LinkPacketType.OtherHost),
        })
        {
            sender.Send(Frame(address, Experiment, "x"));
            Expect.Equal(type, receiver.ReceiveFrame().From.PacketType);
            // The sender is no receiver of what goes out, but it is one of what comes back.
            Expect.Equal(type, sender.ReceiveFrame().From.PacketType);
            sender.SendTo(Frame(address, ETH_P_IPV6, UdpOnLoopback6(udp6.LocalAddress.Port, "by hand"u8)), new LinkLayerAddress(Loopback, ETH_P_IPV6));
            if (type != LinkPacketType.OtherHost) Expect.Equal("by hand", udp6.ReceiveText());
            udp6.ExpectEmpty();
            byte[] datagram = IPv4(17, InetAddress.LoopbackIPv4(), InetAddress.LoopbackIPv4(), Udp(7, udp4.LocalAddress.Port, "by hand"u8));
            sender.SendTo(Frame(address, ETH_P_IP, datagram), new LinkLayerAddress(Loopback, ETH_P_IP));
            udp4.ExpectEmpty();
        }
    }

    /// <summary>Frames of IEEE 802.3: the type field is a length, and Linux has two numbers of its own for what they carry.</summary>
    [Scenario("PKT-07")]
    public static void LengthsInThePlaceOfTypes(HostProcess host)
    {
        using Socket sender = host.PacketOn(Loopback), receiver = host.PacketOn(Loopback, ETH_P_ALL), logical = host.PacketOn(Loopback, ETH_P_802_2);
        receiver.SetOption(SocketOptions.PacketIgnoreOutgoing, true);
        foreach ((ushort type, byte[] payload, int protocol) in new[]
        {
            ((ushort)4, "abcd"u8.ToArray(), 4), ((ushort)4, new byte[] { 0xFF, 0xFF, 1, 2 }, 1), ((ushort)0x5FF, "abcd"u8.ToArray(), 4), ((ushort)0x600, "abcd"u8.ToArray(), 0x600), ((ushort)0, "a"u8.ToArray(), 4),
        })
        {
            sender.Send(Frame(Nobody, type, payload));
            Expect.Equal((ushort)protocol, receiver.ReceiveFrame().From.Protocol);
            if (protocol == ETH_P_802_2) Expect.Equal((ushort)protocol, logical.ReceiveFrame().From.Protocol);
            logical.ExpectEmpty();
        }
    }

    /// <summary>A VLAN tag is taken off: who sees all finds it in the auxiliary data, who sees one protocol gets a frame for another host. What goes out has it still.</summary>
    [Scenario("PKT-08")]
    public static void VlanTags(HostProcess one, HostProcess two)
    {
        int near = one.Link(), far = two.Link();
        const string Ours = "ld [-2097146]\n jeq #0x02000000, yes\n ret #0\n yes: ret #-1"; // from 02:00:00:00:…
        using Socket sender = one.PacketOn(near), leaving = one.PacketOn(near, ETH_P_ALL, SocketType.Raw, Ours), leavingCooked = one.PacketOn(near, ETH_P_ALL, SocketType.Datagram, Ours);
        using Socket all = two.PacketOn(far, ETH_P_ALL, SocketType.Raw, Ours), cooked = two.PacketOn(far, ETH_P_ALL, SocketType.Datagram, Ours), typed = two.PacketOn(far, Experiment), tagged = two.PacketOn(far, ETH_P_8021Q);
        foreach (Socket socket in new[] { leaving, leavingCooked, all, cooked, typed, tagged }) socket.SetOption(SocketOptions.PacketAuxiliaryData, true);
        byte[] source = [2, 0, 0, 0, 0, 1];
        byte[] untagged = Frame(Everybody, Experiment, "text", source);
        sender.SendTo(Frame(Everybody, ETH_P_8021Q, [0x20, 5, 0x88, 0xB5, .. "text"u8], source), new LinkLayerAddress(near, 0));
        CheckTag(leaving.ReceiveFrame(), 22, ETH_P_8021Q, LinkPacketType.Outgoing, PacketStatus.User, 18, 0, 0);
        CheckTag(leavingCooked.ReceiveFrame(), 4, Experiment, LinkPacketType.Outgoing, PacketStatus.User | PacketStatus.VlanValid | PacketStatus.VlanProtocolValid, 0, 0x2005, ETH_P_8021Q);
        PacketReceipt seen = all.ReceiveFrame();
        Expect.Bytes(untagged, seen.Data);
        CheckTag(seen, 18, Experiment, LinkPacketType.Broadcast, PacketStatus.User | PacketStatus.VlanValid | PacketStatus.VlanProtocolValid, 14, 0x2005, ETH_P_8021Q);
        CheckTag(cooked.ReceiveFrame(), 4, Experiment, LinkPacketType.Broadcast, PacketStatus.User | PacketStatus.VlanValid | PacketStatus.VlanProtocolValid, 0, 0x2005, ETH_P_8021Q);
        CheckTag(typed.ReceiveFrame(), 18, Experiment, LinkPacketType.OtherHost, PacketStatus.User, 14, 0, 0);
        tagged.ExpectEmpty();

        // Number 0 means priority alone: the frame is for whom it was.
        sender.SendTo(Frame(Everybody, ETH_P_8021Q, [0x20, 0, 0x88, 0xB5, .. "prio"u8], source), new LinkLayerAddress(near, 0));
        CheckTag(typed.ReceiveFrame(), 18, Experiment, LinkPacketType.Broadcast, PacketStatus.User, 14, 0, 0);
        foreach (Socket socket in new[] { leaving, leavingCooked, all, cooked }) socket.ReceiveFrame();

        // Of two tags the outer one is taken off; a datagram socket is told what is behind the inner one.
        sender.SendTo(Frame(Everybody, ETH_P_8021AD, [0x20, 5, 0x81, 0, 0, 7, 0x88, 0xB5, .. "qinq"u8], source), new LinkLayerAddress(near, 0));
        CheckTag(leaving.ReceiveFrame(), 26, ETH_P_8021AD, LinkPacketType.Outgoing, PacketStatus.User, 22, 0, 0);
        CheckTag(leavingCooked.ReceiveFrame(), 4, Experiment, LinkPacketType.Outgoing, PacketStatus.User | PacketStatus.VlanValid | PacketStatus.VlanProtocolValid, 0, 0x2005, ETH_P_8021AD);
        CheckTag(all.ReceiveFrame(), 22, ETH_P_8021Q, LinkPacketType.Broadcast, PacketStatus.User | PacketStatus.VlanValid | PacketStatus.VlanProtocolValid, 14, 0x2005, ETH_P_8021AD);
        CheckTag(cooked.ReceiveFrame(), 8, Experiment, LinkPacketType.Broadcast, PacketStatus.User | PacketStatus.VlanValid | PacketStatus.VlanProtocolValid, 0, 0x2005, ETH_P_8021AD);
        CheckTag(tagged.ReceiveFrame(), 22, ETH_P_8021Q, LinkPacketType.OtherHost, PacketStatus.User, 14, 0, 0);
        typed.ExpectEmpty();
    }

    /// <summary>What does not fit is cut, and said; the flags that the call takes.</summary>
    [Scenario("PKT-09")]
    public static void TruncationPeekingAndFlags(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        byte[] frame = Frame(Nobody, Experiment, "0123456789");
        sender.SendTo(frame, new LinkLayerAddress(Loopback, Experiment));
        Span<byte> length = stackalloc byte[4];
        receiver.Ioctl(IoControl.FIONREAD, length);
        Expect.Equal(24, BinaryPrimitives.ReadInt32LittleEndian(length));
        PacketReceipt peeked = receiver.ReceiveFrame(16, MessageFlags.MSG_PEEK);
        Expect.Equal(16, peeked.Length);
        Expect.Equal(MessageFlags.MSG_TRUNC, peeked.Flags);
        Expect.Equal(24, receiver.ReceiveFrame(16, MessageFlags.MSG_PEEK | MessageFlags.MSG_TRUNC).Length);
        Expect.Bytes(frame, receiver.ReceiveFrame().Data);
        receiver.ExpectEmpty();
        receiver.Ioctl(IoControl.FIONREAD, length);
        Expect.Equal(0, BinaryPrimitives.ReadInt32LittleEndian(length));
        byte[] room = new byte[16];
        foreach (MessageFlags flag in new[]
        {
            MessageFlags.MSG_OOB, MessageFlags.MSG_WAITALL, MessageFlags.MSG_NOSIGNAL, MessageFlags.MSG_CMSG_CLOEXEC, MessageFlags.MSG_EOR, (MessageFlags)4, (MessageFlags)8,
        })
            Expect.Fails(Errno.EINVAL, receiver.TryReceive(room, flag), flag.ToString());
        Expect.Fails(Errno.EAGAIN, receiver.TryReceive(room, MessageFlags.MSG_ERRQUEUE));
        Expect.Fails(Errno.EAGAIN, receiver.TryReceive(room, MessageFlags.MSG_TRUNC));
    }

    /// <summary>PACKET_STATISTICS counts what came, what was lost with it, and begins anew; SO_RXQ_OVFL tells the losses.</summary>
    [Scenario("PKT-10")]
    public static void StatisticsAndLosses(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        receiver.SetSocketLevel(SO_RCVBUF, 1);
        receiver.SetSocketLevel(SO_RXQ_OVFL, 1);
        const int Sent = 50;
        for (int i = 0; i < Sent; i++) sender.SendTo(Frame(Nobody, Experiment, "x"), new LinkLayerAddress(Loopback, Experiment));
        int received = 0;
        while (receiver.TryReceive(new byte[20]).Succeeded) received++;
        Expect.InRange(2, 10, received);
        Expect.Equal(new PacketStatistics(Sent, (uint)(Sent - received)), receiver.TakePacketStatistics());
        Expect.Equal(new PacketStatistics(0, 0), receiver.TakePacketStatistics());
        sender.SendTo(Frame(Nobody, Experiment, "y"), new LinkLayerAddress(Loopback, Experiment));
        PacketReceipt last = receiver.ReceiveFrame();
        Expect.Equal(Sent - received, last.Lost);
        // What a filter passes over is not counted.
        receiver.AttachFilter(ClassicFilter.Assemble("ret #0"));
        sender.SendTo(Frame(Nobody, Experiment, "z"), new LinkLayerAddress(Loopback, Experiment));
        Span<byte> value = stackalloc byte[8];
        int room = 2;
        Expect.Success(host.Sockets.GetSockOpt(receiver.Descriptor, SOL_PACKET, PACKET_STATISTICS, value, ref room));
        Expect.Equal(2, room);
        Expect.Equal(1, BinaryPrimitives.ReadInt16LittleEndian(value));
        Expect.Equal(new PacketStatistics(0, 0), receiver.TakePacketStatistics());
    }

    /// <summary>A socket of protocol 0 sees nothing until it is bound to one; bound to another, it sees that.</summary>
    [Scenario("PKT-02")]
    public static void NothingIsSeenWithoutAProtocol(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.Packet();
        Send(sender, Experiment, "1");
        receiver.Bind(new LinkLayerAddress(Loopback, 0));
        Send(sender, Experiment, "2");
        receiver.Bind(new LinkLayerAddress(Loopback, Experiment));
        Send(sender, Experiment, "3");
        receiver.Bind(new LinkLayerAddress(0, Experiment + 1));
        Send(sender, Experiment, "4");
        Send(sender, Experiment + 1, "5");
        Expect.Equal("3 5", receiver.TakeTexts());
    }

    /// <summary>Who sees all sees what others send; nobody what he sends himself; PACKET_IGNORE_OUTGOING and PACKET_QDISC_BYPASS take it away.</summary>
    [Scenario("PKT-11")]
    public static void CopiesOfWhatGoesOut(HostProcess one, HostProcess two)
    {
        int link = one.Link();
        string ours = $"ldh [12]\n jeq #{Experiment}, yes\n ret #0\n yes: ret #-1";
        using Socket sender = one.PacketOn(link, ETH_P_ALL, SocketType.Raw, ours), other = one.PacketOn(link, ETH_P_ALL, SocketType.Raw, ours), typed = one.PacketOn(link), receiver = two.PacketOn(two.Link());
        byte[] frame = Frame(Everybody, Experiment, "1");
        sender.Send(frame);
        PacketReceipt copy = other.ReceiveFrame();
        Expect.Bytes(frame, copy.Data);
        Expect.Equal(LinkPacketType.Outgoing, copy.From.PacketType);
        // What the sender says it is, it is for those who look at what goes out.
        sender.SendTo(frame, new LinkLayerAddress(link, ETH_P_IP));
        Expect.Equal(ETH_P_IP, other.ReceiveFrame().From.Protocol);
        other.SetOption(SocketOptions.PacketIgnoreOutgoing, true);
        sender.Send(frame);
        other.SetOption(SocketOptions.PacketIgnoreOutgoing, false);
        sender.SetOption(SocketOptions.PacketQueueBypass, true);
        sender.Send(frame);
        foreach (Socket socket in new[] { sender, other, typed }) socket.ExpectEmpty();
        Expect.Equal("1 1 1 1", receiver.TakeTexts());
    }

    /// <summary>When a packet came, in the forms that sockets have.</summary>
    [Scenario("PKT-12")]
    public static void TimesOfArrival(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        byte[] time = new byte[16];
        Expect.Fails(Errno.ENOENT, host.Sockets.Ioctl(receiver.Descriptor, IoControl.SIOCGSTAMP, time));
        Send(sender, Experiment, "1");
        receiver.ReceiveFrame();
        Expect.Success(host.Sockets.Ioctl(receiver.Descriptor, IoControl.SIOCGSTAMP, time));
        Expect.InRange(-60, 60, BinaryPrimitives.ReadInt64LittleEndian(time) - host.Time.GetUtcNow().ToUnixTimeSeconds());
        receiver.SetSocketLevel(SO_TIMESTAMPNS, 1);
        Send(sender, Experiment, "2");
        var message = new ReceiveMessage { Buffer = new byte[64], Control = new byte[64] };
        Expect.Equal(15, receiver.ReceiveMessage(ref message));
        var reader = new ControlMessageReader(message.Control[..message.ControlLength]);
        Expect.True(reader.MoveNext());
        Expect.True(reader.Is(SOL_SOCKET, SO_TIMESTAMPNS));
        Expect.InRange(-60, 60, reader.Timestamp.ToUnixTimeSeconds() - host.Time.GetUtcNow().ToUnixTimeSeconds());
    }

    /// <summary>Readiness: readable with a packet, writable from the first.</summary>
    [Scenario("PKT-12")]
    public static void Readiness(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        const PollEvents All = PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLPRI | PollEvents.POLLRDHUP;
        Expect.Equal(PollEvents.POLLOUT, receiver.PollNow(All));
        Send(sender, Experiment, "1");
        Expect.Equal(PollEvents.POLLIN | PollEvents.POLLOUT, receiver.PollNow(All));
        receiver.ReceiveFrame();
        Expect.Equal(PollEvents.POLLOUT, receiver.PollNow(All));
    }

    private static void Send(Socket sender, int type, string text) => sender.SendTo(Frame(Nobody, (ushort)type, Encoding.ASCII.GetBytes(text)), new LinkLayerAddress(Loopback, (ushort)type));

    private static void CheckTag(PacketReceipt seen, int length, ushort protocol, LinkPacketType type, PacketStatus status, ushort network, ushort tag, ushort tagProtocol)
    {
        Expect.Equal(length, seen.Length);
        Expect.Equal(protocol, seen.From.Protocol);
        Expect.Equal(type, seen.From.PacketType);
        Expect.Equal(new PacketAuxiliaryData(status, length, length, network, tag, tagProtocol), seen.Auxiliary);
    }
}
