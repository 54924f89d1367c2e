using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Shared memory, mapped into this process until the view is disposed.</summary>
/// <remarks>Dispose it only when no span of it is in use any more: memory that is unmapped ends the process at the next access.</remarks>
public sealed unsafe class SharedMemoryView : IDisposable
{
    private readonly UnmapFunction _unmap;
    private byte* _address;

    internal SharedMemoryView(byte* address, long length, bool isReadOnly, UnmapFunction unmap)
    {
        _address = address;
        Length = length;
        IsReadOnly = isReadOnly;
        _unmap = unmap;
    }

    /// <summary>How the memory is unmapped. Nothing does so for a view that is forgotten: its mapping lasts as long as the process.</summary>
    internal delegate int UnmapFunction(byte* address, long length);

    /// <summary>The length in bytes.</summary>
    public long Length { get; }

    /// <summary>Whether it is mapped for reading only.</summary>
    public bool IsReadOnly { get; }

    /// <summary>The bytes. A view of more than 2 GiB is read by parts with <see cref="Slice"/>.</summary>
    /// <exception cref="LinuxCallException">EACCES: mapped for reading only.</exception>
    public Span<byte> Bytes => Slice(0, checked((int)Length));

    /// <summary>The bytes, for reading.</summary>
    public ReadOnlySpan<byte> ReadOnlyBytes => new(Start(), checked((int)Length));

    /// <summary>A part of the bytes.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="LinuxCallException">EACCES: mapped for reading only.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is not inside the view.</exception>
    public Span<byte> Slice(long offset, int length)
    {
        byte* start = Start();
        if (IsReadOnly) throw new LinuxCallException(Errno.EACCES, "write to memory that is mapped for reading only");
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new Span<byte>(start + offset, length);
    }

    /// <summary>Unmaps the memory. What it holds stays as long as the object that it belongs to.</summary>
    public void Dispose()
    {
        if (_address == null) return;
        _ = _unmap(_address, Length);
        _address = null;
    }

    private byte* Start()
    {
        ObjectDisposedException.ThrowIf(_address == null, this);
        return _address;
    }
}
