namespace Slipway.Stack;

/// <summary>
/// <c>net.ipv6.conf.NAME</c>: settings of one interface, of <c>all</c>, or of <c>default</c> (with which new interfaces begin). Unlike IPv4's, a change of the
/// default does not reach interfaces that exist, and <c>all</c> only acts where it says so.
/// </summary>
public sealed class IPv6Conf
{
    /// <summary>Least MTU of a link that carries IPv6 (RFC 8200 §5).</summary>
    public const int MinMtu = 1280;

    private readonly Sysctl _tree;
    private readonly List<SysctlInt> _entries = [];

    internal IPv6Conf(Sysctl tree, string name)
    {
        _tree = tree;
        const int Any = int.MinValue, Most = int.MaxValue;
        Forwarding = Add(name, "forwarding", 0, Any, Most, "this interface is a router's: packets are forwarded; under all it sets every interface and the default");
        DisableIPv6 = Add(name, "disable_ipv6", 0, Any, Most, "no IPv6 on this interface: its addresses go; under all it sets every interface and the default");
        HopLimit = Add(name, "hop_limit", 64, 1, 255, "hop limit of packets that are sent (RFC 8200 §3)");
        Mtu = Add(name, "mtu", MinMtu, MinMtu, Most, "largest IPv6 packet on this interface, bytes; at most the device's MTU", mtu => mtu <= MaxMtu);
        ForceMldVersion = Add(name, "force_mld_version", 0, Any, Most, "1 or 2: this version of MLD is spoken whatever the routers speak; what all says goes first");
        Mldv1UnsolicitedReportInterval = Add(name, "mldv1_unsolicited_report_interval", 10_000, 0, Most, "longest time between two reports of a join to an older router, milliseconds (RFC 2710 §7.10)");
        Mldv2UnsolicitedReportInterval = Add(name, "mldv2_unsolicited_report_interval", 1000, 0, Most, "longest time between two reports of a change, milliseconds (RFC 9777 §9.11)");
        AcceptDad = Add(name, "accept_dad", 0, Any, Most, "new addresses are checked for duplicates first (RFC 4862 §5.4); 2: and IPv6 is switched off where the link-local one is; the greater of this and all counts");
        DadTransmits = Add(name, "dad_transmits", 1, Any, Most, "solicitations of such a check, one in a retrans_time_ms");
        AcceptRa = Add(name, "accept_ra", 1, Any, Most, "router advertisements count (RFC 4861 §6.3.4); 2: on interfaces that forward too");
        AcceptRaDefrtr = Add(name, "accept_ra_defrtr", 1, Any, Most, "and make default routes");
        AcceptRaPinfo = Add(name, "accept_ra_pinfo", 1, Any, Most, "and tell the prefixes of the link");
        AcceptRaRtrPref = Add(name, "accept_ra_rtr_pref", 1, Any, Most, "and tell which default router is preferred (RFC 4191)");
        AcceptRaMtu = Add(name, "accept_ra_mtu", 1, Any, Most, "and tell the MTU of the link");
        AcceptRaMinHopLimit = Add(name, "accept_ra_min_hop_limit", 1, Any, Most, "least hop limit that is taken from them");
        RaDefrtrMetric = Add(name, "ra_defrtr_metric", Route.DefaultIPv6Metric, 1, Most, "metric of the default routes that they make");
        Autoconf = Add(name, "autoconf", 1, Any, Most, "addresses are made from the prefixes of routers (RFC 4862 §5.5)");
        AcceptRedirects = Add(name, "accept_redirects", 1, Any, Most, "routers may tell of better first hops (RFC 4861 §8.3), on interfaces that do not forward");
        RouterSolicitations = Add(name, "router_solicitations", 0, -1, Most, "how often routers are asked for when the interface comes up; -1 until one answers (RFC 7559)");
        RouterSolicitationInterval = Add(name, "router_solicitation_interval", 4, 0, Most / 1000, "seconds after the first question; then about twice as long each time");
        RouterSolicitationMaxInterval = Add(name, "router_solicitation_max_interval", 3600, 0, Most / 1000, "longest time between two questions, seconds");
        RouterSolicitationDelay = Add(name, "router_solicitation_delay", 1, 0, Most / 1000, "longest random wait before a check for duplicates, seconds");
        if (name != "all") return;
        Forwarding.Changed += all => SetEverywhere((SysctlInt)all, static conf => conf.Forwarding);
        DisableIPv6.Changed += all => SetEverywhere((SysctlInt)all, static conf => conf.DisableIPv6);
    }

    /// <summary><c>forwarding</c>.</summary>
    public SysctlInt Forwarding { get; }

    /// <summary><c>disable_ipv6</c>.</summary>
    public SysctlInt DisableIPv6 { get; }

    /// <summary><c>accept_dad</c>. The kernel's default is 1; here addresses work at once unless it is asked for.</summary>
    public SysctlInt AcceptDad { get; }

    /// <summary><c>dad_transmits</c>.</summary>
    public SysctlInt DadTransmits { get; }

    /// <summary><c>accept_ra</c>.</summary>
    public SysctlInt AcceptRa { get; }

    /// <summary><c>accept_ra_defrtr</c>.</summary>
    public SysctlInt AcceptRaDefrtr { get; }

    /// <summary><c>accept_ra_pinfo</c>.</summary>
    public SysctlInt AcceptRaPinfo { get; }

    /// <summary><c>accept_ra_rtr_pref</c>.</summary>
    public SysctlInt AcceptRaRtrPref { get; }

    /// <summary><c>accept_ra_mtu</c>.</summary>
    public SysctlInt AcceptRaMtu { get; }

    /// <summary><c>accept_ra_min_hop_limit</c>.</summary>
    public SysctlInt AcceptRaMinHopLimit { get; }

    /// <summary><c>ra_defrtr_metric</c>.</summary>
    public SysctlInt RaDefrtrMetric { get; }

    /// <summary><c>autoconf</c>.</summary>
    public SysctlInt Autoconf { get; }

    /// <summary><c>accept_redirects</c>.</summary>
    public SysctlInt AcceptRedirects { get; }

    /// <summary><c>router_solicitations</c>. The kernel's default is -1; here nobody asks unless it is wanted.</summary>
    public SysctlInt RouterSolicitations { get; }

    /// <summary><c>router_solicitation_interval</c>.</summary>
    public SysctlInt RouterSolicitationInterval { get; }

    /// <summary><c>router_solicitation_max_interval</c>.</summary>
    public SysctlInt RouterSolicitationMaxInterval { get; }

    /// <summary><c>router_solicitation_delay</c>.</summary>
    public SysctlInt RouterSolicitationDelay { get; }

    /// <summary><c>hop_limit</c>.</summary>
    public SysctlInt HopLimit { get; }

    /// <summary><c>mtu</c>.</summary>
    public SysctlInt Mtu { get; }

    /// <summary><c>force_mld_version</c>.</summary>
    public SysctlInt ForceMldVersion { get; }

    /// <summary><c>mldv1_unsolicited_report_interval</c>.</summary>
    public SysctlInt Mldv1UnsolicitedReportInterval { get; }

    /// <summary><c>mldv2_unsolicited_report_interval</c>.</summary>
    public SysctlInt Mldv2UnsolicitedReportInterval { get; }

    /// <summary>Most that <see cref="Mtu"/> takes: the device's MTU, which whoever owns the interface keeps here.</summary>
    public int MaxMtu { get; private set; } = int.MaxValue;

    /// <summary>The device's MTU has become this one; the IPv6 MTU follows, as in the kernel.</summary>
    public void FollowDeviceMtu(int mtu)
    {
        MaxMtu = mtu;
        Mtu.Inherit(Math.Max(mtu, MinMtu));
    }

    internal void InheritFrom(IPv6Conf other)
    {
        for (int i = 0; i < _entries.Count; i++) _entries[i].Inherit(other._entries[i].Value);
    }

    private SysctlInt Add(string conf, string name, int value, int min, int max, string meaning, Func<int, bool>? check = null)
    {
        SysctlInt entry = _tree.Add(new SysctlInt($"net/ipv6/conf/{conf}/{name}", value, min, max, meaning, check));
        _entries.Add(entry);
        return entry;
    }

    private void SetEverywhere(SysctlInt all, Func<IPv6Conf, SysctlInt> select)
    {
        select(_tree.IPv6.Default).Inherit(all.Value);
        foreach (InterfaceSysctl settings in _tree.Interfaces) select(settings.IPv6).Set(all.Value);
    }
}
