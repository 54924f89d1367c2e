using System.Collections.Concurrent;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

public sealed class PortDeviceTests
{
    private readonly StackLoop _loop = new(new VirtualClock());
    private readonly Port _port = new();

    [Fact]
    public void What_the_port_brings_reaches_the_host_and_what_the_host_sends_is_written_with_its_checksum()
    {
        using var device = new PortDevice(_loop, "tun0", _port);
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

        _port.Incoming.Add([1, 2, 3]);
        answered.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        device.Dispose();

        host.Packets.Single().Bytes.ShouldBe([1, 2, 3]);
        _port.Written.Single()[26..].ShouldBe([0xFF, 0xFF]);
        device.Kind.ShouldBe(LinkKind.PointToPoint);
        device.Mtu.ShouldBe(1400);
        _loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void A_port_that_is_full_or_closed_loses_packets_and_they_are_counted()
    {
        var device = new PortDevice(_loop, "tun0", _port);
        _port.Full = true;
        using (_loop.Enter()) device.Transmit(_loop.Packets.Rent(10));
        device.Dispose();
        using (_loop.Enter()) device.Transmit(_loop.Packets.Rent(10));

        device.Counters.TxDropped.ShouldBe(2);
        _port.Written.ShouldBeEmpty();
        _loop.Packets.Outstanding.ShouldBe(0);
    }

    private sealed class Port : IPacketPort
    {
        public BlockingCollection<byte[]> Incoming { get; } = [];

        public ConcurrentQueue<byte[]> Written { get; } = [];

        public bool Full { get; set; }

        public bool HasEthernetHeader => false;

        public int Mtu => 1400;

        public int Read(Span<byte> packet)
        {
            if (!Incoming.TryTake(out byte[]? bytes, Timeout.Infinite)) return 0;
            bytes.CopyTo(packet);
            return bytes.Length;
        }

        public bool Write(ReadOnlySpan<byte> packet)
        {
            if (!Full) Written.Enqueue(packet.ToArray());
            return !Full;
        }

        public void Dispose() => Incoming.CompleteAdding();
    }
}
