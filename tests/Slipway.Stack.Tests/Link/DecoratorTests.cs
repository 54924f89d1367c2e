using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class DecoratorTests
{
    private readonly LinkFixture _net = new(new LinkModel { Delay = TimeSpan.FromMilliseconds(1) });
    private readonly Collector _host;

    public DecoratorTests() => _host = new Collector(_net.Loop);

    [Fact]
    public void A_capture_sees_both_directions_with_their_times_and_complete_checksums()
    {
        var sink = new Sink();
        var capture = new CaptureDevice(_net.A, sink) { Receiver = _host };
        using (_net.Loop.Enter())
        {
            PacketBuffer packet = _net.Packet(28, 0);
            packet.TransportOffset = 20;
            packet.ChecksumOffset = 6;
            packet.Checksum = PacketChecksum.Partial;
            capture.Transmit(packet);
        }
        _net.Send(1, length: 50, from: _net.B);
        _net.Run();

        long start = _net.Clock.UnixNanoseconds - _net.Clock.Now;
        sink.Seen.Select(s => (s.Direction, s.Time - start, s.Bytes.Length)).ShouldBe(
            [(PacketDirection.Outbound, 0L, 28), (PacketDirection.Inbound, StackClock.Millisecond, 50)]);
        sink.Seen[0].Bytes[26..].ShouldBe([0xFF, 0xFF]);
        _net.AtB.Packets.Count.ShouldBe(1);
        _host.Packets.Count.ShouldBe(1);
        _net.NothingIsLost();
    }

    [Fact]
    public void A_capture_forces_real_segments_and_shows_nothing_that_the_device_refuses()
    {
        var plain = new LinkFixture();
        var sink = new Sink();
        var capture = new CaptureDevice(plain.A, sink);

        capture.Features.ShouldBe(DeviceFeatures.ChecksumOffload);
        plain.Send(1, length: 1501, from: capture);
        plain.A.IsUp = false;
        plain.Send(1, from: capture);

        sink.Seen.ShouldBeEmpty();
        plain.A.Counters.TxErrors.ShouldBe(1);
        plain.A.Counters.TxDropped.ShouldBe(1);
    }

    [Fact]
    public void A_capture_of_the_loopback_shows_each_packet_once()
    {
        var sink = new Sink();
        var capture = new CaptureDevice(new LoopbackDevice(_net.Loop), sink) { Receiver = _host };

        _net.Send(1, from: capture);

        _host.Packets.Count.ShouldBe(1);
        sink.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public void A_decorator_is_the_device_to_its_host()
    {
        var told = new List<string>();
        var outer = new FaultDevice(new CaptureDevice(_net.A, new Sink()), new SeededRandom(1)) { Receiver = _host };
        outer.StateChanged += device => told.Add($"{device.Name} {device.IsUp} {device.HasCarrier}");
        outer.MtuChanged += device => told.Add($"mtu {device.Mtu}");

        outer.Index = 3;
        outer.Mtu = 1400;
        outer.IsUp = false;
        outer.IsUp = true;
        using (_net.Loop.Enter()) _net.Link.SetUp(false);
        using (_net.Loop.Enter()) _net.Link.SetUp(true);
        _net.Send(1, from: outer);
        _net.Send(1, from: _net.B);
        _net.Run();

        _net.A.Index.ShouldBe(3);
        _net.A.Mtu.ShouldBe(1400);
        told.ShouldBe(["mtu 1400", "ptp0 False True", "ptp0 True True", "ptp0 True False", "ptp0 True True"]);
        outer.Counters.TxPackets.ShouldBe(1);
        outer.Counters.RxPackets.ShouldBe(1);
        _host.Packets.Count.ShouldBe(1);
        _net.NothingIsLost();
    }

    [Fact]
    public void A_script_drops_doubles_and_changes_packets_by_number()
    {
        var fault = new FaultDevice(_net.A, new SeededRandom(1))
        {
            OutboundFilter = static (packet, number) =>
            {
                if (number == 4) packet.Span[^1] = 99;
                return number switch { 2 => FaultVerdict.Drop, 3 => FaultVerdict.Duplicate, _ => FaultVerdict.Pass };
            },
        };

        _net.Send(5, from: fault);
        _net.Run();

        _net.AtB.Numbers.ShouldBe([0, 2, 2, 99, 4]);
        fault.OutboundCounters.Lost.ShouldBe(1);
        _net.NothingIsLost();
    }

    [Fact]
    public void A_filter_that_changes_a_shared_packet_changes_its_own_copy()
    {
        var fault = new FaultDevice(_net.A, new SeededRandom(1))
        {
            OutboundFilter = static (packet, _) =>
            {
                packet.Span.Fill(1);
                return FaultVerdict.Pass;
            },
        };
        using (_net.Loop.Enter())
        {
            PacketBuffer kept = _net.Packet(10, 7);
            fault.Transmit(kept.Clone());
            kept.Span[^1].ShouldBe((byte)7);
            kept.Release();
        }
        _net.Run();

        _net.AtB.Packets.Single().Bytes.ShouldAllBe(static b => b == 1);
    }

    [Fact]
    public void Inbound_and_outbound_faults_are_apart()
    {
        var fault = new FaultDevice(_net.A, new SeededRandom(1))
        {
            Receiver = _host,
            Inbound = new LinkModel { Loss = 1 },
            Outbound = new LinkModel { Delay = TimeSpan.FromMilliseconds(4) },
        };

        _net.Send(1, from: fault);
        _net.Send(1, from: _net.B);
        _net.Run();

        _host.Packets.ShouldBeEmpty();
        fault.InboundCounters.Lost.ShouldBe(1);
        _net.AtB.Times.ShouldBe([5 * StackClock.Millisecond]);
        _net.NothingIsLost();
    }

    private sealed class Sink : IPacketSink
    {
        public List<(PacketDirection Direction, long Time, byte[] Bytes)> Seen { get; } = [];

        public void Write(LinkDevice device, PacketDirection direction, long unixNanoseconds, ReadOnlySpan<byte> bytes)
            => Seen.Add((direction, unixNanoseconds, bytes.ToArray()));
    }
}
