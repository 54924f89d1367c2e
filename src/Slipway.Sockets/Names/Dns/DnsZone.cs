using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>Names that a <see cref="DnsServer"/> knows: addresses, aliases and the names of addresses, in any case. Safe for use from several threads.</summary>
public sealed class DnsZone
{
    private const int MaximumAliases = 16;
    private const uint DefaultTimeToLive = 60;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<DnsRecord>> _records = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long a resolver may keep an answer, in seconds (RFC 1035 §3.2.1).</summary>
    public uint TimeToLive { get; init; } = DefaultTimeToLive;

    /// <summary>Adds an address (A or AAAA) to a name, and that name as the address's own (PTR).</summary>
    /// <exception cref="ArgumentException">The name cannot be a host's.</exception>
    public void Add(string name, InetAddress address)
    {
        Insert(name, new DnsRecord(Canonical(name), address.Family == AddressFamily.Inet ? DnsRecordType.A : DnsRecordType.Aaaa, address.WithPort(0), null));
        AddPointer(address, name);
    }

    /// <summary>Makes a name an alias of another (CNAME).</summary>
    /// <exception cref="ArgumentException">One of the names cannot be a host's.</exception>
    public void AddAlias(string name, string target) => Insert(name, new DnsRecord(Canonical(name), DnsRecordType.Cname, default, Canonical(target)));

    /// <summary>Gives an address a name (PTR).</summary>
    /// <exception cref="ArgumentException">The name cannot be a host's.</exception>
    public void AddPointer(InetAddress address, string name)
    {
        string reverse = DnsName.Reverse(address);
        Insert(reverse, new DnsRecord(reverse, DnsRecordType.Ptr, default, Canonical(name)));
    }

    /// <summary>Answers a query (RFC 1035 §4).</summary>
    /// <param name="query">A message, of any bytes.</param>
    /// <param name="response">Room for the answer; one that needs more is cut and says so (TC). 512 bytes are what UDP carries.</param>
    /// <returns>Bytes of the answer; 0 for what deserves none: less than a header, or a response.</returns>
    public int Answer(ReadOnlySpan<byte> query, Span<byte> response)
    {
        if (!DnsHeader.TryRead(query, out DnsHeader header) || header.IsResponse || response.Length < DnsHeader.Length) return 0;
        var reply = new DnsReply(response, header);
        if ((header.Flags & DnsHeader.OpcodeMask) != 0) return reply.Finish(DnsResponseCode.NotImplemented);
        int position = DnsHeader.Length;
        if (header.Questions != 1 || !DnsName.TryDecode(query, ref position, out string? name) || query.Length - position < 4) return reply.Finish(DnsResponseCode.FormatError);
        var type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(query[position..]);
        ushort questionClass = BinaryPrimitives.ReadUInt16BigEndian(query[(position + 2)..]);
        if (!reply.TryWriteQuestion(query[DnsHeader.Length..(position + 4)])) return reply.Finish(DnsResponseCode.FormatError);
        if (questionClass != 1) return reply.Finish(DnsResponseCode.Refused);
        lock (_lock) return Answer(ref reply, name, type);
    }

    private int Answer(ref DnsReply reply, string? name, DnsRecordType type)
    {
        bool exists = false;
        for (int hops = 0; name is not null && hops < MaximumAliases; hops++)
        {
            string? target = null;
            if (_records.TryGetValue(name, out List<DnsRecord>? records))
            {
                exists = true;
                foreach (DnsRecord record in records)
                {
                    if (record.Type == DnsRecordType.Cname && type != DnsRecordType.Cname) target = record.Target;
                    else if (record.Type != type && type != DnsRecordType.Any) continue;
                    if (!reply.TryWrite(record, TimeToLive)) return reply.Finish(DnsResponseCode.NoError);
                }
            }
            else if (!exists && !IsAbove(name))
            {
                return reply.Finish(DnsResponseCode.NameError);
            }
            name = target;
        }
        return reply.Finish(DnsResponseCode.NoError);
    }

    // A name without records of its own exists where another ends in it (RFC 8020 §2).
    private bool IsAbove(string name)
    {
        foreach (string known in _records.Keys)
            if (known.Length > name.Length && known[^(name.Length + 1)] == '.' && known.EndsWith(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private void Insert(string name, DnsRecord record)
    {
        string owner = Canonical(name);
        lock (_lock)
        {
            if (!_records.TryGetValue(owner, out List<DnsRecord>? records)) _records[owner] = records = [];
            if (!records.Contains(record)) records.Add(record);
        }
    }

    private static string Canonical(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!DnsName.TryEncode(name, stackalloc byte[DnsName.MaximumLength + 1], out _)) throw new ArgumentException($"'{name}' is not a host name", nameof(name));
        return name.TrimEnd('.').ToLowerInvariant();
    }
}
