using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A map of eBPF: elements of one size in one array of bytes, which programs and the process share (bpf(2)). A descriptor's file.</summary>
internal abstract class EbpfMap : OpenFile
{
    public const long NoExist = 1, Exist = 2;

    /// <summary>The most bytes of one map: what a virtual host would give it.</summary>
    private const long MostBytes = 64 << 20;

    protected EbpfMap(int keySize, int valueSize, int maxEntries)
    {
        (KeySize, ValueSize, MaxEntries) = (keySize, valueSize, maxEntries);
        Stride = valueSize + 7 & ~7;
        Values = new byte[Stride * maxEntries];
    }

    public int KeySize { get; }

    public int ValueSize { get; }

    public int MaxEntries { get; }

    /// <summary>Bytes from one element to the next.</summary>
    public int Stride { get; }

    public byte[] Values { get; }

    /// <inheritdoc/>
    public override PollEvents Readiness => PollEvents.POLLERR;

    /// <inheritdoc/>
    public override FileStatus Status => new(0x180, 0, 0);

    public static Errno Create(EbpfMapKind kind, int keySize, int valueSize, int maxEntries, out EbpfMap? map)
    {
        const int LongestKey = 512;
        map = null;
        if (kind is not (EbpfMapKind.Array or EbpfMapKind.Hash) || keySize <= 0 || valueSize <= 0 || maxEntries <= 0) return Errno.EINVAL;
        if (kind == EbpfMapKind.Array && keySize != sizeof(uint)) return Errno.EINVAL;
        if (keySize > LongestKey) return Errno.E2BIG;
        if ((valueSize + 8L + keySize) * maxEntries > MostBytes) return Errno.ENOMEM;
        map = kind == EbpfMapKind.Array ? new EbpfArrayMap(valueSize, maxEntries) : new EbpfHashMap(keySize, valueSize, maxEntries);
        return Errno.None;
    }

    /// <summary>Where the element of a key begins in <see cref="Values"/>; -1 for none.</summary>
    public abstract int Find(ReadOnlySpan<byte> key);

    public abstract Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long flags);

    public abstract Errno Delete(ReadOnlySpan<byte> key);
}
