namespace Slipway.Cli;

/// <summary>The text of a filter, word by word; what is wrong is told with its place.</summary>
internal sealed class SsFilterText(string text)
{
    private const string Symbols = "()!=<>&|";

    private int _at, _start;

    /// <summary>The next word or sign; empty at the end.</summary>
    public string Peek()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        return text[_at..EndOfWord(Symbols)];
    }

    /// <summary>Takes the next word or sign.</summary>
    public string Next()
    {
        string word = Peek();
        _start = _at;
        _at += word.Length;
        return word;
    }

    /// <summary>Takes the next word if it is one of these.</summary>
    public bool TryTake(params ReadOnlySpan<string> words)
    {
        if (!words.Contains(Peek())) return false;
        Next();
        return true;
    }

    /// <summary>Takes an address or a pattern: it ends at a space or a parenthesis.</summary>
    /// <param name="what">What is expected, for who left it out.</param>
    public string NextValue(string what)
    {
        Peek();
        _start = _at;
        _at = EndOfWord("()");
        return _at > _start ? text[_start.._at] : throw Wrong($"{what} is missing");
    }

    /// <summary>The failure that the word that was taken last is not what was expected.</summary>
    public ToolException Wrong(string message)
    {
        int length = Math.Max(_at - _start, 1);
        return ToolWords.Wrong($"ss: filter: {message}\n  {text}\n  {new string(' ', _start)}{new string('^', length)}");
    }

    /// <summary>The failure that the next word does not belong there.</summary>
    public ToolException WrongNext(string message)
    {
        Next();
        return Wrong(message);
    }

    private int EndOfWord(string signs)
    {
        if (_at == text.Length) return _at;
        int end = _at + 1;
        if (Symbols.Contains(text[_at], StringComparison.Ordinal) && signs == Symbols) return end + (end < text.Length && IsPair(text[_at], text[end]) ? 1 : 0);
        if (signs.Contains(text[_at], StringComparison.Ordinal)) return _at;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && !signs.Contains(text[end], StringComparison.Ordinal)) end++;
        return end;
    }

    private static bool IsPair(char first, char second) => second == '=' ? first is '=' or '!' or '<' or '>' : second == first && (first is '&' or '|');
}
