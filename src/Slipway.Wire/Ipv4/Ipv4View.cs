using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Slipway.Wire;

/// <summary>An IPv4 packet.</summary>
/// <remarks>
/// RFC 791 §3.1:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |Version|  IHL  |Type of Service|          Total Length         |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |         Identification        |Flags|      Fragment Offset    |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Time to Live |    Protocol   |         Header Checksum       |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                       Source Address                          |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                    Destination Address                        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                    Options                    |    Padding    |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public readonly ref struct Ipv4View
{
    internal const int TosOffset = 1, TotalLengthOffset = 2, IdentificationOffset = 4, FragmentOffsetOffset = 6, TtlOffset = 8,
        ProtocolOffset = 9, ChecksumOffset = 10, SourceOffset = 12, DestinationOffset = 16, OptionsOffset = 20;

    internal const ushort DontFragmentBit = 0x4000, MoreFragmentsBit = 0x2000, FragmentOffsetMask = 0x1FFF;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv4View(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Bytes of the header with its options: 20 to 60.</summary>
    public int HeaderLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_bytes[0] & 0xF) * 4;
    }

    /// <summary>The type-of-service byte: six bits of DSCP (RFC 2474), two of ECN (RFC 3168).</summary>
    public byte Tos => _bytes[TosOffset];

    /// <summary>Bytes of the packet as the header says. A quoted packet may have fewer.</summary>
    public int TotalLength => BinaryPrimitives.ReadUInt16BigEndian(_bytes[TotalLengthOffset..]);

    /// <summary>What fragments of one packet share (RFC 6864).</summary>
    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_bytes[IdentificationOffset..]);

    /// <summary>Routers must not fragment the packet.</summary>
    public bool DontFragment => (FlagsAndOffset & DontFragmentBit) != 0;

    /// <summary>Not the last fragment.</summary>
    public bool MoreFragments => (FlagsAndOffset & MoreFragmentsBit) != 0;

    /// <summary>Where the payload belongs in the whole packet's, in bytes.</summary>
    public int FragmentOffset => (FlagsAndOffset & FragmentOffsetMask) * 8;

    /// <summary>Part of a packet, not all of it.</summary>
    public bool IsFragment => (FlagsAndOffset & (MoreFragmentsBit | FragmentOffsetMask)) != 0;

    /// <summary>Hops the packet may still make.</summary>
    public byte Ttl => _bytes[TtlOffset];

    /// <summary>What the payload is.</summary>
    public IpProtocolNumber Protocol => (IpProtocolNumber)_bytes[ProtocolOffset];

    /// <summary>The header checksum as it stands.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>Source address.</summary>
    public IpAddress Source => IpAddress.ReadIPv4(_bytes[SourceOffset..]);

    /// <summary>Destination address.</summary>
    public IpAddress Destination => IpAddress.ReadIPv4(_bytes[DestinationOffset..]);

    /// <summary>The header with its options.</summary>
    public ReadOnlySpan<byte> Header => _bytes[..HeaderLength];

    /// <summary>The option bytes: 0 to 40. <see cref="Ipv4OptionsView"/> reads them.</summary>
    public ReadOnlySpan<byte> Options => _bytes[OptionsOffset..HeaderLength];

    /// <summary>What the packet carries, without the link's padding; of a quoted packet, what is there of it.</summary>
    public ReadOnlySpan<byte> Payload
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bytes[HeaderLength..];
    }

    /// <summary>The packet without the link's padding.</summary>
    public ReadOnlySpan<byte> Packet => _bytes;

    /// <summary>Whether the header checksum is right.</summary>
    public bool HasValidChecksum => InternetChecksum.IsValid(Header);

    private ushort FlagsAndOffset
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BinaryPrimitives.ReadUInt16BigEndian(_bytes[FragmentOffsetOffset..]);
    }

    /// <summary>Validates a packet (RFC 1122 §3.2.1). The checksum and the contents of the options are left to the caller.</summary>
    /// <param name="bytes">The packet; bytes after its total length are link padding and ignored.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error">
    /// <see cref="WireError.BadVersion"/>, <see cref="WireError.BadHeaderLength"/> (below 20), <see cref="WireError.BadTotalLength"/>
    /// (below the header's length) or <see cref="WireError.Truncated"/>.
    /// </param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Ipv4View view, out WireError error)
    {
        view = default;
        error = CheckHeader(bytes);
        if (error != WireError.None) return false;
        int total = BinaryPrimitives.ReadUInt16BigEndian(bytes[TotalLengthOffset..]);
        error = total < (bytes[0] & 0xF) * 4 ? WireError.BadTotalLength : total > bytes.Length ? WireError.Truncated : WireError.None;
        if (error != WireError.None) return false;
        view = new Ipv4View(bytes[..total]);
        return true;
    }

    /// <summary>Validates the start of a packet as an ICMP error quotes it (RFC 792, RFC 1812 §4.3.2.3): the header must be whole, the payload need not.</summary>
    /// <param name="bytes">The quotation.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error">As <see cref="TryParse"/>, but a payload cut short is no error.</param>
    public static bool TryParseQuoted(ReadOnlySpan<byte> bytes, out Ipv4View view, out WireError error)
    {
        view = default;
        error = CheckHeader(bytes);
        if (error != WireError.None) return false;
        int header = (bytes[0] & 0xF) * 4, total = BinaryPrimitives.ReadUInt16BigEndian(bytes[TotalLengthOffset..]);
        if (total < header)
        {
            error = WireError.BadTotalLength;
            return false;
        }
        view = new Ipv4View(bytes[..Math.Min(total, bytes.Length)]);
        return true;
    }

    /// <summary>The header as a value. Allocates only if there are options.</summary>
    public Ipv4Header ToHeader() => new(Source, Destination, Protocol)
    {
        Tos = Tos,
        PayloadLength = TotalLength - HeaderLength,
        Identification = Identification,
        DontFragment = DontFragment,
        MoreFragments = MoreFragments,
        FragmentOffset = FragmentOffset,
        Ttl = Ttl,
        Options = HeaderLength > OptionsOffset ? Options.ToArray() : default,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WireError CheckHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < OptionsOffset) return WireError.Truncated;
        if (bytes[0] >> 4 != 4) return WireError.BadVersion;
        int length = (bytes[0] & 0xF) * 4;
        if (length < OptionsOffset) return WireError.BadHeaderLength;
        return length > bytes.Length ? WireError.Truncated : WireError.None;
    }
}
