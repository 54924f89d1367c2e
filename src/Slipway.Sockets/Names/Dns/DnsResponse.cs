using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>A response to a question: the code and the records of its answer section that are understood.</summary>
internal sealed class DnsResponse
{
    private DnsResponse(DnsHeader header, IReadOnlyList<DnsRecord> records, bool isMalformed) => (Header, Records, IsMalformed) = (header, records, isMalformed);

    public DnsHeader Header { get; }

    public IReadOnlyList<DnsRecord> Records { get; }

    /// <summary>It repeats the question, but what follows is not what RFC 1035 §4.1 allows.</summary>
    public bool IsMalformed { get; }

    /// <summary>A server's way to say "ask another": it failed, does not do that, refuses, or knows nothing and will not find out.</summary>
    public bool AsksForAnotherServer
        => Header.ResponseCode is DnsResponseCode.ServerFailure or DnsResponseCode.NotImplemented or DnsResponseCode.Refused || Header.IsLame;

    /// <summary>Reads a response.</summary>
    /// <returns>Null for what is no response to this question (another identifier, name, type or class): it is passed over.</returns>
    public static DnsResponse? TryRead(ReadOnlySpan<byte> message, DnsQuestion question)
    {
        if (!DnsHeader.TryRead(message, out DnsHeader header) || header.Id != question.Id || !header.IsResponse) return null;
        if ((header.Flags & DnsHeader.OpcodeMask) != 0 || header.Questions != 1) return null;
        int position = DnsHeader.Length;
        if (!DnsName.TryDecode(message, ref position, out string? name) || name != question.Name || message.Length - position < 4) return null;
        if (BinaryPrimitives.ReadUInt16BigEndian(message[position..]) != (ushort)question.Type || BinaryPrimitives.ReadUInt16BigEndian(message[(position + 2)..]) != 1) return null;
        position += 4;

        var records = new List<DnsRecord>();
        bool isWhole = header.IsTruncated;
        for (int left = header.Answers; left > 0; left--)
        {
            if (TryReadRecord(message, ref position, records)) continue;
            return new DnsResponse(header, [], isMalformed: !isWhole); // a truncated message may end anywhere
        }
        return new DnsResponse(header, records, isMalformed: false);
    }

    private static bool TryReadRecord(ReadOnlySpan<byte> message, ref int position, List<DnsRecord> records)
    {
        if (!DnsName.TryDecode(message, ref position, out string? owner) || message.Length - position < 10) return false;
        var type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(message[position..]);
        ushort recordClass = BinaryPrimitives.ReadUInt16BigEndian(message[(position + 2)..]);
        int length = BinaryPrimitives.ReadUInt16BigEndian(message[(position + 8)..]);
        position += 10;
        if (message.Length - position < length) return false;
        ReadOnlySpan<byte> data = message.Slice(position, length);
        int target = position;
        position += length;
        if (owner is null || recordClass != 1) return true;
        switch (type)
        {
            case DnsRecordType.A:
                if (length != 4) return false;
                records.Add(new DnsRecord(owner, type, InetAddress.IPv4(BinaryPrimitives.ReadUInt32BigEndian(data), 0), null));
                return true;
            case DnsRecordType.Aaaa:
                if (length != 16) return false;
                records.Add(new DnsRecord(owner, type, InetAddress.IPv6(data, 0), null));
                return true;
            case DnsRecordType.Cname or DnsRecordType.Ptr:
                if (!DnsName.TryDecode(message, ref target, out string? name) || target != position) return false;
                if (name is { Length: > 0 }) records.Add(new DnsRecord(owner, type, default, name));
                return true;
            default:
                return true;
        }
    }
}
