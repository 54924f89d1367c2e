namespace Slipway.Wire;

/// <summary>Which routers are there? Built by <see cref="Icmpv6Header.RouterSolicitation"/>, as there is nothing in it but options.</summary>
/// <remarks>
/// RFC 4861 §4.1, after type, code and checksum:
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                            Reserved                           |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   Options: source link address
/// </code>
/// That the hop limit was 255 and the checksum right is for the receiver of the packet to see.
/// </remarks>
public readonly ref struct RouterSolicitationView
{
    private readonly ReadOnlySpan<byte> _bytes;

    private RouterSolicitationView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The options.</summary>
    public NeighborOptionsView Options => new(_bytes[Icmpv6Header.Length..]);

    /// <summary>Validates a message.</summary>
    /// <param name="message">The payload of the IPv6 packet.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>, <see cref="WireError.BadType"/> (also a code other than 0) or <see cref="WireError.BadOption"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, out RouterSolicitationView view, out WireError error)
    {
        error = NeighborOptionsView.CheckMessage(message, Icmpv6Type.RouterSolicitation, Icmpv6Header.Length);
        view = error == WireError.None ? new RouterSolicitationView(message) : default;
        return error == WireError.None;
    }
}
