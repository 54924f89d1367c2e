namespace Slipway.Wire;

/// <summary>A neighbour solicitation to build; see <see cref="NeighborSolicitationView"/> for the layout. Options, if any, are put behind it first: <see cref="NeighborOptionsBuilder"/>.</summary>
/// <param name="Target">The address that is asked for.</param>
public readonly record struct NeighborSolicitationHeader(IpAddress Target)
{
    /// <summary>Bytes of the fixed part.</summary>
    public const int Length = 24;

    /// <summary>Writes the fixed part to the start of a message whose options are in place, with the checksum over all of it.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="source">Source address of the packet.</param>
    /// <param name="destination">Destination address of the packet.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> message, IpAddress source, IpAddress destination)
    {
        Target.WriteIPv6(message[NeighborSolicitationView.TargetOffset..]);
        new Icmpv6Header(Icmpv6Type.NeighborSolicitation, 0, 0).Write(message, source, destination);
    }
}
