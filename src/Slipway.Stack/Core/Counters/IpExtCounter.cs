namespace Slipway.Stack;

/// <summary>Counters of IPv4 beyond the standard ones, the <c>IpExt</c> lines of /proc/net/netstat, in the kernel's order.</summary>
public enum IpExtCounter
{
    /// <summary>Dropped: no route.</summary>
    InNoRoutes,

    /// <summary>Dropped: shorter than the header says.</summary>
    InTruncatedPkts,

    /// <summary>Multicast packets received.</summary>
    InMcastPkts,

    /// <summary>Multicast packets sent.</summary>
    OutMcastPkts,

    /// <summary>Broadcast packets received.</summary>
    InBcastPkts,

    /// <summary>Broadcast packets sent.</summary>
    OutBcastPkts,

    /// <summary>Bytes received.</summary>
    InOctets,

    /// <summary>Bytes sent.</summary>
    OutOctets,

    /// <summary>Bytes received in multicast packets.</summary>
    InMcastOctets,

    /// <summary>Bytes sent in multicast packets.</summary>
    OutMcastOctets,

    /// <summary>Bytes received in broadcast packets.</summary>
    InBcastOctets,

    /// <summary>Bytes sent in broadcast packets.</summary>
    OutBcastOctets,

    /// <summary>Dropped: bad header checksum.</summary>
    InCsumErrors,

    /// <summary>Packets received that are not ECN-capable (RFC 3168).</summary>
    InNoECTPkts,

    /// <summary>Packets received with ECT(1).</summary>
    InECT1Pkts,

    /// <summary>Packets received with ECT(0).</summary>
    InECT0Pkts,

    /// <summary>Packets received that met congestion.</summary>
    InCEPkts,

    /// <summary>Packets dropped because fragments overlapped (RFC 5722).</summary>
    ReasmOverlaps,
}
