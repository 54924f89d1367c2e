using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>IPv6 neighbour discovery (RFC 4861): the same states and times as ARP, with the rules of its own messages.</summary>
public sealed class NeighborDiscoveryTests
{
    private static readonly IpAddress Own = IpAddress.Parse("fd00::1"), Neighbor = IpAddress.Parse("fd00::2"), AllNodes = IpAddress.Parse("ff02::1");

    private readonly TestNetwork _network = new();
    private readonly StackHost _host;
    private readonly NetworkInterface _interface;
    private readonly TestPeer _peer;
    private readonly TestTransport _transport;

    public NeighborDiscoveryTests()
    {
        _host = _network.AddHost("a");
        (_interface, _peer) = _network.ConnectPeer(_host, "fd00::1/64");
        _transport = new TestTransport(_host);
    }

    [Fact]
    public void An_Ethernet_interface_has_a_link_local_address_made_from_its_hardware_address()
        => _interface.LinkLocalAddress.ShouldBe(new IpAddress(0xFE80_0000_0000_0000, _interface.Device.Address.ToInterfaceIdentifier()));

    [Fact]
    public void The_first_packet_asks_the_solicited_node_group_and_follows_the_answer()
    {
        _transport.Send("fd00::2").ShouldBe(Errno.None);
        MacAddress.Read(_peer.Received.Single()).ShouldBe(new MacAddress(0x3333_FF00_0002));
        _peer.Take().Single().ShouldStartWith("IP6 fd00::1 > ff02::1:ff00:2: ICMP6 neighbor solicitation, who has fd00::2");

        Advertise(isSolicited: true, isOverride: true, isRouter: true);
        _peer.Take().ShouldBe(["IP6 fd00::1 > fd00::2: protocol 253, length 16"]);
        Entry.State.ShouldBe(NeighborState.Reachable);
        Entry.LinkAddress.ShouldBe(_peer.Address);
        Entry.IsRouter.ShouldBeTrue();
    }

    [Fact]
    public void A_silent_neighbour_is_asked_three_times_and_then_the_sender_hears_address_unreachable()
    {
        _transport.Send("fd00::2");
        _network.Pass(TimeSpan.FromSeconds(3));
        _network.TakeFrames().Length.ShouldBe(3);
        _transport.Errors.ShouldBe([new(Errno.EHOSTUNREACH, false, 0, "fd00::1 > fd00::2 from fd00::1")]);
        _network.Pass(TimeSpan.FromMinutes(5));
        _network.TakeFrames().ShouldBeEmpty();
    }

    [Fact]
    public void A_stale_neighbour_is_probed_at_its_own_address()
    {
        Meet();
        _network.Pass(TimeSpan.FromSeconds(46));
        Entry.State.ShouldBe(NeighborState.Stale);
        _transport.Send("fd00::2");
        _peer.Take();
        _network.Pass(TimeSpan.FromSeconds(5));
        _peer.Take().Single().ShouldStartWith("IP6 fd00::1 > fd00::2: ICMP6 neighbor solicitation, who has fd00::2");
        Advertise(isSolicited: true, isOverride: false);
        Entry.State.ShouldBe(NeighborState.Reachable);
    }

    [Fact]
    public void A_solicitation_for_an_own_address_is_answered_and_makes_the_asker_known()
    {
        Solicit(Own, Neighbor, GroupTable.SolicitedNodeOf(Own));
        string answer = _peer.Take().Single();
        answer.ShouldStartWith("IP6 fd00::1 > fd00::2: ICMP6 neighbor advertisement");
        Entry.State.ShouldBe(NeighborState.Stale);
        Entry.LinkAddress.ShouldBe(_peer.Address);
    }

    [Fact]
    public void A_probe_for_duplicates_is_answered_to_all()
    {
        Solicit(Own, default, GroupTable.SolicitedNodeOf(Own), withLink: false);
        _peer.Take().Single().ShouldStartWith("IP6 fd00::1 > ff02::1: ICMP6 neighbor advertisement");
        _interface.Neighbors.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("hop limit")]
    [InlineData("probe with a link-layer address")]
    [InlineData("target of somebody else")]
    [InlineData("checksum")]
    public void A_solicitation_that_breaks_a_rule_is_dropped(string fault)
    {
        switch (fault)
        {
            case "hop limit":
                Solicit(Own, Neighbor, GroupTable.SolicitedNodeOf(Own), hopLimit: 254);
                break;
            case "probe with a link-layer address":
                Solicit(Own, default, GroupTable.SolicitedNodeOf(Own));
                break;
            case "target of somebody else":
                Solicit(IpAddress.Parse("fd00::77"), Neighbor, AllNodes);
                break;
            default:
                Solicit(Own, Neighbor, GroupTable.SolicitedNodeOf(Own), spoil: true);
                _host.Counters.Icmp6(IcmpCounter.InCsumErrors).ShouldBe(1);
                break;
        }
        _peer.Take().ShouldBeEmpty();
        _interface.Neighbors.Count.ShouldBe(0);
    }

    [Fact]
    public void An_advertisement_that_nobody_asked_for_makes_no_entry()
    {
        Advertise(isSolicited: false, isOverride: true);
        _interface.Neighbors.Count.ShouldBe(0);
    }

    /// <summary>RFC 4861 appendix C, the rows of a neighbour advertisement in state REACHABLE.</summary>
    [Theory]
    [InlineData(true, false, false, NeighborState.Stale, false)] // solicited, no override, another address: doubt
    [InlineData(true, true, false, NeighborState.Reachable, true)] // solicited, override, another address: taken
    [InlineData(false, true, false, NeighborState.Stale, true)] // unsolicited, override, another address: taken, but not confirmed
    [InlineData(true, false, true, NeighborState.Reachable, false)] // solicited, the same address: confirmed
    [InlineData(false, false, true, NeighborState.Reachable, false)] // unsolicited, the same address: nothing new
    public void An_advertisement_changes_a_reachable_entry_by_its_flags(bool isSolicited, bool isOverride, bool isSame, NeighborState state, bool isNew)
    {
        Meet();
        MacAddress before = Entry.LinkAddress, other = new(0x0200_0000_00FF);
        Advertise(isSolicited, isOverride, link: isSame ? before : other, destination: isSolicited ? Own : AllNodes);
        Entry.State.ShouldBe(state);
        Entry.LinkAddress.ShouldBe(isNew ? other : before);
    }

    [Fact]
    public void An_advertisement_to_all_that_claims_to_be_an_answer_is_dropped()
    {
        Meet();
        Advertise(isSolicited: true, isOverride: true, link: new MacAddress(0x0200_0000_00FF), destination: AllNodes);
        Entry.LinkAddress.ShouldBe(_peer.Address);
    }

    [Fact]
    public void A_claim_to_an_own_address_is_not_believed()
    {
        var message = new byte[32];
        new NeighborOptionsBuilder(message.AsSpan(24)).AddLinkAddress(NeighborOptionKind.TargetLinkAddress, _peer.Address);
        new NeighborAdvertisementHeader(Own, false, false, true).Write(message, Neighbor, AllNodes);
        _peer.Send(new Ipv6Header(Neighbor, AllNodes, IpProtocolNumber.Icmpv6) { HopLimit = 255 }, message);
        _interface.Neighbors.Count.ShouldBe(0);
        _transport.Send("fd00::1").ShouldBe(Errno.None);
        _transport.Received.Count.ShouldBe(1);
    }

    [Fact]
    public void A_solicitation_for_routers_changes_nothing_where_nobody_advertises()
    {
        IpAddress source = IpAddress.Parse("fe80::1"), routers = IpAddress.Parse("ff02::2");
        var solicitation = new byte[Icmpv6Header.Length];
        Icmpv6Header.RouterSolicitation().Write(solicitation, source, routers);
        _network.Do(() => _host.Sysctl.IPv6.All.Forwarding.Set(1));
        _peer.Take();
        uint generation = _host.RoutingGeneration;
        _peer.Send(new Ipv6Header(source, routers, IpProtocolNumber.Icmpv6) { HopLimit = 255 }, solicitation);
        _peer.Take().ShouldBeEmpty();
        _host.RoutingGeneration.ShouldBe(generation);
    }

    private NeighborEntry Entry => _interface.Neighbors.TryGet(Neighbor, out NeighborEntry? entry) ? entry : throw new InvalidOperationException("No entry.");

    private void Meet()
    {
        _transport.Send("fd00::2");
        Advertise(isSolicited: true, isOverride: true);
        Entry.State.ShouldBe(NeighborState.Reachable);
        _peer.Take();
        _network.TakeFrames();
    }

    private void Advertise(bool isSolicited, bool isOverride, bool isRouter = false, MacAddress? link = null, IpAddress? destination = null)
    {
        IpAddress to = destination ?? (isSolicited ? Own : AllNodes);
        var message = new byte[32];
        new NeighborOptionsBuilder(message.AsSpan(24)).AddLinkAddress(NeighborOptionKind.TargetLinkAddress, link ?? _peer.Address);
        new NeighborAdvertisementHeader(Neighbor, isRouter, isSolicited, isOverride).Write(message, Neighbor, to);
        _peer.Send(new Ipv6Header(Neighbor, to, IpProtocolNumber.Icmpv6) { HopLimit = 255 }, message);
    }

    private void Solicit(IpAddress target, IpAddress source, IpAddress destination, bool withLink = true, byte hopLimit = 255, bool spoil = false)
    {
        var message = new byte[withLink ? 32 : 24];
        if (withLink) new NeighborOptionsBuilder(message.AsSpan(24)).AddLinkAddress(NeighborOptionKind.SourceLinkAddress, _peer.Address);
        new NeighborSolicitationHeader(target).Write(message, source, destination);
        if (spoil) message[2] ^= 1;
        _peer.Send(new Ipv6Header(source, destination, IpProtocolNumber.Icmpv6) { HopLimit = hopLimit }, message, destination.IsMulticast ? MacAddress.ForMulticast(destination) : null);
    }
}
