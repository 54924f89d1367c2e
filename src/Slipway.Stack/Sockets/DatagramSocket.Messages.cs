using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Control messages that come with a received datagram, in Linux's order.</summary>
internal abstract partial class DatagramSocket
{
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
        if ((Flags & SocketFlags.AnyHeaderMessage) != 0) WriteHeaderMessages(ref writer, FactsOf(packet, datagram.InterfaceIndex));
        Finish(writer, ref message);
    }

    private HeaderFacts FactsOf(PacketBuffer packet, int interfaceIndex)
    {
        ReadOnlySpan<byte> headers = packet.FromNetworkHeader[..(packet.TransportOffset - packet.NetworkOffset)], transport = packet.FromTransportHeader;
        return new HeaderFacts
        {
            Headers = headers,
            InterfaceIndex = interfaceIndex,
            LocalAddress = headers[0] >> 4 == 4 && Has(SocketFlags.PacketInfo) ? AnswerAddress(headers, interfaceIndex) : default,
            Port = transport.Length >= 4 ? BinaryPrimitives.ReadUInt16BigEndian(transport[2..]) : -1,
            LargestFragment = packet.LargestFragment,
            Sum = -1,
        };
    }

    /// <summary>ipi_spec_dst: the address to answer from. For a group or broadcast that is the one that the host would send from.</summary>
    private IpAddress AnswerAddress(ReadOnlySpan<byte> header, int interfaceIndex)
    {
        IpAddress destination = DestinationOf(header);
        if (!TellsLocalAddress) return IpAddress.AnyIPv4;
        if (Host.Interfaces.IsLocal(destination)) return destination;
        var back = new FlowKey(SourceOf(header)) { InterfaceIndex = interfaceIndex, Protocol = (IpProtocolNumber)Protocol };
        return Host.Ip.Route(back, out RouteDecision decision) == Errno.None ? decision.Source : IpAddress.AnyIPv4;
    }
}

