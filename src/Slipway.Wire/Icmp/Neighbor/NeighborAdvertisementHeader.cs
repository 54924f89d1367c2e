namespace Slipway.Wire;

/// <summary>A neighbour advertisement to build; see <see cref="NeighborAdvertisementView"/> for the layout. Options, if any, are put behind it first: <see cref="NeighborOptionsBuilder"/>.</summary>
/// <param name="Target">The address that the sender has.</param>
/// <param name="IsRouter">The sender is a router.</param>
/// <param name="IsSolicited">The answer to a solicitation.</param>
/// <param name="IsOverride">The link address replaces a cached one.</param>
public readonly record struct NeighborAdvertisementHeader(IpAddress Target, bool IsRouter, bool IsSolicited, bool IsOverride)
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
        Target.WriteIPv6(message[NeighborAdvertisementView.TargetOffset..]);
        int flags = (IsRouter ? NeighborAdvertisementView.RouterBit : 0) | (IsSolicited ? NeighborAdvertisementView.SolicitedBit : 0)
            | (IsOverride ? NeighborAdvertisementView.OverrideBit : 0);
        new Icmpv6Header(Icmpv6Type.NeighborAdvertisement, 0, (uint)flags << 24).Write(message, source, destination);
    }
}
