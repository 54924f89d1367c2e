using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Control messages that come with a received datagram, in Linux's order.</summary>
internal abstract partial class DatagramSocket
{
    private const int MaxOptionsLength = 40;

    /// <summary>Whether IP_PKTINFO names the address to answer from.</summary>
    protected virtual bool TellsLocalAddress => true;

    private void WriteMessages(in QueuedDatagram datagram, ref ReceiveMessage message)
    {
        var writer = new ControlMessageWriter(message.Control);
        PacketBuffer packet = datagram.Packet;
        if ((Flags & SocketFlags.AnyTimestamp) != 0) WriteTimestamp(ref writer, packet.ReceivedAt, ReportsArrival);
        else _stamp.Note(packet.ReceivedAt);
        if (Has(SocketFlags.ReceiveOverflow) && datagram.Drops > 0) writer.Put(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RXQ_OVFL, (int)datagram.Drops);
        if ((Flags & SocketFlags.AnyTag) != 0)
        {
            if (Has(SocketFlags.ReceiveMark)) writer.Put(SocketLevel.SOL_SOCKET, SocketOptionName.SO_MARK, packet.Mark);
            if (Has(SocketFlags.ReceivePriority)) writer.Put(SocketLevel.SOL_SOCKET, SocketOptionName.SO_PRIORITY, packet.Priority);
        }
        if (packet.SegmentSize != 0) writer.Put(SocketLevel.IPPROTO_UDP, SocketOptionName.UDP_GRO, packet.SegmentSize);
        ReadOnlySpan<byte> header = packet.FromNetworkHeader;
        bool isIPv4 = header[0] >> 4 == 4;
        if (IsIPv6 && Has(SocketFlags.PacketInfo6)) WritePacketInfo6(ref writer, SocketOptionName.IPV6_PKTINFO, DestinationOf(header), datagram.InterfaceIndex);
        if (isIPv4)
        {
            if ((Flags & SocketFlags.AnyMessage4) != 0) WriteMessages4(ref writer, packet, header, datagram.InterfaceIndex);
        }
        else if ((Flags & SocketFlags.AnyMessage6) != 0) WriteMessages6(ref writer, packet, header, datagram.InterfaceIndex);
        Finish(writer, ref message);
    }

    private static void WritePacketInfo6(ref ControlMessageWriter writer, int type, IpAddress destination, int interfaceIndex)
    {
        Span<byte> info = stackalloc byte[IPv6PacketInfo.Length];
        destination.WriteIPv6(info);
        BinaryPrimitives.WriteInt32LittleEndian(info[16..], interfaceIndex);
        writer.Put(SocketLevel.IPPROTO_IPV6, type, info);
    }

    private void WriteMessages4(ref ControlMessageWriter writer, PacketBuffer packet, ReadOnlySpan<byte> header, int interfaceIndex)
    {
        if (Has(SocketFlags.PacketInfo)) WritePacketInfo4(ref writer, header, interfaceIndex);
        if (Has(SocketFlags.ReceiveTtl)) writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_TTL, header[8]);
        if (Has(SocketFlags.ReceiveTos)) writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_TOS, header.Slice(1, 1));
        ReadOnlySpan<byte> options = header[Ipv4Header.MinimumLength..((header[0] & 0xF) * 4)];
        if (!options.IsEmpty)
        {
            if (Has(SocketFlags.ReceiveOptions)) writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVOPTS, options);
            if (Has(SocketFlags.ReturnOptions))
            {
                Span<byte> turned = stackalloc byte[MaxOptionsLength];
                writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RETOPTS, turned[..Ipv4SocketOptions.Reverse(options, turned)]);
            }
        }
        if (Has(SocketFlags.OriginalDestination))
        {
            Span<byte> address = stackalloc byte[SockAddr.IPv4Length];
            SockAddr.Write(address, AddressFamily.Inet, DestinationOf(header), DestinationPortOf(packet));
            writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVORIGDSTADDR, address);
        }
        if (Has(SocketFlags.ReceiveFragmentSize) && packet.LargestFragment != 0) writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_RECVFRAGSIZE, packet.LargestFragment);
    }

    private void WritePacketInfo4(ref ControlMessageWriter writer, ReadOnlySpan<byte> header, int interfaceIndex)
    {
        IpAddress destination = DestinationOf(header);
        // ipi_spec_dst: the address to answer from. For a group or broadcast that is the one that the host would send from.
        IpAddress local = TellsLocalAddress ? destination : IpAddress.AnyIPv4;
        if (TellsLocalAddress && !Host.Interfaces.IsLocal(destination))
        {
            var back = new FlowKey(SourceOf(header)) { InterfaceIndex = interfaceIndex, Protocol = (IpProtocolNumber)Protocol };
            local = Host.Ip.Route(back, out RouteDecision decision) == Errno.None ? decision.Source : IpAddress.AnyIPv4;
        }
        Span<byte> info = stackalloc byte[IPv4PacketInfo.Length];
        new IPv4PacketInfo(interfaceIndex, local.IPv4, destination.IPv4).Write(info);
        writer.Put(SocketLevel.IPPROTO_IP, SocketOptionName.IP_PKTINFO, info);
    }

    private void WriteMessages6(ref ControlMessageWriter writer, PacketBuffer packet, ReadOnlySpan<byte> header, int interfaceIndex)
    {
        uint first = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (Has(SocketFlags.ReceiveHopLimit)) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_HOPLIMIT, header[7]);
        if (Has(SocketFlags.ReceiveTrafficClass)) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_TCLASS, (int)(first >> 20 & 0xFF));
        uint flow = first & 0x0FFF_FFFF;
        if (Has(SocketFlags.FlowInfo) && flow != 0) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_FLOWINFO, (int)BinaryPrimitives.ReverseEndianness(flow));
        const SocketFlags AnyHeader = SocketFlags.ReceiveHopOptions | SocketFlags.ReceiveDestinationOptions | SocketFlags.ReceiveRouting;
        if ((Flags & AnyHeader) != 0) WriteExtensions(ref writer, header[..(packet.TransportOffset - packet.NetworkOffset)], new ExtensionMessages(
            SocketFlags.ReceiveHopOptions, SocketOptionName.IPV6_HOPOPTS, SocketFlags.ReceiveRouting, SocketOptionName.IPV6_RTHDR, SocketFlags.ReceiveDestinationOptions, SocketOptionName.IPV6_DSTOPTS));
        if ((Flags & SocketFlags.AnyOldMessage6) != 0) WriteOldMessages6(ref writer, packet, header, interfaceIndex);
        if (Has(SocketFlags.OriginalDestination6))
        {
            Span<byte> address = stackalloc byte[SockAddr.IPv6Length];
            SockAddr.Write(address, AddressFamily.Inet6, DestinationOf(header), DestinationPortOf(packet));
            writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_ORIGDSTADDR, address);
        }
        if (Has(SocketFlags.ReceiveFragmentSize6) && packet.LargestFragment != 0) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_RECVFRAGSIZE, packet.LargestFragment);
    }

    /// <summary>The same by the numbers of RFC 2292, behind the others.</summary>
    private void WriteOldMessages6(ref ControlMessageWriter writer, PacketBuffer packet, ReadOnlySpan<byte> header, int interfaceIndex)
    {
        if (Has(SocketFlags.OldPacketInfo6)) WritePacketInfo6(ref writer, SocketOptionName.IPV6_2292PKTINFO, DestinationOf(header), interfaceIndex);
        if (Has(SocketFlags.OldHopLimit)) writer.Put(SocketLevel.IPPROTO_IPV6, SocketOptionName.IPV6_2292HOPLIMIT, header[7]);
        const SocketFlags AnyHeader = SocketFlags.OldHopOptions | SocketFlags.OldDestinationOptions | SocketFlags.OldRouting;
        if ((Flags & AnyHeader) == 0) return;
        WriteExtensions(ref writer, header[..(packet.TransportOffset - packet.NetworkOffset)], new ExtensionMessages(
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
