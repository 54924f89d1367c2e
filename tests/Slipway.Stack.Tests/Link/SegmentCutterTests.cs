using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

public sealed class SegmentCutterTests : IDisposable
{
    private readonly StackLoop _loop = new(new VirtualClock());

    public void Dispose() => _loop.Packets.Outstanding.ShouldBe(0, _loop.Packets.DescribeOutstanding());

    [Fact]
    public void A_chain_becomes_the_segments_that_it_stands_for()
    {
        var chain = new SuperPacket { Flags = TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin | TcpFlags.Cwr };

        List<byte[]> pieces = Cut(chain, complete: true);

        pieces.Select(static p => p.Length).ShouldBe([1500, 1500, 52 + 1104]);
        pieces.Select(static p => (TcpFlags)p[33]).ShouldBe([TcpFlags.Ack | TcpFlags.Cwr, TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Psh | TcpFlags.Fin]);
        pieces.ShouldBe(chain.Pieces());
    }

    [Fact]
    public void Every_chain_of_either_family_and_protocol_is_cut_as_its_packets_would_have_been_written()
    {
        Gen<SuperPacket> chains =
            from kind in Gen.Choose(0, 63)
            from identification in Gen.Elements<ushort>(0, 1, 65534)
            from sequence in Gen.Elements(0u, 1u << 31, uint.MaxValue - 2000)
            from flags in Gen.Choose(0, 255)
            from size in Gen.Choose(1, 3000)
            from payload in Gen.Choose(0, Math.Min(size * 50, 65000))
            select new SuperPacket
            {
                IsIPv4 = (kind & 1) != 0, IsUdp = (kind & 2) != 0, HasEthernet = (kind & 4) != 0, DontFragment = (kind & 8) != 0, HasTimestamps = (kind & 16) != 0,
                HasIpOptions = (kind & 32) != 0,
                Identification = identification, Sequence = sequence, Flags = (TcpFlags)flags, SegmentSize = size, PayloadLength = payload + 1,
            };
        Config settings = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(2026, 7), FSharpOption<int>.None)));

        Check.One(settings, Prop.ForAll(Arb.From(chains), chain =>
        {
            List<byte[]> expected = chain.Pieces();
            Same(Cut(chain, complete: true), expected);
            Same(Cut(chain, complete: false), expected);
        }));

        static void Same(List<byte[]> pieces, List<byte[]> expected)
        {
            pieces.Count.ShouldBe(expected.Count);
            for (int i = 0; i < expected.Count; i++) pieces[i].AsSpan().SequenceEqual(expected[i]).ShouldBeTrue($"piece {i}");
        }
    }

    [Fact]
    public void Pieces_know_where_their_headers_are_and_what_is_left_to_sum()
    {
        using LoopScope scope = _loop.Enter();
        var cutter = new SegmentCutter(new SuperPacket { HasEthernet = true }.Rent(_loop.Packets), LinkDevice.EthernetHeaderLength, complete: false);

        cutter.TryNext(out PacketBuffer? piece).ShouldBeTrue();

        piece.NetworkOffset.ShouldBe(14);
        piece.TransportOffset.ShouldBe(34);
        piece.ChecksumOffset.ShouldBe(16);
        piece.Checksum.ShouldBe(PacketChecksum.Partial);
        piece.SegmentSize.ShouldBe(0);
        do piece.Release();
        while (cutter.TryNext(out piece));
    }

    [Fact]
    public void Who_pays_for_a_chain_gets_it_back_with_the_last_piece()
    {
        using LoopScope scope = _loop.Enter();
        var payer = new Payer();
        PacketBuffer chain = new SuperPacket().Rent(_loop.Packets);
        chain.Charge(payer, 5000);
        var cutter = new SegmentCutter(chain, 0, complete: true);

        for (int i = 0; i < 3; i++)
        {
            cutter.TryNext(out PacketBuffer? piece).ShouldBeTrue();
            payer.Returned.ShouldBe(0);
            piece.Release();
        }

        cutter.TryNext(out _).ShouldBeFalse();
        payer.Returned.ShouldBe(5000);
    }

    [Fact]
    public void What_cannot_be_cut_is_refused_whole()
    {
        using LoopScope scope = _loop.Enter();
        var payer = new Payer();
        foreach (Action<PacketBuffer> damage in (Action<PacketBuffer>[])
            [static p => p.Span[9] = 1, static p => p.Span[32] = 0x40, static p => p.Span[0] = 0x55, static p => p.Span[6] = 0x20,
                static p => p.TrimEnd(p.Length - 39), static p => p.Checksum = PacketChecksum.Unverified])
        {
            PacketBuffer chain = new SuperPacket().Rent(_loop.Packets);
            chain.Charge(payer, 1);
            damage(chain);

            var cutter = new SegmentCutter(chain, 0, complete: true);

            cutter.IsValid.ShouldBeFalse();
            cutter.TryNext(out _).ShouldBeFalse();
        }
        payer.Returned.ShouldBe(6);
    }

    [Fact]
    public void To_cut_allocates_nothing()
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer chain = new SuperPacket { PayloadLength = 60_000 }.Rent(_loop.Packets);

        Allocations.Of(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                var cutter = new SegmentCutter(chain.Clone(), 0, complete: true);
                while (cutter.TryNext(out PacketBuffer? piece)) piece.Release();
            }
        }).ShouldBe(0);
        chain.Release();
    }

    private List<byte[]> Cut(SuperPacket chain, bool complete)
    {
        using LoopScope scope = _loop.Enter();
        var pieces = new List<byte[]>();
        var cutter = new SegmentCutter(chain.Rent(_loop.Packets), chain.LinkHeader, complete);
        while (cutter.TryNext(out PacketBuffer? piece))
        {
            piece.Checksum.ShouldBe(complete ? PacketChecksum.Unverified : PacketChecksum.Partial);
            piece.CompleteChecksum();
            pieces.Add(piece.Span.ToArray());
            piece.Release();
        }
        return pieces;
    }

    private sealed class Payer : IPacketAccount
    {
        public int Returned { get; private set; }

        public void Discharge(int bytes) => Returned += bytes;
    }
}
