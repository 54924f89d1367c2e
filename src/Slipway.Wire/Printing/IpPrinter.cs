using System.Text;

namespace Slipway.Wire;

/// <summary>The part of <see cref="FramePrinter"/> that reads IP headers.</summary>
internal static class IpPrinter
{
    internal static void AppendIPv4(StringBuilder text, ReadOnlySpan<byte> packet, bool verify)
    {
        // A packet that the capture has cut is still worth its header.
        bool isWhole = Ipv4View.TryParse(packet, out Ipv4View ip, out WireError error);
        if (!isWhole && (error != WireError.Truncated || !Ipv4View.TryParseQuoted(packet, out ip, out _)))
        {
            FramePrinter.AppendRefusal(text, "IP", error, packet.Length);
            return;
        }
        text.Append("IP ");
        if (!isWhole) text.Append($"[truncated, {ip.TotalLength - ip.Packet.Length} bytes missing] ");
        if (verify && !ip.HasValidChecksum) text.Append("[bad header checksum] ");
        if (ip.Ttl <= 1) text.Append($"[ttl {ip.Ttl}] ");
        AppendOptions(text, ip.Options);
        var addresses = new AddressPair(ip.Source, ip.Destination, verify, IsPart: !isWhole || ip.IsFragment);
        if (ip.FragmentOffset == 0) AppendUpper(text, ip.Protocol, ip.Payload, addresses);
        else text.Append($"{ip.Source} > {ip.Destination}: {Name(ip.Protocol)}");
        if (ip.IsFragment) text.Append($" (frag {ip.Identification}:{ip.Payload.Length}@{ip.FragmentOffset}{(ip.MoreFragments ? "+" : "")})");
    }

    internal static void AppendIPv6(StringBuilder text, ReadOnlySpan<byte> packet, bool verify)
    {
        bool isWhole = Ipv6View.TryParse(packet, out Ipv6View ip, out WireError error);
        if (!isWhole && (error != WireError.Truncated || !Ipv6View.TryParseQuoted(packet, out ip, out _)))
        {
            FramePrinter.AppendRefusal(text, "IP6", error, packet.Length);
            return;
        }
        text.Append("IP6 ");
        if (!isWhole) text.Append($"[truncated, {ip.PayloadLength - ip.Payload.Length} bytes missing] ");
        if (ip.HopLimit <= 1 && ip.NextHeader != IpProtocolNumber.HopByHop) text.Append($"[hlim {ip.HopLimit}] ");
        Ipv6ExtensionWalker walker = ip.WalkExtensions();
        Fragment fragment = default;
        while (walker.MoveNext()) AppendExtension(text, walker.Kind, walker.Header, ref fragment);
        var addresses = new AddressPair(ip.Source, ip.Destination, verify, IsPart: !isWhole || fragment.IsPart);
        if (walker.Error != WireError.None)
        {
            text.Append($"{ip.Source} > {ip.Destination}: ");
            FramePrinter.AppendRefusal(text, Name(walker.Next), walker.Error, walker.Payload.Length);
        }
        else if (walker.IsLaterFragment)
        {
            text.Append($"{ip.Source} > {ip.Destination}: {Name(walker.Next)}");
        }
        else
        {
            AppendUpper(text, walker.Next, walker.Payload, addresses);
        }
        if (fragment.IsPart) text.Append($" (frag 0x{fragment.Identification:x8}:{walker.Payload.Length}@{fragment.Offset}{(fragment.More ? "+" : "")})");
    }

    /// <summary>The packet within an ICMP error, in a few words.</summary>
    internal static void AppendQuoted(StringBuilder text, ReadOnlySpan<byte> packet)
    {
        if (!QuotedPacketView.TryParse(packet, out QuotedPacketView quoted, out WireError error))
        {
            FramePrinter.AppendRefusal(text, "quoted packet", error, packet.Length);
            return;
        }
        bool hasPorts = quoted.HasTransport && quoted.Protocol is IpProtocolNumber.Tcp or IpProtocolNumber.Udp;
        text.Append($"about {Name(quoted.Protocol)} ");
        AppendEndpoint(text, quoted.Source, hasPorts ? quoted.SourcePort : null);
        text.Append(" > ");
        AppendEndpoint(text, quoted.Destination, hasPorts ? quoted.DestinationPort : null);
    }

    internal static void AppendEndpoint(StringBuilder text, IpAddress address, int? port)
    {
        text.Append($"{address}");
        if (port is { } number) text.Append($".{number}");
    }

    internal static string Name(IpProtocolNumber protocol) => protocol switch
    {
        IpProtocolNumber.Icmpv4 => "ICMP",
        IpProtocolNumber.Icmpv6 => "ICMP6",
        IpProtocolNumber.Igmp => "IGMP",
        IpProtocolNumber.Tcp => "TCP",
        IpProtocolNumber.Udp => "UDP",
        IpProtocolNumber.UdpLite => "UDP-Lite",
        IpProtocolNumber.Esp => "ESP",
        IpProtocolNumber.Gre => "GRE",
        IpProtocolNumber.Sctp => "SCTP",
        IpProtocolNumber.NoNextHeader => "no next header",
        IpProtocolNumber.HopByHop => "HBH",
        IpProtocolNumber.DestinationOptions => "DSTOPT",
        IpProtocolNumber.Routing => "RT",
        IpProtocolNumber.Fragment => "FRAG",
        IpProtocolNumber.Authentication => "AH",
        _ => $"protocol {(byte)protocol}",
    };

    private static void AppendUpper(StringBuilder text, IpProtocolNumber protocol, ReadOnlySpan<byte> payload, AddressPair addresses)
    {
        switch (protocol)
        {
            case IpProtocolNumber.Udp:
                TransportPrinter.AppendUdp(text, payload, addresses);
                return;
            case IpProtocolNumber.Tcp:
                TransportPrinter.AppendTcp(text, payload, addresses);
                return;
        }
        text.Append($"{addresses.Source} > {addresses.Destination}: ");
        // ICMP of the other family means nothing, so it is printed by name only.
        if (protocol == IpProtocolNumber.Icmpv4 && addresses.Source.IsIPv4) IcmpPrinter.AppendIcmpv4(text, payload, addresses);
        else if (protocol == IpProtocolNumber.Icmpv6 && !addresses.Source.IsIPv4) IcmpPrinter.AppendIcmpv6(text, payload, addresses);
        else if (protocol == IpProtocolNumber.Igmp) MulticastPrinter.AppendIgmp(text, payload, addresses.CanVerify);
        else text.Append($"{Name(protocol)}, length {payload.Length}");
    }

    private static void AppendOptions(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (!Ipv4OptionsView.TryParse(bytes, out Ipv4OptionsView options, out _, out int offset))
        {
            text.Append($"[bad option at {offset}] ");
            return;
        }
        text.Append("(options");
        foreach (Ipv4Option option in options)
        {
            text.Append(option.Kind switch
            {
                Ipv4OptionKind.NoOperation => " NOP",
                Ipv4OptionKind.RecordRoute => " RR",
                Ipv4OptionKind.LooseSourceRoute => " LSRR",
                Ipv4OptionKind.StrictSourceRoute => " SSRR",
                Ipv4OptionKind.Timestamp => " TS",
                Ipv4OptionKind.RouterAlert => " RA",
                _ => $" {(byte)option.Kind}",
            });
            for (int i = 0; i < option.RouteCount; i++)
                text.Append($"{(i == 0 ? "{" : i == option.RecordedCount ? "" : ",")}{(i == option.RecordedCount ? "|" : "")}{option.RouteAddress(i)}");
            if (option.RouteCount > 0) text.Append('}');
        }
        text.Append(") ");
    }

    private static void AppendExtension(StringBuilder text, IpProtocolNumber kind, ReadOnlySpan<byte> header, ref Fragment fragment)
    {
        switch (kind)
        {
            case IpProtocolNumber.Fragment when Ipv6FragmentView.TryParse(header, out Ipv6FragmentView view, out _):
                fragment = new Fragment(true, view.FragmentOffset, view.MoreFragments, view.Identification);
                break;
            case IpProtocolNumber.Routing when Ipv6RoutingView.TryParse(header, out Ipv6RoutingView view, out _):
                text.Append($"RT type {view.RoutingType} left {view.SegmentsLeft} ");
                break;
            case IpProtocolNumber.HopByHop or IpProtocolNumber.DestinationOptions:
                text.Append(Name(kind));
                if (Ipv6OptionsView.TryParse(header, out Ipv6OptionsView options, out _))
                    foreach (Ipv6Option option in options) text.Append(option.Kind == Ipv6OptionKind.RouterAlert ? " alert" : $" 0x{(byte)option.Kind:x2}");
                else text.Append(" [bad option]");
                text.Append(' ');
                break;
            default:
                text.Append($"{Name(kind)} ");
                break;
        }
    }

    /// <summary>What a fragment header said, if there was one.</summary>
    private readonly record struct Fragment(bool IsPart, int Offset, bool More, uint Identification);
}
