using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Echoes, errors and what they must not be about, limits, and what errors mean to sockets (RFC 792, RFC 1122 §3.2.2, RFC 4443).</summary>
public sealed class IcmpTests
{
    private static readonly IpAddress Own4 = IpAddress.Parse("10.0.0.1"), Peer4 = IpAddress.Parse("10.0.0.2"), Own6 = IpAddress.Parse("fd00::1"), Peer6 = IpAddress.Parse("fd00::2");
    private const IpProtocolNumber Unknown = (IpProtocolNumber)254;

    private readonly TestNetwork _network = new();
    private readonly StackHost _host;
    private readonly NetworkInterface _interface;
    private readonly TestPeer _peer;
    private readonly TestTransport _transport;

    public IcmpTests()
    {
        _host = _network.AddHost("a");
        (_interface, _peer) = _network.ConnectPeer(_host, "10.0.0.1/24 fd00::1/64");
        _network.Do(() =>
        {
            _interface.Neighbors.SetPermanent(Peer4, _peer.Address);
            _interface.Neighbors.SetPermanent(Peer6, _peer.Address);
        });
        _transport = new TestTransport(_host);
    }

    [Fact]
    public void An_echo_comes_back_with_its_data()
    {
        _peer.Send(new Ipv4Header(Peer4, Own4, IpProtocolNumber.Icmpv4), Echo4(56));
        _peer.Received.Single().AsSpan(42).ToArray().ShouldBe(TestTransport.Pattern(56));
        _peer.Take().ShouldBe(["IP 10.0.0.1 > 10.0.0.2: ICMP echo reply, id 7, seq 1, length 64"]);
        _peer.Send(new Ipv6Header(Peer6, Own6, IpProtocolNumber.Icmpv6), Echo6(Own6, 56));
        _peer.Take().ShouldBe(["IP6 fd00::1 > fd00::2: ICMP6 echo reply, id 7, seq 1, length 64"]);
    }

    [Fact]
    public void An_echo_to_many_is_ignored_in_IPv4_and_answered_in_IPv6()
    {
        _peer.Send(new Ipv4Header(Peer4, IpAddress.Parse("224.0.0.1"), IpProtocolNumber.Icmpv4), Echo4(8));
        _peer.Send(new Ipv4Header(Peer4, IpAddress.Parse("10.0.0.255"), IpProtocolNumber.Icmpv4), Echo4(8));
        _peer.Take().ShouldBeEmpty();
        IpAddress allNodes = IpAddress.Parse("ff02::1");
        _peer.Send(new Ipv6Header(Peer6, allNodes, IpProtocolNumber.Icmpv6), Echo6(allNodes, 8));
        _peer.Take().ShouldBe(["IP6 fd00::1 > fd00::2: ICMP6 echo reply, id 7, seq 1, length 16"]);
        _network.Do(() => _host.Sysctl.IPv4.IcmpEchoIgnoreBroadcasts.Set(0));
        _peer.Send(new Ipv4Header(Peer4, IpAddress.Parse("10.0.0.255"), IpProtocolNumber.Icmpv4), Echo4(8));
        _peer.Take().ShouldBe(["IP 10.0.0.1 > 10.0.0.2: ICMP echo reply, id 7, seq 1, length 16"]);
    }

    [Fact]
    public void Echoes_can_be_switched_off()
    {
        _network.Do(() =>
        {
            _host.Sysctl.IPv4.IcmpEchoIgnoreAll.Set(1);
            _host.Sysctl.IPv6.IcmpEchoIgnoreAll.Set(1);
        });
        _peer.Send(new Ipv4Header(Peer4, Own4, IpProtocolNumber.Icmpv4), Echo4(8));
        _peer.Send(new Ipv6Header(Peer6, Own6, IpProtocolNumber.Icmpv6), Echo6(Own6, 8));
        _peer.Take().ShouldBeEmpty();
    }

    [Fact]
    public void A_timestamp_is_answered_with_the_host_s_time_of_day()
    {
        _network.Pass(TimeSpan.FromSeconds(90));
        var request = new byte[20];
        new Icmpv4Timestamp(false, 7, 1, 11, 0, 0).Write(request);
        _peer.Send(new Ipv4Header(Peer4, Own4, IpProtocolNumber.Icmpv4), request);
        Icmpv4TimestampView.TryParse(_peer.Received.Single().AsSpan(34), out Icmpv4TimestampView reply, out _).ShouldBeTrue();
        (reply.Originate, reply.Receive, reply.Transmit).ShouldBe((11u, 90_000u, 90_000u));
    }

    [Fact]
    public void A_damaged_message_is_counted_and_not_answered()
    {
        byte[] echo = Echo4(8);
        echo[9] ^= 1;
        _peer.Send(new Ipv4Header(Peer4, Own4, IpProtocolNumber.Icmpv4), echo);
        byte[] echo6 = Echo6(Own6, 8);
        echo6[9] ^= 1;
        _peer.Send(new Ipv6Header(Peer6, Own6, IpProtocolNumber.Icmpv6), echo6);
        _peer.Take().ShouldBeEmpty();
        _host.Counters.Icmp(IcmpCounter.InCsumErrors).ShouldBe(1);
        _host.Counters.Icmp(IcmpCounter.InErrors).ShouldBe(1);
        _host.Counters.Icmp6(IcmpCounter.InCsumErrors).ShouldBe(1);
    }

    [Fact]
    public void A_protocol_that_nobody_speaks_is_refused()
    {
        _peer.Send(new Ipv4Header(Peer4, Own4, Unknown) { Tos = 0x12 }, new byte[1000]);
        _peer.Received.Single()[15].ShouldBe((byte)0xD2); // precedence internetwork control
        _peer.Received[0].Length.ShouldBe(14 + 576); // as much as fits 576 bytes
        _peer.Take().ShouldBe(["IP 10.0.0.1 > 10.0.0.2: ICMP protocol unreachable, about protocol 254 10.0.0.2 > 10.0.0.1, length 556"]);
        _peer.Send(new Ipv6Header(Peer6, Own6, Unknown), new byte[1400]);
        _peer.Received.Single().Length.ShouldBe(14 + 1280);
        _peer.Take().ShouldBe(["IP6 fd00::1 > fd00::2: ICMP6 parameter problem, code 1, octet 6, about protocol 254 fd00::2 > fd00::1, length 1240"]);
    }

    [Theory]
    [InlineData("a later fragment")]
    [InlineData("an error")]
    [InlineData("a broadcast")]
    [InlineData("a multicast")]
    [InlineData("a link-layer broadcast")]
    public void No_error_is_sent_about(string what)
    {
        _network.Do(() => _host.Sysctl.IPv4.Forward.Set(1));
        var header = new Ipv4Header(Peer4, Own4, Unknown) { Ttl = 1 };
        switch (what)
        {
            case "a later fragment":
                _peer.Send(header with { Destination = IpAddress.Parse("10.9.9.9"), FragmentOffset = 800 }, new byte[16]);
                break;
            case "an error":
                var error = new byte[36];
                Icmpv4Header.TimeExceeded(IcmpTimeExceededCode.Transit).Write(error);
                _peer.Send(header with { Destination = IpAddress.Parse("10.9.9.9"), Protocol = IpProtocolNumber.Icmpv4 }, error);
                break;
            case "a broadcast":
                _peer.Send(header with { Destination = IpAddress.Parse("10.0.0.255") }, new byte[16]);
                break;
            case "a multicast":
                _peer.Send(header with { Destination = IpAddress.Parse("224.0.0.1") }, new byte[16]);
                break;
            default:
                _peer.Send(header, new byte[16], MacAddress.Broadcast);
                break;
        }
        _peer.Take().ShouldBeEmpty();
        _host.Counters.Icmp(IcmpCounter.OutMsgs).ShouldBe(0);
    }

    [Fact]
    public void One_destination_gets_six_errors_at_once_and_then_one_a_second()
    {
        for (int i = 0; i < 20; i++) _peer.Send(new Ipv4Header(Peer4, Own4, Unknown), new byte[16]);
        _peer.Take().Length.ShouldBe(6);
        _host.Counters.Icmp(IcmpCounter.OutRateLimitHost).ShouldBe(14);
        _network.Pass(TimeSpan.FromSeconds(3));
        for (int i = 0; i < 20; i++) _peer.Send(new Ipv4Header(Peer4, Own4, Unknown), new byte[16]);
        _peer.Take().Length.ShouldBe(3);
        for (int i = 0; i < 20; i++) _peer.Send(new Ipv4Header(Peer4, Own4, IpProtocolNumber.Icmpv4), Echo4(8));
        _peer.Take().Length.ShouldBe(20); // echo replies are not limited
    }

    [Fact]
    public void All_destinations_together_get_about_fifty_errors_at_once()
    {
        for (int i = 0; i < 200; i++)
        {
            IpAddress source = IpAddress.FromIPv4(10, 0, 0, (byte)(10 + i));
            _network.Do(() => _interface.Neighbors.SetPermanent(source, _peer.Address));
            _peer.Send(new Ipv4Header(source, Own4, Unknown), new byte[16]);
        }
        int sent = _peer.Take().Length;
        sent.ShouldBeInRange(40, 75); // one credit each on average
        _host.Counters.Icmp(IcmpCounter.OutRateLimitGlobal).ShouldBe(200 - sent);
    }

    /// <summary>The errno and whether it is fatal, by the kernel's tables: what a connected socket without IP_RECVERR shows (CONN-34) is what is fatal.</summary>
    [Theory]
    [Trait("Row", "CONN-06")]
    [Trait("Row", "CONN-34")]
    [Trait("Row", "KA-019")]
    [InlineData(3, 0, Errno.ENETUNREACH, false)]
    [InlineData(3, 1, Errno.EHOSTUNREACH, false)]
    [InlineData(3, 2, Errno.ENOPROTOOPT, true)]
    [InlineData(3, 3, Errno.ECONNREFUSED, true)]
    [InlineData(3, 5, Errno.EOPNOTSUPP, false)]
    [InlineData(3, 6, Errno.ENETUNREACH, true)]
    [InlineData(3, 7, Errno.EHOSTDOWN, true)]
    [InlineData(3, 8, Errno.ENONET, true)]
    [InlineData(3, 9, Errno.ENETUNREACH, true)]
    [InlineData(3, 10, Errno.EHOSTUNREACH, true)]
    [InlineData(3, 11, Errno.ENETUNREACH, false)]
    [InlineData(3, 12, Errno.EHOSTUNREACH, false)]
    [InlineData(3, 13, Errno.EHOSTUNREACH, true)]
    [InlineData(3, 14, Errno.EHOSTUNREACH, true)]
    [InlineData(3, 15, Errno.EHOSTUNREACH, true)]
    [InlineData(11, 0, Errno.EHOSTUNREACH, false)]
    [InlineData(11, 1, Errno.EHOSTUNREACH, false)]
    [InlineData(12, 0, Errno.EPROTO, true)]
    public void Errors_of_IPv4_reach_the_transport_with_the_kernel_s_errno(int type, int code, Errno errno, bool isFatal)
    {
        var message = new byte[36];
        new Ipv4Header(Own4, IpAddress.Parse("192.0.2.1"), TestTransport.Protocol) { PayloadLength = 8 }.Write(message.AsSpan(8));
        new Icmpv4Header((Icmpv4Type)type, (byte)code, 0).Write(message);
        _peer.Send(new Ipv4Header(Peer4, Own4, IpProtocolNumber.Icmpv4), message);
        _transport.Errors.ShouldBe([new(errno, isFatal, 0, "10.0.0.1 > 192.0.2.1 from 10.0.0.2")]);
    }

    [Theory]
    [InlineData(1, 0, Errno.ENETUNREACH, false)]
    [InlineData(1, 1, Errno.EACCES, true)]
    [InlineData(1, 2, Errno.EHOSTUNREACH, false)]
    [InlineData(1, 3, Errno.EHOSTUNREACH, false)]
    [InlineData(1, 4, Errno.ECONNREFUSED, true)]
    [InlineData(1, 5, Errno.EACCES, true)]
    [InlineData(1, 6, Errno.EACCES, true)]
    [InlineData(2, 0, Errno.EMSGSIZE, false)]
    [InlineData(3, 0, Errno.EHOSTUNREACH, false)]
    [InlineData(4, 1, Errno.EPROTO, true)]
    public void Errors_of_IPv6_reach_the_transport_with_the_kernel_s_errno(int type, int code, Errno errno, bool isFatal)
    {
        var message = new byte[56];
        new Ipv6Header(Own6, IpAddress.Parse("fd09::1"), TestTransport.Protocol) { PayloadLength = 8 }.Write(message.AsSpan(8));
        new Icmpv6Header((Icmpv6Type)type, (byte)code, 0).Write(message, Peer6, Own6);
        _peer.Send(new Ipv6Header(Peer6, Own6, IpProtocolNumber.Icmpv6), message);
        _transport.Errors.ShouldBe([new(errno, isFatal, 0, "fd00::1 > fd09::1 from fd00::2")]);
    }

    [Fact]
    public void An_error_that_quotes_too_little_or_another_s_packet_tells_nobody()
    {
        var message = new byte[28];
        new Ipv4Header(Own4, IpAddress.Parse("192.0.2.1"), TestTransport.Protocol) { PayloadLength = 8 }.Write(message.AsSpan(8));
        Icmpv4Header.DestinationUnreachable(Icmpv4UnreachableCode.Port).Write(message);
        _peer.Send(new Ipv4Header(Peer4, Own4, IpProtocolNumber.Icmpv4), message);
        message = new byte[36];
        new Ipv4Header(IpAddress.Parse("10.0.0.77"), IpAddress.Parse("192.0.2.1"), TestTransport.Protocol) { PayloadLength = 8 }.Write(message.AsSpan(8));
        Icmpv4Header.DestinationUnreachable(Icmpv4UnreachableCode.Port).Write(message);
        _peer.Send(new Ipv4Header(Peer4, Own4, IpProtocolNumber.Icmpv4), message);
        _transport.Errors.ShouldBeEmpty();
    }

    private static byte[] Echo4(int length)
    {
        var message = new byte[8 + length];
        TestTransport.Pattern(length).CopyTo(message, 8);
        Icmpv4Header.Echo(7, 1).Write(message);
        return message;
    }

    private static byte[] Echo6(IpAddress destination, int length)
    {
        var message = new byte[8 + length];
        TestTransport.Pattern(length).CopyTo(message, 8);
        Icmpv6Header.EchoRequest(7, 1).Write(message, Peer6, destination);
        return message;
    }
}
