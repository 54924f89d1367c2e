using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketRings;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.EthernetProtocol;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What stands in rings to receive from (packet(7), PACKET_RX_RING; linux/if_packet.h).</summary>
public static class PacketRingReceiveScenarios
{
    /// <summary>Where a packet stands in its slot, and what its header says, in both versions with slots.</summary>
    [Scenario("PKT-26")]
    public static void APacketInItsSlot(HostProcess host)
    {
        using Socket sender = host.Packet();
        foreach ((PacketRingVersion version, SocketType type, int reserve, int network) in new[]
        {
            (PacketRingVersion.V1, SocketType.Raw, 0, 80), (PacketRingVersion.V2, SocketType.Raw, 0, 80), (PacketRingVersion.V2, SocketType.Raw, 3, 83),
            (PacketRingVersion.V1, SocketType.Datagram, 5, 85), (PacketRingVersion.V2, SocketType.Datagram, 0, 80),
        })
        {
            using Socket receiver = host.Packet(type);
            receiver.SetOption(SocketOptions.PacketReserve, reserve);
            receiver.SetOption(SocketOptions.PacketRingVersion, (int)version);
            Expect.Success(receiver.TryRing(PACKET_RX_RING, Pages(version, 2, 256)));
            using MappedMemory memory = receiver.Map(2 * Page);
            receiver.Bind(new LinkLayerAddress(Loopback, Experiment));
            Expect.Equal(PollEvents.POLLOUT, receiver.PollBoth());
            byte[] frame = Frame(Nobody, Experiment, "twenty bytes of text");
            sender.SendTo(frame, new LinkLayerAddress(Loopback, Experiment));
            receiver.ExpectReadable();

            int link = type == SocketType.Raw ? 14 : 0, length = link + 20;
            Span<byte> slot = memory.Span[..256];
            (int at, int mac, int time) = version == PacketRingVersion.V1 ? (8, 16, 20) : (4, 12, 16);
            Expect.Equal("1 0", memory.Words(256, 2));
            Expect.Equal((length, length), (BinaryPrimitives.ReadInt32LittleEndian(slot[at..]), BinaryPrimitives.ReadInt32LittleEndian(slot[(at + 4)..])));
            Expect.Equal((network - link, network), ((int)BinaryPrimitives.ReadUInt16LittleEndian(slot[mac..]), (int)BinaryPrimitives.ReadUInt16LittleEndian(slot[(mac + 2)..])));
            Expect.True(BinaryPrimitives.ReadUInt32LittleEndian(slot[time..]) > 0);
            Expect.InRange(0, version == PacketRingVersion.V1 ? 999_999 : 999_999_999, BinaryPrimitives.ReadUInt32LittleEndian(slot[(time + 4)..]));
            if (version == PacketRingVersion.V2) Expect.Equal(0UL, BinaryPrimitives.ReadUInt64LittleEndian(slot[24..]));
            Expect.Bytes([17, 0, 0x88, 0xB5, 1, 0, 0, 0, 4, 3, 0, 6, 0, 0, 0, 0, 0, 0], slot.Slice(32, 18));
            Expect.Bytes(frame.AsSpan(14 - link), slot.Slice(network - link, length));
        }
    }

    /// <summary>A ring that is full loses, and says so in the next packet that finds room; a slot is free when its word is 0, and readable is what was written last.</summary>
    [Scenario("PKT-26")]
    public static void AFullRingLoses(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        receiver.SetOption(SocketOptions.PacketRingVersion, 1);
        Expect.Success(receiver.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V2, 1, 1024)));
        using MappedMemory memory = receiver.Map(Page);
        sender.SendOnLoopback(60, 6);
        Expect.Equal("1 1 1 1", memory.Words(1024, 4));
        memory.SetWord(0, 0);
        sender.SendOnLoopback(60);
        Expect.Equal("5 1 1 1", memory.Words(1024, 4));
        Expect.Equal(new PacketStatistics(7, 2), receiver.TakePacketStatistics());
        Expect.Equal(new PacketStatistics(0, 0), receiver.TakePacketStatistics());
        memory.SetWord(1024, 0x10);
        sender.SendOnLoopback(60);
        Expect.Equal("5 10 1 1", memory.Words(1024, 4));
        memory.SetWord(1024, 0);
        memory.SetWord(2048, 0);
        Expect.Equal(PollEvents.POLLIN | PollEvents.POLLOUT, receiver.PollBoth());
        memory.SetWord(0, 0);
        Expect.Equal(PollEvents.POLLOUT, receiver.PollBoth());
        sender.SendOnLoopback(60);
        Expect.Equal("0 5 0 1", memory.Words(1024, 4));
        Expect.Equal(new PacketStatistics(2, 1), receiver.TakePacketStatistics());
        // A filter's verdict shortens a packet and loses none.
        receiver.AttachFilter(ClassicFilter.Assemble("ret #20"));
        sender.SendOnLoopback(60);
        Expect.Equal((60, 20), (BinaryPrimitives.ReadInt32LittleEndian(memory.Span[2052..]), BinaryPrimitives.ReadInt32LittleEndian(memory.Span[2056..])));
        receiver.AttachFilter(ClassicFilter.Assemble("ret #0"));
        sender.SendOnLoopback(60);
        Expect.Equal(new PacketStatistics(1, 0), receiver.TakePacketStatistics());
    }

    /// <summary>A packet that is longer than its slot is cut; with PACKET_COPY_THRESH it waits whole in the receive queue, without its address.</summary>
    [Scenario("PKT-26")]
    public static void ALongPacketIsCutOrCopied(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        receiver.SetOption(SocketOptions.PacketRingVersion, 1);
        Expect.Success(receiver.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V2, 1, 256)));
        using MappedMemory memory = receiver.Map(Page);
        sender.SendOnLoopback(414);
        Expect.Equal((414, 190), (BinaryPrimitives.ReadInt32LittleEndian(memory.Span[4..]), BinaryPrimitives.ReadInt32LittleEndian(memory.Span[8..])));
        receiver.SetOption(SocketOptions.PacketCopyThreshold, 1);
        receiver.SetOption(SocketOptions.PacketAuxiliaryData, true);
        sender.SendOnLoopback(414);
        sender.SendOnLoopback(100);
        Expect.Equal("1 3 1 0", memory.Words(256, 4));
        Expect.Equal(190, BinaryPrimitives.ReadInt32LittleEndian(memory.Span[264..]));
        PacketReceipt whole = receiver.ReceiveFrame();
        Expect.Equal((414, new LinkLayerAddress(0, Experiment)), (whole.Length, whole.From));
        Expect.Equal(new PacketAuxiliaryData(PacketStatus.User, 0, 414, 14, 0, 0), whole.Auxiliary);
        Expect.Fails(Errno.EAGAIN, receiver.TryReceive(new byte[500]));
        Expect.Equal(new PacketStatistics(3, 0), receiver.TakePacketStatistics());

        // A slot that is used up by its header takes nothing of a packet.
        using Socket narrow = host.PacketOn(Loopback);
        Expect.Success(narrow.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V1, 1, 64)));
        using MappedMemory least = narrow.Map(Page);
        sender.SendOnLoopback(30);
        Expect.Equal(("1", 30, 0), (least.Words(0, 1), BinaryPrimitives.ReadInt32LittleEndian(least.Span[8..]), BinaryPrimitives.ReadInt32LittleEndian(least.Span[12..])));
    }

    /// <summary>A ring that comes or goes takes what waits with it; without one, packets come by calls again.</summary>
    [Scenario("PKT-26")]
    public static void RingsAndQueues(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        sender.SendOnLoopback("queued");
        Expect.Success(receiver.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V1, 1, 256)));
        receiver.ExpectEmpty();
        // Before it is mapped it takes packets too.
        sender.SendOnLoopback("kept");
        using (MappedMemory memory = receiver.Map(Page)) Expect.Equal("1 0", memory.Words(256, 2));
        receiver.ExpectEmpty();
        Expect.Success(receiver.TryRing(PACKET_RX_RING, default));
        Expect.Equal(PollEvents.POLLOUT, receiver.PollBoth());
        sender.SendOnLoopback("read");
        Expect.Equal("read", receiver.TakeTexts());
        Expect.Equal(new PacketStatistics(3, 0), receiver.TakePacketStatistics());
    }

    /// <summary>The virtio header stands right before the packet, ten bytes though twelve were asked for; what a packet is told of by control messages otherwise, its status says.</summary>
    [Scenario("PKT-26")]
    public static void FactsOfAPacket(HostProcess host)
    {
        foreach (int size in new[] { 10, 12 })
        {
            using Socket receiver = host.Packet(), udp = host.Udp();
            receiver.SetOption(SocketOptions.PacketVirtioHeaderLength, size);
            using PacketReceiveRing ring = receiver.OpenReceiveRing(Pages(PacketRingVersion.V2, 1, 256));
            receiver.Bind(new LinkLayerAddress(Loopback, ETH_P_IP));
            udp.SendTo("hello"u8, new InetAddress("127.0.0.1", 9));
            Expect.True(ring.TryRead(out PacketFrame frame));
            Expect.True(frame.TryReadVirtioHeader(out VirtioNetHeader header));
            Expect.Equal(new VirtioNetHeader(VirtioNetHeader.NeedsChecksum, 0, 0, 0, 34, 6), header);
            Expect.Equal(PacketStatus.User | PacketStatus.ChecksumNotReady, frame.Status & ~PacketStatus.SoftwareTimestamp);
            Expect.Equal((47, 14, new LinkLayerAddress(Loopback, ETH_P_IP, HardwareType.ARPHRD_LOOPBACK, LinkPacketType.Host, Nobody)), (frame.OriginalLength, frame.NetworkOffset, frame.From));
            Expect.Bytes("hello"u8, frame.Data[42..]);
        }
        // Who asks for times of arrival gets those in the ring.
        using Socket sender = host.Packet(), stamped = host.PacketOn(Loopback);
        stamped.SetOption(SocketOptions.TimestampNanoseconds, true);
        using PacketReceiveRing times = stamped.OpenReceiveRing(Pages(PacketRingVersion.V1, 1, 256));
        // The kernel begins to take them a little after it is asked to.
        ScenarioClock clock = new(host);
        PacketStatus status;
        do
        {
            Expect.True(clock.Elapsed < TimeSpan.FromSeconds(5));
            sender.SendOnLoopback("x");
            Expect.True(times.TryRead(out PacketFrame seen));
            status = seen.Status;
        }
        while (status == PacketStatus.User);
        Expect.Equal(PacketStatus.User | PacketStatus.SoftwareTimestamp, status);
    }

    /// <summary>VLAN tags that were taken off stand in the header of V2 and of V3.</summary>
    [Scenario("PKT-26", "PKT-27")]
    public static void TagsInRings(HostProcess one, HostProcess two)
    {
        int link = one.Link();
        using Socket sender = one.PacketOn(link);
        byte[] tagged = [.. Everybody, .. one.LinkAddress(link), 0x81, 0, 0x20, 5, 0x88, 0xB5, .. "tagged"u8];
        foreach (PacketRingVersion version in Enum.GetValues<PacketRingVersion>())
        {
            using Socket receiver = two.PacketOn(two.Link(), ETH_P_ALL, filter: "ldh [12]\n jeq #0x88B5, yes\n ret #0\n yes: ret #-1");
            using PacketReceiveRing ring = receiver.OpenReceiveRing(Pages(version, 2) with { RetireMilliseconds = version == PacketRingVersion.V3 ? 20u : 0 });
            sender.Send(tagged);
            receiver.ExpectReadable();
            Expect.True(ring.TryRead(out PacketFrame frame));
            PacketStatus facts = version == PacketRingVersion.V1 ? PacketStatus.None : PacketStatus.VlanValid | PacketStatus.VlanProtocolValid;
            Expect.Equal(facts | PacketStatus.User, frame.Status & ~PacketStatus.SoftwareTimestamp);
            Expect.Equal(version == PacketRingVersion.V1 ? (0, 0) : (0x2005, 0x8100), (frame.VlanTag, frame.VlanProtocol));
            Expect.Equal("tagged", Text(frame.Data[HeaderLength..]));
        }
    }
}
