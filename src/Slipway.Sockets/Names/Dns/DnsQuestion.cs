using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>A question under way: its message, and what a response must repeat to count (RFC 5452 §9).</summary>
internal sealed class DnsQuestion
{
    private DnsQuestion(string name, DnsRecordType type, ushort id, byte[] message) => (Name, Type, Id, Message) = (name, type, id, message);

    public string Name { get; }

    public DnsRecordType Type { get; }

    public ushort Id { get; }

    /// <summary>The query as it is sent, recursion desired.</summary>
    public byte[] Message { get; }

    /// <summary>Null where the name cannot be asked for: too long, or not a host name.</summary>
    public static DnsQuestion? Create(string name, DnsRecordType type, ushort id)
    {
        Span<byte> message = stackalloc byte[DnsHeader.Length + DnsName.MaximumLength + 4];
        if (!DnsName.TryEncode(name, message[DnsHeader.Length..^4], out int length)) return null;
        new DnsHeader(id, DnsHeader.RecursionDesiredFlag, 1, 0, 0, 0).Write(message);
        length += DnsHeader.Length;
        BinaryPrimitives.WriteUInt16BigEndian(message[length..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(message[(length + 2)..], 1);
        return new DnsQuestion(name.TrimEnd('.').ToLowerInvariant(), type, id, message[..(length + 4)].ToArray());
    }
}
