using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>
/// Accepts connections at a port, over IPv4 and IPv6, and serves all of them at once: each connection is a task, none has a thread, and one that fails ends alone.
/// </summary>
/// <param name="process">The process.</param>
/// <param name="serve">Serves one connection, which is closed when it returns or throws.</param>
public sealed class StreamServer(HostProcess process, Func<Socket, CancellationToken, Task> serve)
{
    private const int Backlog = 4096, DrainLength = 4096;

    // A peer that does not close its side must not hold a connection that is done.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5), PauseWithoutDescriptors = TimeSpan.FromMilliseconds(100);

    /// <summary>Serves until the token is cancelled.</summary>
    /// <param name="port">The port at all addresses of the host.</param>
    /// <param name="ready">Called when the sockets listen.</param>
    /// <param name="cancellationToken">Ends it, and every connection with it.</param>
    /// <exception cref="SocketCallException">The port is taken, or the host has no TCP.</exception>
    public Task RunAsync(ushort port, Action ready, CancellationToken cancellationToken)
        => RunAsync([new InetAddress("0.0.0.0", port), new InetAddress("::", port)], _ => ready(), cancellationToken);

    /// <summary>Serves at these addresses until the token is cancelled.</summary>
    /// <param name="addresses">The addresses; port 0 takes a free one.</param>
    /// <param name="ready">Called with the addresses as they are when the sockets listen.</param>
    /// <param name="cancellationToken">Ends it, and every connection with it.</param>
    /// <exception cref="SocketCallException">An address cannot be used.</exception>
    public async Task RunAsync(IReadOnlyList<InetAddress> addresses, Action<IReadOnlyList<InetAddress>> ready, CancellationToken cancellationToken)
    {
        var listeners = new List<Socket>();
        try
        {
            foreach (InetAddress address in addresses) listeners.Add(Listen(address));
            ready([.. listeners.Select(static listener => listener.LocalAddress)]);
            await Task.WhenAll(listeners.Select(listener => AcceptAsync(listener, cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It was asked to end.
        }
        finally
        {
            foreach (Socket listener in listeners) listener.Dispose();
        }
    }

    /// <summary>Sends all of it.</summary>
    /// <exception cref="SocketCallException">The connection is gone.</exception>
    public static async ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (data.Length > 0) data = data[await socket.SendAsync(data, MessageFlags.MSG_NOSIGNAL, cancellationToken)..];
    }

    /// <summary>
    /// Says that nothing more comes, and takes what the peer still sends until it has read everything and closes: closing with unread data would reset the connection and
    /// could cost the peer our last words (RFC 9293 section 3.6.1, RFC 9112 section 9.6).
    /// </summary>
    public static async ValueTask FinishAsync(HostProcess process, Socket socket, CancellationToken cancellationToken)
    {
        socket.Shutdown(ShutdownHow.Send);
        byte[] rest = new byte[DrainLength];
        using var limit = new CancellationTokenSource(DrainTime, process.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (await socket.ReceiveAsync(rest, cancellationToken: either.Token) > 0)
            {
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // It had its time.
        }
    }

    private Socket Listen(InetAddress address)
    {
        Socket socket = process.Sockets.Open(address.Family, SocketType.Stream | SocketType.NonBlocking | SocketType.CloseOnExec);
        try
        {
            socket.SetOption(SocketOptions.ReuseAddress, true);
            if (address.Family == AddressFamily.Inet6) socket.SetOption(SocketOptions.IPv6Only, true);
            socket.Bind(address);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Socket client = await listener.AcceptAsync(SocketType.CloseOnExec, cancellationToken);
                _ = ServeAsync(client, cancellationToken);
            }
            catch (SocketCallException failure) when (failure.Errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOBUFS or Errno.ENOMEM)
            {
                // Connections wait in the backlog until others have ended.
                await Task.Delay(PauseWithoutDescriptors, process.Time, cancellationToken);
            }
            catch (SocketCallException failure) when (failure.Errno is Errno.ECONNABORTED or Errno.EINTR or Errno.EPROTO or Errno.ENETDOWN or Errno.EHOSTUNREACH or Errno.ENETUNREACH)
            {
                // An error of a connection that nobody has got yet (accept(2)): the next one is as good as any.
            }
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken cancellationToken)
    {
        using (client)
        {
            try
            {
                await serve(client, cancellationToken);
            }
            catch (Exception failure) when (failure is SocketCallException or OperationCanceledException)
            {
                // The client has gone, or the server goes.
            }
            catch (Exception failure)
            {
                process.Error.WriteLine($"{process.ProgramName}: a connection ended: {failure.GetType().Name}: {failure.Message}");
            }
        }
    }
}
