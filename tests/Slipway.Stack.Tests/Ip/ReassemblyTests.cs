using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Reassembly in both families: order, duplicates, overlaps, bounds of time and memory (RFC 791, RFC 8200 §4.5, RFC 5722, RFC 6946, RFC 7112).</summary>
public sealed class ReassemblyTests
{
    private const int Length = 4000;

    private readonly TestNetwork _network = new();
    private readonly StackHost _host;
    private readonly TestPeer _peer;
    private readonly TestTransport _transport;
    private readonly byte[] _payload = TestTransport.Pattern(Length);

    public ReassemblyTests()
    {
        _host = _network.AddHost("a");
        (NetworkInterface device, _peer) = _network.ConnectPeer(_host, "10.0.0.1/24 fd00::1/64", mtu: 9000);
        _network.Do(() =>
        {
            device.Neighbors.SetPermanent(IpAddress.Parse("10.0.0.2"), _peer.Address);
            device.Neighbors.SetPermanent(IpAddress.Parse("fd00::2"), _peer.Address);
        });
        _transport = new TestTransport(_host);
    }

    public static TheoryData<bool> Families => [true, false];

    [Theory]
    [MemberData(nameof(Families))]
    public void Fragments_in_any_order_make_the_packet(bool ipv4)
    {
        (int Offset, int Length)[] pieces = [(0, 1000), (1000, 1000), (2000, 1000), (3000, 1000)];
        var random = new SeededRandom(3);
        for (uint round = 1; round <= 24; round++)
        {
            for (int i = pieces.Length - 1; i > 0; i--)
            {
                int other = random.Next(i + 1);
                (pieces[i], pieces[other]) = (pieces[other], pieces[i]);
            }
            foreach ((int offset, int length) in pieces) Send(ipv4, round, offset, length);
            _transport.Received.Count.ShouldBe((int)round);
            _transport.Received[^1].Payload.ShouldBe(_payload);
        }
        ShouldBeClean();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_exact_duplicate_is_passed_over(bool ipv4)
    {
        Send(ipv4, 1, 0, 1000);
        Send(ipv4, 1, 0, 1000);
        Send(ipv4, 1, 2000, 2000);
        Send(ipv4, 1, 2000, 1000);
        Send(ipv4, 1, 1000, 1000);
        _transport.Received.Single().Payload.ShouldBe(_payload);
        ShouldBeClean();
    }

    [Theory]
    [InlineData(true, 992)]
    [InlineData(false, 992)]
    [InlineData(true, 8)]
    [InlineData(false, 8)]
    public void An_overlap_loses_the_whole_packet(bool ipv4, int start)
    {
        Send(ipv4, 1, 0, 1000);
        Send(ipv4, 1, start, 2008 - start);
        Pending(ipv4).ShouldBe(0);
        Send(ipv4, 1, 2008, Length - 2008);
        _transport.Received.ShouldBeEmpty();
        Fails(ipv4).ShouldBe(1);
        if (ipv4) _host.Counters[IpExtCounter.ReasmOverlaps].ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Two_ends_that_contradict_each_other_lose_the_packet(bool ipv4)
    {
        Send(ipv4, 1, 3000, 1000);
        Send(ipv4, 1, 2000, 800, more: false);
        Pending(ipv4).ShouldBe(0);
        Fails(ipv4).ShouldBe(1);
    }

    [Theory]
    [InlineData(true, 30, "IP 10.0.0.1 > 10.0.0.2: ICMP reassembly time exceeded, about protocol 253 10.0.0.2 > 10.0.0.1, length 556")]
    [InlineData(false, 60, "IP6 fd00::1 > fd00::2: ICMP6 reassembly time exceeded, about protocol 253 fd00::2 > fd00::1, length 1056")]
    public void When_the_time_is_over_the_sender_hears_of_it_if_the_first_fragment_came(bool ipv4, int seconds, string message)
    {
        Send(ipv4, 1, 0, 1000);
        Send(ipv4, 2, 1000, 1000);
        _network.Pass(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Pending(ipv4).ShouldBe(2);
        _peer.Take().ShouldBeEmpty();
        _network.Pass(TimeSpan.FromMilliseconds(1));
        Pending(ipv4).ShouldBe(0);
        _peer.Take().ShouldBe([message]);
        Fails(ipv4).ShouldBe(2);
        ShouldBeClean();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_flood_of_fragments_is_bounded_and_counted(bool ipv4)
    {
        var random = new SeededRandom(11);
        for (int i = 0; i < 12_000; i++)
        {
            int offset = random.Next(400) * 8;
            Send(ipv4, random.NextUInt32(), offset, 8 * (1 + random.Next(16)), more: true);
            Memory(ipv4).ShouldBeLessThanOrEqualTo((4 << 20) + 4096);
        }
        Fails(ipv4).ShouldBeGreaterThan(5000);
        _network.Pass(TimeSpan.FromSeconds(61));
        Memory(ipv4).ShouldBe(0);
        ShouldBeClean();
        Send(ipv4, 7, 0, 1000);
        Send(ipv4, 7, 1000, 3000);
        _transport.Received.Single().Payload.ShouldBe(_payload);
    }

    [Fact]
    public void A_packet_longer_than_IP_allows_is_refused()
    {
        SendIPv4(1, 65528, new byte[100], more: false);
        SendIPv4(1, 0, new byte[1400], more: true);
        for (int at = 1400; at < 65528; at += 1400) SendIPv4(1, at, new byte[Math.Min(1400, 65528 - at)], more: true);
        _transport.Received.ShouldBeEmpty();
        Fails(true).ShouldBe(1);
        ShouldBeClean();
    }

    [Fact]
    public void An_IPv6_fragment_beyond_the_greatest_length_is_a_parameter_problem_at_its_offset()
    {
        SendIPv6(1, 65528, new byte[16], more: false);
        _peer.Take().ShouldBe(["IP6 fd00::1 > fd00::2: ICMP6 parameter problem, code 0, octet 42, about protocol 253 fd00::2 > fd00::1, length 72"]);
        Pending(false).ShouldBe(0);
    }

    [Fact]
    public void An_IPv6_fragment_whose_length_is_no_multiple_of_eight_is_a_parameter_problem_at_the_length()
    {
        SendIPv6(1, 0, new byte[17], more: true);
        _peer.Take().Single().ShouldStartWith("IP6 fd00::1 > fd00::2: ICMP6 parameter problem, code 0, octet 4,");
    }

    [Fact]
    public void An_atomic_fragment_is_whole_in_itself()
    {
        SendIPv6(1, 0, new byte[1000], more: true);
        SendIPv6(1, 0, _payload.AsSpan(0, 64).ToArray(), more: false);
        _transport.Received.Single().Payload.ShouldBe(TestTransport.Pattern(64));
        Pending(false).ShouldBe(1); // the other packet of the same identification was not touched (RFC 6946)
    }

    [Fact]
    public void A_first_fragment_without_the_upper_header_is_refused()
    {
        byte[] fragment = new byte[16];
        new Ipv6FragmentHeader(IpProtocolNumber.Udp, 0, true, 5).Write(fragment);
        _peer.Send(new Ipv6Header(IpAddress.Parse("fd00::2"), IpAddress.Parse("fd00::1"), IpProtocolNumber.Fragment), fragment.AsSpan(0, 8));
        _peer.Take().Single().ShouldContain("parameter problem");
        Pending(false).ShouldBe(0);
    }

    [Fact]
    public void Congestion_that_one_fragment_met_was_met_by_the_packet_and_mixed_marks_lose_it()
    {
        SendIPv4(1, 0, _payload.AsSpan(0, 16).ToArray(), more: true, tos: 2);
        SendIPv4(1, 16, _payload.AsSpan(16, 16).ToArray(), more: false, tos: 3);
        _transport.Received.Count.ShouldBe(1);
        SendIPv4(2, 0, new byte[16], more: true, tos: 0);
        SendIPv4(2, 16, new byte[16], more: false, tos: 3);
        _transport.Received.Count.ShouldBe(1);
        Fails(true).ShouldBe(1);
    }

    private void Send(bool ipv4, uint id, int offset, int length, bool? more = null)
    {
        byte[] part = _payload.AsSpan(Math.Min(offset, Length - length), length).ToArray();
        if (ipv4) SendIPv4((ushort)id, offset, part, more ?? offset + length < Length);
        else SendIPv6(id, offset, part, more ?? offset + length < Length);
    }

    private void SendIPv4(ushort id, int offset, byte[] part, bool more, byte tos = 0) => _peer.Send(
        new Ipv4Header(IpAddress.Parse("10.0.0.2"), IpAddress.Parse("10.0.0.1"), TestTransport.Protocol) { Identification = id, FragmentOffset = offset, MoreFragments = more, Tos = tos }, part);

    private void SendIPv6(uint id, int offset, byte[] part, bool more)
    {
        var bytes = new byte[8 + part.Length];
        new Ipv6FragmentHeader(TestTransport.Protocol, offset, more, id).Write(bytes);
        part.CopyTo(bytes, 8);
        _peer.Send(new Ipv6Header(IpAddress.Parse("fd00::2"), IpAddress.Parse("fd00::1"), IpProtocolNumber.Fragment), bytes);
    }

    private int Pending(bool ipv4) => (ipv4 ? _host.Ip.Reassembly4 : _host.Ip.Reassembly6).Packets;

    private long Memory(bool ipv4) => (ipv4 ? _host.Ip.Reassembly4 : _host.Ip.Reassembly6).Memory;

    private long Fails(bool ipv4) => ipv4 ? _host.Counters[IpCounter.ReasmFails] : _host.Counters[Ip6Counter.ReasmFails];

    private void ShouldBeClean()
    {
        _peer.Received.Clear();
        _network.Loop.Packets.Outstanding.ShouldBe(0, _network.Loop.Packets.DescribeOutstanding());
    }
}
