using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// BPF_MAP_TYPE_HASH, and BPF_MAP_TYPE_PERCPU_HASH with the one processor of a virtual host: chains over places that are all made at the start, so that a packet makes nothing new.
/// </summary>
internal class EbpfHashMap : EbpfMap
{
    private readonly byte[] _keys;
    private readonly int[] _buckets, _next;
    private int _free;

    public EbpfHashMap(EbpfMapKind kind, int keySize, int valueSize, int maxEntries)
        : base(kind, keySize, valueSize, maxEntries)
    {
        _keys = new byte[keySize * maxEntries];
        _buckets = new int[maxEntries];
        _next = new int[maxEntries];
        Array.Fill(_buckets, -1);
        for (int i = 0; i < maxEntries; i++) _next[i] = i + 1 < maxEntries ? i + 1 : -1;
    }

    /// <inheritdoc/>
    public override int Find(ReadOnlySpan<byte> key)
    {
        int entry = EntryOf(key);
        return entry < 0 ? -1 : entry * Stride;
    }

    /// <inheritdoc/>
    public override Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long flags)
    {
        if (flags is < 0 or > Exist) return Errno.EINVAL;
        int entry = EntryOf(key);
        if (entry >= 0 && flags == NoExist) return Errno.EEXIST;
        if (entry < 0)
        {
            if (flags == Exist) return Errno.ENOENT;
            if (_free < 0 && !MakesRoom()) return Errno.E2BIG;
            entry = _free;
            _free = _next[entry];
            key.CopyTo(KeyOf(entry));
            ref int first = ref _buckets[BucketOf(key)];
            _next[entry] = first;
            first = entry;
        }
        value.CopyTo(Values.AsSpan(entry * Stride, Stride));
        OnWritten(entry);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Delete(ReadOnlySpan<byte> key)
    {
        ref int link = ref _buckets[BucketOf(key)];
        while (link >= 0)
        {
            int entry = link;
            if (KeyOf(entry).SequenceEqual(key))
            {
                link = _next[entry];
                _next[entry] = _free;
                _free = entry;
                OnDeleted(entry);
                return Errno.None;
            }
            link = ref _next[entry];
        }
        return Errno.ENOENT;
    }

    /// <summary>The place of a key; -1 for none.</summary>
    protected int EntryOf(ReadOnlySpan<byte> key)
    {
        int entry = _buckets[BucketOf(key)];
        while (entry >= 0 && !KeyOf(entry).SequenceEqual(key)) entry = _next[entry];
        return entry;
    }

    protected Span<byte> KeyOf(int entry) => _keys.AsSpan(entry * KeySize, KeySize);

    /// <summary>The map is full: deletes an element if that is its way.</summary>
    protected virtual bool MakesRoom() => false;

    protected virtual void OnWritten(int entry)
    {
    }

    protected virtual void OnDeleted(int entry)
    {
    }

    /// <summary>FNV-1a: the same in every run. A map whose keys strangers choose is as long as its limit, no more.</summary>
    private int BucketOf(ReadOnlySpan<byte> key)
    {
        uint hash = 2166136261;
        foreach (byte one in key) hash = (hash ^ one) * 16777619;
        return (int)(hash % (uint)_buckets.Length);
    }
}
