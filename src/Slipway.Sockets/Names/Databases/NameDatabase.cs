using System.Collections;

namespace Slipway.Sockets;

/// <summary>A name database in a text file of the host: a line an entry, <c>#</c> begins a comment, a line that makes no sense is passed over, as glibc does.</summary>
/// <typeparam name="TEntry">The kind of entry.</typeparam>
/// <remarks>The file is looked at on every use and parsed again when its text has changed. Safe for use from several threads.</remarks>
public abstract class NameDatabase<TEntry> : IEnumerable<TEntry>
    where TEntry : class
{
    private readonly HostFiles _files;
    private volatile Parsed? _parsed;

    private protected NameDatabase(HostFiles files, string path)
    {
        ArgumentNullException.ThrowIfNull(files);
        _files = files;
        Path = path;
    }

    /// <summary>The file, such as <c>/etc/hosts</c>. One that is missing is as good as an empty one.</summary>
    public string Path { get; }

    /// <summary>All entries in the order of the file, as enumeration shows them.</summary>
    public IReadOnlyList<TEntry> Entries => Read().Entries;

    /// <summary>A cursor before the first entry.</summary>
    public DatabaseCursor<TEntry> GetEnumerator() => new(this);

    IEnumerator<TEntry> IEnumerable<TEntry>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private protected string[] Lines => Read().Lines;

    /// <summary>The entry in a line that has no comment and no blanks at its start, or null if the line makes no sense.</summary>
    private protected abstract TEntry? Parse(DatabaseLine line);

    private Parsed Read()
    {
        string text = _files.ReadText(Path) ?? "";
        Parsed? parsed = _parsed;
        if (parsed is not null && string.Equals(parsed.Text, text, StringComparison.Ordinal)) return parsed;
        string[] lines = DatabaseLine.Split(text);
        var entries = new List<TEntry>(lines.Length);
        foreach (string line in lines)
            if (Parse(new DatabaseLine(line)) is { } entry) entries.Add(entry);
        return _parsed = new Parsed(text, lines, entries);
    }

    private sealed record Parsed(string Text, string[] Lines, IReadOnlyList<TEntry> Entries);
}
