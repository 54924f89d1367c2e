using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Serves connections by a program that knows only its standard streams, as inetd(8) does.</summary>
public static class SocketServer
{
    /// <summary>Starts the program for each connection, with the connection as its standard input, output and error, until the token is cancelled.</summary>
    /// <param name="listener">A socket that listens. It becomes non-blocking.</param>
    /// <param name="program">The program; its descriptors are replaced. It is reaped when it ends, whenever that is.</param>
    /// <param name="refused">Told what could not be started; its connection is closed.</param>
    /// <param name="cancellationToken">Ends the serving, not the programs that run.</param>
    /// <exception cref="SocketCallException">accept(2) failed for another reason than a connection that has gone.</exception>
    public static async Task ServeAsync(Socket listener, ProcessCommand program, Action<LinuxCallException>? refused = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(program);
        listener.NonBlocking = true;
        while (!cancellationToken.IsCancellationRequested)
        {
            Socket connection;
            try
            {
                _ = await listener.System.WhenReadyAsync(listener.Descriptor, PollEvents.POLLIN, cancellationToken).ConfigureAwait(false);
                connection = listener.Accept(out _, SocketType.CloseOnExec);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketCallException failure) when (failure.Errno is Errno.EAGAIN or Errno.ECONNABORTED or Errno.EINTR)
            {
                continue; // somebody else took it, or it has gone
            }
            using (connection)
            {
                int number = connection.Descriptor;
                try
                {
                    (program with { Descriptors = [ChildDescriptor.Copy(number, 0), ChildDescriptor.Copy(number, 1), ChildDescriptor.Copy(number, 2)] }).Start().Dispose();
                }
                catch (LinuxCallException failure)
                {
                    refused?.Invoke(failure);
                }
            }
        }
    }
}
