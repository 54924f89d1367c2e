using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Slipway.Wire;

/// <summary>An IPv6 packet: the fixed header and all that follows. <see cref="Ipv6ExtensionWalker"/> goes through the extension headers.</summary>
/// <remarks>
/// RFC 8200 §3:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |Version| Traffic Class |           Flow Label                  |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |         Payload Length        |  Next Header  |   Hop Limit   |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                  Source Address (16 bytes)                    |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                Destination Address (16 bytes)                 |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public readonly ref struct Ipv6View
{
    internal const int PayloadLengthOffset = 4, NextHeaderOffset = 6, HopLimitOffset = 7, SourceOffset = 8, DestinationOffset = 24;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv6View(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Six bits of DSCP (RFC 2474), two of ECN (RFC 3168).</summary>
    public byte TrafficClass => (byte)(FirstWord >> 20);

    /// <summary>Flow label, 20 bits (RFC 6437).</summary>
    public int FlowLabel => (int)(FirstWord & 0xF_FFFF);

    /// <summary>Bytes after the fixed header as it says. A quoted packet may have fewer.</summary>
    public int PayloadLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[PayloadLengthOffset..]);

    /// <summary>What follows the fixed header: an extension header or the upper protocol.</summary>
    public IpProtocolNumber NextHeader => (IpProtocolNumber)_bytes[NextHeaderOffset];

    /// <summary>Hops the packet may still make.</summary>
    public byte HopLimit => _bytes[HopLimitOffset];

    /// <summary>
    /// Source address. One in ::ffff:0:0/96 must not be on the wire (RFC 4291 §2.5.5.2) and reads as IPv4:
    /// check <see cref="HasMappedAddress"/> before it is believed.
    /// </summary>
    public IpAddress Source
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IpAddress.ReadIPv6(_bytes[SourceOffset..]);
    }

    /// <summary>Destination address; see <see cref="Source"/> for mapped ones.</summary>
    public IpAddress Destination
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IpAddress.ReadIPv6(_bytes[DestinationOffset..]);
    }

    /// <summary>Whether an address is IPv4-mapped: such a packet is to be dropped.</summary>
    public bool HasMappedAddress => Source.IsIPv4 || Destination.IsIPv4;

    /// <summary>The fixed header.</summary>
    public ReadOnlySpan<byte> Header => _bytes[..Ipv6Header.Length];

    /// <summary>All after the fixed header, without the link's padding; of a quoted packet, what is there of it.</summary>
    public ReadOnlySpan<byte> Payload
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bytes[Ipv6Header.Length..];
    }

    /// <summary>The packet without the link's padding.</summary>
    public ReadOnlySpan<byte> Packet => _bytes;

    private uint FirstWord
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.ReadUInt32BigEndian(_bytes);
    }

    /// <summary>Validates a packet's fixed header.</summary>
    /// <param name="bytes">The packet; bytes after its payload length are link padding and ignored.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>, <see cref="WireError.BadVersion"/> or <see cref="WireError.Jumbogram"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Ipv6View view, out WireError error)
    {
        view = default;
        error = CheckHeader(bytes, out int total);
        if (error == WireError.None && total > bytes.Length) error = WireError.Truncated;
        if (error != WireError.None) return false;
        view = new Ipv6View(bytes[..total]);
        return true;
    }

    /// <summary>Validates the start of a packet as an ICMPv6 error quotes it (RFC 4443 §3): the fixed header must be whole, the rest need not.</summary>
    /// <param name="bytes">The quotation.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error">As <see cref="TryParse"/>, but a payload cut short is no error.</param>
    public static bool TryParseQuoted(ReadOnlySpan<byte> bytes, out Ipv6View view, out WireError error)
    {
        view = default;
        error = CheckHeader(bytes, out int total);
        if (error != WireError.None) return false;
        view = new Ipv6View(bytes[..Math.Min(total, bytes.Length)]);
        return true;
    }

    /// <summary>A walker over the extension headers.</summary>
    public Ipv6ExtensionWalker WalkExtensions() => new(NextHeader, Payload);

    /// <summary>The header as a value.</summary>
    public Ipv6Header ToHeader() => new(Source, Destination, NextHeader)
    {
        TrafficClass = TrafficClass,
        FlowLabel = FlowLabel,
        PayloadLength = PayloadLength,
        HopLimit = HopLimit,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WireError CheckHeader(ReadOnlySpan<byte> bytes, out int total)
    {
        total = 0;
        if (bytes.Length < Ipv6Header.Length) return WireError.Truncated;
        if (bytes[0] >> 4 != 6) return WireError.BadVersion;
        int payload = BinaryPrimitives.ReadUInt16BigEndian(bytes[PayloadLengthOffset..]);
        total = Ipv6Header.Length + payload;
        // RFC 2675 §3: a length of zero before hop-by-hop options means that those hold the length.
        return payload == 0 && bytes[NextHeaderOffset] == (byte)IpProtocolNumber.HopByHop ? WireError.Jumbogram : WireError.None;
    }
}
