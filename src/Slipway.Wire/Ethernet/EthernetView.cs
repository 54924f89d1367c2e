using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Slipway.Wire;

/// <summary>An Ethernet II frame without its check sequence, with an optional 802.1Q tag.</summary>
/// <remarks>
/// IEEE 802.3, IEEE 802.1Q §9:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                      Destination address                      |
/// +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                               |         Source address        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
/// |                                                               |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | 0x8100 (only if tagged)       | PCP |D|    VLAN identifier    |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |          EtherType            |  payload ...
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public readonly ref struct EthernetView
{
    private const int SourceOffset = 6, TypeOffset = 12, TagOffset = 14;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _headerLength;

    private EthernetView(ReadOnlySpan<byte> bytes, int headerLength)
    {
        _bytes = bytes;
        _headerLength = headerLength;
    }

    /// <summary>To whom.</summary>
    public MacAddress Destination => MacAddress.Read(_bytes);

    /// <summary>From whom.</summary>
    public MacAddress Source => MacAddress.Read(_bytes[SourceOffset..]);

    /// <summary>What the payload is; of a tagged frame the type behind the tag. Below 0x0600 it is an IEEE 802.3 length.</summary>
    public EtherType Type
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(_bytes[(_headerLength - 2)..]);
    }

    /// <summary>Whether an 802.1Q tag is there. Only the outermost is taken off; a second one shows as the <see cref="Type"/>.</summary>
    public bool IsTagged => _headerLength == EthernetHeader.TaggedLength;

    /// <summary>The tag; zero if there is none.</summary>
    public VlanTag Tag => IsTagged ? new VlanTag(BinaryPrimitives.ReadUInt16BigEndian(_bytes[TagOffset..])) : default;

    /// <summary>14, or 18 with a tag.</summary>
    public int HeaderLength => _headerLength;

    /// <summary>All after the header, padding included: only the inner protocol knows where it ends.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[_headerLength..];

    /// <summary>Validates a frame.</summary>
    /// <param name="bytes">The frame from its destination address on.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>: fewer than 14 bytes, or 18 if tagged.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ReadOnlySpan<byte> bytes, out EthernetView view, out WireError error)
    {
        int length = EthernetHeader.UntaggedLength;
        if (bytes.Length >= TypeOffset + 2 && BinaryPrimitives.ReadUInt16BigEndian(bytes[TypeOffset..]) == (ushort)EtherType.Vlan)
            length = EthernetHeader.TaggedLength;
        if (bytes.Length < length)
        {
            view = default;
            error = WireError.Truncated;
            return false;
        }
        view = new EthernetView(bytes, length);
        error = WireError.None;
        return true;
    }

    /// <summary>The header as a value.</summary>
    public EthernetHeader ToHeader() => new(Destination, Source, Type) { Tag = IsTagged ? Tag : null };
}
