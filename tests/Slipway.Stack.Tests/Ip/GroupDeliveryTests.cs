using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Packets to many: who hears them, and that the sender does where it belongs to the many.</summary>
public sealed class GroupDeliveryTests
{
    private readonly TestNetwork _network = new();
    private readonly StackHost _a, _b;
    private readonly NetworkInterface _left;
    private readonly TestTransport _sender, _receiver;

    public GroupDeliveryTests()
    {
        _a = _network.AddHost("a");
        _b = _network.AddHost("b");
        (_left, NetworkInterface right) = _network.Connect(_a, "10.0.0.1/24 fd00::1/64", _b, "10.0.0.2/24 fd00::2/64");
        _sender = new TestTransport(_a);
        _receiver = new TestTransport(_b);
        _network.Do(() =>
        {
            right.Groups.Join(IpAddress.Parse("239.1.2.3"));
            right.Groups.Join(IpAddress.Parse("ff15::7"));
        });
    }

    [Fact]
    public void A_broadcast_is_heard_by_the_neighbour_and_by_the_sender()
    {
        _sender.Send("10.0.0.255").ShouldBe(Errno.None);
        _receiver.Received.Single().Description.ShouldBe("10.0.0.1 > 10.0.0.255 Broadcast on eth0, hop limit 64");
        _sender.Received.Single().Description.ShouldBe("10.0.0.1 > 10.0.0.255 Broadcast on eth0, hop limit 64");
        MacAddress.Read(_network.Bytes.Single()).ShouldBe(MacAddress.Broadcast);
        (_a.Counters[IpExtCounter.OutBcastPkts], _b.Counters[IpExtCounter.InBcastPkts]).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData("239.1.2.3", 0x0100_5E01_0203)]
    [InlineData("ff15::7", 0x3333_0000_0007)]
    public void A_group_is_heard_by_its_members_alone(string group, long mac)
    {
        var flow = new FlowKey { InterfaceIndex = _left.Index };
        _sender.Send(group, flow: flow).ShouldBe(Errno.None);
        _receiver.Received.Single().Description.ShouldEndWith($"> {group} Multicast on eth0, hop limit 1");
        _sender.Received.ShouldBeEmpty();
        MacAddress.Read(_network.Bytes.Single()).ShouldBe(new MacAddress((ulong)mac));

        _network.Do(() => _left.Groups.Join(IpAddress.Parse(group)));
        _sender.Send(group, flow: flow).ShouldBe(Errno.None);
        _sender.Received.Count.ShouldBe(1);
        _sender.Send(group, 16, new IpSendFields(TestTransport.Protocol) { NoMulticastLoop = true }, flow).ShouldBe(Errno.None);
        _sender.Received.Count.ShouldBe(1);
        _receiver.Received.Count.ShouldBe(3);
        _network.Do(() => _left.Groups.Leave(IpAddress.Parse(group))).ShouldBeTrue();
        _network.Do(() => _left.Groups.Leave(IpAddress.Parse(group))).ShouldBeFalse();
    }

    [Theory]
    [InlineData("239.1.2.3")]
    [InlineData("ff15::7")]
    public void A_hop_limit_of_zero_keeps_a_group_on_the_host(string group)
    {
        _network.Do(() => _left.Groups.Join(IpAddress.Parse(group)));
        _sender.Send(group, 16, new IpSendFields(TestTransport.Protocol) { HopLimit = 0 }, new FlowKey { InterfaceIndex = _left.Index }).ShouldBe(Errno.None);
        _sender.Received.Count.ShouldBe(1);
        _network.TakeFrames().ShouldBeEmpty();
        _network.Loop.Packets.Outstanding.ShouldBe(0);
    }

}
