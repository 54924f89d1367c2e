namespace Slipway.Wire;

/// <summary>
/// Why a view refused the bytes. Every <c>TryParse</c> of this library gives <see cref="None"/> exactly when it returns true.
/// </summary>
/// <remarks>
/// The contract of all views, stated once: <c>TryParse</c> checks every length and field that an accessor relies on, and from then
/// on no accessor can fail or read past the end. A view never allocates and never outlives the bytes it looks at. Checksums are
/// not part of parsing, because a link with checksum offload carries none: ask <c>HasValidChecksum</c> where they count.
/// </remarks>
public enum WireError
{
    /// <summary>Accepted.</summary>
    None,

    /// <summary>Fewer bytes than the header, or than the lengths in it, promise.</summary>
    Truncated,

    /// <summary>The version field is not 4 (IPv4) or 6 (IPv6).</summary>
    BadVersion,

    /// <summary>The header's own length field is below the minimum or beyond the bytes.</summary>
    BadHeaderLength,

    /// <summary>The length of the whole (IPv4 total length, UDP length) is smaller than the header.</summary>
    BadTotalLength,

    /// <summary>An option's length or contents break its format.</summary>
    BadOption,

    /// <summary>Hardware or protocol type, or their address lengths, are not Ethernet and IPv4 (ARP).</summary>
    BadAddressFormat,

    /// <summary>The message type is not the one that this view reads.</summary>
    BadType,

    /// <summary>An extension header stands where RFC 8200 §4.1 forbids it: hop-by-hop options anywhere but first.</summary>
    BadOrder,

    /// <summary>More extension headers than <see cref="Ipv6ExtensionWalker.MaximumHeaders"/>.</summary>
    TooManyHeaders,

    /// <summary>A jumbogram (RFC 2675): no link here carries one.</summary>
    Jumbogram,
}
