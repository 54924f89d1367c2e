using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>An ICMP timestamp or its reply.</summary>
/// <remarks>
/// RFC 792, after the eight bytes of <see cref="Icmpv4View"/>: three words, milliseconds since midnight UT, or with the highest
/// bit set any other time:
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     Originate Timestamp                                       |
/// |     Receive Timestamp                                         |
/// |     Transmit Timestamp                                        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public readonly ref struct Icmpv4TimestampView
{
    private const int OriginateOffset = 8, ReceiveOffset = 12, TransmitOffset = 16;

    private readonly ReadOnlySpan<byte> _bytes;

    private Icmpv4TimestampView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether this is the reply.</summary>
    public bool IsReply => _bytes[0] == (byte)Icmpv4Type.TimestampReply;

    /// <summary>What belongs together.</summary>
    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(_bytes[Icmpv4View.RestOffset..]);

    /// <summary>Which of them.</summary>
    public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(_bytes[Icmpv4View.SequenceOffset..]);

    /// <summary>When the asker last touched it.</summary>
    public uint Originate => BinaryPrimitives.ReadUInt32BigEndian(_bytes[OriginateOffset..]);

    /// <summary>When the answerer got it.</summary>
    public uint Receive => BinaryPrimitives.ReadUInt32BigEndian(_bytes[ReceiveOffset..]);

    /// <summary>When the answerer sent the reply.</summary>
    public uint Transmit => BinaryPrimitives.ReadUInt32BigEndian(_bytes[TransmitOffset..]);

    /// <summary>Validates a message.</summary>
    /// <param name="bytes">The payload of the IP packet.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>: fewer than 20 bytes; <see cref="WireError.BadType"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Icmpv4TimestampView view, out WireError error)
    {
        view = default;
        error = bytes.Length < Icmpv4Timestamp.Length ? WireError.Truncated
            : bytes[0] is not ((byte)Icmpv4Type.Timestamp or (byte)Icmpv4Type.TimestampReply) ? WireError.BadType
            : WireError.None;
        if (error != WireError.None) return false;
        view = new Icmpv4TimestampView(bytes[..Icmpv4Timestamp.Length]);
        return true;
    }

    /// <summary>The message as a value.</summary>
    public Icmpv4Timestamp ToHeader() => new(IsReply, Identifier, Sequence, Originate, Receive, Transmit);
}
