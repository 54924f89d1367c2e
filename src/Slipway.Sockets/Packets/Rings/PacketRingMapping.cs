namespace Slipway.Sockets;

/// <summary>The one mapping that the two rings of a socket stand in: unmapped when both are done with it.</summary>
internal sealed class PacketRingMapping(MappedMemory memory, int users)
{
    private int _users = users;

    public Span<byte> Slice(int offset, int length) => memory.Span.Slice(offset, length);

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0) memory.Dispose();
    }
}
