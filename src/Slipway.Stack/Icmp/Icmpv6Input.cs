using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Takes in ICMPv6 messages (RFC 4443; the kernel's icmpv6_rcv).</summary>
internal sealed class Icmpv6Input(StackHost host)
{
    private readonly IcmpErrorDelivery _delivery = new(host);

    /// <summary>Takes a message. Ownership moves.</summary>
    public void Receive(PacketBuffer packet, in ReceivedIp info)
    {
        SnmpCounters counters = host.Counters;
        counters.Icmp6(IcmpCounter.InMsgs)++;
        if (packet.Checksum == PacketChecksum.Unverified && !HasValidChecksum(packet, info))
        {
            counters.Icmp6(IcmpCounter.InCsumErrors)++;
            Refuse(packet);
            return;
        }
        if (!Icmpv6View.TryParse(packet.Span, out Icmpv6View message, out _))
        {
            Refuse(packet);
            return;
        }
        counters.Icmp6In((byte)message.Type)++;
        switch (message.Type)
        {
            case Icmpv6Type.EchoRequest:
                ReceiveEcho(packet, info);
                return;
            case Icmpv6Type.EchoReply or Icmpv6Type.ExtendedEchoReply when host.Ip.TransportOf(IpProtocolNumber.Icmpv6) is { } pings:
                pings.Receive(packet, info);
                return;
            case Icmpv6Type.DestinationUnreachable or Icmpv6Type.PacketTooBig or Icmpv6Type.TimeExceeded or Icmpv6Type.ParameterProblem:
                if (!_delivery.Deliver6(packet, message, info)) counters.Icmp6(IcmpCounter.InErrors)++;
                break;
            case >= Icmpv6Type.RouterSolicitation and <= Icmpv6Type.Redirect:
                host.Neighbors.Discovery.Receive(message, info, SenderOf(packet));
                break;
            case (>= Icmpv6Type.MulticastListenerQuery and <= Icmpv6Type.MulticastListenerDone) or Icmpv6Type.MulticastListenerReportV2:
                MldLayer.Receive(message, packet, info);
                break;
        }
        packet.Release();
    }

    private static bool HasValidChecksum(PacketBuffer packet, in ReceivedIp info)
        => PartialSum.PseudoHeader(info.Source, info.Destination, IpProtocolNumber.Icmpv6, packet.Length).Add(packet.Span).IsValid;

    private void Refuse(PacketBuffer packet)
    {
        host.Counters.Icmp6(IcmpCounter.InErrors)++;
        packet.Release();
    }

    /// <summary>RFC 4443 §4.2: the data goes back from the address that was asked, or a chosen one where many were.</summary>
    private void ReceiveEcho(PacketBuffer packet, in ReceivedIp info)
    {
        IPv6Sysctl sysctl = host.Sysctl.IPv6;
        bool isAnycast = info.IsUnicast && host.Interfaces.IsAnycast(info.Destination);
        bool isIgnored = sysctl.IcmpEchoIgnoreAll.IsOn || !info.IsUnicast && sysctl.IcmpEchoIgnoreMulticast.IsOn || isAnycast && sysctl.IcmpEchoIgnoreAnycast.IsOn;
        var flow = new FlowKey(info.Source)
        {
            Source = info.IsUnicast && (!isAnycast || sysctl.AnycastSourceEchoReply.IsOn) ? info.Destination : default,
            InterfaceIndex = info.Source.IsLinkLocal && !info.Interface.IsLoopback ? info.Interface.Index : 0,
            Protocol = IpProtocolNumber.Icmpv6,
        };
        if (isIgnored || info.Source.IsUnspecified || host.Ip.Route(flow, out RouteDecision decision) != Errno.None)
        {
            packet.Release();
            return;
        }
        packet.CompleteChecksum();
        packet.EnsureWritable();
        Span<byte> message = packet.Span;
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(message);
        message[0] = (byte)Icmpv6Type.EchoReply;
        ushort checksum = InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(message[2..]), before, BinaryPrimitives.ReadUInt16BigEndian(message));
        // Source and destination change places in the pseudo header, which leaves the sum as it is; a group's place is taken by another address.
        if (decision.Source != info.Destination) checksum = InternetChecksum.Update(checksum, info.Destination, decision.Source);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], checksum);
        packet.Checksum = PacketChecksum.Trusted;
        host.Counters.Icmp6(IcmpCounter.OutMsgs)++;
        host.Counters.Icmp6Out((byte)Icmpv6Type.EchoReply)++;
        host.Ip.Send(packet, decision, new IpSendFields(IpProtocolNumber.Icmpv6) { Tos = info.Tos, FlowLabel = host.FlowLabels.OfEchoReply(decision, info.FlowLabel) });
    }

    private static MacAddress SenderOf(PacketBuffer packet)
        => packet.HasLinkOffset && EthernetView.TryParse(packet.FromLinkHeader, out EthernetView frame, out _) ? frame.Source : default;
}
