namespace Slipway.Wire;

/// <summary>Types of the options in hop-by-hop and destination headers (IANA "Destination Options and Hop-by-Hop Options").</summary>
public enum Ipv6OptionKind : byte
{
    /// <summary>One byte of padding; no length byte (RFC 8200 §4.2).</summary>
    Pad1 = 0x00,

    /// <summary>Two or more bytes of padding (RFC 8200 §4.2).</summary>
    PadN = 0x01,

    /// <summary>Router alert (RFC 2711).</summary>
    RouterAlert = 0x05,

    /// <summary>CALIPSO (RFC 5570).</summary>
    Calipso = 0x07,

    /// <summary>In-situ operations, of a kind that routers may change (RFC 9486).</summary>
    Ioam = 0x31,

    /// <summary>Tunnel encapsulation limit (RFC 2473 §4.1.1).</summary>
    TunnelEncapsulationLimit = 0x04,

    /// <summary>Jumbo payload (RFC 2675).</summary>
    JumboPayload = 0xC2,

    /// <summary>Home address (RFC 6275 §6.3).</summary>
    HomeAddress = 0xC9,
}
