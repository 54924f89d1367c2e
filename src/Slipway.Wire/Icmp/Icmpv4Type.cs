namespace Slipway.Wire;

/// <summary>ICMP message types for IPv4 (RFC 792, RFC 1256; IANA "ICMP Type Numbers").</summary>
public enum Icmpv4Type : byte
{
    /// <summary>Answer to an echo.</summary>
    EchoReply = 0,

    /// <summary>The packet could not be delivered; the code says why.</summary>
    DestinationUnreachable = 3,

    /// <summary>Slow down; deprecated (RFC 6633).</summary>
    SourceQuench = 4,

    /// <summary>A better first hop exists.</summary>
    Redirect = 5,

    /// <summary>Send this back.</summary>
    Echo = 8,

    /// <summary>A router announces itself (RFC 1256).</summary>
    RouterAdvertisement = 9,

    /// <summary>Which routers are there? (RFC 1256)</summary>
    RouterSolicitation = 10,

    /// <summary>The TTL ran out, or the time to reassemble.</summary>
    TimeExceeded = 11,

    /// <summary>A header field is wrong; the pointer says which.</summary>
    ParameterProblem = 12,

    /// <summary>What time is it?</summary>
    Timestamp = 13,

    /// <summary>Answer to a timestamp.</summary>
    TimestampReply = 14,

    /// <summary>Obsolete (RFC 6918).</summary>
    InformationRequest = 15,

    /// <summary>Obsolete (RFC 6918).</summary>
    InformationReply = 16,

    /// <summary>Obsolete (RFC 6918).</summary>
    AddressMaskRequest = 17,

    /// <summary>Obsolete (RFC 6918).</summary>
    AddressMaskReply = 18,

    /// <summary>Probe of an interface (RFC 8335).</summary>
    ExtendedEchoRequest = 42,

    /// <summary>Answer to a probe of an interface (RFC 8335).</summary>
    ExtendedEchoReply = 43,
}
