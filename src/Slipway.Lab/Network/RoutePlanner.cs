using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>
/// The routes that a network finds by itself. A host gets the default route to the only router that shares a network with it. A router gets a route to every network that it has not
/// itself, the shortest way, and where several are as short through the router that was added first. What the user has routed stays.
/// </summary>
internal sealed class RoutePlanner(VirtualNetwork network, SegmentMap segments)
{
    private readonly List<Host> _routers = [.. network.Hosts.Where(static host => host.IsRouter)];

    public void Apply()
    {
        if (_routers.Count == 0) return;
        foreach (Host host in network.Hosts)
        {
            if (host.IsRouter)
            {
                RouteEverywhere(host);
                continue;
            }
            AddDefault(host, ipv4: true);
            AddDefault(host, ipv4: false);
        }
    }

    private void AddDefault(Host host, bool ipv4)
    {
        var everything = new IpPrefix(ipv4 ? IpAddress.AnyIPv4 : IpAddress.AnyIPv6, 0);
        if (IsRouted(host, everything)) return;
        Hop? only = null;
        foreach (Hop hop in HopsFrom(host))
        {
            if (hop.Gateway.IsIPv4 != ipv4) continue;
            if (only is { } other)
            {
                if (other.Router != hop.Router) return;
                continue;
            }
            only = hop;
        }
        if (only is { } way) Add(host, everything, way);
    }

    /// <summary>Breadth first over the routers, separately for each family.</summary>
    private void RouteEverywhere(Host router)
    {
        var known = new HashSet<IpPrefix>();
        foreach (LabInterface own in router.Interfaces)
            foreach (IpPrefix prefix in own.Prefixes) known.Add(prefix.Network);
        RouteFamily(router, known, ipv4: true);
        RouteFamily(router, known, ipv4: false);
    }

    private void RouteFamily(Host router, HashSet<IpPrefix> known, bool ipv4)
    {
        var seen = new HashSet<Host> { router };
        var queue = new Queue<(Host Router, Hop First)>();
        foreach (Hop hop in HopsFrom(router))
            if (hop.Gateway.IsIPv4 == ipv4 && seen.Add(hop.Router)) queue.Enqueue((hop.Router, hop));
        while (queue.TryDequeue(out (Host Router, Hop First) next))
        {
            foreach (LabInterface end in next.Router.Interfaces)
            {
                foreach (IpPrefix prefix in end.Prefixes)
                {
                    if (prefix.Address.IsIPv4 != ipv4 || !known.Add(prefix.Network)) continue;
                    if (!IsRouted(router, prefix.Network)) Add(router, prefix.Network, next.First);
                }
            }
            foreach (Hop hop in HopsFrom(next.Router))
                if (hop.Gateway.IsIPv4 == ipv4 && seen.Add(hop.Router)) queue.Enqueue((hop.Router, next.First));
        }
    }

    /// <summary>The routers that share a network, or a link of two, with a host; in the order in which they were added.</summary>
    private List<Hop> HopsFrom(Host host)
    {
        var hops = new List<Hop>();
        foreach (LabInterface own in host.Interfaces)
        {
            foreach (LabInterface other in segments.SegmentOf(own))
            {
                if (other.Node is not Host { IsRouter: true } router || router == host) continue;
                foreach (IpPrefix prefix in other.Prefixes)
                    if (own.Device.Kind == LinkKind.PointToPoint || own.Prefixes.Exists(mine => mine.Network == prefix.Network)) hops.Add(new Hop(router, own, prefix.Address));
            }
        }
        hops.Sort((a, b) => _routers.IndexOf(a.Router).CompareTo(_routers.IndexOf(b.Router)));
        return hops;
    }

    private static bool IsRouted(Host host, IpPrefix destination)
        => host.Routes.Exists(route => route.Destination.Network == destination.Network && route.Destination.Address.IsIPv4 == destination.Address.IsIPv4)
            || host.Stack.Routes.List().Any(route => route.Destination == destination && route.HasGateway);

    private static void Add(Host host, IpPrefix destination, in Hop hop) => host.Stack.Routes.Add(destination, hop.Gateway, hop.By.Interface);

    private readonly record struct Hop(Host Router, LabInterface By, IpAddress Gateway);
}
