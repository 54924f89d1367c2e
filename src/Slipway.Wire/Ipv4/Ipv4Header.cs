using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>An IPv4 header to build; see <see cref="Ipv4View"/> for the layout.</summary>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="Protocol">What the payload is.</param>
public readonly record struct Ipv4Header(IpAddress Source, IpAddress Destination, IpProtocolNumber Protocol)
{
    /// <summary>Bytes of a header without options.</summary>
    public const int MinimumLength = 20;

    /// <summary>Bytes of a header with as many options as fit.</summary>
    public const int MaximumLength = 60;

    /// <summary>Largest total length (RFC 791 §3.1).</summary>
    public const int MaximumPacketLength = 65535;

    /// <summary>The type-of-service byte.</summary>
    public byte Tos { get; init; }

    /// <summary>Bytes after the header.</summary>
    public int PayloadLength { get; init; }

    /// <summary>What fragments of one packet share.</summary>
    public ushort Identification { get; init; }

    /// <summary>Routers must not fragment the packet.</summary>
    public bool DontFragment { get; init; }

    /// <summary>Not the last fragment.</summary>
    public bool MoreFragments { get; init; }

    /// <summary>Where the payload belongs in the whole packet's, in bytes: a multiple of 8.</summary>
    public int FragmentOffset { get; init; }

    /// <summary>Hops the packet may make; 64 unless said otherwise (RFC 1700).</summary>
    public byte Ttl { get; init; } = 64;

    /// <summary>Option bytes, at most 40; padded with end-of-options to a multiple of four.</summary>
    public ReadOnlyMemory<byte> Options { get; init; }

    /// <summary>Bytes that <see cref="Write"/> fills.</summary>
    public int Length => MinimumLength + (Options.Length + 3 & ~3);

    /// <summary>Writes the header with its checksum to the start of the packet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    /// <exception cref="InvalidOperationException">Options, payload or fragment offset are beyond what the fields hold.</exception>
    public void Write(Span<byte> packet)
    {
        int length = Length;
        if (length > MaximumLength || length + PayloadLength > MaximumPacketLength || PayloadLength < 0)
            throw new InvalidOperationException("The header or the packet is longer than its length field can say.");
        if ((FragmentOffset & 7) != 0 || (uint)FragmentOffset > Ipv4View.FragmentOffsetMask * 8)
            throw new InvalidOperationException("The fragment offset is not a multiple of 8 from 0 to 65528.");
        Span<byte> header = packet[..length];
        ushort fragment = (ushort)(FragmentOffset / 8 | (DontFragment ? Ipv4View.DontFragmentBit : 0) | (MoreFragments ? Ipv4View.MoreFragmentsBit : 0));
        header[0] = (byte)(0x40 | length / 4);
        header[Ipv4View.TosOffset] = Tos;
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4View.TotalLengthOffset..], (ushort)(length + PayloadLength));
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4View.IdentificationOffset..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4View.FragmentOffsetOffset..], fragment);
        header[Ipv4View.TtlOffset] = Ttl;
        header[Ipv4View.ProtocolOffset] = (byte)Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4View.ChecksumOffset..], 0);
        Source.WriteIPv4(header[Ipv4View.SourceOffset..]);
        Destination.WriteIPv4(header[Ipv4View.DestinationOffset..]);
        if (length > MinimumLength)
        {
            Options.Span.CopyTo(header[MinimumLength..]);
            header[(MinimumLength + Options.Length)..].Clear();
        }
        BinaryPrimitives.WriteUInt16BigEndian(header[Ipv4View.ChecksumOffset..], InternetChecksum.Compute(header));
    }

    /// <summary>Same fields and same option bytes.</summary>
    public bool Equals(Ipv4Header other)
        => Source == other.Source && Destination == other.Destination && Protocol == other.Protocol && Tos == other.Tos
        && PayloadLength == other.PayloadLength && Identification == other.Identification && DontFragment == other.DontFragment
        && MoreFragments == other.MoreFragments && FragmentOffset == other.FragmentOffset && Ttl == other.Ttl
        && Options.Span.SequenceEqual(other.Options.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => Source.GetHashCode() ^ Destination.GetHashCode() * 31 ^ Identification << 8 ^ (byte)Protocol;
}
