using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// BPF_MAP_TYPE_LRU_HASH, and BPF_MAP_TYPE_LRU_PERCPU_HASH with the one processor of a virtual host: where it is full, the element goes that no program has looked up and nobody has written for the
/// longest time. Linux comes near to that order.
/// </summary>
internal sealed class EbpfLruMap : EbpfHashMap
{
    // A ring of all that is in use: behind the last place stands its head, whose neighbours are the newest and the oldest.
    private readonly int[] _older, _newer;

    public EbpfLruMap(EbpfMapKind kind, int keySize, int valueSize, int maxEntries)
        : base(kind, keySize, valueSize, maxEntries)
    {
        _older = new int[maxEntries + 1];
        _newer = new int[maxEntries + 1];
        for (int i = 0; i <= maxEntries; i++) _older[i] = _newer[i] = i;
    }

    private int Head => MaxEntries;

    /// <inheritdoc/>
    public override int Find(ReadOnlySpan<byte> key)
    {
        int entry = EntryOf(key);
        if (entry < 0) return -1;
        OnWritten(entry);
        return entry * Stride;
    }

    /// <inheritdoc/>
    public override Errno Read(ReadOnlySpan<byte> key, Span<byte> value)
    {
        int entry = EntryOf(key);
        if (entry < 0) return Errno.ENOENT;
        Values.AsSpan(entry * Stride, value.Length).CopyTo(value);
        return Errno.None;
    }

    /// <inheritdoc/>
    protected override bool MakesRoom() => Delete(KeyOf(_newer[Head])) == Errno.None;

    /// <inheritdoc/>
    protected override void OnWritten(int entry)
    {
        OnDeleted(entry);
        int newest = _older[Head];
        (_older[entry], _newer[entry]) = (newest, Head);
        _newer[newest] = _older[Head] = entry;
    }

    /// <inheritdoc/>
    protected override void OnDeleted(int entry)
    {
        _newer[_older[entry]] = _newer[entry];
        _older[_newer[entry]] = _older[entry];
        _older[entry] = _newer[entry] = entry;
    }
}
