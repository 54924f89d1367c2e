namespace Slipway.Wire;

/// <summary>A better first hop exists.</summary>
/// <remarks>
/// RFC 4861 §4.5, after type, code and checksum:
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                            Reserved                           |
/// |                   Target Address (16 bytes)                   |
/// |                 Destination Address (16 bytes)                |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   Options: target link address, redirected header
/// </code>
/// That the hop limit was 255 and the checksum right is for the receiver of the packet to see.
/// </remarks>
public readonly ref struct RedirectView
{
    internal const int TargetOffset = 8, DestinationOffset = 24;

    private readonly ReadOnlySpan<byte> _bytes;

    private RedirectView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The better first hop; the destination itself if that is a neighbour.</summary>
    public IpAddress Target => IpAddress.ReadIPv6(_bytes[TargetOffset..]);

    /// <summary>For packets to this address.</summary>
    public IpAddress Destination => IpAddress.ReadIPv6(_bytes[DestinationOffset..]);

    /// <summary>The options.</summary>
    public NeighborOptionsView Options => new(_bytes[RedirectHeader.Length..]);

    /// <summary>Validates a message.</summary>
    /// <param name="message">The payload of the IPv6 packet.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>, <see cref="WireError.BadType"/> (also a code other than 0) or <see cref="WireError.BadOption"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, out RedirectView view, out WireError error)
    {
        error = NeighborOptionsView.CheckMessage(message, Icmpv6Type.Redirect, RedirectHeader.Length);
        view = error == WireError.None ? new RedirectView(message) : default;
        return error == WireError.None;
    }

    /// <summary>The fixed part as a value.</summary>
    public RedirectHeader ToHeader() => new(Target, Destination);
}
