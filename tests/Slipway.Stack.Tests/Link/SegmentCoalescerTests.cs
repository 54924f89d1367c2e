using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

public sealed class SegmentCoalescerTests : IDisposable
{
    private readonly StackLoop _loop = new(new VirtualClock());

    public void Dispose() => _loop.Packets.Outstanding.ShouldBe(0, _loop.Packets.DescribeOutstanding());

    private static SuperPacket Stream => new() { IsIPv4 = true, DontFragment = true };

    [Fact]
    public void Segments_in_a_row_become_one_packet_that_stands_for_them()
    {
        Chain[] chains = Join(Stream.Pieces());

        Chain chain = chains.ShouldHaveSingleItem();
        chain.SegmentSize.ShouldBe(1448);
        chain.Checksum.ShouldBe(PacketChecksum.Partial);
        chain.Bytes.Length.ShouldBe(52 + 4000);
        (chain.Bytes[2] << 8 | chain.Bytes[3]).ShouldBe(52 + 4000);
        InternetChecksum.IsValid(chain.Bytes.AsSpan(0, 20)).ShouldBeTrue();
    }

    [Fact]
    public void A_single_segment_goes_on_as_it_came_known_to_be_undamaged()
    {
        List<byte[]> pieces = (Stream with { PayloadLength = 1000 }).Pieces();

        Chain alone = Join(pieces).ShouldHaveSingleItem();

        alone.Bytes.ShouldBe(pieces[0]);
        (alone.SegmentSize, alone.Checksum).ShouldBe((0, PacketChecksum.Trusted));
    }

    [Fact]
    public void A_short_or_pushed_segment_is_the_last_of_its_chain()
    {
        List<byte[]> shortLast = (Stream with { PayloadLength = 1448 + 500 }).Pieces();
        List<byte[]> after = (Stream with { PayloadLength = 1448 * 2, Sequence = 1000 + 1448 + 500, Flags = TcpFlags.Ack | TcpFlags.Psh }).Pieces();
        List<byte[]> afterPush = (Stream with { PayloadLength = 1448 * 2, Sequence = 1000 + 3 * 1448 + 500 }).Pieces();

        Lengths([.. shortLast, .. after, .. afterPush]).ShouldBe([1948, 2896, 2896]);
        Lengths([after[^1], .. afterPush]).ShouldBe([1448, 2896]);
    }

    [Fact]
    public void What_cutting_could_not_restore_is_not_joined()
    {
        List<byte[]> pieces = Stream.Pieces();
        Same(static tcp => BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], 9999));   // a gap
        Same(static tcp => tcp[8] ^= 1);                                            // another acknowledgment
        Same(static tcp => tcp[14] ^= 1);                                           // another window
        Same(static tcp => tcp[28] ^= 1);                                           // another time stamp
        Same(static tcp => tcp[12] |= 1);                                           // a reserved bit
        Same(static tcp => tcp[19] = 1);                                            // an urgent pointer without URG
        Same(static tcp => tcp[13] |= (byte)TcpFlags.Fin);
        Same(static tcp => tcp[13] |= (byte)TcpFlags.Urg);
        Same(static tcp => tcp[13] |= (byte)TcpFlags.Ece);
        Same(static tcp => tcp[13] |= (byte)TcpFlags.Cwr);
        SameIp(static ip => ip[1] = 3);                                             // congestion was met (RFC 3168)
        SameIp(static ip => ip[8]--);                                               // another way
        SameIp(static ip => ip[5] = 7);                                             // an identification out of turn
        SameIp(static ip => ip[6] = 0);                                             // may be fragmented

        void Same(Change change)
        {
            byte[] changed = [.. pieces[1]];
            change(changed.AsSpan(20));
            WriteChecksum(changed);
            Lengths([pieces[0], changed]).ShouldBe([1448, 1448]);
        }

        void SameIp(Change change)
        {
            byte[] changed = [.. pieces[1]];
            change(changed);
            Ipv4Output.WriteChecksum(changed.AsSpan(0, 20));
            Lengths([pieces[0], changed]).ShouldBe([1448, 1448]);
        }
    }

    [Fact]
    public void A_damaged_segment_goes_on_unverified_and_in_its_place()
    {
        List<byte[]> pieces = (Stream with { PayloadLength = 3 * 1448 }).Pieces();
        pieces[1][700] ^= 1;

        Chain[] chains = Join(pieces);

        chains.Select(static c => c.Checksum).ShouldBe([PacketChecksum.Trusted, PacketChecksum.Unverified, PacketChecksum.Trusted]);
        chains.Select(static c => c.Bytes).ShouldBe(pieces);
    }

    [Fact]
    public void Flows_between_each_other_are_joined_each_for_itself()
    {
        List<byte[]> one = Stream.Pieces(), other = (Stream with { IsIPv4 = false }).Pieces();

        Lengths([one[0], other[0], one[1], other[1], one[2], other[2]]).ShouldBe([4000, 4000]);
    }

    [Fact]
    public void More_flows_than_can_wait_push_the_oldest_out()
    {
        var packets = new List<byte[]>();
        for (int i = 0; i <= SegmentCoalescer.MaxFlows; i++)
        {
            byte[] piece = Stream.Pieces()[0];
            piece[20] = (byte)i;
            WriteChecksum(piece);
            packets.Add(piece);
        }

        Join(packets).Select(static c => c.Bytes).ShouldBe(packets);
    }

    [Fact]
    public void An_acknowledgment_stays_behind_the_data_before_it_and_other_packets_do_not_wait()
    {
        List<byte[]> pieces = Stream.Pieces();
        byte[] ack = (Stream with { PayloadLength = 1, SegmentSize = 1 }).Pieces()[0][..52];
        ack[3] = 52;
        Ipv4Output.WriteChecksum(ack.AsSpan(0, 20));
        byte[] datagram = (Stream with { IsUdp = true, PayloadLength = 10 }).Pieces()[0];
        byte[] fragment = [.. pieces[0]];
        fragment[6] = 0x20;
        Ipv4Output.WriteChecksum(fragment.AsSpan(0, 20));

        Lengths([pieces[0], pieces[1], ack, datagram]).ShouldBe([2896, 0, 10 + 8 - 32]);
        Join([pieces[0], datagram, pieces[1]]).Select(static c => c.Bytes.Length).ShouldBe([38, 52 + 2896]);
        Join([pieces[0], fragment, pieces[1]]).Select(static c => c.Bytes).ShouldBe([pieces[0], fragment, pieces[1]]);
    }

    [Fact]
    public void A_chain_ends_where_an_IP_packet_does()
    {
        SuperPacket stream = Stream with { PayloadLength = 46 * 1448 };

        Lengths(stream.Pieces()).ShouldBe([45 * 1448, 1448]);
    }

    [Fact]
    public void Joining_and_cutting_give_the_packets_back_byte_for_byte()
    {
        Gen<(SuperPacket[] Streams, int[] Order)> traffic =
            from streams in Streams().ArrayOf(3)
            from order in Gen.Choose(0, 1000).ArrayOf(200)
            select (streams, order);
        Config settings = Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(2026, 11), FSharpOption<int>.None)));

        Check.One(settings, Prop.ForAll(Arb.From(traffic), sample =>
        {
            List<byte[]> packets = Mix(sample.Streams, sample.Order);
            Chain[] chains = Join(packets);
            List<byte[]> again = [.. chains.SelectMany(Cut)];
            // Flows keep their own order, not that between each other.
            foreach (IGrouping<string, byte[]> flow in packets.GroupBy(FlowOf))
            {
                byte[][] sent = [.. flow], seen = [.. again.Where(p => FlowOf(p) == flow.Key)];
                seen.Length.ShouldBe(sent.Length);
                for (int i = 0; i < sent.Length; i++) seen[i].AsSpan().SequenceEqual(sent[i]).ShouldBeTrue();
            }
            again.Count.ShouldBe(packets.Count);
        }));

        static Gen<SuperPacket> Streams() =>
            from kind in Gen.Choose(0, 63)
            from flags in Gen.Elements(TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Psh, TcpFlags.Ack | TcpFlags.Fin)
            from identification in Gen.Elements<ushort>(0, 1, 65530)
            from size in Gen.Choose(1, 1448)
            from count in Gen.Choose(1, 30)
            from more in Gen.Choose(0, size - 1)
            select new SuperPacket
            {
                IsIPv4 = (kind & 3) != 0, DontFragment = (kind & 4) != 0, HasTimestamps = (kind & 8) != 0, HasIpOptions = (kind & 48) == 0, Identification = identification, Flags = flags,
                SegmentSize = size, PayloadLength = size * count - more, Sequence = uint.MaxValue - 3000,
            };

        static string FlowOf(byte[] packet) => packet[0] >> 4 == 4 ? "4 " + packet[20] : "6";
    }

    [Fact]
    public void To_join_allocates_nothing()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer[] pieces = [.. (Stream with { PayloadLength = 60_000 }).Pieces().Select(p => _loop.Packets.RentCopy(p))];
        var coalescer = new SegmentCoalescer(0);

        Allocations.Of(() =>
        {
            foreach (PacketBuffer piece in pieces) coalescer.Add(piece.Copy());
            coalescer.Flush();
            while (coalescer.TryTake(out PacketBuffer? packet)) packet.Release();
        }).ShouldBe(0);
        foreach (PacketBuffer piece in pieces) piece.Release();
    }

    private delegate void Change(Span<byte> bytes);

    private sealed record Chain(byte[] Bytes, int SegmentSize, PacketChecksum Checksum, int TransportOffset, int ChecksumOffset);

    /// <summary>Packets of several streams mixed, each in order.</summary>
    private static List<byte[]> Mix(SuperPacket[] streams, int[] order)
    {
        Queue<byte[]>[] queues = [.. streams.Select((s, i) => new Queue<byte[]>(s.Pieces().Select(p => WithPort(p, i))))];
        var mixed = new List<byte[]>();
        foreach (int next in order)
            if (queues[next % queues.Length].TryDequeue(out byte[]? packet)) mixed.Add(packet);
        return mixed;

        static byte[] WithPort(byte[] packet, int flow)
        {
            if (packet[0] != 0x45) return packet;
            packet[20] = (byte)flow;
            WriteChecksum(packet);
            return packet;
        }
    }

    private int[] Lengths(List<byte[]> packets) => [.. Join(packets).Select(static c => c.Bytes.Length - (c.Bytes[0] >> 4 == 4 ? 52 : 72))];

    private Chain[] Join(List<byte[]> packets)
    {
        using LoopScope scope = _loop.Enter();
        var coalescer = new SegmentCoalescer(0);
        var chains = new List<Chain>();
        foreach (byte[] packet in packets) coalescer.Add(_loop.Packets.RentCopy(packet));
        coalescer.Flush();
        while (coalescer.TryTake(out PacketBuffer? chain))
        {
            int transport = chain.HasTransportOffset ? chain.TransportOffset : 0;
            chains.Add(new Chain(chain.Span.ToArray(), chain.SegmentSize, chain.Checksum, transport, chain.ChecksumOffset));
            chain.Release();
        }
        (int joined, _) = coalescer.TakeJoined();
        (chains.Count + joined).ShouldBe(packets.Count);
        return [.. chains];
    }

    private List<byte[]> Cut(Chain chain)
    {
        using LoopScope scope = _loop.Enter();
        if (chain.SegmentSize == 0) return [chain.Bytes];
        PacketBuffer packet = _loop.Packets.RentCopy(chain.Bytes);
        (packet.SegmentSize, packet.Checksum, packet.TransportOffset, packet.ChecksumOffset) = (chain.SegmentSize, chain.Checksum, chain.TransportOffset, chain.ChecksumOffset);
        var pieces = new List<byte[]>();
        var cutter = new SegmentCutter(packet, 0, complete: true);
        while (cutter.TryNext(out PacketBuffer? piece))
        {
            pieces.Add(piece.Span.ToArray());
            piece.Release();
        }
        return pieces;
    }

    /// <summary>Makes the TCP checksum of an IPv4 packet without options true.</summary>
    private static void WriteChecksum(byte[] packet)
    {
        Span<byte> tcp = packet.AsSpan(20);
        tcp[16..18].Clear();
        IpAddress source = IpAddress.ReadIPv4(packet.AsSpan(12)), destination = IpAddress.ReadIPv4(packet.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Tcp, tcp.Length).Add(tcp).Checksum);
    }
}
