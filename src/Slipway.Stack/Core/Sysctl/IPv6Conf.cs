namespace Slipway.Stack;

/// <summary>
/// <c>net.ipv6.conf.NAME</c>: settings of one interface, of <c>all</c>, or of <c>default</c> (with which new interfaces begin). Unlike IPv4's, a change of the
/// default does not reach interfaces that exist, and <c>all</c> only acts where it says so.
/// </summary>
public sealed class IPv6Conf
{
    /// <summary>Least MTU of a link that carries IPv6 (RFC 8200 §5).</summary>
    public const int MinMtu = 1280;

    /// <summary><c>addr_gen_mode</c> of stable identifiers.</summary>
    internal const int StablePrivacy = 2;

    private readonly Sysctl _tree;
    private readonly List<SysctlInt> _entries = [];
    private bool _isSpreading;

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
        UseTempAddr = Add(name, "use_tempaddr", 0, Any, Most, "1: beside addresses made from prefixes there are temporary ones (RFC 8981); 2: and they are preferred as sources");
        TempValidLft = Add(name, "temp_valid_lft", 604800, Any, Most, "longest life of a temporary address, seconds");
        TempPreferredLft = Add(name, "temp_prefered_lft", 86400, Any, Most, "longest time that it is preferred, seconds");
        RegenMaxRetry = Add(name, "regen_max_retry", 3, Any, Most, "temporary addresses that are tried where others have them");
        RegenMinAdvance = Add(name, "regen_min_advance", 2, Any, Most, "seconds before the end of one that the next is made, beside the time of its check");
        MaxDesyncFactor = Add(name, "max_desync_factor", 600, Any, Most, "longest random time that is taken off its preferred life, seconds");
        MaxAddresses = Add(name, "max_addresses", 16, Any, Most, "addresses of the interface from which on routers' prefixes make no more; 0 is no limit");
        AddrGenMode = Add(name, "addr_gen_mode", 0, 0, 3, "identifiers of addresses that the host makes: 0 of the hardware address, 1 no link-local address, 2 of stable_secret (RFC 7217), 3 of a secret that the host chooses", mode => mode != StablePrivacy || HasSecret(name));
        OptimisticDad = Add(name, "optimistic_dad", 0, Any, Most, "addresses that the host makes take packets while they are checked (RFC 4429); on if this or all is, and all does not forward");
        UseOptimistic = Add(name, "use_optimistic", 0, Any, Most, "and are sources as good as others; on if this or all is");
        // The kernel has a file under all too, which can be neither read nor written.
        StableSecret = new SysctlSecret($"net/ipv6/conf/{name}/stable_secret", "what stable identifiers are made of, in the form of an address; setting it sets addr_gen_mode 2");
        if (name != "all") tree.Add(StableSecret);
        StableSecret.Changed += _ => FollowSecret(name);
        if (name != "all") return;
        AddrGenMode.Changed += all => SetModeEverywhere(((SysctlInt)all).Value);
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

    /// <summary><c>use_tempaddr</c>.</summary>
    public SysctlInt UseTempAddr { get; }

    /// <summary><c>temp_valid_lft</c>.</summary>
    public SysctlInt TempValidLft { get; }

    /// <summary><c>temp_prefered_lft</c>.</summary>
    public SysctlInt TempPreferredLft { get; }

    /// <summary><c>regen_max_retry</c>.</summary>
    public SysctlInt RegenMaxRetry { get; }

    /// <summary><c>regen_min_advance</c>.</summary>
    public SysctlInt RegenMinAdvance { get; }

    /// <summary><c>max_desync_factor</c>.</summary>
    public SysctlInt MaxDesyncFactor { get; }

    /// <summary><c>max_addresses</c>.</summary>
    public SysctlInt MaxAddresses { get; }

    /// <summary><c>addr_gen_mode</c>.</summary>
    public SysctlInt AddrGenMode { get; }

    /// <summary><c>stable_secret</c>.</summary>
    public SysctlSecret StableSecret { get; }

    /// <summary><c>optimistic_dad</c>.</summary>
    public SysctlInt OptimisticDad { get; }

    /// <summary><c>use_optimistic</c>.</summary>
    public SysctlInt UseOptimistic { get; }

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
        StableSecret.Inherit(other.StableSecret.Value);
        if (StableSecret.Value is not null) AddrGenMode.Inherit(StablePrivacy);
    }

    /// <summary>Only an interface needs one before it may use it.</summary>
    private bool HasSecret(string name) => name is "all" or "default" || _isSpreading || (StableSecret.Value ?? _tree.IPv6.Default.StableSecret.Value) is not null;

    private void SetModeEverywhere(int mode)
    {
        _tree.IPv6.Default.AddrGenMode.Inherit(mode);
        foreach (InterfaceSysctl settings in _tree.Interfaces)
        {
            if (settings.IPv6.AddrGenMode.Value == mode) continue;
            settings.IPv6._isSpreading = true;
            settings.IPv6.AddrGenMode.Set(mode);
            settings.IPv6._isSpreading = false;
        }
    }

    /// <summary>A secret is there to be used: by this interface, or by all that there are.</summary>
    private void FollowSecret(string name)
    {
        if (name != "default")
        {
            AddrGenMode.Inherit(StablePrivacy);
            return;
        }
        foreach (InterfaceSysctl settings in _tree.Interfaces) settings.IPv6.AddrGenMode.Inherit(StablePrivacy);
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
