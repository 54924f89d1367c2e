namespace Slipway.Stack;

/// <summary>Counters and values of TCP, the <c>Tcp</c> lines of /proc/net/snmp (RFC 4022), in the kernel's order.</summary>
public enum TcpCounter
{
    /// <summary>How the retransmission timeout is found: 1, other than the ones RFC 4022 lists.</summary>
    RtoAlgorithm,

    /// <summary>Least retransmission timeout, milliseconds.</summary>
    RtoMin,

    /// <summary>Greatest retransmission timeout, milliseconds.</summary>
    RtoMax,

    /// <summary>Most connections; -1 is no fixed limit.</summary>
    MaxConn,

    /// <summary>Connections opened from here.</summary>
    ActiveOpens,

    /// <summary>Connections opened from the peer.</summary>
    PassiveOpens,

    /// <summary>Connections that failed before they were established.</summary>
    AttemptFails,

    /// <summary>Established connections that were reset.</summary>
    EstabResets,

    /// <summary>Connections established now.</summary>
    CurrEstab,

    /// <summary>Segments received.</summary>
    InSegs,

    /// <summary>Segments sent, without those sent again.</summary>
    OutSegs,

    /// <summary>Segments sent again.</summary>
    RetransSegs,

    /// <summary>Segments received damaged.</summary>
    InErrs,

    /// <summary>Segments sent with RST.</summary>
    OutRsts,

    /// <summary>Segments received with a bad checksum.</summary>
    InCsumErrors,
}
