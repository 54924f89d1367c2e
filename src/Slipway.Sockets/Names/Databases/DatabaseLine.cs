namespace Slipway.Sockets;

/// <summary>The fields of a line of a name database, cut at blanks as C's isspace knows them.</summary>
internal ref struct DatabaseLine
{
    private ReadOnlySpan<char> _rest;

    public DatabaseLine(ReadOnlySpan<char> line) => _rest = line;

    /// <summary>What has not been read, without blanks at its start.</summary>
    public readonly ReadOnlySpan<char> Rest => _rest;

    /// <summary>The lines of a file without comments, without blanks at their start, and without those that are empty then.</summary>
    public static string[] Split(string text)
    {
        var lines = new List<string>();
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLinesByFeed())
        {
            ReadOnlySpan<char> line = raw;
            int comment = line.IndexOf('#');
            if (comment >= 0) line = line[..comment];
            line = SkipBlanks(line);
            if (!line.IsEmpty) lines.Add(line.ToString());
        }
        return [.. lines];
    }

    /// <summary>The next field; empty at the end of the line.</summary>
    public ReadOnlySpan<char> ReadField()
    {
        int end = 0;
        while (end < _rest.Length && !CText.IsBlank(_rest[end])) end++;
        ReadOnlySpan<char> field = _rest[..end];
        _rest = SkipBlanks(_rest[end..]);
        return field;
    }

    /// <summary>A number that ends at a slash (and whatever slashes follow) or at the end of the line.</summary>
    public bool TryReadNumberToSlash(out uint number)
    {
        if (!CText.TryReadUInt32(_rest, 0, out number, out int used)) return false;
        if (used < _rest.Length && _rest[used] != '/') return false;
        _rest = _rest[used..].TrimStart('/');
        return true;
    }

    /// <summary>A decimal number that ends at a blank or at the end of the line.</summary>
    public bool TryReadNumber(out uint number)
    {
        if (!CText.TryReadUInt32(_rest, 10, out number, out int used)) return false;
        if (used < _rest.Length && !CText.IsBlank(_rest[used])) return false;
        _rest = SkipBlanks(_rest[used..]);
        return true;
    }

    /// <summary>All fields that are left.</summary>
    public IReadOnlyList<string> ReadAll()
    {
        if (_rest.IsEmpty) return [];
        var fields = new List<string>();
        while (!_rest.IsEmpty) fields.Add(ReadField().ToString());
        return fields;
    }

    private static ReadOnlySpan<char> SkipBlanks(ReadOnlySpan<char> text)
    {
        int start = 0;
        while (start < text.Length && CText.IsBlank(text[start])) start++;
        return text[start..];
    }
}
