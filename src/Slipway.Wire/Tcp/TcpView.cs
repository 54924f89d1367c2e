using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Slipway.Wire;

/// <summary>A TCP segment.</summary>
/// <remarks>
/// RFC 9293 §3.1:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |          Source Port          |       Destination Port        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                        Sequence Number                        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                    Acknowledgment Number                      |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Data |       |C|E|U|A|P|R|S|F|                               |
/// | Offset| Rsrvd |W|C|R|C|S|S|Y|I|            Window             |
/// |       |       |R|E|G|K|H|T|N|N|                               |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |           Checksum            |         Urgent Pointer        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                    Options                    |    Padding    |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public readonly ref struct TcpView
{
    internal const int DestinationPortOffset = 2, SequenceOffset = 4, AcknowledgmentOffset = 8, DataOffsetOffset = 12, FlagsOffset = 13,
        WindowOffset = 14, ChecksumOffset = 16, UrgentPointerOffset = 18;

    private readonly ReadOnlySpan<byte> _bytes;

    private TcpView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Source port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>Destination port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[DestinationPortOffset..]);

    /// <summary>SEG.SEQ.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_bytes[SequenceOffset..]);

    /// <summary>SEG.ACK; counts only with <see cref="TcpFlags.Ack"/>.</summary>
    public uint Acknowledgment => BinaryPrimitives.ReadUInt32BigEndian(_bytes[AcknowledgmentOffset..]);

    /// <summary>Bytes of the header with its options: 20 to 60.</summary>
    public int HeaderLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_bytes[DataOffsetOffset] >> 4) * 4;
    }

    /// <summary>The four bits after the data offset: 0, or AccECN's (RFC 9293 §3.1).</summary>
    public int ReservedBits => _bytes[DataOffsetOffset] & 0xF;

    /// <summary>The control bits.</summary>
    public TcpFlags Flags => (TcpFlags)_bytes[FlagsOffset];

    /// <summary>SEG.WND, not scaled.</summary>
    public ushort Window => BinaryPrimitives.ReadUInt16BigEndian(_bytes[WindowOffset..]);

    /// <summary>The checksum as it stands.</summary>
    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>SEG.UP; counts only with <see cref="TcpFlags.Urg"/>.</summary>
    public ushort UrgentPointer => BinaryPrimitives.ReadUInt16BigEndian(_bytes[UrgentPointerOffset..]);

    /// <summary>The option bytes: 0 to 40. <see cref="TcpOptions.Parse"/> and <see cref="TcpOptionEnumerator"/> read them.</summary>
    public ReadOnlySpan<byte> Options => _bytes[TcpHeader.MinimumLength..HeaderLength];

    /// <summary>The data.</summary>
    public ReadOnlySpan<byte> Payload
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bytes[HeaderLength..];
    }

    /// <summary>SEG.LEN: what the segment occupies in sequence space, SYN and FIN included (RFC 9293 §3.3).</summary>
    public int SequenceLength => _bytes.Length - HeaderLength + (_bytes[FlagsOffset] & 1) + (_bytes[FlagsOffset] >> 1 & 1);

    /// <summary>Validates a segment.</summary>
    /// <param name="bytes">The payload of the IP packet, all of it: TCP has no length field.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/> or <see cref="WireError.BadHeaderLength"/>: a data offset below five words.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ReadOnlySpan<byte> bytes, out TcpView view, out WireError error)
    {
        view = default;
        error = WireError.Truncated;
        if (bytes.Length < TcpHeader.MinimumLength) return false;
        int length = (bytes[DataOffsetOffset] >> 4) * 4;
        if (length > bytes.Length) return false;
        error = WireError.BadHeaderLength;
        if (length < TcpHeader.MinimumLength) return false;
        error = WireError.None;
        view = new TcpView(bytes);
        return true;
    }

    /// <summary>Whether the checksum over pseudo header and segment is right.</summary>
    /// <param name="source">Source address of the packet.</param>
    /// <param name="destination">Destination address of the packet.</param>
    public bool HasValidChecksum(IpAddress source, IpAddress destination)
        => PartialSum.PseudoHeader(source, destination, IpProtocolNumber.Tcp, _bytes.Length).Add(_bytes).IsValid;

    /// <summary>The header as a value, with the options that <see cref="TcpOptions"/> knows.</summary>
    public TcpHeader ToHeader() => new(SourcePort, DestinationPort, Sequence, Acknowledgment, Flags, Window)
    {
        UrgentPointer = UrgentPointer,
        Checksum = Checksum,
        Options = TcpOptions.Parse(Options, (Flags & TcpFlags.Syn) != TcpFlags.None),
    };
}
