using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Slipway.Wire;

/// <summary>A UDP datagram.</summary>
/// <remarks>
/// RFC 768:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |          Source Port          |       Destination Port        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |            Length             |           Checksum            |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public readonly ref struct UdpView
{
    internal const int DestinationPortOffset = 2, LengthOffset = 4, ChecksumOffset = 6;

    private readonly ReadOnlySpan<byte> _bytes;

    private UdpView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Source port; 0 if no reply is wanted.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>Destination port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[DestinationPortOffset..]);

    /// <summary>Bytes of header and payload as the header says. A quoted datagram may have fewer.</summary>
    public int Length => BinaryPrimitives.ReadUInt16BigEndian(_bytes[LengthOffset..]);

    /// <summary>The checksum as it stands; 0 means that there is none.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>Whether the sender computed a checksum.</summary>
    public bool HasChecksum => Checksum != 0;

    /// <summary>What the datagram carries, without bytes beyond its length.</summary>
    public ReadOnlySpan<byte> Payload
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bytes[UdpHeader.Length..];
    }

    /// <summary>Validates a datagram.</summary>
    /// <param name="bytes">The payload of the IP packet; bytes beyond the datagram's length are ignored, as Linux does.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error">
    /// <see cref="WireError.Truncated"/>; <see cref="WireError.BadTotalLength"/> (a length from 1 to 7);
    /// <see cref="WireError.Jumbogram"/>: a length of 0, which only a jumbogram may have (RFC 2675 §4).
    /// </param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out UdpView view, out WireError error)
    {
        view = default;
        error = CheckHeader(bytes, out int length);
        if (error == WireError.None && length > bytes.Length) error = WireError.Truncated;
        if (error != WireError.None) return false;
        view = new UdpView(bytes[..length]);
        return true;
    }

    /// <summary>Validates the start of a datagram, as an ICMP error quotes it and a first fragment holds it: the header must be whole, the payload need not.</summary>
    /// <param name="bytes">What is there.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error">As <see cref="TryParse"/>, but a payload cut short is no error.</param>
    public static bool TryParseQuoted(ReadOnlySpan<byte> bytes, out UdpView view, out WireError error)
    {
        view = default;
        error = CheckHeader(bytes, out int length);
        if (error != WireError.None) return false;
        view = new UdpView(bytes[..Math.Min(length, bytes.Length)]);
        return true;
    }

    /// <summary>Whether the datagram may be accepted: over IPv4 without a checksum, too (RFC 768); over IPv6 only with one (RFC 8200 §8.1).</summary>
    /// <param name="source">Source address of the packet; its family decides.</param>
    /// <param name="destination">Destination address of the packet.</param>
    public bool HasValidChecksum(IpAddress source, IpAddress destination)
        => HasChecksum
            ? PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Udp, _bytes.Length).Add(_bytes).IsValid
            : source.IsIPv4;

    /// <summary>The header as a value.</summary>
    public UdpHeader ToHeader() => new(SourcePort, DestinationPort, Length - UdpHeader.Length) { Checksum = Checksum };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static WireError CheckHeader(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < UdpHeader.Length) return WireError.Truncated;
        length = BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthOffset..]);
        return length == 0 ? WireError.Jumbogram : length < UdpHeader.Length ? WireError.BadTotalLength : WireError.None;
    }
}
