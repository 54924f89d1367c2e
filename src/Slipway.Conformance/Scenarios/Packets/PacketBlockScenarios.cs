using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketRings;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.EthernetProtocol;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Rings of blocks, TPACKET_V3 (linux/if_packet.h, linux/Documentation/networking/packet_mmap.rst).</summary>
public static class PacketBlockScenarios
{
    // So long that in a scenario no block's time is up.
    private const uint Long = 60_000;

    /// <summary>Packets stand in a block one after another; the next that does not fit hands it over, and begins another.</summary>
    [Scenario("PKT-27")]
    public static void BlocksFillUp(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        receiver.SetOption(SocketOptions.PacketRingVersion, 2);
        Expect.Success(receiver.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V3, 3) with { RetireMilliseconds = Long, PrivateSize = 5 }));
        using MappedMemory memory = receiver.Map(3 * Page);
        sender.SendOnLoopback(1500);
        sender.SendOnLoopback(60);
        Expect.Equal("0 0 0", memory.Blocks(3));
        Expect.Equal(PollEvents.POLLOUT, receiver.PollBoth());
        sender.SendOnLoopback(1500);
        Expect.Equal("0 0 0", memory.Blocks(3));
        sender.SendOnLoopback(1500);
        Expect.Equal("1 0 0", memory.Blocks(3));
        receiver.ExpectReadable();
        // 82 bytes of header and room before the frame, and up to a multiple of eight.
        Expect.Equal((2, 48, 3, 56, 56 + 1584 + 144 + 1584, 1UL), Header(memory.Span));
        Expect.Equal((2, 48, 1, 56, 56 + 1584, 2UL), Header(memory.Span[Page..]));
        int at = 56;
        foreach ((int length, int next) in new[] { (1500, 1584), (60, 144), (1500, 0) })
        {
            Span<byte> packet = memory.Span[at..];
            Expect.Equal(next, BinaryPrimitives.ReadInt32LittleEndian(packet));
            Expect.Equal((length, length, 82, 96), (BinaryPrimitives.ReadInt32LittleEndian(packet[12..]), BinaryPrimitives.ReadInt32LittleEndian(packet[16..]),
                (int)BinaryPrimitives.ReadUInt16LittleEndian(packet[24..]), (int)BinaryPrimitives.ReadUInt16LittleEndian(packet[26..])));
            Expect.Equal((uint)PacketStatus.User, BinaryPrimitives.ReadUInt32LittleEndian(packet[20..]) & ~(uint)PacketStatus.SoftwareTimestamp);
            Expect.Bytes([17, 0, 0x88, 0xB5, 1, 0, 0, 0, 4, 3, 0, 6, 0, 0, 0, 0, 0, 0], packet.Slice(48, 18));
            at += next;
        }
        // The last one's time is the block's.
        Expect.Bytes(memory.Span.Slice(56 + 1584 + 144 + 4, 8), memory.Span.Slice(40, 8));
    }

    /// <summary>A block that holds a packet is handed over when its time is up; an empty one is not.</summary>
    [Scenario("PKT-27")]
    public static void BlocksRetire(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        receiver.SetOption(SocketOptions.PacketRingVersion, 2);
        Expect.Success(receiver.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V3, 3) with { RetireMilliseconds = 100 }));
        using MappedMemory memory = receiver.Map(3 * Page);
        Expect.Equal(0, Expect.Success(receiver.System.Poll([new PollEntry(receiver.Descriptor, PollEvents.POLLIN)], 250)));
        Expect.Equal("0 0 0", memory.Blocks(3));
        sender.SendOnLoopback(60, 2);
        receiver.ExpectReadable();
        Expect.Equal("21 0 0", memory.Blocks(3));
        Expect.Equal(2, Header(memory.Span).Packets);
        memory.SetWord(PacketRingFormat.BlockStatus, 0);
        Expect.Equal(PollEvents.POLLOUT, receiver.PollBoth());
        sender.SendOnLoopback(60);
        receiver.ExpectReadable();
        Expect.Equal("0 21 0", memory.Blocks(3));
        // A ring that names no time has one of a few milliseconds.
        using Socket unnamed = host.PacketOn(Loopback);
        using PacketReceiveRing ring = unnamed.OpenReceiveRing(Pages(PacketRingVersion.V3, 2));
        sender.SendOnLoopback(60);
        unnamed.ExpectReadable();
        Expect.True(ring.TryRead(out _));
        Expect.Equal(PacketStatus.User | PacketStatus.BlockTimeout, ring.Block!.Value.Status);
    }

    /// <summary>The steps of time begin with the ring, whenever blocks are begun.</summary>
    [Scenario("PKT-27", NotOnKernel = Waits.ExactTimes)]
    public static void TimesOfBlocks(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        using PacketReceiveRing ring = receiver.OpenReceiveRing(Pages(PacketRingVersion.V3, 4) with { RetireMilliseconds = 200 });
        long start = host.Time.GetTimestamp();
        // What does not fit hands the first block over; the second one's time is up with the first step all the same.
        host.Sleep(TimeSpan.FromMilliseconds(100));
        sender.SendOnLoopback(1500, 3);
        Expect.True(ring.TryRead(out _));
        Expect.True(ring.TryRead(out _));
        Expect.Equal(false, ring.TryRead(out _));
        Expect.True(ring.Wait());
        Expect.Equal(200, (long)host.Time.GetElapsedTime(start).TotalMilliseconds);
        Expect.True(ring.TryRead(out _));
        host.Sleep(TimeSpan.FromMilliseconds(250));
        sender.SendOnLoopback(60);
        Expect.True(ring.Wait());
        Expect.Equal(600, (long)host.Time.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>Where the program gives no block back the ring stands still: packets are lost, and the next block that finds itself free says so.</summary>
    [Scenario("PKT-27")]
    public static void AFrozenRing(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        receiver.SetOption(SocketOptions.PacketRingVersion, 2);
        Expect.Success(receiver.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V3, 2) with { RetireMilliseconds = Long }));
        using MappedMemory memory = receiver.Map(2 * Page);
        sender.SendOnLoopback(1500, 4);
        Expect.Equal("1 0", memory.Blocks(2));
        Expect.Equal(new PacketStatistics(4, 0), receiver.TakePacketStatistics());
        sender.SendOnLoopback(1500, 3);
        Expect.Equal("1 1", memory.Blocks(2));
        Expect.Equal(PollEvents.POLLIN | PollEvents.POLLOUT, receiver.PollBoth());
        // Of the last: the program has the second block back, but it is the first one's turn.
        memory.SetWord(Page + PacketRingFormat.BlockStatus, 0);
        sender.SendOnLoopback(1500);
        Expect.Equal(PollEvents.POLLOUT, receiver.PollBoth());
        memory.SetWord(PacketRingFormat.BlockStatus, 0);
        sender.SendOnLoopback(1500, 3);
        Expect.Equal("5 0", memory.Blocks(2));
        Expect.Equal((2, 3UL), (Header(memory.Span).Packets, Header(memory.Span).Sequence));
        Expect.Equal(new PacketStatistics(7, 4) { Freezes = 1 }, receiver.TakePacketStatistics());
        Expect.Equal(default, receiver.TakePacketStatistics());
    }

    /// <summary>A packet that is longer than a block is cut; one that fills it exactly leaves an empty block behind.</summary>
    [Scenario("PKT-27")]
    public static void LongPacketsInBlocks(HostProcess host)
    {
        // 4096 bytes but 48 of the block's header and 82 of the packet's.
        const int Most = Page - 48 - 82;
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        receiver.SetOption(SocketOptions.PacketRingVersion, 2);
        Expect.Success(receiver.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V3, 4) with { RetireMilliseconds = Long }));
        using MappedMemory memory = receiver.Map(4 * Page);
        sender.SendOnLoopback(Most - 8);
        Expect.Equal("0 0 0 0", memory.Blocks(4));
        sender.SendOnLoopback(Most);
        Expect.Equal("1 0 0 0", memory.Blocks(4));
        Expect.Equal((Most, Most), Lengths(memory.Span[Page..]));
        sender.SendOnLoopback(5000);
        Expect.Equal("1 1 0 0", memory.Blocks(4));
        Expect.Equal((5000, Most), Lengths(memory.Span[(2 * Page)..]));

        using Socket second = host.PacketOn(Loopback);
        second.SetOption(SocketOptions.PacketRingVersion, 2);
        Expect.Success(second.TryRing(PACKET_RX_RING, Pages(PacketRingVersion.V3, 4) with { RetireMilliseconds = Long }));
        using MappedMemory empty = second.Map(4 * Page);
        sender.SendOnLoopback(Most);
        Expect.Equal("1 0 0 0", empty.Blocks(4));
        Expect.Equal((0, 1), (Header(empty.Span).Packets, Header(empty.Span[Page..]).Packets));
    }

    /// <summary>Packets of a flow have one hash, where it is asked for.</summary>
    [Scenario("PKT-27")]
    public static void HashesOfFlows(HostProcess host)
    {
        using Socket receiver = host.PacketOn(Loopback, ETH_P_IP), plain = host.PacketOn(Loopback, ETH_P_IP), one = host.Udp(), two = host.Udp(), target = host.UdpOnLoopback();
        using PacketReceiveRing hashed = receiver.OpenReceiveRing(Pages(PacketRingVersion.V3, 2) with { RetireMilliseconds = 20, Features = PacketRingRequest.FillsHash });
        using PacketReceiveRing other = plain.OpenReceiveRing(Pages(PacketRingVersion.V3, 2) with { RetireMilliseconds = 20 });
        foreach (Socket sender in new[] { one, two, one }) sender.SendTo("x"u8, target.LocalAddress);
        receiver.ExpectReadable();
        plain.ExpectReadable();
        var hashes = new List<uint>();
        while (hashes.Count < 3 && hashed.TryRead(out PacketFrame frame)) hashes.Add(frame.Hash);
        Expect.Equal(3, hashes.Count);
        Expect.True(hashes[0] == hashes[2] && hashes[0] != hashes[1] && !hashes.Contains(0));
        Expect.True(other.TryRead(out PacketFrame bare));
        Expect.Equal(0u, bare.Hash);
    }

    /// <summary>The reader of rings: packets in order, blocks given back when they are read, bytes of the program's own that stay.</summary>
    [Scenario("PKT-27", "PKT-26")]
    public static void ReadingRings(HostProcess host)
    {
        foreach (PacketRingVersion version in Enum.GetValues<PacketRingVersion>())
        {
            using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
            bool hasBlocks = version == PacketRingVersion.V3;
            PacketRingRequest request = Pages(version, 2, 1024);
            using PacketReceiveRing ring = receiver.OpenReceiveRing(hasBlocks ? request with { RetireMilliseconds = 20, PrivateSize = 8 } : request);
            Expect.Equal(false, ring.Wait(TimeSpan.Zero));
            string seen = "";
            byte[] own = new byte[2];
            for (int round = 0; round < 12; round++)
            {
                sender.SendOnLoopback($"{round}a");
                sender.SendOnLoopback($"{round}b");
                while (seen.Length < (round * 6) + 6)
                {
                    Expect.True(ring.Wait(TimeSpan.FromSeconds(2)));
                    foreach (PacketFrame frame in ring)
                    {
                        seen += $"{round % 10}{Text(frame.Data[HeaderLength..])[^1]} ";
                        Expect.Equal($"{round}", Text(frame.Data[HeaderLength..])[..^1]);
                        if (!hasBlocks) continue;
                        int block = (int)((ring.Block!.Value.Sequence - 1) % 2);
                        Expect.Equal(own[block], ring.PrivateData[0]);
                        ring.PrivateData[0] = ++own[block];
                    }
                }
            }
            Expect.Equal("0a 0b 1a 1b 2a 2b 3a 3b 4a 4b 5a 5b 6a 6b 7a 7b 8a 8b 9a 9b 0a 0b 1a 1b ", seen);
            Expect.Equal(new PacketStatistics(24, 0), receiver.TakePacketStatistics());
        }
    }

    private static (int Version, int Private, int Packets, int First, int Length, ulong Sequence) Header(ReadOnlySpan<byte> block)
        => (BinaryPrimitives.ReadInt32LittleEndian(block), BinaryPrimitives.ReadInt32LittleEndian(block[4..]), BinaryPrimitives.ReadInt32LittleEndian(block[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(block[16..]), BinaryPrimitives.ReadInt32LittleEndian(block[20..]), BinaryPrimitives.ReadUInt64LittleEndian(block[24..]));

    private static (int Length, int Captured) Lengths(ReadOnlySpan<byte> block)
        => (BinaryPrimitives.ReadInt32LittleEndian(block[(48 + 16)..]), BinaryPrimitives.ReadInt32LittleEndian(block[(48 + 12)..]));
}
