using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>One well-formed frame of every kind that the builders make: what mutation starts from, and what another parser must accept.</summary>
public static class SamplePackets
{
    private static readonly MacAddress ClientMac = new(0x02_00_00_00_00_01), ServerMac = new(0x02_00_00_00_00_02);
    private static readonly IpAddress Client4 = IpAddress.Parse("10.0.0.1"), Server4 = IpAddress.Parse("10.0.0.2");
    private static readonly IpAddress Client6 = IpAddress.Parse("fd00::1"), Server6 = IpAddress.Parse("fd00::2");

    /// <summary>All of them, by name: Ethernet frames.</summary>
    public static IReadOnlyList<(string Name, byte[] Frame)> Frames { get; } = Build().ToArray();

    private static IEnumerable<(string Name, byte[] Frame)> Build()
    {
        yield return ("arp request", Arp(ArpOperation.Request));
        yield return ("arp reply", Arp(ArpOperation.Reply));
        foreach ((string name, byte[] frame) in BuildIPv4()) yield return (name, frame);
        foreach ((string name, byte[] frame) in BuildIPv6()) yield return (name, frame);
        yield return ("tagged udp over IPv4", Frame(EtherType.Ipv4, Packet4(IpProtocolNumber.Udp, Udp(Client4, Server4, 9)), VlanTag.Create(5, priority: 3)));
    }

    private static IEnumerable<(string Name, byte[] Frame)> BuildIPv4()
    {
        yield return ("udp over IPv4", Frame4(IpProtocolNumber.Udp, Udp(Client4, Server4, 32)));
        yield return ("empty udp over IPv4", Frame4(IpProtocolNumber.Udp, Udp(Client4, Server4, 0)));
        foreach ((string name, TcpHeader header, int length) in TcpSegments())
            yield return (name + " over IPv4", Frame4(IpProtocolNumber.Tcp, Tcp(header, Client4, Server4, length)));
        foreach ((string name, Icmpv4Header header, int length) in Icmpv4Messages())
            yield return (name, Frame4(IpProtocolNumber.Icmpv4, Icmp4(header, length)));
        yield return ("icmp timestamp", Frame4(IpProtocolNumber.Icmpv4, Timestamp()));
        foreach ((string name, byte[] message) in GroupSamples.BuildIPv4()) yield return (name, Frame4(IpProtocolNumber.Igmp, message));
        yield return ("record route", WithOptions4(static (ref Ipv4OptionsBuilder b) => b.AddRecordRoute(3)));
        yield return ("timestamps", WithOptions4(static (ref Ipv4OptionsBuilder b) => b.AddTimestamp(3, withAddresses: true)));
        yield return ("prespecified timestamps", WithOptions4(static (ref Ipv4OptionsBuilder b) => b.AddTimestamp([Client4, Server4])));
        yield return ("loose source route", WithOptions4(static (ref Ipv4OptionsBuilder b) =>
        {
            b.AddNoOperation();
            b.AddSourceRoute(isStrict: false, [Client4, Server4]);
        }));
        yield return ("strict source route", WithOptions4(static (ref Ipv4OptionsBuilder b) => b.AddSourceRoute(isStrict: true, [Server4])));
        yield return ("router alert", WithOptions4(static (ref Ipv4OptionsBuilder b) => b.AddRouterAlert()));
        yield return ("first fragment of IPv4", Frame(EtherType.Ipv4, Packet4(IpProtocolNumber.Udp, Udp(Client4, Server4, 64).AsSpan(0, 40), more: true)));
        yield return ("last fragment of IPv4", Frame(EtherType.Ipv4, Packet4(IpProtocolNumber.Udp, Udp(Client4, Server4, 64).AsSpan(40), offset: 40)));
    }

    private static IEnumerable<(string Name, byte[] Frame)> BuildIPv6()
    {
        yield return ("udp over IPv6", Frame6(IpProtocolNumber.Udp, Udp(Client6, Server6, 33)));
        foreach ((string name, TcpHeader header, int length) in TcpSegments())
            yield return (name + " over IPv6", Frame6(IpProtocolNumber.Tcp, Tcp(header, Client6, Server6, length)));
        foreach ((string name, Icmpv6Header header, int length) in Icmpv6Messages())
            yield return (name, Frame6(IpProtocolNumber.Icmpv6, Icmp6(header, length)));
        foreach ((string name, byte[] message) in NeighborSamples.Build(Client6, Server6, ServerMac))
            yield return (name, Frame6(IpProtocolNumber.Icmpv6, message, hopLimit: 255));
        foreach ((string name, byte[] message) in GroupSamples.BuildIPv6(Client6, Server6)) yield return (name, Frame6(IpProtocolNumber.Icmpv6, message));
        yield return ("hop-by-hop and destination options", WithOptions6());
        yield return ("first fragment of IPv6", Fragment6(0, true, Udp(Client6, Server6, 64).AsSpan(0, 40)));
        yield return ("last fragment of IPv6", Fragment6(40, false, Udp(Client6, Server6, 64).AsSpan(40)));
        yield return ("routing header", Frame6(IpProtocolNumber.Routing, [59, 0, 253, 0, 0, 0, 0, 0]));
        yield return ("authentication header", Frame6(IpProtocolNumber.Authentication, [59, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, .. new byte[12]]));
    }

    private static IEnumerable<(string Name, TcpHeader Header, int Length)> TcpSegments()
    {
        yield return ("tcp SYN", new TcpHeader(40000, 7, 1000, 0, TcpFlags.Syn, 64240)
        {
            Options = new TcpOptions { MaximumSegmentSize = 1460, SackPermitted = true, Timestamps = new TcpTimestamps(7, 0), WindowScale = 7 },
        }, 0);
        yield return ("tcp SYN asking for a cookie", new TcpHeader(40000, 7, 1000, 0, TcpFlags.Syn, 64240)
        {
            Options = new TcpOptions { MaximumSegmentSize = 1460, SackPermitted = true, WindowScale = 14, FastOpen = new FastOpenCookie([]) },
        }, 0);
        yield return ("tcp SYN with a cookie", new TcpHeader(40000, 7, 1000, 0, TcpFlags.Syn, 64240)
        {
            Options = new TcpOptions { MaximumSegmentSize = 1460, FastOpen = new FastOpenCookie([1, 2, 3, 4, 5, 6, 7, 8]) },
        }, 5);
        yield return ("tcp data", new TcpHeader(40000, 7, 1001, 2001, TcpFlags.Ack | TcpFlags.Psh, 501) { Options = new TcpOptions { Timestamps = new TcpTimestamps(8, 9) } }, 101);
        yield return ("tcp SACK", new TcpHeader(40000, 7, 1001, 2001, TcpFlags.Ack, 501)
        {
            Options = new TcpOptions { Timestamps = new TcpTimestamps(8, 9), Sack = new SackBlocks([new(3000, 4000), new(5000, 6000), new(7000, 8000)]) },
        }, 0);
        yield return ("tcp SACK of four", new TcpHeader(40000, 7, 1001, 2001, TcpFlags.Ack, 501)
        {
            Options = new TcpOptions { Sack = new SackBlocks([new(3000, 4000), new(5000, 6000), new(7000, 8000), new(9000, 9500)]) },
        }, 0);
        yield return ("tcp urgent", new TcpHeader(40000, 7, 1001, 2001, TcpFlags.Ack | TcpFlags.Urg, 501) { UrgentPointer = 3 }, 4);
        yield return ("tcp FIN", new TcpHeader(40000, 7, 1102, 2001, TcpFlags.Ack | TcpFlags.Fin, 501), 0);
        yield return ("tcp RST", new TcpHeader(40000, 7, 1102, 0, TcpFlags.Rst, 0), 0);
    }

    private static IEnumerable<(string Name, Icmpv4Header Header, int Length)> Icmpv4Messages()
    {
        yield return ("icmp echo", Icmpv4Header.Echo(17, 1), 56);
        yield return ("icmp echo reply", Icmpv4Header.EchoReply(17, 1), 55);
        yield return ("icmp port unreachable", Icmpv4Header.DestinationUnreachable(Icmpv4UnreachableCode.Port), -1);
        yield return ("icmp fragmentation needed", Icmpv4Header.DestinationUnreachable(Icmpv4UnreachableCode.FragmentationNeeded, 1280), -1);
        yield return ("icmp time exceeded", Icmpv4Header.TimeExceeded(IcmpTimeExceededCode.Transit), -1);
        yield return ("icmp parameter problem", Icmpv4Header.ParameterProblem(20), -1);
        yield return ("icmp redirect", Icmpv4Header.Redirect(Server4), -1);
    }

    private static IEnumerable<(string Name, Icmpv6Header Header, int Length)> Icmpv6Messages()
    {
        yield return ("icmpv6 echo", Icmpv6Header.EchoRequest(17, 1), 56);
        yield return ("icmpv6 echo reply", Icmpv6Header.EchoReply(17, 1), 55);
        yield return ("icmpv6 port unreachable", Icmpv6Header.DestinationUnreachable(Icmpv6UnreachableCode.Port), -1);
        yield return ("icmpv6 packet too big", Icmpv6Header.PacketTooBig(1280), -1);
        yield return ("icmpv6 time exceeded", Icmpv6Header.TimeExceeded(IcmpTimeExceededCode.Transit), -1);
        yield return ("icmpv6 parameter problem", Icmpv6Header.ParameterProblem(Icmpv6ParameterCode.UnknownNextHeader, 6), -1);
    }

    private delegate void AddOptions(ref Ipv4OptionsBuilder builder);

    private static byte[] WithOptions4(AddOptions add)
    {
        byte[] options = new byte[Ipv4OptionsBuilder.MaximumLength];
        var builder = new Ipv4OptionsBuilder(options);
        add(ref builder);
        return Frame(EtherType.Ipv4, Packet4(IpProtocolNumber.Udp, Udp(Client4, Server4, 10), options: options.AsMemory(0, builder.Finish())));
    }

    private static byte[] WithOptions6()
    {
        Span<byte> headers = stackalloc byte[64];
        var hopByHop = new Ipv6OptionsBuilder(headers, IpProtocolNumber.DestinationOptions);
        hopByHop.Add(Ipv6OptionKind.RouterAlert, [0, 0], alignment: 2);
        int length = hopByHop.Finish();
        var destination = new Ipv6OptionsBuilder(headers[length..], IpProtocolNumber.Udp);
        destination.Add(Ipv6OptionKind.TunnelEncapsulationLimit, [4]);
        length += destination.Finish();
        return Frame6(IpProtocolNumber.HopByHop, [.. headers[..length], .. Udp(Client6, Server6, 10)]);
    }

    private static byte[] Fragment6(int offset, bool more, ReadOnlySpan<byte> part)
    {
        byte[] payload = new byte[Ipv6FragmentHeader.Length + part.Length];
        new Ipv6FragmentHeader(IpProtocolNumber.Udp, offset, more, 0xABCD_0123).Write(payload);
        part.CopyTo(payload.AsSpan(Ipv6FragmentHeader.Length));
        return Frame6(IpProtocolNumber.Fragment, payload);
    }

    private static byte[] Arp(ArpOperation operation)
    {
        byte[] packet = new byte[ArpHeader.Length];
        new ArpHeader(operation, ClientMac, Client4, operation == ArpOperation.Request ? default : ServerMac, Server4).Write(packet);
        return Frame(EtherType.Arp, packet);
    }

    private static byte[] Udp(IpAddress source, IpAddress destination, int length)
    {
        byte[] datagram = new byte[UdpHeader.Length + length];
        FillText(datagram.AsSpan(UdpHeader.Length));
        new UdpHeader(40000, 9, length).Write(datagram, source, destination);
        return datagram;
    }

    private static byte[] Tcp(TcpHeader header, IpAddress source, IpAddress destination, int length)
    {
        byte[] segment = new byte[header.Length + length];
        FillText(segment.AsSpan(header.Length));
        header.Write(segment, source, destination);
        return segment;
    }

    /// <summary>A length of -1 stands for a quoted packet.</summary>
    private static byte[] Icmp4(Icmpv4Header header, int length)
    {
        byte[] quoted = length < 0 ? Packet4(IpProtocolNumber.Udp, Udp(Client4, Server4, 32)) : new byte[length];
        byte[] message = [.. new byte[Icmpv4Header.Length], .. quoted];
        header.Write(message);
        return message;
    }

    private static byte[] Icmp6(Icmpv6Header header, int length)
    {
        byte[] quoted = length < 0 ? Packet6(IpProtocolNumber.Udp, Udp(Client6, Server6, 32), 64) : new byte[length];
        byte[] message = [.. new byte[Icmpv6Header.Length], .. quoted];
        header.Write(message, Client6, Server6);
        return message;
    }

    private static byte[] Timestamp()
    {
        byte[] message = new byte[Icmpv4Timestamp.Length];
        new Icmpv4Timestamp(false, 17, 2, 43_200_000, 0, 0).Write(message);
        return message;
    }

    private static byte[] Frame4(IpProtocolNumber protocol, ReadOnlySpan<byte> payload) => Frame(EtherType.Ipv4, Packet4(protocol, payload));

    private static byte[] Frame6(IpProtocolNumber next, ReadOnlySpan<byte> payload, byte hopLimit = 64) => Frame(EtherType.Ipv6, Packet6(next, payload, hopLimit));

    private static byte[] Packet4(IpProtocolNumber protocol, ReadOnlySpan<byte> payload, ReadOnlyMemory<byte> options = default, int offset = 0, bool more = false)
    {
        var header = new Ipv4Header(Client4, Server4, protocol)
        {
            PayloadLength = payload.Length,
            Identification = 0x1234,
            DontFragment = !more && offset == 0,
            MoreFragments = more,
            FragmentOffset = offset,
            Options = options,
        };
        byte[] packet = new byte[header.Length + payload.Length];
        header.Write(packet);
        payload.CopyTo(packet.AsSpan(header.Length));
        return packet;
    }

    private static byte[] Packet6(IpProtocolNumber next, ReadOnlySpan<byte> payload, byte hopLimit)
    {
        byte[] packet = new byte[Ipv6Header.Length + payload.Length];
        new Ipv6Header(Client6, Server6, next) { PayloadLength = payload.Length, HopLimit = hopLimit, FlowLabel = 0x12345 }.Write(packet);
        payload.CopyTo(packet.AsSpan(Ipv6Header.Length));
        return packet;
    }

    private static byte[] Frame(EtherType type, ReadOnlySpan<byte> payload, VlanTag? tag = null)
    {
        var header = new EthernetHeader(ServerMac, ClientMac, type) { Tag = tag };
        byte[] frame = new byte[header.Length + payload.Length];
        header.Write(frame);
        payload.CopyTo(frame.AsSpan(header.Length));
        return frame;
    }

    private static void FillText(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)('a' + i % 26);
    }
}
