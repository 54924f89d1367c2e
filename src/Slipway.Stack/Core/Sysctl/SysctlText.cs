using System.Buffers;
using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Numbers in sysctl files, read as the kernel reads them: white space between, base by prefix (0x, 0), what follows the last one wanted is ignored.</summary>
internal static class SysctlText
{
    private const string Spaces = " \t\n\v\f\r";
    private static readonly SearchValues<char> SpaceValues = SearchValues.Create(Spaces);

    /// <summary>Takes the next number off the text.</summary>
    /// <returns>ENODATA at the end of the text; EINVAL where something else stands.</returns>
    public static Errno TakeNumber(ref ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        text = text.TrimStart(Spaces);
        if (text.IsEmpty) return Errno.ENODATA;
        int length = text.IndexOfAny(SpaceValues);
        ReadOnlySpan<char> word = length < 0 ? text : text[..length];
        text = length < 0 ? [] : text[length..];
        bool negative = word[0] == '-';
        if (negative) word = word[1..];
        if (!TryParse(word, out ulong magnitude) || magnitude > long.MaxValue) return Errno.EINVAL;
        value = negative ? -(long)magnitude : (long)magnitude;
        return Errno.None;
    }

    private static bool TryParse(ReadOnlySpan<char> word, out ulong value)
    {
        if (word.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(word[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        if (word.Length < 2 || word[0] != '0') return ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        value = 0;
        foreach (char c in word)
        {
            if (c is < '0' or > '7' || value >> 61 != 0) return false;
            value = value << 3 | (uint)(c - '0');
        }
        return true;
    }
}
