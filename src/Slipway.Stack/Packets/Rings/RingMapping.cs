using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The memory of a packet socket's rings as a program has it. It holds a reference to the socket.</summary>
internal sealed class RingMapping(PacketSocket socket, Memory<byte> memory) : MappedMemory
{
    private bool _isUnmapped;

    /// <inheritdoc/>
    public override Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isUnmapped), this);
            return memory.Span;
        }
    }

    /// <summary>The list of the process's mappings that it stands in.</summary>
    public List<RingMapping>? Holder { get; set; }

    /// <summary>Ends it. Owner of the loop only.</summary>
    public void Unmap()
    {
        if (_isUnmapped) return;
        Volatile.Write(ref _isUnmapped, true);
        Holder?.Remove(this);
        socket.Unmap();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        using (socket.Host.Loop.Enter()) Unmap();
    }
}
