using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>IPv4 options on their way and at their end (RFC 791 §3.1, RFC 1812 §5.2.4).</summary>
public sealed class Ipv4OptionTests
{
    private readonly TestNetwork _network = new();
    private readonly StackHost _router;
    private readonly TestPeer _left, _right;
    private readonly TestTransport _transport;

    public Ipv4OptionTests()
    {
        _router = _network.AddHost("router");
        (NetworkInterface left, _left) = _network.ConnectPeer(_router, "10.0.1.254/24");
        (NetworkInterface right, _right) = _network.ConnectPeer(_router, "10.0.2.254/24");
        _network.Do(() =>
        {
            _router.Sysctl.IPv4.Forward.Set(1);
            left.Neighbors.SetPermanent(IpAddress.Parse("10.0.1.1"), _left.Address);
            right.Neighbors.SetPermanent(IpAddress.Parse("10.0.2.1"), _right.Address);
        });
        _transport = new TestTransport(_router);
    }

    [Fact]
    public void A_router_writes_its_outgoing_address_into_a_recorded_route()
    {
        Send("10.0.2.1", [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        _right.Received.Single().AsSpan(34, 12).ToArray().ShouldBe([7, 11, 8, 10, 0, 2, 254, 0, 0, 0, 0, 0]);
        _right.Take().Single().ShouldNotContain("bad");
    }

    [Fact]
    public void A_router_writes_its_time_and_counts_itself_where_there_is_no_room()
    {
        _network.Pass(TimeSpan.FromSeconds(2));
        Send("10.0.2.1", [68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        _right.Received.Single().AsSpan(34, 12).ToArray().ShouldBe([68, 12, 13, 1, 10, 0, 2, 254, 0, 0, 7, 208]);
        _right.Take().Single().ShouldNotContain("bad");
        Send("10.0.2.1", [68, 8, 9, 0x20, 1, 2, 3, 4]);
        _right.Received.Single().AsSpan(34, 8).ToArray().ShouldBe([68, 8, 9, 0x30, 1, 2, 3, 4]);
        _right.Take().Single().ShouldNotContain("bad");
    }

    [Theory]
    [InlineData("10.0.2.1")]
    [InlineData("10.0.1.254")]
    public void A_source_route_is_refused_in_silence(string destination)
    {
        Send(destination, [131, 7, 4, 10, 0, 2, 9, 0]);
        _left.Take().ShouldBeEmpty();
        _right.Take().ShouldBeEmpty();
        _transport.Received.ShouldBeEmpty();
        _router.Counters[IpCounter.InHdrErrors].ShouldBe(1);
    }

    [Theory]
    [InlineData("10.0.2.1")]
    [InlineData("10.0.1.254")]
    public void A_broken_option_is_a_parameter_problem_at_the_byte(string destination)
    {
        Send(destination, [1, 7, 3, 2]);
        _left.Received.Single()[14 + 20 + 4].ShouldBe((byte)23); // no-operation at 20, type at 21, length at 22, and the pointer, which may not be 2
        _left.Take().Single().ShouldContain("ICMP parameter problem");
        _right.Take().ShouldBeEmpty();
    }

    [Fact]
    public void An_echo_reply_carries_the_recorded_route_on_with_this_host_in_it_twice()
    {
        var echo = new byte[16];
        Icmpv4Header.Echo(7, 1).Write(echo);
        _left.Send(new Ipv4Header(IpAddress.Parse("10.0.1.1"), IpAddress.Parse("10.0.1.254"), IpProtocolNumber.Icmpv4)
        {
            Options = new byte[] { 148, 4, 0, 0, 7, 15, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
        }, echo);
        _left.Received.Single().AsSpan(34, 20).ToArray().ShouldBe([1, 1, 1, 1, 7, 15, 12, 10, 0, 1, 254, 10, 0, 1, 254, 0, 0, 0, 0, 0]);
        _left.Take().Single().ShouldEndWith("ICMP echo reply, id 7, seq 1, length 16");
    }

    [Fact]
    public void An_option_that_is_not_copied_goes_only_into_the_first_fragment()
    {
        var options = new IpOptions { Ipv4 = new byte[] { 7, 7, 4, 0, 0, 0, 0, 0, 148, 4, 0, 0 } };
        var sender = _transport;
        sender.Send("10.0.2.1", 2000, new IpSendFields(TestTransport.Protocol) { PathMtu = PathMtuMode.Dont, Options = options }).ShouldBe(Errno.None);
        _right.Received.Select(static f => f[14 + 20]).ShouldBe([(byte)7, (byte)1]);
        _right.Received.Select(static f => f[14 + 20 + 8]).ShouldBe([(byte)148, (byte)148]); // router alert has the copied flag
        _right.Take().ShouldAllBe(static f => !f.Contains("bad"));
    }

    private void Send(string destination, byte[] options)
        => _left.Send(new Ipv4Header(IpAddress.Parse("10.0.1.1"), IpAddress.Parse(destination), TestTransport.Protocol) { Options = options }, new byte[16]);
}
