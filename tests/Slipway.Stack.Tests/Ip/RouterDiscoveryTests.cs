using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>What a host makes of router advertisements (RFC 4861 §6.3, RFC 4862 §5.5, RFC 4191), made by the test, and what a router of ours advertises; on a clock that the test moves.</summary>
public sealed class RouterDiscoveryTests
{
    private static readonly IpAddress Router = IpAddress.Parse("fe80::1"), Second = IpAddress.Parse("fe80::2"), AllNodes = IpAddress.Parse("ff02::1");
    private static readonly IpPrefix Network = IpPrefix.Parse("2001:db8:1::/64");

    private readonly TestNetwork _network = new();
    private readonly StackHost _host;
    private readonly NetworkInterface _interface;
    private readonly TestPeer _peer;

    public RouterDiscoveryTests()
    {
        _host = _network.AddHost("a");
        (_interface, _peer) = _network.ConnectPeer(_host, "");
        _peer.Take();
    }

    private IpAddress Made => new(Network.Address.High, _interface.Device.Address.ToInterfaceIdentifier());

    [Fact]
    public void A_prefix_gives_an_address_and_the_router_the_default_route()
    {
        Advertise(Router, 1800, new PrefixInformation(Network, true, true, 86400, 14400));
        LocalAddress address = _interface.FindAddress(Made).ShouldNotBeNull();
        (address.IsAutoconfigured, address.IsTentative, address.IsDeprecated).ShouldBe((true, false, false));
        Route route = _host.Routes.Find(IpAddress.Parse("2001:db8:9::9")).ShouldNotBeNull();
        (route.Gateway, route.Metric, route.IsLearnt).ShouldBe((Router, 1024, true));
        _host.Routes.Find(IpAddress.Parse("2001:db8:1::77"))!.HasGateway.ShouldBeFalse();
        _interface.Neighbors.TryGet(Router, out NeighborEntry? neighbor).ShouldBeTrue();
        (neighbor!.IsRouter, neighbor.State, neighbor.LinkAddress).ShouldBe((true, NeighborState.Stale, _peer.Address));
    }

    [Fact]
    public void Lifetimes_end_the_route_the_preference_and_the_address_one_after_the_other()
    {
        Advertise(Router, 30, new PrefixInformation(Network, true, true, 100, 50));
        _network.Pass(TimeSpan.FromSeconds(29));
        Default().ShouldNotBeNull();
        _network.Pass(TimeSpan.FromSeconds(1));
        Default().ShouldBeNull();
        _network.Pass(TimeSpan.FromSeconds(20));
        _interface.FindAddress(Made)!.IsDeprecated.ShouldBeTrue();
        _network.Pass(TimeSpan.FromSeconds(50));
        _interface.FindAddress(Made).ShouldBeNull();
        _host.Routes.Find(IpAddress.Parse("2001:db8:1::77")).ShouldBeNull();
        _network.Loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void A_router_that_says_zero_is_no_default_router_any_more()
    {
        Advertise(Router, 1800);
        Advertise(Router, 0);
        Default().ShouldBeNull();
    }

    /// <summary>RFC 4862 §5.5.3 e: who could send one false advertisement could otherwise take every address away.</summary>
    [Theory]
    [InlineData(86400u, 60u, 7200)]    // two hours at least
    [InlineData(3600u, 60u, 3600)]     // but not longer than was left
    [InlineData(3600u, 10800u, 10800)] // longer is always believed
    public void An_advertisement_cannot_end_an_address_at_once(uint first, uint then, int left)
    {
        Advertise(Router, 1800, new PrefixInformation(Network, true, true, first, 30));
        Advertise(Router, 1800, new PrefixInformation(Network, true, true, then, 30));
        _network.Pass(TimeSpan.FromSeconds(left - 1));
        _interface.FindAddress(Made).ShouldNotBeNull();
        _network.Pass(TimeSpan.FromSeconds(2));
        _interface.FindAddress(Made).ShouldBeNull();
    }

    [Fact]
    public void An_address_that_somebody_has_already_is_not_kept()
    {
        Set(_host, "net.ipv6.conf.eth0.accept_dad", "1");
        Advertise(Router, 1800, new PrefixInformation(Network, true, true, 86400, 14400));
        _interface.FindAddress(Made)!.IsTentative.ShouldBeTrue();
        _network.Pass(TimeSpan.FromSeconds(1));
        var claim = new byte[NeighborAdvertisementHeader.Length + 8];
        new NeighborOptionsBuilder(claim.AsSpan(NeighborAdvertisementHeader.Length)).AddLinkAddress(NeighborOptionKind.TargetLinkAddress, _peer.Address);
        new NeighborAdvertisementHeader(Made, IsRouter: false, IsSolicited: false, IsOverride: true).Write(claim, Made, AllNodes);
        _peer.Send(new Ipv6Header(Made, AllNodes, IpProtocolNumber.Icmpv6) { HopLimit = 255 }, claim, MacAddress.ForMulticast(AllNodes));
        _interface.FindAddress(Made).ShouldBeNull();
    }

    [Theory]
    [InlineData("autoconf", "0")]
    [InlineData("accept_ra", "0")]
    [InlineData("accept_ra_pinfo", "0")]
    [InlineData("forwarding", "1")]
    public void Without_the_setting_no_address_is_made(string name, string value)
    {
        Set(_host, $"net.ipv6.conf.eth0.{name}", value);
        Advertise(Router, 1800, new PrefixInformation(Network, true, true, 86400, 14400));
        _interface.FindAddress(Made).ShouldBeNull();
    }

    [Fact]
    public void A_router_listens_only_where_accept_ra_is_2_and_gives_its_default_route_up_otherwise()
    {
        Advertise(Router, 1800);
        Set(_host, "net.ipv6.conf.eth0.forwarding", "1");
        Default().ShouldBeNull();
        Set(_host, "net.ipv6.conf.eth0.accept_ra", "2");
        Advertise(Router, 1800);
        Default().ShouldNotBeNull();
    }

    [Fact]
    public void The_hop_limit_the_MTU_and_the_times_of_the_router_count()
    {
        Advertise(Router, 1800, hopLimit: 33, mtu: 1400, reachable: 40_000, retransmit: 500);
        IPv6Conf conf = _interface.Settings.IPv6;
        (conf.HopLimit.Value, conf.Mtu.Value).ShouldBe((33, 1400));
        (_interface.Settings.NeighborIPv6.BaseReachableTimeMs.Value, _interface.Settings.NeighborIPv6.RetransTimeMs.Value).ShouldBe((40_000, 500));
        Advertise(Router, 1800, mtu: 1000);
        Advertise(Router, 1800, mtu: 9000);
        conf.Mtu.Value.ShouldBe(1400);
        _host.Log.Lines.Select(static line => line.Text).ShouldBe(["ICMPv6: RA: eth0: invalid mtu: 1000", "ICMPv6: RA: eth0: invalid mtu: 9000"]);
    }

    [Fact]
    public void Of_two_routers_the_preferred_one_is_used_until_it_does_not_answer()
    {
        Advertise(Router, 1800, new PrefixInformation(Network, true, true, 86400, 14400), preference: 0);
        Advertise(Second, 1800, preference: 1);
        Default()!.Gateway.ShouldBe(Second);
        // It does not answer when it is used, and after the delay and three questions the other is.
        var transport = new TestTransport(_host);
        for (int i = 0; i < 10; i++)
        {
            transport.Send("2001:db8:9::9");
            _network.Pass(TimeSpan.FromSeconds(1));
        }
        _interface.Neighbors.TryGet(Second, out NeighborEntry? silent).ShouldBeTrue();
        silent!.State.ShouldBe(NeighborState.Failed);
        Default()!.Gateway.ShouldBe(Router);
        Advertise(Second, 1800, preference: 1);
        Default()!.Gateway.ShouldBe(Second);
        Advertise(Second, 1800, preference: -1);
        Default()!.Gateway.ShouldBe(Router);
    }

    [Theory]
    [InlineData("hop limit")]
    [InlineData("global source")]
    [InlineData("code")]
    [InlineData("preferred beyond valid")]
    public void An_advertisement_that_breaks_a_rule_makes_no_address(string fault)
    {
        var message = Message([new PrefixInformation(Network, true, true, 100, fault == "preferred beyond valid" ? 200u : 100)]);
        IpAddress source = fault == "global source" ? IpAddress.Parse("2001:db8:1::1") : Router;
        new RouterAdvertisementHeader(64, 1800).Write(message, source, AllNodes);
        if (fault == "code") message[1] = 1;
        _peer.Send(new Ipv6Header(source, AllNodes, IpProtocolNumber.Icmpv6) { HopLimit = (byte)(fault == "hop limit" ? 254 : 255) }, message, MacAddress.ForMulticast(AllNodes));
        _interface.FindAddress(Made).ShouldBeNull();
    }

    /// <summary>RFC 7559: 4 s after the first question the second, then about twice as long each time, until a router answers.</summary>
    [Fact]
    public void A_host_asks_for_routers_at_growing_intervals_until_one_answers()
    {
        _network.Do(() => _interface.SetUp(false));
        Set(_host, "net.ipv6.conf.eth0.router_solicitations", "-1");
        _network.TakeFrames();
        _network.Do(() => _interface.SetUp(true));
        _network.Pass(TimeSpan.FromMinutes(2));
        long[] times = [.. _network.TakeFrames().Where(static frame => frame.Contains("router solicitation", StringComparison.Ordinal)).Select(static frame => long.Parse(frame.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))];
        times.Length.ShouldBeInRange(5, 6);
        (times[1] - times[0]).ShouldBeInRange(3600, 4400);
        for (int i = 2; i < times.Length; i++) ((double)(times[i] - times[i - 1]) / (times[i - 1] - times[i - 2])).ShouldBeInRange(1.89, 2.11);
        Advertise(Router, 1800);
        _network.Pass(TimeSpan.FromHours(2));
        _network.TakeFrames().ShouldNotContain(static frame => frame.Contains("router solicitation", StringComparison.Ordinal));
    }

    [Fact]
    public void A_router_of_ours_configures_a_host_of_ours()
    {
        StackHost router = _network.AddHost("r"), host = _network.AddHost("h");
        Set(router, "net.ipv6.conf.all.forwarding", "1");
        Set(host, "net.ipv6.conf.default.accept_dad", "1");
        Set(host, "net.ipv6.conf.default.router_solicitations", "-1");
        (NetworkInterface near, NetworkInterface far) = _network.Connect(router, "2001:db8:1::1/64", host, "");
        _network.Do(() => near.SetAdvertiser(new RouterAdvertisementSettings { Mtu = 1400, Preference = 1, RouterLifetime = TimeSpan.FromSeconds(1900) }));
        _network.Pass(TimeSpan.FromSeconds(6));
        LocalAddress made = far.Addresses.Single(static address => address.IsAutoconfigured);
        (made.Prefix.Network, made.IsTentative).ShouldBe((Network, false));
        Route route = host.Routes.Find(IpAddress.Parse("2001:db8:9::9"))!;
        (route.Gateway, route.Preference).ShouldBe((near.LinkLocalAddress, 1));
        far.Settings.IPv6.Mtu.Value.ShouldBe(1400);

        // It goes on by itself: three soon, then one in three to ten minutes. When it stops it says so.
        _network.Pass(TimeSpan.FromHours(2));
        host.Routes.Find(IpAddress.Parse("2001:db8:9::9")).ShouldNotBeNull();
        _network.TakeFrames().Count(static frame => frame.Contains("router advertisement", StringComparison.Ordinal)).ShouldBeInRange(12, 40);
        _network.Do(() => near.SetAdvertiser(null));
        host.Routes.Find(IpAddress.Parse("2001:db8:9::9")).ShouldBeNull();
        _network.Loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void Questions_that_come_together_get_one_answer_and_no_two_answers_come_within_three_seconds()
    {
        Set(_host, "net.ipv6.conf.all.forwarding", "1");
        _network.Do(() => _interface.SetAdvertiser(new RouterAdvertisementSettings()));
        _network.Pass(TimeSpan.FromMinutes(1));
        _network.TakeFrames();
        for (int i = 0; i < 50; i++)
        {
            Ask();
            _network.Pass(TimeSpan.FromMilliseconds(100));
        }
        long[] times = [.. _network.TakeFrames().Where(static frame => frame.Contains("router advertisement", StringComparison.Ordinal)).Select(static frame => long.Parse(frame.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture))];
        times.Length.ShouldBe(2);
        (times[1] - times[0]).ShouldBeInRange(3000, 3500);
    }

    [Theory]
    [InlineData(3, null, null)]
    [InlineData(2000, null, null)]
    [InlineData(600, 500, null)]
    [InlineData(600, null, 10)]
    public void Settings_that_do_not_fit_are_refused(int most, int? least, int? lifetime)
        => Should.Throw<ArgumentException>(() => _network.Do(() => _interface.SetAdvertiser(new RouterAdvertisementSettings
        {
            MaxInterval = TimeSpan.FromSeconds(most),
            MinInterval = least is { } from ? TimeSpan.FromSeconds(from) : null,
            RouterLifetime = lifetime is { } life ? TimeSpan.FromSeconds(life) : null,
        })));

    private void Set(StackHost host, string name, string value) => _network.Do(() => host.Sysctl.Set(name, value)).ShouldBe(Errno.None);

    private Route? Default() => _host.Routes.Find(IpAddress.Parse("2001:db8:9::9"));

    private void Advertise(IpAddress router, ushort lifetime, PrefixInformation? prefix = null, byte hopLimit = 0, uint mtu = 0, uint reachable = 0, uint retransmit = 0, int preference = 0)
    {
        byte[] message = Message(prefix is { } one ? [one] : [], mtu);
        new RouterAdvertisementHeader(hopLimit, lifetime) { Preference = preference, ReachableTime = reachable, RetransmitTimer = retransmit }.Write(message, router, AllNodes);
        _peer.Send(new Ipv6Header(router, AllNodes, IpProtocolNumber.Icmpv6) { HopLimit = 255 }, message, MacAddress.ForMulticast(AllNodes));
    }

    private byte[] Message(PrefixInformation[] prefixes, uint mtu = 0)
    {
        var message = new byte[RouterAdvertisementHeader.Length + 8 + (mtu > 0 ? 8 : 0) + prefixes.Length * PrefixInformation.Length];
        var options = new NeighborOptionsBuilder(message.AsSpan(RouterAdvertisementHeader.Length));
        options.AddLinkAddress(NeighborOptionKind.SourceLinkAddress, _peer.Address);
        if (mtu > 0) options.AddMtu(mtu);
        foreach (PrefixInformation prefix in prefixes) options.AddPrefix(prefix);
        return message;
    }

    private void Ask()
    {
        IpAddress source = IpAddress.Parse("fe80::9"), group = IpAddress.Parse("ff02::2");
        var message = new byte[Icmpv6Header.Length];
        Icmpv6Header.RouterSolicitation().Write(message, source, group);
        _peer.Send(new Ipv6Header(source, group, IpProtocolNumber.Icmpv6) { HopLimit = 255 }, message, MacAddress.ForMulticast(group));
    }
}
