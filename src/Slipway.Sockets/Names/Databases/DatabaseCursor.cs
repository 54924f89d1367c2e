using System.Collections;

namespace Slipway.Sockets;

/// <summary>
/// A position in a name database: what C keeps once per process behind gethostent, sethostent and endhostent (and their kin for services, protocols, networks) is an
/// object here, so that two readers do not disturb each other.
/// </summary>
/// <typeparam name="TEntry">The kind of entry.</typeparam>
/// <remarks>The file is read at the first <see cref="MoveNext"/> and kept until <see cref="Reset"/> or <see cref="Close"/>. Not safe for use from several threads at once.</remarks>
public sealed class DatabaseCursor<TEntry> : IEnumerator<TEntry>
    where TEntry : class
{
    private readonly NameDatabase<TEntry> _database;
    private IReadOnlyList<TEntry>? _entries;
    private int _next;

    internal DatabaseCursor(NameDatabase<TEntry> database) => _database = database;

    /// <summary>The entry that the last <see cref="MoveNext"/> gave.</summary>
    /// <exception cref="InvalidOperationException">There is none: before the first entry, or after the end.</exception>
    public TEntry Current => _entries is { } entries && _next > 0 && _next <= entries.Count
        ? entries[_next - 1]
        : throw new InvalidOperationException("the cursor stands on no entry");

    object IEnumerator.Current => Current;

    /// <summary>get…ent: the next entry. Opens the database if need be; at the end it stays at the end.</summary>
    public bool MoveNext()
    {
        _entries ??= _database.Entries;
        if (_next > _entries.Count) return false;
        return ++_next <= _entries.Count;
    }

    /// <summary>get…ent in C's manner: the next entry, or null at the end and ever after.</summary>
    public TEntry? Next() => MoveNext() ? Current : null;

    /// <summary>set…ent: opens the database anew, so that the next entry is the first.</summary>
    public void Reset()
    {
        _entries = _database.Entries;
        _next = 0;
    }

    /// <summary>end…ent: closes the database. A later <see cref="MoveNext"/> opens it again and gives the first entry.</summary>
    public void Close()
    {
        _entries = null;
        _next = 0;
    }

    /// <summary>As <see cref="Close"/>.</summary>
    public void Dispose() => Close();
}
