using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

public sealed class LoopbackTests
{
    private readonly TestNetwork _network = new();

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1 > 127.0.0.1")]
    [InlineData("127.9.8.7", "127.0.0.1 > 127.9.8.7")] // all of 127.0.0.0/8 is this host (RFC 1122 §3.2.1.3)
    [InlineData("0.0.0.0", "127.0.0.1 > 127.0.0.1")] // Linux takes the unspecified address for this host
    [InlineData("::1", "::1 > ::1")]
    [InlineData("::", "::1 > ::1")]
    public void A_host_talks_to_itself(string destination, string seen)
    {
        StackHost host = _network.AddHost("a");
        var transport = new TestTransport(host);
        transport.Send(destination).ShouldBe(Errno.None);
        transport.Received.Single().Description.ShouldBe($"{seen} Local on lo, hop limit 64");
        transport.Received[0].Payload.ShouldBe(TestTransport.Pattern(16));
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("fd00::1")]
    public void A_packet_to_an_own_address_does_not_reach_the_wire(string address)
    {
        StackHost host = _network.AddHost("a");
        (_, TestPeer peer) = _network.ConnectPeer(host, "10.0.0.1/24 fd00::1/64");
        var transport = new TestTransport(host);
        transport.Send(address).ShouldBe(Errno.None);
        transport.Received.Single().Description.ShouldBe($"{address} > {address} Local on lo, hop limit 64");
        peer.Take().ShouldBeEmpty();
    }

    [Fact]
    public void A_large_packet_crosses_the_loopback_whole_and_no_packet_is_lost_to_the_pool()
    {
        StackHost host = _network.AddHost("a");
        var transport = new TestTransport(host);
        transport.Send("127.0.0.1", 65515).ShouldBe(Errno.None);
        transport.Send("127.0.0.1", 65516).ShouldBe(Errno.EMSGSIZE);
        transport.Send("::1", 65496).ShouldBe(Errno.None);
        transport.Received.Select(static d => d.Payload.Length).ShouldBe([65515, 65496]);
        host.Counters[IpCounter.FragCreates].ShouldBe(0);
        _network.Loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void An_unknown_protocol_is_answered_to_the_sender_itself()
    {
        StackHost host = _network.AddHost("a");
        var transport = new TestTransport(host);
        transport.Send("127.0.0.1", 16, new IpSendFields((IpProtocolNumber)254)).ShouldBe(Errno.None);
        transport.Received.ShouldBeEmpty();
        transport.Errors.ShouldBeEmpty(); // the error is about protocol 254, which nobody speaks
        host.Counters[IpCounter.InUnknownProtos].ShouldBe(1);
        host.Counters.IcmpOut((byte)Icmpv4Type.DestinationUnreachable).ShouldBe(1);
        host.Counters.IcmpIn((byte)Icmpv4Type.DestinationUnreachable).ShouldBe(1);
    }
}
