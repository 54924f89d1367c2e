namespace Slipway.Stack;

/// <summary><c>net.ipv6</c> (the kernel's Documentation/networking/ip-sysctl.rst; ranges asked of Linux 6.18).</summary>
public sealed class IPv6Sysctl
{
    internal IPv6Sysctl(Sysctl tree)
    {
        All = new IPv6Conf(tree, "all");
        Default = new IPv6Conf(tree, "default");
        NeighborDefault = new NeighborConf(tree, "ipv6", "default");

        SysctlInt Int(string name, int value, int min, int max, string meaning, Func<int, bool>? check = null)
            => tree.Add(new SysctlInt("net/ipv6/" + name, value, min, max, meaning, check));

        BindV6Only = Int("bindv6only", 0, 0, 255, "IPV6_V6ONLY of a new socket (RFC 3493 §5.3)");
        AutoFlowLabels = Int("auto_flowlabels", 1, 0, 3, "flow labels are made from a hash of the flow (RFC 6437 §3): 0 never, 1 unless a socket says no, 2 if a socket says yes, 3 always");
        FlowLabelConsistency = Int("flowlabel_consistency", 1, 0, 255, "a stream may not answer with its peer's label (IPV6_FL_F_REFLECT): labels are of leases or made");
        FlowLabelReflect = Int("flowlabel_reflect", 0, 0, 7, "answers have the label of what they answer: 1 streams of sockets made from now on, 2 resets that no socket sends, 4 echo replies");
        FlowLabelStateRanges = Int("flowlabel_state_ranges", 0, 0, 255, "made labels are of the upper half, leased ones of the lower");
        NonlocalBind = Int("ip_nonlocal_bind", 0, 0, 255, "bind takes addresses that the host has not");
        FragHighThresh = Int("ip6frag_high_thresh", 4194304, 0, int.MaxValue, "memory for fragments, bytes: beyond it new ones are dropped", high => high >= FragLowThresh!.Value);
        FragLowThresh = Int("ip6frag_low_thresh", 3145728, 0, int.MaxValue, "memory for fragments, bytes: no effect since the kernel stopped evicting", low => low <= FragHighThresh.Value);
        FragTime = Int("ip6frag_time", 60, int.MinValue, int.MaxValue / 1000, "seconds that fragments wait for the rest (RFC 8200 §4.5)");
        IcmpRatelimit = Int("icmp/ratelimit", 100, 0, int.MaxValue, "least time between two ICMPv6 errors to one destination, milliseconds; 0 is no limit (RFC 4443 §2.4 f)");
        IcmpEchoIgnoreAll = Int("icmp/echo_ignore_all", 0, 0, 255, "no echo replies");
        IcmpEchoIgnoreAnycast = Int("icmp/echo_ignore_anycast", 0, 0, 255, "no replies to echo requests that went to anycast addresses");
        AnycastSourceEchoReply = Int("anycast_src_echo_reply", 0, 0, 255, "replies to echo requests that went to an anycast address come from it");
        IcmpEchoIgnoreMulticast = Int("icmp/echo_ignore_multicast", 0, 0, 255, "no replies to echo requests that went to multicast");
        IdgenRetries = Int("idgen_retries", 3, int.MinValue, int.MaxValue, "stable identifiers that are tried where others have the address (RFC 7217 §6)");
        IdgenDelay = Int("idgen_delay", 1, int.MinValue, int.MaxValue / 1000, "seconds before the next is tried");
        MldMaxMsf = Int("mld_max_msf", 64, int.MinValue, int.MaxValue, "sources that a socket may list for a group (RFC 3678 §4.1.3)");
        MldQrv = Int("mld_qrv", 2, 1, int.MaxValue, "how often a change of memberships is reported, where no querier says it (RFC 9777 §9.1)");
        GcInterval = Int("route/gc_interval", 30, int.MinValue, int.MaxValue / 1000, "seconds between two collections of old redirects, and the least that one lasts");
        MtuExpires = Int("route/mtu_expires", 600, int.MinValue, int.MaxValue / 1000, "seconds that a learned path MTU lasts (RFC 8201 §4)");
    }

    /// <summary><c>conf.all</c>.</summary>
    public IPv6Conf All { get; }

    /// <summary><c>conf.default</c>: where new interfaces begin.</summary>
    public IPv6Conf Default { get; }

    /// <summary><c>neigh.default</c>: where new interfaces begin.</summary>
    public NeighborConf NeighborDefault { get; }

    /// <summary><c>bindv6only</c>.</summary>
    public SysctlInt BindV6Only { get; }

    /// <summary><c>auto_flowlabels</c>.</summary>
    public SysctlInt AutoFlowLabels { get; }

    /// <summary><c>flowlabel_consistency</c>.</summary>
    public SysctlInt FlowLabelConsistency { get; }

    /// <summary><c>flowlabel_reflect</c>.</summary>
    public SysctlInt FlowLabelReflect { get; }

    /// <summary><c>flowlabel_state_ranges</c>.</summary>
    public SysctlInt FlowLabelStateRanges { get; }

    /// <summary><c>ip_nonlocal_bind</c>.</summary>
    public SysctlInt NonlocalBind { get; }

    /// <summary><c>ip6frag_high_thresh</c>.</summary>
    public SysctlInt FragHighThresh { get; }

    /// <summary><c>ip6frag_low_thresh</c>.</summary>
    public SysctlInt FragLowThresh { get; }

    /// <summary><c>ip6frag_time</c>.</summary>
    public SysctlInt FragTime { get; }

    /// <summary><c>icmp.ratelimit</c>.</summary>
    public SysctlInt IcmpRatelimit { get; }

    /// <summary><c>icmp.echo_ignore_all</c>.</summary>
    public SysctlInt IcmpEchoIgnoreAll { get; }

    /// <summary><c>icmp.echo_ignore_anycast</c>.</summary>
    public SysctlInt IcmpEchoIgnoreAnycast { get; }

    /// <summary><c>anycast_src_echo_reply</c>.</summary>
    public SysctlInt AnycastSourceEchoReply { get; }

    /// <summary><c>icmp.echo_ignore_multicast</c>.</summary>
    public SysctlInt IcmpEchoIgnoreMulticast { get; }

    /// <summary><c>idgen_retries</c>.</summary>
    public SysctlInt IdgenRetries { get; }

    /// <summary><c>idgen_delay</c>.</summary>
    public SysctlInt IdgenDelay { get; }

    /// <summary><c>mld_max_msf</c>.</summary>
    public SysctlInt MldMaxMsf { get; }

    /// <summary><c>mld_qrv</c>.</summary>
    public SysctlInt MldQrv { get; }

    /// <summary><c>route.gc_interval</c>.</summary>
    public SysctlInt GcInterval { get; }

    /// <summary><c>route.mtu_expires</c>.</summary>
    public SysctlInt MtuExpires { get; }
}
