using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Where the headers of a TCP segment or UDP datagram end: what every piece of a packet that stands for several has to repeat.</summary>
internal readonly struct SegmentLayout
{
    /// <summary>Where the checksum stands in the transport header.</summary>
    public const int TcpChecksumOffset = 16, UdpChecksumOffset = 6;

    private SegmentLayout(bool isIPv4, IpProtocolNumber protocol, int transportOffset, int transportLength)
    {
        IsIPv4 = isIPv4;
        Protocol = protocol;
        TransportOffset = transportOffset;
        HeaderLength = transportOffset + transportLength;
    }

    /// <summary>IPv4; otherwise IPv6.</summary>
    public bool IsIPv4 { get; }

    /// <summary>TCP or UDP.</summary>
    public IpProtocolNumber Protocol { get; }

    /// <summary>Bytes from the IP header to the transport header: the IP header with its options or extension headers.</summary>
    public int TransportOffset { get; }

    /// <summary>Bytes from the IP header to the payload.</summary>
    public int HeaderLength { get; }

    /// <summary>Where the checksum stands in the transport header.</summary>
    public int ChecksumOffset => Protocol == IpProtocolNumber.Tcp ? TcpChecksumOffset : UdpChecksumOffset;

    /// <summary>Reads the headers.</summary>
    /// <param name="packet">From the IP header on.</param>
    /// <param name="layout">What was found.</param>
    /// <returns>False for a fragment, for another protocol, and where the headers are longer than the packet.</returns>
    public static bool TryParse(ReadOnlySpan<byte> packet, out SegmentLayout layout)
    {
        layout = default;
        switch (packet.IsEmpty ? 0 : packet[0] >> 4)
        {
            case 4:
                return Ipv4View.TryParse(packet, out Ipv4View ip, out _) && !ip.IsFragment && TryParse(packet, true, ip.Protocol, ip.HeaderLength, out layout);
            case 6:
                if (packet.Length < Ipv6Header.Length) return false;
                var walker = new Ipv6ExtensionWalker((IpProtocolNumber)packet[6], packet[Ipv6Header.Length..]);
                return walker.MoveToEnd() && !walker.HasFragment && TryParse(packet, false, walker.Next, Ipv6Header.Length + walker.NextOffset, out layout);
            default:
                return false;
        }
    }

    /// <summary>Bytes of the longest IP packet that a packet which stands for several will be cut into (the kernel's skb_gso_network_seglen); its own length if it stands for one.</summary>
    /// <param name="packet">From the IP header on. Borrowed.</param>
    public static int LongestPacket(PacketBuffer packet)
        => packet.SegmentSize == 0 || !TryParse(packet.Span, out SegmentLayout layout) ? packet.Length : Math.Min(packet.Length, layout.HeaderLength + packet.SegmentSize);

    /// <summary>Bytes of the longest segment or datagram, header included, that a packet will be cut into; its own length if it stands for one.</summary>
    /// <param name="packet">From the transport header on. Borrowed.</param>
    /// <param name="protocol">TCP or UDP.</param>
    public static int LongestUpper(PacketBuffer packet, IpProtocolNumber protocol)
        => packet.SegmentSize == 0 ? packet.Length : Math.Min(packet.Length, packet.SegmentSize + (protocol == IpProtocolNumber.Tcp ? (packet.Span[12] >> 4) * 4 : UdpHeader.Length));

    /// <summary>Turns a complete checksum into a partial one: over a whole of which the sum is true, pseudo header and rest are each other's complement; a false sum stays as false as it is.</summary>
    /// <param name="packet">The packet, which nobody shares.</param>
    /// <param name="transport">Where its transport header begins.</param>
    public void MakePartial(PacketBuffer packet, int transport)
    {
        packet.TransportOffset = transport;
        packet.ChecksumOffset = ChecksumOffset;
        Span<byte> bytes = packet.FromTransportHeader;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumOffset..], (ushort)~InternetChecksum.Sum(bytes));
        packet.Checksum = PacketChecksum.Partial;
    }

    private static bool TryParse(ReadOnlySpan<byte> packet, bool isIPv4, IpProtocolNumber protocol, int offset, out SegmentLayout layout)
    {
        layout = default;
        ReadOnlySpan<byte> transport = packet[offset..];
        int length = protocol switch
        {
            IpProtocolNumber.Tcp when transport.Length >= TcpHeader.MinimumLength => (transport[12] >> 4) * 4,
            IpProtocolNumber.Udp => UdpHeader.Length,
            _ => 0,
        };
        if (length < UdpHeader.Length || protocol == IpProtocolNumber.Tcp && length < TcpHeader.MinimumLength || length > transport.Length) return false;
        layout = new SegmentLayout(isIPv4, protocol, offset, length);
        return true;
    }
}
