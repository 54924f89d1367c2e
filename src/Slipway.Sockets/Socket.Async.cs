using System.Runtime.CompilerServices;

namespace Slipway.Sockets;

/// <summary>The async twins: try without waiting, wait for readiness, try again. They complete at once, and without allocation, where the call need not wait.</summary>
public sealed partial class Socket
{
    /// <summary>recv(2) without blocking the thread.</summary>
    /// <returns>Bytes received; 0 at the end of a stream or for an empty datagram.</returns>
    public ValueTask<int> ReceiveAsync(Memory<byte> data, MessageFlags flags = MessageFlags.None, CancellationToken cancellationToken = default)
    {
        int length = 0;
        CallResult result = _system.RecvFrom(_descriptor, data.Span, flags | MessageFlags.MSG_DONTWAIT, default, ref length);
        if (result.Succeeded) return new ValueTask<int>(result.Value);
        return result.Error == Errno.EAGAIN ? Wait(this, data, flags, cancellationToken) : ValueTask.FromException<int>(Failure(result.Error, "recv"));

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<int> Wait(Socket socket, Memory<byte> data, MessageFlags flags, CancellationToken cancellationToken)
        {
            while (true)
            {
                await socket.Ready(PollEvents.POLLIN, "recv", cancellationToken);
                int length = 0;
                CallResult result = socket._system.RecvFrom(socket._descriptor, data.Span, flags | MessageFlags.MSG_DONTWAIT, default, ref length);
                if (result.Succeeded) return result.Value;
                if (result.Error != Errno.EAGAIN) throw Failure(result.Error, "recv");
            }
        }
    }

    /// <summary>recvfrom(2) without blocking the thread.</summary>
    /// <returns>Bytes received and where from.</returns>
    public ValueTask<ReceivedFrom> ReceiveFromAsync(Memory<byte> data, MessageFlags flags = MessageFlags.None, CancellationToken cancellationToken = default)
    {
        return TryReceiveFrom(data.Span, flags, out ReceivedFrom received) switch
        {
            Errno.None => new ValueTask<ReceivedFrom>(received),
            Errno.EAGAIN => Wait(this, data, flags, cancellationToken),
            Errno error => ValueTask.FromException<ReceivedFrom>(Failure(error, "recvfrom")),
        };

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<ReceivedFrom> Wait(Socket socket, Memory<byte> data, MessageFlags flags, CancellationToken cancellationToken)
        {
            while (true)
            {
                await socket.Ready(PollEvents.POLLIN, "recvfrom", cancellationToken);
                Errno error = socket.TryReceiveFrom(data.Span, flags, out ReceivedFrom received);
                if (error == Errno.None) return received;
                if (error != Errno.EAGAIN) throw Failure(error, "recvfrom");
            }
        }
    }

    /// <summary>send(2) without blocking the thread. On a stream it takes what there is room for, at least one byte.</summary>
    /// <returns>Bytes taken.</returns>
    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> data, MessageFlags flags = MessageFlags.None, CancellationToken cancellationToken = default)
    {
        CallResult result = _system.SendTo(_descriptor, data.Span, flags | MessageFlags.MSG_DONTWAIT, default);
        if (result.Succeeded) return new ValueTask<int>(result.Value);
        return result.Error == Errno.EAGAIN ? Wait(this, data, flags, cancellationToken) : ValueTask.FromException<int>(Failure(result.Error, "send"));

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<int> Wait(Socket socket, ReadOnlyMemory<byte> data, MessageFlags flags, CancellationToken cancellationToken)
        {
            while (true)
            {
                await socket.Ready(PollEvents.POLLOUT, "send", cancellationToken);
                CallResult result = socket._system.SendTo(socket._descriptor, data.Span, flags | MessageFlags.MSG_DONTWAIT, default);
                if (result.Succeeded) return result.Value;
                if (result.Error != Errno.EAGAIN) throw Failure(result.Error, "send");
            }
        }
    }

    /// <summary>sendto(2) without blocking the thread.</summary>
    /// <returns>Bytes taken.</returns>
    public ValueTask<int> SendToAsync(ReadOnlyMemory<byte> data, InetAddress to, MessageFlags flags = MessageFlags.None, CancellationToken cancellationToken = default)
    {
        CallResult result = TrySendTo(data.Span, to, flags);
        if (result.Succeeded) return new ValueTask<int>(result.Value);
        return result.Error == Errno.EAGAIN ? Wait(this, data, to, flags, cancellationToken) : ValueTask.FromException<int>(Failure(result.Error, $"sendto({to})"));

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<int> Wait(Socket socket, ReadOnlyMemory<byte> data, InetAddress to, MessageFlags flags, CancellationToken cancellationToken)
        {
            while (true)
            {
                await socket.Ready(PollEvents.POLLOUT, "sendto", cancellationToken);
                CallResult result = socket.TrySendTo(data.Span, to, flags);
                if (result.Succeeded) return result.Value;
                if (result.Error != Errno.EAGAIN) throw Failure(result.Error, $"sendto({to})");
            }
        }
    }

    /// <summary>connect(2) without blocking the thread. The open socket is non-blocking while the attempt is made, for all its descriptors.</summary>
    public ValueTask ConnectAsync(InetAddress address, CancellationToken cancellationToken = default)
    {
        bool wasBlocking = !NonBlocking;
        if (wasBlocking) NonBlocking = true;
        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        Errno error = _system.Connect(_descriptor, bytes[..address.Write(bytes)]);
        if (error == Errno.EINPROGRESS) return Finish(this, address, wasBlocking, cancellationToken);
        if (wasBlocking) NonBlocking = false;
        return error == Errno.None ? ValueTask.CompletedTask : ValueTask.FromException(Failure(error, $"connect({address})"));

        static async ValueTask Finish(Socket socket, InetAddress address, bool wasBlocking, CancellationToken cancellationToken)
        {
            try
            {
                await socket.Ready(PollEvents.POLLOUT, "connect", cancellationToken);
                var error = (Errno)socket.GetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_ERROR);
                if (error != Errno.None) throw Failure(error, $"connect({address})");
            }
            finally
            {
                if (wasBlocking && socket.Descriptor >= 0) socket.NonBlocking = false;
            }
        }
    }

    /// <summary>accept4(2) without blocking the thread. On a blocking listener that others accept from too, the call may still wait after the readiness was seen.</summary>
    public async ValueTask<Socket> AcceptAsync(SocketType flags = SocketType.None, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            await Ready(PollEvents.POLLIN, "accept", cancellationToken);
            int length = 0;
            CallResult result = _system.Accept(_descriptor, default, ref length, flags);
            if (result.Succeeded) return new Socket(_system, result.Value);
            if (result.Error != Errno.EAGAIN) throw Failure(result.Error, "accept");
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask Ready(PollEvents events, string call, CancellationToken cancellationToken)
    {
        PollEvents returned = await _system.WhenReadyAsync(_descriptor, events, cancellationToken);
        if ((returned & PollEvents.POLLNVAL) != PollEvents.None) throw Failure(Errno.EBADF, call);
    }

    private Errno TryReceiveFrom(Span<byte> data, MessageFlags flags, out ReceivedFrom received)
    {
        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        int length = bytes.Length;
        CallResult result = _system.RecvFrom(_descriptor, data, flags | MessageFlags.MSG_DONTWAIT, bytes, ref length);
        received = result.Succeeded ? new ReceivedFrom(result.Value, length == 0 ? default : ReadAddress<InetAddress>(InetAddress.TryRead, bytes, length)) : default;
        return result.Error;
    }

    private CallResult TrySendTo(ReadOnlySpan<byte> data, InetAddress to, MessageFlags flags)
    {
        Span<byte> bytes = stackalloc byte[InetAddress.IPv6StructureLength];
        return _system.SendTo(_descriptor, data, flags | MessageFlags.MSG_DONTWAIT, bytes[..to.Write(bytes)]);
    }
}
