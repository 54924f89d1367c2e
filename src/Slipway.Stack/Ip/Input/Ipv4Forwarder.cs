using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Sends on IPv4 packets that are for others, where the interface they came by allows it (RFC 1812 §5.2, §5.3; the kernel's ip_forward).</summary>
internal sealed class Ipv4Forwarder(StackHost host, Reassembler reassembler)
{
    /// <summary>Takes a packet, whole from its IP header on. Ownership moves.</summary>
    public void Forward(NetworkInterface device, PacketBuffer packet, Ipv4View ip, Route? route)
    {
        bool isAlert = false;
        if (ip.HeaderLength > Ipv4Header.MinimumLength && !CheckOptions(packet, ip, out isAlert)) return;
        if (!device.Settings.IPv4.Forwarding.IsOn)
        {
            // A host that is no router drops what is not its own (RFC 1122 §3.2.1.3); Linux's error is for routers.
            host.Counters[IpCounter.InAddrErrors]++;
            packet.Release();
            return;
        }
        if (route is null || RouteResolver.Refusal(route.Kind) != Errno.None)
        {
            Refuse(packet, route);
            return;
        }
        if (packet.Destination != LinkDestination.Host || route.Kind != RouteKind.Unicast || route.Interface.IsLoopback)
        {
            packet.Release();
            return;
        }
        if (isAlert && host.Raw.Alerts.Wants4(ip.Protocol, device.Index))
        {
            Divert(device, packet, ip);
            return;
        }
        if (ip.Ttl <= 1)
        {
            host.Counters[IpCounter.InHdrErrors]++;
            host.Icmp.SendTimeExceeded(packet, IcmpTimeExceededCode.Transit);
            packet.Release();
            return;
        }
        int mtu = RouteResolver.InterfaceMtu(route.Interface, route, isIPv4: true);
        bool fits = SegmentLayout.LongestPacket(packet) <= mtu;
        if (!fits && ip.DontFragment)
        {
            host.Counters[IpCounter.FragFails]++;
            host.Icmp.SendPacketTooBig(packet, mtu);
            packet.Release();
            return;
        }
        SendOn(device, packet, ip, route, mtu);
    }

    /// <summary>A packet with a router alert that a program of this router takes, whole where it came in fragments. Ownership moves.</summary>
    private void Divert(NetworkInterface device, PacketBuffer packet, Ipv4View ip)
    {
        if (ip.IsFragment)
        {
            if (reassembler.Add(packet, ip) is not { } whole || !Ipv4View.TryParse(whole.Span, out ip, out _)) return;
            packet = whole;
        }
        var info = new ReceivedIp
        {
            Source = ip.Source,
            Destination = ip.Destination,
            Protocol = ip.Protocol,
            Interface = device,
            DestinationKind = RouteKind.Unicast,
            HopLimit = ip.Ttl,
            Tos = ip.Tos,
            HeaderLength = ip.HeaderLength,
        };
        host.Raw.Alerts.Deliver4(packet, info);
    }

    private void SendOn(NetworkInterface device, PacketBuffer packet, Ipv4View ip, Route route, int mtu)
    {
        IpAddress nextHop = route.HasGateway ? route.Gateway : ip.Destination;
        if (ReferenceEquals(device, route.Interface)) host.Icmp.SendRedirect(device, packet, ip, nextHop);
        int headerLength = ip.HeaderLength;
        packet.EnsureHeaderWritable(headerLength);
        PacketEditor.TryDecrementTtl(packet.Span);
        if (headerLength > Ipv4Header.MinimumLength) RecordRoute(packet.Span[..headerLength], route);
        host.Counters[IpCounter.ForwDatagrams]++;
        host.Ip.Output4.Dispatch(packet, route.Interface, nextHop, RouteKind.Unicast, noLoop: true, mtu);
    }

    private void RecordRoute(Span<byte> header, Route route)
    {
        IpAddress address = SourceSelection.PrimaryIPv4(route.Interface, route.Gateway, AddressScope.Link);
        if (Ipv4OptionProcessor.Record(header[Ipv4Header.MinimumLength..], address, host.Interfaces, Ipv4OptionProcessor.TimeOfDay(host.Loop))) Ipv4Output.WriteChecksum(header);
    }

    /// <returns>False if the packet was refused; its ownership has moved then.</returns>
    private bool CheckOptions(PacketBuffer packet, Ipv4View ip, out bool isAlert)
    {
        bool valid = Ipv4OptionsView.TryParse(ip.Options, out Ipv4OptionsView options, out _, out int fault);
        isAlert = valid && options.HasRouterAlert;
        if (valid && options.SourceRouteOffset < 0) return true;
        host.Counters[IpCounter.InHdrErrors]++;
        if (!valid) host.Icmp.SendParameterProblem4(packet, (byte)(Ipv4Header.MinimumLength + fault));
        packet.Release();
        return false;
    }

    private void Refuse(PacketBuffer packet, Route? route)
    {
        switch (route?.Kind)
        {
            case RouteKind.Blackhole:
                break;
            case RouteKind.Prohibit:
                host.Icmp.SendUnreachable4(packet, Icmpv4UnreachableCode.CommunicationProhibited);
                break;
            case RouteKind.Unreachable:
                host.Icmp.SendUnreachable4(packet, Icmpv4UnreachableCode.Host);
                break;
            default:
                host.Counters[IpExtCounter.InNoRoutes]++;
                host.Icmp.SendUnreachable4(packet, Icmpv4UnreachableCode.Network);
                break;
        }
        packet.Release();
    }
}
