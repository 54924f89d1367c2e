using FsCheck;
using FsCheck.Fluent;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Routes: longest prefix, then metric, then age; gateways on the link; kinds that refuse; changes while it runs.</summary>
public sealed class RouteTableTests
{
    private readonly TestNetwork _network = new();
    private readonly StackHost _host;
    private readonly NetworkInterface _left, _right;

    public RouteTableTests()
    {
        _host = _network.AddHost("a");
        (_left, _) = _network.ConnectPeer(_host, "10.0.0.1/24 fd00::1/64");
        (_right, _) = _network.ConnectPeer(_host, "10.1.0.1/24 fd01::1/64");
    }

    [Fact]
    public void Addresses_bring_their_routes_and_take_them_away()
    {
        string[] before = List();
        before.ShouldBe(
        [
            "local 10.0.0.1/32 dev eth0 src 10.0.0.1",
            "10.0.0.0/24 dev eth0 src 10.0.0.1",
            "broadcast 10.0.0.255/32 dev eth0 src 10.0.0.1",
            "local 10.1.0.1/32 dev eth1 src 10.1.0.1",
            "10.1.0.0/24 dev eth1 src 10.1.0.1",
            "broadcast 10.1.0.255/32 dev eth1 src 10.1.0.1",
            "local 127.0.0.0/8 dev lo src 127.0.0.1",
            "local 127.0.0.1/32 dev lo src 127.0.0.1",
            "broadcast 127.255.255.255/32 dev lo src 127.0.0.1",
        ], ignoreOrder: true);
        _network.Do(() => _left.AddAddress(IpPrefix.Parse("172.16.0.1/31"))).ShouldBe(Errno.None);
        List().Except(before).ShouldBe(["172.16.0.0/31 dev eth0 src 172.16.0.1", "local 172.16.0.1/32 dev eth0 src 172.16.0.1"], ignoreOrder: true); // RFC 3021: no broadcast
        _network.Do(() => _left.RemoveAddress(IpAddress.Parse("172.16.0.1"))).ShouldBe(Errno.None);
        List().ShouldBe(before);
        _network.Do(() => _left.RemoveAddress(IpAddress.Parse("172.16.0.1"))).ShouldBe(Errno.EADDRNOTAVAIL);
    }

    [Fact]
    public void A_second_address_in_the_same_network_is_secondary_and_goes_with_the_first()
    {
        _network.Do(() => _left.AddAddress(IpPrefix.Parse("10.0.0.9/24"))).ShouldBe(Errno.None);
        _left.FindAddress(IpAddress.Parse("10.0.0.9"))!.IsSecondary.ShouldBeTrue();
        Source("10.0.0.2").ShouldBe("10.0.0.1");
        _network.Do(() => _left.RemoveAddress(IpAddress.Parse("10.0.0.1"))).ShouldBe(Errno.None);
        _left.FindAddress(IpAddress.Parse("10.0.0.9")).ShouldBeNull();
        List().ShouldNotContain(static r => r.Contains("10.0.0.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("224.0.0.1/4", Errno.EINVAL)]
    [InlineData("0.0.0.0/0", Errno.EINVAL)]
    [InlineData("ff02::5/128", Errno.EINVAL)]
    [InlineData("10.0.0.1/16", Errno.EEXIST)]
    [InlineData("fd01::1/64", Errno.EEXIST)] // an IPv6 address is one interface's alone
    [InlineData("10.1.0.1/24", Errno.None)] // an IPv4 address may be on two
    public void What_is_no_address_or_taken_is_refused(string prefix, Errno errno) => _network.Do(() => _left.AddAddress(IpPrefix.Parse(prefix))).ShouldBe(errno);

    [Fact]
    public void The_longest_prefix_wins_then_the_least_metric_then_the_oldest()
    {
        _network.Do(() =>
        {
            Add("0.0.0.0/0", "10.0.0.254").ShouldBe(Errno.None);
            Add("20.0.0.0/8", "10.1.0.254", 10).ShouldBe(Errno.None);
            Add("20.0.0.0/8", "10.0.0.253", 5).ShouldBe(Errno.None);
            Add("20.1.0.0/16", "10.1.0.253").ShouldBe(Errno.None);
            Add("20.1.0.0/16", "10.0.0.252").ShouldBe(Errno.EEXIST);
        });
        NextHop("8.8.8.8").ShouldBe("10.0.0.254");
        NextHop("20.9.9.9").ShouldBe("10.0.0.253");
        NextHop("20.1.2.3").ShouldBe("10.1.0.253");
        NextHop("20.9.9.9", _right.Index).ShouldBe("10.1.0.254");
        _network.Do(() => _host.Routes.Remove(IpPrefix.Parse("20.0.0.0/8"), metric: 5)).ShouldBe(Errno.None);
        NextHop("20.9.9.9").ShouldBe("10.1.0.254");
        _network.Do(() => _host.Routes.Remove(IpPrefix.Parse("20.0.0.0/8"), IpAddress.Parse("10.9.9.9"))).ShouldBe(Errno.ESRCH);
    }

    [Theory]
    [InlineData("10.9.0.1", Errno.ENETUNREACH)] // not on a link
    [InlineData("10.0.0.1", Errno.EINVAL)] // this host itself
    [InlineData("127.0.0.1", Errno.EINVAL)]
    [InlineData("fd00::2", Errno.EINVAL)] // of the other family
    public void A_gateway_must_be_a_neighbour(string gateway, Errno errno)
        => _network.Do(() => _host.Routes.Add(IpPrefix.Parse("30.0.0.0/8"), IpAddress.Parse(gateway), _left)).ShouldBe(errno);

    [Fact]
    public void A_gateway_that_is_said_to_be_on_the_link_is_taken()
        => _network.Do(() => _host.Routes.Add(new Route { Destination = IpPrefix.Parse("30.0.0.0/8"), Gateway = IpAddress.Parse("10.9.0.1"), Interface = _left, IsOnLink = true })).ShouldBe(Errno.None);

    [Theory]
    [InlineData(RouteKind.Blackhole, Errno.EINVAL)]
    [InlineData(RouteKind.Unreachable, Errno.EHOSTUNREACH)]
    [InlineData(RouteKind.Prohibit, Errno.EACCES)]
    public void A_route_that_refuses_gives_its_errno(RouteKind kind, Errno errno)
    {
        foreach (string prefix in (string[])["30.0.0.0/8", "fd30::/16"])
        {
            _network.Do(() => _host.Routes.Add(new Route { Destination = IpPrefix.Parse(prefix), Interface = _host.Loopback, Kind = kind })).ShouldBe(Errno.None);
        }
        RouteErrno("30.0.0.1").ShouldBe(errno);
        RouteErrno("fd30::1").ShouldBe(errno);
    }

    [Theory]
    [Trait("Row", "CONN-06")]
    [InlineData("99.0.0.1", null, 0, Errno.ENETUNREACH)]
    [InlineData("fd99::1", null, 0, Errno.ENETUNREACH)]
    [InlineData("10.0.0.2", "10.0.0.99", 0, Errno.ENETUNREACH)] // a source that is not ours
    [InlineData("10.0.0.2", "127.0.0.1", 0, Errno.EINVAL)] // the loopback's address leaves by no wire
    [InlineData("10.0.0.2", null, 99, Errno.ENODEV)]
    [InlineData("fe80::1", null, 0, Errno.None)] // which link? the first, as sendto on Linux does
    [InlineData("99.0.0.1", null, 2, Errno.None)] // bound to an interface, all is on its link
    [InlineData("127.0.0.1", null, 2, Errno.EINVAL)]
    public void What_cannot_be_reached_says_why(string destination, string? source, int interfaceIndex, Errno errno)
    {
        var flow = new FlowKey(IpAddress.Parse(destination)) { Source = source is null ? default : IpAddress.Parse(source), InterfaceIndex = interfaceIndex };
        _network.Do(() => _host.Ip.Route(flow, out _)).ShouldBe(errno);
    }

    [Fact]
    public void A_link_that_goes_down_takes_its_routes_and_IPv6_addresses_and_brings_back_what_belongs_to_addresses()
    {
        _network.Do(() => Add("0.0.0.0/0", "10.0.0.254"));
        uint generation = _host.RoutingGeneration;
        _network.Do(() => _left.SetUp(false));
        _host.RoutingGeneration.ShouldNotBe(generation);
        RouteErrno("10.0.0.2").ShouldBe(Errno.ENETUNREACH);
        RouteErrno("8.8.8.8").ShouldBe(Errno.ENETUNREACH);
        RouteErrno("10.0.0.1").ShouldBe(Errno.None); // its own address stays
        _left.Addresses.ShouldNotContain(static a => a.Address.IsIPv6);
        _network.Do(() => _left.SetUp(true));
        RouteErrno("10.0.0.2").ShouldBe(Errno.None);
        RouteErrno("8.8.8.8").ShouldBe(Errno.ENETUNREACH); // a user's route does not come back
        _left.LinkLocalAddress.IsUnspecified.ShouldBeFalse();
    }

    [Fact]
    public void An_interface_that_is_removed_leaves_nothing_behind()
    {
        _network.Do(() => _host.RemoveInterface(_left)).ShouldBe(Errno.None);
        _network.Do(() => _host.RemoveInterface(_left)).ShouldBe(Errno.ENODEV);
        _network.Do(() => _host.RemoveInterface(_host.Loopback)).ShouldBe(Errno.EOPNOTSUPP);
        List().ShouldNotContain(static r => r.Contains("eth0", StringComparison.Ordinal));
        _host.Interfaces.FindAddress(IpAddress.Parse("10.0.0.1")).ShouldBeNull();
        _host.Sysctl.TryFind("net.ipv4.conf.eth0.forwarding", out _).ShouldBeFalse();
        RouteErrno("10.1.0.2").ShouldBe(Errno.None);
    }

    [Fact]
    public void The_trie_agrees_with_a_search_through_all_routes_whatever_is_added_and_removed()
    {
        Arbitrary<(uint Address, int Length)[]> prefixes = Gen.Choose(0, 32).SelectMany(static length => Gen.Choose(int.MinValue, int.MaxValue).Select(address => ((uint)address, length)))
            .ArrayOf(60).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(prefixes, entries =>
        {
            using LoopScope scope = _network.Loop.Enter();
            var trie = new RouteTrieProbe(_left);
            for (int i = 0; i < entries.Length; i++)
            {
                trie.Add(new IpPrefix(IpAddress.FromIPv4(entries[i].Address & 0xC0FF_00FF), entries[i].Length).Network);
                if (i % 3 == 2) trie.RemoveOldest();
                trie.Agrees(IpAddress.FromIPv4(entries[^(i + 1)].Address & 0xC0FF_00FF)).ShouldBeTrue();
            }
            trie.Clear();
        }));
    }

    private string[] List() => [.. _host.Routes.List().Where(static r => r.Destination.Address.IsIPv4).Select(static r => r.ToString())];

    private Errno Add(string prefix, string gateway, int? metric = null) => _host.Routes.Add(IpPrefix.Parse(prefix), IpAddress.Parse(gateway), metric: metric);

    private string NextHop(string destination, int interfaceIndex = 0) => Decide(destination, interfaceIndex).NextHop.ToString();

    private string Source(string destination) => Decide(destination).Source.ToString();

    private Errno RouteErrno(string destination) => _network.Do(() => _host.Ip.Route(new FlowKey(IpAddress.Parse(destination)), out _));

    private RouteDecision Decide(string destination, int interfaceIndex = 0) => _network.Do(() =>
    {
        _host.Ip.Route(new FlowKey(IpAddress.Parse(destination)) { InterfaceIndex = interfaceIndex }, out RouteDecision decision).ShouldBe(Errno.None);
        return decision;
    });

    /// <summary>A host's table beside a plain list of what should be in it.</summary>
    private sealed class RouteTrieProbe(NetworkInterface device)
    {
        private readonly RouteTable _table = device.Host.Routes;
        private readonly List<IpPrefix> _prefixes = [];

        public void Add(IpPrefix prefix)
        {
            var route = new Route { Destination = prefix, Interface = device, Metric = 7 };
            if (_table.Add(route) == Errno.None) _prefixes.Add(prefix);
        }

        public void RemoveOldest()
        {
            if (_prefixes.Count == 0) return;
            _table.Remove(_prefixes[0], metric: 7).ShouldBe(Errno.None);
            _prefixes.RemoveAt(0);
        }

        public bool Agrees(IpAddress address)
        {
            int longest = _prefixes.Where(p => p.Contains(address)).Select(static p => p.Length).DefaultIfEmpty(-1).Max();
            Route? found = _table.Find(address);
            return found is { Metric: 7 } ? found.Destination.Length == longest : found is null ? longest < 0 : found.Destination.Length >= longest;
        }

        public void Clear()
        {
            while (_prefixes.Count > 0) RemoveOldest();
        }
    }
}
