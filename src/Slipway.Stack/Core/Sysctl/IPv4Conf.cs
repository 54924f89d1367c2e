namespace Slipway.Stack;

/// <summary>
/// <c>net.ipv4.conf.NAME</c>: settings of one interface, of <c>all</c> (which act on every interface beside its own, each in its way), or of <c>default</c>
/// (with which new interfaces begin; a change also reaches interfaces whose own value was never set).
/// </summary>
public sealed class IPv4Conf
{
    private readonly Sysctl _tree;
    private readonly List<SysctlInt> _entries = [];

    internal IPv4Conf(Sysctl tree, string name)
    {
        _tree = tree;
        Forwarding = Add(name, "forwarding", 0, "packets that come in by this interface are forwarded (RFC 1812); under all it sets every interface and the default");
        AcceptLocal = Add(name, "accept_local", 0, "packets from outside may carry an address of this host as their source");
        RouteLocalnet = Add(name, "route_localnet", 0, "127.0.0.0/8 may come by this interface");
        RpFilter = Add(name, "rp_filter", 0, "1: drop what does not come by the best way back to its source; 2: by any (RFC 3704); the greater of this and all counts");
        SendRedirects = Add(name, "send_redirects", 1, "a router tells of better first hops (RFC 1812 §5.2.7.2); on if this or all is");
        ForceIgmpVersion = Add(name, "force_igmp_version", 0, "1 or 2: this version of IGMP is spoken whatever the routers speak; also if all says so");
        Igmpv2UnsolicitedReportInterval = Add(name, "igmpv2_unsolicited_report_interval", 10_000, "longest time between two reports of a join to an older router, milliseconds (RFC 2236 §8.10)");
        Igmpv3UnsolicitedReportInterval = Add(name, "igmpv3_unsolicited_report_interval", 1000, "longest time between two reports of a change, milliseconds (RFC 9776 §8.11)");
        AcceptRedirects = Add(name, "accept_redirects", 1, "better first hops that routers tell of are used: on hosts if this or all is on, on interfaces that forward if both are (RFC 1122 §3.2.2.2)");
        SharedMedia = Add(name, "shared_media", 1, "hosts of several networks share the link, so a better hop may be of any; on if this or all is");
        SecureRedirects = Add(name, "secure_redirects", 1, "without shared_media only a default gateway is taken for a better hop; on if this or all is");
        LogMartians = Add(name, "log_martians", 0, "packets with impossible addresses are logged; on if this or all is");
        if (name == "all") Forwarding.Changed += SetForwardingEverywhere;
        if (name != "default") return;
        for (int i = 0; i < _entries.Count; i++)
        {
            int index = i;
            // The kernel passes a new default on for all but forwarding (devinet_sysctl_forward does not).
            if (_entries[i] != Forwarding) _entries[i].Changed += changed => SpreadDefault(index, ((SysctlInt)changed).Value);
        }
    }

    /// <summary><c>forwarding</c>.</summary>
    public SysctlInt Forwarding { get; }

    /// <summary><c>accept_local</c>.</summary>
    public SysctlInt AcceptLocal { get; }

    /// <summary><c>route_localnet</c>.</summary>
    public SysctlInt RouteLocalnet { get; }

    /// <summary><c>rp_filter</c>.</summary>
    public SysctlInt RpFilter { get; }

    /// <summary><c>accept_redirects</c>.</summary>
    public SysctlInt AcceptRedirects { get; }

    /// <summary><c>shared_media</c>.</summary>
    public SysctlInt SharedMedia { get; }

    /// <summary><c>secure_redirects</c>.</summary>
    public SysctlInt SecureRedirects { get; }

    /// <summary><c>log_martians</c>.</summary>
    public SysctlInt LogMartians { get; }

    /// <summary><c>send_redirects</c>.</summary>
    public SysctlInt SendRedirects { get; }

    /// <summary><c>force_igmp_version</c>.</summary>
    public SysctlInt ForceIgmpVersion { get; }

    /// <summary><c>igmpv2_unsolicited_report_interval</c>.</summary>
    public SysctlInt Igmpv2UnsolicitedReportInterval { get; }

    /// <summary><c>igmpv3_unsolicited_report_interval</c>.</summary>
    public SysctlInt Igmpv3UnsolicitedReportInterval { get; }

    internal void InheritFrom(IPv4Conf other)
    {
        for (int i = 0; i < _entries.Count; i++) _entries[i].Inherit(other._entries[i].Value);
    }

    private SysctlInt Add(string conf, string name, int value, string meaning)
    {
        SysctlInt entry = _tree.Add(new SysctlInt($"net/ipv4/conf/{conf}/{name}", value, int.MinValue, int.MaxValue, meaning));
        _entries.Add(entry);
        return entry;
    }

    private void SpreadDefault(int index, int value)
    {
        foreach (InterfaceSysctl settings in _tree.Interfaces)
        {
            SysctlInt entry = settings.IPv4._entries[index];
            if (!entry.WasSet) entry.Inherit(value);
        }
    }

    private void SetForwardingEverywhere(SysctlEntry all)
    {
        int value = ((SysctlInt)all).Value;
        _tree.IPv4.Default.Forwarding.Inherit(value);
        // A router finds its ways by itself (the kernel's inet_forward_change).
        AcceptRedirects.Inherit(value == 0 ? 1 : 0);
        _tree.IPv4.Default.AcceptRedirects.Inherit(value == 0 ? 1 : 0);
        foreach (InterfaceSysctl settings in _tree.Interfaces) settings.IPv4.Forwarding.Set(value);
    }
}
