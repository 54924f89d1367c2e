using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>A router advertisement to build; see <see cref="RouterAdvertisementView"/> for the layout. Options, if any, are put behind it first: <see cref="NeighborOptionsBuilder"/>.</summary>
/// <param name="HopLimit">Hop limit that hosts shall use; 0 not to say.</param>
/// <param name="RouterLifetime">Seconds that this is a default router; 0: it is none.</param>
public readonly record struct RouterAdvertisementHeader(byte HopLimit, ushort RouterLifetime)
{
    /// <summary>Bytes of the fixed part.</summary>
    public const int Length = 16;

    /// <summary>Addresses are to be had by DHCPv6.</summary>
    public bool IsManaged { get; init; }

    /// <summary>Other configuration is to be had by DHCPv6.</summary>
    public bool HasOtherConfiguration { get; init; }

    /// <summary>Router preference (RFC 4191 §2.2): 1 high, 0 medium, -1 low.</summary>
    public int Preference { get; init; }

    /// <summary>Milliseconds that a neighbour counts as reachable; 0 not to say.</summary>
    public uint ReachableTime { get; init; }

    /// <summary>Milliseconds between neighbour solicitations; 0 not to say.</summary>
    public uint RetransmitTimer { get; init; }

    /// <summary>Writes the fixed part to the start of a message whose options are in place, with the checksum over all of it.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="source">Source address of the packet.</param>
    /// <param name="destination">Destination address of the packet.</param>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> message, IpAddress source, IpAddress destination)
    {
        int flags = (IsManaged ? RouterAdvertisementView.ManagedBit : 0) | (HasOtherConfiguration ? RouterAdvertisementView.OtherBit : 0) | (Preference & 3) << 3;
        BinaryPrimitives.WriteUInt32BigEndian(message[RouterAdvertisementView.ReachableOffset..], ReachableTime);
        BinaryPrimitives.WriteUInt32BigEndian(message[RouterAdvertisementView.RetransmitOffset..], RetransmitTimer);
        new Icmpv6Header(Icmpv6Type.RouterAdvertisement, 0, (uint)HopLimit << 24 | (uint)flags << 16 | RouterLifetime).Write(message, source, destination);
    }
}
