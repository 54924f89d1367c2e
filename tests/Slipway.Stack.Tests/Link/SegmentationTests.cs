using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Where chains of segments stay whole, and where each segment is on its own: links, captures, faults, switches, routers.</summary>
public sealed class SegmentationTests
{
    private const DeviceFeatures All = DeviceFeatures.ChecksumOffload | DeviceFeatures.Segmentation | DeviceFeatures.DatagramSegmentation;

    private readonly SuperPacket _chain = new() { HasEthernet = true };

    [Fact]
    public void A_plain_link_and_the_loopback_carry_a_chain_whole()
    {
        var net = new LinkFixture(kind: LinkKind.Ethernet);
        net.A.Features.ShouldBe(All);
        new LoopbackDevice(net.Loop).Features.ShouldBe(All);

        Send(net, net.A);

        net.AtB.Packets.ShouldHaveSingleItem().Bytes.Length.ShouldBe(_chain.Headers + _chain.PayloadLength);
        net.A.Counters.TxPackets.ShouldBe(1);
        net.NothingIsLost();
    }

    [Fact]
    public void On_a_link_with_a_rate_each_segment_takes_its_own_time()
    {
        var net = new LinkFixture(new LinkModel { Rate = 8_000_000 }, LinkKind.Ethernet);

        Send(net, net.A);
        net.Run();

        // 8 Mbit/s: a microsecond a byte.
        net.AtB.Times.ShouldBe([1514_000, 3028_000, 3028_000 + 1170_000]);
        net.NothingIsLost();
    }

    [Fact]
    public void In_a_queue_each_segment_has_a_place_of_its_own_and_the_sender_is_paid_back_when_the_last_is_sent()
    {
        var net = new LinkFixture(new LinkModel { Rate = 8_000_000, QueuePackets = 2 }, LinkKind.Ethernet);
        var payer = new Payer();
        using (net.Loop.Enter())
        {
            PacketBuffer chain = (_chain with { PayloadLength = 2000 }).Rent(net.Loop.Packets);
            chain.Charge(payer, 2000);
            net.A.Send(chain);
            Send(net, net.A);
        }
        payer.Returned.ShouldBe(0);

        net.RunUntil(1514_000);
        payer.Returned.ShouldBe(0);
        net.Run();

        payer.Returned.ShouldBe(2000);
        net.AtB.Packets.Count.ShouldBe(2);
        net.Link.ForthCounters.Overflowed.ShouldBe(3);
        net.NothingIsLost();
    }

    [Fact]
    public void A_capture_shows_real_segments_with_true_sums_whichever_way_the_chain_goes()
    {
        var net = new LinkFixture(kind: LinkKind.Ethernet);
        var sink = new Sink();
        var capture = new CaptureDevice(net.A, sink);
        var host = new Collector(net.Loop);
        capture.Receiver = host;
        capture.Features.ShouldBe(DeviceFeatures.ChecksumOffload);

        Send(net, capture);
        sink.Take().ShouldBe(_chain.Pieces());
        net.AtB.Packets.Select(static p => p.Bytes).ShouldBe(_chain.Pieces());

        host.Also = static (_, packet) => packet.Checksum.ShouldBe(PacketChecksum.Trusted);
        Send(net, net.B);
        sink.Take().ShouldBe(_chain.Pieces());
        host.Packets.Select(static p => p.Bytes).ShouldBe(_chain.Pieces());
        net.NothingIsLost();
    }

    [Fact]
    public void Faults_befall_each_segment_for_itself()
    {
        var net = new LinkFixture(kind: LinkKind.Ethernet);
        var host = new Collector(net.Loop);
        var fault = new FaultDevice(net.A, new SeededRandom(1))
        {
            Receiver = host,
            OutboundFilter = static (_, number) => number == 2 ? FaultVerdict.Drop : FaultVerdict.Pass,
            InboundFilter = static (_, number) => number == 1 ? FaultVerdict.Drop : FaultVerdict.Pass,
        };
        List<byte[]> pieces = _chain.Pieces();

        Send(net, fault);
        Send(net, net.B);

        net.AtB.Packets.Select(static p => p.Bytes).ShouldBe([pieces[0], pieces[2]]);
        host.Packets.Select(static p => p.Bytes).ShouldBe([pieces[1], pieces[2]]);
        net.NothingIsLost();
    }

    [Fact]
    public void A_switch_cuts_for_the_ports_that_want_segments_and_not_for_others()
    {
        var plain = new LinkFixture(kind: LinkKind.Ethernet);
        LearningSwitch bridge = new(plain.Loop);
        Collector slow = Port(bridge, plain.Loop, new LinkModel { Rate = 1_000_000_000 }), fast = Port(bridge, plain.Loop, LinkModel.Plain);
        bridge.AddPort(plain.B);

        Send(plain, plain.A);
        plain.Run();

        fast.Packets.ShouldHaveSingleItem();
        slow.Packets.Select(static p => p.Bytes[..34]).ShouldBe(_chain.Pieces().Select(static p => p[..34]));
        plain.NothingIsLost();
    }

    [Fact]
    public void A_chain_that_no_one_cut_does_not_pass_as_one_packet()
    {
        var net = new LinkFixture(new LinkModel { Delay = TimeSpan.FromMilliseconds(1) }, LinkKind.Ethernet);
        using (net.Loop.Enter()) net.A.Transmit((_chain with { SegmentSize = 100, PayloadLength = 300 }).Rent(net.Loop.Packets));
        net.Run();

        net.A.Counters.TxErrors.ShouldBe(1);
        net.AtB.Packets.ShouldBeEmpty();
        net.NothingIsLost();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_router_compares_segments_with_the_MTU_not_the_chain(bool isIPv4)
    {
        (StackLoop loop, PointToPointDevice from, Collector back, Collector onward) = Router(isIPv4, mtu: 1400);
        SuperPacket fits = new() { IsIPv4 = isIPv4, SegmentSize = 1300 };
        SuperPacket tooLong = fits with { SegmentSize = 1448 };

        Send(loop, from, fits);
        onward.Packets.ShouldHaveSingleItem().Bytes.Length.ShouldBe(fits.Headers + fits.PayloadLength);
        back.Packets.ShouldBeEmpty();

        Send(loop, from, tooLong);
        onward.Packets.Count.ShouldBe(1);
        byte[] error = back.Packets.ShouldHaveSingleItem().Bytes;
        // Fragmentation needed (RFC 792), packet too big (RFC 4443 §3.2).
        (isIPv4 ? (error[20], error[21]) : (error[40], error[41])).ShouldBe(isIPv4 ? ((byte)3, (byte)4) : ((byte)2, (byte)0));
    }

    [Fact]
    public void A_router_fragments_each_segment_that_is_too_long_and_may_be_cut()
    {
        (StackLoop loop, PointToPointDevice from, Collector back, Collector onward) = Router(isIPv4: true, mtu: 1000);
        SuperPacket chain = new() { DontFragment = false, Identification = 500 };

        Send(loop, from, chain);

        back.Packets.ShouldBeEmpty();
        onward.Packets.Select(static p => (Id: p.Bytes[4] << 8 | p.Bytes[5], Offset: (p.Bytes[6] << 8 | p.Bytes[7]) & 0x1FFF)).ShouldBe(
            [(500, 0), (500, 122), (501, 0), (501, 122), (502, 0), (502, 122)]);
        onward.Packets.ShouldAllBe(static p => p.Bytes.Length <= 1000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_host_refuses_a_chain_whose_segments_are_too_long_for_the_way_or_fragments_each(bool isIPv4)
    {
        (StackLoop loop, _, _, Collector onward) = Router(isIPv4, mtu: 1400, out StackHost host);
        SuperPacket chain = new() { IsIPv4 = isIPv4 };
        var flow = new FlowKey(IpAddress.Parse(isIPv4 ? "10.0.0.2" : "fd00::2"));

        Output(PathMtuMode.Do, chain).ShouldBe(Sockets.Errno.EMSGSIZE);
        onward.Packets.ShouldBeEmpty();
        Output(PathMtuMode.Want, chain).ShouldBe(Sockets.Errno.None);
        // The last is short enough.
        onward.Packets.Count.ShouldBe(2 * chain.Count - 1);
        onward.Packets.ShouldAllBe(static p => p.Bytes.Length <= 1400);
        Output(PathMtuMode.Do, chain with { SegmentSize = 1300 }).ShouldBe(Sockets.Errno.None);
        onward.Packets[^1].Bytes.Length.ShouldBeGreaterThan(4000);

        Sockets.Errno Output(PathMtuMode mode, SuperPacket sent)
        {
            using LoopScope scope = loop.Enter();
            host.Ip.Route(flow, out RouteDecision decision).ShouldBe(Sockets.Errno.None);
            PacketBuffer packet = sent.Rent(loop.Packets);
            packet.TrimStart(packet.TransportOffset);
            return host.Ip.Send(packet, decision, new IpSendFields(IpProtocolNumber.Tcp) { PathMtu = mode });
        }
    }

    private static (StackLoop Loop, PointToPointDevice From, Collector Back, Collector Onward) Router(bool isIPv4, int mtu) => Router(isIPv4, mtu, out _);

    private static (StackLoop Loop, PointToPointDevice From, Collector Back, Collector Onward) Router(bool isIPv4, int mtu, out StackHost host)
    {
        var net = new TestNetwork();
        StackHost router = host = new StackHost(net.Loop, "router", net.Random.Derive("router"));
        PointToPointDevice near = new(net.Loop, "near"), inside = new(net.Loop, "ppp0"), outside = new(net.Loop, "ppp1", mtu: 1400), far = new(net.Loop, "far", mtu: 1400);
        outside.Mtu = far.Mtu = isIPv4 ? mtu : 1400;
        _ = new VirtualLink(near, inside, LinkModel.Plain, net.Random.Derive("a"));
        _ = new VirtualLink(outside, far, LinkModel.Plain, net.Random.Derive("b"));
        Collector back = new(net.Loop), onward = new(net.Loop);
        near.Receiver = back;
        far.Receiver = onward;
        net.Do(() =>
        {
            router.Sysctl.Set("net.ipv4.ip_forward", "1").ShouldBe(Sockets.Errno.None);
            router.Sysctl.Set("net.ipv6.conf.all.forwarding", "1").ShouldBe(Sockets.Errno.None);
            NetworkInterface a = router.AddInterface(inside), b = router.AddInterface(outside);
            a.AddAddress(IpPrefix.Parse(isIPv4 ? "10.0.0.254/32" : "fd00::fe/128"));
            router.Routes.Add(IpPrefix.Parse(isIPv4 ? "10.0.0.1/32" : "fd00::1/128"), default, a);
            router.Routes.Add(IpPrefix.Parse(isIPv4 ? "10.0.0.2/32" : "fd00::2/128"), default, b);
        });
        back.Packets.Clear();
        onward.Packets.Clear();
        return (net.Loop, near, back, onward);
    }

    private static Collector Port(LearningSwitch bridge, StackLoop loop, LinkModel model)
    {
        string name = "p" + bridge.Ports.Count;
        VirtualEthernetDevice port = new(loop, name, LinkFixture.MacA), far = new(loop, "far" + name, LinkFixture.MacB);
        _ = new VirtualLink(port, far, model, new SeededRandom(3));
        bridge.AddPort(port);
        var seen = new Collector(loop);
        far.Receiver = seen;
        return seen;
    }

    private void Send(LinkFixture net, LinkDevice device) => Send(net.Loop, device, _chain);

    private static void Send(StackLoop loop, LinkDevice device, SuperPacket chain)
    {
        using (loop.Enter()) device.Send(chain.Rent(loop.Packets));
    }

    private sealed class Sink : IPacketSink
    {
        private readonly List<byte[]> _seen = [];

        public void Write(LinkDevice device, PacketDirection direction, long unixNanoseconds, ReadOnlySpan<byte> bytes) => _seen.Add(bytes.ToArray());

        public List<byte[]> Take()
        {
            List<byte[]> seen = [.. _seen];
            _seen.Clear();
            return seen;
        }
    }

    private sealed class Payer : IPacketAccount
    {
        public int Returned { get; private set; }

        public void Discharge(int bytes) => Returned += bytes;
    }
}
