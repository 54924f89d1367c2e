using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

public sealed class PortDeviceTests
{
    private const PortOffload AllOffloads = PortOffload.Checksum | PortOffload.TcpSegmentation | PortOffload.UdpSegmentation;

    private readonly StackLoop _loop = new(new VirtualClock());
    private readonly SuperPacket _chain = new();

    [Fact]
    public void What_the_port_brings_reaches_the_host_and_what_the_host_sends_is_written_with_its_checksum()
    {
        var port = new TestPort { Mtu = 1400 };
        using var device = new PortDevice(_loop, "tun0", port);
        using var answered = new ManualResetEventSlim();
        var host = new Collector(_loop);
        host.Also = (link, packet) =>
        {
            PacketBuffer answer = _loop.Packets.Rent(28);
            answer.Span.Clear();
            answer.TransportOffset = 20;
            answer.ChecksumOffset = 6;
            answer.Checksum = PacketChecksum.Partial;
            link.Transmit(answer);
            answered.Set();
        };
        device.Receiver = host;
        device.Start();

        port.Bring([1, 2, 3]);
        answered.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        device.Dispose();

        host.Packets.Single().Bytes.ShouldBe([1, 2, 3]);
        port.Written.Single().Bytes[26..].ShouldBe([0xFF, 0xFF]);
        device.Kind.ShouldBe(LinkKind.PointToPoint);
        device.Mtu.ShouldBe(1400);
        _loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void A_port_that_is_full_or_closed_loses_packets_and_they_are_counted()
    {
        var port = new TestPort { Full = true };
        var device = new PortDevice(_loop, "tun0", port);
        using (_loop.Enter()) device.Transmit(_loop.Packets.Rent(10));
        device.Dispose();
        using (_loop.Enter()) device.Transmit(_loop.Packets.Rent(10));

        device.Counters.TxDropped.ShouldBe(2);
        port.Written.ShouldBeEmpty();
        _loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void A_port_with_offloads_gets_a_chain_whole_and_is_told_what_is_left_to_do()
    {
        var port = new TestPort { Offload = AllOffloads };
        using var device = new PortDevice(_loop, "tun0", port);

        using (_loop.Enter()) device.Send(_chain.Rent(_loop.Packets));

        (byte[] bytes, PacketOffload offload) = port.Written.ShouldHaveSingleItem();
        bytes.Length.ShouldBe(52 + 4000);
        offload.ShouldBe(new PacketOffload { Checksum = OffloadChecksum.Partial, ChecksumStart = 20, ChecksumOffset = 16, SegmentSize = 1448 });
    }

    [Theory]
    [InlineData(PortOffload.None)]
    [InlineData(PortOffload.Checksum)]
    public void A_port_without_gets_real_segments(PortOffload offload)
    {
        var port = new TestPort { Offload = offload };
        using var device = new PortDevice(_loop, "tun0", port);

        using (_loop.Enter()) device.Send(_chain.Rent(_loop.Packets));

        OffloadChecksum left = offload == PortOffload.None ? OffloadChecksum.Complete : OffloadChecksum.Partial;
        port.Written.Select(static w => w.Offload.Checksum).ShouldBe([left, left, left]);
        port.Written.ShouldAllBe(static w => w.Offload.SegmentSize == 0);
        if (left == OffloadChecksum.Complete) port.Written.Select(static w => w.Bytes).ShouldBe(_chain.Pieces());
    }

    [Fact]
    public void A_port_that_takes_chains_of_TCP_alone_gets_datagrams_one_by_one()
    {
        var port = new TestPort { Offload = PortOffload.Checksum | PortOffload.TcpSegmentation };
        using var device = new PortDevice(_loop, "tun0", port);

        using (_loop.Enter())
        {
            device.Send((_chain with { IsUdp = true }).Rent(_loop.Packets));
            device.Send(_chain.Rent(_loop.Packets));
        }

        port.Written.Select(static w => (int)w.Offload.SegmentSize).ShouldBe([0, 0, 0, 1448]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_chain_from_the_port_arrives_as_one_whether_its_sum_is_open_or_verified(bool isVerified)
    {
        var port = new TestPort { Offload = AllOffloads };
        PacketOffload offload = isVerified
            ? new PacketOffload { Checksum = OffloadChecksum.Verified, SegmentSize = 1448 }
            : new PacketOffload { Checksum = OffloadChecksum.Partial, ChecksumStart = 20, ChecksumOffset = 16, SegmentSize = 1448 };
        byte[] bytes = isVerified ? (_chain with { SegmentSize = 4000 }).Pieces()[0] : Bytes(_chain);
        port.Bring(bytes, offload);

        Collector host = Read(port, (_, packet) =>
        {
            (packet.SegmentSize, packet.Checksum, packet.TransportOffset, packet.ChecksumOffset).ShouldBe((1448, PacketChecksum.Partial, 20, 16));
            packet.SegmentSize = 0;
            packet.CompleteChecksum();
            packet.Span.ToArray().ShouldBe((_chain with { SegmentSize = 4000 }).Pieces()[0]);
        });

        host.Packets.Count.ShouldBe(1);
    }

    [Fact]
    public void What_the_port_says_of_a_packet_is_checked_against_the_packet()
    {
        var port = new TestPort { Offload = AllOffloads };
        byte[] bytes = Bytes(_chain);
        var good = new PacketOffload { Checksum = OffloadChecksum.Partial, ChecksumStart = 20, ChecksumOffset = 16, SegmentSize = 1448 };
        port.Bring(bytes, good with { ChecksumStart = 24 });
        port.Bring(bytes, good with { ChecksumOffset = 6 });
        port.Bring(bytes, good with { ChecksumStart = 65000, SegmentSize = 0 });
        port.Bring(bytes, good with { SegmentSize = 0 });
        port.Bring(bytes[..30], good);

        Collector host = Read(port, expectedErrors: 5);

        host.Packets.ShouldBeEmpty();
    }

    [Fact]
    public void Segments_that_are_read_together_reach_the_host_as_one_and_are_counted_each()
    {
        var port = new TestPort();
        foreach (byte[] piece in _chain.Pieces()) port.Bring(piece);

        Collector host = Read(port, (device, packet) =>
        {
            packet.SegmentSize.ShouldBe(1448);
            device.Counters.RxPackets.ShouldBe(3);
            device.Counters.RxBytes.ShouldBe(3 * 52 + 4000);
        });

        host.Packets.ShouldHaveSingleItem().Bytes.Length.ShouldBe(52 + 4000);
    }

    [Fact]
    public void A_decorator_above_the_device_sees_the_packets_as_they_came()
    {
        var port = new TestPort();
        foreach (byte[] piece in _chain.Pieces()) port.Bring(piece);
        using var device = new PortDevice(_loop, "tun0", port);
        var host = new Collector(_loop);
        _ = new FaultDevice(device, new SeededRandom(1)) { Receiver = host };

        Run(device, port);

        host.Packets.Select(static p => p.Bytes).ShouldBe(_chain.Pieces());
    }

    [Fact]
    public void More_packets_than_one_batch_holds_arrive_in_order_and_small_ones_take_little_memory()
    {
        var port = new TestPort();
        for (int i = 0; i < 200; i++) port.Bring([0, (byte)i]);
        port.Bring(new byte[1500]);
        port.Bring(new byte[1501]);
        var sizes = new List<int>();

        Collector host = Read(port, (_, packet) => sizes.Add(packet.MemorySize), expectedErrors: 1);

        host.Numbers[..200].ShouldBe(Enumerable.Range(0, 200));
        sizes[0].ShouldBe(512 + PacketPool.Overhead);
        sizes[^1].ShouldBe(2048 + PacketPool.Overhead);
        host.Packets.Count.ShouldBe(201);
    }

    private byte[] Bytes(SuperPacket chain)
    {
        using LoopScope scope = _loop.Enter();
        PacketBuffer packet = chain.Rent(_loop.Packets);
        byte[] bytes = packet.Span.ToArray();
        packet.Release();
        return bytes;
    }

    /// <summary>Lets a device read all that waits in the port.</summary>
    private Collector Read(TestPort port, Action<LinkDevice, PacketBuffer>? also = null, int expectedErrors = 0)
    {
        using var device = new PortDevice(_loop, "tun0", port);
        var host = new Collector(_loop);
        var failures = new List<Exception>();
        host.Also = (link, packet) =>
        {
            try
            {
                also?.Invoke(link, packet);
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }
        };
        device.Receiver = host;
        Run(device, port);
        failures.ShouldBeEmpty();
        device.Counters.RxErrors.ShouldBe(expectedErrors);
        return host;
    }

    private void Run(PortDevice device, TestPort port)
    {
        port.End();
        device.Start();
        device.WaitUntilRead();
        device.Dispose();
        _loop.Packets.Outstanding.ShouldBe(0, _loop.Packets.DescribeOutstanding());
    }
}
