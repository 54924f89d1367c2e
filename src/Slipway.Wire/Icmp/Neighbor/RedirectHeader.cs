namespace Slipway.Wire;

/// <summary>A redirect of IPv6 to build; see <see cref="RedirectView"/> for the layout. Options, if any, are put behind it first: <see cref="NeighborOptionsBuilder"/>.</summary>
/// <param name="Target">The better first hop; the destination itself if that is a neighbour.</param>
/// <param name="Destination">For packets to this address.</param>
public readonly record struct RedirectHeader(IpAddress Target, IpAddress Destination)
{
    /// <summary>Bytes of the fixed part.</summary>
    public const int Length = 40;

    /// <summary>Writes the fixed part to the start of a message whose options are in place, with the checksum over all of it.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="source">Source address of the packet.</param>
    /// <param name="destination">Destination address of the packet.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> message, IpAddress source, IpAddress destination)
    {
        Target.WriteIPv6(message[RedirectView.TargetOffset..]);
        Destination.WriteIPv6(message[RedirectView.DestinationOffset..]);
        new Icmpv6Header(Icmpv6Type.Redirect, 0, 0).Write(message, source, destination);
    }
}
