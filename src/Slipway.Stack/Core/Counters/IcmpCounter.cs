namespace Slipway.Stack;

/// <summary>Counters of ICMP that are not about one type, of the <c>Icmp</c> lines of /proc/net/snmp and the <c>Icmp6</c> lines of /proc/net/snmp6 (RFC 4293).</summary>
public enum IcmpCounter
{
    /// <summary>Messages received, damaged ones included.</summary>
    InMsgs,

    /// <summary>Messages received that were damaged or made no sense.</summary>
    InErrors,

    /// <summary>Messages received with a bad checksum.</summary>
    InCsumErrors,

    /// <summary>Messages sent.</summary>
    OutMsgs,

    /// <summary>Messages not sent because of a problem of ICMP itself.</summary>
    OutErrors,

    /// <summary>Messages not sent because of the limit for all destinations together. IPv4 only.</summary>
    OutRateLimitGlobal,

    /// <summary>Messages not sent because of the limit for one destination.</summary>
    OutRateLimitHost,
}
