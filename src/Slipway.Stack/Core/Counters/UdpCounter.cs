namespace Slipway.Stack;

/// <summary>Counters of UDP, the <c>Udp</c> lines of /proc/net/snmp and, for IPv6, of /proc/net/snmp6 (RFC 4113), in the kernel's order.</summary>
public enum UdpCounter
{
    /// <summary>Datagrams delivered to programs.</summary>
    InDatagrams,

    /// <summary>Datagrams to a port without a socket.</summary>
    NoPorts,

    /// <summary>Datagrams dropped for any other reason.</summary>
    InErrors,

    /// <summary>Datagrams sent.</summary>
    OutDatagrams,

    /// <summary>Dropped: the receive buffer was full.</summary>
    RcvbufErrors,

    /// <summary>Not sent: no memory for it.</summary>
    SndbufErrors,

    /// <summary>Dropped: bad checksum.</summary>
    InCsumErrors,

    /// <summary>Multicast datagrams that no socket wanted.</summary>
    IgnoredMulti,

    /// <summary>Dropped: all UDP sockets together hold too much.</summary>
    MemErrors,
}
