using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.EthernetProtocol;

namespace Slipway.Conformance;

/// <summary>Packets that stand for several, and what filters make of frames.</summary>
public static class PacketOffloadScenarios
{
    /// <summary>TCP's large segments are seen whole, and the virtio header says what they stand for.</summary>
    [Scenario("PKT-20")]
    public static void LargeSegmentsAreSeenWhole(HostProcess host)
    {
        const int SegmentSize = 1000;
        using Socket listener = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream), client = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(InetAddress.LoopbackIPv4());
        listener.SetOption(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_MAXSEG, SegmentSize);
        listener.Listen();
        client.Connect(listener.LocalAddress);
        using Socket server = listener.Accept();
        using Socket sniffer = host.PacketOn(Loopback, ETH_P_IP);
        sniffer.SetOption(SocketOptions.PacketVirtioHeader, true);
        sniffer.SetOption(SocketOptions.PacketAuxiliaryData, true);
        byte[] data = new byte[8_000];
        client.Send(data);
        for (int left = data.Length; left > 0;) left -= server.Receive(data);
        int large = 0, bytes = 0;
        while (bytes < data.Length)
        {
            PacketReceipt seen = sniffer.ReceiveFrame();
            VirtioNetHeader header = seen.Virtio;
            Expect.Equal((VirtioNetHeader.NeedsChecksum, (ushort)34, (ushort)16), (header.Flags, header.ChecksumStart, header.ChecksumOffset));
            int headers = header.ChecksumStart + (seen.Data[VirtioNetHeader.StructureLength + header.ChecksumStart + 12] >> 4) * 4;
            int payload = seen.Length - VirtioNetHeader.StructureLength - headers;
            bytes += payload;
            bool isLarge = header.Segmentation != 0;
            if (isLarge)
            {
                large++;
                // Twelve bytes of each segment are the option of timestamps.
                Expect.Equal((VirtioNetHeader.TcpOverIPv4, SegmentSize - 12, headers), (header.Segmentation, header.SegmentSize, header.HeaderLength));
                Expect.True(payload > header.SegmentSize);
            }
            PacketStatus status = PacketStatus.User | PacketStatus.ChecksumNotReady | (isLarge ? PacketStatus.TcpSegmentation : PacketStatus.None);
            Expect.Equal(new PacketAuxiliaryData(status, headers + payload, headers + payload, 14, 0, 0), seen.Auxiliary);
        }
        Expect.InRange(1, 8, large);
    }

    /// <summary>A UDP packet that stands for three is sent with a virtio header, and three datagrams arrive; what cannot be is EINVAL.</summary>
    [Scenario("PKT-20")]
    public static void OneThatStandsForThreeIsSent(HostProcess one, HostProcess two)
    {
        int link = one.Link();
        byte[] here = one.LinkAddress(link), there = two.LinkAddress(two.Link());
        using Socket sender = one.PacketOn(link, ETH_P_IP), receiver = two.Udp();
        receiver.Bind(new InetAddress("10.0.0.2", 0));
        receiver.LimitReceive(TimeSpan.FromSeconds(10));
        sender.SetOption(SocketOptions.PacketVirtioHeader, true);
        InetAddress from = new("10.0.0.1", 0), to = new("10.0.0.2", 0);
        byte[] udp = Udp(4242, receiver.LocalAddress.Port, "0123456789abcdefghijABC"u8);
        byte[] pseudo = [10, 0, 0, 1, 10, 0, 0, 2, 0, 17, 0, (byte)udp.Length];
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(6), (ushort)PingSockets.Sum(pseudo));
        byte[] frame = Frame(there, ETH_P_IP, IPv4(17, from, to, udp), here);
        var header = new VirtioNetHeader(VirtioNetHeader.NeedsChecksum, VirtioNetHeader.Udp, 42, 10, 34, 6);
        Expect.Equal(VirtioNetHeader.StructureLength + frame.Length, Expect.Success(Send(header)));
        foreach (string expected in new[] { "0123456789", "abcdefghij", "ABC" }) Expect.Equal(expected, receiver.ReceiveText());
        receiver.ExpectEmpty();
        // The sum alone.
        Expect.Success(Send(header with { Segmentation = 0, SegmentSize = 0 }));
        Expect.Equal("0123456789abcdefghijABC", receiver.ReceiveText());
        foreach (VirtioNetHeader wrong in new[]
        {
            header with { SegmentSize = 0 }, header with { Segmentation = 2 }, header with { Segmentation = VirtioNetHeader.TcpOverIPv4 },
            header with { ChecksumStart = 60 }, header with { HeaderLength = 2000 },
        })
            Expect.Fails(Errno.EINVAL, Send(wrong), wrong.ToString());
        Expect.Fails(Errno.EINVAL, sender.TrySend(new byte[9]));
        receiver.ExpectEmpty();

        // Less room than the header has: the packet is lost.
        using Socket narrow = one.PacketOn(Loopback), loopback = one.Packet();
        narrow.SetOption(SocketOptions.PacketVirtioHeader, true);
        loopback.SendTo(Frame(Nobody, Experiment, "x"), new LinkLayerAddress(Loopback, Experiment));
        Expect.Fails(Errno.EINVAL, narrow.TryReceive(new byte[9]));
        narrow.ExpectEmpty();

        CallResult Send(VirtioNetHeader header)
        {
            byte[] packet = [.. new byte[VirtioNetHeader.StructureLength], .. frame];
            header.Write(packet);
            return sender.TrySend(packet);
        }
    }

    /// <summary>What a program sees of a frame, raw and cooked.</summary>
    [Scenario("PKT-21")]
    public static void WhatAProgramSees(HostProcess host)
    {
        using Socket sender = host.Packet();
        byte[] frame = Frame(Nobody, ETH_P_IP, IPv4(17, new InetAddress("192.0.2.1", 0), new InetAddress("192.0.2.2", 0), Udp(7, 9, "data"u8)));
        foreach ((SocketType type, int network) in new[] { (SocketType.Raw, 14), (SocketType.Datagram, 0) })
        {
            using Socket receiver = host.PacketOn(Loopback, ETH_P_IP, type);
            foreach ((string load, uint value) in new (string, uint)[]
            {
                ($"ldb [{network}]", 0x45), ($"ldh [{network + 20}]", 7), ("ld #len", (uint)(network + 32)), ("ld #proto", ETH_P_IP), ("ld #type", 0), ("ld #ifidx", Loopback), ("ld #hatype", 772),
                ("ld #poff", (uint)(network + 28)), ("ld #vlan_avail", 0), ("ldh [-2097140]", 0x800), ("ldb [-1048567]", 17),
            })
            {
                receiver.AttachFilter(ClassicFilter.Assemble($"{load}\n jeq #{value}, yes\n ret #0\n yes: ret #{network + 4}"));
                sender.SendTo(frame, new LinkLayerAddress(Loopback, ETH_P_IP));
                Expect.Equal($"{load}: {network + 4}", $"{load}: {receiver.TryReceive(new byte[100])}");
            }
        }
    }

    /// <summary>Programs as tcpdump -dd printed them, with the packets that they take.</summary>
    [Scenario("PKT-21")]
    public static void ProgramsOfTcpdump(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback, ETH_P_ALL);
        receiver.SetOption(SocketOptions.PacketIgnoreOutgoing, true);
        InetAddress from = new("192.0.2.1", 0), to = new("192.0.2.2", 0);
        byte[] tcp = new byte[20];
        tcp[1] = 9;
        tcp[3] = 80;
        tcp[12] = 0x50;
        (string Name, byte[] Frame)[] frames =
        [
            ("arp", Frame(Nobody, ETH_P_ARP, new byte[28])), ("udp", Frame(Nobody, ETH_P_IP, IPv4(17, from, to, Udp(7, 53, "x"u8)))), ("tcp", Frame(Nobody, ETH_P_IP, IPv4(6, from, to, tcp))),
            ("udp6", Frame(Nobody, ETH_P_IPV6, UdpOnLoopback6(53, "x"u8))),
        ];
        foreach ((string program, string taken) in new[]
        {
            // tcpdump -dd -y EN10MB: arp; udp; tcp port 80; ip6
            ("{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 1, 0x00000806 },\n{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },", "arp"),
            ("{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 2, 0x00000800 },\n{ 0x30, 0, 0, 0x00000017 },\n{ 0x15, 6, 7, 0x00000011 },\n{ 0x15, 0, 6, 0x000086dd },\n{ 0x30, 0, 0, 0x00000014 },\n{ 0x15, 3, 0, 0x00000011 },\n"
                + "{ 0x15, 0, 3, 0x0000002c },\n{ 0x30, 0, 0, 0x00000036 },\n{ 0x15, 0, 1, 0x00000011 },\n{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },", "udp udp6"),
            ("{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 6, 0x000086dd },\n{ 0x30, 0, 0, 0x00000014 },\n{ 0x15, 0, 15, 0x00000006 },\n{ 0x28, 0, 0, 0x00000036 },\n{ 0x15, 12, 0, 0x00000050 },\n{ 0x28, 0, 0, 0x00000038 },\n"
                + "{ 0x15, 10, 11, 0x00000050 },\n{ 0x15, 0, 10, 0x00000800 },\n{ 0x30, 0, 0, 0x00000017 },\n{ 0x15, 0, 8, 0x00000006 },\n{ 0x28, 0, 0, 0x00000014 },\n{ 0x45, 6, 0, 0x00001fff },\n{ 0xb1, 0, 0, 0x0000000e },\n"
                + "{ 0x48, 0, 0, 0x0000000e },\n{ 0x15, 2, 0, 0x00000050 },\n{ 0x48, 0, 0, 0x00000010 },\n{ 0x15, 0, 1, 0x00000050 },\n{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },", "tcp"),
            ("{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 1, 0x000086dd },\n{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },", "udp6"),
        })
        {
            receiver.AttachFilter(ClassicFilter.Assemble(program));
            var seen = new List<string>();
            foreach ((string name, byte[] frame) in frames)
            {
                sender.SendTo(frame, new LinkLayerAddress(Loopback, ETH_P_ALL));
                // The host may answer what it was sent: those packets are none of these.
                while (receiver.TryReceive(new byte[200]) is { Succeeded: true } received)
                {
                    if (received.Value == frame.Length) seen.Add(name);
                }
            }
            Expect.Equal(taken, string.Join(' ', seen));
        }
    }
}
