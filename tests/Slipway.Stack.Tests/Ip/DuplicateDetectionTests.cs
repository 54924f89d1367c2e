using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Addresses that are checked before they are used (RFC 4862 §5.4, RFC 7527; accept_dad, dad_transmits), on a clock that the test moves.</summary>
public sealed class DuplicateDetectionTests
{
    private static readonly IpAddress Wanted = IpAddress.Parse("fd00::5"), Group = GroupTable.SolicitedNodeOf(Wanted), AllNodes = IpAddress.Parse("ff02::1");

    private readonly TestNetwork _network = new();
    private readonly StackHost _host;
    private readonly NetworkInterface _interface;
    private readonly TestPeer _peer;

    public DuplicateDetectionTests()
    {
        _host = _network.AddHost("a");
        (_interface, _peer) = _network.ConnectPeer(_host, "");
        _host.Sysctl.Set("net.ipv6.conf.eth0.accept_dad", "1").ShouldBe(Errno.None);
        _peer.Take();
    }

    [Fact]
    public void By_default_an_address_works_at_once_and_nothing_is_asked()
    {
        _host.Sysctl.Set("net.ipv6.conf.eth0.accept_dad", "0").ShouldBe(Errno.None);
        Add().IsTentative.ShouldBeFalse();
        _network.Pass(TimeSpan.FromSeconds(10));
        Probes().ShouldBeEmpty();
    }

    [Fact]
    public void Nobody_objects_and_the_address_works_a_second_after_the_question()
    {
        LocalAddress address = Add();
        address.IsTentative.ShouldBeTrue();
        _host.Interfaces.IsLocal(Wanted).ShouldBeFalse();
        _host.Routes.Find(Wanted)?.Kind.ShouldNotBe(RouteKind.Local);
        long asked = WaitForProbe();
        asked.ShouldBeInRange(0, StackClock.Second);
        string probe = Probes().ShouldHaveSingleItem();
        probe.ShouldStartWith($"IP6 :: > {Group}: ICMP6 neighbor solicitation, who has {Wanted}");

        _network.Pass(TimeSpan.FromMilliseconds(999));
        address.IsTentative.ShouldBeTrue();
        _network.Pass(TimeSpan.FromMilliseconds(1));
        address.IsTentative.ShouldBeFalse();
        _host.Routes.Find(Wanted)!.Kind.ShouldBe(RouteKind.Local);
        _network.Pass(TimeSpan.FromMinutes(1));
        Probes().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    public void It_asks_as_often_as_dad_transmits_says(int transmits, int seconds)
    {
        _host.Sysctl.Set("net.ipv6.conf.eth0.dad_transmits", $"{transmits}").ShouldBe(Errno.None);
        LocalAddress address = Add();
        _network.Pass(TimeSpan.FromSeconds(seconds));
        address.IsTentative.ShouldBeTrue(); // the random wait before the first is still to be added
        _network.Pass(TimeSpan.FromSeconds(1));
        address.IsTentative.ShouldBeFalse();
        Probes().Length.ShouldBe(transmits);
    }

    /// <summary>Whoever has the address answers, or asks for it at the same time; either way it is not ours.</summary>
    [Theory]
    [InlineData("advertisement")]
    [InlineData("probe")]
    public void Somebody_objects_and_the_address_stays_without_use(string objection)
    {
        LocalAddress address = Add();
        WaitForProbe();
        if (objection == "probe") Solicit(default, nonce: [1, 2, 3, 4, 5, 6]);
        else Advertise();
        address.IsDuplicate.ShouldBeTrue();
        address.IsTentative.ShouldBeTrue();
        _network.Pass(TimeSpan.FromMinutes(1));
        address.IsTentative.ShouldBeTrue();
        _host.Interfaces.IsLocal(Wanted).ShouldBeFalse();
        _host.Log.Lines.ShouldContain(line => line.Text == $"IPv6: eth0: IPv6 duplicate address {Wanted} used by {_peer.Address} detected!");
        // Nothing is sent from it unless a program says so: it is never chosen.
        var flow = new FlowKey(IpAddress.Parse("fd00::9"));
        IpAddress chosen = default;
        _network.Do(() =>
        {
            _host.Ip.Route(flow, out RouteDecision decision);
            chosen = decision.Source;
        });
        chosen.ShouldNotBe(Wanted);
    }

    [Fact]
    public void The_own_question_come_back_by_a_loop_in_the_link_is_no_objection()
    {
        LocalAddress address = Add();
        WaitForProbe();
        byte[] own = _peer.Received[^1];
        _peer.Send(EtherType.Ipv6, own.AsSpan(EthernetHeader.UntaggedLength), MacAddress.ForMulticast(Group), MacAddress.Read(own.AsSpan(6)));
        _network.Pass(TimeSpan.FromSeconds(2));
        address.IsTentative.ShouldBeFalse();
    }

    [Fact]
    public void A_tentative_address_answers_nobody()
    {
        Add();
        WaitForProbe();
        _peer.Take();
        Solicit(IpAddress.Parse("fd00::9"), nonce: null);
        _peer.Send(new Ipv6Header(IpAddress.Parse("fd00::9"), Wanted, IpProtocolNumber.Icmpv6), Echo(IpAddress.Parse("fd00::9"), Wanted));
        _peer.Take().ShouldBeEmpty();
    }

    [Fact]
    public void With_accept_dad_2_IPv6_ends_where_the_address_of_the_hardware_is_there_twice()
    {
        _network.Do(() => _interface.SetUp(false));
        _host.Sysctl.Set("net.ipv6.conf.eth0.accept_dad", "2").ShouldBe(Errno.None);
        _network.Do(() => _interface.SetUp(true));
        IpAddress own = _interface.Addresses.Single().Address;
        own.IsLinkLocal.ShouldBeTrue();
        WaitForProbe();
        Advertise(own);
        _host.Sysctl.IPv6.All.DisableIPv6.IsOn.ShouldBeFalse();
        _interface.Settings.IPv6.DisableIPv6.IsOn.ShouldBeTrue();
        _interface.Addresses.ShouldBeEmpty();
    }

    [Fact]
    public void An_address_that_goes_while_it_is_checked_leaves_nothing_behind()
    {
        Add();
        WaitForProbe();
        _network.Do(() => _interface.RemoveAddress(Wanted)).ShouldBe(Errno.None);
        _network.Pass(TimeSpan.FromSeconds(5));
        _interface.FindAddress(Wanted).ShouldBeNull();
        _network.Loop.Packets.Outstanding.ShouldBe(0);
    }

    private LocalAddress Add()
    {
        _network.Do(() => _interface.AddAddress(new IpPrefix(Wanted, 64))).ShouldBe(Errno.None);
        return _interface.FindAddress(Wanted)!;
    }

    private long WaitForProbe()
    {
        long begin = _network.Clock.Now;
        while (!_peer.Received.Exists(static frame => FramePrinter.PrintFrame(frame).Contains(":: > ff02", StringComparison.Ordinal) && FramePrinter.PrintFrame(frame).Contains("who has", StringComparison.Ordinal)))
            _network.Pass(TimeSpan.FromTicks(Math.Max((_network.Loop.NextDeadline!.Value - _network.Clock.Now) / 100, 1)));
        return _network.Clock.Now - begin;
    }

    private string[] Probes() => [.. _peer.Take().Where(static line => line.StartsWith("IP6 :: >", StringComparison.Ordinal) && line.Contains("who has", StringComparison.Ordinal))];

    private void Solicit(IpAddress source, byte[]? nonce)
    {
        var message = new byte[NeighborSolicitationHeader.Length + 8];
        var options = new NeighborOptionsBuilder(message.AsSpan(NeighborSolicitationHeader.Length));
        if (nonce is null) options.AddLinkAddress(NeighborOptionKind.SourceLinkAddress, _peer.Address);
        else options.AddNonce(nonce);
        new NeighborSolicitationHeader(Wanted).Write(message, source, Group);
        _peer.Send(new Ipv6Header(source, Group, IpProtocolNumber.Icmpv6) { HopLimit = 255 }, message, MacAddress.ForMulticast(Group));
    }

    private void Advertise(IpAddress? target = null)
    {
        IpAddress claimed = target ?? Wanted;
        var message = new byte[NeighborAdvertisementHeader.Length + 8];
        new NeighborOptionsBuilder(message.AsSpan(NeighborAdvertisementHeader.Length)).AddLinkAddress(NeighborOptionKind.TargetLinkAddress, _peer.Address);
        new NeighborAdvertisementHeader(claimed, IsRouter: false, IsSolicited: false, IsOverride: true).Write(message, claimed, AllNodes);
        _peer.Send(new Ipv6Header(claimed, AllNodes, IpProtocolNumber.Icmpv6) { HopLimit = 255 }, message, MacAddress.ForMulticast(AllNodes));
    }

    private static byte[] Echo(IpAddress source, IpAddress destination)
    {
        var message = new byte[Icmpv6Header.Length];
        Icmpv6Header.EchoRequest(1, 1).Write(message, source, destination);
        return message;
    }
}
