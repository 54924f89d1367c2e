using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.EthernetProtocol;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Groups of packet sockets that share their packets out (packet(7), PACKET_FANOUT).</summary>
public static class PacketFanoutScenarios
{
    /// <summary>Who may join which group, and what is read of it.</summary>
    [Scenario("PKT-16", "PKT-22")]
    public static void JoiningAGroup(HostProcess host)
    {
        using Socket first = host.PacketOn(Loopback), second = host.PacketOn(Loopback), other = host.PacketOn(Loopback, ETH_P_IP), everywhere = host.PacketOn(0), unbound = host.Packet();
        Expect.Success(Join(first, 7, PacketFanoutMode.LoadBalance));
        Expect.Equal(new PacketFanout(7, PacketFanoutMode.LoadBalance), first.Fanout);
        Expect.Fails(Errno.EALREADY, Join(first, 7, PacketFanoutMode.LoadBalance));
        Expect.Fails(Errno.EALREADY, Join(first, 8, PacketFanoutMode.Hash));
        Expect.Fails(Errno.EINVAL, Join(second, 7, PacketFanoutMode.Hash));
        Expect.Fails(Errno.EINVAL, Join(second, 7, PacketFanoutMode.LoadBalance, PacketFanoutFlags.Rollover));
        Expect.Fails(Errno.EINVAL, Join(other, 7, PacketFanoutMode.LoadBalance));
        Expect.Fails(Errno.EINVAL, Join(everywhere, 7, PacketFanoutMode.LoadBalance));
        Expect.Fails(Errno.EINVAL, Join(unbound, 9, PacketFanoutMode.LoadBalance));
        Expect.Fails(Errno.EINVAL, first.TryBind(new LinkLayerAddress(Loopback, ETH_P_ALL)));
        Expect.Fails(Errno.EINVAL, Join(second, 1, (PacketFanoutMode)8));
        Expect.Fails(Errno.EINVAL, Join(second, 1, PacketFanoutMode.Rollover, PacketFanoutFlags.Rollover));
        foreach (int length in new[] { 0, 3, 5, 7, 9 }) Expect.Fails(Errno.EINVAL, second.TrySetPacket(PACKET_FANOUT, new byte[length]));
        Expect.Fails(Errno.EINVAL, Join(second, 1, PacketFanoutMode.Hash, PacketFanoutFlags.UniqueId));
        Expect.Success(Join(second, 0, PacketFanoutMode.LoadBalance, PacketFanoutFlags.UniqueId));
        Expect.True(second.Fanout is not { Id: 7 });

        // The most members are the first one's choice.
        using Socket lone = host.PacketOn(Loopback), late = host.PacketOn(Loopback);
        Expect.Fails(Errno.EINVAL, Join(lone, 20, PacketFanoutMode.Hash, most: 65537));
        Expect.Success(Join(lone, 20, PacketFanoutMode.Hash, most: 1));
        Expect.Fails(Errno.ENOSPC, Join(late, 20, PacketFanoutMode.Hash));
        Expect.Fails(Errno.EINVAL, Join(late, 20, PacketFanoutMode.Hash, most: 2));
        // With its last member the group is gone, and another may have its number.
        lone.Dispose();
        Expect.Success(Join(late, 20, PacketFanoutMode.Random));
    }

    /// <summary>Turns begin with the second; who leaves gives his place to the last.</summary>
    [Scenario("PKT-17", "PKT-22")]
    public static void TakingTurns(HostProcess host)
    {
        using Socket sender = host.Packet();
        Socket[] members = [.. Enumerable.Range(0, 3).Select(_ => host.PacketOn(Loopback))];
        foreach (Socket member in members) member.JoinFanout(new PacketFanout(7, PacketFanoutMode.LoadBalance));
        Send(sender, 7);
        Expect.Equal("c f|a d g|b e", Texts(members));
        Expect.Equal(new PacketStatistics(2, 0), members[0].TakePacketStatistics());
        members[0].Dispose();
        Send(sender, 7);
        Expect.Equal("b d f|a c e g", Texts(members[1..]));
        foreach (Socket member in members) member.Dispose();
    }

    /// <summary>Modes that choose by chance, by the processor or by the device's queue: every frame comes to one member, and those of one processor and queue to the same.</summary>
    [Scenario("PKT-17")]
    public static void OneOfThem(HostProcess host)
    {
        foreach (PacketFanoutMode mode in new[] { PacketFanoutMode.Processor, PacketFanoutMode.Random, PacketFanoutMode.Queue })
        {
            using Socket sender = host.Packet();
            Socket[] members = [.. Enumerable.Range(0, 3).Select(_ => host.PacketOn(Loopback))];
            foreach (Socket member in members) member.JoinFanout(new PacketFanout(60, mode));
            Send(sender, 26);
            string[] texts = [.. members.Select(static member => member.TakeTexts())];
            string all = string.Join(' ', texts.SelectMany(static text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Order(StringComparer.Ordinal));
            Expect.Equal("a b c d e f g h i j k l m n o p q r s t u v w x y z", all);
            // One after another at each, too.
            foreach (string text in texts) Expect.Equal(string.Join(' ', text.Split(' ').Order(StringComparer.Ordinal)), text);
            if (mode == PacketFanoutMode.Queue) Expect.Equal(all, texts[0]);
            if (mode == PacketFanoutMode.Random) Expect.InRange(0, 25, texts.Max(static text => text.Length) / 2);
            foreach (Socket member in members) member.Dispose();
        }
    }

    /// <summary>A program says who gets a frame: modulo the number of members, the first until there is one.</summary>
    [Scenario("PKT-17", "PKT-19")]
    public static void ProgramsChoose(HostProcess host)
    {
        using Socket sender = host.Packet(), lone = host.PacketOn(Loopback);
        Socket[] members = [.. Enumerable.Range(0, 3).Select(_ => host.PacketOn(Loopback))];
        ClassicFilter byLetter = ClassicFilter.Assemble("ldb [0]\n sub #97\n ret a");
        Expect.Throws(Errno.EINVAL, () => lone.AttachFanoutFilter(byLetter));
        foreach (Socket member in members) member.JoinFanout(new PacketFanout(40, PacketFanoutMode.ClassicProgram));
        Send(sender, 2);
        Expect.Equal("a b||", Texts(members));
        members[2].AttachFanoutFilter(byLetter);
        Send(sender, 5);
        Expect.Equal("a d|b e|c", Texts(members));
        Expect.Fails(Errno.EINVAL, members[0].System.AttachFanoutFilter(members[0].Descriptor, ClassicFilter.Assemble("ld M[1]\n ret a").Instructions));
        Expect.Fails(Errno.EINVAL, members[0].TrySetPacket(PACKET_FANOUT_DATA, new byte[8]));
        members[1].LockFilter();
        Expect.Throws(Errno.EPERM, () => members[1].AttachFanoutFilter(byLetter));

        using Socket extended = host.PacketOn(Loopback), balanced = host.PacketOn(Loopback);
        extended.JoinFanout(new PacketFanout(41, PacketFanoutMode.ExtendedProgram));
        balanced.JoinFanout(new PacketFanout(42, PacketFanoutMode.LoadBalance));
        Expect.Fails(Errno.EBADF, extended.TrySet(SOL_PACKET, PACKET_FANOUT_DATA, -1));
        Expect.Fails(Errno.EINVAL, extended.TrySet(SOL_PACKET, PACKET_FANOUT_DATA, extended.Descriptor));
        Expect.Fails(Errno.EINVAL, extended.TrySetPacket(PACKET_FANOUT_DATA, new byte[8]));
        Expect.Fails(Errno.EINVAL, balanced.TrySet(SOL_PACKET, PACKET_FANOUT_DATA, 0));
        foreach (Socket member in members) member.Dispose();
    }

    /// <summary>Both ways of a flow come to one member.</summary>
    [Scenario("PKT-17")]
    public static void FlowsStayTogether(HostProcess host)
    {
        Socket[] members = [.. Enumerable.Range(0, 3).Select(_ => host.PacketOn(Loopback, ETH_P_IP))];
        foreach (Socket member in members) member.JoinFanout(new PacketFanout(60, PacketFanoutMode.Hash));
        (Socket first, Socket second) = host.UdpPair();
        using (first)
        using (second)
        {
            for (int i = 0; i < 4; i++)
            {
                first.SendText("x");
                second.SendText("y");
            }
        }
        Expect.Equal("0 0 8", string.Join(' ', members.Select(static member => member.TakePacketStatistics().Packets).Order()));
        foreach (Socket member in members) member.Dispose();
    }

    /// <summary>One is filled after the other; with the flag, a full member's packets go elsewhere.</summary>
    [Scenario("PKT-18")]
    public static void RollingOver(HostProcess host)
    {
        using Socket sender = host.Packet();
        foreach (PacketFanout group in new[] { new PacketFanout(50, PacketFanoutMode.Rollover), new PacketFanout(51, PacketFanoutMode.ClassicProgram, PacketFanoutFlags.Rollover) })
        {
            Socket[] members = [.. Enumerable.Range(0, 2).Select(_ => host.PacketOn(Loopback))];
            foreach (Socket member in members)
            {
                member.SetSocketLevel(SO_RCVBUF, 2304);
                member.JoinFanout(group);
            }
            Expect.Equal(new PacketRolloverStatistics(0, 0, 0), members[1].GetRolloverStatistics());
            Send(sender, 6);
            string[] texts = Texts(members).Split('|');
            Expect.Equal("a b c d", texts[0][..7]);
            if (group.Mode == PacketFanoutMode.Rollover)
            {
                Expect.Equal("a b c d|e f", string.Join('|', texts));
                Expect.Equal(new PacketRolloverStatistics(6, 0, 0), members[0].GetRolloverStatistics());
            }
            foreach (Socket member in members) member.Dispose();
        }
    }

    /// <summary>With the flag, fragments of IPv4 come as one packet.</summary>
    [Scenario("PKT-18")]
    public static void FragmentsArePutTogether(HostProcess host)
    {
        using Socket sender = host.Packet(SocketType.Datagram), whole = host.PacketOn(Loopback, ETH_P_IP, SocketType.Datagram), pieces = host.PacketOn(Loopback, ETH_P_IP, SocketType.Datagram);
        whole.JoinFanout(new PacketFanout(70, PacketFanoutMode.LoadBalance, PacketFanoutFlags.Defragment));
        InetAddress from = new("192.0.2.1", 0), to = new("192.0.2.2", 0);
        byte[] datagram = Udp(7, 9, new byte[24]);
        const ushort More = 0x2000;
        sender.SendTo(IPv4(17, from, to, datagram.AsSpan(0, 16), More, 5), new LinkLayerAddress(Loopback, ETH_P_IP, Nobody));
        whole.ExpectEmpty();
        sender.SendTo(IPv4(17, from, to, datagram.AsSpan(16), 2, 5), new LinkLayerAddress(Loopback, ETH_P_IP, Nobody));
        Expect.Bytes(datagram, whole.ReceiveFrame().Data.AsSpan(20));
        whole.ExpectEmpty();
        Expect.Equal(36, pieces.ReceiveFrame().Length);
        Expect.Equal(36, pieces.ReceiveFrame().Length);
    }

    private static Errno Join(Socket socket, ushort id, PacketFanoutMode mode, PacketFanoutFlags flags = PacketFanoutFlags.None, uint most = 0)
    {
        byte[] value = new byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(value, id);
        BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(2), (ushort)((int)mode | (int)flags));
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(4), most);
        return socket.TrySetPacket(PACKET_FANOUT, value);
    }

    private static void Send(Socket sender, int count)
    {
        for (int i = 0; i < count; i++) sender.SendTo(Frame(Nobody, Experiment, $"{(char)('a' + i)}"), new LinkLayerAddress(Loopback, Experiment));
    }

    private static string Texts(Socket[] members) => string.Join('|', members.Select(static member => member.TakeTexts()));
}
