using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>An Ethernet header to build; see <see cref="EthernetView"/> for the layout.</summary>
/// <param name="Destination">To whom.</param>
/// <param name="Source">From whom.</param>
/// <param name="Type">What the payload is.</param>
public readonly record struct EthernetHeader(MacAddress Destination, MacAddress Source, EtherType Type)
{
    /// <summary>Bytes of a header without a tag.</summary>
    public const int UntaggedLength = 14;

    /// <summary>Bytes of a header with a tag.</summary>
    public const int TaggedLength = 18;

    /// <summary>The 802.1Q tag, if any.</summary>
    public VlanTag? Tag { get; init; }

    /// <summary>Bytes that <see cref="Write"/> fills.</summary>
    public int Length => Tag is null ? UntaggedLength : TaggedLength;

    /// <summary>Writes the header to the start of the frame.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> frame)
    {
        Destination.Write(frame);
        Source.Write(frame[6..]);
        if (Tag is { } tag)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame[12..], (ushort)EtherType.Vlan);
            BinaryPrimitives.WriteUInt16BigEndian(frame[14..], tag.Value);
        }
        BinaryPrimitives.WriteUInt16BigEndian(frame[(Length - 2)..], (ushort)Type);
    }
}
