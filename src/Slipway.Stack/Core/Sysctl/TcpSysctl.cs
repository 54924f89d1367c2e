namespace Slipway.Stack;

/// <summary><c>net.ipv4.tcp_*</c>, for both families (the kernel's Documentation/networking/ip-sysctl.rst; ranges asked of Linux 6.18).</summary>
public sealed class TcpSysctl
{
    private const int Any = int.MinValue;
    private const int Most = int.MaxValue;

    // The kernel keeps some times in ticks of 1/1000 s at most and refuses seconds that do not fit.
    private const int MostSeconds = int.MaxValue / 1000;

    internal TcpSysctl(Sysctl tree)
    {
        SysctlInt Int(string name, int value, int min, int max, string meaning) => tree.Add(new SysctlInt("net/ipv4/" + name, value, min, max, meaning));

        SynRetries = Int("tcp_syn_retries", 6, 1, 127, "SYNs sent again before a connection attempt fails, beside the linear ones");
        SynAckRetries = Int("tcp_synack_retries", 5, 0, 255, "answers to a SYN sent again before the request is forgotten");
        SynLinearTimeouts = Int("tcp_syn_linear_timeouts", 4, 0, 127, "first repetitions of a SYN that follow each other after the same time");
        Retries1 = Int("tcp_retries1", 3, 0, 255, "timeouts in a row after which the path is suspected");
        Retries2 = Int("tcp_retries2", 15, 0, 255, "timeouts in a row after which a connection is given up (RFC 1122 §4.2.3.5)");
        OrphanRetries = Int("tcp_orphan_retries", 0, 0, 255, "timeouts in a row after which a closed connection is given up; 0 is 8");
        FinTimeout = Int("tcp_fin_timeout", 60, Any, MostSeconds, "seconds that a closed connection waits in FIN_WAIT_2 for the peer's FIN");
        MaxTimeWaitBuckets = Int("tcp_max_tw_buckets", 131072, Any, Most, "connections in TIME_WAIT; beyond it they end at once");
        MaxOrphans = Int("tcp_max_orphans", 131072, Any, Most, "connections that no program has open; beyond it they are reset");
        TimeWaitReuse = Int("tcp_tw_reuse", 2, 0, 2, "a connection in TIME_WAIT makes room for a new one from here to the same peer (RFC 6191): 1 always, 2 on the loopback");
        TimeWaitReuseDelay = Int("tcp_tw_reuse_delay", 1000, 1, 60000, "milliseconds in TIME_WAIT before tcp_tw_reuse applies");
        Rfc1337 = Int("tcp_rfc1337", 0, 0, 255, "a reset does not end TIME_WAIT (RFC 1337)");
        MaxSynBacklog = Int("tcp_max_syn_backlog", 2048, Any, Most, "half-open requests of one listener, where there are no SYN cookies");
        AbortOnOverflow = Int("tcp_abort_on_overflow", 0, 0, 255, "a connection that finds the queue of a listener full is reset");
        SynCookies = Int("tcp_syncookies", 1, 0, 255, "SYN cookies: 1 where the queue of requests is full, 2 always (RFC 4987)");
        Timestamps = Int("tcp_timestamps", 1, 0, 255, "timestamps are offered and taken (RFC 7323): 1 with a random offset for each connection, 2 without");
        SelectiveAcks = Int("tcp_sack", 1, 0, 255, "selective acknowledgments are offered and taken (RFC 2018)");
        DuplicateSacks = Int("tcp_dsack", 1, 0, 255, "data received twice is reported (RFC 2883)");
        WindowScaling = Int("tcp_window_scaling", 1, 0, 255, "window scaling is offered and taken (RFC 7323)");
        Ecn = Int("tcp_ecn", 2, 0, 2, "explicit congestion notification (RFC 3168): 1 offered and taken, 2 taken if offered");
        EcnFallback = Int("tcp_ecn_fallback", 1, 0, 255, "a SYN that offers ECN and is not answered is sent again without");
        KeepAliveTime = Int("tcp_keepalive_time", 7200, Any, MostSeconds, "idle seconds before the first keepalive probe (RFC 1122 §4.2.3.6)");
        KeepAliveInterval = Int("tcp_keepalive_intvl", 75, Any, MostSeconds, "seconds between keepalive probes");
        KeepAliveProbes = Int("tcp_keepalive_probes", 9, 0, 255, "keepalive probes without an answer that end a connection");
        Reordering = Int("tcp_reordering", 3, Any, Most, "how far segments may overtake each other, at first, in segments");
        MaxReordering = Int("tcp_max_reordering", 300, Any, Most, "how far reordering is learnt, in segments");
        Recovery = Int("tcp_recovery", 1, 0, 255, "loss detection: bit 0 RACK (RFC 8985), bit 1 a reordering window that stays, bit 2 none of three duplicates");
        EarlyRetransmit = Int("tcp_early_retrans", 3, 0, 4, "tail loss probes (RFC 8985 §7): 3 and 4 on, 0 off");
        Frto = Int("tcp_frto", 2, 0, 255, "spurious timeouts are found out (RFC 5682)");
        FastOpen = Int("tcp_fastopen", 1, Any, Most, "data with SYNs (RFC 7413), a sum: 1 from here, 2 to listeners with TCP_FASTOPEN, 4 from here without a cookie, 512 to listeners without one, 1024 to all listeners");
        FastOpenKey = tree.Add(new SysctlFastOpenKey("net/ipv4/tcp_fastopen_key", "keys of the host's cookies of fast open: one or two, as numbers of 32 bits in hexadecimal"));
        FastOpenBlackHoleTimeout = Int("tcp_fastopen_blackhole_timeout_sec", 0, 0, Most, "seconds, doubled each time up to six times, without data in SYNs from here after something on the way swallowed them; 0 never");
        NoMetricsSave = Int("tcp_no_metrics_save", 0, 0, 255, "what a connection learnt of its destination is not remembered");
        NoThresholdMetricsSave = Int("tcp_no_ssthresh_metrics_save", 1, 0, 1, "the slow start threshold is not remembered of a destination");
        CompressedSackDelay = Int("tcp_comp_sack_delay_ns", 1_000_000, 0, 1_000_000_000, "reports of data out of order are put together for so many nanoseconds at most");
        CompressedSacks = Int("tcp_comp_sack_nr", 44, 0, 255, "reports of data out of order that may be put together");
        SlowStartAfterIdle = Int("tcp_slow_start_after_idle", 1, 0, 1, "the congestion window shrinks in idle time (RFC 5681 §4.1)");
        MinRttWindow = Int("tcp_min_rtt_wlen", 300, 0, 86400, "seconds for which the least round trip counts");
        RtoMin = Int("tcp_rto_min_us", 200000, 1, Most, "least retransmission timeout, microseconds");
        RtoMax = Int("tcp_rto_max_ms", 120000, 1000, 120000, "greatest retransmission timeout, milliseconds");
        PacingSlowStartRatio = Int("tcp_pacing_ss_ratio", 200, 0, 1000, "pacing rate in slow start, percent of window over round trip");
        PacingAvoidanceRatio = Int("tcp_pacing_ca_ratio", 120, 0, 1000, "pacing rate in congestion avoidance, percent of window over round trip");
        MtuProbing = Int("tcp_mtu_probing", 0, 0, 2, "path MTU probing (RFC 4821): 1 after a black hole was found, 2 always");
        BaseMss = Int("tcp_base_mss", 1024, Any, Most, "where path MTU probing begins, bytes");
        MtuProbeFloor = Int("tcp_mtu_probe_floor", 48, Any, Most, "least MSS of path MTU probing, bytes");
        ProbeInterval = Int("tcp_probe_interval", 600, Any, MostSeconds, "seconds after which a larger path MTU is tried again");
        ProbeThreshold = Int("tcp_probe_threshold", 8, Any, Most, "bytes between the limits at which path MTU probing ends");
        MinSendMss = Int("tcp_min_snd_mss", 48, 48, 65535, "least MSS of what is sent, bytes");
        ModerateReceiveBuffer = Int("tcp_moderate_rcvbuf", 1, 0, 255, "receive buffers grow with the rate");
        ChallengeAckLimit = Int("tcp_challenge_ack_limit", 2147483647, Any, Most, "challenge acknowledgments in a second (RFC 5961 §7)");
        InvalidRatelimit = Int("tcp_invalid_ratelimit", 500, Any, Most, "least milliseconds between two answers to segments out of the window");
        StandardUrgent = Int("tcp_stdurg", 0, 0, 255, "the urgent pointer points at the last urgent byte (RFC 1122), not behind it");
        ThinLinearTimeouts = Int("tcp_thin_linear_timeouts", 0, 0, 255, "streams with little in flight do not back off");
        ShrinkWindow = Int("tcp_shrink_window", 0, 0, 1, "the receive window may shrink when memory is short");
        SignedWindows = Int("tcp_workaround_signed_windows", 0, 0, 255, "windows without scaling stay below 32 KiB");
        NotSentLowWater = Int("tcp_notsent_lowat", -1, Any, Most, "unsent bytes above which a stream is not writable; -1 is no limit");
        PingPongThreshold = Int("tcp_pingpong_thresh", 1, 1, 255, "replies after which a connection counts as interactive: acknowledgments wait for the next one");
        CongestionControl = tree.Add(new SysctlCongestion("net/ipv4/tcp_congestion_control", "congestion control of new sockets"));
        AvailableCongestion = tree.Add(new SysctlCongestionSet("net/ipv4/tcp_available_congestion_control", "congestion controls that there are", isReadOnly: true));
        AllowedCongestion = tree.Add(new SysctlCongestionSet("net/ipv4/tcp_allowed_congestion_control", "congestion controls that may be chosen without CAP_NET_ADMIN", isReadOnly: false));
        CongestionControl.Changed += _ => AllowedCongestion.Add(CongestionControl.Text);
        Rmem = tree.Add(new SysctlVector("net/ipv4/tcp_rmem", [4096, 131072, 33554432], 1, Most, "receive buffer of a stream, bytes: least, at first, most"));
        Wmem = tree.Add(new SysctlVector("net/ipv4/tcp_wmem", [4096, 16384, 4194304], 1, Most, "send buffer of a stream, bytes: least, at first, most"));
        Mem = tree.Add(new SysctlVector("net/ipv4/tcp_mem", [287898, 383867, 575796], 0, long.MaxValue, "pages that all streams may hold: unlimited up to the first, pressure from the second, none beyond the third"));
    }

    /// <summary><c>tcp_syn_retries</c>.</summary>
    public SysctlInt SynRetries { get; }

    /// <summary><c>tcp_synack_retries</c>.</summary>
    public SysctlInt SynAckRetries { get; }

    /// <summary><c>tcp_syn_linear_timeouts</c>.</summary>
    public SysctlInt SynLinearTimeouts { get; }

    /// <summary><c>tcp_retries1</c>.</summary>
    public SysctlInt Retries1 { get; }

    /// <summary><c>tcp_retries2</c>.</summary>
    public SysctlInt Retries2 { get; }

    /// <summary><c>tcp_orphan_retries</c>.</summary>
    public SysctlInt OrphanRetries { get; }

    /// <summary><c>tcp_fin_timeout</c>.</summary>
    public SysctlInt FinTimeout { get; }

    /// <summary><c>tcp_max_tw_buckets</c>.</summary>
    public SysctlInt MaxTimeWaitBuckets { get; }

    /// <summary><c>tcp_max_orphans</c>.</summary>
    public SysctlInt MaxOrphans { get; }

    /// <summary><c>tcp_tw_reuse</c>.</summary>
    public SysctlInt TimeWaitReuse { get; }

    /// <summary><c>tcp_tw_reuse_delay</c>.</summary>
    public SysctlInt TimeWaitReuseDelay { get; }

    /// <summary><c>tcp_rfc1337</c>.</summary>
    public SysctlInt Rfc1337 { get; }

    /// <summary><c>tcp_max_syn_backlog</c>.</summary>
    public SysctlInt MaxSynBacklog { get; }

    /// <summary><c>tcp_abort_on_overflow</c>.</summary>
    public SysctlInt AbortOnOverflow { get; }

    /// <summary><c>tcp_syncookies</c>.</summary>
    public SysctlInt SynCookies { get; }

    /// <summary><c>tcp_timestamps</c>.</summary>
    public SysctlInt Timestamps { get; }

    /// <summary><c>tcp_sack</c>.</summary>
    public SysctlInt SelectiveAcks { get; }

    /// <summary><c>tcp_dsack</c>.</summary>
    public SysctlInt DuplicateSacks { get; }

    /// <summary><c>tcp_window_scaling</c>.</summary>
    public SysctlInt WindowScaling { get; }

    /// <summary><c>tcp_ecn</c>.</summary>
    public SysctlInt Ecn { get; }

    /// <summary><c>tcp_ecn_fallback</c>.</summary>
    public SysctlInt EcnFallback { get; }

    /// <summary><c>tcp_keepalive_time</c>.</summary>
    public SysctlInt KeepAliveTime { get; }

    /// <summary><c>tcp_keepalive_intvl</c>.</summary>
    public SysctlInt KeepAliveInterval { get; }

    /// <summary><c>tcp_keepalive_probes</c>.</summary>
    public SysctlInt KeepAliveProbes { get; }

    /// <summary><c>tcp_reordering</c>.</summary>
    public SysctlInt Reordering { get; }

    /// <summary><c>tcp_max_reordering</c>.</summary>
    public SysctlInt MaxReordering { get; }

    /// <summary><c>tcp_recovery</c>.</summary>
    public SysctlInt Recovery { get; }

    /// <summary><c>tcp_early_retrans</c>.</summary>
    public SysctlInt EarlyRetransmit { get; }

    /// <summary><c>tcp_frto</c>.</summary>
    public SysctlInt Frto { get; }

    /// <summary><c>tcp_fastopen</c>.</summary>
    public SysctlInt FastOpen { get; }

    /// <summary><c>tcp_fastopen_key</c>.</summary>
    public SysctlFastOpenKey FastOpenKey { get; }

    /// <summary><c>tcp_fastopen_blackhole_timeout_sec</c>.</summary>
    public SysctlInt FastOpenBlackHoleTimeout { get; }

    /// <summary><c>tcp_no_metrics_save</c>.</summary>
    public SysctlInt NoMetricsSave { get; }

    /// <summary><c>tcp_no_ssthresh_metrics_save</c>.</summary>
    public SysctlInt NoThresholdMetricsSave { get; }

    /// <summary><c>tcp_comp_sack_delay_ns</c>.</summary>
    public SysctlInt CompressedSackDelay { get; }

    /// <summary><c>tcp_comp_sack_nr</c>.</summary>
    public SysctlInt CompressedSacks { get; }

    /// <summary><c>tcp_slow_start_after_idle</c>.</summary>
    public SysctlInt SlowStartAfterIdle { get; }

    /// <summary><c>tcp_min_rtt_wlen</c>.</summary>
    public SysctlInt MinRttWindow { get; }

    /// <summary><c>tcp_rto_min_us</c>.</summary>
    public SysctlInt RtoMin { get; }

    /// <summary><c>tcp_rto_max_ms</c>.</summary>
    public SysctlInt RtoMax { get; }

    /// <summary><c>tcp_pacing_ss_ratio</c>.</summary>
    public SysctlInt PacingSlowStartRatio { get; }

    /// <summary><c>tcp_pacing_ca_ratio</c>.</summary>
    public SysctlInt PacingAvoidanceRatio { get; }

    /// <summary><c>tcp_mtu_probing</c>.</summary>
    public SysctlInt MtuProbing { get; }

    /// <summary><c>tcp_base_mss</c>.</summary>
    public SysctlInt BaseMss { get; }

    /// <summary><c>tcp_mtu_probe_floor</c>.</summary>
    public SysctlInt MtuProbeFloor { get; }

    /// <summary><c>tcp_probe_interval</c>.</summary>
    public SysctlInt ProbeInterval { get; }

    /// <summary><c>tcp_probe_threshold</c>.</summary>
    public SysctlInt ProbeThreshold { get; }

    /// <summary><c>tcp_min_snd_mss</c>.</summary>
    public SysctlInt MinSendMss { get; }

    /// <summary><c>tcp_moderate_rcvbuf</c>.</summary>
    public SysctlInt ModerateReceiveBuffer { get; }

    /// <summary><c>tcp_challenge_ack_limit</c>.</summary>
    public SysctlInt ChallengeAckLimit { get; }

    /// <summary><c>tcp_invalid_ratelimit</c>.</summary>
    public SysctlInt InvalidRatelimit { get; }

    /// <summary><c>tcp_stdurg</c>.</summary>
    public SysctlInt StandardUrgent { get; }

    /// <summary><c>tcp_thin_linear_timeouts</c>.</summary>
    public SysctlInt ThinLinearTimeouts { get; }

    /// <summary><c>tcp_shrink_window</c>.</summary>
    public SysctlInt ShrinkWindow { get; }

    /// <summary><c>tcp_workaround_signed_windows</c>.</summary>
    public SysctlInt SignedWindows { get; }

    /// <summary><c>tcp_notsent_lowat</c>.</summary>
    public SysctlInt NotSentLowWater { get; }

    /// <summary><c>tcp_pingpong_thresh</c>.</summary>
    public SysctlInt PingPongThreshold { get; }

    /// <summary><c>tcp_congestion_control</c>.</summary>
    public SysctlCongestion CongestionControl { get; }

    /// <summary><c>tcp_available_congestion_control</c>.</summary>
    public SysctlCongestionSet AvailableCongestion { get; }

    /// <summary><c>tcp_allowed_congestion_control</c>.</summary>
    public SysctlCongestionSet AllowedCongestion { get; }

    /// <summary><c>tcp_rmem</c>.</summary>
    public SysctlVector Rmem { get; }

    /// <summary><c>tcp_wmem</c>.</summary>
    public SysctlVector Wmem { get; }

    /// <summary><c>tcp_mem</c>.</summary>
    public SysctlVector Mem { get; }
}
