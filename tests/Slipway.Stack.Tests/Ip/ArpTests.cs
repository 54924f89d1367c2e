using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>ARP (RFC 826) with the states and times of Linux, to the millisecond.</summary>
public sealed class ArpTests
{
    private static readonly IpAddress Own = IpAddress.Parse("10.0.0.1"), Neighbor = IpAddress.Parse("10.0.0.2");

    private readonly TestNetwork _network = new();
    private readonly StackHost _host;
    private readonly NetworkInterface _interface;
    private readonly TestPeer _peer;
    private readonly TestTransport _transport;

    public ArpTests()
    {
        _host = _network.AddHost("a");
        (_interface, _peer) = _network.ConnectPeer(_host, "10.0.0.1/24");
        _transport = new TestTransport(_host);
    }

    [Fact]
    public void The_first_packet_asks_for_its_neighbour_and_follows_the_answer()
    {
        _transport.Send("10.0.0.2").ShouldBe(Errno.None);
        _peer.Take().ShouldBe(["ARP, request who-has 10.0.0.2 tell 10.0.0.1"]);
        Entry.State.ShouldBe(NeighborState.Incomplete);

        Answer();
        _peer.Take().ShouldBe(["IP 10.0.0.1 > 10.0.0.2: protocol 253, length 16"]);
        Entry.State.ShouldBe(NeighborState.Reachable);
        Entry.LinkAddress.ShouldBe(_peer.Address);

        _transport.Send("10.0.0.2").ShouldBe(Errno.None);
        _peer.Take().ShouldBe(["IP 10.0.0.1 > 10.0.0.2: protocol 253, length 16"]);
    }

    [Fact]
    public void A_silent_neighbour_is_asked_three_times_and_then_the_sender_hears_host_unreachable()
    {
        _transport.Send("10.0.0.2");
        _transport.Send("10.0.0.2");
        _network.Pass(TimeSpan.FromMilliseconds(2999));
        _network.TakeFrames().ShouldBe(
        [
            "0 a: ARP, request who-has 10.0.0.2 tell 10.0.0.1",
            "1000 a: ARP, request who-has 10.0.0.2 tell 10.0.0.1",
            "2000 a: ARP, request who-has 10.0.0.2 tell 10.0.0.1",
        ]);
        _transport.Errors.ShouldBeEmpty();
        Entry.WaitingCount.ShouldBe(2);

        _network.Pass(TimeSpan.FromMilliseconds(1));
        Entry.State.ShouldBe(NeighborState.Failed);
        _transport.Errors.ShouldBe(
        [
            new(Errno.EHOSTUNREACH, false, 0, "10.0.0.1 > 10.0.0.2 from 10.0.0.1"),
            new(Errno.EHOSTUNREACH, false, 0, "10.0.0.1 > 10.0.0.2 from 10.0.0.1"),
        ]);
        _network.Pass(TimeSpan.FromMinutes(10));
        _network.TakeFrames().ShouldBeEmpty();
        _network.Loop.NextDeadline.ShouldBeNull();
        _network.Loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void A_stale_neighbour_in_use_is_probed_after_five_seconds_by_unicast()
    {
        Meet();
        _network.Pass(TimeSpan.FromSeconds(46)); // half to one and a half of 30 s
        Entry.State.ShouldBe(NeighborState.Stale);
        _network.TakeFrames();

        _transport.Send("10.0.0.2");
        Entry.State.ShouldBe(NeighborState.Delay);
        _network.Pass(TimeSpan.FromSeconds(4.999));
        _network.TakeFrames().Length.ShouldBe(1); // the packet alone
        _network.Pass(TimeSpan.FromMilliseconds(1));
        Entry.State.ShouldBe(NeighborState.Probe);
        MacAddress.Read(_peer.Received[^1]).ShouldNotBe(MacAddress.Broadcast);
        _peer.Take()[^1].ShouldBe("ARP, request who-has 10.0.0.2 tell 10.0.0.1");

        Answer();
        Entry.State.ShouldBe(NeighborState.Reachable);
    }

    [Fact]
    public void A_neighbour_that_has_gone_is_probed_three_times_and_fails()
    {
        Meet();
        _network.Pass(TimeSpan.FromSeconds(46));
        _transport.Send("10.0.0.2");
        _network.TakeFrames();
        _network.Pass(TimeSpan.FromSeconds(7.999));
        _network.TakeFrames().ShouldBe(
        [
            "51000 a: ARP, request who-has 10.0.0.2 tell 10.0.0.1",
            "52000 a: ARP, request who-has 10.0.0.2 tell 10.0.0.1",
            "53000 a: ARP, request who-has 10.0.0.2 tell 10.0.0.1",
        ]);
        Entry.State.ShouldBe(NeighborState.Probe);
        _network.Pass(TimeSpan.FromMilliseconds(1));
        Entry.State.ShouldBe(NeighborState.Failed);
    }

    [Fact]
    [Trait("Row", "DATA-10")]
    public void A_confirmation_from_above_spares_the_probe()
    {
        Meet();
        _network.Pass(TimeSpan.FromSeconds(46));
        _network.TakeFrames();
        _transport.Send("10.0.0.2", 16, new IpSendFields(TestTransport.Protocol) { Confirm = true });
        Entry.State.ShouldBe(NeighborState.Delay);
        _network.Pass(TimeSpan.FromSeconds(6));
        Entry.State.ShouldBe(NeighborState.Reachable);
        _network.TakeFrames().ShouldAllBe(static f => !f.Contains("ARP"));
    }

    [Fact]
    public void A_request_for_an_own_address_is_answered_and_makes_the_asker_known()
    {
        _peer.Send(new ArpHeader(ArpOperation.Request, _peer.Address, Neighbor, default, Own));
        _peer.Take().ShouldBe([$"ARP, reply 10.0.0.1 is-at {_interface.Device.Address}"]);
        Entry.State.ShouldBe(NeighborState.Stale);
    }

    [Fact]
    public void A_request_for_anothers_address_is_neither_answered_nor_learnt_from()
    {
        _peer.Send(new ArpHeader(ArpOperation.Request, _peer.Address, Neighbor, default, IpAddress.Parse("10.0.0.3")));
        _peer.Take().ShouldBeEmpty();
        _interface.Neighbors.Count.ShouldBe(0);
    }

    [Fact]
    public void A_probe_for_duplicates_is_answered_but_not_learnt_from()
    {
        _peer.Send(new ArpHeader(ArpOperation.Request, _peer.Address, IpAddress.AnyIPv4, default, Own));
        _peer.Take().ShouldBe([$"ARP, reply 10.0.0.1 is-at {_interface.Device.Address}"]);
        _interface.Neighbors.Count.ShouldBe(0);
    }

    [Fact]
    public void An_answer_that_nobody_asked_for_makes_no_entry_but_updates_one()
    {
        Answer();
        _interface.Neighbors.Count.ShouldBe(0);

        Meet();
        var other = new MacAddress(0x0200_0000_00FF);
        _peer.Send(new ArpHeader(ArpOperation.Reply, other, Neighbor, _interface.Device.Address, Own));
        Entry.LinkAddress.ShouldBe(_peer.Address); // within the lock time the first answer counts
        _network.Pass(TimeSpan.FromSeconds(1.001));
        _peer.Send(new ArpHeader(ArpOperation.Reply, other, Neighbor, _interface.Device.Address, Own));
        Entry.LinkAddress.ShouldBe(other);
    }

    [Fact]
    public void A_gratuitous_announcement_changes_a_known_address_at_once_and_makes_it_stale()
    {
        Meet();
        var other = new MacAddress(0x0200_0000_00FF);
        _peer.Send(new ArpHeader(ArpOperation.Request, other, Neighbor, default, Neighbor));
        Entry.LinkAddress.ShouldBe(other);
        Entry.State.ShouldBe(NeighborState.Stale);
        _peer.Take().ShouldBeEmpty();
    }

    [Fact]
    public void A_claim_to_an_own_address_is_not_believed()
    {
        _peer.Send(new ArpHeader(ArpOperation.Reply, _peer.Address, Own, _interface.Device.Address, Own));
        _interface.Neighbors.Count.ShouldBe(0);
        _peer.Take().ShouldBeEmpty();
    }

    [Fact]
    public void A_permanent_entry_is_never_asked_for_and_never_changed()
    {
        // Until the host has told the link what it listens to.
        _network.Pass(TimeSpan.FromSeconds(5));
        _network.Do(() => _interface.Neighbors.SetPermanent(Neighbor, _peer.Address)).ShouldBe(Errno.None);
        _transport.Send("10.0.0.2");
        _peer.Take().ShouldBe(["IP 10.0.0.1 > 10.0.0.2: protocol 253, length 16"]);
        _peer.Send(new ArpHeader(ArpOperation.Request, new MacAddress(0x0200_0000_00FF), Neighbor, default, Neighbor));
        Entry.LinkAddress.ShouldBe(_peer.Address);
        _network.Loop.NextDeadline.ShouldBeNull();
    }

    [Fact]
    public void Packets_that_wait_are_bounded_by_memory_and_the_oldest_go()
    {
        for (int i = 0; i < 400; i++) _transport.Send("10.0.0.2", 1000);
        int kept = Entry.WaitingCount;
        kept.ShouldBeInRange(50, 399);
        _host.Neighbors.UnresolvedDiscards.ShouldBe(400 - kept);
    }

    [Fact]
    public void A_scan_of_the_network_does_not_fill_memory()
    {
        for (int i = 0; i < 4000; i++) _transport.Send($"10.0.0.{2 + i % 250}");
        _interface.Neighbors.Count.ShouldBe(250);
        _network.Do(() => _interface.AddAddress(IpPrefix.Parse("10.1.0.1/16")));
        for (int i = 0; i < 4000; i++) _transport.Send($"10.1.{i / 250}.{2 + i % 250}");
        _host.Neighbors.Count4.ShouldBe(1024); // gc_thresh3
        _host.Neighbors.TableFulls.ShouldBePositive();
        _network.Pass(TimeSpan.FromMinutes(3));
        _host.Neighbors.Count4.ShouldBeLessThan(1024);
        _network.Loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void Packets_of_an_interface_that_goes_down_are_given_back()
    {
        _transport.Send("10.0.0.2");
        _network.Do(() => _interface.SetUp(false));
        _interface.Neighbors.Count.ShouldBe(0);
        _network.Loop.Packets.Outstanding.ShouldBe(0);
        _network.Loop.NextDeadline.ShouldBeNull();
    }

    [Fact]
    public void When_the_cable_is_cut_what_was_learnt_is_forgotten()
    {
        Meet();
        _network.Do(() => _interface.Neighbors.SetPermanent(IpAddress.Parse("10.0.0.3"), _peer.Address));
        _network.Do(() => _peer.Link.SetUp(false));
        _interface.Neighbors.List().Select(static n => n.ToString()).ShouldBe([$"10.0.0.3 dev eth0 lladdr {_peer.Address} PERMANENT"]);
        _network.Do(() => _peer.Link.SetUp(true));
        _transport.Send("10.0.0.2");
        _peer.Take().ShouldBe(["ARP, request who-has 10.0.0.2 tell 10.0.0.1"]);
    }

    private NeighborEntry Entry => _interface.Neighbors.TryGet(Neighbor, out NeighborEntry? entry) ? entry : throw new InvalidOperationException("No entry.");

    private void Meet()
    {
        _transport.Send("10.0.0.2");
        Answer();
        Entry.State.ShouldBe(NeighborState.Reachable);
        _peer.Take();
        _network.TakeFrames();
    }

    private void Answer() => _peer.Send(new ArpHeader(ArpOperation.Reply, _peer.Address, Neighbor, _interface.Device.Address, Own));
}
