using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Redirects that a host follows and those that it must not (RFC 1122 §3.2.2.2, RFC 4861 §8), made by the test; and those that a router of ours sends.</summary>
public sealed class RedirectTests
{
    private static readonly IpAddress Own = IpAddress.Parse("10.0.0.1"), Router = IpAddress.Parse("10.0.0.254"), Better = IpAddress.Parse("10.0.0.253"), Far = IpAddress.Parse("192.0.2.7");
    private static readonly IpAddress Own6 = IpAddress.Parse("fd00::1"), Router6 = IpAddress.Parse("fe80::254"), Better6 = IpAddress.Parse("fe80::253"), Far6 = IpAddress.Parse("2001:db8:9::9");

    private readonly TestNetwork _network = new();
    private readonly StackHost _host;
    private readonly NetworkInterface _interface;
    private readonly TestPeer _peer;

    public RedirectTests()
    {
        _host = _network.AddHost("a");
        (_interface, _peer) = _network.ConnectPeer(_host, "10.0.0.1/24 fd00::1/64");
        _network.Do(() => _host.Routes.Add(IpPrefix.Parse("0.0.0.0/0"), Router)).ShouldBe(Errno.None);
        _network.Do(() => _host.Routes.Add(IpPrefix.Parse("::/0"), Router6, _interface)).ShouldBe(Errno.None);
        Know(Better);
        _ = new TestTransport(_host);
        _peer.Take();
    }

    [Fact]
    public void A_host_goes_by_the_better_router_for_that_destination_only_and_for_five_minutes()
    {
        NextHop(Far).ShouldBe(Router);
        Redirect();
        NextHop(Far).ShouldBe(Better);
        NextHop(IpAddress.Parse("192.0.2.8")).ShouldBe(Router);
        _network.Pass(TimeSpan.FromSeconds(299));
        NextHop(Far).ShouldBe(Better);
        _network.Pass(TimeSpan.FromSeconds(1));
        NextHop(Far).ShouldBe(Router);
    }

    /// <summary>As Linux has it: the hop that nobody has heard of is asked for, and the next redirect to it counts.</summary>
    [Fact]
    public void A_hop_that_is_not_known_is_asked_for_first()
    {
        IpAddress unknown = IpAddress.Parse("10.0.0.200");
        Redirect(gateway: unknown);
        NextHop(Far).ShouldBe(Router);
        _peer.Take().ShouldBe([$"ARP, request who-has {unknown} tell {Own}"]);
        Know(unknown);
        Redirect(gateway: unknown);
        NextHop(Far).ShouldBe(unknown);
    }

    [Theory]
    [InlineData("another router")]
    [InlineData("itself")]
    [InlineData("group")]
    [InlineData("own address")]
    [InlineData("not ours")]
    [InlineData("code")]
    [InlineData("accept_redirects")]
    [InlineData("forwarding")]
    public void A_redirect_that_breaks_a_rule_is_not_followed(string fault)
    {
        if (fault == "accept_redirects") Set("net.ipv4.conf.all.accept_redirects", "0", "net.ipv4.conf.eth0.accept_redirects", "0");
        if (fault == "forwarding") Set("net.ipv4.ip_forward", "1");
        Redirect(
            gateway: fault switch { "itself" => Router, "group" => IpAddress.Parse("224.0.0.9"), "own address" => Own, _ => Better },
            router: fault == "another router" ? IpAddress.Parse("10.0.0.66") : Router,
            source: fault == "not ours" ? IpAddress.Parse("10.0.0.99") : Own,
            code: fault == "code" ? (byte)4 : (byte)1);
        NextHop(Far).ShouldBe(Router);
    }

    [Theory]
    [InlineData("1", "10.0.0.253", false)] // secure: not a default gateway
    [InlineData("0", "10.0.0.253", true)]
    [InlineData("0", "10.1.0.253", false)] // of another network
    public void Without_shared_media_only_hops_of_the_network_count_and_secure_ones_be_default_gateways(string secure, string gateway, bool follows)
    {
        Set("net.ipv4.conf.all.shared_media", "0", "net.ipv4.conf.eth0.shared_media", "0", "net.ipv4.conf.all.secure_redirects", secure, "net.ipv4.conf.eth0.secure_redirects", secure);
        IpAddress hop = IpAddress.Parse(gateway);
        Know(hop);
        Redirect(gateway: hop);
        NextHop(Far).ShouldBe(follows ? hop : Router);
    }

    [Fact]
    public void Those_that_are_not_followed_are_logged_with_the_martians()
    {
        Set("net.ipv4.conf.all.log_martians", "1");
        Redirect(gateway: Own);
        _host.Log.Lines.Single().Text.ShouldBe($"IPv4: Redirect from {Router} on eth0 about {Own} ignored\n  Advised path = {Own} -> {Far}");
    }

    [Fact]
    public void A_host_follows_a_redirect_of_IPv6_and_learns_the_hops_link_address_from_it()
    {
        NextHop(Far6).ShouldBe(Router6);
        Redirect6(Better6);
        NextHop(Far6).ShouldBe(Better6);
        _interface.Neighbors.TryGet(Better6, out NeighborEntry? entry).ShouldBeTrue();
        (entry!.State, entry.IsRouter, entry.LinkAddress).ShouldBe((NeighborState.Stale, true, _peer.Address));
    }

    /// <summary>As Linux collects them: every 30 s from the first redirect on, and only those that are 30 s old. Repeated ones begin anew, and use does not prolong them.</summary>
    [Fact]
    public void A_redirect_of_IPv6_lasts_until_the_collection_that_finds_it_half_a_minute_old()
    {
        Redirect6(Better6);
        _network.Pass(TimeSpan.FromSeconds(29));
        NextHop(Far6).ShouldBe(Better6);
        _network.Pass(TimeSpan.FromSeconds(1));
        NextHop(Far6).ShouldBe(Router6);

        Redirect6(Better6);
        _network.Pass(TimeSpan.FromSeconds(20));
        Redirect6(Better6);
        _network.Pass(TimeSpan.FromSeconds(39));
        NextHop(Far6).ShouldBe(Better6);
        _network.Pass(TimeSpan.FromSeconds(1));
        NextHop(Far6).ShouldBe(Router6);
    }

    [Fact]
    public void How_long_a_redirect_of_IPv6_lasts_can_be_set()
    {
        Set("net.ipv6.route.gc_interval", "4");
        Redirect6(Better6);
        _network.Pass(TimeSpan.FromSeconds(4));
        NextHop(Far6).ShouldBe(Router6);
    }

    /// <summary>A neighbor that says that it is no router is no hop for others (RFC 4861 §7.2.5).</summary>
    [Fact]
    public void A_hop_that_is_no_router_any_more_is_given_up_at_the_next_collection()
    {
        Redirect6(Better6);
        _network.Pass(TimeSpan.FromSeconds(20));
        Redirect6(Better6);
        _interface.Neighbors.TryGet(Better6, out NeighborEntry? entry).ShouldBeTrue();
        _network.Do(() => entry!.IsRouter = false);
        NextHop(Far6).ShouldBe(Better6);
        _network.Pass(TimeSpan.FromSeconds(10));
        NextHop(Far6).ShouldBe(Router6);
    }

    [Fact]
    public void A_destination_that_turns_out_to_be_on_the_link_is_its_own_next_hop()
    {
        Redirect6(Far6);
        NextHop(Far6).ShouldBe(Far6);
    }

    [Fact]
    public void A_hop_that_does_not_answer_is_given_up()
    {
        Redirect6(Better6);
        var transport = new FlowKey(Far6);
        for (int i = 0; i < 12 && NextHop(Far6) == Better6; i++)
        {
            _network.Do(() => Send(transport));
            _network.Pass(TimeSpan.FromSeconds(1));
        }
        NextHop(Far6).ShouldBe(Router6);
    }

    [Theory]
    [InlineData("hop limit")]
    [InlineData("global source")]
    [InlineData("another router")]
    [InlineData("global target")]
    [InlineData("accept_redirects")]
    [InlineData("forwarding")]
    public void A_redirect_of_IPv6_that_breaks_a_rule_is_not_followed(string fault)
    {
        if (fault == "accept_redirects") Set("net.ipv6.conf.eth0.accept_redirects", "0");
        if (fault == "forwarding") Set("net.ipv6.conf.eth0.forwarding", "1");
        Redirect6(
            fault == "global target" ? IpAddress.Parse("fd00::253") : Better6,
            fault switch { "global source" => IpAddress.Parse("fd00::254"), "another router" => IpAddress.Parse("fe80::66"), _ => Router6 },
            (byte)(fault == "hop limit" ? 254 : 255));
        NextHop(Far6).ShouldBe(Router6);
    }

    /// <summary>Two routers on a link and a host that knows the wrong one: the first packet goes by both, the second straight to the better.</summary>
    [Theory]
    [InlineData("10.0.0.1/24", "10.0.0.254/24", "10.0.0.253/24", "192.0.2.7")]
    [InlineData("fd00::1/64", "fd00::254/64", "fd00::253/64", "2001:db8:9::9")]
    public void A_router_of_ours_tells_a_host_of_ours_of_the_better_one(string host, string router, string better, string far)
    {
        var hub = new LearningSwitch(_network.Loop);
        var members = new List<(StackHost Host, NetworkInterface Interface)>();
        foreach (string address in (string[])[host, router, better])
        {
            StackHost one = _network.AddHost($"member{members.Count}");
            (LinkDevice port, NetworkInterface attached) = _network.ConnectPort(one, address);
            hub.AddPort(port);
            members.Add((one, attached));
        }
        IpAddress destination = IpAddress.Parse(far);
        var everywhere = new IpPrefix(destination.IsIPv4 ? IpAddress.AnyIPv4 : IpAddress.AnyIPv6, 0);
        IpAddress HopOf(int member) => destination.IsIPv4 ? members[member].Interface.Addresses.First(static address => address.Address.IsIPv4).Address : members[member].Interface.LinkLocalAddress;
        _network.Do(() =>
        {
            for (int i = 1; i < members.Count; i++)
            {
                members[i].Host.Sysctl.IPv4.Forward.Set(1);
                members[i].Host.Sysctl.IPv6.All.Forwarding.Set(1);
            }
            members[0].Host.Routes.Add(everywhere, HopOf(1), members[0].Interface).ShouldBe(Errno.None);
            members[1].Host.Routes.Add(everywhere, HopOf(2), members[1].Interface).ShouldBe(Errno.None);
        });
        var transport = new TestTransport(members[0].Host);
        for (int i = 0; i < 4; i++)
        {
            transport.Send(far);
            _network.Pass(TimeSpan.FromSeconds(3));
        }
        _network.Do(() => members[0].Host.Ip.Route(new FlowKey(destination), out RouteDecision decision) == Errno.None ? decision.NextHop : default).ShouldBe(HopOf(2));
    }

    private IpAddress NextHop(IpAddress destination)
        => _network.Do(() => _host.Ip.Route(new FlowKey(destination), out RouteDecision decision) == Errno.None ? decision.NextHop : default);

    private void Send(FlowKey flow)
    {
        _host.Ip.Route(flow, out RouteDecision decision).ShouldBe(Errno.None);
        _host.Ip.Send(_network.Loop.Packets.RentCopy(new byte[16]), decision, new IpSendFields(TestTransport.Protocol));
    }

    private void Know(IpAddress neighbor) => _network.Do(() => _interface.Neighbors.SetPermanent(neighbor, _peer.Address)).ShouldBe(Errno.None);

    private void Set(params string[] namesAndValues)
    {
        for (int i = 0; i < namesAndValues.Length; i += 2)
        {
            (string name, string value) = (namesAndValues[i], namesAndValues[i + 1]);
            _network.Do(() => _host.Sysctl.Set(name, value)).ShouldBe(Errno.None);
        }
    }

    private void Redirect(IpAddress? gateway = null, IpAddress? router = null, IpAddress? source = null, byte code = 1)
    {
        var quoted = new byte[Ipv4Header.MinimumLength + 16];
        new Ipv4Header(source ?? Own, Far, TestTransport.Protocol) { PayloadLength = 16 }.Write(quoted);
        var message = new byte[8 + quoted.Length];
        quoted.CopyTo(message.AsSpan(8));
        new Icmpv4Header(Icmpv4Type.Redirect, code, (gateway ?? Better).IPv4).Write(message);
        _peer.Send(new Ipv4Header(router ?? Router, Own, IpProtocolNumber.Icmpv4), message);
    }

    private void Redirect6(IpAddress target, IpAddress? router = null, byte hopLimit = 255)
    {
        IpAddress from = router ?? Router6;
        var message = new byte[RedirectHeader.Length + 8];
        new NeighborOptionsBuilder(message.AsSpan(RedirectHeader.Length)).AddLinkAddress(NeighborOptionKind.TargetLinkAddress, _peer.Address);
        new RedirectHeader(target, Far6).Write(message, from, Own6);
        _peer.Send(new Ipv6Header(from, Own6, IpProtocolNumber.Icmpv6) { HopLimit = hopLimit }, message);
    }
}
