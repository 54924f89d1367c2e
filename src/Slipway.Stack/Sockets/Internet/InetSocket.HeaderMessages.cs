using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Control messages that tell of the headers of a packet, in Linux's order (ip_cmsg_recv_offset, ip6_datagram_recv_ctl).</summary>
internal abstract partial class InetSocket
{
    private const int MaxOptionsLength = 40;

    /// <summary>Writes all that the socket has asked for.</summary>
    protected void WriteHeaderMessages(ref ControlMessageWriter writer, in HeaderFacts facts)
    {
        if (IsIPv6 && Has(SocketFlags.PacketInfo6)) WritePacketInfo6(ref writer, SocketOptionName.IPV6_PKTINFO, facts);
        if (facts.IsIPv4)
        {
            if ((Flags & SocketFlags.AnyMessage4) != 0 || ReceivesChecksum) WriteMessages4(ref writer, facts);
        }
        else if ((Flags & SocketFlags.AnyMessage6) != 0) WriteMessages6(ref writer, facts);
    }

    private static void WritePacketInfo6(ref ControlMessageWriter writer, int type, in HeaderFacts facts)
    {
        Span<byte> info = stackalloc byte[IPv6PacketInfo.Length];
        facts.Destination.WriteIPv6(info);
        BinaryPrimitives.WriteInt32LittleEndian(info[16..], facts.InterfaceIndex);
        writer.Put(SocketLevel.IPPROTO_IPV6, type, info);
    }

    private void WriteMessages4(ref ControlMessageWriter writer, in HeaderFacts facts)
    {
        ReadOnlySpan<byte> header = facts.Headers;
        if (Has(SocketFlags.PacketInfo))
        {
            Span<byte> info = stackalloc byte[IPv4PacketInfo.Length];
            new IPv4PacketInfo(facts.InterfaceIndex, facts.LocalAddress.IPv4, facts.Destination.IPv4).Write(info);
            writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_PKTINFO, info);
        }
        if (Has(SocketFlags.ReceiveTtl)) writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_TTL, header[8]);
        if (Has(SocketFlags.ReceiveTos)) writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_TOS, header.Slice(1, 1));
        ReadOnlySpan<byte> options = facts.Options;
        if (!options.IsEmpty)
        {
            if (Has(SocketFlags.ReceiveOptions)) writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVOPTS, options);
            if (Has(SocketFlags.ReturnOptions))
            {
                Span<byte> turned = stackalloc byte[MaxOptionsLength];
                writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RETOPTS, turned[..Ipv4SocketOptions.Reverse(options, turned)]);
            }
        }
        if (Has(SocketFlags.OriginalDestination) && facts.Port >= 0)
        {
            Span<byte> address = stackalloc byte[SockAddr.IPv4Length];
            SockAddr.Write(address, AddressFamily.Inet, facts.Destination, (ushort)facts.Port);
            writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVORIGDSTADDR, address);
        }
        if (ReceivesChecksum && facts.Sum >= 0) writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_CHECKSUM, (int)facts.Sum);
        if (Has(SocketFlags.ReceiveFragmentSize) && facts.LargestFragment != 0) writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVFRAGSIZE, facts.LargestFragment);
    }

    private void WriteMessages6(ref ControlMessageWriter writer, in HeaderFacts facts)
    {
        uint first = BinaryPrimitives.ReadUInt32BigEndian(facts.Headers);
        if (Has(SocketFlags.ReceiveHopLimit)) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_HOPLIMIT, facts.Headers[7]);
        if (Has(SocketFlags.ReceiveTrafficClass)) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_TCLASS, (int)(first >> 20 & 0xFF));
        uint flow = first & 0x0FFF_FFFF;
        if (Has(SocketFlags.FlowInfo) && flow != 0) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_FLOWINFO, (int)BinaryPrimitives.ReverseEndianness(flow));
        const SocketFlags AnyHeader = SocketFlags.ReceiveHopOptions | SocketFlags.ReceiveDestinationOptions | SocketFlags.ReceiveRouting;
        if ((Flags & AnyHeader) != 0) WriteExtensions(ref writer, facts.Headers, new ExtensionMessages(
            SocketFlags.ReceiveHopOptions, SocketOptionName.IPV6_HOPOPTS, SocketFlags.ReceiveRouting, SocketOptionName.IPV6_RTHDR, SocketFlags.ReceiveDestinationOptions, SocketOptionName.IPV6_DSTOPTS));
        if ((Flags & SocketFlags.AnyOldMessage6) != 0) WriteOldMessages6(ref writer, facts);
        if (Has(SocketFlags.OriginalDestination6) && facts.Port >= 0)
        {
            Span<byte> address = stackalloc byte[SockAddr.IPv6Length];
            SockAddr.Write(address, AddressFamily.Inet6, facts.Destination, (ushort)facts.Port);
            writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_ORIGDSTADDR, address);
        }
        if (Has(SocketFlags.ReceiveFragmentSize6) && facts.LargestFragment != 0) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_RECVFRAGSIZE, facts.LargestFragment);
    }

    /// <summary>The same by the numbers of RFC 2292, behind the others.</summary>
    private void WriteOldMessages6(ref ControlMessageWriter writer, in HeaderFacts facts)
    {
        if (Has(SocketFlags.OldPacketInfo6)) WritePacketInfo6(ref writer, SocketOptionName.IPV6_2292PKTINFO, facts);
        if (Has(SocketFlags.OldHopLimit)) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_2292HOPLIMIT, facts.Headers[7]);
        const SocketFlags AnyHeader = SocketFlags.OldHopOptions | SocketFlags.OldDestinationOptions | SocketFlags.OldRouting;
        if ((Flags & AnyHeader) == 0) return;
        WriteExtensions(ref writer, facts.Headers, new ExtensionMessages(
            SocketFlags.OldHopOptions, SocketOptionName.IPV6_2292HOPOPTS, SocketFlags.OldRouting, SocketOptionName.IPV6_2292RTHDR, SocketFlags.OldDestinationOptions, SocketOptionName.IPV6_2292DSTOPTS));
    }

    /// <summary>Which option asks for the message of which kind of header, and the message's type.</summary>
    private readonly record struct ExtensionMessages(SocketFlags HopByHop, int HopByHopType, SocketFlags Routing, int RoutingType, SocketFlags Destination, int DestinationType);

    /// <summary>Extension headers that came with the packet: hop-by-hop first, the others in their order (RFC 3542 §8, §9).</summary>
    private void WriteExtensions(ref ControlMessageWriter writer, ReadOnlySpan<byte> headers, in ExtensionMessages messages)
    {
        byte next = headers[6];
        for (int at = Ipv6Header.Length; at + 8 <= headers.Length;)
        {
            int length = next == (byte)IpProtocolNumber.Fragment ? 8 : (headers[at + 1] + 1) * 8;
            if (at + length > headers.Length) return;
            (SocketFlags wanted, int type) = (IpProtocolNumber)next switch
            {
                IpProtocolNumber.HopByHop => (messages.HopByHop, messages.HopByHopType),
                IpProtocolNumber.Routing => (messages.Routing, messages.RoutingType),
                IpProtocolNumber.DestinationOptions => (messages.Destination, messages.DestinationType),
                _ => (SocketFlags.None, 0),
            };
            if (wanted != SocketFlags.None && Has(wanted)) writer.Put(SocketLevel.IPPROTO_IPV6, type, headers.Slice(at, length));
            next = headers[at];
            at += length;
        }
    }
}
