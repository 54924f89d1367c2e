using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Links and settings that change while packets flow.</summary>
public sealed class MtuChangeTests
{
    private readonly TestNetwork _network = new();
    private readonly StackHost _a, _b;
    private readonly NetworkInterface _left;
    private readonly TestTransport _sender, _receiver;

    public MtuChangeTests()
    {
        _a = _network.AddHost("a");
        _b = _network.AddHost("b");
        (_left, _) = _network.Connect(_a, "10.0.0.1/24 fd00::1/64", _b, "10.0.0.2/24 fd00::2/64");
        _sender = new TestTransport(_a);
        _receiver = new TestTransport(_b);
    }

    [Theory]
    [InlineData("10.0.0.2", 20)]
    [InlineData("fd00::2", 40)]
    public void The_next_packet_is_cut_to_the_new_size(string destination, int header)
    {
        _sender.Send(destination, 1500 - header).ShouldBe(Errno.None);
        _network.TakePackets().Length.ShouldBe(1);
        _network.Do(() => _left.Device.Mtu = 1280);
        _sender.Send(destination, 1500 - header).ShouldBe(Errno.None);
        _network.Bytes.ShouldAllBe(static f => f.Length <= 1294);
        _network.TakePackets().Length.ShouldBe(2);
        _receiver.Received.Select(static d => d.Payload.Length).ShouldBe([1500 - header, 1500 - header]);
    }

    [Fact]
    public void Below_1280_bytes_there_is_no_IPv6()
    {
        _network.Do(() => _left.Device.Mtu = 1279);
        _sender.Send("fd00::2").ShouldBe(Errno.ENETUNREACH);
        _sender.Send("10.0.0.2").ShouldBe(Errno.None);
        _receiver.Received.Count.ShouldBe(1);
    }

    [Fact]
    public void IPv6_can_be_switched_off_and_on()
    {
        _network.Do(() => _left.Settings.IPv6.DisableIPv6.Set(1));
        _left.Addresses.Select(static a => a.ToString()).ShouldBe(["10.0.0.1/24"]);
        _network.Do(() => _left.AddAddress(IpPrefix.Parse("fd00::1/64"))).ShouldBe(Errno.EACCES);
        _sender.Send("fd00::2").ShouldBe(Errno.ENETUNREACH);
        _network.Do(() => _left.Settings.IPv6.DisableIPv6.Set(0));
        _left.LinkLocalAddress.IsUnspecified.ShouldBeFalse();
        _network.Do(() => _left.AddAddress(IpPrefix.Parse("fd00::1/64"))).ShouldBe(Errno.None);
        _sender.Send("fd00::2").ShouldBe(Errno.None);
        _receiver.Received.Count.ShouldBe(1);
    }

    [Fact]
    public void Two_runs_of_one_seed_send_the_same_bytes()
    {
        byte[][] first = Run(), second = Run();
        first.Length.ShouldBeGreaterThan(20);
        second.ShouldBe(first);
    }

    private static byte[][] Run()
    {
        var network = new TestNetwork();
        StackHost a = network.AddHost("a"), b = network.AddHost("b");
        network.Connect(a, "10.0.0.1/24 fd00::1/64", b, "10.0.0.2/24 fd00::2/64", 1280);
        var sender = new TestTransport(a);
        _ = new TestTransport(b);
        for (int i = 0; i < 5; i++)
        {
            sender.Send("10.0.0.2", 3000).ShouldBe(Errno.None);
            sender.Send("fd00::2", 3000).ShouldBe(Errno.None);
            network.Pass(TimeSpan.FromSeconds(20));
        }
        return [.. network.Bytes];
    }
}
