namespace Slipway.Stack;

/// <summary><c>net.core</c>: settings for all sockets.</summary>
public sealed class CoreSysctl
{
    // The smallest buffers that a socket may have, in the kernel's accounting: SOCK_MIN_RCVBUF and SOCK_MIN_SNDBUF (include/net/sock.h).
    private const int MinReceiveBuffer = 2304;
    private const int MinSendBuffer = 4608;

    internal CoreSysctl(Sysctl tree)
    {
        RmemDefault = tree.Add(new SysctlInt("net/core/rmem_default", 212992, MinReceiveBuffer, int.MaxValue, "receive buffer of a new socket, bytes (PROC-01)"));
        RmemMax = tree.Add(new SysctlInt("net/core/rmem_max", 4194304, MinReceiveBuffer, int.MaxValue, "most that SO_RCVBUF takes, bytes before doubling (PROC-02)"));
        WmemDefault = tree.Add(new SysctlInt("net/core/wmem_default", 212992, MinSendBuffer, int.MaxValue, "send buffer of a new socket, bytes (PROC-03)"));
        WmemMax = tree.Add(new SysctlInt("net/core/wmem_max", 4194304, MinSendBuffer, int.MaxValue, "most that SO_SNDBUF takes, bytes before doubling (PROC-04)"));
        OptmemMax = tree.Add(new SysctlInt("net/core/optmem_max", 131072, 0, int.MaxValue, "most ancillary data of a socket, bytes (PROC-07)"));
        Somaxconn = tree.Add(new SysctlInt("net/core/somaxconn", 4096, 0, int.MaxValue, "longest queue that listen takes (PROC-08)"));
        BusyRead = tree.Add(new SysctlInt("net/core/busy_read", 0, 0, int.MaxValue, "SO_BUSY_POLL of a new socket, microseconds (PROC-08)"));
        BusyPoll = tree.Add(new SysctlInt("net/core/busy_poll", 0, 0, int.MaxValue, "busy polling in poll and select, microseconds (PROC-08)"));
        NetdevMaxBacklog = tree.Add(new SysctlInt("net/core/netdev_max_backlog", 1000, int.MinValue, int.MaxValue, "packets that wait for the host to take them before more are dropped (PROC-06)"));
        MessageCost = tree.Add(new SysctlInt("net/core/message_cost", 5, 0, int.MaxValue, "seconds in which message_burst warnings may be given (PROC-05)"));
        MessageBurst = tree.Add(new SysctlInt("net/core/message_burst", 10, int.MinValue, int.MaxValue, "warnings in one message_cost (PROC-05)"));
        TxRehash = tree.Add(new SysctlInt("net/core/txrehash", 1, 0, 1, "SO_TXREHASH of a new stream: a timeout chooses another flow label"));
        TimestampAllowData = tree.Add(new SysctlInt("net/core/tstamp_allow_data", 1, 0, 1, "whether stamps of sent packets come with the packet for who may not open raw sockets"));
    }

    /// <summary><c>tstamp_allow_data</c>.</summary>
    public SysctlInt TimestampAllowData { get; }

    /// <summary><c>txrehash</c>.</summary>
    public SysctlInt TxRehash { get; }

    /// <summary><c>rmem_default</c>.</summary>
    public SysctlInt RmemDefault { get; }

    /// <summary><c>rmem_max</c>.</summary>
    public SysctlInt RmemMax { get; }

    /// <summary><c>wmem_default</c>.</summary>
    public SysctlInt WmemDefault { get; }

    /// <summary><c>wmem_max</c>.</summary>
    public SysctlInt WmemMax { get; }

    /// <summary><c>optmem_max</c>.</summary>
    public SysctlInt OptmemMax { get; }

    /// <summary><c>somaxconn</c>.</summary>
    public SysctlInt Somaxconn { get; }

    /// <summary><c>busy_read</c>.</summary>
    public SysctlInt BusyRead { get; }

    /// <summary><c>busy_poll</c>.</summary>
    public SysctlInt BusyPoll { get; }

    /// <summary><c>netdev_max_backlog</c>.</summary>
    public SysctlInt NetdevMaxBacklog { get; }

    /// <summary><c>message_cost</c>.</summary>
    public SysctlInt MessageCost { get; }

    /// <summary><c>message_burst</c>.</summary>
    public SysctlInt MessageBurst { get; }
}
