namespace Slipway.Sockets;

/// <summary>Protocols of the internet domains, as the third argument of socket(2) and as option levels (IANA protocol numbers).</summary>
public enum IpProtocol
{
    /// <summary>IPPROTO_IP: the default protocol of the type, and the level of IPv4 options.</summary>
    Ip = 0,

    /// <summary>IPPROTO_ICMP.</summary>
    Icmp = 1,

    /// <summary>IPPROTO_IGMP.</summary>
    Igmp = 2,

    /// <summary>IPPROTO_TCP.</summary>
    Tcp = 6,

    /// <summary>IPPROTO_UDP.</summary>
    Udp = 17,

    /// <summary>IPPROTO_DCCP.</summary>
    Dccp = 33,

    /// <summary>IPPROTO_IPV6: the level of IPv6 options.</summary>
    IPv6 = 41,

    /// <summary>IPPROTO_ICMPV6.</summary>
    IcmpV6 = 58,

    /// <summary>IPPROTO_SCTP.</summary>
    Sctp = 132,

    /// <summary>IPPROTO_UDPLITE.</summary>
    UdpLite = 136,

    /// <summary>IPPROTO_RAW.</summary>
    Raw = 255,

    /// <summary>IPPROTO_MAX: the first number that is out of range (Linux, since MPTCP took 262).</summary>
    Max = 263,
}
