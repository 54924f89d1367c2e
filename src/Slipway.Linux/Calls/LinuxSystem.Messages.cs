using System.Buffers;
using Slipway.Sockets;

namespace Slipway.Linux;

public sealed partial class LinuxSystem
{
    // As many vectors as stand on the stack (64 of 16 bytes); more come from a pool.
    private const int StackVectors = 64;

    /// <inheritdoc/>
    public override unsafe CallResult SendMsg(int descriptor, in SendMessage message, MessageFlags flags)
    {
        fixed (byte* address = message.Address)
        fixed (byte* control = message.Control)
        fixed (byte* data = message.Buffer)
        {
            MessageHeader header = default;
            header.Name = address;
            header.NameLength = message.Address.Length;
            header.Control = control;
            header.ControlLength = message.Control.Length;
            if (!message.Vectors.IsEmpty) return SendVectors(descriptor, ref header, message.Vectors, flags);
            var one = new IoVector { Base = data, Length = message.Buffer.Length };
            header.Vectors = &one;
            header.VectorCount = 1;
            return Sent(Libc.SendMsg(descriptor, &header, (int)flags));
        }
    }

    /// <inheritdoc/>
    public override unsafe CallResult RecvMsg(int descriptor, ref ReceiveMessage message, MessageFlags flags)
    {
        byte none = 0;
        fixed (byte* address = message.Address)
        fixed (byte* control = message.Control)
        fixed (byte* data = message.Buffer)
        {
            MessageHeader header = default;
            header.Name = address;
            header.NameLength = message.Address.Length;
            header.Control = control;
            header.ControlLength = message.Control.Length;
            var one = new IoVector { Base = data is null ? &none : data, Length = message.Buffer.Length };
            header.Vectors = &one;
            header.VectorCount = 1;
            CallResult result = message.Vectors.IsEmpty
                ? Libc.Result(Libc.RecvMsg(descriptor, &header, (int)flags))
                : ReceiveVectors(descriptor, ref header, message.Vectors, flags);
            if (!result.Succeeded) return result;
            message.AddressLength = address is null ? 0 : header.NameLength;
            message.ControlLength = (int)header.ControlLength;
            message.Flags = (MessageFlags)header.Flags;
            return result;
        }
    }

    /// <inheritdoc/>
    public override unsafe CallResult ReadV(int descriptor, ReadOnlySpan<Memory<byte>> vectors)
    {
        if (vectors.Length > PinnedVectors.Most) return Libc.Result(Libc.ReadV(descriptor, null, vectors.Length));
        IoVector[]? pooled = vectors.Length > StackVectors ? ArrayPool<IoVector>.Shared.Rent(vectors.Length) : null;
        Span<IoVector> room = pooled ?? stackalloc IoVector[StackVectors];
        var pins = new PinnedVectors(vectors.Length);
        try
        {
            fixed (IoVector* first = room)
            {
                pins.Fill(vectors, first);
                return Libc.Result(Libc.ReadV(descriptor, first, vectors.Length));
            }
        }
        finally
        {
            pins.Dispose();
            if (pooled is not null) ArrayPool<IoVector>.Shared.Return(pooled);
        }
    }

    /// <inheritdoc/>
    public override unsafe CallResult WriteV(int descriptor, ReadOnlySpan<ReadOnlyMemory<byte>> vectors)
    {
        if (vectors.Length > PinnedVectors.Most) return Sent(Libc.WriteV(descriptor, null, vectors.Length));
        IoVector[]? pooled = vectors.Length > StackVectors ? ArrayPool<IoVector>.Shared.Rent(vectors.Length) : null;
        Span<IoVector> room = pooled ?? stackalloc IoVector[StackVectors];
        var pins = new PinnedVectors(vectors.Length);
        try
        {
            fixed (IoVector* first = room)
            {
                pins.Fill(vectors, first);
                return Sent(Libc.WriteV(descriptor, first, vectors.Length));
            }
        }
        finally
        {
            pins.Dispose();
            if (pooled is not null) ArrayPool<IoVector>.Shared.Return(pooled);
        }
    }

    private static unsafe CallResult SendVectors(int descriptor, ref MessageHeader header, ReadOnlySpan<ReadOnlyMemory<byte>> vectors, MessageFlags flags)
    {
        // More than UIO_MAXIOV: the kernel refuses the count, after it has looked at the descriptor, and reads no vector.
        bool refused = vectors.Length > PinnedVectors.Most;
        IoVector[]? pooled = !refused && vectors.Length > StackVectors ? ArrayPool<IoVector>.Shared.Rent(vectors.Length) : null;
        Span<IoVector> room = pooled ?? stackalloc IoVector[StackVectors];
        var pins = new PinnedVectors(refused ? 0 : vectors.Length);
        try
        {
            fixed (IoVector* first = room)
            fixed (MessageHeader* pointer = &header)
            {
                if (!refused) pins.Fill(vectors, first);
                header.Vectors = refused ? null : first;
                header.VectorCount = vectors.Length;
                return Sent(Libc.SendMsg(descriptor, pointer, (int)flags));
            }
        }
        finally
        {
            pins.Dispose();
            if (pooled is not null) ArrayPool<IoVector>.Shared.Return(pooled);
        }
    }

    private static unsafe CallResult ReceiveVectors(int descriptor, ref MessageHeader header, ReadOnlySpan<Memory<byte>> vectors, MessageFlags flags)
    {
        bool refused = vectors.Length > PinnedVectors.Most;
        IoVector[]? pooled = !refused && vectors.Length > StackVectors ? ArrayPool<IoVector>.Shared.Rent(vectors.Length) : null;
        Span<IoVector> room = pooled ?? stackalloc IoVector[StackVectors];
        var pins = new PinnedVectors(refused ? 0 : vectors.Length);
        try
        {
            fixed (IoVector* first = room)
            fixed (MessageHeader* pointer = &header)
            {
                if (!refused) pins.Fill(vectors, first);
                header.Vectors = refused ? null : first;
                header.VectorCount = vectors.Length;
                return Libc.Result(Libc.RecvMsg(descriptor, pointer, (int)flags));
            }
        }
        finally
        {
            pins.Dispose();
            if (pooled is not null) ArrayPool<IoVector>.Shared.Return(pooled);
        }
    }
}
