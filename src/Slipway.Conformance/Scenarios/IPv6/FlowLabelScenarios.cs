using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Flow labels of IPv6: made, given and reflected (section FL).</summary>
public static class FlowLabelScenarios
{
    private const string Settings = "/proc/sys/net/ipv6/";

    /// <summary>The option reads the setting until somebody sets it.</summary>
    [Scenario("FL-01")]
    public static void TheOptionFollowsTheSetting(HostProcess host)
    {
        foreach ((string setting, int reads) in new[] { ("0", 0), ("1", 1), ("2", 0), ("3", 1) })
        {
            Expect.True(host.Files.WriteText(Settings + "auto_flowlabels", setting));
            using Socket socket = host.Udp(AddressFamily.Inet6);
            Expect.Equal(reads, socket.GetOption(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL), setting);
            for (int length = 0; length <= 5; length++)
            {
                Expect.Success(socket.TrySet(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, new byte[] { 7, 0, 0, 0, 0 }.AsSpan(0, length)));
                Expect.Equal(length >= 4 ? 1 : 0, socket.GetOption(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL));
            }
        }
        using Socket four = host.Udp();
        Expect.Fails(Errno.ENOPROTOOPT, four.TrySet(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 1));
    }

    /// <summary>Four settings, three sockets: one that says nothing, one that wants labels, one that does not.</summary>
    [Scenario("FL-02")]
    public static void WhoGetsALabel(HostProcess host)
    {
        using Socket receiver = host.LabelReader();
        foreach ((string setting, string labels) in new[] { ("0", "---"), ("1", "++-"), ("2", "-+-"), ("3", "+++") })
        {
            Expect.True(host.Files.WriteText(Settings + "auto_flowlabels", setting));
            string seen = "";
            foreach (int choice in new[] { -1, 1, 0 })
            {
                using Socket sender = host.Udp(AddressFamily.Inet6);
                if (choice >= 0) sender.SetOption(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, choice);
                sender.SendTextTo("x", receiver.LocalAddress);
                seen += receiver.ReceiveLabel() == 0 ? '-' : '+';
            }
            Expect.Equal(labels, seen, setting);
        }
        foreach ((string name, string value) in new[] { ("auto_flowlabels", "4"), ("auto_flowlabels", "-1"), ("flowlabel_consistency", "256"), ("flowlabel_reflect", "8"), ("flowlabel_state_ranges", "256") })
            Expect.True(!host.Files.WriteText(Settings + name, value), name);
    }

    /// <summary>One flow, one label; another flow, another.</summary>
    [Scenario("FL-03")]
    public static void AFlowHasOneLabel(HostProcess host)
    {
        using Socket one = host.LabelReader(), two = host.LabelReader(), sender = host.UdpOnLoopback(AddressFamily.Inet6), other = host.UdpOnLoopback(AddressFamily.Inet6);
        sender.SendTextTo("x", one.LocalAddress);
        int first = one.ReceiveLabel();
        sender.SendTextTo("x", two.LocalAddress);
        int second = two.ReceiveLabel();
        other.SendTextTo("x", one.LocalAddress);
        int third = one.ReceiveLabel();
        sender.SendTextTo("x", one.LocalAddress);
        Expect.Equal(first, one.ReceiveLabel());
        Expect.True(first != second && first != third && second != third);
        sender.Connect(one.LocalAddress);
        sender.SendText("x");
        int connected = one.ReceiveLabel();
        sender.SendText("x");
        Expect.Equal(connected, one.ReceiveLabel());
        // What the program gives goes before.
        sender.SetOption(IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1);
        sender.SendTextTo("x", With(one.LocalAddress, 0xABCDE));
        Expect.Equal(0xABCDE, one.ReceiveLabel());
    }

    /// <summary>From the first segment to the last.</summary>
    [Scenario("FL-04")]
    public static void AConnectionHasOneLabelEachWay(HostProcess host)
    {
        using Socket tap = Tap(host), listener = host.TcpListener(family: AddressFamily.Inet6);
        ushort port = listener.LocalAddress.Port;
        using (Socket client = host.TcpTo(listener.LocalAddress))
        using (Socket server = listener.Accept())
        {
            client.SendText("hello");
            Expect.Equal("hello", server.ReceiveText());
            server.SendText("you");
            Expect.Equal("you", client.ReceiveText());
        }
        HashSet<int> there = [], back = [];
        foreach ((int label, ushort from, ushort to, _) in Segments(tap, port)) (to == port ? there : back).Add(label);
        Expect.Equal(1, there.Count);
        Expect.Equal(1, back.Count);
        Expect.True(!there.SetEquals(back));
        Expect.True(!there.Contains(0) && !back.Contains(0));
    }

    /// <summary>Streams, resets and echo replies with the label of the other side.</summary>
    [Scenario("FL-05")]
    public static void AnswersWithTheLabelOfTheQuestion(HostProcess host)
    {
        using Socket tap = Tap(host);
        Expect.True(host.Files.WriteText(Settings + "flowlabel_reflect", "1"));
        using (Socket listener = host.TcpListener(family: AddressFamily.Inet6))
        {
            Expect.True(host.Files.WriteText(Settings + "flowlabel_reflect", "0"));
            using Socket client = host.TcpTo(listener.LocalAddress), server = listener.Accept();
            server.SendText("you");
            Expect.Equal("you", client.ReceiveText());
            Expect.Equal(1, Segments(tap, listener.LocalAddress.Port).Select(static s => s.Label).Distinct().Count());
        }
        foreach (string reflect in new[] { "0", "2" })
        {
            Expect.True(host.Files.WriteText(Settings + "flowlabel_reflect", reflect));
            ushort port = host.FreeTcpPort();
            using Socket client = host.Tcp(AddressFamily.Inet6);
            Expect.Fails(Errno.ECONNREFUSED, client.TryConnect(ScenarioSockets.Loopback(AddressFamily.Inet6, port)));
            Expect.Equal(reflect == "2", Segments(tap, port).Select(static s => s.Label).Distinct().Count() == 1, reflect);
        }
        foreach (string reflect in new[] { "0", "4" })
        {
            Expect.True(host.Files.WriteText(Settings + "flowlabel_reflect", reflect));
            using Socket echo = host.Raw((int)IpProtocol.IcmpV6, AddressFamily.Inet6);
            echo.SendTo([RawSockets.EchoRequest6, 0, 0, 0, 0, 1, 0, 1], ScenarioSockets.Loopback(AddressFamily.Inet6));
            Expect.Equal(reflect == "4", Packets(tap).Where(static p => p[6] == 58).Select(LabelOf).Distinct().Count() == 1, reflect);
        }
    }

    internal static InetAddress With(InetAddress address, uint flowInfo)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteAddress(bytes);
        return InetAddress.IPv6(bytes, address.Port, flowInfo: flowInfo);
    }

    /// <summary>A datagram socket that is told the labels.</summary>
    internal static Socket LabelReader(this HostProcess host)
    {
        Socket socket = host.UdpOnLoopback(AddressFamily.Inet6);
        socket.SetOption(IPPROTO_IPV6, IPV6_FLOWINFO, 1);
        return socket;
    }

    /// <summary>The label of the next datagram: no message where there is none.</summary>
    internal static int ReceiveLabel(this Socket socket)
    {
        (_, string messages) = socket.ReceiveWithMessages(IPPROTO_IPV6);
        return messages.Length == 0 ? 0 : Convert.ToInt32(messages["11=".Length..], 16) & 0xF_FFFF;
    }

    private static Socket Tap(HostProcess host) => host.PacketOn(PacketSockets.Loopback, EthernetProtocol.ETH_P_IPV6, SocketType.Datagram);

    private static int LabelOf(byte[] packet) => BinaryPrimitives.ReadInt32BigEndian(packet) & 0xF_FFFF;

    private static List<byte[]> Packets(Socket tap)
    {
        var packets = new List<byte[]>();
        byte[] buffer = new byte[70_000];
        while (tap.TryReceive(buffer) is { Succeeded: true } received) packets.Add(buffer[..received.Value]);
        Expect.True(packets.Count > 0);
        return packets;
    }

    private static List<(int Label, ushort From, ushort To, byte Flags)> Segments(Socket tap, ushort port)
    {
        var segments = new List<(int, ushort, ushort, byte)>();
        foreach (byte[] packet in Packets(tap))
        {
            ushort from = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(40)), to = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(42));
            if (packet[6] == 6 && (from == port || to == port)) segments.Add((LabelOf(packet), from, to, packet[53]));
        }
        Expect.True(segments.Count >= 2);
        return segments;
    }
}
