using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The routes that come and go with an address (Linux: fib_add_ifaddr, addrconf_prefix_route).</summary>
internal static class AddressRoutes
{
    private static readonly IpPrefix MulticastIPv6 = new(new IpAddress(0xFF00_0000_0000_0000, 0), 8);

    public static void Add(LocalAddress address)
    {
        AddIfMissing(address, new IpPrefix(address.Address, address.Address.Length * 8), RouteKind.Local, address.Interface);
        Restore(address);
    }

    /// <summary>Adds the routes that need the interface to be up, where they are missing.</summary>
    public static void Restore(LocalAddress address)
    {
        NetworkInterface device = address.Interface;
        if (address.Address.IsIPv6) AddIfMissing(address, new IpPrefix(address.Address, 128), RouteKind.Local, device);
        if (!device.IsUp) return;
        if (!address.IsSecondary) AddNetwork(address);
        if (!address.Broadcast.IsUnspecified) AddIfMissing(address, new IpPrefix(address.Broadcast, 32), RouteKind.Broadcast, device);
        if (address.Address.IsIPv6 && !device.IsLoopback) AddIfMissing(address, MulticastIPv6, RouteKind.Multicast, device, Route.ConnectedIPv6Metric);
    }

    public static void Remove(LocalAddress address)
    {
        NetworkInterface device = address.Interface;
        RemoveUnless(false, address, new IpPrefix(address.Address, address.Address.Length * 8), RouteKind.Local);
        RemoveUnless(IsNetworkUsed(address), address, address.Prefix.Network, NetworkKind(device));
        if (!address.Broadcast.IsUnspecified) RemoveUnless(IsBroadcastUsed(address), address, new IpPrefix(address.Broadcast, 32), RouteKind.Broadcast);
        if (!IsAddressUsed(address)) device.Host.Routes.RemovePreferring(address.Address);
        device.Host.TouchRouting();
    }

    private static void AddNetwork(LocalAddress address)
    {
        NetworkInterface device = address.Interface;
        IpPrefix prefix = address.Prefix;
        if (prefix.Address.IsIPv4)
        {
            if (prefix.Length < 32 && prefix.Network.Address.IPv4 >> 24 != 0) AddIfMissing(address, prefix.Network, NetworkKind(device), device, source: address.Address);
            return;
        }
        AddIfMissing(address, prefix.Network, RouteKind.Unicast, device, Route.ConnectedIPv6Metric);
    }

    /// <summary>All of 127.0.0.0/8 is this host (RFC 1122 §3.2.1.3).</summary>
    private static RouteKind NetworkKind(NetworkInterface device) => device.IsLoopback ? RouteKind.Local : RouteKind.Unicast;

    private static void AddIfMissing(LocalAddress address, IpPrefix prefix, RouteKind kind, NetworkInterface device, int metric = 0, IpAddress source = default)
    {
        RouteTable routes = address.Interface.Host.Routes;
        foreach (Route route in routes.OfPrefix(prefix))
        {
            if (route.IsConnected && route.Kind == kind && ReferenceEquals(route.Interface, device)) return;
        }
        routes.Insert(new Route { Destination = prefix, Interface = device, Kind = kind, Metric = metric, PreferredSource = source, IsConnected = true });
    }

    private static void RemoveUnless(bool isUsed, LocalAddress address, IpPrefix prefix, RouteKind kind)
    {
        if (isUsed) return;
        RouteTable routes = address.Interface.Host.Routes;
        foreach (Route route in routes.OfPrefix(prefix))
        {
            if (!route.IsConnected || route.Kind != kind || !ReferenceEquals(route.Interface, address.Interface)) continue;
            routes.Remove(route);
            return;
        }
    }

    private static bool IsAddressUsed(LocalAddress removed) => removed.Interface.Host.Interfaces.HasOther(removed, static (other, gone) => other.Address == gone.Address);

    private static bool IsNetworkUsed(LocalAddress removed)
        => removed.IsSecondary || removed.Address.IsIPv6 && removed.Interface.Host.Interfaces.HasOther(removed, static (other, gone) =>
            ReferenceEquals(other.Interface, gone.Interface) && other.Prefix.Network == gone.Prefix.Network);

    private static bool IsBroadcastUsed(LocalAddress removed)
        => removed.Interface.Host.Interfaces.HasOther(removed, static (other, gone) => ReferenceEquals(other.Interface, gone.Interface) && other.Broadcast == gone.Broadcast);
}
