using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Takes in IPv4 packets: checks them, and delivers or forwards them (RFC 1122 §3.2.1, RFC 1812 §5.2).</summary>
internal sealed class Ipv4Input
{
    private readonly StackHost _host;
    private readonly SnmpCounters _counters;
    private readonly Ipv4Forwarder _forwarder;
    private readonly Reassembler _reassembler;
    private readonly RawTable _raw;

    public Ipv4Input(StackHost host)
    {
        _host = host;
        _counters = host.Counters;
        _reassembler = new Reassembler(host, isIPv4: true);
        _forwarder = new Ipv4Forwarder(host, _reassembler);
        _raw = host.Raw.Table4;
    }

    public Reassembler Reassembler => _reassembler;

    /// <summary>Takes a packet from an interface, from its IP header on. Ownership moves.</summary>
    public void Receive(NetworkInterface device, PacketBuffer packet)
    {
        _counters[IpCounter.InReceives]++;
        _counters[IpExtCounter.InOctets] += packet.Length;
        if (!Ipv4View.TryParse(packet.Span, out Ipv4View ip, out WireError error))
        {
            if (error == WireError.Truncated && packet.Length >= Ipv4Header.MinimumLength) _counters[IpExtCounter.InTruncatedPkts]++;
            else _counters[IpCounter.InHdrErrors]++;
            packet.Release();
            return;
        }
        CountCongestion(ip.Tos);
        if (!ip.HasValidChecksum)
        {
            _counters[IpExtCounter.InCsumErrors]++;
            _counters[IpCounter.InHdrErrors]++;
            packet.Release();
            return;
        }
        packet.TrimEnd(packet.Length - ip.TotalLength);
        packet.NetworkOffset = 0;
        Classify(device, packet, ip);
    }

    /// <summary>Takes a copy of a multicast or broadcast packet that this host has sent. Ownership moves.</summary>
    public void ReceiveLooped(NetworkInterface device, PacketBuffer packet)
    {
        _counters[IpCounter.InReceives]++;
        _counters[IpExtCounter.InOctets] += packet.Length;
        if (!Ipv4View.TryParse(packet.Span, out Ipv4View ip, out _))
        {
            packet.Release();
            return;
        }
        packet.NetworkOffset = 0;
        CountCongestion(ip.Tos);
        Deliver(device, packet, ip, ip.Destination.IsMulticast ? RouteKind.Multicast : RouteKind.Broadcast);
    }

    private void Classify(NetworkInterface device, PacketBuffer packet, Ipv4View ip)
    {
        if (packet.IsRoutedHere)
        {
            Accept(device, packet, ip, RouteKind.Local);
            return;
        }
        IpAddress source = ip.Source, destination = ip.Destination;
        if (source.IsMulticast || source.IsLimitedBroadcast) goto MartianSource;
        if (destination.IsLimitedBroadcast || source.IsUnspecified && destination.IsUnspecified)
        {
            if (!IsSourcePlausible(device, source, mayBeUnspecified: true)) goto MartianSource;
            Accept(device, packet, ip, RouteKind.Broadcast);
            return;
        }
        if (source.IPv4 >> 24 == 0 && !(source.IsUnspecified && destination.IsLinkScopeMulticast)) goto MartianSource;
        if (destination.IPv4 >> 24 == 0) goto MartianDestination;
        bool isLoopbackAllowed = device.IsLoopback || device.RoutesLocalnet;
        if (!isLoopbackAllowed && destination.IsLoopback) goto MartianDestination;
        if (!isLoopbackAllowed && source.IsLoopback) goto MartianSource;
        if (destination.IsMulticast)
        {
            if (!device.Groups.Accepts(destination, source) && !device.Groups.Overhears(ip.Protocol, destination))
            {
                packet.Release();
                return;
            }
            if (!IsSourcePlausible(device, source, mayBeUnspecified: true)) goto MartianSource;
            Accept(device, packet, ip, RouteKind.Multicast);
            return;
        }
        if (_host.Interfaces.FindAddress(destination) is { IsTentative: false })
        {
            if (!IsSourcePlausible(device, source, mayBeUnspecified: false)) goto MartianSource;
            Accept(device, packet, ip, RouteKind.Local);
            return;
        }
        Route? route = _host.Routes.Find(destination);
        if (!IsSourcePlausible(device, source, mayBeUnspecified: route?.Kind == RouteKind.Broadcast)) goto MartianSource;
        if (route is { Kind: RouteKind.Local or RouteKind.Broadcast }) Accept(device, packet, ip, route.Kind);
        else _forwarder.Forward(device, packet, ip, route);
        return;

    MartianSource:
        CountMartian(device, ip, isSource: true);
        packet.Release();
        return;

    MartianDestination:
        CountMartian(device, ip, isSource: false);
        packet.Release();
    }

    /// <summary>/proc/net/stat/rt_cache has the counts (in_martian_src, in_martian_dst), the log the packets if log_martians wants them there.</summary>
    private void CountMartian(NetworkInterface device, Ipv4View ip, bool isSource)
    {
        if (isSource) _host.Ip.MartianSources++;
        else _host.Ip.MartianDestinations++;
        if (!device.Settings.IPv4.LogMartians.IsOn && !_host.Sysctl.IPv4.All.LogMartians.IsOn) return;
        // The kernel has the addresses in this order in both.
        _host.Log.WriteLimited(isSource
            ? $"IPv4: martian source {ip.Destination} from {ip.Source}, on dev {device.Name}"
            : $"IPv4: martian destination {ip.Destination} from {ip.Source}, dev {device.Name}");
    }

    /// <summary>
    /// Whether a packet from outside may carry this source address: not one of this host's own, and with rp_filter one that the host would answer by the same
    /// interface (1) or by any (2).
    /// </summary>
    private bool IsSourcePlausible(NetworkInterface device, IpAddress source, bool mayBeUnspecified)
    {
        if (source.IsUnspecified) return mayBeUnspecified;
        if (device.IsLoopback) return true;
        IPv4Conf all = _host.Sysctl.IPv4.All, own = device.Settings.IPv4;
        int filter = Math.Max(all.RpFilter.Value, own.RpFilter.Value);
        bool acceptLocal = all.AcceptLocal.IsOn || own.AcceptLocal.IsOn;
        if (!acceptLocal && _host.Interfaces.FindAddress(source) is not null) return false;
        if (filter == 0) return true;
        Route? back = _host.Routes.Find(source);
        bool isPlausible = back is { Kind: RouteKind.Unicast or RouteKind.Local } && (filter == 2 || ReferenceEquals(back.Interface, device) || acceptLocal && back.Kind == RouteKind.Local);
        if (!isPlausible) _counters[TcpExtCounter.IPReversePathFilter]++;
        return isPlausible;
    }

    private void Accept(NetworkInterface device, PacketBuffer packet, Ipv4View ip, RouteKind kind)
    {
        if (ip.HeaderLength > Ipv4Header.MinimumLength && !ProcessOptions(packet, ip, kind)) return;
        if (ip.IsFragment)
        {
            if (_reassembler.Add(packet, ip) is not { } whole || !Ipv4View.TryParse(whole.Span, out ip, out _)) return;
            packet = whole;
        }
        Deliver(device, packet, ip, kind);
    }

    /// <returns>False if the packet was refused; its ownership has moved then.</returns>
    private bool ProcessOptions(PacketBuffer packet, Ipv4View ip, RouteKind kind)
    {
        if (!Ipv4OptionsView.TryParse(ip.Options, out Ipv4OptionsView options, out _, out int fault))
        {
            _counters[IpCounter.InHdrErrors]++;
            _host.Icmp.SendParameterProblem4(packet, (byte)(Ipv4Header.MinimumLength + fault));
            packet.Release();
            return false;
        }
        // accept_source_route is off: a route that the sender dictates is refused in silence (RFC 7126 §4.3).
        if (options.SourceRouteOffset >= 0)
        {
            _counters[IpCounter.InHdrErrors]++;
            packet.Release();
            return false;
        }
        if (kind != RouteKind.Local || options.RecordRouteOffset < 0 && options.TimestampOffset < 0) return true;
        packet.EnsureHeaderWritable(ip.HeaderLength);
        Span<byte> header = packet.Span[..ip.HeaderLength];
        Ipv4OptionProcessor.Record(header[Ipv4Header.MinimumLength..], ip.Destination, _host.Interfaces, Ipv4OptionProcessor.TimeOfDay(_host.Loop));
        Ipv4Output.WriteChecksum(header);
        return true;
    }

    private void Deliver(NetworkInterface device, PacketBuffer packet, Ipv4View ip, RouteKind kind)
    {
        if (kind != RouteKind.Local) CountGroup(kind, packet.Length);
        var info = new ReceivedIp
        {
            Source = ip.Source,
            Destination = ip.Destination,
            Protocol = ip.Protocol,
            Interface = device,
            DestinationKind = kind,
            HopLimit = ip.Ttl,
            Tos = ip.Tos,
            HeaderLength = ip.HeaderLength,
        };
        packet.TransportOffset = info.HeaderLength;
        packet.TrimStart(info.HeaderLength);
        bool isTaken = !_raw.IsEmpty && _raw.Deliver(packet, info);
        if (info.Protocol == IpProtocolNumber.Icmpv4)
        {
            _counters[IpCounter.InDelivers]++;
            _host.Icmp.Receive4(packet, info);
        }
        else if (_host.Ip.TransportOf(info.Protocol) is { } transport)
        {
            _counters[IpCounter.InDelivers]++;
            transport.Receive(packet, info);
        }
        else if (isTaken)
        {
            _counters[IpCounter.InDelivers]++;
            packet.Release();
        }
        else
        {
            _counters[IpCounter.InUnknownProtos]++;
            _host.Icmp.SendUnreachable4(packet, Icmpv4UnreachableCode.Protocol);
            packet.Release();
        }
    }

    private void CountCongestion(byte tos) => _counters[(tos & 3) switch
    {
        0 => IpExtCounter.InNoECTPkts,
        1 => IpExtCounter.InECT1Pkts,
        2 => IpExtCounter.InECT0Pkts,
        _ => IpExtCounter.InCEPkts,
    }]++;

    private void CountGroup(RouteKind kind, int length)
    {
        bool multicast = kind == RouteKind.Multicast;
        _counters[multicast ? IpExtCounter.InMcastPkts : IpExtCounter.InBcastPkts]++;
        _counters[multicast ? IpExtCounter.InMcastOctets : IpExtCounter.InBcastOctets] += length;
    }
}
