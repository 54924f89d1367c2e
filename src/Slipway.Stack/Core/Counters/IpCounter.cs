namespace Slipway.Stack;

/// <summary>Counters of IPv4, the <c>Ip</c> lines of /proc/net/snmp (RFC 4293), in the kernel's order.</summary>
public enum IpCounter
{
    /// <summary>Packets received, damaged ones included.</summary>
    InReceives,

    /// <summary>Dropped: bad header, checksum or version, or time to live at its end.</summary>
    InHdrErrors,

    /// <summary>Dropped: not an address to which the host may deliver.</summary>
    InAddrErrors,

    /// <summary>Packets to be forwarded.</summary>
    ForwDatagrams,

    /// <summary>Dropped: nobody takes this protocol.</summary>
    InUnknownProtos,

    /// <summary>Dropped for want of memory.</summary>
    InDiscards,

    /// <summary>Handed to a transport.</summary>
    InDelivers,

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

    /// <summary>Dropped: too long, and fragmenting was forbidden.</summary>
    FragFails,

    /// <summary>Fragments made.</summary>
    FragCreates,

    /// <summary>Packets handed to devices, fragments each.</summary>
    OutTransmits,
}
