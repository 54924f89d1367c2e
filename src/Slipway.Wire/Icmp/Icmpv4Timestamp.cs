using System.Buffers.Binary;

namespace Slipway.Wire;

/// <summary>An ICMP timestamp or its reply to build; see <see cref="Icmpv4TimestampView"/> for the layout and the units.</summary>
/// <param name="IsReply">Whether this is the reply.</param>
/// <param name="Identifier">What belongs together.</param>
/// <param name="Sequence">Which of them.</param>
/// <param name="Originate">When the asker last touched it.</param>
/// <param name="Receive">When the answerer got it.</param>
/// <param name="Transmit">When the answerer sent the reply.</param>
public readonly record struct Icmpv4Timestamp(bool IsReply, ushort Identifier, ushort Sequence, uint Originate, uint Receive, uint Transmit)
{
    /// <summary>Bytes of the message.</summary>
    public const int Length = 20;

    /// <summary>Writes the message with its checksum.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> message)
    {
        message = message[..Length];
        BinaryPrimitives.WriteUInt32BigEndian(message[8..], Originate);
        BinaryPrimitives.WriteUInt32BigEndian(message[12..], Receive);
        BinaryPrimitives.WriteUInt32BigEndian(message[16..], Transmit);
        new Icmpv4Header(IsReply ? Icmpv4Type.TimestampReply : Icmpv4Type.Timestamp, 0, (uint)Identifier << 16 | Sequence).Write(message);
    }
}
