using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>
/// One socket to one name server, non-blocking: whatever has to wait waits in <see cref="WaitAsync"/>, either in poll(2) (<c>blocking</c>: nothing suspends then)
/// or for readiness and the clock's timeout.
/// </summary>
internal sealed class DnsChannel(SocketSystem sockets, TimeProvider time, bool blocking, CancellationToken cancellationToken) : IDisposable
{
    private const int SocketErrorLevel = (int)SocketLevel.SOL_SOCKET, SocketErrorName = (int)SocketOptionName.SO_ERROR;

    private int _descriptor = -1;
    private long _started;
    private TimeSpan _timeout;

    /// <summary>Opens a socket that hears this server only, and starts the clock.</summary>
    public async ValueTask<bool> OpenAsync(InetAddress server, SocketType type, TimeSpan timeout)
    {
        Dispose();
        _started = time.GetTimestamp();
        _timeout = timeout;
        CallResult result = sockets.Socket(server.Family, type | SocketType.NonBlocking | SocketType.CloseOnExec, (int)IpProtocol.Ip);
        if (!result.Succeeded) return false;
        _descriptor = result.Value;
        Errno error = Connect(server);
        if (error != Errno.EINPROGRESS) return error == Errno.None;
        return await WaitAsync(PollEvents.POLLOUT) && PendingError() == Errno.None;
    }

    /// <summary>Sends a datagram.</summary>
    public bool Send(ReadOnlySpan<byte> message) => sockets.SendTo(_descriptor, message, MessageFlags.MSG_NOSIGNAL, default).Succeeded;

    /// <summary>Receives a datagram.</summary>
    /// <returns>Its length, or -1 at the timeout or when the server's host says that nobody listens there.</returns>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        while (true)
        {
            CallResult result = Receive(buffer.Span);
            if (result.Succeeded) return result.Value;
            if (result.Error is not (Errno.EAGAIN or Errno.EINTR)) return -1;
            if (!await WaitAsync(PollEvents.POLLIN)) return -1;
        }
    }

    /// <summary>Sends a query and receives its response over a stream, each with its length before it (RFC 1035 §4.2.2).</summary>
    /// <returns>The response, or null.</returns>
    public async ValueTask<byte[]?> ExchangeOverStreamAsync(byte[] query)
    {
        byte[] framed = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        query.CopyTo(framed, 2);
        for (int sent = 0; sent < framed.Length;)
        {
            CallResult result = sockets.SendTo(_descriptor, framed.AsSpan(sent), MessageFlags.MSG_NOSIGNAL, default);
            if (result.Succeeded) sent += result.Value;
            else if (result.Error is not (Errno.EAGAIN or Errno.EINTR) || !await WaitAsync(PollEvents.POLLOUT)) return null;
        }
        byte[] prefix = new byte[2];
        if (!await FillAsync(prefix)) return null;
        byte[] response = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        return await FillAsync(response) ? response : null;
    }

    public void Dispose()
    {
        if (_descriptor >= 0) sockets.Close(_descriptor);
        _descriptor = -1;
    }

    private async ValueTask<bool> FillAsync(Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int count = await ReceiveAsync(buffer);
            if (count <= 0) return false;
            buffer = buffer[count..];
        }
        return true;
    }

    private Errno Connect(InetAddress server)
    {
        Span<byte> address = stackalloc byte[InetAddress.IPv6StructureLength];
        return sockets.Connect(_descriptor, address[..server.Write(address)]);
    }

    private CallResult Receive(Span<byte> buffer)
    {
        int length = 0;
        return sockets.RecvFrom(_descriptor, buffer, MessageFlags.None, default, ref length);
    }

    private Errno PendingError()
    {
        Span<byte> value = stackalloc byte[4];
        int length = value.Length;
        Errno error = sockets.GetSockOpt(_descriptor, SocketErrorLevel, SocketErrorName, value, ref length);
        return error != Errno.None ? error : (Errno)BinaryPrimitives.ReadInt32LittleEndian(value);
    }

    // False at the timeout.
    private async ValueTask<bool> WaitAsync(PollEvents events)
    {
        TimeSpan left = _timeout - time.GetElapsedTime(_started);
        if (left <= TimeSpan.Zero) return false;
        if (blocking) return Poll(events, left);
        using var timeout = new CancellationTokenSource(left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await sockets.WhenReadyAsync(_descriptor, events, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private bool Poll(PollEvents events, TimeSpan left)
    {
        var entry = new PollEntry(_descriptor, events);
        CallResult result = sockets.Poll(new Span<PollEntry>(ref entry), (int)Math.Ceiling(left.TotalMilliseconds));
        return result.Succeeded ? result.Value > 0 : result.Error == Errno.EINTR; // a signal: the caller tries, and waits for what is left
    }
}
