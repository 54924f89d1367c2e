using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>What a host must not take from outside (RFC 1122 §3.2.1.3, RFC 4291 §2.5, RFC 8504), and what it may.</summary>
public sealed class MartianTests
{
    private readonly TestNetwork _network = new();
    private readonly StackHost _host;
    private readonly NetworkInterface _interface;
    private readonly TestPeer _peer;
    private readonly TestTransport _transport;

    public MartianTests()
    {
        _host = _network.AddHost("a");
        (_interface, _peer) = _network.ConnectPeer(_host, "10.0.0.1/24 fd00::1/64");
        _transport = new TestTransport(_host);
    }

    [Theory]
    [InlineData("127.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.2", "127.0.0.1")]
    [InlineData("224.0.0.1", "10.0.0.1")]
    [InlineData("255.255.255.255", "10.0.0.1")]
    [InlineData("0.0.0.0", "10.0.0.1")]
    [InlineData("0.1.2.3", "10.0.0.1")]
    [InlineData("10.0.0.2", "0.0.0.0")]
    [InlineData("10.0.0.1", "10.0.0.1")] // our own address as source
    [InlineData("10.0.0.2", "224.0.0.251")] // a group that nobody here has joined
    [InlineData("10.0.0.2", "10.0.0.77")] // somebody else's
    public void IPv4_packets_that_cannot_be_meant_are_dropped_without_an_answer(string source, string destination)
    {
        _peer.Send(new Ipv4Header(IpAddress.Parse(source), IpAddress.Parse(destination), TestTransport.Protocol), new byte[16]);
        _transport.Received.ShouldBeEmpty();
        _peer.Take().ShouldBeEmpty();
        _network.Loop.Packets.Outstanding.ShouldBe(0);
    }

    [Theory]
    [InlineData("::1", "fd00::1")]
    [InlineData("fd00::2", "::1")]
    [InlineData("ff02::1", "fd00::1")]
    [InlineData("fd00::2", "::")]
    [InlineData("::ffff:10.0.0.2", "fd00::1")]
    [InlineData("fd00::2", "::ffff:10.0.0.1")]
    [InlineData("fd00::2", "ff01::1")] // interface-local scope never comes by a wire
    [InlineData("fd00::2", "ff00::1")]
    [InlineData("fd00::2", "ff02::fb")] // a group that nobody here has joined
    [InlineData("fd00::2", "fd00::77")]
    public void IPv6_packets_that_cannot_be_meant_are_dropped_without_an_answer(string source, string destination)
    {
        _peer.Send(new Ipv6Header(IpAddress.Parse(source), IpAddress.Parse(destination), TestTransport.Protocol), new byte[16]);
        _transport.Received.ShouldBeEmpty();
        _peer.Take().ShouldBeEmpty();
        _network.Loop.Packets.Outstanding.ShouldBe(0);
    }

    [Theory]
    [InlineData("10.0.0.2", "10.0.0.1", "Local")]
    [InlineData("10.0.0.2", "255.255.255.255", "Broadcast")]
    [InlineData("0.0.0.0", "255.255.255.255", "Broadcast")] // a host that has no address yet
    [InlineData("10.0.0.2", "10.0.0.255", "Broadcast")]
    [InlineData("10.0.0.2", "224.0.0.1", "Multicast")]
    [InlineData("192.0.2.7", "10.0.0.1", "Local")] // from afar: rp_filter is off
    public void IPv4_packets_that_are_meant_arrive(string source, string destination, string kind)
    {
        _peer.Send(new Ipv4Header(IpAddress.Parse(source), IpAddress.Parse(destination), TestTransport.Protocol), new byte[16]);
        _transport.Received.Single().Description.ShouldBe($"{source} > {destination} {kind} on eth0, hop limit 64");
    }

    [Fact]
    public void A_host_takes_packets_for_any_of_its_addresses_by_any_interface()
    {
        (_, TestPeer other) = _network.ConnectPeer(_host, "10.1.0.1/24");
        other.Send(new Ipv4Header(IpAddress.Parse("10.1.0.2"), IpAddress.Parse("10.0.0.1"), TestTransport.Protocol), new byte[16]);
        _transport.Received.Single().Description.ShouldBe("10.1.0.2 > 10.0.0.1 Local on eth1, hop limit 64");
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void The_reverse_path_filter_wants_the_same_interface_or_any(int mode, bool arrives)
    {
        _network.ConnectPeer(_host, "10.1.0.1/24");
        _network.Do(() => _interface.Settings.IPv4.RpFilter.Set(mode)).ShouldBe(Errno.None);
        _peer.Send(new Ipv4Header(IpAddress.Parse("10.1.0.2"), IpAddress.Parse("10.0.0.1"), TestTransport.Protocol), new byte[16]);
        _transport.Received.Count.ShouldBe(arrives ? 1 : 0);
        _peer.Send(new Ipv4Header(IpAddress.Parse("192.0.2.7"), IpAddress.Parse("10.0.0.1"), TestTransport.Protocol), new byte[16]);
        _transport.Received.Count.ShouldBe(arrives ? 1 : 0); // there is no way back to it at all
    }

    /// <summary>The counts of /proc/net/stat/rt_cache, and the kernel's words.</summary>
    [Theory]
    [InlineData("127.0.0.1", "10.0.0.1", 1, 0, "IPv4: martian source 10.0.0.1 from 127.0.0.1, on dev eth0")]
    [InlineData("10.0.0.1", "10.0.0.1", 1, 0, "IPv4: martian source 10.0.0.1 from 10.0.0.1, on dev eth0")]
    [InlineData("10.0.0.2", "127.0.0.1", 0, 1, "IPv4: martian destination 127.0.0.1 from 10.0.0.2, dev eth0")]
    [InlineData("10.0.0.2", "0.0.0.0", 0, 1, "IPv4: martian destination 0.0.0.0 from 10.0.0.2, dev eth0")]
    [InlineData("10.0.0.2", "10.0.0.77", 0, 0, null)]
    public void Martians_are_counted_and_logged_where_that_is_asked_for(string source, string destination, int sources, int destinations, string? line)
    {
        var header = new Ipv4Header(IpAddress.Parse(source), IpAddress.Parse(destination), TestTransport.Protocol);
        _peer.Send(header, new byte[16]);
        (_host.Ip.MartianSources, _host.Ip.MartianDestinations).ShouldBe((sources, destinations));
        _host.Log.Lines.ShouldBeEmpty();
        _network.Do(() => _interface.Settings.IPv4.LogMartians.Set(1)).ShouldBe(Errno.None);
        for (int i = 0; i < 30; i++) _peer.Send(header, new byte[16]);
        // Ten in five seconds at most (net.core.message_burst, message_cost): who sends them must not fill the log.
        _host.Log.Lines.Select(static one => one.Text).ShouldBe(line is null ? [] : Enumerable.Repeat(line, 10));
    }

    [Fact]
    public void What_the_reverse_path_filter_drops_has_a_count_of_its_own()
    {
        _network.Do(() => _interface.Settings.IPv4.RpFilter.Set(1)).ShouldBe(Errno.None);
        _peer.Send(new Ipv4Header(IpAddress.Parse("192.0.2.7"), IpAddress.Parse("10.0.0.1"), TestTransport.Protocol), new byte[16]);
        (_host.Counters[TcpExtCounter.IPReversePathFilter], _host.Ip.MartianSources).ShouldBe((1, 1));
        _peer.Send(new Ipv4Header(IpAddress.Parse("10.0.0.2"), IpAddress.Parse("10.0.0.1"), TestTransport.Protocol), new byte[16]);
        _transport.Received.Count.ShouldBe(1);
    }

    [Fact]
    public void Any_bytes_at_all_are_counted_and_dropped()
    {
        var random = new SeededRandom(5);
        for (int i = 0; i < 5000; i++)
        {
            var bytes = new byte[random.Next(120)];
            random.Fill(bytes);
            if (bytes.Length > 0 && random.Chance(0.9)) bytes[0] = (byte)(i % 2 == 0 ? 0x45 + random.Next(3) : 0x60);
            if (bytes.Length > 6 && random.Chance(0.5)) bytes[6] = (byte)random.Next(64);
            _peer.Send(i % 3 == 0 ? EtherType.Arp : i % 2 == 0 ? EtherType.Ipv4 : EtherType.Ipv6, bytes);
        }
        (_host.Counters[IpCounter.InHdrErrors] + _host.Counters[IpExtCounter.InTruncatedPkts]).ShouldBePositive();
        (_host.Counters[Ip6Counter.InHdrErrors] + _host.Counters[Ip6Counter.InTruncatedPkts]).ShouldBePositive();
        _network.Pass(TimeSpan.FromMinutes(2));
        _network.Loop.Packets.Outstanding.ShouldBe(0, _network.Loop.Packets.DescribeOutstanding());
    }

    [Fact]
    public void A_damaged_header_is_counted_as_such()
    {
        var bytes = new byte[36];
        new Ipv4Header(IpAddress.Parse("10.0.0.2"), IpAddress.Parse("10.0.0.1"), TestTransport.Protocol) { PayloadLength = 16 }.Write(bytes);
        bytes[8] ^= 1;
        _peer.Send(EtherType.Ipv4, bytes);
        _transport.Received.ShouldBeEmpty();
        _host.Counters[IpCounter.InReceives].ShouldBe(1);
        _host.Counters[IpCounter.InHdrErrors].ShouldBe(1);
        _host.Counters[IpExtCounter.InCsumErrors].ShouldBe(1);
    }
}
