using System.Text;

namespace Slipway.Wire;

/// <summary>The part of <see cref="FramePrinter"/> that reads neighbour discovery.</summary>
internal static class NeighborPrinter
{
    internal static void Append(StringBuilder text, Icmpv6View icmp)
    {
        WireError error;
        switch (icmp.Type)
        {
            case Icmpv6Type.RouterSolicitation:
                text.Append("router solicitation");
                if (RouterSolicitationView.TryParse(icmp.Message, out RouterSolicitationView rs, out error)) AppendOptions(text, rs.Options);
                break;
            case Icmpv6Type.RouterAdvertisement:
                text.Append("router advertisement");
                if (RouterAdvertisementView.TryParse(icmp.Message, out RouterAdvertisementView ra, out error)) AppendAdvertisement(text, ra);
                break;
            case Icmpv6Type.NeighborSolicitation:
                text.Append("neighbor solicitation");
                if (!NeighborSolicitationView.TryParse(icmp.Message, out NeighborSolicitationView ns, out error)) break;
                text.Append($", who has {ns.Target}");
                AppendOptions(text, ns.Options);
                break;
            case Icmpv6Type.NeighborAdvertisement:
                text.Append("neighbor advertisement");
                if (NeighborAdvertisementView.TryParse(icmp.Message, out NeighborAdvertisementView na, out error)) AppendAdvertisement(text, na);
                break;
            default:
                text.Append("redirect");
                if (!RedirectView.TryParse(icmp.Message, out RedirectView redirect, out error)) break;
                text.Append($", {redirect.Destination} to {redirect.Target}");
                AppendOptions(text, redirect.Options);
                break;
        }
        if (error != WireError.None) text.Append($" [{FramePrinter.Describe(error)}]");
    }

    private static void AppendAdvertisement(StringBuilder text, RouterAdvertisementView message)
    {
        text.Append($", hop limit {message.HopLimit}, lifetime {message.RouterLifetime} s");
        if (message.IsManaged) text.Append(", managed");
        if (message.HasOtherConfiguration) text.Append(", other");
        AppendOptions(text, message.Options);
    }

    private static void AppendAdvertisement(StringBuilder text, NeighborAdvertisementView message)
    {
        text.Append($", tgt is {message.Target}");
        if (message.IsRouter) text.Append(", router");
        if (message.IsSolicited) text.Append(", solicited");
        if (message.IsOverride) text.Append(", override");
        AppendOptions(text, message.Options);
    }

    private static void AppendOptions(StringBuilder text, NeighborOptionsView options)
    {
        foreach (NeighborOption option in options)
        {
            if (option.TryGetLinkAddress(out MacAddress mac)) text.Append($", {(option.Kind == NeighborOptionKind.SourceLinkAddress ? "source" : "target")} {mac}");
            else if (option.TryGetPrefix(out PrefixInformation prefix)) text.Append($", prefix {prefix.Prefix} valid {prefix.ValidLifetime} s");
            else if (option.TryGetMtu(out uint mtu)) text.Append($", mtu {mtu}");
            else if (option.TryGetRecursiveDnsServers(out _, out ReadOnlySpan<byte> servers)) AppendServers(text, servers);
            else text.Append($", option {(byte)option.Kind}");
        }
    }

    private static void AppendServers(StringBuilder text, ReadOnlySpan<byte> servers)
    {
        text.Append(", rdnss");
        for (; servers.Length >= 16; servers = servers[16..]) text.Append($" {IpAddress.ReadIPv6(servers)}");
    }
}
