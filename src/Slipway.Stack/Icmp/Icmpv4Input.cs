using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Takes in ICMP messages of IPv4 (RFC 792, RFC 1122 §3.2.2; the kernel's icmp_rcv).</summary>
internal sealed class Icmpv4Input(StackHost host)
{
    /// <summary>Highest type that the kernel counts as known (NR_ICMP_TYPES).</summary>
    private const byte LastKnownType = 18;

    private readonly IcmpErrorDelivery _delivery = new(host);
    private readonly RedirectInput _redirects = new(host);

    /// <summary>Takes a message. Ownership moves.</summary>
    public void Receive(PacketBuffer packet, in ReceivedIp info)
    {
        SnmpCounters counters = host.Counters;
        counters.Icmp(IcmpCounter.InMsgs)++;
        if (!Icmpv4View.TryParse(packet.Span, out Icmpv4View message, out _))
        {
            Refuse(packet);
            return;
        }
        if (packet.Checksum == PacketChecksum.Unverified && !message.HasValidChecksum)
        {
            counters.Icmp(IcmpCounter.InCsumErrors)++;
            Refuse(packet);
            return;
        }
        Icmpv4Type type = message.Type;
        counters.IcmpIn((byte)type)++;
        if ((byte)type > LastKnownType && type is not (Icmpv4Type.ExtendedEchoRequest or Icmpv4Type.ExtendedEchoReply))
        {
            Refuse(packet);
            return;
        }
        if (!info.IsUnicast && !MayGoToMany(type))
        {
            packet.Release();
            return;
        }
        switch (type)
        {
            case Icmpv4Type.Echo when !host.Sysctl.IPv4.IcmpEchoIgnoreAll.IsOn:
                packet.CompleteChecksum();
                packet.EnsureWritable();
                ChangeType(packet.Span, Icmpv4Type.EchoReply);
                Reply(packet, info, Icmpv4Type.EchoReply);
                break;
            case Icmpv4Type.EchoReply or Icmpv4Type.ExtendedEchoReply when host.Ip.TransportOf(IpProtocolNumber.Icmpv4) is { } pings:
                pings.Receive(packet, info);
                break;
            case Icmpv4Type.Timestamp:
                ReplyTimestamp(packet, info);
                break;
            case Icmpv4Type.Redirect:
                if (!_redirects.Receive4(packet, message, info)) counters.Icmp(IcmpCounter.InErrors)++;
                packet.Release();
                break;
            case Icmpv4Type.DestinationUnreachable or Icmpv4Type.TimeExceeded or Icmpv4Type.ParameterProblem or Icmpv4Type.SourceQuench:
                if (!_delivery.Deliver4(packet, message, info)) counters.Icmp(IcmpCounter.InErrors)++;
                packet.Release();
                break;
            default:
                packet.Release();
                break;
        }
    }

    private void Refuse(PacketBuffer packet)
    {
        host.Counters.Icmp(IcmpCounter.InErrors)++;
        packet.Release();
    }

    /// <summary>RFC 1122 §3.2.2.6: to many only queries, and those may be ignored.</summary>
    private bool MayGoToMany(Icmpv4Type type) => type switch
    {
        Icmpv4Type.Echo or Icmpv4Type.Timestamp => !host.Sysctl.IPv4.IcmpEchoIgnoreBroadcasts.IsOn,
        Icmpv4Type.AddressMaskRequest or Icmpv4Type.AddressMaskReply => true,
        _ => false,
    };

    /// <summary>Changes type and code 0, and the checksum with them (RFC 1624).</summary>
    private static void ChangeType(Span<byte> message, Icmpv4Type type)
    {
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(message);
        message[0] = (byte)type;
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Update(checksum, before, BinaryPrimitives.ReadUInt16BigEndian(message)));
    }

    private void ReplyTimestamp(PacketBuffer packet, in ReceivedIp info)
    {
        if (!Icmpv4TimestampView.TryParse(packet.Span, out Icmpv4TimestampView request, out _))
        {
            Refuse(packet);
            return;
        }
        uint now = Ipv4OptionProcessor.TimeOfDay(host.Loop);
        var reply = new Icmpv4Timestamp(IsReply: true, request.Identifier, request.Sequence, request.Originate, now, now);
        packet.EnsureWritable();
        packet.TrimEnd(packet.Length - Icmpv4Timestamp.Length);
        reply.Write(packet.Span);
        Reply(packet, info, Icmpv4Type.TimestampReply);
    }

    /// <summary>Sends the message back (RFC 1122 §3.2.2.6): from the address that was asked, or the interface's where many were.</summary>
    private void Reply(PacketBuffer packet, in ReceivedIp info, Icmpv4Type type)
    {
        IpAddress source = info.IsUnicast ? info.Destination : SourceSelection.PrimaryIPv4(info.Interface, info.Source, AddressScope.Link);
        var flow = new FlowKey(info.Source) { Source = source, Protocol = IpProtocolNumber.Icmpv4, Tos = info.Tos };
        if (info.Source.IsUnspecified || host.Ip.Route(flow, out RouteDecision decision) != Errno.None)
        {
            packet.Release();
            return;
        }
        host.Counters.Icmp(IcmpCounter.OutMsgs)++;
        host.Counters.IcmpOut((byte)type)++;
        packet.Checksum = PacketChecksum.Trusted;
        IpOptions? options = info.HeaderLength > Ipv4Header.MinimumLength ? OptionsFor(packet.FromNetworkHeader[Ipv4Header.MinimumLength..info.HeaderLength], decision.Source) : null;
        host.Ip.Send(packet, decision, new IpSendFields(IpProtocolNumber.Icmpv4) { Tos = info.Tos, PathMtu = PathMtuMode.Dont, Options = options });
    }

    /// <summary>Recorded routes and times go on in the reply (RFC 1122 §3.2.2.6), this host once more among them, as Linux has it; other options end here.</summary>
    private IpOptions OptionsFor(ReadOnlySpan<byte> received, IpAddress source)
    {
        byte[] options = received.ToArray();
        Ipv4OptionProcessor.KeepRecordsOnly(options);
        Ipv4OptionProcessor.Record(options, source, host.Interfaces, Ipv4OptionProcessor.TimeOfDay(host.Loop));
        return new IpOptions { Ipv4 = options };
    }
}
