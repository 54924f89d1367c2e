using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The routes that come and go with an address (Linux: fib_add_ifaddr, addrconf_prefix_route).</summary>
internal static class AddressRoutes
{
    private static readonly IpPrefix MulticastIPv6 = new(new IpAddress(0xFF00_0000_0000_0000, 0), 8);

    public static void Add(LocalAddress address)
    {
        if (!address.IsTentative) AddIfMissing(address, new IpPrefix(address.Address, address.Address.Length * 8), RouteKind.Local, address.Interface, source: PrimaryOf(address));
        Restore(address);
    }

    /// <summary>Adds the routes that need the interface to be up, where they are missing.</summary>
    public static void Restore(LocalAddress address)
    {
        NetworkInterface device = address.Interface;
        if (address is { Address.IsIPv6: true, IsTentative: false }) AddIfMissing(address, new IpPrefix(address.Address, 128), RouteKind.Local, device);
        if (!device.IsUp) return;
        if (!address.IsSecondary && (address.UserFlags & AddressFlags.NoPrefixRoute) == 0) AddNetwork(address);
        if (BroadcastOf(address) is { } broadcast) AddIfMissing(address, new IpPrefix(broadcast, 32), RouteKind.Broadcast, device, source: address.Address);
        if (!address.Broadcast.IsUnspecified) AddIfMissing(address, new IpPrefix(address.Broadcast, 32), RouteKind.Broadcast, device, source: PrimaryOf(address));
        if (address.Address.IsIPv6 && !device.IsLoopback) AddIfMissing(address, MulticastIPv6, RouteKind.Multicast, device, Route.ConnectedIPv6Metric);
    }

    public static void Remove(LocalAddress address)
    {
        NetworkInterface device = address.Interface;
        RemoveUnless(IsNetworkUsed(address), address, address.Network, NetworkKind(device));
        if (BroadcastOf(address) is { } broadcast) RemoveBroadcast(address, broadcast);
        if (!address.Broadcast.IsUnspecified) RemoveBroadcast(address, address.Broadcast);
        RemoveUnless(false, address, new IpPrefix(address.Address, address.Address.Length * 8), RouteKind.Local);
        if (!IsAddressUsed(address)) device.Host.Routes.RemovePreferring(address.Address);
        device.Host.TouchRouting();
    }

    private static void AddNetwork(LocalAddress address)
    {
        NetworkInterface device = address.Interface;
        IpPrefix network = address.Network;
        if (network.Address.IsIPv4)
        {
            // One address alone is no network, but a peer is one.
            bool isNetwork = network.Length < 32 || !address.Peer.IsUnspecified;
            if (isNetwork && network.Address.IPv4 >> 24 != 0) AddIfMissing(address, network, NetworkKind(device), device, address.Metric, address.Address);
            return;
        }
        AddIfMissing(address, network, RouteKind.Unicast, device, address.Metric != 0 ? address.Metric : Route.ConnectedIPv6Metric);
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
            ReferenceEquals(other.Interface, gone.Interface) && other.Network == gone.Network);

    /// <summary>The last address of the network reaches all of it, whether the address names it or not (Linux fib_add_ifaddr).</summary>
    private static IpAddress? BroadcastOf(LocalAddress address)
        => address.Address.IsIPv4 && !address.IsSecondary && address.Prefix.Length < 31 && address.Network.Address.IPv4 >> 24 != 0 ? address.Network.DirectedBroadcast : null;

    /// <summary>Whom packets to an IPv4 address of this host come from: the primary one of its network (Linux fib_add_ifaddr). IPv6 routes leave it open.</summary>
    private static IpAddress PrimaryOf(LocalAddress address)
    {
        if (address.Address.IsIPv6) return default;
        if (!address.IsSecondary) return address.Address;
        foreach (LocalAddress other in address.Interface.Addresses)
        {
            if (other.Address.IsIPv4 && !other.IsSecondary && other.Network == address.Network) return other.Address;
        }
        return address.Address;
    }

    private static void RemoveBroadcast(LocalAddress address, IpAddress broadcast)
    {
        bool isUsed = false;
        foreach (LocalAddress other in address.Interface.Addresses) isUsed |= other != address && (other.Broadcast == broadcast || BroadcastOf(other) == broadcast);
        RemoveUnless(isUsed, address, new IpPrefix(broadcast, 32), RouteKind.Broadcast);
    }
}
