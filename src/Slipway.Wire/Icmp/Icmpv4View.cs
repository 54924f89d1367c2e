using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Slipway.Wire;

/// <summary>An ICMP message of IPv4.</summary>
/// <remarks>
/// RFC 792; the second word depends on the type:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     Type      |     Code      |          Checksum             |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |           Identifier          |        Sequence Number        |  echo, timestamp
/// |            unused             |         Next-Hop MTU          |  fragmentation needed (RFC 1191 §4)
/// |    Pointer    |                    unused                     |  parameter problem
/// |                        Gateway address                        |  redirect
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  data, the quoted packet, or three timestamps ...
/// </code>
/// The accessors of the second word read it as their name says; whether it means that is up to the type.
/// </remarks>
public readonly ref struct Icmpv4View
{
    internal const int ChecksumOffset = 2, RestOffset = 4, SequenceOffset = 6;

    private readonly ReadOnlySpan<byte> _bytes;

    private Icmpv4View(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What the message is.</summary>
    public Icmpv4Type Type => (Icmpv4Type)_bytes[0];

    /// <summary>Which variant; see the enums of codes.</summary>
    public byte Code => _bytes[1];

    /// <summary>The checksum as it stands.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>The second word.</summary>
    public uint Rest => BinaryPrimitives.ReadUInt32BigEndian(_bytes[RestOffset..]);

    /// <summary>Identifier of an echo or timestamp.</summary>
    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(_bytes[RestOffset..]);

    /// <summary>Sequence number of an echo or timestamp.</summary>
    public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(_bytes[SequenceOffset..]);

    /// <summary>MTU of the next hop, of fragmentation needed; 0 from routers before RFC 1191.</summary>
    public int Mtu => Sequence;

    /// <summary>Offset of the byte at fault, of a parameter problem.</summary>
    public byte Pointer => _bytes[RestOffset];

    /// <summary>The better first hop, of a redirect.</summary>
    public IpAddress Gateway => IpAddress.ReadIPv4(_bytes[RestOffset..]);

    /// <summary>Whether the message is about another packet, which it quotes: never answered by an error (RFC 1122 §3.2.2).</summary>
    public bool IsError => IsErrorType(Type);

    /// <summary>All after the second word: echo data or the quoted packet (<see cref="QuotedPacketView"/>).</summary>
    public ReadOnlySpan<byte> Payload
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bytes[Icmpv4Header.Length..];
    }

    /// <summary>The whole message.</summary>
    public ReadOnlySpan<byte> Message => _bytes;

    /// <summary>Whether the checksum over the whole message is right.</summary>
    public bool HasValidChecksum => InternetChecksum.IsValid(_bytes);

    /// <summary>Validates a message.</summary>
    /// <param name="bytes">The payload of the IP packet.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>: fewer than 8 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Icmpv4View view, out WireError error)
    {
        bool fits = bytes.Length >= Icmpv4Header.Length;
        view = fits ? new Icmpv4View(bytes) : default;
        error = fits ? WireError.None : WireError.Truncated;
        return fits;
    }

    /// <summary>Whether messages of the type are errors, which quote a packet.</summary>
    public static bool IsErrorType(Icmpv4Type type) => type is Icmpv4Type.DestinationUnreachable or Icmpv4Type.SourceQuench
        or Icmpv4Type.Redirect or Icmpv4Type.TimeExceeded or Icmpv4Type.ParameterProblem;

    /// <summary>The header as a value.</summary>
    public Icmpv4Header ToHeader() => new(Type, Code, Rest);
}
