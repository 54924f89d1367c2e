using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>A fragment header of IPv6 to build; see <see cref="Ipv6FragmentView"/> for the layout.</summary>
/// <param name="NextHeader">What the fragmentable part begins with.</param>
/// <param name="FragmentOffset">Where the payload belongs, in bytes: a multiple of 8.</param>
/// <param name="MoreFragments">Not the last fragment.</param>
/// <param name="Identification">What fragments of one packet share.</param>
public readonly record struct Ipv6FragmentHeader(IpProtocolNumber NextHeader, int FragmentOffset, bool MoreFragments, uint Identification)
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 8;

    /// <summary>Writes the header.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    /// <exception cref="InvalidOperationException">The offset is beyond what the field holds.</exception>
    public void Write(Span<byte> destination)
    {
        if ((FragmentOffset & 7) != 0 || (uint)FragmentOffset > 0xFFF8)
            throw new InvalidOperationException("The fragment offset is not a multiple of 8 from 0 to 65528.");
        Span<byte> header = destination[..Length];
        header[0] = (byte)NextHeader;
        header[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv6FragmentView.OffsetOffset..], (ushort)(FragmentOffset | (MoreFragments ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(header[Ipv6FragmentView.IdentificationOffset..], Identification);
    }
}
