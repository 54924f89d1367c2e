using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>A router announces itself.</summary>
/// <remarks>
/// RFC 4861 §4.2, after type, code and checksum:
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | Cur Hop Limit |M|O|  Reserved |       Router Lifetime         |
/// |                         Reachable Time                        |
/// |                          Retrans Timer                        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   Options: source link address, MTU, prefixes, resolvers
/// </code>
/// That the hop limit was 255 and the checksum right is for the receiver of the packet to see.
/// </remarks>
public readonly ref struct RouterAdvertisementView
{
    internal const int HopLimitOffset = 4, FlagsOffset = 5, LifetimeOffset = 6, ReachableOffset = 8, RetransmitOffset = 12;
    internal const byte ManagedBit = 0x80, OtherBit = 0x40;

    private readonly ReadOnlySpan<byte> _bytes;

    private RouterAdvertisementView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Hop limit that hosts shall use; 0 if the router does not say.</summary>
    public byte HopLimit => _bytes[HopLimitOffset];

    /// <summary>Addresses are to be had by DHCPv6.</summary>
    public bool IsManaged => (_bytes[FlagsOffset] & ManagedBit) != 0;

    /// <summary>Other configuration is to be had by DHCPv6.</summary>
    public bool HasOtherConfiguration => (_bytes[FlagsOffset] & OtherBit) != 0;

    /// <summary>Router preference (RFC 4191 §2.2): 1 high, 0 medium, -1 low. The reserved value counts as medium.</summary>
    public int Preference => (_bytes[FlagsOffset] >> 3 & 3) switch { 1 => 1, 3 => -1, _ => 0 };

    /// <summary>Seconds that this is a default router; 0: it is none.</summary>
    public ushort RouterLifetime => BinaryPrimitives.ReadUInt16BigEndian(_bytes[LifetimeOffset..]);

    /// <summary>Milliseconds that a neighbour counts as reachable; 0 if the router does not say.</summary>
    public uint ReachableTime => BinaryPrimitives.ReadUInt32BigEndian(_bytes[ReachableOffset..]);

    /// <summary>Milliseconds between neighbour solicitations; 0 if the router does not say.</summary>
    public uint RetransmitTimer => BinaryPrimitives.ReadUInt32BigEndian(_bytes[RetransmitOffset..]);

    /// <summary>The options.</summary>
    public NeighborOptionsView Options => new(_bytes[RouterAdvertisementHeader.Length..]);

    /// <summary>Validates a message.</summary>
    /// <param name="message">The payload of the IPv6 packet.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>, <see cref="WireError.BadType"/> (also a code other than 0) or <see cref="WireError.BadOption"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, out RouterAdvertisementView view, out WireError error)
    {
        error = NeighborOptionsView.CheckMessage(message, Icmpv6Type.RouterAdvertisement, RouterAdvertisementHeader.Length);
        view = error == WireError.None ? new RouterAdvertisementView(message) : default;
        return error == WireError.None;
    }

    /// <summary>The fixed part as a value.</summary>
    public RouterAdvertisementHeader ToHeader() => new(HopLimit, RouterLifetime)
    {
        IsManaged = IsManaged,
        HasOtherConfiguration = HasOtherConfiguration,
        Preference = Preference,
        ReachableTime = ReachableTime,
        RetransmitTimer = RetransmitTimer,
    };
}
