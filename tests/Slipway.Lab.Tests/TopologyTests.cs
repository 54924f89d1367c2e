using Slipway.Stack;

namespace Slipway.Lab.Tests;

/// <summary>Where addresses and routes end up, and what a network refuses.</summary>
public sealed class TopologyTests : IDisposable
{
    private readonly VirtualNetwork _net = new(seed: 1);

    public void Dispose() => _net.Dispose();

    [Fact]
    public void A_host_with_one_link_has_all_its_addresses_there()
    {
        Host a = _net.AddHost("a", "10.0.0.1/24", "10.9.0.1/16", "fd00::1/64"), b = _net.AddHost("b", "10.0.0.2/24");
        _net.Connect(a, b);
        _net.Settle();

        Addresses(a).ShouldBe("eth0: 10.0.0.1/24, 10.9.0.1/16, fd00::1/64");
        Addresses(b).ShouldBe("eth0: 10.0.0.2/24");
    }

    [Fact]
    public void A_routers_addresses_go_where_their_networks_are_also_through_switches_and_against_the_order()
    {
        Host router = _net.AddRouter("router", "10.0.1.254/24", "10.0.2.254/24", "fd00:1::fe/64", "10.0.3.254/24");
        Switch floor = _net.AddSwitch("floor"), roof = _net.AddSwitch("roof");
        _net.Connect(router, roof);
        _net.Connect(router, _net.AddHost("two", "10.0.2.1/24"));
        _net.Connect(router, _net.AddHost("nobody"));
        _net.Connect(floor, roof);
        _net.Connect(floor, _net.AddHost("one", "10.0.1.1/24", "fd00:1::1/64"));
        _net.Settle();

        Addresses(router).ShouldBe("eth0: 10.0.1.254/24, fd00:1::fe/64; eth1: 10.0.2.254/24; eth2: 10.0.3.254/24");
    }

    [Fact]
    public void A_network_on_two_links_of_a_host_is_ambiguous()
    {
        Host router = _net.AddRouter("router", "10.0.0.254/24");
        _net.Connect(router, _net.AddHost("a", "10.0.0.1/24"));
        _net.Connect(router, _net.AddHost("b", "10.0.0.2/24"));

        Should.Throw<InvalidOperationException>(() => _net.Run()).Message.ShouldStartWith("The address 10.0.0.254/24 of 'router' fits on eth0 and on eth1");
    }

    [Fact]
    public void Interfaces_and_addresses_can_be_said()
    {
        Host a = _net.AddHost("a"), b = _net.AddHost("b");
        LabLink link = _net.Connect(a.On("up", "10.0.0.1/30") with { Mtu = 1280 }, b.On(null, "10.0.0.2/30"));
        _net.Settle();

        Addresses(a).ShouldBe("up: 10.0.0.1/30");
        link.Name.ShouldBe("a.up-b.eth0");
        link.A.Device.Mtu.ShouldBe(1280);
        link.B.Device.Mtu.ShouldBe(1500);
    }

    [Fact]
    public void A_host_without_links_has_an_interface_for_its_address()
    {
        Host a = _net.AddHost("a", "10.0.0.1/24");
        _net.Settle();

        Addresses(a).ShouldBe("eth0: 10.0.0.1/24");
    }

    [Fact]
    public void The_only_router_of_a_link_is_the_way_out_and_two_are_none()
    {
        Host a = _net.AddHost("a", "10.0.0.1/24", "fd00::1/64"), lone = _net.AddHost("lone", "10.1.0.1/24");
        Switch floor = _net.AddSwitch("floor");
        Host first = _net.AddRouter("first", "10.0.0.253/24", "fd00::fd/64", "10.1.0.254/24"), second = _net.AddRouter("second", "10.0.0.254/24");
        _net.Connect(a, floor);
        _net.Connect(first, floor);
        _net.Connect(second, floor);
        _net.Connect(first, lone);
        _net.Settle();

        Gateways(a).ShouldBe(["default inet6 via fd00::fd dev eth0 metric 1024"]);
        Gateways(lone).ShouldBe(["default via 10.1.0.254 dev eth0"]);
        Gateways(second).ShouldBe(["10.1.0.0/24 via 10.0.0.253 dev eth0"]);
    }

    [Fact]
    public void Routers_find_the_shortest_ways_to_all_networks()
    {
        // a - r1 - r2 - r3 - b, and a long way round from r1 over r4 and r5 to r3.
        Host r1 = _net.AddRouter("r1"), r2 = _net.AddRouter("r2"), r3 = _net.AddRouter("r3"), r4 = _net.AddRouter("r4"), r5 = _net.AddRouter("r5");
        Host a = _net.AddHost("a", "10.1.0.1/24"), b = _net.AddHost("b", "10.3.0.1/24");
        _net.Connect(a, r1.On(null, "10.1.0.254/24"));
        _net.Connect(r1.On(null, "172.16.12.1/30"), r2.On(null, "172.16.12.2/30"));
        _net.Connect(r2.On(null, "172.16.23.1/30"), r3.On(null, "172.16.23.2/30"));
        _net.Connect(r3.On(null, "10.3.0.254/24"), b);
        _net.Connect(r1.On(null, "172.16.14.1/30"), r4.On(null, "172.16.14.2/30"));
        _net.Connect(r4.On(null, "172.16.45.1/30"), r5.On(null, "172.16.45.2/30"));
        _net.Connect(r5.On(null, "172.16.53.1/30"), r3.On(null, "172.16.53.2/30"));
        _net.Settle();

        Gateways(r1).ShouldContain("10.3.0.0/24 via 172.16.12.2 dev eth1");
        Gateways(r1).ShouldContain("172.16.45.0/30 via 172.16.14.2 dev eth2");
        Gateways(r3).ShouldContain("10.1.0.0/24 via 172.16.23.1 dev eth0");
        Gateways(r4).ShouldContain("10.1.0.0/24 via 172.16.14.1 dev eth0");
    }

    [Fact]
    public void Explicit_routes_go_first_and_automatic_ones_can_be_switched_off()
    {
        Host a = _net.AddHost("a", "10.0.0.1/24"), router = _net.AddRouter("router", "10.0.0.254/24");
        a.AddRoute("default", "10.0.0.9");
        _net.Connect(a, router);
        using var plain = new VirtualNetwork(options: new VirtualNetworkOptions { AutomaticRoutes = false });
        Host b = plain.AddHost("b", "10.0.0.1/24");
        plain.Connect(b, plain.AddRouter("router", "10.0.0.254/24"));
        _net.Settle();
        plain.Settle();

        Gateways(a).ShouldBe(["default via 10.0.0.9 dev eth0"]);
        Gateways(b).ShouldBeEmpty();
    }

    [Fact]
    public void A_route_that_the_stack_refuses_is_told()
    {
        Host a = _net.AddHost("a", "10.0.0.1/24");
        a.AddRoute("10.5.0.0/16", "10.4.0.1");

        Should.Throw<InvalidOperationException>(() => _net.Run()).Message.ShouldStartWith("Host 'a': route 10.5.0.0/16 via 10.4.0.1: ");
    }

    [Fact]
    public void Ends_of_a_point_to_point_link_reach_each_other_without_a_network()
    {
        Host a = _net.AddHost("a", "192.0.2.1/32"), b = _net.AddHost("b", "198.51.100.1/32");
        _net.ConnectPointToPoint(a, b);
        _net.Settle();

        using (_net.Loop.Enter())
        {
            a.Stack.Routes.Find(Wire.IpAddress.Parse("198.51.100.1"))!.Interface.Name.ShouldBe("ppp0");
            b.Stack.Routes.Find(Wire.IpAddress.Parse("192.0.2.1"))!.Interface.Name.ShouldBe("ppp0");
        }
    }

    [Fact]
    public void Names_addresses_and_interfaces_are_taken_once()
    {
        Host a = _net.AddHost("a", "10.0.0.1/24");
        Should.Throw<ArgumentException>(() => _net.AddHost("a")).Message.ShouldStartWith("The network has a node 'a' already.");
        Should.Throw<ArgumentException>(() => _net.AddSwitch("no good"));
        Should.Throw<ArgumentException>(() => _net.AddHost("b", "10.0.0.1/8")).Message.ShouldStartWith("The address 10.0.0.1 is taken by host 'a'.");
        Should.Throw<ArgumentException>(() => _net.AddHost("b", "10.0.0.5")).Message.ShouldStartWith("'10.0.0.5' is no address with a prefix length");
        Host b = _net.AddHost("b");
        _net.Connect(a.On("x"), b);
        Should.Throw<ArgumentException>(() => _net.Connect(a.On("x"), b)).Message.ShouldStartWith("'a' has an interface 'x' already.");
        using var other = new VirtualNetwork();
        Should.Throw<ArgumentException>(() => _net.Connect(a, other.AddHost("c"))).Message.ShouldStartWith("'c' belongs to another network.");
        Should.Throw<ArgumentException>(() => _net.ConnectPointToPoint(a, _net.AddSwitch("s")));
    }

    [Fact]
    public void Ethernet_addresses_depend_on_names_alone()
    {
        using var other = new VirtualNetwork(seed: 99);
        other.AddHost("first");
        LabLink one = _net.Connect(_net.AddHost("a"), _net.AddHost("b")), two = other.Connect(other.AddHost("a"), other.AddHost("b"));

        two.A.Device.Address.ShouldBe(one.A.Device.Address);
        one.A.Device.Address.ShouldNotBe(one.B.Device.Address);
        one.A.Device.Address.IsMulticast.ShouldBeFalse();
    }

    [Fact]
    public void Lab_names_and_the_files_of_a_fresh_machine_are_there()
    {
        Host a = _net.AddHost("a", "10.0.0.1/24"), b = _net.AddHost("b", "10.0.0.2/24", "fd00::2/64");
        b.Files["/etc/hosts"] = "10.0.0.2 alias";

        a.Files.ReadText("/etc/hosts").ShouldBe("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n10.0.0.1\ta\n10.0.0.2\tb\nfd00::2\tb\n");
        b.Files.ReadText("/etc/hosts").ShouldBe("10.0.0.2 alias\n10.0.0.1\ta\n10.0.0.2\tb\nfd00::2\tb\n");
        a.Files.ReadText("/etc/services").ShouldNotBeNull().ShouldContain("ruptime\t\t4000/udp");
        a.Files.ReadText("/etc/protocols").ShouldNotBeNull().ShouldContain("udp\t17\tUDP");
        a.Files.ReadText("/etc/hostname").ShouldBe("a\n");
        a.Files.ReadText("/etc/shadow").ShouldBeNull();
        a.Files.ReadText("etc/hosts").ShouldBeNull();
        a.Files["/etc/services"] = null;
        a.Files.ReadText("/etc/services").ShouldBeNull();
    }

    [Fact]
    public void A_program_writes_files_that_are_there_and_settings_that_take_the_value()
    {
        Host host = _net.AddHost("a");
        host.Files.WriteText("/etc/networks", "lab 10.0.0.0\n").ShouldBeTrue();
        host.Files.ReadText("/etc/networks").ShouldBe("lab 10.0.0.0\n");
        host.Files.WriteText("/proc/sys/net/ipv4/ip_default_ttl", "9\n").ShouldBeTrue();
        host.Files.ReadText("/proc/sys/net/ipv4/ip_default_ttl").ShouldBe("9\n");

        host.Files.WriteText("/proc/sys/net/ipv4/ip_default_ttl", "many").ShouldBeFalse();
        host.Files.WriteText("/proc/sys/net/ipv4/ip_default_ttl", "256").ShouldBeFalse();
        host.Files.ReadText("/proc/sys/net/ipv4/ip_default_ttl").ShouldBe("9\n");
        host.Files.WriteText("/proc/net/snmp", "").ShouldBeFalse();
        host.Files.WriteText("/etc/shadow", "").ShouldBeFalse();
        host.Files.ReadText("/etc/shadow").ShouldBeNull();
    }

    private static string Addresses(Host host)
    {
        using (host.Network.Loop.Enter())
        {
            return string.Join("; ", host.Stack.Interfaces.Skip(1).Select(
                static one => $"{one.Name}: {string.Join(", ", one.Addresses.Select(static address => address.Prefix).Where(static prefix => !prefix.Address.IsLinkLocal))}"));
        }
    }

    private static List<string> Gateways(Host host)
    {
        using (host.Network.Loop.Enter()) return [.. host.Stack.Routes.List().Where(static route => route.HasGateway).Select(static route => route.ToString())];
    }
}
