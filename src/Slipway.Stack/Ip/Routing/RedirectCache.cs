using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// Better first hops that routers have told of (RFC 1122 §3.2.2.2, RFC 4861 §8.3), by destination. One counts as long as the route leads by the router that told it, and until the hop does
/// not answer; one of IPv4 for <see cref="Lifetime"/> at most. Those of IPv6 are collected every net.ipv6.route.gc_interval seconds, counted from the first: then those go that are as old,
/// used or not, and those by way of a neighbor that does not call itself a router (Linux fib6_run_gc, rt6_age_examine_exception).
/// </summary>
internal sealed class RedirectCache
{
    /// <summary>Most destinations remembered; the one that would end first makes room.</summary>
    public const int MaxEntries = 1024;

    /// <summary>How long one of IPv4 lasts: the kernel's RT_GC_TIMEOUT.</summary>
    public const long Lifetime = 300 * StackClock.Second;

    private readonly StackHost _host;
    private readonly AddressMap<Entry> _entries;
    private readonly StackTimer<RedirectCache> _timer, _collection;

    public RedirectCache(StackHost host, ulong hashKey)
    {
        _host = host;
        _entries = new AddressMap<Entry>(hashKey);
        _timer = new StackTimer<RedirectCache>(host.Loop, static cache => cache.Expire(), this);
        _collection = new StackTimer<RedirectCache>(host.Loop, static cache => cache.Collect(), this);
    }

    /// <summary>Destinations remembered.</summary>
    public int Count => _entries.Count;

    /// <summary>The first hop to a destination for which a route names a gateway.</summary>
    public IpAddress NextHop(IpAddress destination, Route route)
        => _entries.Count > 0 && _entries.TryGet(destination, out Entry? entry) && entry.ToldBy == route.Gateway && ReferenceEquals(entry.Interface, route.Interface) ? entry.Gateway : route.Gateway;

    /// <summary>Remembers a better first hop.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="route">The route that leads there by the router that told it, or by a hop that was told before.</param>
    /// <param name="gateway">The better hop; the destination itself if that is on the link.</param>
    public void Set(IpAddress destination, Route route, IpAddress gateway)
    {
        if (_entries.Count >= MaxEntries && !_entries.TryGet(destination, out _)) RemoveEarliest();
        long lifetime = destination.IsIPv4 ? Lifetime : CollectionInterval;
        _entries.Set(destination, new Entry(destination, route.Interface, route.Gateway, gateway, _host.Loop.Now + lifetime));
        StackTimer<RedirectCache> timer = destination.IsIPv4 ? _timer : _collection;
        if (!timer.IsArmed) timer.ArmAfter(lifetime);
        _host.TouchRouting();
    }

    /// <summary>A hop does not answer: what was redirected to it goes by the router again (RFC 4861 §7.3.3).</summary>
    public void Forget(IpAddress gateway)
    {
        if (_entries.Count > 0) RemoveWhere(entry => entry.Gateway == gateway);
    }

    private long CollectionInterval => Math.Max(0, _host.Sysctl.IPv6.GcInterval.Value) * StackClock.Second;

    private void Expire()
    {
        long now = _host.Loop.Now, next = long.MaxValue;
        RemoveWhere(entry => entry.Destination.IsIPv4 && entry.Expires <= now);
        foreach (Entry entry in All())
        {
            if (entry.Destination.IsIPv4) next = Math.Min(next, entry.Expires);
        }
        if (next != long.MaxValue) _timer.Arm(next);
    }

    private void Collect()
    {
        long now = _host.Loop.Now;
        RemoveWhere(entry => !entry.Destination.IsIPv4 && (entry.Expires <= now || !entry.LeadsByRouter));
        if (All().Exists(static entry => !entry.Destination.IsIPv4)) _collection.ArmAfter(CollectionInterval);
    }

    private void RemoveWhere(Predicate<Entry> condition)
    {
        bool changed = false;
        foreach (Entry entry in All())
        {
            if (condition(entry)) changed |= _entries.Remove(entry.Destination);
        }
        if (changed) _host.TouchRouting();
    }

    private void RemoveEarliest()
    {
        if (All().MinBy(static entry => entry.Expires) is { } earliest) _entries.Remove(earliest.Destination);
    }

    private List<Entry> All()
    {
        var entries = new List<Entry>(_entries.Count);
        _entries.CopyTo(entries);
        return entries;
    }

    private sealed record Entry(IpAddress Destination, NetworkInterface Interface, IpAddress ToldBy, IpAddress Gateway, long Expires)
    {
        /// <summary>Whether the hop still is what a redirect made of it; a destination on the link is its own.</summary>
        public bool LeadsByRouter => Gateway == Destination || Interface.Neighbors.TryGet(Gateway, out NeighborEntry? neighbor) && neighbor.IsRouter;
    }
}
