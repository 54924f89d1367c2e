namespace Slipway.Stack;

/// <summary><c>net.ipv4</c> (the kernel's Documentation/networking/ip-sysctl.rst; ranges asked of Linux 6.18).</summary>
public sealed class IPv4Sysctl
{
    private const int Any = int.MinValue;
    private const int Most = int.MaxValue;

    // The kernel keeps some times in ticks of 1/1000 s at most and refuses seconds that do not fit.
    private const int MostSeconds = int.MaxValue / 1000;

    internal IPv4Sysctl(Sysctl tree)
    {
        All = new IPv4Conf(tree, "all");
        Default = new IPv4Conf(tree, "default");
        NeighborDefault = new NeighborConf(tree, "ipv4", "default");
        tree.AddAlias("net/ipv4/ip_forward", All.Forwarding);

        SysctlInt Int(string name, int value, int min, int max, string meaning, Func<int, bool>? check = null)
            => tree.Add(new SysctlInt("net/ipv4/" + name, value, min, max, meaning, check));

        DefaultTtl = Int("ip_default_ttl", 64, 1, 255, "time to live of packets that are sent (RFC 1122 §3.2.1.7)");
        LocalPortRange = tree.Add(new SysctlRange("net/ipv4/ip_local_port_range", 32768, 60999, 1, 65535, "ports that are given to sockets without one",
            checkLow: low => low >= UnprivilegedPortStart!.Value));
        UnprivilegedPortStart = Int("ip_unprivileged_port_start", 1024, 0, 65535, "first port that needs no privilege to bind", start => start <= LocalPortRange.Low);
        LocalReservedPorts = tree.Add(new SysctlPortSet("net/ipv4/ip_local_reserved_ports", "ports that are never given to a socket without one, but may be asked for"));
        NonlocalBind = Int("ip_nonlocal_bind", 0, 0, 255, "bind takes addresses that the host has not");
        NoPmtuDisc = Int("ip_no_pmtu_disc", 0, 0, 255, "1: send without DF, and take min_pmtu for the path when ICMP says that it is narrow; 2: send without DF and ignore what ICMP says; 3: believe it only of TCP, which can tell its own packets");
        MinPmtu = Int("route/min_pmtu", 552, 68, Most, "least path MTU that is taken from ICMP, bytes (RFC 1191 §3)");
        MtuExpires = Int("route/mtu_expires", 600, Any, MostSeconds, "seconds that a learned path MTU lasts (RFC 1191 §6.3)");

        IcmpEchoIgnoreAll = Int("icmp_echo_ignore_all", 0, 0, 1, "no echo replies");
        IcmpEchoIgnoreBroadcasts = Int("icmp_echo_ignore_broadcasts", 1, 0, 1, "no replies to echo and timestamp requests that went to broadcast or multicast (RFC 1122 §3.2.2.6)");
        IcmpRatelimit = Int("icmp_ratelimit", 1000, 0, Most, "least time between two ICMP messages to one destination, milliseconds; 0 is no limit");
        IcmpRatemask = Int("icmp_ratemask", 6168, Any, Most, "ICMP types that are limited, a bit each");
        IcmpMsgsPerSec = Int("icmp_msgs_per_sec", 1000, 0, Most, "limited ICMP messages in a second to all destinations");
        IcmpMsgsBurst = Int("icmp_msgs_burst", 50, 0, Most, "limited ICMP messages in one burst to all destinations");
        IcmpErrorsUseInboundIfaddr = Int("icmp_errors_use_inbound_ifaddr", 0, 0, 1, "errors are sent from the address of the interface that the packet came by");

        FragHighThresh = Int("ipfrag_high_thresh", 4194304, 0, Most, "memory for fragments, bytes: beyond it new ones are dropped", high => high >= FragLowThresh!.Value);
        FragLowThresh = Int("ipfrag_low_thresh", 3145728, 0, Most, "memory for fragments, bytes: no effect since the kernel stopped evicting", low => low <= FragHighThresh.Value);
        FragTime = Int("ipfrag_time", 30, Any, MostSeconds, "seconds that fragments wait for the rest");
        FragMaxDist = Int("ipfrag_max_dist", 64, 0, Most, "fragments of other packets from one source that may come between two of one packet; 0 is no limit");
        PingGroupRange = tree.Add(new SysctlRange("net/ipv4/ping_group_range", 1, 0, 0, uint.MaxValue - 1, "groups that may open ping sockets", mayBeEmpty: true));

        IgmpMaxMemberships = Int("igmp_max_memberships", 20, Any, Most, "groups that a socket may join");
        IgmpMaxMsf = Int("igmp_max_msf", 10, Any, Most, "sources that a socket may list for a group (RFC 3678 §4.1.3)");
        IgmpQrv = Int("igmp_qrv", 2, 1, Most, "how often a change of memberships is reported, where no querier says it (RFC 9776 §8.1)");
        IgmpLinkLocalMcastReports = Int("igmp_link_local_mcast_reports", 1, 0, 1, "groups of 224.0.0.0/24 are reported, for switches that snoop");

        UdpMem = tree.Add(new SysctlVector("net/ipv4/udp_mem", [575799, 767734, 1151598], 0, long.MaxValue, "pages that all UDP sockets may hold: unlimited up to the first, pressure from the second, none beyond the third"));
        UdpRmemMin = Int("udp_rmem_min", 4096, 1, Most, "receive memory that a UDP socket may hold even under pressure, bytes");
    }

    /// <summary><c>conf.all</c>.</summary>
    public IPv4Conf All { get; }

    /// <summary><c>conf.default</c>: where new interfaces begin.</summary>
    public IPv4Conf Default { get; }

    /// <summary><c>neigh.default</c>: where new interfaces begin.</summary>
    public NeighborConf NeighborDefault { get; }

    /// <summary><c>ip_forward</c>, the same value as <c>conf.all.forwarding</c>.</summary>
    public SysctlInt Forward => All.Forwarding;

    /// <summary><c>ip_default_ttl</c>.</summary>
    public SysctlInt DefaultTtl { get; }

    /// <summary><c>ip_local_port_range</c>.</summary>
    public SysctlRange LocalPortRange { get; }

    /// <summary><c>ip_unprivileged_port_start</c>.</summary>
    public SysctlInt UnprivilegedPortStart { get; }

    /// <summary><c>ip_local_reserved_ports</c>.</summary>
    public SysctlPortSet LocalReservedPorts { get; }

    /// <summary><c>ip_nonlocal_bind</c>.</summary>
    public SysctlInt NonlocalBind { get; }

    /// <summary><c>ip_no_pmtu_disc</c>.</summary>
    public SysctlInt NoPmtuDisc { get; }

    /// <summary><c>route.min_pmtu</c>.</summary>
    public SysctlInt MinPmtu { get; }

    /// <summary><c>route.mtu_expires</c>.</summary>
    public SysctlInt MtuExpires { get; }

    /// <summary><c>icmp_echo_ignore_all</c>.</summary>
    public SysctlInt IcmpEchoIgnoreAll { get; }

    /// <summary><c>icmp_echo_ignore_broadcasts</c>.</summary>
    public SysctlInt IcmpEchoIgnoreBroadcasts { get; }

    /// <summary><c>icmp_ratelimit</c>.</summary>
    public SysctlInt IcmpRatelimit { get; }

    /// <summary><c>icmp_ratemask</c>.</summary>
    public SysctlInt IcmpRatemask { get; }

    /// <summary><c>icmp_msgs_per_sec</c>.</summary>
    public SysctlInt IcmpMsgsPerSec { get; }

    /// <summary><c>icmp_msgs_burst</c>.</summary>
    public SysctlInt IcmpMsgsBurst { get; }

    /// <summary><c>icmp_errors_use_inbound_ifaddr</c>.</summary>
    public SysctlInt IcmpErrorsUseInboundIfaddr { get; }

    /// <summary><c>ipfrag_high_thresh</c>.</summary>
    public SysctlInt FragHighThresh { get; }

    /// <summary><c>ipfrag_low_thresh</c>.</summary>
    public SysctlInt FragLowThresh { get; }

    /// <summary><c>ipfrag_time</c>.</summary>
    public SysctlInt FragTime { get; }

    /// <summary><c>ipfrag_max_dist</c>.</summary>
    public SysctlInt FragMaxDist { get; }

    /// <summary><c>ping_group_range</c>.</summary>
    public SysctlRange PingGroupRange { get; }

    /// <summary><c>igmp_max_memberships</c>.</summary>
    public SysctlInt IgmpMaxMemberships { get; }

    /// <summary><c>igmp_max_msf</c>.</summary>
    public SysctlInt IgmpMaxMsf { get; }

    /// <summary><c>igmp_qrv</c>.</summary>
    public SysctlInt IgmpQrv { get; }

    /// <summary><c>igmp_link_local_mcast_reports</c>.</summary>
    public SysctlInt IgmpLinkLocalMcastReports { get; }

    /// <summary><c>udp_mem</c>.</summary>
    public SysctlVector UdpMem { get; }

    /// <summary><c>udp_rmem_min</c>.</summary>
    public SysctlInt UdpRmemMin { get; }

    /// <summary>The ports that a socket without one may be given: those of the host, narrowed by the socket (IP_LOCAL_PORT_RANGE). What lies outside of the host's is as if it had not been said.</summary>
    /// <param name="own">The socket's range: low in the lower half, high in the upper.</param>
    /// <param name="low">The first.</param>
    /// <param name="high">The last.</param>
    internal void PortsFor(uint own, out int low, out int high)
    {
        low = (int)LocalPortRange.Low;
        high = (int)LocalPortRange.High;
        int ownLow = (int)(own & 0xFFFF), ownHigh = (int)(own >> 16);
        if (ownLow >= low && ownLow <= high) low = ownLow;
        if (ownHigh >= low && ownHigh <= high) high = ownHigh;
    }
}
