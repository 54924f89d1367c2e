using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The routes of a host, both families: the longest prefix wins, then the least metric, then the oldest. What Linux spreads over the tables <c>local</c>
/// and <c>main</c> stands here together. All by the owner of the loop.
/// </summary>
public sealed class RouteTable
{
    private readonly StackHost _host;
    private readonly RouteTrie _ipv4 = new(), _ipv6 = new();
    private readonly List<Route> _all = [];
    private long _order;

    internal RouteTable(StackHost host) => _host = host;

    /// <summary>Number of routes.</summary>
    public int Count => _all.Count;

    /// <summary>Adds a route.</summary>
    /// <returns>
    /// EEXIST: there is one of this prefix, metric and (for IPv6) gateway; ENETDOWN: the interface is down; EINVAL: the families differ, host bits are set, or the gateway is an
    /// address of this host; ENETUNREACH (IPv6: EHOSTUNREACH): the gateway is not on a link of the interface.
    /// </returns>
    public Errno Add(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        _host.Loop.AssertOwned();
        Errno errno = Check(route);
        if (errno != Errno.None) return errno;
        for (Route? other = TrieOf(route.Destination.Address).FirstOf(route.Destination); other is not null; other = other.NextSamePrefix)
        {
            if (other.Metric != route.Metric || !IsSame(other, route)) continue;
            return Errno.EEXIST;
        }
        Insert(route);
        return Errno.None;
    }

    /// <summary>Adds a unicast route, with the interface found from the gateway's own route where none is given.</summary>
    /// <param name="destination">Where it leads; host bits are cleared.</param>
    /// <param name="gateway">The gateway; unspecified for hosts on the link.</param>
    /// <param name="device">The interface; null to find it.</param>
    /// <param name="metric">The metric; null for the family's default (0, IPv6: 1024).</param>
    /// <returns>As <see cref="Add(Route)"/>; ENODEV: neither gateway nor interface.</returns>
    public Errno Add(IpPrefix destination, IpAddress gateway, NetworkInterface? device = null, int? metric = null)
    {
        if (device is null)
        {
            if (gateway.IsUnspecified) return Errno.ENODEV;
            // RFC 4007 §6: a link-local gateway names no link by itself.
            if (gateway.IsIPv6 && gateway.IsLinkLocal) return Errno.EINVAL;
            Route? via = Find(gateway, 0, onLinkOnly: true);
            if (via is null) return gateway.IsIPv4 ? Errno.ENETUNREACH : Errno.EHOSTUNREACH;
            device = via.Interface;
        }
        return Add(new Route
        {
            Destination = destination.Network,
            Gateway = gateway,
            Interface = device,
            Metric = metric ?? (destination.Address.IsIPv4 ? 0 : Route.DefaultIPv6Metric),
        });
    }

    /// <summary>Removes the first route that fits.</summary>
    /// <param name="destination">Its prefix; host bits are cleared.</param>
    /// <param name="gateway">Its gateway; null for any.</param>
    /// <param name="device">Its interface; null for any.</param>
    /// <param name="metric">Its metric; null for any.</param>
    /// <returns>ESRCH: there is none.</returns>
    public Errno Remove(IpPrefix destination, IpAddress? gateway = null, NetworkInterface? device = null, int? metric = null)
    {
        _host.Loop.AssertOwned();
        destination = destination.Network;
        for (Route? route = TrieOf(destination.Address).FirstOf(destination); route is not null; route = route.NextSamePrefix)
        {
            if (gateway is { } g && g != route.Gateway || device is not null && !ReferenceEquals(device, route.Interface) || metric is { } m && m != route.Metric) continue;
            Remove(route);
            return Errno.None;
        }
        return Errno.ESRCH;
    }

    /// <summary>Removes a route.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(Route route)
    {
        if (!RemoveSilently(route)) return false;
        _host.Netlink.Changes.RouteRemoved(route);
        return true;
    }

    /// <summary>Puts a route in the place of another one.</summary>
    internal void Replace(Route old, Route route)
    {
        RemoveSilently(old);
        Insert(route, replaces: true);
    }

    private bool RemoveSilently(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        _host.Loop.AssertOwned();
        if (!_all.Remove(route)) return false;
        TrieOf(route.Destination.Address).Remove(route);
        _host.TouchRouting();
        return true;
    }

    /// <summary>The route to an address.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="interfaceIndex">The interface that it must use; 0 for any.</param>
    /// <param name="onLinkOnly">Without a gateway.</param>
    public Route? Find(IpAddress destination, int interfaceIndex = 0, bool onLinkOnly = false)
        => TrieOf(destination).Find(destination, interfaceIndex, onLinkOnly);

    /// <summary>All routes: IPv4 first, by network, prefix length, metric, age.</summary>
    public IReadOnlyList<Route> List()
    {
        var list = new List<Route>(_all);
        list.Sort(static (a, b) =>
        {
            int order = a.Destination.Address.CompareTo(b.Destination.Address);
            if (order == 0) order = a.Destination.Length.CompareTo(b.Destination.Length);
            if (order == 0) order = a.Metric.CompareTo(b.Metric);
            return order != 0 ? order : a.Order.CompareTo(b.Order);
        });
        return list;
    }

    /// <summary>A copy of the routes of exactly this prefix, best first.</summary>
    internal List<Route> OfPrefix(IpPrefix prefix)
    {
        var list = new List<Route>();
        for (Route? route = TrieOf(prefix.Address).FirstOf(prefix); route is not null; route = route.NextSamePrefix) list.Add(route);
        return list;
    }

    /// <summary>Adds a route that comes with an address, whatever the state of its interface.</summary>
    internal void Insert(Route route, bool replaces = false)
    {
        route.Order = ++_order;
        _all.Add(route);
        TrieOf(route.Destination.Address).Add(route);
        _host.TouchRouting();
        _host.Netlink.Changes.RouteAdded(route, replaces);
    }

    /// <summary>The interface went down: its routes go, but those to this host's own IPv4 addresses stay, as in Linux.</summary>
    internal void RemoveAll(NetworkInterface device, bool keepLocalIPv4)
    {
        for (int i = _all.Count - 1; i >= 0; i--)
        {
            Route route = _all[i];
            if (!ReferenceEquals(route.Interface, device) || keepLocalIPv4 && route.Kind == RouteKind.Local && route.Destination.Address.IsIPv4) continue;
            RemoveFlushed(route);
        }
    }

    /// <summary>The routes that routers have told of on this interface.</summary>
    internal List<Route> LearntOn(NetworkInterface device)
    {
        var list = new List<Route>();
        foreach (Route route in _all)
        {
            if (route.IsLearnt && ReferenceEquals(route.Interface, device)) list.Add(route);
        }
        return list;
    }

    /// <summary>An address went: so do the routes that prefer it as source.</summary>
    internal void RemovePreferring(IpAddress source)
    {
        for (int i = _all.Count - 1; i >= 0; i--)
        {
            if (_all[i].PreferredSource == source && !source.IsUnspecified) RemoveFlushed(_all[i]);
        }
    }

    /// <summary>Linux tells nobody of an IPv4 route that goes with its interface or its source (fib_flush): they see the interface or the address go.</summary>
    private void RemoveFlushed(Route route)
    {
        if (route.Destination.Address.IsIPv4) RemoveSilently(route);
        else Remove(route);
    }

    private static bool IsSame(Route left, Route right)
        => right.Destination.Address.IsIPv4
            ? IsOfTableLocal(left) == IsOfTableLocal(right)
            : left.Gateway == right.Gateway && ReferenceEquals(left.Interface, right.Interface);

    private static bool IsOfTableLocal(Route route) => route.Kind is RouteKind.Local or RouteKind.Broadcast;

    /// <summary>What is wrong with a route, by itself.</summary>
    internal Errno Check(Route route)
    {
        IpAddress network = route.Destination.Address;
        if (route.Destination.Length < 0 || route.Destination.Length > network.Length * 8 || route.Destination.Network.Address != network) return Errno.EINVAL;
        if (!ReferenceEquals(route.Interface.Host, _host)) return Errno.ENODEV;
        if (!route.PreferredSource.IsUnspecified && (route.PreferredSource.IsIPv4 != network.IsIPv4 || _host.Interfaces.FindAddress(route.PreferredSource) is null)) return Errno.EINVAL;
        Errno error = route.HasGateway ? CheckGateway(route) : Errno.None;
        return error == Errno.None && !route.Interface.IsUp ? Errno.ENETDOWN : error;
    }

    private Errno CheckGateway(Route route)
    {
        IpAddress gateway = route.Gateway;
        if (gateway.IsIPv4 != route.Destination.Address.IsIPv4 || route.Kind != RouteKind.Unicast) return Errno.EINVAL;
        if (gateway.IsMulticast || gateway.IsLoopback || _host.Interfaces.FindAddress(gateway) is not null) return Errno.EINVAL;
        if (route.IsOnLink || gateway.IsIPv6 && gateway.IsLinkLocal) return Errno.None;
        Route? via = Find(gateway, route.Interface.Index, onLinkOnly: true);
        if (via is { Kind: RouteKind.Unicast }) return Errno.None;
        return gateway.IsIPv4 ? Errno.ENETUNREACH : Errno.EHOSTUNREACH;
    }

    private RouteTrie TrieOf(IpAddress address) => address.IsIPv4 ? _ipv4 : _ipv6;
}
