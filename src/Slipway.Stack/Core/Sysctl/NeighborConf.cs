namespace Slipway.Stack;

/// <summary>
/// <c>net.ipv4.neigh.NAME</c> and <c>net.ipv6.neigh.NAME</c>: how an interface finds and keeps its neighbours' addresses (arp(7), RFC 4861 §10). A change under
/// <c>default</c> reaches interfaces whose own value was never set.
/// </summary>
public sealed class NeighborConf
{
    private readonly Sysctl _tree;
    private readonly string _directory;
    private readonly List<SysctlInt> _entries = [];

    internal NeighborConf(Sysctl tree, string family, string name)
    {
        _tree = tree;
        _directory = $"net/{family}/neigh/{name}/";
        const int Any = int.MinValue;
        BaseReachableTimeMs = Add("base_reachable_time_ms", 30000, 0, "mean time that a confirmed neighbour counts as reachable, milliseconds");
        RetransTimeMs = Add("retrans_time_ms", 1000, 0, "time between solicitations, milliseconds");
        DelayFirstProbeTime = Add("delay_first_probe_time", 5, Any, "seconds that a stale neighbour in use may be confirmed from above before it is probed");
        GcStaleTime = Add("gc_stale_time", 60, Any, "seconds after which an unused neighbour may be forgotten");
        UcastSolicit = Add("ucast_solicit", 3, 0, "solicitations to the known address before a neighbour is given up");
        McastSolicit = Add("mcast_solicit", 3, 0, "solicitations to all before a neighbour is given up");
        // Nobody answers for others by ARP here.
        if (family == "ipv6") ProxyDelay = Add("proxy_delay", 80, Any, "longest random wait before an answer for an address that others may have too, hundredths of a second (RFC 4861 §7.2.7)");
        if (family == "ipv6") ProxyQlen = Add("proxy_qlen", 64, 0, "answers that may wait so");
        UnresQlenBytes = Add("unres_qlen_bytes", 212992, 0, "memory of packets that wait for one neighbour's address, bytes");
        if (name != "default") return;
        for (int i = 0; i < _entries.Count; i++)
        {
            int index = i;
            _entries[i].Changed += changed => SpreadDefault(index, ((SysctlInt)changed).Value, family == "ipv4");
        }
        GcThresh1 = Table("gc_thresh1", 128, "neighbours below which none is forgotten");
        GcThresh2 = Table("gc_thresh2", 512, "neighbours from which on those of the last five seconds only are safe");
        GcThresh3 = Table("gc_thresh3", 1024, "most neighbours of this family");
    }

    /// <summary><c>base_reachable_time_ms</c>.</summary>
    public SysctlInt BaseReachableTimeMs { get; }

    /// <summary><c>retrans_time_ms</c>.</summary>
    public SysctlInt RetransTimeMs { get; }

    /// <summary><c>delay_first_probe_time</c>.</summary>
    public SysctlInt DelayFirstProbeTime { get; }

    /// <summary><c>gc_stale_time</c>.</summary>
    public SysctlInt GcStaleTime { get; }

    /// <summary><c>proxy_delay</c>; null for IPv4.</summary>
    public SysctlInt? ProxyDelay { get; }

    /// <summary><c>proxy_qlen</c>; null for IPv4.</summary>
    public SysctlInt? ProxyQlen { get; }

    /// <summary><c>ucast_solicit</c>.</summary>
    public SysctlInt UcastSolicit { get; }

    /// <summary><c>mcast_solicit</c>.</summary>
    public SysctlInt McastSolicit { get; }

    /// <summary><c>unres_qlen_bytes</c>.</summary>
    public SysctlInt UnresQlenBytes { get; }

    /// <summary><c>gc_thresh1</c>; under <c>default</c> only.</summary>
    public SysctlInt? GcThresh1 { get; }

    /// <summary><c>gc_thresh2</c>; under <c>default</c> only.</summary>
    public SysctlInt? GcThresh2 { get; }

    /// <summary><c>gc_thresh3</c>; under <c>default</c> only.</summary>
    public SysctlInt? GcThresh3 { get; }

    internal void InheritFrom(NeighborConf other)
    {
        for (int i = 0; i < _entries.Count; i++) _entries[i].Inherit(other._entries[i].Value);
    }

    private SysctlInt Add(string name, int value, int min, string meaning)
    {
        SysctlInt entry = Table(name, value, meaning, min);
        _entries.Add(entry);
        return entry;
    }

    private SysctlInt Table(string name, int value, string meaning, int min = 0)
        => _tree.Add(new SysctlInt(_directory + name, value, min, int.MaxValue, meaning));

    private void SpreadDefault(int index, int value, bool ipv4)
    {
        foreach (InterfaceSysctl settings in _tree.Interfaces)
        {
            SysctlInt entry = (ipv4 ? settings.NeighborIPv4 : settings.NeighborIPv6)._entries[index];
            if (!entry.WasSet) entry.Inherit(value);
        }
    }
}
