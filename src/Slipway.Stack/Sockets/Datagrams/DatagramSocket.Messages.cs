using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Control messages that come with a received datagram, in Linux's order.</summary>
internal abstract partial class DatagramSocket
{
    /// <summary>Whether IP_PKTINFO names the address to answer from.</summary>
    protected virtual bool TellsLocalAddress => true;

    /// <summary>Whether mark, priority and lost datagrams are told (Linux sock_recv_cmsgs), and not the time alone.</summary>
    protected virtual bool TellsTags => true;

    /// <summary>Whether IP_CHECKSUM is told: the sum must have been made on the way, as that of a ping's reply is.</summary>
    protected virtual bool TellsChecksum => false;

    private void WriteMessages(in QueuedDatagram datagram, ref ReceiveMessage message)
    {
        var writer = new ControlMessageWriter(message.Control);
        PacketBuffer packet = datagram.Packet;
        if ((Flags & SocketFlags.AnyTimestamp) != 0) WriteTimestamp(ref writer, packet.ReceivedAt, ReportsArrival);
        else _stamp.Note(packet.ReceivedAt);
        if (TellsTags && Has(SocketFlags.ReceiveOverflow) && datagram.Drops > 0) writer.Put(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RXQ_OVFL, (int)datagram.Drops);
        if (TellsTags && (Flags & SocketFlags.AnyTag) != 0) WriteTags(ref writer, packet);
        if (packet.SegmentSize != 0) writer.Put(SocketLevel.IPPROTO_UDP, SocketOptionName.UDP_GRO, packet.SegmentSize);
        if ((Flags & SocketFlags.AnyHeaderMessage) != 0 || TellsChecksum) WriteHeaderMessages(ref writer, FactsOf(packet, IsIPv4(packet) && !datagram.NotesArrival ? 0 : datagram.InterfaceIndex));
        Finish(writer, ref message);
    }

    private HeaderFacts FactsOf(PacketBuffer packet, int interfaceIndex)
    {
        ReadOnlySpan<byte> headers = packet.FromNetworkHeader[..(packet.TransportOffset - packet.NetworkOffset)], transport = packet.FromTransportHeader;
        bool isIPv4 = headers[0] >> 4 == 4;
        return new HeaderFacts
        {
            Headers = headers,
            InterfaceIndex = interfaceIndex,
            LocalAddress = isIPv4 && interfaceIndex != 0 && Has(SocketFlags.PacketInfo) ? AnswerAddress(headers, interfaceIndex) : default,
            Port = transport.Length >= 4 ? BinaryPrimitives.ReadUInt16BigEndian(transport[2..]) : -1,
            LargestFragment = packet.LargestFragment,
            Sum = TellsChecksum ? SumOf(packet.Span) : -1,
        };
    }

    /// <summary>The sum of a message in words of 32 bits, as the kernel holds it, not yet folded to 16.</summary>
    private static uint SumOf(ReadOnlySpan<byte> message)
    {
        ulong sum = 0;
        for (; message.Length >= sizeof(uint); message = message[sizeof(uint)..]) sum += BinaryPrimitives.ReadUInt32LittleEndian(message);
        Span<byte> rest = stackalloc byte[sizeof(uint)];
        rest.Clear();
        message.CopyTo(rest);
        sum += BinaryPrimitives.ReadUInt32LittleEndian(rest);
        for (int fold = 0; fold < 2; fold++) sum = (uint)sum + (sum >> 32);
        return (uint)sum;
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

