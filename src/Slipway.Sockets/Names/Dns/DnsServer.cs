namespace Slipway.Sockets;

/// <summary>
/// A small name server over UDP: it answers from one <see cref="DnsZone"/> and asks nobody. Made for labs and tests, where hosts resolve each other's names without hosts files.
/// </summary>
/// <example><code>
/// var zone = new DnsZone();
/// zone.Add("server.lab", new InetAddress("10.0.0.2", 0));
/// using var server = new DnsServer(process.Sockets, zone, InetAddress.AnyIPv4(DnsServer.Port));
/// server.Serve();
/// </code></example>
public sealed class DnsServer : IDisposable
{
    /// <summary>The port of name servers (RFC 1035 §4.2).</summary>
    public const ushort Port = 53;

    // What a query or an answer over UDP may have without EDNS.
    private const int MaximumMessageLength = 512;

    private readonly Socket _socket;
    private readonly DnsZone _zone;
    private volatile bool _closed;

    /// <summary>Binds the server's socket.</summary>
    /// <exception cref="SocketCallException">The address cannot be had: EADDRINUSE, EADDRNOTAVAIL, EACCES.</exception>
    public DnsServer(SocketSystem sockets, DnsZone zone, InetAddress address)
    {
        ArgumentNullException.ThrowIfNull(sockets);
        ArgumentNullException.ThrowIfNull(zone);
        _zone = zone;
        _socket = sockets.Open(address.Family, SocketType.Datagram | SocketType.CloseOnExec);
        try
        {
            _socket.Bind(address);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Where it listens: the port that the system gave, if 0 was asked for.</summary>
    public InetAddress Address => _socket.LocalAddress;

    /// <summary>Waits for one query and answers it. Returns without one where the server is disposed meanwhile.</summary>
    /// <exception cref="SocketCallException">The server is disposed (EBADF), or a signal came (EINTR).</exception>
    public void ServeOne()
    {
        Span<byte> query = stackalloc byte[MaximumMessageLength], response = stackalloc byte[MaximumMessageLength];
        int length = _socket.ReceiveFrom(query, out InetAddress from);
        int answer = _zone.Answer(query[..length], response); // nothing, for the empty datagram that the end of the socket looks like
        if (answer > 0) Reply(response[..answer], from);
    }

    /// <summary>Answers queries for as long as the process lives or until the server is disposed.</summary>
    public void Serve()
    {
        while (!_closed)
        {
            try
            {
                ServeOne();
            }
            catch (SocketCallException failure) when (failure.Errno == Errno.EBADF)
            {
                return;
            }
            catch (SocketCallException failure) when (failure.Errno == Errno.EINTR)
            {
                // A handled signal is no reason to stop serving.
            }
        }
    }

    /// <summary>Answers queries until the token is cancelled or the server is disposed, without blocking the thread.</summary>
    public async Task ServeAsync(CancellationToken cancellationToken)
    {
        byte[] query = new byte[MaximumMessageLength], response = new byte[MaximumMessageLength];
        while (!_closed && !cancellationToken.IsCancellationRequested)
        {
            try
            {
                ReceivedFrom received = await _socket.ReceiveFromAsync(query, cancellationToken: cancellationToken);
                int answer = _zone.Answer(query.AsSpan(0, received.Count), response);
                if (answer > 0) Reply(response.AsSpan(0, answer), received.From);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketCallException failure) when (failure.Errno == Errno.EBADF)
            {
                return;
            }
        }
    }

    /// <summary>Closes the socket. A thread that waits for queries comes back.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _socket.System.Shutdown(_socket.Descriptor, ShutdownHow.Both); // ENOTCONN, but it wakes who waits: closing a descriptor alone does not
        _socket.Dispose();
    }

    // UDP promises nothing, and neither does an answer over it: who cannot be reached asks again.
    private void Reply(ReadOnlySpan<byte> response, InetAddress to)
    {
        Span<byte> address = stackalloc byte[InetAddress.IPv6StructureLength];
        _socket.System.SendTo(_socket.Descriptor, response, MessageFlags.None, address[..to.Write(address)]);
    }
}
