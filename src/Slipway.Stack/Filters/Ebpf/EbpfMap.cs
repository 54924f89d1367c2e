using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A map of eBPF: elements of one size in one array of bytes, which programs and the process share (bpf(2)). A descriptor's file.</summary>
internal abstract class EbpfMap : OpenFile
{
    public const long NoExist = 1, Exist = 2;

    /// <summary>The most bytes of one map: what a virtual host would give it.</summary>
    private const long MostBytes = 64 << 20;

    protected EbpfMap(EbpfMapKind kind, int keySize, int valueSize, int maxEntries)
    {
        (Kind, KeySize, ValueSize, MaxEntries) = (kind, keySize, valueSize, maxEntries);
        Stride = Rounded(valueSize);
        Values = new byte[Stride * maxEntries];
    }

    public EbpfMapKind Kind { get; }

    public int KeySize { get; }

    public int ValueSize { get; }

    public int MaxEntries { get; }

    /// <summary>Bytes from one element to the next.</summary>
    public int Stride { get; }

    public byte[] Values { get; }

    /// <summary>Bytes of a value in the calls of a process: of a map per processor those of each, in units of 8. A virtual host has one processor.</summary>
    public int CallValueSize => IsPerProcessor(Kind) ? Stride : ValueSize;

    /// <inheritdoc/>
    public override PollEvents Readiness => PollEvents.POLLERR;

    /// <inheritdoc/>
    public override FileStatus Status => new(0x180, 0, 0);

    public static Errno Create(EbpfMapKind kind, int keySize, int valueSize, int maxEntries, out EbpfMap? map)
    {
        // PCPU_MIN_UNIT_SIZE.
        const int LongestPerProcessor = 32768;
        map = null;
        bool isArray = kind is EbpfMapKind.Array or EbpfMapKind.PerCpuArray or EbpfMapKind.ProgramArray;
        if (!isArray && kind is not (EbpfMapKind.Hash or EbpfMapKind.PerCpuHash or EbpfMapKind.LruHash or EbpfMapKind.LruPerCpuHash)) return Errno.EINVAL;
        if (keySize <= 0 || valueSize <= 0 || maxEntries <= 0) return Errno.EINVAL;
        if (isArray && keySize != sizeof(uint) || kind == EbpfMapKind.ProgramArray && valueSize != sizeof(uint)) return Errno.EINVAL;
        if (IsPerProcessor(kind) && Rounded(valueSize) > LongestPerProcessor) return Errno.E2BIG;
        if ((valueSize + 8L + keySize) * maxEntries > MostBytes) return Errno.ENOMEM;
        map = kind switch
        {
            EbpfMapKind.ProgramArray => new EbpfProgramArray(maxEntries),
            EbpfMapKind.LruHash or EbpfMapKind.LruPerCpuHash => new EbpfLruMap(kind, keySize, valueSize, maxEntries),
            _ => isArray ? new EbpfArrayMap(kind, valueSize, maxEntries) : new EbpfHashMap(kind, keySize, valueSize, maxEntries),
        };
        return Errno.None;
    }

    /// <summary>Where the element of a key begins in <see cref="Values"/>; -1 for none.</summary>
    public abstract int Find(ReadOnlySpan<byte> key);

    /// <summary>Reads an element for a process: that is no use of it by a program.</summary>
    public virtual Errno Read(ReadOnlySpan<byte> key, Span<byte> value)
    {
        int place = Find(key);
        if (place < 0) return Errno.ENOENT;
        Values.AsSpan(place, value.Length).CopyTo(value);
        return Errno.None;
    }

    public abstract Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long flags);

    public abstract Errno Delete(ReadOnlySpan<byte> key);

    private static bool IsPerProcessor(EbpfMapKind kind) => kind is EbpfMapKind.PerCpuArray or EbpfMapKind.PerCpuHash or EbpfMapKind.LruPerCpuHash;

    private static int Rounded(int size)
    {
        const int Unit = 8;
        return size + Unit - 1 & -Unit;
    }
}
