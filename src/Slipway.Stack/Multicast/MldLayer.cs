using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>MLD of a host: takes messages in, checks them, and sends those of its interfaces (RFC 9777, RFC 2710). All by the owner of the loop.</summary>
internal sealed class MldLayer(StackHost host)
{
    private const int OldLength = 24, GroupOffset = 8;

    /// <summary>A hop-by-hop header with the router alert for MLD (RFC 2711 §2.1) and two bytes of padding.</summary>
    private static readonly IpOptions RouterAlert = new() { HopByHop = new byte[] { 0, 0, (byte)Ipv6OptionKind.RouterAlert, 2, 0, 0, (byte)Ipv6OptionKind.PadN, 0 } };

    /// <summary>Whether a message is one of MLD, which is heard whatever the filters of its group say (RFC 9777 §4.2).</summary>
    public static bool IsMessage(ReadOnlySpan<byte> message, in ReceivedIp info)
        => info.Protocol == IpProtocolNumber.Icmpv6 && message.Length > 0
            && (Icmpv6Type)message[0] is (>= Icmpv6Type.MulticastListenerQuery and <= Icmpv6Type.MulticastListenerDone) or Icmpv6Type.MulticastListenerReportV2;

    /// <summary>Takes a message whose checksum is right. The packet stays the caller's.</summary>
    public static void Receive(Icmpv6View message, PacketBuffer packet, in ReceivedIp info)
    {
        MldReporter reporter = info.Interface.Groups.Mld;
        bool isFromLink = info.Source.IsLinkLocal;
        switch (message.Type)
        {
            case Icmpv6Type.MulticastListenerQuery:
                if (!isFromLink || info.HopLimit != 1 || !HasRouterAlert(packet, info) || !GroupQueryView.TryParse(message.Message, isIPv4: false, out GroupQueryView query, out _)) return;
                reporter.ReceiveQuery(query);
                reporter.Querier?.ReceiveQuery(query, info.Source);
                return;
            case Icmpv6Type.MulticastListenerReport when message.Message.Length >= OldLength && (isFromLink || info.Source.IsUnspecified):
                IpAddress group = IpAddress.ReadIPv6(message.Message[GroupOffset..]);
                // This host's own reports come back to it where it is in the group; reports to one address are nobody's who may rely on them.
                if (packet.Destination is LinkDestination.Multicast or LinkDestination.Broadcast) reporter.ReceiveReport(group);
                if (isFromLink) reporter.Querier?.ReceiveOldReport(group, version: 1);
                return;
            case Icmpv6Type.MulticastListenerDone when message.Message.Length >= OldLength && isFromLink:
                reporter.Querier?.ReceiveLeave(IpAddress.ReadIPv6(message.Message[GroupOffset..]));
                return;
            case Icmpv6Type.MulticastListenerReportV2 when isFromLink && reporter.Querier is { } querier:
                if (GroupReportView.TryParse(message.Message, isIPv4: false, out GroupReportView report, out _)) querier.ReceiveReport(report);
                return;
        }
    }

    /// <summary>Sends a message whose checksum is still to be made. Ownership moves.</summary>
    public void Send(NetworkInterface device, PacketBuffer packet, IpAddress destination)
    {
        if (!device.HasIPv6)
        {
            packet.Release();
            return;
        }
        // RFC 3590 §4: without an address of the link, reports come from the unspecified one.
        IpAddress source = device.LinkLocalAddress;
        Span<byte> message = packet.Span;
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Icmpv6, message.Length).Add(message).Checksum);
        packet.Checksum = PacketChecksum.Trusted;
        host.Counters.Icmp6(IcmpCounter.OutMsgs)++;
        host.Counters.Icmp6Out(message[0])++;
        var decision = new RouteDecision
        {
            Interface = device,
            Source = source,
            Destination = destination,
            NextHop = destination,
            Kind = RouteKind.Multicast,
            Mtu = device.Mtu,
            Generation = host.RoutingGeneration,
        };
        host.Ip.Send(packet, decision, new IpSendFields(IpProtocolNumber.Icmpv6) { HopLimit = 1, Options = RouterAlert });
    }

    private static bool HasRouterAlert(PacketBuffer packet, in ReceivedIp info)
    {
        if (!Ipv6View.TryParse(packet.FromNetworkHeader, out Ipv6View ip, out _) || ip.NextHeader != IpProtocolNumber.HopByHop) return false;
        Ipv6ExtensionWalker walker = ip.WalkExtensions();
        if (!walker.MoveNext() || !Ipv6OptionsView.TryParse(walker.Header, out Ipv6OptionsView options, out _)) return false;
        foreach (Ipv6Option option in options)
        {
            if (option.Kind == Ipv6OptionKind.RouterAlert) return option.Data.Length == 2 && BinaryPrimitives.ReadUInt16BigEndian(option.Data) == 0;
        }
        return false;
    }
}
