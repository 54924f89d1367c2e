using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>IPv6 extension headers (RFC 8200 §4): what is passed over, what is refused, and where the refusal points.</summary>
public sealed class Ipv6ExtensionTests
{
    private static readonly IpAddress Own = IpAddress.Parse("fd00::1"), Peer = IpAddress.Parse("fd00::2"), AllNodes = IpAddress.Parse("ff02::1");
    private const string Answer = "IP6 fd00::1 > fd00::2: ICMP6 parameter problem, ";

    private readonly TestNetwork _network = new();
    private readonly StackHost _host;
    private readonly TestPeer _peer;
    private readonly TestTransport _transport;

    public Ipv6ExtensionTests()
    {
        _host = _network.AddHost("a");
        (NetworkInterface device, _peer) = _network.ConnectPeer(_host, "fd00::1/64");
        _network.Do(() => device.Neighbors.SetPermanent(Peer, _peer.Address));
        _transport = new TestTransport(_host);
    }

    [Fact]
    public void Headers_with_nothing_to_do_are_passed_over()
    {
        Send(IpProtocolNumber.HopByHop,
            [(byte)IpProtocolNumber.DestinationOptions, 0, 5, 2, 0, 0, 1, 0], // router alert
            [(byte)IpProtocolNumber.Routing, 0, 0x1E, 2, 9, 9, 0, 0], // an unknown option that may be skipped
            [(byte)TestTransport.Protocol, 0, 0, 0, 0, 0, 0, 0], // a routing header without segments left
            TestTransport.Pattern(16));
        _transport.Received.Single().Payload.ShouldBe(TestTransport.Pattern(16));
        _peer.Take().ShouldBeEmpty();
    }

    /// <summary>RFC 8200 §4.2: the two highest bits of an option's type.</summary>
    [Theory]
    [InlineData(0x1E, false, true, false)]
    [InlineData(0x5E, false, false, false)]
    [InlineData(0x9E, false, false, true)]
    [InlineData(0xDE, false, false, true)]
    [InlineData(0x9E, true, false, true)] // to many, and answered all the same
    [InlineData(0xDE, true, false, false)]
    public void An_unknown_option_says_itself_what_becomes_of_the_packet(byte kind, bool toMany, bool arrives, bool isAnswered)
    {
        Send(toMany ? AllNodes : Own, IpProtocolNumber.DestinationOptions, [(byte)TestTransport.Protocol, 0, kind, 4, 0, 0, 0, 0], TestTransport.Pattern(16));
        _transport.Received.Count.ShouldBe(arrives ? 1 : 0);
        string[] answers = _peer.Take();
        answers.Length.ShouldBe(isAnswered ? 1 : 0);
        if (isAnswered) answers[0].ShouldStartWith(Answer + "code 2, octet 42");
    }

    [Theory]
    [InlineData(0)] // RFC 5095
    [InlineData(4)]
    [InlineData(200)]
    public void A_routing_header_with_segments_left_is_refused_at_its_type(byte type)
    {
        Send(IpProtocolNumber.Routing, [(byte)TestTransport.Protocol, 0, type, 1, 0, 0, 0, 0], TestTransport.Pattern(16));
        _transport.Received.ShouldBeEmpty();
        _peer.Take().Single().ShouldStartWith(Answer + "code 0, octet 42");
    }

    [Fact]
    public void Hop_by_hop_options_behind_another_header_are_an_unknown_header_there()
    {
        Send(IpProtocolNumber.DestinationOptions, [(byte)IpProtocolNumber.HopByHop, 0, 1, 4, 0, 0, 0, 0], [(byte)TestTransport.Protocol, 0, 1, 4, 0, 0, 0, 0], TestTransport.Pattern(16));
        _transport.Received.ShouldBeEmpty();
        _peer.Take().Single().ShouldStartWith(Answer + "code 1, octet 40");
    }

    [Fact]
    public void An_unknown_header_is_refused_where_it_is_named()
    {
        Send(IpProtocolNumber.DestinationOptions, [200, 0, 1, 4, 0, 0, 0, 0], TestTransport.Pattern(16));
        _peer.Take().Single().ShouldStartWith(Answer + "code 1, octet 40");
        Send((IpProtocolNumber)200, TestTransport.Pattern(16));
        _peer.Take().Single().ShouldStartWith(Answer + "code 1, octet 6");
        _host.Counters[Ip6Counter.InUnknownProtos].ShouldBe(2);
    }

    [Fact]
    public void A_packet_that_says_nothing_follows_is_taken_in_silence()
    {
        Send(IpProtocolNumber.NoNextHeader, [1, 2, 3]);
        _peer.Take().ShouldBeEmpty();
        _host.Counters[Ip6Counter.InDelivers].ShouldBe(1);
    }

    [Fact]
    public void A_chain_that_runs_over_the_end_and_one_without_end_are_dropped()
    {
        Send(IpProtocolNumber.DestinationOptions, [(byte)TestTransport.Protocol, 9, 1, 4, 0, 0, 0, 0]);
        Send(IpProtocolNumber.DestinationOptions, [.. Enumerable.Repeat<byte[]>([(byte)IpProtocolNumber.DestinationOptions, 0, 1, 4, 0, 0, 0, 0], 100).ToArray()]);
        _transport.Received.ShouldBeEmpty();
        _peer.Take().ShouldBeEmpty();
        _host.Counters[Ip6Counter.InHdrErrors].ShouldBe(2);
        _network.Loop.Packets.Outstanding.ShouldBe(0);
    }

    [Fact]
    public void Headers_that_a_sender_adds_are_passed_over_by_the_receiver()
    {
        StackHost left = _network.AddHost("left"), right = _network.AddHost("right");
        _network.Connect(left, "fd05::1/64", right, "fd05::2/64");
        var sender = new TestTransport(left);
        var receiver = new TestTransport(right);
        var options = new IpOptions { HopByHop = new byte[] { 0, 0, 1, 4, 0, 0, 0, 0 }, DestinationOptions = new byte[] { 0, 0, 1, 4, 0, 0, 0, 0 } };
        foreach (int length in (int[])[16, 4000]) sender.Send("fd05::2", length, new IpSendFields(TestTransport.Protocol) { Options = options }).ShouldBe(Errno.None);
        receiver.Received.Select(static d => d.Payload.Length).ShouldBe([16, 4000]);
        receiver.Received[1].Payload.ShouldBe(TestTransport.Pattern(4000));
    }

    private void Send(IpProtocolNumber next, params byte[][] parts) => Send(Own, next, parts);

    private void Send(IpAddress destination, IpProtocolNumber next, params byte[][] parts)
        => _peer.Send(new Ipv6Header(Peer, destination, next), parts.SelectMany(static p => p).ToArray(), destination.IsMulticast ? MacAddress.ForMulticast(destination) : null);
}
