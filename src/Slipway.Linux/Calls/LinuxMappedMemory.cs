using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Memory of a socket, mapped into this process. What is forgotten is unmapped at the end of the process: a span of it does not keep this object.</summary>
internal sealed unsafe class LinuxMappedMemory(byte* address, int length) : MappedMemory
{
    private nint _address = (nint)address;

    /// <inheritdoc/>
    public override Span<byte> Span
    {
        get
        {
            nint start = Volatile.Read(ref _address);
            ObjectDisposedException.ThrowIf(start == 0, this);
            return new Span<byte>((byte*)start, length);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        nint start = Interlocked.Exchange(ref _address, 0);
        if (start != 0) _ = Libc.Unmap((byte*)start, (nuint)length);
    }
}
