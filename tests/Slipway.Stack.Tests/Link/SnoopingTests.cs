using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>A switch that listens in on IGMP and MLD (RFC 4541): a router that asks at the first port, hosts at the others.</summary>
public sealed class SnoopingTests
{
    private const int Hosts = 3;

    private static readonly IpAddress Group = IpAddress.Parse("239.1.2.3"), Group6 = IpAddress.Parse("ff15::7");

    private readonly TestNetwork _network = new();
    private readonly LearningSwitch _switch;
    private readonly StackHost _router;
    private readonly NetworkInterface _up;
    private readonly NetworkInterface[] _down = new NetworkInterface[Hosts];
    private readonly TestTransport[] _received = new TestTransport[Hosts];
    private readonly List<LinkDevice> _ports = [];
    private readonly long[] _heard = new long[Hosts];

    public SnoopingTests()
    {
        _switch = new LearningSwitch(_network.Loop) { IsSnooping = true };
        _router = _network.AddHost("router");
        _up = Plug(_router, "10.0.0.254/24");
        for (int i = 0; i < Hosts; i++)
        {
            StackHost host = _network.AddHost($"host{i}");
            _down[i] = Plug(host, $"10.0.0.{i + 1}/24");
            _received[i] = new TestTransport(host);
        }
    }

    [Fact]
    public void Without_a_router_that_asks_all_is_flooded()
    {
        Join(1, Group);
        Pass(5);
        Send(0, Group);
        Reached(Group).ShouldBe([1, 2]);
        Routers().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("239.1.2.3")]
    [InlineData("ff15::7")]
    public void What_is_for_a_group_goes_to_its_members_and_to_routers(string text)
    {
        IpAddress group = IpAddress.Parse(text);
        Ask();
        Join(1, group);
        Pass(40);
        Listeners(group).ShouldBe([_ports[2]]);
        Routers().ShouldBe([_ports[0]]);
        Send(0, group);
        Reached(group).ShouldBe([1]);
        // From a member nothing comes back, and others do not hear it.
        Send(1, group);
        Reached(group).ShouldBeEmpty();
    }

    [Fact]
    public void What_nobody_has_joined_goes_to_routers_alone()
    {
        Ask();
        Pass(40);
        long before = _up.Device.Counters.RxPackets;
        Send(0, Group);
        Reached(Group).ShouldBeEmpty();
        (_up.Device.Counters.RxPackets - before).ShouldBe(1);
    }

    [Theory]
    [InlineData("224.0.0.251")]
    [InlineData("ff02::1")]
    public void Groups_of_everybody_on_the_link_are_flooded(string group)
    {
        Ask();
        Pass(40);
        Send(0, IpAddress.Parse(group));
        Reached(IpAddress.Parse(group)).ShouldBe([1, 2]);
    }

    [Fact]
    public void Who_leaves_is_forgotten_when_the_routers_question_is_not_answered()
    {
        Ask();
        GroupListener first = Join(1, Group);
        Join(2, Group);
        Pass(40);
        Send(0, Group);
        Reached(Group).ShouldBe([1, 2]);
        _network.Do(() => _down[1].Groups.Remove(Group, first));
        Pass(10);
        Listeners(Group).ShouldBe([_ports[3]]);
        Send(0, Group);
        Reached(Group).ShouldBe([2]);
    }

    [Fact]
    public void A_port_that_loses_its_carrier_is_forgotten()
    {
        Ask();
        Join(1, Group6);
        Pass(40);
        _network.Do(() => ((VirtualEthernetDevice)_ports[2]).Link!.SetUp(false));
        Listeners(Group6).ShouldBeEmpty();
    }

    [Fact]
    public void Members_that_fall_silent_age()
    {
        Ask();
        Join(1, Group);
        Pass(40);
        _network.Do(() => _down[1].Host.RemoveInterface(_down[1]));
        Pass(270);
        Listeners(Group).ShouldBeEmpty();
    }

    [Fact]
    public void Neighbours_are_found_through_their_groups()
    {
        Ask();
        Pass(40);
        IpAddress solicited = GroupTable.SolicitedNodeOf(_down[2].LinkLocalAddress);
        Listeners(solicited).ShouldBe([_ports[3]]);
        _received[0].Send($"{_down[2].LinkLocalAddress}", flow: new FlowKey { InterfaceIndex = _down[0].Index }).ShouldBe(Slipway.Sockets.Errno.None);
        _received[2].Received.Count.ShouldBe(1);
    }

    /// <summary>A card that filters hears the groups of its host alone.</summary>
    [Fact]
    public void A_card_filters_what_nobody_wants()
    {
        _network.Do(() => _down[1].Device.Groups.IsOn = true);
        _network.Do(() => _down[2].Device.Groups.IsOn = true);
        GroupListener listener = Join(1, Group);
        _down[1].Device.Groups.Wanted.ShouldContain(MacAddress.ForMulticast(Group));
        (long first, long second) = (_down[1].Device.Counters.Multicast, _down[2].Device.Counters.Multicast);
        Send(0, Group);
        Reached(Group).ShouldBe([1]);
        (_down[1].Device.Counters.Multicast - first, _down[2].Device.Counters.Multicast - second).ShouldBe((1, 0));
        _network.Do(() => _down[1].Groups.Remove(Group, listener));
        _down[1].Device.Groups.Wanted.ShouldNotContain(MacAddress.ForMulticast(Group));
    }

    private IReadOnlyList<LinkDevice> Listeners(IpAddress group) => _network.Do(() => _switch.ListenersOf(group));

    private IReadOnlyList<LinkDevice> Routers() => _network.Do(() => _switch.RouterPorts);

    private NetworkInterface Plug(StackHost host, string address)
    {
        (LinkDevice port, NetworkInterface device) = _network.ConnectPort(host, address);
        _network.Do(() => _switch.AddPort(port));
        _ports.Add(port);
        return device;
    }

    private void Ask() => _network.Do(() => _up.SetQuerier(new QuerierSettings()));

    private GroupListener Join(int host, IpAddress group)
    {
        var listener = new GroupListener();
        _network.Do(() => _down[host].Groups.Add(group, listener));
        return listener;
    }

    private void Send(int host, IpAddress group)
    {
        for (int i = 0; i < Hosts; i++) _heard[i] = _down[i].Device.Counters.RxPackets;
        _received[host].Send($"{group}", flow: new FlowKey { InterfaceIndex = _down[host].Index }).ShouldBe(Slipway.Sockets.Errno.None);
    }

    /// <summary>The hosts to which the last frame came.</summary>
    private int[] Reached(IpAddress group) => [.. Enumerable.Range(0, Hosts).Where(i => _down[i].Device.Counters.RxPackets > _heard[i] && IsWanted(i, group))];

    private bool IsWanted(int host, IpAddress group) => _down[host].Device.Groups.Hears(MacAddress.ForMulticast(group));

    private void Pass(double seconds) => _network.Pass(TimeSpan.FromSeconds(seconds));
}
