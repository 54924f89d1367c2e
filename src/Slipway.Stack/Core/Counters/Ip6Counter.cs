namespace Slipway.Stack;

/// <summary>Counters of IPv6, the <c>Ip6</c> lines of /proc/net/snmp6 (RFC 4293), in the kernel's order.</summary>
public enum Ip6Counter
{
    /// <summary>Packets received, damaged ones included.</summary>
    InReceives,

    /// <summary>Dropped: bad header, or hop limit at its end.</summary>
    InHdrErrors,

    /// <summary>Not forwarded: longer than the next link takes.</summary>
    InTooBigErrors,

    /// <summary>Not forwarded: no route.</summary>
    InNoRoutes,

    /// <summary>Dropped: not an address to which the host may deliver.</summary>
    InAddrErrors,

    /// <summary>Dropped: nobody takes this next header.</summary>
    InUnknownProtos,

    /// <summary>Dropped: shorter than the header says.</summary>
    InTruncatedPkts,

    /// <summary>Dropped for want of memory.</summary>
    InDiscards,

    /// <summary>Handed to a transport.</summary>
    InDelivers,

    /// <summary>Packets forwarded.</summary>
    OutForwDatagrams,

    /// <summary>Packets that transports handed down.</summary>
    OutRequests,

    /// <summary>Dropped for want of memory.</summary>
    OutDiscards,

    /// <summary>Dropped: no route.</summary>
    OutNoRoutes,

    /// <summary>Packets given up because fragments were late.</summary>
    ReasmTimeout,

    /// <summary>Fragments received.</summary>
    ReasmReqds,

    /// <summary>Packets put together.</summary>
    ReasmOKs,

    /// <summary>Failures to put together, for whatever reason.</summary>
    ReasmFails,

    /// <summary>Packets cut into fragments.</summary>
    FragOKs,

    /// <summary>Dropped: could not be cut into fragments.</summary>
    FragFails,

    /// <summary>Fragments made.</summary>
    FragCreates,

    /// <summary>Multicast packets received.</summary>
    InMcastPkts,

    /// <summary>Multicast packets sent.</summary>
    OutMcastPkts,

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

    /// <summary>Packets received that are not ECN-capable (RFC 3168).</summary>
    InNoECTPkts,

    /// <summary>Packets received with ECT(1).</summary>
    InECT1Pkts,

    /// <summary>Packets received with ECT(0).</summary>
    InECT0Pkts,

    /// <summary>Packets received that met congestion.</summary>
    InCEPkts,

    /// <summary>Packets handed to devices, fragments each.</summary>
    OutTransmits,
}
