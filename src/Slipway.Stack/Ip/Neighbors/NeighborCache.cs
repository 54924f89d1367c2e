using System.Diagnostics.CodeAnalysis;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The neighbours on the link of one interface, of both families. All by the owner of the loop.</summary>
public sealed class NeighborCache
{
    private const long RandomizePeriod = 300 * StackClock.Second;

    private readonly NeighborTable _table;
    private readonly AddressMap<NeighborEntry> _entries;
    private ReachableTimeOf _reachable4, _reachable6;

    internal NeighborCache(NetworkInterface owner, NeighborTable table, ulong hashKey)
    {
        Interface = owner;
        _table = table;
        _entries = new AddressMap<NeighborEntry>(hashKey);
    }

    /// <summary>The interface.</summary>
    public NetworkInterface Interface { get; }

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Finds a neighbour.</summary>
    public bool TryGet(IpAddress address, [NotNullWhen(true)] out NeighborEntry? entry) => _entries.TryGet(address, out entry);

    /// <summary>Sets a neighbour for good (<c>ip neigh replace … nud permanent</c>).</summary>
    /// <returns>EINVAL: no unicast address; EOPNOTSUPP: the link has no addresses; ENOBUFS: the table is full.</returns>
    public Errno SetPermanent(IpAddress address, MacAddress linkAddress)
    {
        Interface.Host.Loop.AssertOwned();
        if (address.IsMulticast || address.IsUnspecified) return Errno.EINVAL;
        if (!Interface.HasLinkAddresses) return Errno.EOPNOTSUPP;
        if (GetOrAdd(address) is not { } entry) return Errno.ENOBUFS;
        entry.Update(linkAddress, NeighborState.Permanent, mayOverride: true, isAdministrative: true);
        return Errno.None;
    }

    /// <summary>Forgets a neighbour, a permanent one too.</summary>
    /// <returns>ENOENT: it was not there.</returns>
    public Errno Remove(IpAddress address)
    {
        Interface.Host.Loop.AssertOwned();
        if (!_entries.TryGet(address, out NeighborEntry? entry)) return Errno.ENOENT;
        Forget(entry);
        return Errno.None;
    }

    /// <summary>The entries, IPv4 first, by address.</summary>
    public IReadOnlyList<NeighborEntry> List()
    {
        var list = new List<NeighborEntry>(_entries.Count);
        _entries.CopyTo(list);
        list.Sort(static (a, b) => a.Address.CompareTo(b.Address));
        return list;
    }

    /// <summary>Finds or makes an entry; null if the table is full.</summary>
    internal NeighborEntry? GetOrAdd(IpAddress address)
    {
        if (_entries.TryGet(address, out NeighborEntry? entry)) return entry;
        if (!_table.MakeRoom(address.IsIPv4)) return null;
        entry = new NeighborEntry(this, address);
        _entries.Set(address, entry);
        _table.Added(entry);
        return entry;
    }

    internal void Forget(NeighborEntry entry)
    {
        if (!_entries.Remove(entry.Address)) return;
        Interface.Host.Netlink.Changes.NeighborRemoved(entry);
        entry.Drop();
        _table.Removed(entry);
    }

    /// <summary>Forgets all but what an administrator set.</summary>
    internal void ForgetLearnt()
    {
        foreach (NeighborEntry entry in List())
        {
            if (entry.State != NeighborState.Permanent) Forget(entry);
        }
    }

    internal void Clear()
    {
        foreach (NeighborEntry entry in List()) Forget(entry);
    }

    internal INeighborProtocol ProtocolOf(IpAddress address) => address.IsIPv4 ? _table.Arp : _table.Discovery;

    internal void CountUnresolvedDiscard() => _table.UnresolvedDiscards++;

    /// <summary>RFC 4861 §6.3.2: uniformly random between half and one and a half of the base time, drawn anew now and then.</summary>
    internal long ReachableTime(bool isIPv4)
    {
        InterfaceSysctl settings = Interface.Settings;
        int milliseconds = (isIPv4 ? settings.NeighborIPv4 : settings.NeighborIPv6).BaseReachableTimeMs.Value;
        ref ReachableTimeOf known = ref isIPv4 ? ref _reachable4 : ref _reachable6;
        long now = Interface.Host.Loop.Now;
        if (known.Time == 0 || known.Base != milliseconds || now - known.DrawnAt >= RandomizePeriod)
        {
            long half = milliseconds * StackClock.Millisecond / 2;
            known = new ReachableTimeOf { Base = milliseconds, DrawnAt = now, Time = half == 0 ? 0 : half + _table.Random.NextInt64(2 * half) };
        }
        return known.Time;
    }

    private struct ReachableTimeOf
    {
        public int Base;
        public long DrawnAt;
        public long Time;
    }
}
