namespace Slipway.Wire;

/// <summary>ICMP message types for IPv6 (RFC 4443, RFC 4861, RFC 2710, RFC 3810; IANA "ICMPv6 Parameters"). Below 128 they are errors.</summary>
public enum Icmpv6Type : byte
{
    /// <summary>The packet could not be delivered; the code says why.</summary>
    DestinationUnreachable = 1,

    /// <summary>Too large for the next link; the message carries its MTU.</summary>
    PacketTooBig = 2,

    /// <summary>The hop limit ran out, or the time to reassemble.</summary>
    TimeExceeded = 3,

    /// <summary>A header field is wrong; the pointer says which.</summary>
    ParameterProblem = 4,

    /// <summary>Send this back.</summary>
    EchoRequest = 128,

    /// <summary>Answer to an echo.</summary>
    EchoReply = 129,

    /// <summary>Who listens? (RFC 2710)</summary>
    MulticastListenerQuery = 130,

    /// <summary>I listen (RFC 2710).</summary>
    MulticastListenerReport = 131,

    /// <summary>I listen no more (RFC 2710).</summary>
    MulticastListenerDone = 132,

    /// <summary>Which routers are there? (RFC 4861 §4.1)</summary>
    RouterSolicitation = 133,

    /// <summary>A router announces itself (RFC 4861 §4.2).</summary>
    RouterAdvertisement = 134,

    /// <summary>Who has this address? (RFC 4861 §4.3)</summary>
    NeighborSolicitation = 135,

    /// <summary>I have it (RFC 4861 §4.4).</summary>
    NeighborAdvertisement = 136,

    /// <summary>A better first hop exists (RFC 4861 §4.5).</summary>
    Redirect = 137,

    /// <summary>I listen, and to whom (RFC 3810).</summary>
    MulticastListenerReportV2 = 143,

    /// <summary>Probe of an interface (RFC 8335).</summary>
    ExtendedEchoRequest = 160,

    /// <summary>Answer to a probe of an interface (RFC 8335).</summary>
    ExtendedEchoReply = 161,
}
