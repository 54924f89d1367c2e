using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Takes in IPv6 packets: checks them, and delivers or forwards them (RFC 8200; the kernel's ip6_rcv).</summary>
internal sealed class Ipv6Input
{
    private readonly StackHost _host;
    private readonly SnmpCounters _counters;
    private readonly Ipv6Forwarder _forwarder;
    private readonly Ipv6ExtensionInput _extensions;

    public Ipv6Input(StackHost host)
    {
        _host = host;
        _counters = host.Counters;
        _forwarder = new Ipv6Forwarder(host);
        Reassembler = new Reassembler(host, isIPv4: false);
        _extensions = new Ipv6ExtensionInput(host, Reassembler);
    }

    public Reassembler Reassembler { get; }

    /// <summary>Takes a packet from an interface, from its IP header on. Ownership moves.</summary>
    public void Receive(NetworkInterface device, PacketBuffer packet)
    {
        _counters[Ip6Counter.InReceives]++;
        _counters[Ip6Counter.InOctets] += packet.Length;
        if (!device.HasIPv6)
        {
            _counters[Ip6Counter.InDiscards]++;
            packet.Release();
            return;
        }
        if (!Ipv6View.TryParse(packet.Span, out Ipv6View ip, out WireError error))
        {
            _counters[error == WireError.Truncated && packet.Length >= Ipv6Header.Length ? Ip6Counter.InTruncatedPkts : Ip6Counter.InHdrErrors]++;
            packet.Release();
            return;
        }
        _counters[(ip.TrafficClass & 3) switch { 0 => Ip6Counter.InNoECTPkts, 1 => Ip6Counter.InECT1Pkts, 2 => Ip6Counter.InECT0Pkts, _ => Ip6Counter.InCEPkts }]++;
        if (IsMartian(device, packet, ip))
        {
            _counters[Ip6Counter.InHdrErrors]++;
            packet.Release();
            return;
        }
        packet.TrimEnd(packet.Length - Ipv6Header.Length - ip.PayloadLength);
        packet.NetworkOffset = 0;
        if (_extensions.ProcessHopByHop(packet, ip)) Classify(device, packet, ip);
    }

    /// <summary>Takes a copy of a multicast packet that this host has sent. Ownership moves.</summary>
    public void ReceiveLooped(NetworkInterface device, PacketBuffer packet)
    {
        _counters[Ip6Counter.InReceives]++;
        _counters[Ip6Counter.InOctets] += packet.Length;
        packet.NetworkOffset = 0;
        if (Ipv6View.TryParse(packet.Span, out Ipv6View ip, out _)) _extensions.Deliver(device, packet, ip, RouteKind.Multicast);
        else packet.Release();
    }

    /// <summary>RFC 4291 §2.5.3, §2.7, RFC 4007 §9, RFC 8504: what cannot come from outside.</summary>
    private static bool IsMartian(NetworkInterface device, PacketBuffer packet, Ipv6View ip)
    {
        IpAddress source = ip.Source, destination = ip.Destination;
        if (source.IsIPv4 || destination.IsIPv4) return true;
        if (source.IsMulticast || destination is { High: 0, Low: 0 }) return true;
        bool isMulticast = destination.IsMulticast;
        if (!device.IsLoopback && (source.IsLoopback || destination.IsLoopback || isMulticast && (destination.High >> 48 & 0xF) == 1)) return true;
        // RFC 4291 §2.7: scope 0 is reserved. A unicast packet in a link-layer broadcast is somebody's trick (RFC 1122 §3.3.6).
        return isMulticast ? (destination.High >> 48 & 0xF) == 0 : packet.Destination is LinkDestination.Broadcast;
    }

    private void Classify(NetworkInterface device, PacketBuffer packet, Ipv6View ip)
    {
        IpAddress destination = ip.Destination;
        if (destination.IsMulticast)
        {
            _counters[Ip6Counter.InMcastPkts]++;
            _counters[Ip6Counter.InMcastOctets] += packet.Length;
            // Sources count only where the message is known not to be a router's question (Linux ip6_mc_input, ip6_protocol_deliver_rcu).
            if (device.Groups.Contains(destination) || device.Groups.Mld.Querier is not null) _extensions.Deliver(device, packet, ip, RouteKind.Multicast);
            else packet.Release();
            return;
        }
        // A link-local address counts only on its own link (RFC 4007 §9).
        bool isOwn = destination.IsLinkLocal && !device.IsLoopback ? device.FindAddress(destination) is { IsTentative: false } : _host.Interfaces.FindAddress(destination) is { IsTentative: false };
        if (isOwn)
        {
            _extensions.Deliver(device, packet, ip, RouteKind.Local);
            return;
        }
        Route? route = _host.Routes.Find(destination, destination.IsLinkLocal ? device.Index : 0);
        if (route is { Kind: RouteKind.Local }) _extensions.Deliver(device, packet, ip, RouteKind.Local);
        else _forwarder.Forward(device, packet, ip, route);
    }
}
