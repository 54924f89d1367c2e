using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>BPF_MAP_TYPE_ARRAY, and BPF_MAP_TYPE_PERCPU_ARRAY with the one processor of a virtual host.</summary>
internal sealed class EbpfArrayMap(EbpfMapKind kind, int valueSize, int maxEntries) : EbpfMap(kind, sizeof(uint), valueSize, maxEntries)
{
    /// <inheritdoc/>
    public override int Find(ReadOnlySpan<byte> key)
    {
        uint number = BinaryPrimitives.ReadUInt32LittleEndian(key);
        return number < (uint)MaxEntries ? (int)number * Stride : -1;
    }

    /// <inheritdoc/>
    public override Errno Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long flags)
    {
        if (flags is < 0 or > Exist) return Errno.EINVAL;
        int place = Find(key);
        if (place < 0) return Errno.E2BIG;
        if (flags == NoExist) return Errno.EEXIST;
        value.CopyTo(Values.AsSpan(place, Stride));
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Delete(ReadOnlySpan<byte> key) => Errno.EINVAL;
}
