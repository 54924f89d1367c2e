using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>client —1500— router —1280— server: path MTU discovery in both families (RFC 1191, RFC 8201), and what ends on the way.</summary>
public sealed class PathMtuTests
{
    private readonly TestNetwork _network = new();
    private readonly StackHost _client, _router, _server;
    private readonly TestTransport _sender, _receiver;
    private readonly NetworkInterface _near, _far;

    public PathMtuTests()
    {
        _client = _network.AddHost("client");
        _router = _network.AddHost("router");
        _server = _network.AddHost("server");
        (NetworkInterface clientSide, _near) = _network.Connect(_client, "10.0.1.1/24 fd01::1/64", _router, "10.0.1.254/24 fd01::fe/64");
        (_far, NetworkInterface serverSide) = _network.Connect(_router, "10.0.2.254/24 fd02::fe/64", _server, "10.0.2.1/24 fd02::1/64", mtu: 1280);
        _network.Do(() =>
        {
            _router.Sysctl.IPv4.Forward.Set(1).ShouldBe(Errno.None);
            _router.Sysctl.IPv6.All.Forwarding.Set(1).ShouldBe(Errno.None);
            Default(_client, "10.0.1.254", "fd01::fe");
            Default(_server, "10.0.2.254", "fd02::fe");
        });
        _sender = new TestTransport(_client);
        _receiver = new TestTransport(_server);
        // Neighbours get to know each other first, so that the tests below show only what they are about.
        _sender.Send("10.0.2.1").ShouldBe(Errno.None);
        _sender.Send("fd02::1").ShouldBe(Errno.None);
        _receiver.Received.Select(static d => d.Description).ShouldBe(["10.0.1.1 > 10.0.2.1 Local on eth0, hop limit 63", "fd01::1 > fd02::1 Local on eth0, hop limit 63"]);
        _receiver.Received.Clear();
        _network.TakeFrames();
    }

    [Fact]
    public void Without_discovery_4000_bytes_arrive_whole_through_a_router_that_fragments()
    {
        _sender.Send("10.0.2.1", 4000, With(PathMtuMode.Dont)).ShouldBe(Errno.None);
        _receiver.Received.Single().Payload.ShouldBe(TestTransport.Pattern(4000));
        string[] packets = _network.TakePackets();
        packets.Count(static p => p.Contains(" client: ", StringComparison.Ordinal)).ShouldBe(3); // 1480 + 1480 + 1040
        packets.Count(static p => p.Contains(" router: ", StringComparison.Ordinal)).ShouldBe(5); // 1256 + 224, twice, and 1040
        packets.ShouldAllBe(static p => p.Contains("frag"));
        _client.Counters[IpCounter.FragCreates].ShouldBe(3);
        _router.Counters[IpCounter.FragCreates].ShouldBe(4);
        _server.Counters[IpCounter.ReasmReqds].ShouldBe(5);
        _server.Counters[IpCounter.ReasmOKs].ShouldBe(1);
    }

    [Fact]
    public void With_discovery_IPv4_learns_the_path_and_then_refuses_what_is_longer()
    {
        PathMtu("10.0.2.1").ShouldBe(1500);
        _sender.Send("10.0.2.1", 4000, With(PathMtuMode.Do)).ShouldBe(Errno.EMSGSIZE);
        _network.TakePackets().ShouldBeEmpty();

        _sender.Send("10.0.2.1", 1400, With(PathMtuMode.Do)).ShouldBe(Errno.None);
        _network.TakePackets().ShouldBe(
        [
            "0 client: IP 10.0.1.1 > 10.0.2.1: protocol 253, length 1400",
            "0 router: IP 10.0.1.254 > 10.0.1.1: ICMP unreachable, need to frag (mtu 1280), about protocol 253 10.0.1.1 > 10.0.2.1, length 556",
        ]);
        _sender.Errors.ShouldBe([new(Errno.EMSGSIZE, false, 1280, "10.0.1.1 > 10.0.2.1 from 10.0.1.254")]);
        PathMtu("10.0.2.1").ShouldBe(1280);
        _receiver.Received.ShouldBeEmpty();

        _sender.Send("10.0.2.1", 1261, With(PathMtuMode.Do)).ShouldBe(Errno.EMSGSIZE);
        _sender.Send("10.0.2.1", 1260, With(PathMtuMode.Do)).ShouldBe(Errno.None);
        _receiver.Received.Single().Payload.Length.ShouldBe(1260);
    }

    [Fact]
    public void With_discovery_IPv6_learns_the_path_and_fragments_at_the_source()
    {
        _sender.Send("fd02::1", 1400).ShouldBe(Errno.None);
        _network.TakePackets().ShouldBe(
        [
            "0 client: IP6 fd01::1 > fd02::1: protocol 253, length 1400",
            "0 router: IP6 fd01::fe > fd01::1: ICMP6 packet too big, mtu 1280, about protocol 253 fd01::1 > fd02::1, length 1240",
        ]);
        _sender.Errors.ShouldBe([new(Errno.EMSGSIZE, false, 1280, "fd01::1 > fd02::1 from fd01::fe")]);
        PathMtu("fd02::1").ShouldBe(1280);

        _sender.Send("fd02::1", 4000).ShouldBe(Errno.None);
        _receiver.Received.Single().Payload.ShouldBe(TestTransport.Pattern(4000));
        _sender.Send("fd02::1", 4000, new IpSendFields(TestTransport.Protocol) { DontFragment = true }).ShouldBe(Errno.EMSGSIZE);
        _sender.Send("fd02::1", 1240, new IpSendFields(TestTransport.Protocol) { DontFragment = true }).ShouldBe(Errno.None);
        _receiver.Received[1].Payload.Length.ShouldBe(1240);
    }

    [Theory]
    [InlineData("10.0.2.1", 1400)]
    [InlineData("fd02::1", 1400)]
    public void What_was_learnt_is_forgotten_after_ten_minutes(string destination, int length)
    {
        _sender.Send(destination, length);
        PathMtu(destination).ShouldBe(1280);
        uint generation = _client.RoutingGeneration;
        _network.Pass(TimeSpan.FromSeconds(599.999));
        PathMtu(destination).ShouldBe(1280);
        _network.Pass(TimeSpan.FromMilliseconds(1));
        PathMtu(destination).ShouldBe(1500);
        _client.RoutingGeneration.ShouldNotBe(generation); // connected sockets must look again
        _client.PathMtu.Count.ShouldBe(0);
    }

    [Fact]
    public void A_route_with_a_locked_mtu_does_not_learn()
    {
        _network.Do(() => _client.Routes.Add(new Route
        {
            Destination = IpPrefix.Parse("10.0.2.0/24"), Interface = _client.Interfaces.Find("eth0")!, Gateway = IpAddress.Parse("10.0.1.254"), Mtu = 1400, IsMtuLocked = true,
        })).ShouldBe(Errno.None);
        PathMtu("10.0.2.1").ShouldBe(1400);
        _sender.Send("10.0.2.1", 1380, With(PathMtuMode.Do));
        PathMtu("10.0.2.1").ShouldBe(1400);
    }

    [Fact]
    public void A_path_below_the_least_that_is_believed_is_kept_at_it_and_goes_without_the_bit()
    {
        Forge(100);
        PathMtu("10.0.2.1").ShouldBe(552);
        _network.TakeFrames();
        _sender.Send("10.0.2.1", 600).ShouldBe(Errno.None);
        _network.Bytes.Where(static f => f[12] == 8 && f[13] == 0).ShouldAllBe(static f => (f[20] & 0x40) == 0);
    }

    [Fact]
    public void A_router_that_does_not_tell_its_mtu_lowers_it_to_the_next_plateau()
    {
        Forge(0, quotedLength: 1500);
        PathMtu("10.0.2.1").ShouldBe(1492);
        Forge(0, quotedLength: 1492);
        PathMtu("10.0.2.1").ShouldBe(1006);
    }

    /// <summary>ip_no_pmtu_disc: 1 takes the least, 2 and (for all but TCP) 3 do not listen.</summary>
    [Theory]
    [InlineData(1, 552)]
    [InlineData(2, 1500)]
    [InlineData(3, 1500)]
    public void Without_path_MTU_discovery_a_message_means_the_least_or_nothing(int mode, int mtu)
    {
        _network.Do(() => _client.Sysctl.IPv4.NoPmtuDisc.Set(mode));
        Forge(1400);
        PathMtu("10.0.2.1").ShouldBe(mtu);
    }

    [Fact]
    public void A_message_about_a_packet_that_this_host_cannot_have_sent_changes_nothing()
    {
        Forge(600, source: "10.0.1.77");
        PathMtu("10.0.2.1").ShouldBe(1500);
        _client.PathMtu.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("10.0.2.1", "10.0.1.1 > 10.0.2.1 from 10.0.1.254")]
    [InlineData("fd02::1", "fd01::1 > fd02::1 from fd01::fe")]
    public void A_hop_limit_of_one_ends_at_the_router_with_time_exceeded(string destination, string error)
    {
        _sender.Send(destination, 16, new IpSendFields(TestTransport.Protocol) { HopLimit = 1 }).ShouldBe(Errno.None);
        _sender.Errors.ShouldBe([new(Errno.EHOSTUNREACH, false, 0, error)]);
        _receiver.Received.ShouldBeEmpty();
        _sender.Send(destination, 16, new IpSendFields(TestTransport.Protocol) { HopLimit = 2 }).ShouldBe(Errno.None);
        _receiver.Received.Single().Description.ShouldEndWith("hop limit 1");
    }

    [Fact]
    public void A_destination_that_the_router_does_not_know_is_net_unreachable()
    {
        _sender.Send("10.9.9.9");
        _sender.Send("fd09::9");
        _sender.Errors.ShouldBe(
        [
            new(Errno.ENETUNREACH, false, 0, "10.0.1.1 > 10.9.9.9 from 10.0.1.254"),
            new(Errno.ENETUNREACH, false, 0, "fd01::1 > fd09::9 from fd01::fe"),
        ]);
        _router.Counters[IpExtCounter.InNoRoutes].ShouldBe(1);
        _router.Counters[Ip6Counter.InNoRoutes].ShouldBe(1);
    }

    [Theory]
    [InlineData(RouteKind.Unreachable, Errno.EHOSTUNREACH, false)]
    [InlineData(RouteKind.Prohibit, Errno.EHOSTUNREACH, true)]
    [InlineData(RouteKind.Blackhole, Errno.None, false)]
    public void A_route_that_refuses_says_so_to_the_sender_or_keeps_silent(RouteKind kind, Errno errno, bool isFatal)
    {
        _network.Do(() => _router.Routes.Add(new Route { Destination = IpPrefix.Parse("10.5.0.0/16"), Interface = _router.Loopback, Kind = kind })).ShouldBe(Errno.None);
        _sender.Send("10.5.0.1").ShouldBe(Errno.None);
        if (errno == Errno.None) _sender.Errors.ShouldBeEmpty();
        else _sender.Errors.ShouldBe([new(errno, isFatal, 0, "10.0.1.1 > 10.5.0.1 from 10.0.1.254")]);
    }

    [Fact]
    public void A_host_that_is_no_router_drops_what_is_for_others_in_silence()
    {
        _network.Do(() => _router.Sysctl.IPv4.Forward.Set(0));
        _sender.Send("10.0.2.1").ShouldBe(Errno.None);
        _network.TakePackets().Length.ShouldBe(1);
        _sender.Errors.ShouldBeEmpty();
        _router.Counters[IpCounter.InAddrErrors].ShouldBe(1);
    }

    [Fact]
    public void A_router_does_not_forward_broadcasts_of_a_far_network()
    {
        _sender.Send("10.0.2.255").ShouldBe(Errno.None);
        _network.TakePackets().ShouldBe(["0 client: IP 10.0.1.1 > 10.0.2.255: protocol 253, length 16"]);
        _receiver.Received.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Row", "DATA-11")]
    [Trait("Row", "OPT-13")]
    public void Without_routing_only_neighbours_are_reached()
    {
        _sender.Send("10.0.2.1", flow: new FlowKey { DontRoute = true }).ShouldBe(Errno.ENETUNREACH);
        _sender.Send("fd02::1", flow: new FlowKey { DontRoute = true }).ShouldBe(Errno.ENETUNREACH);
        _sender.Send("10.0.1.254", flow: new FlowKey { DontRoute = true }).ShouldBe(Errno.None);
        _sender.Send("10.0.1.1", flow: new FlowKey { DontRoute = true }).ShouldBe(Errno.None);
        _sender.Received.Count.ShouldBe(1);
    }

    [Fact]
    public void A_better_router_on_the_same_link_is_told_by_a_redirect()
    {
        StackHost other = _network.AddHost("other");
        _network.Do(() =>
        {
            _router.Routes.Add(IpPrefix.Parse("10.7.0.0/16"), IpAddress.Parse("10.0.1.7"));
            _near.Neighbors.SetPermanent(IpAddress.Parse("10.0.1.7"), new MacAddress(0x0200_0000_0099));
        });
        _sender.Send("10.7.0.1").ShouldBe(Errno.None);
        _network.TakePackets().ShouldBe(
        [
            "0 client: IP 10.0.1.1 > 10.7.0.1: protocol 253, length 16",
            "0 router: IP 10.0.1.254 > 10.0.1.1: ICMP redirect to 10.0.1.7, code 1, about protocol 253 10.0.1.1 > 10.7.0.1, length 44",
            "0 router: IP 10.0.1.1 > 10.7.0.1: protocol 253, length 16",
        ]);
        other.Interfaces.Count.ShouldBe(1);
    }

    [Fact]
    public void When_a_link_shrinks_the_path_is_learnt_anew()
    {
        _network.Do(() => _near.Device.Mtu = 1400);
        _network.Do(() => _client.Interfaces.Find("eth0")!.Device.Mtu = 1300);
        PathMtu("10.0.2.1").ShouldBe(1300);
        PathMtu("fd02::1").ShouldBe(1300);
    }

    private int PathMtu(string destination) => _network.Do(() =>
    {
        _client.Ip.Route(new FlowKey(IpAddress.Parse(destination)), out RouteDecision decision).ShouldBe(Errno.None);
        return decision.Mtu;
    });

    private static IpSendFields With(PathMtuMode mode) => new(TestTransport.Protocol) { PathMtu = mode };

    private static void Default(StackHost host, string gateway4, string gateway6)
    {
        host.Routes.Add(IpPrefix.Parse("0.0.0.0/0"), IpAddress.Parse(gateway4)).ShouldBe(Errno.None);
        host.Routes.Add(IpPrefix.Parse("::/0"), IpAddress.Parse(gateway6)).ShouldBe(Errno.None);
    }

    /// <summary>The router sends a fragmentation-needed that says this of a packet from the client to the server.</summary>
    private void Forge(int mtu, int quotedLength = 1500, string source = "10.0.1.1")
    {
        var quoted = new byte[28];
        new Ipv4Header(IpAddress.Parse(source), IpAddress.Parse("10.0.2.1"), TestTransport.Protocol) { PayloadLength = quotedLength - 20, DontFragment = true }.Write(quoted);
        var message = new byte[36];
        quoted.CopyTo(message, 8);
        Icmpv4Header.DestinationUnreachable(Icmpv4UnreachableCode.FragmentationNeeded, mtu).Write(message);
        _network.Do(() =>
        {
            _router.Ip.Route(new FlowKey(IpAddress.Parse("10.0.1.1")), out RouteDecision decision).ShouldBe(Errno.None);
            _router.Ip.Send(_network.Loop.Packets.RentCopy(message), decision, new IpSendFields(IpProtocolNumber.Icmpv4)).ShouldBe(Errno.None);
        });
    }
}
