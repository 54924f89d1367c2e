using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>A link whose ends live in two loops, each with its own clock, pool and threads.</summary>
public sealed class LoopBridgeTests
{
    private readonly StackLoop _left = new(new VirtualClock()), _right = new(new VirtualClock());
    private readonly PointToPointDevice _a, _b;
    private readonly VirtualLink _link;
    private readonly Collector _atA, _atB;

    public LoopBridgeTests()
    {
        _a = new PointToPointDevice(_left, "ptp0");
        _b = new PointToPointDevice(_right, "ptp0");
        _link = new VirtualLink(_a, _b, LinkModel.Plain, new SeededRandom(1));
        _a.Receiver = _atA = new Collector(_left);
        _b.Receiver = _atB = new Collector(_right);
    }

    [Fact]
    public void A_packet_arrives_in_the_other_loop_once_the_first_has_been_left()
    {
        bool leftOwned = true;
        _atB.Also = (_, _) => leftOwned = _left.IsOwned;

        using (_left.Enter())
        {
            _a.Transmit(_left.Packets.RentCopy([1, 2, 3]));
            _atB.Packets.ShouldBeEmpty();
        }

        _atB.Packets.Single().Bytes.ShouldBe([1, 2, 3]);
        leftOwned.ShouldBeFalse();
        _left.Packets.Outstanding.ShouldBe(0);
        _right.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void What_a_packet_knows_of_its_checksum_and_segments_goes_along()
    {
        (PacketChecksum, int, int, int) facts = default;
        _atB.Also = (_, p) => facts = (p.Checksum, p.ChecksumOffset, p.TransportOffset, p.SegmentSize);

        using (_left.Enter())
        {
            PacketBuffer packet = _left.Packets.Rent(40_000);
            packet.Checksum = PacketChecksum.Partial;
            packet.ChecksumOffset = 16;
            packet.TransportOffset = 20;
            packet.SegmentSize = 1460;
            _a.Transmit(packet);
        }

        facts.ShouldBe((PacketChecksum.Partial, 16, 20, 1460));
    }

    [Fact]
    public void Two_threads_playing_ping_pong_through_two_loops_neither_block_nor_lose_a_packet()
    {
        const int Rounds = 20_000;
        static void Answer(LinkDevice device, PacketBuffer packet)
        {
            int left = BitConverter.ToInt32(packet.Span);
            if (left == 0) return;
            PacketBuffer answer = device.Loop.Packets.Rent(4);
            BitConverter.TryWriteBytes(answer.Span, left - 1);
            device.Transmit(answer);
        }
        _atA.Also = _atB.Also = Answer;
        void Start(StackLoop loop, VirtualDevice device)
        {
            using (loop.Enter())
            {
                PacketBuffer first = loop.Packets.Rent(4);
                BitConverter.TryWriteBytes(first.Span, Rounds);
                device.Transmit(first);
            }
        }

        Parallel.Invoke(() => Start(_left, _a), () => Start(_right, _b));

        (_atA.Packets.Count + _atB.Packets.Count).ShouldBe(2 * (Rounds + 1));
        _left.Packets.Outstanding.ShouldBe(0);
        _right.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void A_flood_that_the_other_loop_does_not_take_is_bounded()
    {
        using (_right.Enter())
        {
            var sender = new Thread(() =>
            {
                using (_left.Enter())
                {
                    for (int i = 0; i < 2000; i++) _a.Transmit(_left.Packets.Rent(10));
                }
            });
            sender.Start();
            sender.Join();
        }

        _atB.Packets.Count.ShouldBe(1024);
        _link.ForthCounters.Overflowed.ShouldBe(2000 - 1024);
        _left.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void A_cut_cable_is_seen_in_both_loops()
    {
        using (_left.Enter()) _link.SetUp(false);

        _a.HasCarrier.ShouldBeFalse();
        _b.HasCarrier.ShouldBeFalse();
    }
}
