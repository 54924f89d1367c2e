using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>The fragment header of IPv6.</summary>
/// <remarks>
/// RFC 8200 §4.5:
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Next Header  |   Reserved    |      Fragment Offset    |Res|M|
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                         Identification                        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public readonly ref struct Ipv6FragmentView
{
    internal const int OffsetOffset = 2, IdentificationOffset = 4;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv6FragmentView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What the fragmentable part begins with.</summary>
    public IpProtocolNumber NextHeader => (IpProtocolNumber)_bytes[0];

    /// <summary>Where the payload belongs in the fragmentable part, in bytes.</summary>
    public int FragmentOffset => BinaryPrimitives.ReadUInt16BigEndian(_bytes[OffsetOffset..]) & 0xFFF8;

    /// <summary>Not the last fragment.</summary>
    public bool MoreFragments => (_bytes[OffsetOffset + 1] & 1) != 0;

    /// <summary>The whole packet in one fragment: handled by itself, apart from other fragments of the identification (RFC 6946).</summary>
    public bool IsAtomic => FragmentOffset == 0 && !MoreFragments;

    /// <summary>What fragments of one packet share.</summary>
    public uint Identification => BinaryPrimitives.ReadUInt32BigEndian(_bytes[IdentificationOffset..]);

    /// <summary>What follows the header.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[Ipv6FragmentHeader.Length..];

    /// <summary>Validates a fragment header.</summary>
    /// <param name="bytes">The header and, if wanted, what follows it.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>: fewer than 8 bytes.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Ipv6FragmentView view, out WireError error)
    {
        bool fits = bytes.Length >= Ipv6FragmentHeader.Length;
        view = fits ? new Ipv6FragmentView(bytes) : default;
        error = fits ? WireError.None : WireError.Truncated;
        return fits;
    }

    /// <summary>The header as a value.</summary>
    public Ipv6FragmentHeader ToHeader() => new(NextHeader, FragmentOffset, MoreFragments, Identification);
}
