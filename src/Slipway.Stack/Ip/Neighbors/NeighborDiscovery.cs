using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>IPv6 neighbour discovery (RFC 4861) as Linux does it for a host: asks for neighbours, answers for this host's addresses, learns from what it hears.</summary>
internal sealed class NeighborDiscovery(StackHost host) : INeighborProtocol
{
    private readonly RedirectInput _redirects = new(host);

    /// <summary>Discovery never crosses a router: it is sent with, and believed only with, a hop limit of 255 (RFC 4861 §7.1).</summary>
    private const byte OnLinkHopLimit = 255;

    private static readonly IpAddress AllRouters = new(0xFF02_0000_0000_0000, 2);

    public static readonly IpAddress AllNodes = new(0xFF02_0000_0000_0000, 1);

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

    /// <summary>Takes a message of discovery, borrowed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="info">What came with it.</param>
    /// <param name="from">The Ethernet address that sent it.</param>
    public void Receive(Icmpv6View message, in ReceivedIp info, MacAddress from)
    {
        if (info.HopLimit != OnLinkHopLimit || message.Code != 0 || !info.Interface.HasLinkAddresses) return;
        switch (message.Type)
        {
            case Icmpv6Type.NeighborSolicitation when NeighborSolicitationView.TryParse(message.Message, out NeighborSolicitationView solicitation, out _):
                ReceiveSolicitation(solicitation, info, from);
                break;
            case Icmpv6Type.NeighborAdvertisement when NeighborAdvertisementView.TryParse(message.Message, out NeighborAdvertisementView advertisement, out _):
                ReceiveAdvertisement(advertisement, info, from);
                break;
            case Icmpv6Type.RouterSolicitation when info.Interface.Advertiser is { } advertiser && RouterSolicitationView.TryParse(message.Message, out RouterSolicitationView question, out _):
                advertiser.ReceiveSolicitation(question, info);
                break;
            case Icmpv6Type.RouterAdvertisement when RouterAdvertisementView.TryParse(message.Message, out RouterAdvertisementView router, out _):
                info.Interface.Autoconfiguration.Receive(router, info);
                break;
            case Icmpv6Type.Redirect when RedirectView.TryParse(message.Message, out RedirectView redirect, out _):
                _redirects.Receive6(redirect, info);
                break;
        }
    }

    /// <summary>Asks whether somebody has an address that this host does not use yet: from nobody, to the group in which the other would be asked (RFC 4862 §5.4.2).</summary>
    public void Probe(NetworkInterface device, IpAddress target, ReadOnlySpan<byte> nonce)
    {
        PacketBuffer packet = host.Loop.Packets.Rent(NeighborSolicitationHeader.Length + 8);
        new NeighborOptionsBuilder(packet.Span[NeighborSolicitationHeader.Length..]).AddNonce(nonce);
        IpAddress group = GroupTable.SolicitedNodeOf(target);
        new NeighborSolicitationHeader(target).Write(packet.Span, IpAddress.AnyIPv6, group);
        SendToGroup(device, packet, Icmpv6Type.NeighborSolicitation, IpAddress.AnyIPv6, group);
    }

    /// <summary>Tells the source of a packet, which is on the link, of a better first hop (RFC 4861 §8.2), with the packet's beginning. The packet stays the caller's.</summary>
    public void Redirect(NetworkInterface device, IpAddress source, Ipv6View ip, IpAddress target)
    {
        const int LinkOption = 8, QuoteHead = 8;
        NeighborEntry? neighbor = device.Neighbors.GetOrAdd(target);
        bool hasLink = neighbor is { IsValid: true };
        int options = hasLink ? LinkOption : 0;
        int quoted = Math.Min(ip.Packet.Length, Ipv6Header.MinimumMtu - Ipv6Header.Length - RedirectHeader.Length - options - QuoteHead) & ~7;
        PacketBuffer packet = host.Loop.Packets.Rent(RedirectHeader.Length + options + QuoteHead + quoted);
        var builder = new NeighborOptionsBuilder(packet.Span[RedirectHeader.Length..]);
        if (hasLink) builder.AddLinkAddress(NeighborOptionKind.TargetLinkAddress, neighbor!.LinkAddress);
        builder.AddRedirectedHeader(ip.Packet[..quoted]);
        new RedirectHeader(target, ip.Destination).Write(packet.Span, source, ip.Source);
        PrependHeader(packet, source, ip.Source);
        Count(Icmpv6Type.Redirect);
        host.Ip.Output6.Transmit(packet, device, ip.Source, RouteKind.Unicast);
    }

    /// <summary>Asks which routers there are (RFC 4861 §6.3.7).</summary>
    public void SolicitRouters(NetworkInterface device, IpAddress source)
    {
        PacketBuffer packet = host.Loop.Packets.Rent(Icmpv6Header.Length + 8);
        AddLinkAddress(packet, Icmpv6Header.Length, NeighborOptionKind.SourceLinkAddress, device);
        Icmpv6Header.RouterSolicitation().Write(packet.Span, source, AllRouters);
        SendToGroup(device, packet, Icmpv6Type.RouterSolicitation, source, AllRouters);
    }

    /// <summary>Sends a message that is whole but for its IP header to a group on the link. Ownership moves.</summary>
    public void SendToGroup(NetworkInterface device, PacketBuffer packet, Icmpv6Type type, IpAddress source, IpAddress group)
        => Send(device, packet, type, source, group, MacAddress.ForMulticast(group));

    /// <summary>RFC 4861 §7.1.1, §7.2.3, §7.2.4.</summary>
    private void ReceiveSolicitation(NeighborSolicitationView solicitation, in ReceivedIp info, MacAddress from)
    {
        IpAddress target = solicitation.Target;
        bool hasSource = solicitation.Options.TryGetLinkAddress(NeighborOptionKind.SourceLinkAddress, out MacAddress source);
        bool isProbe = info.Source.IsUnspecified;
        if (target.IsMulticast || isProbe && (hasSource || !IsSolicitedNodeGroup(info.Destination))) return;
        NetworkInterface device = info.Interface;
        LocalAddress? local = device.FindAddress(target);
        if (local is null && !device.Anycasts.Contains(target)) return;
        if (local is { IsTentative: true } || isProbe && local is { IsOptimistic: true })
        {
            // Two hosts that check the same address at once: neither gets it (RFC 4862 §5.4.3).
            if (isProbe && local.Detection is { } detection && !detection.IsOwn(solicitation.Options)) device.DetectionFailed(local, from);
            return;
        }
        var question = new NeighborQuestion
        {
            Target = target, Asker = info.Source, Link = hasSource ? source : null, IsToAll = info.DestinationKind == RouteKind.Multicast, IsAnycast = local is null, IsUncertain = local is { IsOptimistic: true },
        };
        if (!question.IsAnycast || !question.IsToAll || !TryAnswerLater(device, question)) Answer(device, question);
    }

    /// <summary>Answers a solicitation for an address of this host.</summary>
    public void Answer(NetworkInterface device, in NeighborQuestion question)
    {
        IpAddress asker = question.Asker;
        bool isOverride = !question.IsAnycast && !question.IsUncertain;
        if (asker.IsUnspecified)
        {
            Advertise(device, question.Target, AllNodes, MacAddress.ForMulticast(AllNodes), isSolicited: false, isOverride);
            return;
        }
        NeighborEntry? entry = null;
        if (question.Link is { } link)
        {
            entry = device.Neighbors.GetOrAdd(asker);
            entry?.Update(link, NeighborState.Stale, mayOverride: true);
        }
        else
        {
            device.Neighbors.TryGet(asker, out entry);
            // A solicitation to all must say who asks; one to this address alone may leave it out (RFC 4861 §7.2.2).
            if (question.IsToAll) return;
        }
        if (entry is { IsValid: true }) Advertise(device, question.Target, asker, entry.LinkAddress, isSolicited: true, isOverride);
        else if (device.Neighbors.GetOrAdd(asker) is { } unknown) AdvertiseLater(unknown, question.Target, asker, isOverride);
    }

    /// <summary>What several hosts may answer is answered after a random time (RFC 4861 §7.2.7; proxy_delay, in hundredths of a second).</summary>
    /// <returns>False: at once.</returns>
    private bool TryAnswerLater(NetworkInterface device, in NeighborQuestion question)
    {
        NeighborConf conf = device.Settings.NeighborIPv6;
        int longest = conf.ProxyDelay!.Value;
        if (longest <= 0) return false;
        if (device.Anycasts.WaitingAnswers > conf.ProxyQlen!.Value) return true;
        device.Anycasts.WaitingAnswers++;
        new AnycastAnswer(this, device, question).ArmAfter(device.Autoconfiguration.Random.NextInt64(longest * (StackClock.Second / 100)));
        return true;
    }

    /// <summary>RFC 4861 §7.1.2, §7.2.5. What was not asked for only updates what is known.</summary>
    private void ReceiveAdvertisement(NeighborAdvertisementView advertisement, in ReceivedIp info, MacAddress from)
    {
        IpAddress target = advertisement.Target;
        if (target.IsMulticast || info.Destination.IsMulticast && advertisement.IsSolicited) return;
        bool hasLink = advertisement.Options.TryGetLinkAddress(NeighborOptionKind.TargetLinkAddress, out MacAddress link);
        if (info.Interface.FindAddress(target) is { } local)
        {
            if (local.Detection is not null) info.Interface.DetectionFailed(local, from);
            // Somebody claims an address that works. Nothing can be done about it but not to believe it (RFC 4862 §5.4.4 leaves it open).
            else if (!local.IsTentative) host.Log.Write($"ICMPv6: NA: {from} advertised our address {target} on {info.Interface.Name}!");
            return;
        }
        if (!info.Interface.Neighbors.TryGet(target, out NeighborEntry? entry)) return;
        if (entry.State == NeighborState.Failed) return;
        bool taken = entry.Update(hasLink ? link : null, advertisement.IsSolicited ? NeighborState.Reachable : NeighborState.Stale, advertisement.IsOverride, weakOverride: true);
        if (!taken) return;
        if (entry.IsRouter && !advertisement.IsRouter) info.Interface.Autoconfiguration.ForgetRouter(target);
        entry.IsRouter = advertisement.IsRouter;
    }

    private void Advertise(NetworkInterface device, IpAddress target, IpAddress destination, MacAddress link, bool isSolicited, bool isOverride)
    {
        if (!TryFindSource(device, target, destination, out IpAddress source)) return;
        PacketBuffer packet = BuildAdvertisement(device, target, source, destination, isSolicited, isOverride);
        Send(device, packet, Icmpv6Type.NeighborAdvertisement, source, destination, link);
    }

    /// <summary>The asker's link-layer address is not known: it is asked for in turn, and the answer waits.</summary>
    private void AdvertiseLater(NeighborEntry asker, IpAddress target, IpAddress destination, bool isOverride)
    {
        if (!TryFindSource(asker.Interface, target, destination, out IpAddress source)) return;
        PacketBuffer packet = BuildAdvertisement(asker.Interface, target, source, destination, isSolicited: true, isOverride);
        PrependHeader(packet, source, destination);
        Count(Icmpv6Type.NeighborAdvertisement);
        asker.Interface.Output(packet, destination, RouteKind.Unicast);
    }

    /// <summary>An advertisement comes from the address that it is about, unless that is an anycast one (RFC 4861 §4.4).</summary>
    private static bool TryFindSource(NetworkInterface device, IpAddress target, IpAddress destination, out IpAddress source)
    {
        source = device.FindAddress(target) is not null ? target : SourceSelection.SelectIPv6(device, destination, SourcePreferences.None);
        return !source.IsUnspecified;
    }

    private PacketBuffer BuildAdvertisement(NetworkInterface device, IpAddress target, IpAddress source, IpAddress destination, bool isSolicited, bool isOverride)
    {
        PacketBuffer packet = host.Loop.Packets.Rent(NeighborAdvertisementHeader.Length + 8);
        AddLinkAddress(packet, NeighborAdvertisementHeader.Length, NeighborOptionKind.TargetLinkAddress, device);
        new NeighborAdvertisementHeader(target, device.Settings.IPv6.Forwarding.IsOn, isSolicited, isOverride).Write(packet.Span, source, destination);
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
        if (cause is { HasNetworkOffset: true } && Ipv6View.TryParseQuoted(cause.FromNetworkHeader, out Ipv6View ip, out _) && entry.Interface.FindAddress(ip.Source) is { IsOptimistic: false })
            return ip.Source;
        IpAddress chosen = SourceSelection.SelectIPv6(entry.Interface, entry.Address, SourcePreferences.None);
        // Who has an address that may be another's must not bring neighbours to believe in it (RFC 4429 §3.2).
        return entry.Interface.FindAddress(chosen) is { IsOptimistic: true } ? entry.Interface.LinkLocalAddress : chosen;
    }

    private static bool IsSolicitedNodeGroup(IpAddress address) => address.High == 0xFF02_0000_0000_0000 && address.Low >> 24 == 0x1_FF;
}
