namespace Slipway.Sockets;

/// <summary>Memory that a socket shares with its program: mmap(2) with MAP_SHARED, to read and to write. To dispose it is munmap(2).</summary>
/// <remarks>
/// <para>As a mapping does, it keeps the socket open: closed descriptors do not end it, its own end or that of the process does.</para>
/// <para>The other side reads and writes at the same time, so words that hand something over are read and written with <see cref="Volatile"/>. A span of it must not be used after
/// it has been disposed: on the kernel there is nothing any more where it points to.</para>
/// </remarks>
public abstract class MappedMemory : IDisposable
{
    /// <summary>All of it.</summary>
    /// <exception cref="ObjectDisposedException">It was unmapped.</exception>
    public abstract Span<byte> Span { get; }

    /// <summary>munmap(2).</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Unmaps it; a second time does nothing.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected abstract void Dispose(bool disposing);
}
