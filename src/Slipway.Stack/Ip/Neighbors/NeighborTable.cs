namespace Slipway.Stack;

/// <summary>
/// What the neighbour caches of a host's interfaces share: the bounds on the number of entries of each family (gc_thresh1 to 3) and the two protocols.
/// All by the owner of the loop.
/// </summary>
public sealed class NeighborTable
{
    private const long CollectInterval = 30 * StackClock.Second;
    private const long RecentlyChanged = 5 * StackClock.Second;

    private readonly StackHost _host;
    private readonly ulong _hashKey;
    private readonly StackTimer<NeighborTable> _collector;
    private int _count4, _count6;
    private long _lastForced4 = -RecentlyChanged, _lastForced6 = -RecentlyChanged;

    internal NeighborTable(StackHost host, ulong hashKey)
    {
        _host = host;
        _hashKey = hashKey;
        Random = host.Random.Derive("neighbors");
        Arp = new ArpProtocol(host);
        Discovery = new NeighborDiscovery(host);
        _collector = new StackTimer<NeighborTable>(host.Loop, static table => table.CollectUnused(), this);
    }

    /// <summary>Entries of IPv4, of all interfaces.</summary>
    public int Count4 => _count4;

    /// <summary>Entries of IPv6, of all interfaces.</summary>
    public int Count6 => _count6;

    /// <summary>Entries refused because there were gc_thresh3 already (table_fulls of /proc/net/stat/arp_cache).</summary>
    public long TableFulls { get; private set; }

    /// <summary>Packets dropped because too many waited for one neighbour (unresolved_discards).</summary>
    public long UnresolvedDiscards { get; internal set; }

    internal RandomSource Random { get; }

    internal ArpProtocol Arp { get; }

    internal NeighborDiscovery Discovery { get; }

    internal NeighborCache CreateCache(NetworkInterface owner) => new(owner, this, _hashKey);

    /// <summary>Sees to it that one more entry may be made.</summary>
    internal bool MakeRoom(bool isIPv4)
    {
        NeighborConf conf = ConfOf(isIPv4);
        int count = isIPv4 ? _count4 : _count6;
        ref long lastForced = ref isIPv4 ? ref _lastForced4 : ref _lastForced6;
        long now = _host.Loop.Now;
        if (count < conf.GcThresh3!.Value && (count < conf.GcThresh2!.Value || now - lastForced < RecentlyChanged)) return true;
        lastForced = now;
        Collect(isIPv4, count - conf.GcThresh2!.Value + 1, entry => entry.State == NeighborState.Failed || entry.Updated < now - RecentlyChanged);
        if ((isIPv4 ? _count4 : _count6) < conf.GcThresh3!.Value) return true;
        TableFulls++;
        return false;
    }

    internal void Added(NeighborEntry entry)
    {
        int count = entry.Address.IsIPv4 ? ++_count4 : ++_count6;
        if (count >= ConfOf(entry.Address.IsIPv4).GcThresh1!.Value && !_collector.IsArmed) _collector.ArmAfter(CollectInterval);
    }

    internal void Removed(NeighborEntry entry)
    {
        if (entry.Address.IsIPv4) _count4--;
        else _count6--;
    }

    /// <summary>Only where there are many: below gc_thresh1 an entry costs less than the timer that would look after it.</summary>
    private void CollectUnused()
    {
        if (CollectUnused(isIPv4: true) | CollectUnused(isIPv4: false)) _collector.ArmAfter(CollectInterval);
    }

    private bool CollectUnused(bool isIPv4)
    {
        int threshold = ConfOf(isIPv4).GcThresh1!.Value;
        if ((isIPv4 ? _count4 : _count6) < threshold) return false;
        long now = _host.Loop.Now;
        Collect(isIPv4, int.MaxValue, entry =>
        {
            InterfaceSysctl settings = entry.Interface.Settings;
            long stale = (isIPv4 ? settings.NeighborIPv4 : settings.NeighborIPv6).GcStaleTime.Value * StackClock.Second;
            return entry.State == NeighborState.Failed || entry.LastUsed + stale < now;
        });
        return (isIPv4 ? _count4 : _count6) >= threshold;
    }

    private void Collect(bool isIPv4, int most, Func<NeighborEntry, bool> condition)
    {
        foreach (NetworkInterface device in _host.Interfaces)
        {
            foreach (NeighborEntry entry in device.Neighbors.List())
            {
                if (most <= 0) return;
                if (entry.Address.IsIPv4 != isIPv4 || entry.State == NeighborState.Permanent || !condition(entry)) continue;
                device.Neighbors.Forget(entry);
                most--;
            }
        }
    }

    private NeighborConf ConfOf(bool isIPv4) => isIPv4 ? _host.Sysctl.IPv4.NeighborDefault : _host.Sysctl.IPv6.NeighborDefault;
}
