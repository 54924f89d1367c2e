using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Segments that belong to no connection: answers to SYNs, resets, acknowledgments of TIME_WAIT.</summary>
internal sealed partial class TcpLayer
{
    /// <summary>Resets the sender of a segment that belongs to no socket.</summary>
    public void SendResetFor(in TcpArrival segment)
    {
        if (!segment.Has(TcpFlags.Rst) && TryFindAnswerKey(segment, out TcpKey? key)) SendReset(segment, new TcpAnswering(Host.FlowLabels.OfReset(segment), key));
    }

    /// <summary>Resets the sender of a segment (RFC 9293 §3.10.7.1): never in answer to a reset.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="extras">The rare options of the socket that it was for.</param>
    public void SendResetFor(in TcpArrival segment, TcpExtras? extras)
    {
        if (!segment.Has(TcpFlags.Rst) && segment.SignatureAt >= 0) SendReset(segment, TcpAnswering.Of(Host.FlowLabels.OfReset(segment), extras, segment.Source));
    }

    private void SendReset(in TcpArrival segment, TcpAnswering answering)
    {
        bool hasAck = segment.Has(TcpFlags.Ack);
        uint sequence = hasAck ? segment.Acknowledgment : 0;
        uint acknowledgment = hasAck ? 0 : segment.EndSequence;
        var flow = new FlowKey(segment.Source)
        {
            Source = segment.Destination,
            Protocol = IpProtocolNumber.Tcp,
            InterfaceIndex = segment.Source.IsLinkLocal ? segment.Interface.Index : 0,
        };
        Host.Counters[TcpCounter.OutRsts]++;
        SendBare(flow, segment.DestinationPort, segment.SourcePort, sequence, acknowledgment, hasAck ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack, 0, null, 0, -1, answering);
    }

    /// <summary>Sends a segment without data and without a connection.</summary>
    public void SendBare(in FlowKey flow, ushort localPort, ushort remotePort, uint sequence, uint acknowledgment, TcpFlags flags, ushort window, TcpTimestamps? timestamps, byte tos, int hopLimit,
        TcpAnswering answering)
    {
        if (FindPath(flow, out TcpPath path) != Errno.None) return;
        SendBare(path, flow.Source, flow.Destination, localPort, remotePort, sequence, acknowledgment, flags, window, new TcpOptions { Timestamps = timestamps, IsSigned = answering.Key is not null }, tos, hopLimit, answering);
    }

    public void SendBare(TcpPath path, TcpEndpoint from, uint sequence, uint acknowledgment, TcpFlags flags, ushort window, in TcpOptions options, byte tos, int hopLimit,
        TcpAnswering answering)
        => SendBare(path, from.LocalAddress, from.RemoteAddress, from.LocalPort, from.RemotePort, sequence, acknowledgment, flags, window, options, tos, hopLimit, answering);

    private void SendBare(TcpPath path, IpAddress local, IpAddress remote, ushort localPort, ushort remotePort, uint sequence, uint acknowledgment, TcpFlags flags, ushort window,
        in TcpOptions options, byte tos, int hopLimit, TcpAnswering answering)
    {
        Host.Counters[TcpCounter.OutSegs]++;
        var header = new TcpHeader(localPort, remotePort, sequence, acknowledgment, flags, window) { Options = options };
        PacketBuffer packet = Host.Loop.Packets.Rent(header.Length);
        header.Write(packet.Span);
        if (answering.Key is { } key) Signer.Sign(packet.Span, local, remote, key);
        if (answering.Delay > 0) packet.DepartsAt = Host.Loop.Now + answering.Delay * StackClock.Microsecond;
        BinaryPrimitives.WriteUInt16BigEndian(packet.Span[16..], PartialSum.PseudoHeader(local, remote, IpProtocolNumber.Tcp, packet.Length).Value);
        packet.Checksum = PacketChecksum.Partial;
        packet.ChecksumOffset = 16;
        Host.Ip.Send(packet, path.Decision, new IpSendFields(IpProtocolNumber.Tcp) { HopLimit = hopLimit, Tos = tos, PathMtu = PathMtuMode.Want, FlowLabel = answering.FlowLabel });
    }
}
