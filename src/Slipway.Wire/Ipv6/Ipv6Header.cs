using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>An IPv6 fixed header to build; see <see cref="Ipv6View"/> for the layout.</summary>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="NextHeader">What follows: an extension header or the upper protocol.</param>
public readonly record struct Ipv6Header(IpAddress Source, IpAddress Destination, IpProtocolNumber NextHeader)
{
    /// <summary>Bytes of the fixed header.</summary>
    public const int Length = 40;

    /// <summary>Largest payload without the jumbo option (RFC 8200 §3).</summary>
    public const int MaximumPayloadLength = 65535;

    /// <summary>Every link carries packets of this size (RFC 8200 §5).</summary>
    public const int MinimumMtu = 1280;

    /// <summary>Six bits of DSCP, two of ECN.</summary>
    public byte TrafficClass { get; init; }

    /// <summary>Flow label, 20 bits; higher bits are cut off.</summary>
    public int FlowLabel { get; init; }

    /// <summary>Bytes after the fixed header, extension headers included.</summary>
    public int PayloadLength { get; init; }

    /// <summary>Hops the packet may make; 64 unless said otherwise.</summary>
    public byte HopLimit { get; init; } = 64;

    /// <summary>Writes the header to the start of the packet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    /// <exception cref="InvalidOperationException">The payload is longer than the field holds.</exception>
    public void Write(Span<byte> packet)
    {
        if ((uint)PayloadLength > MaximumPayloadLength) throw new InvalidOperationException("The payload is longer than its length field can say.");
        Span<byte> header = packet[..Length];
        BinaryPrimitives.WriteUInt32BigEndian(header, 6u << 28 | (uint)TrafficClass << 20 | (uint)FlowLabel & 0xF_FFFF);
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv6View.PayloadLengthOffset..], (ushort)PayloadLength);
        header[Ipv6View.NextHeaderOffset] = (byte)NextHeader;
        header[Ipv6View.HopLimitOffset] = HopLimit;
        Source.WriteIPv6(header[Ipv6View.SourceOffset..]);
        Destination.WriteIPv6(header[Ipv6View.DestinationOffset..]);
    }
}
