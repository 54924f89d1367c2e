namespace Slipway.Wire;

/// <summary>A routing header of IPv6.</summary>
/// <remarks>
/// RFC 8200 §4.4. Type 0 is deprecated and refused by every node (RFC 5095):
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Next Header  |  Hdr Ext Len  |  Routing Type | Segments Left |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                  type-specific data ...                       |
/// </code>
/// </remarks>
public readonly ref struct Ipv6RoutingView
{
    private const int TypeOffset = 2, SegmentsLeftOffset = 3, DataOffset = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv6RoutingView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What follows the header.</summary>
    public IpProtocolNumber NextHeader => (IpProtocolNumber)_bytes[0];

    /// <summary>Routing type: 2 mobile IPv6 (RFC 6275), 3 RPL (RFC 6554), 4 segment routing (RFC 8754).</summary>
    public byte RoutingType => _bytes[TypeOffset];

    /// <summary>Nodes still to be visited. A header of an unknown type is passed over if it is 0, else answered by a parameter problem (RFC 8200 §4.4).</summary>
    public byte SegmentsLeft => _bytes[SegmentsLeftOffset];

    /// <summary>The bytes whose meaning the type fixes.</summary>
    public ReadOnlySpan<byte> Data => _bytes[DataOffset..];

    /// <summary>Validates a routing header.</summary>
    /// <param name="bytes">The header; bytes after its length are ignored.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Ipv6RoutingView view, out WireError error)
    {
        bool fits = bytes.Length >= 8 && bytes.Length >= (bytes[1] + 1) * 8;
        view = fits ? new Ipv6RoutingView(bytes[..((bytes[1] + 1) * 8)]) : default;
        error = fits ? WireError.None : WireError.Truncated;
        return fits;
    }
}
