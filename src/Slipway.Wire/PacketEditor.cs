using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>
/// Changes packets in place, as routers and links do, and keeps their checksums true incrementally (RFC 1624): a wrong checksum stays
/// wrong, so that an error made before is not hidden. The bytes must have been accepted by the view of their kind.
/// </summary>
public static class PacketEditor
{
    /// <summary>Takes one from the TTL of an IPv4 packet.</summary>
    /// <returns>False, and nothing changed, if it is 0 or 1: the packet may go no further (RFC 1812 §5.3.1).</returns>
    public static bool TryDecrementTtl(Span<byte> packet)
    {
        byte ttl = packet[Ipv4View.TtlOffset];
        if (ttl <= 1) return false;
        SetTtl(packet, (byte)(ttl - 1));
        return true;
    }

    /// <summary>Sets the TTL of an IPv4 packet.</summary>
    public static void SetTtl(Span<byte> packet, byte ttl)
    {
        byte protocol = packet[Ipv4View.ProtocolOffset];
        UpdateChecksum(packet[Ipv4View.ChecksumOffset..], (ushort)(packet[Ipv4View.TtlOffset] << 8 | protocol), (ushort)(ttl << 8 | protocol));
        packet[Ipv4View.TtlOffset] = ttl;
    }

    /// <summary>Takes one from the hop limit of an IPv6 packet.</summary>
    /// <returns>False, and nothing changed, if it is 0 or 1: the packet may go no further (RFC 8200 §3).</returns>
    public static bool TryDecrementHopLimit(Span<byte> packet)
    {
        if (packet[Ipv6View.HopLimitOffset] <= 1) return false;
        packet[Ipv6View.HopLimitOffset]--;
        return true;
    }

    /// <summary>Marks an IPv4 or IPv6 packet as having met congestion (RFC 3168 §5).</summary>
    /// <returns>False, and nothing changed, if the sender does not speak ECN: the queue has to drop the packet instead.</returns>
    public static bool TryMarkCongestion(Span<byte> packet)
    {
        if (packet[0] >> 4 == 6)
        {
            // The two ECN bits of the traffic class are bits 4 and 5 of the second byte.
            if ((packet[1] & 0x30) == 0) return false;
            packet[1] |= 0x30;
            return true;
        }
        byte tos = packet[Ipv4View.TosOffset];
        if ((tos & 3) == 0) return false;
        UpdateChecksum(packet[Ipv4View.ChecksumOffset..], (ushort)(packet[0] << 8 | tos), (ushort)(packet[0] << 8 | tos | 3));
        packet[Ipv4View.TosOffset] = (byte)(tos | 3);
        return true;
    }

    /// <summary>Sets the next-hop MTU of an ICMP message of IPv4 (RFC 1191 §4).</summary>
    /// <param name="message">The ICMP message.</param>
    /// <param name="mtu">Bytes.</param>
    public static void SetIcmpv4Mtu(Span<byte> message, ushort mtu)
        => Patch(message, Icmpv4View.SequenceOffset, mtu, message[Icmpv4View.ChecksumOffset..]);

    /// <summary>Sets the MTU of an ICMPv6 packet too big (RFC 4443 §3.2).</summary>
    /// <param name="message">The ICMPv6 message.</param>
    /// <param name="mtu">Bytes.</param>
    public static void SetIcmpv6Mtu(Span<byte> message, uint mtu)
    {
        Patch(message, Icmpv6View.RestOffset, (ushort)(mtu >> 16), message[Icmpv6View.ChecksumOffset..]);
        Patch(message, Icmpv6View.SequenceOffset, (ushort)mtu, message[Icmpv6View.ChecksumOffset..]);
    }

    /// <summary>Sets the source port of a UDP datagram or TCP segment.</summary>
    /// <param name="protocol">Which of the two.</param>
    /// <param name="transport">The datagram or segment.</param>
    /// <param name="port">The new port.</param>
    /// <exception cref="ArgumentOutOfRangeException">The protocol is neither.</exception>
    public static void SetSourcePort(IpProtocolNumber protocol, Span<byte> transport, ushort port) => SetPort(protocol, transport, 0, port);

    /// <summary>Sets the destination port of a UDP datagram or TCP segment.</summary>
    /// <param name="protocol">Which of the two.</param>
    /// <param name="transport">The datagram or segment.</param>
    /// <param name="port">The new port.</param>
    /// <exception cref="ArgumentOutOfRangeException">The protocol is neither.</exception>
    public static void SetDestinationPort(IpProtocolNumber protocol, Span<byte> transport, ushort port) => SetPort(protocol, transport, 2, port);

    private static void SetPort(IpProtocolNumber protocol, Span<byte> transport, int offset, ushort port)
    {
        switch (protocol)
        {
            case IpProtocolNumber.Tcp:
                Patch(transport, offset, port, transport[TcpView.ChecksumOffset..]);
                break;
            case IpProtocolNumber.Udp:
                SetUdpPort(transport, offset, port);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(protocol), protocol, "Only UDP and TCP have ports here.");
        }
    }

    private static void SetUdpPort(Span<byte> datagram, int offset, ushort port)
    {
        Span<byte> checksum = datagram.Slice(UdpView.ChecksumOffset, 2);
        if (BinaryPrimitives.ReadUInt16BigEndian(checksum) == 0)
        {
            // No checksum was sent (RFC 768), so there is none to keep true.
            BinaryPrimitives.WriteUInt16BigEndian(datagram[offset..], port);
            return;
        }
        Patch(datagram, offset, port, checksum);
        if (BinaryPrimitives.ReadUInt16BigEndian(checksum) == 0) BinaryPrimitives.WriteUInt16BigEndian(checksum, 0xFFFF);
    }

    private static void Patch(Span<byte> bytes, int offset, ushort value, Span<byte> checksum)
    {
        Span<byte> field = bytes.Slice(offset, 2);
        UpdateChecksum(checksum, BinaryPrimitives.ReadUInt16BigEndian(field), value);
        BinaryPrimitives.WriteUInt16BigEndian(field, value);
    }

    private static void UpdateChecksum(Span<byte> checksum, ushort oldValue, ushort newValue)
        => BinaryPrimitives.WriteUInt16BigEndian(checksum, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(checksum), oldValue, newValue));
}
