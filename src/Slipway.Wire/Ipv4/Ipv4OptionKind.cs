namespace Slipway.Wire;

/// <summary>Type bytes of IPv4 options: copied flag, class and number (RFC 791 §3.1, IANA "IP Option Numbers").</summary>
public enum Ipv4OptionKind : byte
{
    /// <summary>End of the options; no length byte.</summary>
    EndOfList = 0,

    /// <summary>Padding between options; no length byte.</summary>
    NoOperation = 1,

    /// <summary>Record route.</summary>
    RecordRoute = 7,

    /// <summary>Internet timestamp.</summary>
    Timestamp = 68,

    /// <summary>Security (RFC 1108).</summary>
    Security = 130,

    /// <summary>Loose source and record route.</summary>
    LooseSourceRoute = 131,

    /// <summary>Commercial security (CIPSO).</summary>
    CommercialSecurity = 134,

    /// <summary>Stream identifier, obsolete (RFC 6814).</summary>
    StreamId = 136,

    /// <summary>Strict source and record route.</summary>
    StrictSourceRoute = 137,

    /// <summary>Router alert (RFC 2113).</summary>
    RouterAlert = 148,
}
