namespace Slipway.Wire;

/// <summary>Kinds of TCP options (RFC 9293 §3.2, IANA "TCP Option Kind Numbers").</summary>
public enum TcpOptionKind : byte
{
    /// <summary>End of the options; no length byte.</summary>
    EndOfList = 0,

    /// <summary>Padding between options; no length byte.</summary>
    NoOperation = 1,

    /// <summary>Maximum segment size (RFC 9293 §3.7.1), on SYN.</summary>
    MaximumSegmentSize = 2,

    /// <summary>Window scale (RFC 7323 §2), on SYN.</summary>
    WindowScale = 3,

    /// <summary>Selective acknowledgments are welcome (RFC 2018 §2), on SYN.</summary>
    SackPermitted = 4,

    /// <summary>Selective acknowledgment (RFC 2018 §3).</summary>
    Sack = 5,

    /// <summary>Timestamps (RFC 7323 §3).</summary>
    Timestamps = 8,

    /// <summary>MD5 signature (RFC 2385).</summary>
    Md5Signature = 19,

    /// <summary>User timeout (RFC 5482).</summary>
    UserTimeout = 28,

    /// <summary>Authentication (RFC 5925).</summary>
    Authentication = 29,

    /// <summary>Multipath TCP (RFC 8684).</summary>
    Multipath = 30,

    /// <summary>Fast open cookie (RFC 7413 §4.1.1), on SYN.</summary>
    FastOpenCookie = 34,

    /// <summary>Shared by experiments, which a number after the length tells apart (RFC 6994).</summary>
    Experiment = 254,
}
