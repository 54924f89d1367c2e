using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Sends on IPv6 packets that are for others, where the interface they came by allows it (the kernel's ip6_forward).</summary>
internal sealed class Ipv6Forwarder(StackHost host)
{
    /// <summary>Takes a packet, whole from its IP header on. Ownership moves.</summary>
    public void Forward(NetworkInterface device, PacketBuffer packet, Ipv6View ip, Route? route)
    {
        if (!device.Settings.IPv6.Forwarding.IsOn || packet.Destination != LinkDestination.Host || route is { Kind: RouteKind.Multicast or RouteKind.Broadcast })
        {
            host.Counters[device.Settings.IPv6.Forwarding.IsOn ? Ip6Counter.InDiscards : Ip6Counter.InAddrErrors]++;
            packet.Release();
            return;
        }
        if (route is null || RouteResolver.Refusal(route.Kind) != Errno.None)
        {
            Refuse(packet, route);
            return;
        }
        if (host.Raw.Alerts.HasAny6 && host.Raw.Alerts.TryDeliver6(device, packet, ip)) return;
        if (ip.HopLimit <= 1)
        {
            host.Counters[Ip6Counter.InHdrErrors]++;
            host.Icmp.SendTimeExceeded(packet, IcmpTimeExceededCode.Transit);
            packet.Release();
            return;
        }
        if (IsBeyondScope(device, packet, ip, route)) return;
        int mtu = Math.Max(RouteResolver.InterfaceMtu(route.Interface, route, isIPv4: false), Ipv6Header.MinimumMtu);
        if (SegmentLayout.LongestPacket(packet) > mtu)
        {
            host.Counters[Ip6Counter.InTooBigErrors]++;
            host.Counters[Ip6Counter.FragFails]++;
            host.Icmp.SendPacketTooBig(packet, mtu);
            packet.Release();
            return;
        }
        IpAddress nextHop = route.HasGateway ? route.Gateway : ip.Destination;
        if (ReferenceEquals(device, route.Interface)) host.Icmp.SendRedirect(device, packet, ip, nextHop);
        packet.EnsureHeaderWritable(Ipv6Header.Length);
        PacketEditor.TryDecrementHopLimit(packet.Span);
        host.Counters[Ip6Counter.OutForwDatagrams]++;
        host.Ip.Output6.Transmit(packet, route.Interface, nextHop, RouteKind.Unicast);
    }

    /// <summary>RFC 4007 §9, RFC 4443 §3.1: link-local addresses do not leave their link.</summary>
    private bool IsBeyondScope(NetworkInterface device, PacketBuffer packet, Ipv6View ip, Route route)
    {
        IpAddress source = ip.Source;
        if (!source.IsUnspecified && !source.IsLoopback && !(source.IsLinkLocal && !ReferenceEquals(device, route.Interface)) && !ip.Destination.IsLinkLocal) return false;
        host.Counters[Ip6Counter.InAddrErrors]++;
        if (source.IsLinkLocal) host.Icmp.SendUnreachable6(packet, Icmpv6UnreachableCode.BeyondScope);
        packet.Release();
        return true;
    }

    private void Refuse(PacketBuffer packet, Route? route)
    {
        switch (route?.Kind)
        {
            case RouteKind.Blackhole:
                break;
            case RouteKind.Prohibit:
                host.Icmp.SendUnreachable6(packet, Icmpv6UnreachableCode.Prohibited);
                break;
            default:
                host.Counters[Ip6Counter.InNoRoutes]++;
                host.Icmp.SendUnreachable6(packet, Icmpv6UnreachableCode.NoRoute);
                break;
        }
        packet.Release();
    }
}
