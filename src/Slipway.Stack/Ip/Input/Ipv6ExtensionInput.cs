using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Goes through the extension headers of packets for this host and delivers them (RFC 8200 §4).</summary>
internal sealed class Ipv6ExtensionInput(StackHost host, Reassembler reassembler)
{
    /// <summary>Most options other than padding that a header may have (max_hbh_opts_number, max_dst_opts_number).</summary>
    private const int MostOptions = 8;

    /// <summary>Bytes of the value of a router alert (RFC 2711 §2.1).</summary>
    private const int RouterAlertLength = 2;

    /// <summary>Offset of the payload length field, at which some parameter problems point.</summary>
    private const int PayloadLengthOffset = 4;

    private readonly RawTable _raw = host.Raw.Table6;

    /// <summary>Hop-by-hop options are for every node on the way: looked at before it is known whose the packet is.</summary>
    /// <returns>False if the packet was refused; its ownership has moved then.</returns>
    public bool ProcessHopByHop(PacketBuffer packet, Ipv6View ip)
    {
        if (ip.NextHeader != IpProtocolNumber.HopByHop) return true;
        Ipv6ExtensionWalker walker = ip.WalkExtensions();
        if (walker.MoveNext()) return ProcessOptions(packet, walker.Header, Ipv6Header.Length, ip.Destination.IsMulticast, isHopByHop: true);
        host.Counters[Ip6Counter.InHdrErrors]++;
        packet.Release();
        return false;
    }

    /// <summary>Takes a packet for this host, whole from its IP header on. Ownership moves.</summary>
    public void Deliver(NetworkInterface device, PacketBuffer packet, Ipv6View ip, RouteKind kind)
    {
        Ipv6ExtensionWalker walker = ip.WalkExtensions();
        while (walker.MoveNext())
        {
            int offset = Ipv6Header.Length + walker.Offset;
            if (!_raw.IsEmpty) ShowExtension(device, packet, ip, kind, walker);
            switch (walker.Kind)
            {
                case IpProtocolNumber.DestinationOptions when !ProcessOptions(packet, walker.Header, offset, ip.Destination.IsMulticast):
                case IpProtocolNumber.Routing when !ProcessRouting(packet, walker.Header, offset):
                    return;
                case IpProtocolNumber.Fragment:
                    DeliverFragment(device, packet, ip, kind, walker);
                    return;
                case IpProtocolNumber.Authentication:
                    // Nobody has agreed on keys: it is a protocol that is not spoken here.
                    RefuseNextHeader(packet, Ipv6Header.Length + PreviousNextHeader(ip, walker.Offset));
                    return;
            }
        }
        if (walker.Error != WireError.None) RefuseChain(packet, walker, kind);
        else DeliverUpper(device, packet, ip, kind, walker);
    }

    private void DeliverFragment(NetworkInterface device, PacketBuffer packet, Ipv6View ip, RouteKind kind, Ipv6ExtensionWalker walker)
    {
        if (!Ipv6FragmentView.TryParse(walker.Header, out Ipv6FragmentView fragment, out _))
        {
            packet.Release();
            return;
        }
        int headerLength = Ipv6Header.Length + walker.NextOffset;
        if (fragment.IsAtomic)
        {
            // RFC 6946: whole in itself, never mixed with others.
            host.Counters[Ip6Counter.ReasmReqds]++;
            host.Counters[Ip6Counter.ReasmOKs]++;
            while (walker.MoveNext())
            {
                int offset = Ipv6Header.Length + walker.Offset;
                if (!_raw.IsEmpty) ShowExtension(device, packet, ip, kind, walker);
                if (walker.Kind == IpProtocolNumber.DestinationOptions && !ProcessOptions(packet, walker.Header, offset, ip.Destination.IsMulticast)) return;
                if (walker.Kind == IpProtocolNumber.Routing && !ProcessRouting(packet, walker.Header, offset)) return;
            }
            if (walker.Error != WireError.None) RefuseChain(packet, walker, kind);
            else DeliverUpper(device, packet, ip, kind, walker);
            return;
        }
        if (fragment.FragmentOffset == 0 && !HoldsWholeChain(walker))
        {
            // RFC 7112 §5: without the upper header nobody on the way can tell what it is.
            host.Counters[Ip6Counter.ReasmReqds]++;
            host.Counters[Ip6Counter.ReasmFails]++;
            host.Counters[Ip6Counter.InHdrErrors]++;
            host.Icmp.SendParameterProblem6(packet, Icmpv6ParameterCode.IncompleteHeaderChain, 0);
            packet.Release();
            return;
        }
        int length = packet.Length - headerLength;
        int fault = fragment.FragmentOffset + length > Ipv6Header.MaximumPayloadLength ? headerLength - Ipv6FragmentHeader.Length + 2
            : fragment.MoreFragments && (length & 7) != 0 ? PayloadLengthOffset
            : 0;
        if (fault != 0)
        {
            host.Counters[Ip6Counter.ReasmReqds]++;
            host.Counters[Ip6Counter.InHdrErrors]++;
            host.Icmp.SendParameterProblem6(packet, Icmpv6ParameterCode.ErroneousField, fault);
            packet.Release();
            return;
        }
        bool isScoped = ip.Destination.IsMulticast || ip.Destination.IsLinkLocal || ip.Source.IsLinkLocal;
        var key = new FragmentKey(ip.Source, ip.Destination, fragment.Identification, default, isScoped ? device.Index : 0);
        int nextHeaderOffset = Ipv6Header.Length + PreviousNextHeader(ip, walker.Offset);
        var info = new FragmentInfo(headerLength, fragment.FragmentOffset, length, fragment.MoreFragments, nextHeaderOffset, ip.TrafficClass & 3);
        if (reassembler.Add(key, info, packet) is { } whole && Ipv6View.TryParse(whole.Span, out Ipv6View again, out _)) DeliverWhole(device, whole, again, kind, walker.Offset);
    }

    /// <summary>A reassembled packet: the headers before the fragment header have been looked at already.</summary>
    private void DeliverWhole(NetworkInterface device, PacketBuffer packet, Ipv6View ip, RouteKind kind, int seenUpTo)
    {
        Ipv6ExtensionWalker walker = ip.WalkExtensions();
        while (walker.MoveNext())
        {
            if (walker.Offset < seenUpTo) continue;
            int offset = Ipv6Header.Length + walker.Offset;
            if (!_raw.IsEmpty) ShowExtension(device, packet, ip, kind, walker);
            bool accepted = walker.Kind switch
            {
                IpProtocolNumber.DestinationOptions => ProcessOptions(packet, walker.Header, offset, ip.Destination.IsMulticast),
                IpProtocolNumber.Routing => ProcessRouting(packet, walker.Header, offset),
                IpProtocolNumber.Fragment or IpProtocolNumber.Authentication => RefuseNextHeader(packet, Ipv6Header.Length + PreviousNextHeader(ip, walker.Offset)),
                _ => true,
            };
            if (!accepted) return;
        }
        if (walker.Error != WireError.None) RefuseChain(packet, walker, kind);
        else DeliverUpper(device, packet, ip, kind, walker);
    }

    /// <summary>Raw sockets can have the number of an extension header: they see the packet from there on, before it is known whether all is well (ip6_protocol_deliver_rcu).</summary>
    private void ShowExtension(NetworkInterface device, PacketBuffer packet, Ipv6View ip, RouteKind kind, Ipv6ExtensionWalker walker)
    {
        if (walker.Kind == IpProtocolNumber.HopByHop || !_raw.Has(walker.Kind)) return;
        ReceivedIp info = InfoOf(device, ip, kind, walker.Kind, Ipv6Header.Length + walker.Offset);
        PacketBuffer shown = packet.Clone();
        shown.TransportOffset = info.HeaderLength;
        shown.TrimStart(info.HeaderLength);
        _raw.Deliver(shown, info);
        shown.Release();
    }

    private static ReceivedIp InfoOf(NetworkInterface device, Ipv6View ip, RouteKind kind, IpProtocolNumber protocol, int headerLength) => new()
    {
        Source = ip.Source,
        Destination = ip.Destination,
        Protocol = protocol,
        Interface = device,
        DestinationKind = kind,
        HopLimit = ip.HopLimit,
        Tos = ip.TrafficClass,
        FlowLabel = ip.FlowLabel,
        HeaderLength = headerLength,
    };

    private void DeliverUpper(NetworkInterface device, PacketBuffer packet, Ipv6View ip, RouteKind kind, Ipv6ExtensionWalker walker)
    {
        ReceivedIp info = InfoOf(device, ip, kind, walker.Next, Ipv6Header.Length + walker.NextOffset);
        packet.TransportOffset = info.HeaderLength;
        packet.TrimStart(info.HeaderLength);
        bool isTaken = !_raw.IsEmpty && _raw.Deliver(packet, info);
        if (kind == RouteKind.Multicast && !device.Groups.Accepts(info.Destination, info.Source) && !MldLayer.IsMessage(packet.Span, info))
        {
            packet.Release();
            return;
        }
        if (info.Protocol == IpProtocolNumber.Icmpv6)
        {
            host.Counters[Ip6Counter.InDelivers]++;
            host.Icmp.Receive6(packet, info);
        }
        else if (host.Ip.TransportOf(info.Protocol) is { } transport && info.Protocol != IpProtocolNumber.Icmpv4)
        {
            host.Counters[Ip6Counter.InDelivers]++;
            transport.Receive(packet, info);
        }
        else if (isTaken || info.Protocol == IpProtocolNumber.NoNextHeader)
        {
            host.Counters[Ip6Counter.InDelivers]++;
            packet.Release();
        }
        else
        {
            host.Counters[Ip6Counter.InUnknownProtos]++;
            host.Icmp.SendParameterProblem6(packet, Icmpv6ParameterCode.UnknownNextHeader, Ipv6Header.Length + walker.NextHeaderOffset);
            packet.Release();
        }
    }

    /// <returns>False if the packet was refused; its ownership has moved then.</returns>
    private bool ProcessOptions(PacketBuffer packet, ReadOnlySpan<byte> header, int offset, bool isMulticast, bool isHopByHop = false)
    {
        if (Ipv6OptionsView.TryParse(header, out Ipv6OptionsView options, out _))
        {
            int count = 0;
            foreach (Ipv6Option option in options)
            {
                if (++count > MostOptions) goto Malformed;
                if (option.Kind == Ipv6OptionKind.RouterAlert && isHopByHop && option.Data.Length != RouterAlertLength) goto Malformed;
                if (option.Action == Ipv6OptionAction.Skip) continue;
                // RFC 8200 §4.2: the two highest bits of an unknown option say what to do.
                if (option.Action == Ipv6OptionAction.DiscardAndReport || option.Action == Ipv6OptionAction.DiscardAndReportUnlessMulticast && !isMulticast)
                    host.Icmp.SendParameterProblem6(packet, Icmpv6ParameterCode.UnknownOption, offset + option.Offset, option.Action == Ipv6OptionAction.DiscardAndReport);
                host.Counters[Ip6Counter.InHdrErrors]++;
                packet.Release();
                return false;
            }
            return true;
        }

    Malformed:
        host.Counters[Ip6Counter.InHdrErrors]++;
        packet.Release();
        return false;
    }

    /// <summary>No type of routing header is spoken here; type 0 is forbidden (RFC 5095). One with nothing left to do is passed over (RFC 8200 §4.4).</summary>
    /// <returns>False if the packet was refused; its ownership has moved then.</returns>
    private bool ProcessRouting(PacketBuffer packet, ReadOnlySpan<byte> header, int offset)
    {
        const int TypeOffset = 2;
        if (Ipv6RoutingView.TryParse(header, out Ipv6RoutingView routing, out _) && routing.SegmentsLeft == 0) return true;
        host.Counters[Ip6Counter.InHdrErrors]++;
        host.Icmp.SendParameterProblem6(packet, Icmpv6ParameterCode.ErroneousField, offset + TypeOffset);
        packet.Release();
        return false;
    }

    private bool RefuseNextHeader(PacketBuffer packet, int pointer)
    {
        host.Counters[Ip6Counter.InUnknownProtos]++;
        host.Icmp.SendParameterProblem6(packet, Icmpv6ParameterCode.UnknownNextHeader, pointer);
        packet.Release();
        return false;
    }

    private void RefuseChain(PacketBuffer packet, Ipv6ExtensionWalker walker, RouteKind kind)
    {
        host.Counters[Ip6Counter.InHdrErrors]++;
        // Hop-by-hop options behind another header are, there, an unknown next header (RFC 8200 §4).
        if (walker.Error == WireError.BadOrder && kind == RouteKind.Local)
            host.Icmp.SendParameterProblem6(packet, Icmpv6ParameterCode.UnknownNextHeader, Ipv6Header.Length + walker.NextHeaderOffset);
        packet.Release();
    }

    /// <summary>Whether all headers up to the upper one are in this first fragment (the kernel's ipv6frag_thdr_truncated).</summary>
    private static bool HoldsWholeChain(Ipv6ExtensionWalker walker)
    {
        if (!walker.MoveToEnd()) return false;
        int least = walker.Next switch
        {
            IpProtocolNumber.Tcp => 20,
            IpProtocolNumber.Udp => 8,
            IpProtocolNumber.Icmpv6 => 8,
            IpProtocolNumber.NoNextHeader => 0,
            _ => 1,
        };
        return walker.Payload.Length >= least;
    }

    /// <summary>Offset, after the fixed header, of the byte that names the header at <paramref name="offset"/>.</summary>
    private static int PreviousNextHeader(Ipv6View ip, int offset)
    {
        int previous = 6 - Ipv6Header.Length;
        Ipv6ExtensionWalker walker = ip.WalkExtensions();
        while (walker.MoveNext() && walker.Offset < offset) previous = walker.Offset;
        return previous;
    }
}
