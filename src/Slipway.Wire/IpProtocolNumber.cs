namespace Slipway.Wire;

/// <summary>The protocol field of IPv4 and the next header field of IPv6 (IANA "Assigned Internet Protocol Numbers").</summary>
/// <remarks>The numbers of the socket API are <c>Slipway.Sockets.IpProtocol</c>; these are the bytes on the wire.</remarks>
public enum IpProtocolNumber : byte
{
    /// <summary>IPv6 hop-by-hop options (RFC 8200 §4.3).</summary>
    HopByHop = 0,

    /// <summary>ICMP for IPv4 (RFC 792).</summary>
    Icmpv4 = 1,

    /// <summary>Internet group management (RFC 3376).</summary>
    Igmp = 2,

    /// <summary>IPv4 in IP (RFC 2003).</summary>
    Ipv4 = 4,

    /// <summary>Transmission control protocol (RFC 9293).</summary>
    Tcp = 6,

    /// <summary>User datagram protocol (RFC 768).</summary>
    Udp = 17,

    /// <summary>IPv6 in IP (RFC 2473).</summary>
    Ipv6 = 41,

    /// <summary>IPv6 routing header (RFC 8200 §4.4).</summary>
    Routing = 43,

    /// <summary>IPv6 fragment header (RFC 8200 §4.5).</summary>
    Fragment = 44,

    /// <summary>Generic routing encapsulation (RFC 2784).</summary>
    Gre = 47,

    /// <summary>Encapsulating security payload (RFC 4303).</summary>
    Esp = 50,

    /// <summary>Authentication header (RFC 4302).</summary>
    Authentication = 51,

    /// <summary>ICMP for IPv6 (RFC 4443).</summary>
    Icmpv6 = 58,

    /// <summary>Nothing follows (RFC 8200 §4.7).</summary>
    NoNextHeader = 59,

    /// <summary>IPv6 destination options (RFC 8200 §4.6).</summary>
    DestinationOptions = 60,

    /// <summary>Stream control transmission protocol (RFC 9260).</summary>
    Sctp = 132,

    /// <summary>Mobility header (RFC 6275).</summary>
    Mobility = 135,

    /// <summary>UDP-Lite (RFC 3828).</summary>
    UdpLite = 136,

    /// <summary>Reserved (RFC 3692 experiments end at 254); the socket API's IPPROTO_RAW.</summary>
    Reserved = 255,
}
