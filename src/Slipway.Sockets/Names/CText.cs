namespace Slipway.Sockets;

/// <summary>How C's library reads text: blanks, unsigned numbers, case.</summary>
internal static class CText
{
    /// <summary>isspace in the C locale.</summary>
    public static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\v' or '\f' or '\r';

    /// <summary>Equal but for the case of ASCII letters (strcasecmp).</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<char> left, ReadOnlySpan<char> right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// strtoul(3): blanks, a sign, digits; a negative number wraps, one too large becomes 2^64 - 1. Base 0 reads 0x as hexadecimal and 0 as octal.
    /// </summary>
    /// <returns>False if there are no digits; nothing is used then.</returns>
    public static bool TryReadUInt64(ReadOnlySpan<char> text, uint radix, out ulong value, out int used)
    {
        value = 0;
        used = 0;
        int position = 0;
        while (position < text.Length && IsBlank(text[position])) position++;
        bool negative = position < text.Length && text[position] == '-';
        if (position < text.Length && text[position] is '-' or '+') position++;
        if (radix == 0) radix = DetectRadix(text[position..], ref position);
        bool overflow = false, any = false;
        for (; position < text.Length && Digit(text[position]) is var digit && digit >= 0 && digit < radix; position++)
        {
            any = true;
            UInt128 next = (UInt128)value * radix + (uint)digit;
            overflow |= next > ulong.MaxValue;
            value = (ulong)next;
        }
        if (!any) return false;
        value = overflow ? ulong.MaxValue : negative ? unchecked(0 - value) : value;
        used = position;
        return true;
    }

    /// <summary>As <see cref="TryReadUInt64"/> for 32 bits, as glibc reads the numbers of its files: a greater one is refused.</summary>
    public static bool TryReadUInt32(ReadOnlySpan<char> text, uint radix, out uint value, out int used)
    {
        bool read = TryReadUInt64(text, radix, out ulong wide, out used) && wide <= uint.MaxValue;
        value = read ? (uint)wide : 0;
        return read;
    }

    /// <summary>The pieces between line feeds; unlike the class library's, other line ends do not count.</summary>
    public static LineFeedEnumerator EnumerateLinesByFeed(this ReadOnlySpan<char> text) => new(text);

    private static uint DetectRadix(ReadOnlySpan<char> text, ref int position)
    {
        if (text.Length == 0 || text[0] != '0') return 10;
        if (text.Length < 3 || (text[1] | 0x20) != 'x' || !char.IsAsciiHexDigit(text[2])) return 8;
        position += 2;
        return 16;
    }

    private static int Digit(char c) => char.IsAsciiHexDigit(c) ? char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10 : -1;

    /// <summary>Walks over the lines of a text.</summary>
    public ref struct LineFeedEnumerator
    {
        private ReadOnlySpan<char> _rest;
        private bool _more = true;

        public LineFeedEnumerator(ReadOnlySpan<char> text) => _rest = text;

        public ReadOnlySpan<char> Current { get; private set; }

        public readonly LineFeedEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (!_more) return false;
            int end = _rest.IndexOf('\n');
            _more = end >= 0;
            Current = _more ? _rest[..end] : _rest;
            if (_more) _rest = _rest[(end + 1)..];
            return true;
        }
    }
}
