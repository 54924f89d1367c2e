namespace Slipway.Stack;

/// <summary>The error queue of a socket, with a look at its end: completions of MSG_ZEROCOPY grow there.</summary>
internal sealed class ErrorQueue
{
    private readonly Queue<ErrorEntry> _entries = new();

    public int Count => _entries.Count;

    /// <summary>The newest entry; null if there is none.</summary>
    public ErrorEntry? Last { get; private set; }

    /// <summary>Entries that are completions: their memory is counted by net.core.optmem_max, not by the receive buffer.</summary>
    public int Completions { get; private set; }

    public void Enqueue(ErrorEntry entry)
    {
        _entries.Enqueue(entry);
        Last = entry;
        if (entry.IsCompletion) Completions++;
    }

    public ErrorEntry Dequeue()
    {
        ErrorEntry entry = _entries.Dequeue();
        if (entry.IsCompletion) Completions--;
        if (_entries.Count == 0) Last = null;
        return entry;
    }

    public bool TryPeek([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ErrorEntry? entry) => _entries.TryPeek(out entry);

    public void Clear()
    {
        _entries.Clear();
        Last = null;
        Completions = 0;
    }
}
