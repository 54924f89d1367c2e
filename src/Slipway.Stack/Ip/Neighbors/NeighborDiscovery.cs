using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>IPv6 neighbour discovery (RFC 4861) as Linux does it for a host: asks for neighbours, answers for this host's addresses, learns from what it hears.</summary>
internal sealed class NeighborDiscovery(StackHost host) : INeighborProtocol
{
    /// <summary>Discovery never crosses a router: it is sent with, and believed only with, a hop limit of 255 (RFC 4861 §7.1).</summary>
    private const byte OnLinkHopLimit = 255;

    private static readonly IpAddress AllNodes = new(0xFF02_0000_0000_0000, 1);

    public void Solicit(NeighborEntry entry, PacketBuffer? cause, bool unicast)
    {
        IpAddress source = SourceFor(entry, cause);
        if (source.IsUnspecified) return;
        IpAddress destination = unicast ? entry.Address : GroupTable.SolicitedNodeOf(entry.Address);
        PacketBuffer packet = host.Loop.Packets.Rent(NeighborSolicitationHeader.Length + 8);
        AddLinkAddress(packet, NeighborSolicitationHeader.Length, NeighborOptionKind.SourceLinkAddress, entry.Interface);
        new NeighborSolicitationHeader(entry.Address).Write(packet.Span, source, destination);
        MacAddress link = unicast ? entry.LinkAddress : MacAddress.ForMulticast(destination);
        Send(entry.Interface, packet, Icmpv6Type.NeighborSolicitation, source, destination, link);
    }

    public void ReportUnreachable(NeighborEntry entry, PacketBuffer packet) => host.Icmp.ReportLinkFailure(packet);

    /// <summary>Takes a solicitation or an advertisement, borrowed.</summary>
    public void Receive(Icmpv6View message, in ReceivedIp info)
    {
        if (info.HopLimit != OnLinkHopLimit || message.Code != 0 || !info.Interface.HasLinkAddresses) return;
        if (message.Type == Icmpv6Type.NeighborSolicitation)
        {
            if (NeighborSolicitationView.TryParse(message.Message, out NeighborSolicitationView solicitation, out _)) ReceiveSolicitation(solicitation, info);
        }
        else if (NeighborAdvertisementView.TryParse(message.Message, out NeighborAdvertisementView advertisement, out _))
        {
            ReceiveAdvertisement(advertisement, info);
        }
    }

    /// <summary>RFC 4861 §7.1.1, §7.2.3, §7.2.4.</summary>
    private void ReceiveSolicitation(NeighborSolicitationView solicitation, in ReceivedIp info)
    {
        IpAddress target = solicitation.Target;
        bool hasSource = solicitation.Options.TryGetLinkAddress(NeighborOptionKind.SourceLinkAddress, out MacAddress source);
        bool isProbe = info.Source.IsUnspecified;
        if (target.IsMulticast || isProbe && (hasSource || !IsSolicitedNodeGroup(info.Destination))) return;
        NetworkInterface device = info.Interface;
        if (device.FindAddress(target) is not { IsTentative: false }) return;
        if (isProbe)
        {
            Advertise(device, target, AllNodes, MacAddress.ForMulticast(AllNodes), isSolicited: false, isOverride: true);
            return;
        }
        NeighborEntry? entry = null;
        if (hasSource)
        {
            entry = device.Neighbors.GetOrAdd(info.Source);
            entry?.Update(source, NeighborState.Stale, mayOverride: true);
        }
        else
        {
            device.Neighbors.TryGet(info.Source, out entry);
            // A solicitation to all must say who asks; one to this address alone may leave it out (RFC 4861 §7.2.2).
            if (info.DestinationKind == RouteKind.Multicast) return;
        }
        if (entry is { IsValid: true }) Advertise(device, target, info.Source, entry.LinkAddress, isSolicited: true, isOverride: true);
        else if (device.Neighbors.GetOrAdd(info.Source) is { } unknown) AdvertiseLater(unknown, target, info.Source);
    }

    /// <summary>RFC 4861 §7.1.2, §7.2.5. What was not asked for only updates what is known.</summary>
    private static void ReceiveAdvertisement(NeighborAdvertisementView advertisement, in ReceivedIp info)
    {
        IpAddress target = advertisement.Target;
        if (target.IsMulticast || info.Destination.IsMulticast && advertisement.IsSolicited) return;
        bool hasLink = advertisement.Options.TryGetLinkAddress(NeighborOptionKind.TargetLinkAddress, out MacAddress link);
        // Somebody else claims an address of this host. Nothing here can be done about it but not to believe it.
        if (info.Interface.FindAddress(target) is not null || !info.Interface.Neighbors.TryGet(target, out NeighborEntry? entry)) return;
        if (entry.State == NeighborState.Failed) return;
        bool taken = entry.Update(hasLink ? link : null, advertisement.IsSolicited ? NeighborState.Reachable : NeighborState.Stale, advertisement.IsOverride, weakOverride: true);
        if (taken) entry.IsRouter = advertisement.IsRouter;
    }

    private void Advertise(NetworkInterface device, IpAddress target, IpAddress destination, MacAddress link, bool isSolicited, bool isOverride)
    {
        PacketBuffer packet = BuildAdvertisement(device, target, destination, isSolicited, isOverride);
        Send(device, packet, Icmpv6Type.NeighborAdvertisement, target, destination, link);
    }

    /// <summary>The asker's link-layer address is not known: it is asked for in turn, and the answer waits.</summary>
    private void AdvertiseLater(NeighborEntry asker, IpAddress target, IpAddress destination)
    {
        PacketBuffer packet = BuildAdvertisement(asker.Interface, target, destination, isSolicited: true, isOverride: true);
        PrependHeader(packet, target, destination);
        Count(Icmpv6Type.NeighborAdvertisement);
        asker.Interface.Output(packet, destination, RouteKind.Unicast);
    }

    private PacketBuffer BuildAdvertisement(NetworkInterface device, IpAddress target, IpAddress destination, bool isSolicited, bool isOverride)
    {
        PacketBuffer packet = host.Loop.Packets.Rent(NeighborAdvertisementHeader.Length + 8);
        AddLinkAddress(packet, NeighborAdvertisementHeader.Length, NeighborOptionKind.TargetLinkAddress, device);
        new NeighborAdvertisementHeader(target, device.Settings.IPv6.Forwarding.IsOn, isSolicited, isOverride).Write(packet.Span, target, destination);
        return packet;
    }

    private void Send(NetworkInterface device, PacketBuffer packet, Icmpv6Type type, IpAddress source, IpAddress destination, MacAddress link)
    {
        PrependHeader(packet, source, destination);
        Count(type);
        if (destination.IsMulticast)
        {
            host.Counters[Ip6Counter.OutMcastPkts]++;
            host.Counters[Ip6Counter.OutMcastOctets] += packet.Length;
        }
        host.Counters[Ip6Counter.OutTransmits]++;
        host.Counters[Ip6Counter.OutOctets] += packet.Length;
        device.TransmitTo(packet, link, EtherType.Ipv6);
    }

    private void Count(Icmpv6Type type)
    {
        host.Counters[Ip6Counter.OutRequests]++;
        host.Counters.Icmp6(IcmpCounter.OutMsgs)++;
        host.Counters.Icmp6Out((byte)type)++;
    }

    private static void PrependHeader(PacketBuffer packet, IpAddress source, IpAddress destination)
    {
        int length = packet.Length;
        packet.TransportOffset = 0;
        new Ipv6Header(source, destination, IpProtocolNumber.Icmpv6) { PayloadLength = length, HopLimit = OnLinkHopLimit }.Write(packet.Prepend(Ipv6Header.Length));
        packet.NetworkOffset = 0;
        packet.Checksum = PacketChecksum.Trusted;
    }

    private static void AddLinkAddress(PacketBuffer packet, int offset, NeighborOptionKind kind, NetworkInterface device)
        => new NeighborOptionsBuilder(packet.Span[offset..]).AddLinkAddress(kind, device.Device.Address);

    /// <summary>The source of the packet that waits, if it is an address of the interface; else the best one for the neighbour (RFC 4861 §7.2.2).</summary>
    private static IpAddress SourceFor(NeighborEntry entry, PacketBuffer? cause)
    {
        if (cause is { HasNetworkOffset: true } && Ipv6View.TryParseQuoted(cause.FromNetworkHeader, out Ipv6View ip, out _) && entry.Interface.FindAddress(ip.Source) is not null)
            return ip.Source;
        return SourceSelection.SelectIPv6(entry.Interface, entry.Address, SourcePreferences.None);
    }

    private static bool IsSolicitedNodeGroup(IpAddress address) => address.High == 0xFF02_0000_0000_0000 && address.Low >> 24 == 0x1_FF;
}
