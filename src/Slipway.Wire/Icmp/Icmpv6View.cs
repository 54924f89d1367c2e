using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Slipway.Wire;

/// <summary>An ICMP message of IPv6.</summary>
/// <remarks>
/// RFC 4443 §2.1; the second word depends on the type:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     Type      |     Code      |          Checksum             |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |           Identifier          |        Sequence Number        |  echo
/// |                             MTU                               |  packet too big
/// |                            Pointer                            |  parameter problem
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  data, or the quoted packet ...
/// </code>
/// The accessors of the second word read it as their name says; whether it means that is up to the type.
/// </remarks>
public readonly ref struct Icmpv6View
{
    internal const int ChecksumOffset = 2, RestOffset = 4, SequenceOffset = 6;

    private readonly ReadOnlySpan<byte> _bytes;

    private Icmpv6View(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What the message is.</summary>
    public Icmpv6Type Type => (Icmpv6Type)_bytes[0];

    /// <summary>Which variant; see the enums of codes.</summary>
    public byte Code => _bytes[1];

    /// <summary>The checksum as it stands.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>The second word.</summary>
    public uint Rest => BinaryPrimitives.ReadUInt32BigEndian(_bytes[RestOffset..]);

    /// <summary>Identifier of an echo.</summary>
    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(_bytes[RestOffset..]);

    /// <summary>Sequence number of an echo.</summary>
    public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(_bytes[SequenceOffset..]);

    /// <summary>MTU of the next hop, of packet too big. It comes from the network and may be anything.</summary>
    public uint Mtu => Rest;

    /// <summary>Offset of the byte at fault, of a parameter problem.</summary>
    public uint Pointer => Rest;

    /// <summary>Whether the message is an error: a type below 128 (RFC 4443 §2.1).</summary>
    public bool IsError => _bytes[0] < 128;

    /// <summary>All after the second word: echo data or the quoted packet (<see cref="QuotedPacketView"/>).</summary>
    public ReadOnlySpan<byte> Payload
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bytes[Icmpv6Header.Length..];
    }

    /// <summary>The whole message: what the neighbour discovery views parse.</summary>
    public ReadOnlySpan<byte> Message => _bytes;

    /// <summary>Validates a message.</summary>
    /// <param name="bytes">The payload of the IPv6 packet.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>: fewer than 8 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Icmpv6View view, out WireError error)
    {
        bool fits = bytes.Length >= Icmpv6Header.Length;
        view = fits ? new Icmpv6View(bytes) : default;
        error = fits ? WireError.None : WireError.Truncated;
        return fits;
    }

    /// <summary>Whether the checksum over pseudo header and message is right.</summary>
    /// <param name="source">Source address of the packet.</param>
    /// <param name="destination">Final destination of the packet.</param>
    public bool HasValidChecksum(IpAddress source, IpAddress destination)
        => PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Icmpv6, _bytes.Length).Add(_bytes).IsValid;

    /// <summary>The header as a value.</summary>
    public Icmpv6Header ToHeader() => new(Type, Code, Rest);
}
