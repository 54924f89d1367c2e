using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>The policy table of address selection: labels and precedences by prefix, and scopes of IPv4 addresses (RFC 6724 §2.1, §3.1, §3.2; gai.conf(5)).</summary>
public sealed class AddressSelectionPolicy
{
    private const int LinkLocalScope = 2, SiteLocalScope = 5, GlobalScope = 14;

    private readonly Entry[] _labels;
    private readonly Entry[] _precedences;
    private readonly Entry[] _scopes;

    private AddressSelectionPolicy(Entry[] labels, Entry[] precedences, Entry[] scopes)
    {
        _labels = Ordered(labels);
        _precedences = Ordered(precedences);
        _scopes = Ordered(scopes);
    }

    /// <summary>The default table of RFC 6724 §2.1.</summary>
    public static AddressSelectionPolicy Rfc6724 { get; } = new(
        [new("::1", 128, 0), new("::", 0, 1), new("::ffff:0:0", 96, 4), new("2002::", 16, 2), new("2001::", 32, 5), new("fc00::", 7, 13), new("::", 96, 3), new("fec0::", 10, 11), new("3ffe::", 16, 12)],
        [new("::1", 128, 50), new("::", 0, 40), new("::ffff:0:0", 96, 35), new("2002::", 16, 30), new("2001::", 32, 5), new("fc00::", 7, 3), new("::", 96, 1), new("fec0::", 10, 1), new("3ffe::", 16, 1)],
        DefaultScopes);

    /// <summary>
    /// The table built into glibc 2.36, which is older than RFC 6724: unique local and Teredo addresses rank before IPv4 there. A host gets it by the same lines in /etc/gai.conf.
    /// </summary>
    public static AddressSelectionPolicy Glibc { get; } = new(
        [new("::1", 128, 0), new("::", 0, 1), new("2002::", 16, 2), new("::", 96, 3), new("::ffff:0:0", 96, 4), new("fec0::", 10, 5), new("fc00::", 7, 6), new("2001::", 32, 7)],
        [new("::1", 128, 50), new("::", 0, 40), new("2002::", 16, 30), new("::", 96, 20), new("::ffff:0:0", 96, 10)],
        DefaultScopes);

    private static Entry[] DefaultScopes => [new("::ffff:169.254.0.0", 112, LinkLocalScope), new("::ffff:127.0.0.0", 104, LinkLocalScope), new("::ffff:0.0.0.0", 96, GlobalScope)];

    /// <summary>
    /// The policy that a file sets (gai.conf(5)). Lines <c>label</c>, <c>precedence</c> and <c>scopev4</c> replace the whole table of their kind; lines that make no sense are passed over.
    /// </summary>
    /// <param name="text">The file's text; null or one without such lines gives the defaults.</param>
    /// <param name="defaults">The tables that the file may replace.</param>
    public static AddressSelectionPolicy Parse(string? text, AddressSelectionPolicy defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        List<Entry> labels = [], precedences = [], scopes = [];
        foreach (string line in DatabaseLine.Split(text ?? ""))
        {
            var fields = new DatabaseLine(line);
            ReadOnlySpan<char> kind = fields.ReadField();
            List<Entry>? table = kind switch { "label" => labels, "precedence" => precedences, "scopev4" => scopes, _ => null };
            if (table is not null && TryParsePrefix(fields.ReadField(), table == scopes, out UInt128 prefix, out int length)
                && fields.TryReadNumber(out uint value) && fields.Rest.IsEmpty && value <= int.MaxValue) table.Add(new Entry(prefix, length, (int)value));
        }
        if (labels.Count + precedences.Count + scopes.Count == 0) return defaults;
        return new AddressSelectionPolicy(
            labels.Count > 0 ? [.. labels] : defaults._labels,
            precedences.Count > 0 ? [.. precedences] : defaults._precedences,
            scopes.Count > 0 ? [.. scopes] : defaults._scopes);
    }

    /// <summary>The label of an address; 1 where no entry matches.</summary>
    public int Label(InetAddress address) => Find(_labels, address.MapToIPv6().Bits, 1);

    /// <summary>The precedence of an address; 40 where no entry matches.</summary>
    public int Precedence(InetAddress address) => Find(_precedences, address.MapToIPv6().Bits, 40);

    /// <summary>The scope of an address, by the numbers of IPv6 multicast scopes: 2 link-local (loopback too), 5 site-local, 14 global.</summary>
    public int Scope(InetAddress address)
    {
        UInt128 bits = address.Bits;
        if (address.Family == AddressFamily.Inet) return Find(_scopes, address.MapToIPv6().Bits, GlobalScope);
        if (bits >> 120 == 0xFF) return (int)(uint)(bits >> 112) & 0xF;
        if (bits >> 118 == 0xFE80 >> 6 || bits == 1) return LinkLocalScope;
        return bits >> 118 == 0xFEC0 >> 6 ? SiteLocalScope : GlobalScope;
    }

    private static int Find(Entry[] table, UInt128 address, int otherwise)
    {
        foreach (Entry entry in table)
            if (entry.Contains(address)) return entry.Value;
        return otherwise;
    }

    // The longest prefix first: then the first match is the best.
    private static Entry[] Ordered(Entry[] table) => [.. table.OrderByDescending(static entry => entry.Length)];

    private static bool TryParsePrefix(ReadOnlySpan<char> text, bool scope, out UInt128 prefix, out int length)
    {
        prefix = 0;
        length = 128;
        int slash = text.IndexOf('/');
        ReadOnlySpan<char> address = slash < 0 ? text : text[..slash];
        Span<byte> bytes = stackalloc byte[16];
        bool isIPv4 = scope && InetText.TryParse(AddressFamily.Inet, address, bytes);
        if (!isIPv4 && !InetText.TryParse(AddressFamily.Inet6, address, bytes)) return false;
        prefix = isIPv4 ? InetAddress.IPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), 0).MapToIPv6().Bits : BinaryPrimitives.ReadUInt128BigEndian(bytes);
        if (slash < 0) return true;
        if (!CText.TryReadUInt32(text[(slash + 1)..], 10, out uint bits, out int used) || used != text.Length - slash - 1) return false;
        length = (int)Math.Min(bits, 1000) + (isIPv4 ? 96 : 0);
        return length <= 128;
    }

    private readonly struct Entry
    {
        private readonly UInt128 _prefix;

        public Entry(UInt128 prefix, int length, int value)
        {
            _prefix = prefix & Mask(length);
            Length = length;
            Value = value;
        }

        public Entry(string prefix, int length, int value)
            : this(new InetAddress(prefix, 0).Bits, length, value)
        {
        }

        public int Length { get; }

        public int Value { get; }

        public bool Contains(UInt128 address) => (address & Mask(Length)) == _prefix;

        private static UInt128 Mask(int length) => length == 0 ? 0 : UInt128.MaxValue << (128 - length);
    }
}
