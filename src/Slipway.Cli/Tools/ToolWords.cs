using System.Diagnostics.CodeAnalysis;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary>The words of a call of ip, one after the other.</summary>
internal sealed class ToolWords(IReadOnlyList<string> words)
{
    private int _next;

    public bool IsEmpty => _next >= words.Count;

    public bool TryNext([NotNullWhen(true)] out string? word)
    {
        word = IsEmpty ? null : words[_next++];
        return word is not null;
    }

    /// <summary>Takes the next word if it is this one, or if the call shortens it.</summary>
    public bool TryTake(string whole, int least)
    {
        if (IsEmpty || words[_next].Length < least || !whole.StartsWith(words[_next], StringComparison.Ordinal)) return false;
        _next++;
        return true;
    }

    public string Next(string what) => TryNext(out string? word) ? word : throw Wrong($"Command line is not complete: {what} is missing.");

    public int Number(string what) => int.TryParse(Next(what), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number)
        ? number
        : throw Wrong($"Error: {what} is no number.");

    /// <summary>An address without a prefix.</summary>
    public InetAddress Address(string what) => ParseAddress(Next(what), what);

    /// <summary>An address with the length of its prefix: that of the whole address where none is given.</summary>
    public (InetAddress Address, int Length) Prefix(string what)
    {
        string word = Next(what);
        int slash = word.IndexOf('/', StringComparison.Ordinal);
        InetAddress address = ParseAddress(slash < 0 ? word : word[..slash], what);
        int longest = address.Family == AddressFamily.Inet ? 32 : 128;
        if (slash < 0) return (address, longest);
        return int.TryParse(word.AsSpan(slash + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int length) && length <= longest
            ? (address, length)
            : throw Wrong($"Error: any valid prefix is expected rather than \"{word}\".");
    }

    public static ToolException Wrong(string message) => new(255, message);

    private static InetAddress ParseAddress(string word, string what)
    {
        Span<byte> bytes = stackalloc byte[16];
        AddressFamily family = word.Contains(':', StringComparison.Ordinal) ? AddressFamily.Inet6 : AddressFamily.Inet;
        return InetText.TryParse(family, word, bytes) ? new InetAddress(word, 0) : throw Wrong($"Error: {what} is expected rather than \"{word}\".");
    }
}
