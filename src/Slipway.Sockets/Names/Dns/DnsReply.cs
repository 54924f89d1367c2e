using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>Writes an answer: the header of the query turned round, its question, records. What does not fit is left out and marked (RFC 1035 §4.1.1, TC).</summary>
internal ref struct DnsReply
{
    private readonly Span<byte> _message;
    private readonly DnsHeader _query;
    private int _length = DnsHeader.Length;
    private ushort _questions;
    private ushort _answers;
    private bool _truncated;

    public DnsReply(Span<byte> message, DnsHeader query)
    {
        _message = message;
        _query = query;
    }

    /// <summary>Repeats the question, name, type and class, as it came.</summary>
    public bool TryWriteQuestion(ReadOnlySpan<byte> question)
    {
        if (!question.TryCopyTo(_message[_length..])) return false;
        _length += question.Length;
        _questions = 1;
        return true;
    }

    /// <summary>Adds a record to the answer section.</summary>
    /// <returns>False if it does not fit: the answer is cut before it.</returns>
    public bool TryWrite(DnsRecord record, uint timeToLive)
    {
        Span<byte> rest = _message[_length..];
        Span<byte> data = stackalloc byte[DnsName.MaximumLength + 1];
        int dataLength;
        if (record.Target is null) dataLength = record.Address.WriteAddress(data);
        else DnsName.TryEncode(record.Target, data, out dataLength); // the zone holds only names that can be written
        if (!DnsName.TryEncode(record.Owner, rest, out int ownerLength) || ownerLength + 10 + dataLength > rest.Length)
        {
            _truncated = true;
            return false;
        }
        rest = rest[ownerLength..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)record.Type);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], 1);
        BinaryPrimitives.WriteUInt32BigEndian(rest[4..], timeToLive);
        BinaryPrimitives.WriteUInt16BigEndian(rest[8..], (ushort)dataLength);
        data[..dataLength].CopyTo(rest[10..]);
        _length += ownerLength + 10 + dataLength;
        _answers++;
        return true;
    }

    /// <summary>Writes the header.</summary>
    /// <returns>Bytes of the message.</returns>
    public readonly int Finish(DnsResponseCode code)
    {
        int flags = DnsHeader.ResponseFlag | DnsHeader.AuthoritativeFlag | _query.Flags & (DnsHeader.OpcodeMask | DnsHeader.RecursionDesiredFlag) | (int)code;
        if (_truncated) flags |= DnsHeader.TruncatedFlag;
        new DnsHeader(_query.Id, (ushort)flags, _questions, _answers, 0, 0).Write(_message);
        return _length;
    }
}
