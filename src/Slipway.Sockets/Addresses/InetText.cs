using System.Buffers.Binary;
using System.Globalization;

namespace Slipway.Sockets;

/// <summary>inet_pton, inet_ntop and inet_aton, exactly as glibc reads and prints (inet_pton(3), inet_ntop(3), inet(3)).</summary>
public static class InetText
{
    /// <summary>INET_ADDRSTRLEN: room for every IPv4 text and its NUL.</summary>
    public const int IPv4TextLength = 16;

    /// <summary>INET6_ADDRSTRLEN: room for every IPv6 text and its NUL.</summary>
    public const int IPv6TextLength = 46;

    /// <summary>inet_pton: reads a text into 4 or 16 bytes in network order. A text that is refused leaves the destination as it was.</summary>
    /// <returns>1 read, 0 malformed, or EAFNOSUPPORT for a family that is neither AF_INET nor AF_INET6.</returns>
    public static CallResult PresentationToNetwork(AddressFamily family, ReadOnlySpan<char> text, Span<byte> destination)
    {
        Span<byte> parsed = stackalloc byte[16];
        switch (family)
        {
            case AddressFamily.Inet:
                if (!TryParseIPv4(text, parsed)) return 0;
                parsed[..4].CopyTo(destination);
                return 1;
            case AddressFamily.Inet6:
                if (!TryParseIPv6(text, parsed)) return 0;
                parsed.CopyTo(destination);
                return 1;
            default:
                return Errno.EAFNOSUPPORT;
        }
    }

    /// <summary>As <see cref="PresentationToNetwork"/>, for callers that need no errno.</summary>
    public static bool TryParse(AddressFamily family, ReadOnlySpan<char> text, Span<byte> destination)
        => PresentationToNetwork(family, text, destination).Value == 1;

    /// <summary>inet_ntop: prints 4 or 16 bytes in network order.</summary>
    /// <param name="family">AF_INET or AF_INET6.</param>
    /// <param name="address">The bytes.</param>
    /// <param name="destination">Where the text and its terminating NUL must fit; only the text is counted in the result.</param>
    /// <returns>Characters written, ENOSPC if text and NUL do not fit, EAFNOSUPPORT for another family.</returns>
    public static CallResult NetworkToPresentation(AddressFamily family, ReadOnlySpan<byte> address, Span<char> destination)
    {
        if (family is not (AddressFamily.Inet or AddressFamily.Inet6)) return Errno.EAFNOSUPPORT;
        Span<char> text = stackalloc char[IPv6TextLength];
        int length = family == AddressFamily.Inet ? FormatIPv4(address, text) : FormatIPv6(address, text);
        if (length + 1 > destination.Length) return Errno.ENOSPC;
        text[..length].CopyTo(destination);
        destination[length] = '\0';
        return length;
    }

    /// <summary>The text of 4 or 16 bytes in network order.</summary>
    /// <exception cref="ArgumentException">The family is neither AF_INET nor AF_INET6.</exception>
    public static string Format(AddressFamily family, ReadOnlySpan<byte> address)
    {
        Span<char> text = stackalloc char[IPv6TextLength];
        CallResult length = NetworkToPresentation(family, address, text);
        return length.Succeeded ? new string(text[..length.Value]) : throw new ArgumentException($"{family} has no text form", nameof(family));
    }

    /// <summary>
    /// inet_aton: the old reader. One to four parts, each decimal, octal (leading 0) or hexadecimal (leading 0x); the last part fills what is left;
    /// text after a blank is ignored.
    /// </summary>
    /// <returns>Whether the text was read; <paramref name="address"/> is in host order.</returns>
    public static bool TryParseLoose(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        if (!TryParseLoosePrefix(text, out uint value, out int used)) return false;
        if (used < text.Length && !IsBlank(text[used])) return false;
        address = value;
        return true;
    }

    /// <summary>As <see cref="TryParseLoose"/>, but the whole text must be the address, as getaddrinfo wants it.</summary>
    public static bool TryParseLooseExact(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        if (!TryParseLoosePrefix(text, out uint value, out int used) || used != text.Length) return false;
        address = value;
        return true;
    }

    /// <summary>
    /// inet_network: one to four parts of at most a byte each, decimal, octal or hexadecimal, joined as they come (no zero bytes are added): "10.7" is 0x0a07.
    /// </summary>
    /// <returns>The number in host order, or 0xFFFFFFFF (INADDR_NONE) for a text that cannot be read.</returns>
    public static uint ParseNetwork(ReadOnlySpan<char> text)
    {
        uint number = 0;
        int position = 0;
        for (int part = 0; part < 4; part++)
        {
            if (!TryParseNetworkPart(text, ref position, out uint value)) return uint.MaxValue;
            number = number << 8 | value;
            if (position < text.Length && text[position] == '.')
            {
                position++;
                continue;
            }
            while (position < text.Length && IsBlank(text[position])) position++;
            return position == text.Length ? number : uint.MaxValue;
        }
        return uint.MaxValue;
    }

    // Digits of one radix; unlike inet_aton an x alone opens a hexadecimal part, and 8 in an octal part spoils the whole text.
    private static bool TryParseNetworkPart(ReadOnlySpan<char> text, ref int position, out uint value)
    {
        value = 0;
        uint radix = 10;
        bool any = false;
        if (position < text.Length && text[position] == '0')
        {
            (radix, any) = (8, true);
            position++;
        }
        if (position < text.Length && text[position] is 'x' or 'X')
        {
            (radix, any) = (16, false);
            position++;
        }
        for (; position < text.Length && DigitValue(text[position]) is >= 0 and int digit && (radix == 16 || digit < 10); position++)
        {
            if (digit >= radix) return false;
            value = unchecked(value * radix + (uint)digit); // wraps, as in C: 4294967296 reads as 0
            any = true;
        }
        return any && value <= 0xFF;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\v' or '\f' or '\r';

    private static bool TryParseLoosePrefix(ReadOnlySpan<char> text, out uint address, out int used)
    {
        address = 0;
        used = 0;
        uint left = 0;
        int parts = 0;
        while (true)
        {
            if (!TryParseNumber(text, ref used, out uint value)) return false;
            parts++;
            if (used < text.Length && text[used] == '.')
            {
                if (parts == 4 || value > 0xFF) return false;
                left = left << 8 | value;
                used++;
                continue;
            }
            int lastBits = 8 * (5 - parts);
            if (lastBits < 32 && value >> lastBits != 0) return false;
            address = (parts == 1 ? 0 : left << lastBits) | value;
            return true;
        }
    }

    // strtoul with base 0: at least one digit, and no value above 32 bits.
    private static bool TryParseNumber(ReadOnlySpan<char> text, ref int position, out uint value)
    {
        value = 0;
        uint radix = 10;
        if (position >= text.Length || !char.IsAsciiDigit(text[position])) return false;
        if (text[position] == '0')
        {
            bool hexadecimal = position + 2 < text.Length && (text[position + 1] | 0x20) == 'x' && char.IsAsciiHexDigit(text[position + 2]);
            radix = hexadecimal ? 16u : 8u;
            if (hexadecimal) position += 2;
        }
        ulong sum = 0;
        for (; position < text.Length; position++)
        {
            int digit = DigitValue(text[position]);
            if (digit < 0 || digit >= radix) break;
            sum = sum * radix + (uint)digit;
            if (sum > uint.MaxValue) return false;
        }
        value = (uint)sum;
        return true;
    }

    private static int DigitValue(char c) => char.IsAsciiHexDigit(c) ? char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10 : -1;

    private static bool TryParseIPv4(ReadOnlySpan<char> text, Span<byte> destination)
    {
        int position = 0;
        for (int field = 0; field < 4; field++)
        {
            if (field > 0 && (position >= text.Length || text[position++] != '.')) return false;
            int start = position;
            int value = 0;
            for (; position < text.Length && char.IsAsciiDigit(text[position]); position++)
            {
                if (position > start && value == 0) return false; // no leading zero: 01 could mean octal
                value = value * 10 + (text[position] - '0');
                if (value > 255) return false;
            }
            if (position == start) return false;
            destination[field] = (byte)value;
        }
        return position == text.Length;
    }

    private static bool TryParseIPv6(ReadOnlySpan<char> text, Span<byte> destination)
    {
        Span<byte> groups = stackalloc byte[16];
        int written = 0, gap = -1, position = 0;
        if (text.Length < 2) return false;
        if (text[0] == ':' && text[1] != ':') return false;
        if (text[0] == ':') position = 1; // the first colon of a leading "::"
        while (position < text.Length)
        {
            if (text[position] == ':')
            {
                if (gap >= 0) return false;
                gap = written;
                position++;
                continue;
            }
            int start = position;
            int value = 0;
            for (; position < text.Length && DigitValue(text[position]) is >= 0 and int digit; position++)
            {
                if (position - start == 4) return false;
                value = value << 4 | digit;
            }
            if (position < text.Length && text[position] == '.')
            {
                if (written > 12 || !TryParseIPv4(text[start..], groups[written..])) return false;
                written += 4;
                break;
            }
            if (position == start || written == 16) return false;
            BinaryPrimitives.WriteUInt16BigEndian(groups[written..], (ushort)value);
            written += 2;
            if (position == text.Length) break;
            if (text[position++] != ':') return false;
            if (position == text.Length) return false; // a single colon at the end
        }
        return Spread(groups, written, gap, destination);
    }

    private static bool Spread(ReadOnlySpan<byte> groups, int written, int gap, Span<byte> destination)
    {
        if (gap < 0 ? written != 16 : written == 16) return false; // "::" stands for at least one group
        destination[..16].Clear();
        int before = gap < 0 ? written : gap;
        groups[..before].CopyTo(destination);
        groups[before..written].CopyTo(destination[(16 - (written - before))..]);
        return true;
    }

    private static int FormatIPv4(ReadOnlySpan<byte> address, Span<char> text)
    {
        text.TryWrite(CultureInfo.InvariantCulture, $"{address[0]}.{address[1]}.{address[2]}.{address[3]}", out int length);
        return length;
    }

    private static int FormatIPv6(ReadOnlySpan<byte> address, Span<char> text)
    {
        (int gap, int gapLength) = LongestZeroRun(address);
        int length = 0;
        for (int group = 0; group < 8; group++)
        {
            if (group >= gap && group < gap + gapLength)
            {
                if (group == gap) text[length++] = ':';
                continue;
            }
            if (group != 0) text[length++] = ':';
            // A v4-compatible or v4-mapped address ends in dotted form: six zero groups, or five and ffff; ::1 to ::ffff stay hexadecimal.
            if (group == 6 && gap == 0 && (gapLength == 6 || gapLength == 5 && address[10] == 0xFF && address[11] == 0xFF))
                return length + FormatIPv4(address[12..], text[length..]);
            BinaryPrimitives.ReadUInt16BigEndian(address[(2 * group)..]).TryFormat(text[length..], out int digits, "x", CultureInfo.InvariantCulture);
            length += digits;
        }
        if (gap >= 0 && gap + gapLength == 8) text[length++] = ':';
        return length;
    }

    // The leftmost of the longest runs of zero groups, if two or more long.
    private static (int Start, int Length) LongestZeroRun(ReadOnlySpan<byte> address)
    {
        int best = -1, bestLength = 1, start = -1;
        for (int group = 0; group <= 8; group++)
        {
            bool zero = group < 8 && address[2 * group] == 0 && address[2 * group + 1] == 0;
            if (zero && start < 0) start = group;
            if (zero || start < 0) continue;
            if (group - start > bestLength) (best, bestLength) = (start, group - start);
            start = -1;
        }
        return best < 0 ? (-1, 0) : (best, bestLength);
    }
}
