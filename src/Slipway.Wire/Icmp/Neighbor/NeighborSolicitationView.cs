namespace Slipway.Wire;

/// <summary>Who has this address?</summary>
/// <remarks>
/// RFC 4861 §4.3, after type, code and checksum:
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                            Reserved                           |
/// |                   Target Address (16 bytes)                   |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   Options: source link address, nonce
/// </code>
/// That the hop limit was 255 and the checksum right is for the receiver of the packet to see.
/// </remarks>
public readonly ref struct NeighborSolicitationView
{
    internal const int TargetOffset = 8;

    private readonly ReadOnlySpan<byte> _bytes;

    private NeighborSolicitationView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The address that is asked for.</summary>
    public IpAddress Target => IpAddress.ReadIPv6(_bytes[TargetOffset..]);

    /// <summary>The options.</summary>
    public NeighborOptionsView Options => new(_bytes[NeighborSolicitationHeader.Length..]);

    /// <summary>Validates a message.</summary>
    /// <param name="message">The payload of the IPv6 packet.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>, <see cref="WireError.BadType"/> (also a code other than 0) or <see cref="WireError.BadOption"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, out NeighborSolicitationView view, out WireError error)
    {
        error = NeighborOptionsView.CheckMessage(message, Icmpv6Type.NeighborSolicitation, NeighborSolicitationHeader.Length);
        view = error == WireError.None ? new NeighborSolicitationView(message) : default;
        return error == WireError.None;
    }

    /// <summary>The fixed part as a value.</summary>
    public NeighborSolicitationHeader ToHeader() => new(Target);
}
