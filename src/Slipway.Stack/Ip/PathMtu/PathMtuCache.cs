using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The path MTUs that ICMP has told (RFC 1191, RFC 8201), by destination, each for mtu_expires seconds. All by the owner of the loop.</summary>
public sealed class PathMtuCache
{
    /// <summary>Most destinations remembered; the one that would expire first makes room.</summary>
    public const int MaxEntries = 4096;

    private readonly StackHost _host;
    private readonly AddressMap<Entry> _entries;
    private readonly StackTimer<PathMtuCache> _timer;

    internal PathMtuCache(StackHost host, ulong hashKey)
    {
        _host = host;
        _entries = new AddressMap<Entry>(hashKey);
        _timer = new StackTimer<PathMtuCache>(host.Loop, static cache => cache.Expire(), this);
    }

    /// <summary>Destinations remembered.</summary>
    public int Count => _entries.Count;

    /// <summary>Finds what is known of the path to a destination.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="mtu">The path MTU in bytes.</param>
    /// <param name="isLocked">The path takes less than min_pmtu: packets go with that size and without the don't-fragment bit.</param>
    public bool TryGet(IpAddress destination, out int mtu, out bool isLocked)
    {
        bool found = _entries.TryGet(destination, out Entry? entry);
        mtu = found ? entry!.Mtu : 0;
        isLocked = found && entry!.IsLocked;
        return found;
    }

    /// <summary>Takes in that the path to a destination carries at most <paramref name="mtu"/> bytes. It only ever lowers; the first expiry raises.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="mtu">What the message said; too little is raised to what the family and min_pmtu allow.</param>
    /// <param name="current">The MTU used so far.</param>
    /// <returns>Whether the path MTU was lowered.</returns>
    public bool Lower(IpAddress destination, int mtu, int current)
    {
        _host.Loop.AssertOwned();
        bool isLocked = false;
        if (destination.IsIPv4)
        {
            int least = _host.Sysctl.IPv4.MinPmtu.Value;
            if (mtu < least)
            {
                isLocked = true;
                mtu = Math.Min(current, least);
            }
        }
        else
        {
            mtu = Math.Max(mtu, Ipv6Header.MinimumMtu);
        }
        bool known = _entries.TryGet(destination, out Entry? entry);
        if (known && entry!.IsLocked || mtu > current || mtu == current && !isLocked && !known) return false;
        if (entry is null)
        {
            if (_entries.Count >= MaxEntries) RemoveEarliest();
            entry = new Entry(destination);
            _entries.Set(destination, entry);
        }
        bool changed = entry.Mtu != mtu || entry.IsLocked != isLocked;
        entry.Mtu = mtu;
        entry.IsLocked = isLocked;
        int seconds = (destination.IsIPv4 ? _host.Sysctl.IPv4.MtuExpires : _host.Sysctl.IPv6.MtuExpires).Value;
        entry.Expires = _host.Loop.Now + Math.Max(seconds, 0) * StackClock.Second;
        if (!_timer.IsArmed || entry.Expires < _timer.Deadline) _timer.Arm(entry.Expires);
        if (changed) _host.TouchRouting();
        return changed;
    }

    /// <summary>Forgets all (<c>ip route flush cache</c>).</summary>
    public void Clear()
    {
        _host.Loop.AssertOwned();
        _entries.Clear();
        _timer.Cancel();
        _host.TouchRouting();
    }

    private void Expire()
    {
        long now = _host.Loop.Now, next = long.MaxValue;
        var entries = new List<Entry>(_entries.Count);
        _entries.CopyTo(entries);
        foreach (Entry entry in entries)
        {
            if (entry.Expires <= now) _entries.Remove(entry.Destination);
            else next = Math.Min(next, entry.Expires);
        }
        if (next != long.MaxValue) _timer.Arm(next);
        _host.TouchRouting();
    }

    private void RemoveEarliest()
    {
        var entries = new List<Entry>(_entries.Count);
        _entries.CopyTo(entries);
        if (entries.MinBy(static e => e.Expires) is { } earliest) _entries.Remove(earliest.Destination);
    }

    private sealed class Entry(IpAddress destination)
    {
        public readonly IpAddress Destination = destination;
        public int Mtu;
        public bool IsLocked;
        public long Expires;
    }
}
