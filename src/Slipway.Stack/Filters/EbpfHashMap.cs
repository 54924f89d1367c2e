using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>BPF_MAP_TYPE_HASH: chains over places that are all made at the start, so that a packet makes nothing new.</summary>
internal sealed class EbpfHashMap : EbpfMap
{
    private readonly byte[] _keys;
    private readonly int[] _buckets, _next;
    private int _free;

    public EbpfHashMap(int keySize, int valueSize, int maxEntries)
        : base(keySize, valueSize, maxEntries)
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
        int entry = _buckets[BucketOf(key)];
        while (entry >= 0 && !KeyOf(entry).SequenceEqual(key)) entry = _next[entry];
        return entry < 0 ? -1 : entry * Stride;
    }

    /// <inheritdoc/>
    public override Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long flags)
    {
        if (flags is < 0 or > Exist) return Errno.EINVAL;
        int place = Find(key);
        if (place >= 0 && flags == NoExist) return Errno.EEXIST;
        if (place < 0)
        {
            if (flags == Exist) return Errno.ENOENT;
            if (_free < 0) return Errno.E2BIG;
            int entry = _free;
            _free = _next[entry];
            key.CopyTo(KeyOf(entry));
            ref int first = ref _buckets[BucketOf(key)];
            _next[entry] = first;
            first = entry;
            place = entry * Stride;
        }
        value.CopyTo(Values.AsSpan(place, ValueSize));
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
                return Errno.None;
            }
            link = ref _next[entry];
        }
        return Errno.ENOENT;
    }

    private Span<byte> KeyOf(int entry) => _keys.AsSpan(entry * KeySize, KeySize);

    /// <summary>FNV-1a: the same in every run. A map whose keys strangers choose is as long as its limit, no more.</summary>
    private int BucketOf(ReadOnlySpan<byte> key)
    {
        uint hash = 2166136261;
        foreach (byte one in key) hash = (hash ^ one) * 16777619;
        return (int)(hash % (uint)_buckets.Length);
    }
}
