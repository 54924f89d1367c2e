using System.Collections.Concurrent;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>TCP of two kernels through a router of the stack: every byte arrives, whichever side has offloads, in long packets where they may be long and real ones where they may not.</summary>
public sealed class KernelTrafficTests
{
    private const int Length = 8 << 20;

    [TunTheory]
    [InlineData(true, true, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    [InlineData(true, true, true)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public void Streams_arrive_whole_both_ways(bool offloadLeft, bool offloadRight, bool isEthernet)
    {
        using var pair = new KernelPair(offloadLeft, offloadRight, isEthernet);

        pair.Transfer(fromLeft: true, isIPv4: true, Length);
        pair.Transfer(fromLeft: false, isIPv4: false, Length);

        foreach (PortDevice device in (PortDevice[])[pair.Left, pair.Right])
        {
            (device.Counters.RxErrors, device.Counters.TxErrors, device.Counters.TxDropped).ShouldBe((0, 0, 0));
            device.Counters.RxBytes.ShouldBeGreaterThan(Length);
        }
    }

    [TunFact]
    public void With_offloads_the_router_handles_few_packets_for_many_segments()
    {
        using var pair = new KernelPair(offloadLeft: true, offloadRight: true);

        pair.Transfer(fromLeft: true, isIPv4: true, Length);

        // 1448 bytes of payload a segment would make 5794 packets.
        pair.Left.Counters.RxPackets.ShouldBeLessThan(Length / 1448 / 2);
        pair.Right.Counters.TxPackets.ShouldBeLessThan(Length / 1448 / 2);
    }

    [TunFact]
    public void A_capture_of_offloaded_traffic_has_real_packets_with_true_sums_alone()
    {
        var sink = new Inspector();
        using var pair = new KernelPair(offloadLeft: true, offloadRight: true, decorate: device => new CaptureDevice(device, sink));

        pair.Transfer(fromLeft: true, isIPv4: true, Length);
        pair.Transfer(fromLeft: false, isIPv4: false, Length);

        sink.Faults.ShouldBeEmpty();
        sink.Packets.ShouldBeGreaterThan(2 * Length / 1448);
    }

    /// <summary>Looks at each packet as a parser of captures would.</summary>
    private sealed class Inspector : IPacketSink
    {
        public ConcurrentQueue<string> Faults { get; } = [];

        public int Packets { get; private set; }

        public void Write(LinkDevice device, PacketDirection direction, long unixNanoseconds, ReadOnlySpan<byte> bytes)
        {
            Packets++;
            if (bytes.Length > device.Mtu) Faults.Enqueue($"{direction}: {bytes.Length} bytes");
            if (!SegmentLayout.TryParse(bytes, out SegmentLayout layout) || layout.Protocol != IpProtocolNumber.Tcp) return;
            ReadOnlySpan<byte> tcp = bytes[layout.TransportOffset..];
            IpAddress source = layout.IsIPv4 ? IpAddress.ReadIPv4(bytes[12..]) : IpAddress.ReadIPv6(bytes[8..]);
            IpAddress destination = layout.IsIPv4 ? IpAddress.ReadIPv4(bytes[16..]) : IpAddress.ReadIPv6(bytes[24..]);
            if (layout.IsIPv4 && !InternetChecksum.IsValid(bytes[..layout.TransportOffset])) Faults.Enqueue($"{direction}: IPv4 checksum");
            if (!PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Tcp, tcp.Length).Add(tcp).IsValid) Faults.Enqueue($"{direction}: TCP checksum");
        }
    }
}
