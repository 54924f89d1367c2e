using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Decides where packets of this host go, by the rules of Linux's ip_route_output and ip6_route_output.</summary>
internal sealed class RouteResolver(StackHost host)
{
    private const int MaxIPv4Mtu = Ipv4Header.MaximumPacketLength;

    public Errno Resolve(in FlowKey flow, out RouteDecision decision)
        => flow.Destination.IsIPv4 ? ResolveIPv4(flow, out decision) : ResolveIPv6(flow, out decision);

    private Errno ResolveIPv4(in FlowKey flow, out RouteDecision decision)
    {
        decision = default;
        IpAddress destination = flow.Destination;
        IpAddress source = flow.Source.IsUnspecified ? IpAddress.AnyIPv4 : flow.Source;
        NetworkInterface? device = null;
        if (flow.InterfaceIndex != 0)
        {
            device = host.Interfaces.Find(flow.InterfaceIndex);
        }
        if (!source.IsUnspecified)
        {
            if (source.IsMulticast || source.IsLimitedBroadcast) return Errno.EINVAL;
            if (!flow.AnySource && !host.Interfaces.IsLocal(source)) return Errno.ENETUNREACH;
            // A group or all on the link, without a word about which link: that of the source address.
            if (device is null && (destination.IsMulticast || destination.IsLimitedBroadcast)) device = OwnerOf(source);
        }
        if (flow.InterfaceIndex != 0)
        {
            if (host.Interfaces.Find(flow.InterfaceIndex) is not { } wanted) return Errno.ENODEV;
            if (!wanted.IsUp) return Errno.ENETUNREACH;
        }
        if (destination.IsUnspecified) return ResolveWildcard(flow, device, source, out decision);
        if (device is not null && (destination.IsLinkScopeMulticast || destination.IsLimitedBroadcast))
            return Decide(flow, device, destination, ChooseIPv4(source, device, destination, AddressScope.Link), null, out decision);

        Route? route = host.Routes.Find(destination, flow.InterfaceIndex, flow.DontRoute);
        if (route is null)
        {
            // Bound to an interface, a program gets what it asks for: the destination is taken to be on its link.
            if (device is null || flow.InterfaceIndex == 0 && !destination.IsMulticast) return Errno.ENETUNREACH;
            return Decide(flow, device, destination, ChooseIPv4(source, device, destination, AddressScope.Link), null, out decision);
        }
        Errno refused = Refusal(route.Kind);
        if (refused != Errno.None) return refused;
        if (route.Kind == RouteKind.Local) return Decide(flow, host.Loopback, destination, source.IsUnspecified ? LocalSource(route, destination) : source, route, out decision);
        if (source.IsUnspecified)
        {
            AddressScope scope = route.HasGateway ? AddressScope.Global : AddressScope.Link;
            source = !route.PreferredSource.IsUnspecified ? route.PreferredSource : SourceSelection.PrimaryIPv4(route.Interface, route.HasGateway ? route.Gateway : destination, scope);
        }
        // A group is reached on the link whatever the route says, unless the route is for groups.
        bool ignoreGateway = destination.IsMulticast && route.Destination.Length < 4;
        return Decide(flow, device is not null && ignoreGateway ? device : route.Interface, destination, source, ignoreGateway ? null : route, out decision);
    }

    /// <summary>To nowhere is to this host, and needs no route: the kernel looks for none (ip_route_output_key_hash_rcu).</summary>
    private Errno ResolveWildcard(in FlowKey flow, NetworkInterface? device, IpAddress source, out RouteDecision decision)
    {
        if (source.IsUnspecified && device is not null) source = SourceSelection.PrimaryIPv4(device, IpAddress.AnyIPv4, AddressScope.Host);
        if (source.IsUnspecified) source = IpAddress.LoopbackIPv4;
        Errno error = Decide(flow, host.Loopback, source, source, null, out decision);
        decision = decision with { Kind = RouteKind.Local };
        return error;
    }

    private Errno ResolveIPv6(in FlowKey flow, out RouteDecision decision)
    {
        decision = default;
        IpAddress destination = flow.Destination.IsUnspecified ? (flow.Source.IsUnspecified ? IpAddress.LoopbackIPv6 : flow.Source) : flow.Destination;
        NetworkInterface? device = null;
        if (flow.InterfaceIndex != 0)
        {
            device = host.Interfaces.Find(flow.InterfaceIndex);
            if (device is not { IsUp: true })
            {
                if (!flow.IsInterfaceWish) return Errno.ENETUNREACH;
                device = null;
            }
        }
        // Other than IPv4, IPv6 does not ask whether the source is still an address of this host: bind and IPV6_PKTINFO have.
        bool hasSource = !flow.Source.IsUnspecified;
        if (hasSource && !flow.AnySource && flow.Source.IsIPv4) return Errno.EINVAL;
        // Without a word about the link, that of a link-local source or of the first route counts; connect and bind refuse it before (RFC 4007 §6).
        if (device is null && hasSource && (destination.IsMulticast || destination.IsLinkLocal && flow.Source.IsLinkLocal) && host.Interfaces.FindAddress(flow.Source) is { } sender) device = sender.Interface;
        Route? route = host.Routes.Find(destination, device?.Index ?? 0, flow.DontRoute);
        if (flow.IsInterfaceWish && device is not null) route = BetterOf(route, host.Routes.Find(destination, 0, flow.DontRoute));
        if (route is null) return Errno.ENETUNREACH;
        Errno refused = Refusal(route.Kind);
        if (refused != Errno.None) return refused;
        bool isLocal = route.Kind == RouteKind.Local;
        IpAddress source = flow.Source;
        if (!hasSource)
        {
            source = isLocal && !route.IsAnycast ? destination
                : !route.PreferredSource.IsUnspecified ? route.PreferredSource
                : SourceSelection.SelectIPv6(route.Interface, destination, flow.Preferences);
            if (source.IsUnspecified && !flow.AnySource) return Errno.EADDRNOTAVAIL;
        }
        return Decide(flow, isLocal ? host.Loopback : route.Interface, destination, source, route, out decision);
    }

    /// <summary>The route by the interface that is wished for, unless another is more specific or cheaper (Linux rt6_score_route).</summary>
    private static Route? BetterOf(Route? wished, Route? best)
        => wished is not null && best is not null && wished.Destination.Length == best.Destination.Length && wished.Metric == best.Metric ? wished : best;

    private Errno Decide(in FlowKey flow, NetworkInterface device, IpAddress destination, IpAddress source, Route? route, out RouteDecision decision)
    {
        decision = default;
        RouteKind kind = KindOf(destination, route);
        if (destination.IsIPv4)
        {
            if (source.IsLoopback && !device.IsLoopback && !device.RoutesLocalnet && !flow.AnySource) return Errno.EINVAL;
            if (destination.IsLoopback && !device.IsLoopback && !device.RoutesLocalnet) return Errno.EINVAL;
        }
        else if (!device.HasIPv6)
        {
            return Errno.ENETUNREACH;
        }
        bool viaGateway = kind is RouteKind.Unicast && route is { HasGateway: true };
        int mtu = InterfaceMtu(device, route, destination.IsIPv4);
        bool locked = route is { IsMtuLocked: true };
        if (!locked && host.PathMtu.TryGet(destination, out int pathMtu, out bool pathLocked))
        {
            mtu = Math.Min(mtu, pathMtu);
            locked = pathLocked;
        }
        decision = new RouteDecision
        {
            Interface = device,
            Source = source,
            Destination = destination,
            NextHop = viaGateway ? host.Redirects.NextHop(destination, route!) : destination,
            Kind = kind,
            Mtu = mtu,
            IsMtuLocked = locked,
            Generation = host.RoutingGeneration,
            Route = route,
        };
        return Errno.None;
    }

    internal static int InterfaceMtu(NetworkInterface device, Route? route, bool isIPv4)
    {
        int mtu = isIPv4 ? Math.Min(device.Mtu, MaxIPv4Mtu) : Math.Min(device.Settings.IPv6.Mtu.Value, device.Mtu);
        return route is { Mtu: > 0 } ? Math.Min(mtu, route.Mtu) : mtu;
    }

    /// <summary>The interface that has an address, by itself or by a route of its own as those of 127.0.0.0/8 are (Linux __ip_dev_find).</summary>
    private NetworkInterface? OwnerOf(IpAddress address)
        => host.Interfaces.FindAddress(address)?.Interface ?? (host.Routes.Find(address) is { Kind: RouteKind.Local } route ? route.Interface : null);

    private static RouteKind KindOf(IpAddress destination, Route? route)
    {
        if (destination.IsMulticast) return RouteKind.Multicast;
        if (destination.IsLimitedBroadcast) return RouteKind.Broadcast;
        return route?.Kind ?? RouteKind.Unicast;
    }

    internal static Errno Refusal(RouteKind kind) => kind switch
    {
        RouteKind.Blackhole => Errno.EINVAL,
        RouteKind.Unreachable => Errno.EHOSTUNREACH,
        RouteKind.Prohibit => Errno.EACCES,
        _ => Errno.None,
    };

    private static IpAddress LocalSource(Route route, IpAddress destination) => route.PreferredSource.IsUnspecified ? destination : route.PreferredSource;

    private static IpAddress ChooseIPv4(IpAddress source, NetworkInterface device, IpAddress destination, AddressScope scope)
        => source.IsUnspecified ? SourceSelection.PrimaryIPv4(device, destination.IsMulticast || destination.IsLimitedBroadcast ? IpAddress.AnyIPv4 : destination, scope) : source;
}
