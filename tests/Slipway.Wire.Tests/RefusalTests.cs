namespace Slipway.Wire.Tests;

/// <summary>Each refusal by name: the smallest change to good bytes that brings it about.</summary>
public class RefusalTests
{
    private static readonly IpAddress From4 = IpAddress.Parse("192.0.2.1"), To4 = IpAddress.Parse("192.0.2.2");
    private static readonly IpAddress From6 = IpAddress.Parse("2001:db8::1"), To6 = IpAddress.Parse("2001:db8::2");

    [Theory]
    [InlineData(13, false, WireError.Truncated)]
    [InlineData(14, false, WireError.None)]
    [InlineData(17, true, WireError.Truncated)]
    [InlineData(18, true, WireError.None)]
    public void Ethernet(int length, bool isTagged, WireError expected)
    {
        byte[] frame = new byte[length];
        if (isTagged) frame[12] = 0x81;

        EthernetView.TryParse(frame, out _, out WireError error).ShouldBe(expected == WireError.None);
        error.ShouldBe(expected);
    }

    [Theory]
    [InlineData(28, -1, WireError.None)]
    [InlineData(27, -1, WireError.Truncated)]
    [InlineData(28, 1, WireError.BadAddressFormat)] // hardware type
    [InlineData(28, 2, WireError.BadAddressFormat)] // protocol type
    [InlineData(28, 4, WireError.BadAddressFormat)] // hardware length
    [InlineData(28, 5, WireError.BadAddressFormat)] // protocol length
    public void Arp(int length, int changed, WireError expected)
    {
        byte[] packet = new byte[28];
        new ArpHeader(ArpOperation.Request, default, From4, default, To4).Write(packet);
        if (changed >= 0) packet[changed] ^= 0x10;

        ArpView.TryParse(packet.AsSpan(0, length), out _, out WireError error).ShouldBe(expected == WireError.None);
        error.ShouldBe(expected);
    }

    [Theory]
    [InlineData(30, 0, 0x45, WireError.None)]
    [InlineData(19, 0, 0x45, WireError.Truncated)]
    [InlineData(29, 0, 0x45, WireError.Truncated)] // the total length is 30
    [InlineData(30, 0, 0x65, WireError.BadVersion)]
    [InlineData(30, 0, 0x44, WireError.BadHeaderLength)]
    [InlineData(30, 0, 0x4F, WireError.Truncated)] // a header of 60 bytes
    [InlineData(30, 3, 19, WireError.BadTotalLength)]
    public void IPv4(int length, int at, byte value, WireError expected)
    {
        byte[] packet = new byte[30];
        new Ipv4Header(From4, To4, IpProtocolNumber.Udp) { PayloadLength = 10 }.Write(packet);
        packet[at] = value;

        Ipv4View.TryParse(packet.AsSpan(0, length), out _, out WireError error).ShouldBe(expected == WireError.None);
        error.ShouldBe(expected);
    }

    [Fact]
    public void A_quoted_IPv4_packet_may_lack_its_payload_but_not_its_header()
    {
        byte[] packet = new byte[30];
        new Ipv4Header(From4, To4, IpProtocolNumber.Udp) { PayloadLength = 10 }.Write(packet);

        Ipv4View.TryParseQuoted(packet.AsSpan(0, 25), out Ipv4View view, out _).ShouldBeTrue();
        view.TotalLength.ShouldBe(30);
        view.Payload.Length.ShouldBe(5);
        Ipv4View.TryParseQuoted(packet.AsSpan(0, 19), out _, out WireError error).ShouldBeFalse();
        error.ShouldBe(WireError.Truncated);
    }

    [Theory]
    [InlineData(50, -1, 0, WireError.None)]
    [InlineData(39, -1, 0, WireError.Truncated)]
    [InlineData(49, -1, 0, WireError.Truncated)] // the payload is 10
    [InlineData(50, 0, 0x40, WireError.BadVersion)]
    [InlineData(50, 5, 0, WireError.Jumbogram)] // no length, and hop-by-hop options next
    public void IPv6(int length, int at, byte value, WireError expected)
    {
        byte[] packet = new byte[50];
        new Ipv6Header(From6, To6, IpProtocolNumber.HopByHop) { PayloadLength = 10 }.Write(packet);
        if (at >= 0) packet[at] = value;

        Ipv6View.TryParse(packet.AsSpan(0, length), out _, out WireError error).ShouldBe(expected == WireError.None);
        error.ShouldBe(expected);
    }

    [Theory]
    [InlineData(12, 12, WireError.None)]
    [InlineData(12, 9, WireError.None)] // what is behind the datagram is ignored
    [InlineData(12, 13, WireError.Truncated)]
    [InlineData(7, 8, WireError.Truncated)]
    [InlineData(12, 7, WireError.BadTotalLength)]
    [InlineData(12, 0, WireError.Jumbogram)]
    public void Udp(int length, int lengthField, WireError expected)
    {
        byte[] datagram = new byte[length];
        if (length > 5) datagram[5] = (byte)lengthField;

        UdpView.TryParse(datagram, out UdpView view, out WireError error).ShouldBe(expected == WireError.None);
        error.ShouldBe(expected);
        if (expected == WireError.None) view.Payload.Length.ShouldBe(lengthField - 8);
    }

    [Fact]
    public void Udp_without_a_checksum_is_accepted_over_IPv4_only()
    {
        byte[] datagram = new byte[8];
        new UdpHeader(1, 2, 0).Write(datagram);
        UdpView.TryParse(datagram, out UdpView view, out _).ShouldBeTrue();

        view.HasChecksum.ShouldBeFalse();
        view.HasValidChecksum(From4, To4).ShouldBeTrue();
        view.HasValidChecksum(From6, To6).ShouldBeFalse();
    }

    [Theory]
    [InlineData(20, 0x50, WireError.None)]
    [InlineData(19, 0x50, WireError.Truncated)]
    [InlineData(20, 0x40, WireError.BadHeaderLength)]
    [InlineData(20, 0x60, WireError.Truncated)]
    [InlineData(60, 0xF0, WireError.None)]
    public void Tcp(int length, byte dataOffset, WireError expected)
    {
        byte[] segment = new byte[length];
        segment[12] = dataOffset;

        TcpView.TryParse(segment, out _, out WireError error).ShouldBe(expected == WireError.None);
        error.ShouldBe(expected);
    }

    [Fact]
    public void Icmp_shorter_than_its_header()
    {
        Icmpv4View.TryParse(new byte[7], out _, out WireError four).ShouldBeFalse();
        Icmpv6View.TryParse(new byte[7], out _, out WireError six).ShouldBeFalse();
        Icmpv4TimestampView.TryParse([13, .. new byte[18]], out _, out WireError stamp).ShouldBeFalse();
        Icmpv4TimestampView.TryParse(new byte[20], out _, out WireError type).ShouldBeFalse();

        (four, six, stamp, type).ShouldBe((WireError.Truncated, WireError.Truncated, WireError.Truncated, WireError.BadType));
    }

    [Fact]
    public void Builders_refuse_what_their_fields_cannot_say()
    {
        byte[] room = new byte[100];
        Should.Throw<InvalidOperationException>(() => new Ipv4Header(From4, To4, IpProtocolNumber.Udp) { PayloadLength = 65516 }.Write(room));
        Should.Throw<InvalidOperationException>(() => new Ipv4Header(From4, To4, IpProtocolNumber.Udp) { FragmentOffset = 7 }.Write(room));
        Should.Throw<InvalidOperationException>(() => new Ipv4Header(From4, To4, IpProtocolNumber.Udp) { Options = new byte[41] }.Write(room));
        Should.Throw<InvalidOperationException>(() => new Ipv6Header(From6, To6, IpProtocolNumber.Udp) { PayloadLength = 65536 }.Write(room));
        Should.Throw<InvalidOperationException>(() => new Ipv6FragmentHeader(IpProtocolNumber.Udp, 65536, false, 0).Write(room));
        Should.Throw<InvalidOperationException>(() => new UdpHeader(1, 2, 65528).Write(room));
        Should.Throw<ArgumentOutOfRangeException>(() => new UdpHeader(1, 2, 0).Write(room.AsSpan(0, 7)));
        Should.Throw<ArgumentException>(() => new FastOpenCookie(new byte[5]));
        Should.Throw<ArgumentOutOfRangeException>(() => new SackBlocks(new SackBlock[5]));
    }
}
