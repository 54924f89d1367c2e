using System.Buffers;
using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>A service of the old internet over TCP, over IPv4 and IPv6, for any number of clients at once.</summary>
public abstract class StreamService
{
    /// <summary>Bytes of the buffer that a connection works with.</summary>
    protected const int BufferLength = 16384;

    /// <summary>The name in /etc/services.</summary>
    public abstract string Name { get; }

    /// <summary>The port that the service is known by.</summary>
    public abstract ushort Port { get; }

    public Task MainAsync(HostProcess process) => ServeAsync(process, static () => { });

    /// <summary>Serves until the process is asked to end.</summary>
    /// <param name="process">The process.</param>
    /// <param name="ready">Called when the sockets listen.</param>
    public Task ServeAsync(HostProcess process, Action ready) => Server(process).RunAsync(Port, ready, process.Stopping);

    /// <summary>The server, for other ports and addresses than the service's own.</summary>
    public StreamServer Server(HostProcess process) => new(process, async (client, cancellationToken) =>
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            await TalkAsync(process, client, buffer, cancellationToken);
            await StreamServer.FinishAsync(process, client, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    });

    /// <summary>Talks with one client, until the server has said everything.</summary>
    protected abstract Task TalkAsync(HostProcess process, Socket client, Memory<byte> buffer, CancellationToken cancellationToken);
}
