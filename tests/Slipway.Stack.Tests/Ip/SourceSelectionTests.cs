using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>The source address of a packet whose sender leaves it open: RFC 6724 §5 for IPv6, the kernel's rule for IPv4.</summary>
public sealed class SourceSelectionTests
{
    private readonly TestNetwork _network = new();
    private readonly StackHost _host;

    public SourceSelectionTests() => _host = _network.AddHost("a");

    /// <summary>The examples of RFC 6724 §10.1, as far as they do not speak of Mobile IP or temporary addresses.</summary>
    [Theory]
    [InlineData("2001:db8:1::1", "2001:db8:3::1 fe80::1", "2001:db8:3::1")] // prefer appropriate scope
    [InlineData("ff05::1", "2001:db8:3::1 fe80::1", "2001:db8:3::1")] // prefer appropriate scope
    [InlineData("2001:db8:1::1", "2001:db8:1::1 2001:db8:2::1", "2001:db8:1::1")] // prefer same address
    [InlineData("fe80::1", "fe80::2 2001:db8:1::1", "fe80::2")] // prefer appropriate scope
    [InlineData("2001:db8:1::1", "2001:db8:1::2 2001:db8:3::2", "2001:db8:1::2")] // longest matching prefix
    [InlineData("2002:c633:6401::1", "2002:c633:6401:0:d5e3:7953:13eb:22e8 2001:db8:1::2", "2002:c633:6401:0:d5e3:7953:13eb:22e8")] // prefer matching label
    [InlineData("fd00:1::1", "2001:db8:1::2 fd77::2", "fd77::2")] // matching label: unique local to unique local
    public void The_examples_of_RFC_6724(string destination, string candidates, string chosen)
    {
        (NetworkInterface device, _) = _network.ConnectPeer(_host, "");
        _network.Do(() =>
        {
            device.RemoveAddress(device.LinkLocalAddress).ShouldBe(Errno.None);
            foreach (string address in candidates.Split(' ')) device.AddAddress(new IpPrefix(IpAddress.Parse(address), 64)).ShouldBe(Errno.None);
            _host.Routes.Add(IpPrefix.Parse("::/0"), default, device).ShouldBe(Errno.None);
        });
        Choose(destination, device.Index).ShouldBe(chosen);
    }

    [Fact]
    public void A_deprecated_address_is_the_last_choice()
    {
        (NetworkInterface device, _) = _network.ConnectPeer(_host, "2001:db8:1::2/64 2001:db8:3::2/64");
        _network.Do(() =>
        {
            _host.Routes.Add(IpPrefix.Parse("::/0"), default, device).ShouldBe(Errno.None);
            device.FindAddress(IpAddress.Parse("2001:db8:1::2"))!.SetDeprecated(true);
        });
        Choose("2001:db8:1::1").ShouldBe("2001:db8:3::2");
    }

    [Fact]
    public void An_address_of_the_outgoing_interface_is_preferred_though_another_is_nearer()
    {
        _network.ConnectPeer(_host, "2001:db8:1::2/64");
        (NetworkInterface outgoing, _) = _network.ConnectPeer(_host, "2001:db8:9::2/64");
        _network.Do(() => _host.Routes.Add(IpPrefix.Parse("2001:db8:1:8000::/49"), IpAddress.Parse("2001:db8:9::fe"), outgoing)).ShouldBe(Errno.None);
        Choose("2001:db8:1:8000::1").ShouldBe("2001:db8:9::2");
    }

    [Fact]
    public void IPv4_takes_the_route_s_own_choice_then_the_primary_address_in_the_gateway_s_network()
    {
        (NetworkInterface device, _) = _network.ConnectPeer(_host, "10.0.0.1/24 10.0.0.2/24 192.168.5.1/24");
        _network.Do(() =>
        {
            _host.Routes.Add(IpPrefix.Parse("20.0.0.0/8"), IpAddress.Parse("192.168.5.254")).ShouldBe(Errno.None);
            _host.Routes.Add(new Route { Destination = IpPrefix.Parse("30.0.0.0/8"), Gateway = IpAddress.Parse("192.168.5.254"), Interface = device, PreferredSource = IpAddress.Parse("10.0.0.2") }).ShouldBe(Errno.None);
        });
        Choose("10.0.0.77").ShouldBe("10.0.0.1");
        Choose("20.0.0.1").ShouldBe("192.168.5.1");
        Choose("30.0.0.1").ShouldBe("10.0.0.2");
        Choose("224.1.1.1", device.Index).ShouldBe("10.0.0.1");
        Choose("255.255.255.255", device.Index).ShouldBe("10.0.0.1");
    }

    private string Choose(string destination, int interfaceIndex = 0) => _network.Do(() =>
    {
        _host.Ip.Route(new FlowKey(IpAddress.Parse(destination)) { InterfaceIndex = interfaceIndex }, out RouteDecision decision).ShouldBe(Errno.None);
        return decision.Source.ToString();
    });
}
