using System.Buffers;
using System.Runtime.CompilerServices;

namespace Slipway.Linux;

/// <summary>Pins of the pieces of a scatter or gather call. Up to sixteen stand on the stack; more come from a pool.</summary>
internal unsafe ref struct PinnedVectors
{
    /// <summary>UIO_MAXIOV: with more pieces the kernel fails before it reads the first, so none need be pinned.</summary>
    public const int Most = 1024;

    private const int Inline = 16;

    private InlinePins _inline;
    private readonly MemoryHandle[]? _pooled;
    private int _count;

    /// <summary>Room for this many pins.</summary>
    public PinnedVectors(int count)
    {
        _inline = default;
        _count = 0;
        _pooled = count > Inline ? ArrayPool<MemoryHandle>.Shared.Rent(count) : null;
    }

    /// <summary>Pins the pieces and writes their vectors.</summary>
    public void Fill(ReadOnlySpan<Memory<byte>> pieces, IoVector* vectors)
    {
        for (int i = 0; i < pieces.Length; i++)
            vectors[i] = new IoVector { Base = Keep(pieces[i].Pin()), Length = pieces[i].Length };
    }

    /// <summary>Pins the pieces and writes their vectors.</summary>
    public void Fill(ReadOnlySpan<ReadOnlyMemory<byte>> pieces, IoVector* vectors)
    {
        for (int i = 0; i < pieces.Length; i++)
            vectors[i] = new IoVector { Base = Keep(pieces[i].Pin()), Length = pieces[i].Length };
    }

    /// <summary>Takes the pins away.</summary>
    public void Dispose()
    {
        for (int i = 0; i < _count; i++)
        {
            if (_pooled is null) _inline[i].Dispose();
            else _pooled[i].Dispose();
        }
        _count = 0;
        if (_pooled is not null) ArrayPool<MemoryHandle>.Shared.Return(_pooled, clearArray: true);
    }

    private byte* Keep(MemoryHandle handle)
    {
        if (_pooled is null) _inline[_count] = handle;
        else _pooled[_count] = handle;
        _count++;
        return (byte*)handle.Pointer;
    }

    [InlineArray(Inline)]
    private struct InlinePins
    {
        private MemoryHandle _first;
    }
}
