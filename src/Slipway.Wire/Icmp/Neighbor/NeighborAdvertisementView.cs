namespace Slipway.Wire;

/// <summary>I have this address.</summary>
/// <remarks>
/// RFC 4861 §4.4, after type, code and checksum:
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |R|S|O|                     Reserved                            |
/// |                   Target Address (16 bytes)                   |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   Options: target link address
/// </code>
/// That the hop limit was 255 and the checksum right is for the receiver of the packet to see.
/// </remarks>
public readonly ref struct NeighborAdvertisementView
{
    internal const int FlagsOffset = 4, TargetOffset = 8;
    internal const byte RouterBit = 0x80, SolicitedBit = 0x40, OverrideBit = 0x20;

    private readonly ReadOnlySpan<byte> _bytes;

    private NeighborAdvertisementView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The sender is a router.</summary>
    public bool IsRouter => (_bytes[FlagsOffset] & RouterBit) != 0;

    /// <summary>The answer to a solicitation: it proves that the neighbour can be reached.</summary>
    public bool IsSolicited => (_bytes[FlagsOffset] & SolicitedBit) != 0;

    /// <summary>The link address replaces a cached one.</summary>
    public bool IsOverride => (_bytes[FlagsOffset] & OverrideBit) != 0;

    /// <summary>The address that the sender has.</summary>
    public IpAddress Target => IpAddress.ReadIPv6(_bytes[TargetOffset..]);

    /// <summary>The options.</summary>
    public NeighborOptionsView Options => new(_bytes[NeighborAdvertisementHeader.Length..]);

    /// <summary>Validates a message.</summary>
    /// <param name="message">The payload of the IPv6 packet.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>, <see cref="WireError.BadType"/> (also a code other than 0) or <see cref="WireError.BadOption"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> message, out NeighborAdvertisementView view, out WireError error)
    {
        error = NeighborOptionsView.CheckMessage(message, Icmpv6Type.NeighborAdvertisement, NeighborAdvertisementHeader.Length);
        view = error == WireError.None ? new NeighborAdvertisementView(message) : default;
        return error == WireError.None;
    }

    /// <summary>The fixed part as a value.</summary>
    public NeighborAdvertisementHeader ToHeader() => new(Target, IsRouter, IsSolicited, IsOverride);
}
