namespace Slipway.Wire;

/// <summary>A hop-by-hop or destination options header.</summary>
/// <remarks>
/// RFC 8200 §4.2, §4.3, §4.6. The options are type, length, data, one after another:
/// <code>
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
/// |  Next Header  |  Hdr Ext Len  |  options ...
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
/// |  Option Type  |  Opt Data Len |  data ...         one zero byte alone is Pad1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
/// </code>
/// </remarks>
public readonly ref struct Ipv6OptionsView
{
    // Linux's bound (ip6_parse_tlv): padding aligns to 8, so more than 7 bytes in a row carry nothing but a covert channel (RFC 4942 §2.1.9.5).
    private const int MaximumPadding = 7;
    private const int FirstOffset = 2;

    private readonly ReadOnlySpan<byte> _bytes;

    private Ipv6OptionsView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>What follows the header.</summary>
    public IpProtocolNumber NextHeader => (IpProtocolNumber)_bytes[0];

    /// <summary>Bytes of the header: a multiple of 8.</summary>
    public int Length => _bytes.Length;

    /// <summary>Validates an options header by Linux's rules.</summary>
    /// <param name="bytes">The header; bytes after its length are ignored.</param>
    /// <param name="view">The view, if it is valid.</param>
    /// <param name="error"><see cref="WireError.Truncated"/>, or <see cref="WireError.BadOption"/>: an option beyond the header, too much padding, or padding that is not zero.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out Ipv6OptionsView view, out WireError error)
    {
        view = default;
        error = WireError.Truncated;
        if (bytes.Length < 8 || bytes.Length < (bytes[1] + 1) * 8) return false;
        bytes = bytes[..((bytes[1] + 1) * 8)];
        error = Validate(bytes) ? WireError.None : WireError.BadOption;
        if (error != WireError.None) return false;
        view = new Ipv6OptionsView(bytes);
        return true;
    }

    /// <summary>The options in order, without padding. Needs no allocation.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    private static bool Validate(ReadOnlySpan<byte> bytes)
    {
        int padding = 0;
        for (int at = FirstOffset; at < bytes.Length;)
        {
            var kind = (Ipv6OptionKind)bytes[at];
            int length = kind == Ipv6OptionKind.Pad1 ? 1 : at + 1 < bytes.Length ? bytes[at + 1] + 2 : int.MaxValue;
            if (length > bytes.Length - at) return false;
            padding = kind is Ipv6OptionKind.Pad1 or Ipv6OptionKind.PadN ? padding + length : 0;
            if (padding > MaximumPadding) return false;
            if (kind == Ipv6OptionKind.PadN && bytes.Slice(at + 2, length - 2).ContainsAnyExcept((byte)0)) return false;
            at += length;
        }
        return true;
    }

    /// <summary>Walks over validated options.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private int _at;
        private int _next;

        internal Enumerator(ReadOnlySpan<byte> bytes)
        {
            _bytes = bytes;
            _next = FirstOffset;
        }

        /// <summary>The option the enumerator stands on.</summary>
        public readonly Ipv6Option Current => new(_bytes[_at.._next], _at);

        /// <summary>Goes to the next option that is not padding.</summary>
        public bool MoveNext()
        {
            for (_at = _next; _at < _bytes.Length; _at = _next)
            {
                var kind = (Ipv6OptionKind)_bytes[_at];
                _next = kind == Ipv6OptionKind.Pad1 ? _at + 1 : _at + 2 + _bytes[_at + 1];
                if (kind is not (Ipv6OptionKind.Pad1 or Ipv6OptionKind.PadN)) return true;
            }
            return false;
        }
    }
}
