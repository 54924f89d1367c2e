namespace Slipway.Stack;

/// <summary>The IPv6 headers of a segment, which a program may ask for later (IPV6_2292PKTOPTIONS).</summary>
internal sealed class KeptHeaders
{
    private readonly byte[] _headers;
    private readonly int _interfaceIndex;
    private readonly ushort _port;

    private KeptHeaders(in TcpArrival segment)
    {
        PacketBuffer packet = segment.Packet!;
        _headers = packet.FromNetworkHeader[..(packet.TransportOffset - packet.NetworkOffset)].ToArray();
        _interfaceIndex = segment.Interface.Index;
        _port = segment.DestinationPort;
    }

    /// <summary>What control messages are made of.</summary>
    public HeaderFacts Facts => new() { Headers = _headers, InterfaceIndex = _interfaceIndex, Port = _port, Sum = -1 };

    /// <summary>Keeps the headers of a segment that a connection has received, if the socket wants to be told of one that it has (Linux ipv6_opt_accepted).</summary>
    /// <returns>Null: there is none that it wants.</returns>
    public static KeptHeaders? OfSegment(in TcpArrival segment, SocketFlags wants)
    {
        const SocketFlags HopByHop = SocketFlags.ReceiveHopOptions | SocketFlags.OldHopOptions, Destination = SocketFlags.ReceiveDestinationOptions | SocketFlags.OldDestinationOptions,
            Routing = SocketFlags.ReceiveRouting | SocketFlags.OldRouting;
        bool isWanted = (wants & SocketFlags.FlowInfo) != 0 && (segment.Tos != 0 || segment.FlowLabel != 0);
        if (!isWanted && (wants & (HopByHop | Destination | Routing)) != 0)
        {
            PacketBuffer packet = segment.Packet!;
            ReadOnlySpan<byte> headers = packet.FromNetworkHeader[..(packet.TransportOffset - packet.NetworkOffset)];
            byte next = headers[6];
            for (int at = Wire.Ipv6Header.Length; at + 8 <= headers.Length && !isWanted; at += (headers[at + 1] + 1) * 8)
            {
                SocketFlags asked = (Wire.IpProtocolNumber)next switch
                {
                    Wire.IpProtocolNumber.HopByHop => HopByHop,
                    Wire.IpProtocolNumber.DestinationOptions => Destination,
                    Wire.IpProtocolNumber.Routing => Routing,
                    _ => SocketFlags.None,
                };
                isWanted = (wants & asked) != 0;
                next = headers[at];
            }
        }
        return isWanted ? new KeptHeaders(segment) : null;
    }

    /// <summary>Keeps those of a SYN (Linux tcp_v6_init_req): here it is enough to want the hop limit or the interface.</summary>
    public static KeptHeaders? OfSyn(in TcpArrival segment, SocketFlags wants)
    {
        if (segment.Destination.IsIPv4 || (wants & SocketFlags.AnyMessage6) == 0) return null;
        const SocketFlags Always = SocketFlags.PacketInfo6 | SocketFlags.OldPacketInfo6 | SocketFlags.ReceiveHopLimit | SocketFlags.OldHopLimit;
        return (wants & Always) != 0 ? new KeptHeaders(segment) : OfSegment(segment, wants);
    }
}
