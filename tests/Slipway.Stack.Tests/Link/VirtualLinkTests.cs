using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class VirtualLinkTests
{
    private const long Millisecond = StackClock.Millisecond;

    [Fact]
    public void A_plain_link_delivers_at_once_in_order_and_needs_no_timer()
    {
        var net = new LinkFixture();

        net.Send(3);

        net.AtB.Numbers.ShouldBe([0, 1, 2]);
        net.AtB.Times.ShouldBe([0L, 0, 0]);
        net.Loop.NextDeadline.ShouldBeNull();
        net.NothingIsLost();
    }

    [Fact]
    public void Both_directions_are_independent()
    {
        var net = new LinkFixture(new LinkModel { Delay = TimeSpan.FromMilliseconds(5) });
        net.Link.Back = new LinkModel { Delay = TimeSpan.FromMilliseconds(7) };

        net.Send(1, from: net.A);
        net.Send(1, from: net.B);
        net.Run();

        net.AtB.Times.ShouldBe([5 * Millisecond]);
        net.AtA.Times.ShouldBe([7 * Millisecond]);
    }

    [Fact]
    public void A_delayed_packet_arrives_at_its_nanosecond()
    {
        var net = new LinkFixture(new LinkModel { Delay = TimeSpan.FromMilliseconds(300) });
        net.Clock.AdvanceTo(17);

        net.Send(2);
        net.RunUntil(300 * Millisecond + 16);
        net.AtB.Packets.ShouldBeEmpty();
        net.Link.InFlight.ShouldBe(2);
        net.Run();

        net.AtB.Times.ShouldBe([300 * Millisecond + 17, 300 * Millisecond + 17]);
        net.NothingIsLost();
    }

    [Fact]
    public void A_rate_spaces_packets_by_their_bits()
    {
        // 1250 bytes are 10000 bits: 1 ms at 10 Mbit/s.
        var net = new LinkFixture(new LinkModel { Rate = 10_000_000, Delay = TimeSpan.FromMilliseconds(20) });

        net.Send(3, length: 1250);
        net.Run();

        net.AtB.Times.ShouldBe([21 * Millisecond, 22 * Millisecond, 23 * Millisecond]);
    }

    [Fact]
    public void Fractions_of_a_nanosecond_add_up_instead_of_being_lost()
    {
        // 100 bytes at 3 Mbit/s take 266,666 2/3 ns: three take 800,000 exactly, three thousand 800,000,000.
        var net = new LinkFixture(new LinkModel { Rate = 3_000_000, QueuePackets = 5000 });

        net.Send(3000);
        net.Run();

        net.AtB.Times[0].ShouldBe(266_666);
        net.AtB.Times[1].ShouldBe(533_333);
        net.AtB.Times[2].ShouldBe(800_000);
        net.AtB.Times[^1].ShouldBe(800_000_000);
    }

    [Fact]
    public void A_line_that_was_idle_begins_anew()
    {
        var net = new LinkFixture(new LinkModel { Rate = 800_000 });

        net.Send(1);
        net.RunUntil(50 * Millisecond);
        net.Send(1);
        net.Run();

        net.AtB.Times.ShouldBe([1 * Millisecond, 51 * Millisecond]);
    }

    [Fact]
    public void A_full_queue_drops_at_the_tail_and_takes_packets_again_when_one_has_been_sent()
    {
        var net = new LinkFixture(new LinkModel { Rate = 800_000, QueuePackets = 3 });

        net.Send(5);
        net.RunUntil(1 * Millisecond);
        net.Send(2);
        net.Run();

        net.AtB.Numbers.ShouldBe([0, 1, 2, 0]);
        net.AtB.Times.ShouldBe([1 * Millisecond, 2 * Millisecond, 3 * Millisecond, 4 * Millisecond]);
        net.Link.ForthCounters.Overflowed.ShouldBe(3);
        net.NothingIsLost();
    }

    [Fact]
    public void A_queue_may_be_limited_in_bytes_and_takes_one_packet_always()
    {
        var net = new LinkFixture(new LinkModel { Rate = 800_000, QueueBytes = 250 });
        net.Send(4);
        net.Run();
        net.AtB.Numbers.ShouldBe([0, 1]);

        net.Send(1, length: 1000);
        net.Run();
        net.AtB.Packets.Count.ShouldBe(3);
    }

    [Fact]
    public void Lost_packets_are_the_same_ones_in_every_run_and_about_as_many_as_asked_for()
    {
        int[] Run(ulong seed)
        {
            var net = new LinkFixture(new LinkModel { Loss = 0.1 }, seed: seed);
            for (int i = 0; i < 100; i++) net.Send(100);
            net.NothingIsLost();
            (net.Link.ForthCounters.Lost + net.AtB.Packets.Count).ShouldBe(10_000);
            return net.AtB.Numbers;
        }

        int[] first = Run(1);
        first.Length.ShouldBeInRange(8850, 9150);
        Run(1).ShouldBe(first);
        Run(2).ShouldNotBe(first);
    }

    [Fact]
    public void Losses_in_bursts_come_together()
    {
        var net = new LinkFixture(new LinkModel { BurstLoss = new BurstLoss(enter: 0.01, leave: 0.2) });
        for (int i = 0; i < 1000; i++) net.Send(20);

        // In the long run a packet is in a burst with 0.01/(0.01+0.2); losses of neighbours belong together.
        long lost = net.Link.ForthCounters.Lost;
        lost.ShouldBeInRange(700, 1250);
        int[] arrived = net.AtB.Numbers;
        int gaps = Enumerable.Range(1, arrived.Length - 1).Count(i => (arrived[i] - arrived[i - 1] + 20) % 20 != 1);
        ((double)lost / gaps).ShouldBeInRange(3.5, 6.5);
    }

    [Fact]
    public void A_duplicate_arrives_with_its_original_and_has_bytes_that_can_be_written_apart()
    {
        var net = new LinkFixture(new LinkModel { Duplication = 1, Delay = TimeSpan.FromMilliseconds(1) });
        net.AtB.Also = static (_, packet) =>
        {
            packet.EnsureWritable();
            packet.Span.Fill(0xEE);
        };

        net.Send(2);
        net.Run();

        net.AtB.Numbers.ShouldBe([0, 0, 1, 1]);
        net.AtB.Times.ShouldAllBe(static t => t == Millisecond);
        net.NothingIsLost();
    }

    [Fact]
    public void Packets_that_fall_behind_are_overtaken_and_all_arrive()
    {
        var net = new LinkFixture(new LinkModel { Reordering = 0.2, ReorderingDelay = TimeSpan.FromMilliseconds(3), Delay = TimeSpan.FromMilliseconds(10), Rate = 8_000_000 });

        net.Send(100, length: 1000);
        net.Run();

        net.AtB.Numbers.Order().ShouldBe(Enumerable.Range(0, 100));
        int reordered = (int)net.Link.ForthCounters.Reordered;
        reordered.ShouldBeInRange(8, 35);
        net.AtB.Packets.Count(p => p.Time != (p.Bytes[^1] + 1 + 10) * Millisecond).ShouldBe(reordered);
        net.AtB.Packets.Select(static p => p.Time - (p.Bytes[^1] + 11) * Millisecond).Distinct().Order().ShouldBe([0, 3 * Millisecond]);
        net.NothingIsLost();
    }

    [Fact]
    public void Jitter_varies_the_delay_within_its_bounds_and_keeps_the_order()
    {
        var net = new LinkFixture(new LinkModel { Delay = TimeSpan.FromMilliseconds(10), Jitter = TimeSpan.FromMilliseconds(2) });
        for (int i = 0; i < 200; i++)
        {
            net.Send(1);
            net.RunUntil(net.Clock.Now + 5 * Millisecond);
        }
        net.Run();

        long[] delays = [.. net.AtB.Times.Select(static (time, i) => time - i * 5 * Millisecond)];
        delays.Min().ShouldBeInRange(8 * Millisecond, 8_200_000);
        delays.Max().ShouldBeInRange(11_800_000, 12 * Millisecond);

        net.Send(200);
        net.Run();
        net.AtB.Numbers[200..].ShouldBe(Enumerable.Range(0, 200));
    }

    [Fact]
    public void A_damaged_packet_differs_in_one_bit_behind_the_link_header()
    {
        var net = new LinkFixture(new LinkModel { Corruption = 1 }, LinkKind.Ethernet);
        byte[] sent = new byte[60];
        LinkFixture.MacB.Write(sent);
        using (net.Loop.Enter())
        {
            for (int i = 0; i < 500; i++) net.A.Transmit(net.Loop.Packets.RentCopy(sent));
        }

        net.AtB.Packets.Count.ShouldBe(500);
        foreach ((_, byte[] bytes) in net.AtB.Packets)
        {
            bytes[..14].ShouldBe(sent[..14]);
            bytes.Zip(sent).Sum(static pair => System.Numerics.BitOperations.PopCount((uint)(pair.First ^ pair.Second))).ShouldBe(1);
        }
        net.NothingIsLost();
    }

    [Fact]
    public void Damage_comes_after_the_real_checksum_so_that_the_receiver_can_notice_it()
    {
        var net = new LinkFixture(new LinkModel { Corruption = 1 });
        PacketChecksum seen = PacketChecksum.Trusted;
        net.AtB.Also = (_, packet) => seen = packet.Checksum;
        using (net.Loop.Enter())
        {
            PacketBuffer packet = net.Packet(28, 1);
            packet.TransportOffset = 20;
            packet.ChecksumOffset = 6;
            packet.Checksum = PacketChecksum.Partial;
            net.A.Transmit(packet);
        }

        seen.ShouldBe(PacketChecksum.Unverified);
        // The right sum of eight bytes that end with a number 1 in the checksum's own place is its complement; one bit of the packet is not as it was.
        byte[] intact = new byte[28];
        (intact[26], intact[27]) = (0xFF, 0xFE);
        byte[] arrived = net.AtB.Packets.Single().Bytes;
        arrived.Zip(intact).Sum(static pair => System.Numerics.BitOperations.PopCount((uint)(pair.First ^ pair.Second))).ShouldBe(1);
    }

    [Fact]
    public void A_packet_longer_than_the_device_takes_is_refused_and_one_longer_than_the_path_vanishes()
    {
        var net = new LinkFixture(new LinkModel { Mtu = 1280 });

        net.Send(1, length: 1501);
        net.Send(1, length: 1281);
        net.Send(1, length: 1280);

        net.A.Counters.TxErrors.ShouldBe(1);
        net.Link.ForthCounters.TooLong.ShouldBe(1);
        net.AtB.Packets.Count.ShouldBe(1);
        net.NothingIsLost();
    }

    [Fact]
    public void Ethernet_frames_may_be_longer_than_the_mtu_by_their_header()
    {
        var net = new LinkFixture(kind: LinkKind.Ethernet);

        net.Send(1, length: 1514);
        net.Send(1, length: 1515);

        net.AtB.Packets.Count.ShouldBe(1);
        net.A.Counters.TxErrors.ShouldBe(1);
    }

    [Fact]
    public void Only_a_plain_link_carries_chains_of_segments()
    {
        var net = new LinkFixture();
        net.A.Features.ShouldBe(DeviceFeatures.ChecksumOffload | DeviceFeatures.Segmentation | DeviceFeatures.DatagramSegmentation);
        using (net.Loop.Enter())
        {
            PacketBuffer chain = net.Packet(30_000, 1);
            chain.SegmentSize = 1460;
            net.A.Transmit(chain);
        }
        net.AtB.Packets.Count.ShouldBe(1);

        net.Link.Forth = new LinkModel { Loss = 0.5 };
        net.A.Features.ShouldBe(DeviceFeatures.ChecksumOffload);
        net.B.Features.ShouldBe(DeviceFeatures.ChecksumOffload | DeviceFeatures.Segmentation | DeviceFeatures.DatagramSegmentation);
    }

    [Fact]
    public void Frames_are_classed_by_their_destination()
    {
        var net = new LinkFixture(kind: LinkKind.Ethernet);
        var classes = new List<LinkDestination>();
        net.AtB.Also = (_, packet) => classes.Add(packet.Destination);
        using (net.Loop.Enter())
        {
            foreach (ulong destination in (ulong[])[LinkFixture.MacB.Value, 0xFFFF_FFFF_FFFF, 0x3333_0000_0001, LinkFixture.MacA.Value])
            {
                PacketBuffer packet = net.Packet(60, 0);
                new Wire.MacAddress(destination).Write(packet.Span);
                net.A.Transmit(packet);
            }
            net.A.Transmit(net.Packet(13, 0));
        }

        classes.ShouldBe([LinkDestination.Host, LinkDestination.Broadcast, LinkDestination.Multicast, LinkDestination.Other]);
        net.B.Counters.Multicast.ShouldBe(1);
        net.B.Counters.RxErrors.ShouldBe(1);
        net.NothingIsLost();
    }

    [Fact]
    public void A_model_that_changes_leaves_what_is_under_way_alone_and_never_lets_a_later_packet_overtake()
    {
        var net = new LinkFixture(new LinkModel { Delay = TimeSpan.FromMilliseconds(10) });

        net.Send(1);
        using (net.Loop.Enter()) net.Link.Forth = LinkModel.Plain;
        net.Send(2);
        net.Run();

        net.AtB.Numbers.ShouldBe([0, 0, 1]);
        net.AtB.Times.ShouldAllBe(static t => t == 10 * Millisecond);
    }

    [Fact]
    public void A_cut_cable_loses_what_is_under_way_and_both_ends_are_told()
    {
        var net = new LinkFixture(new LinkModel { Delay = TimeSpan.FromMilliseconds(10) });
        var told = new List<string>();
        net.A.StateChanged += device => told.Add($"{device.Name} {device.HasCarrier}");
        net.B.StateChanged += device => told.Add($"{device.Name} {device.HasCarrier}");

        net.Send(3);
        using (net.Loop.Enter()) net.Link.SetUp(false);
        net.Send(1);
        net.Run();
        using (net.Loop.Enter()) net.Link.SetUp(true);
        net.Send(1);
        net.Run();

        net.AtB.Packets.Count.ShouldBe(1);
        net.A.Counters.TxDropped.ShouldBe(1);
        told.ShouldBe(["ptp0 False", "ptp1 False", "ptp0 True", "ptp1 True"]);
        net.NothingIsLost();
    }

    [Fact]
    public void A_receiver_that_is_down_drops_what_arrives()
    {
        var net = new LinkFixture();
        net.B.IsUp = false;

        net.Send(1);

        net.AtB.Packets.ShouldBeEmpty();
        net.B.Counters.RxDropped.ShouldBe(1);
        net.NothingIsLost();
    }

    [Fact]
    public void Ends_of_different_kinds_or_with_a_link_already_are_refused()
    {
        var net = new LinkFixture();
        var ethernet = new VirtualEthernetDevice(net.Loop, "eth0", LinkFixture.MacA);
        var free = new PointToPointDevice(net.Loop, "ptp9");

        Should.Throw<ArgumentException>(() => new VirtualLink(free, ethernet, LinkModel.Plain, new SeededRandom(1)));
        Should.Throw<ArgumentException>(() => new VirtualLink(free, free, LinkModel.Plain, new SeededRandom(1)));
        Should.Throw<InvalidOperationException>(() => new VirtualLink(net.A, free, LinkModel.Plain, new SeededRandom(1)));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Probabilities_lie_between_0_and_1(double value)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { Loss = value });
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { Duplication = value });
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { Reordering = value });
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { Corruption = value });
        Should.Throw<ArgumentOutOfRangeException>(() => new BurstLoss(value, 1));
    }

    [Fact]
    public void Times_rates_and_limits_out_of_range_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { Delay = TimeSpan.FromTicks(-1) });
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { Jitter = TimeSpan.MaxValue });
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { ReorderingDelay = TimeSpan.FromDays(2) });
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { Rate = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { Rate = long.MaxValue });
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { QueuePackets = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { QueueBytes = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new LinkModel { Mtu = 67 });
    }

    [Fact]
    public void A_steady_stream_allocates_nothing_over_a_plain_a_slow_and_a_lossy_link()
    {
        foreach (LinkModel model in (LinkModel[])[LinkModel.Plain, new() { Delay = TimeSpan.FromMilliseconds(1), Rate = 1_000_000_000 }, new() { Loss = 0.1, Duplication = 0.1, Reordering = 0.1 }])
        {
            var net = new LinkFixture(model);
            net.B.Receiver = net.A.Receiver = new Discard();
            void Stream()
            {
                for (int i = 0; i < 200; i++)
                {
                    net.Send(4);
                    net.Run();
                }
            }
            Stream();

            Allocations.Of(Stream).ShouldBe(0, model.ToString());
        }
    }

    private sealed class Discard : ILinkReceiver
    {
        public void Receive(LinkDevice device, PacketBuffer packet) => packet.Release();
    }
}
