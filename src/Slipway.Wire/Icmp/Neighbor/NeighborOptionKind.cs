namespace Slipway.Wire;

/// <summary>Types of neighbour discovery options (RFC 4861 §4.6, IANA "IPv6 Neighbor Discovery Option Formats").</summary>
public enum NeighborOptionKind : byte
{
    /// <summary>Link address of the sender.</summary>
    SourceLinkAddress = 1,

    /// <summary>Link address of the target.</summary>
    TargetLinkAddress = 2,

    /// <summary>A prefix of the link.</summary>
    PrefixInformation = 3,

    /// <summary>The packet that caused a redirect.</summary>
    RedirectedHeader = 4,

    /// <summary>MTU of the link.</summary>
    Mtu = 5,

    /// <summary>Tells one's own probes from another's (RFC 3971 §5.3.2, RFC 7527).</summary>
    Nonce = 14,

    /// <summary>A more specific route (RFC 4191 §2.3).</summary>
    RouteInformation = 24,

    /// <summary>Resolvers (RFC 8106 §5.1).</summary>
    RecursiveDnsServer = 25,

    /// <summary>Search domains (RFC 8106 §5.2).</summary>
    DnsSearchList = 31,

    /// <summary>Where a captive portal's API is (RFC 8910).</summary>
    CaptivePortal = 37,

    /// <summary>Prefix for IPv4 translation (RFC 8781).</summary>
    Pref64 = 38,
}
