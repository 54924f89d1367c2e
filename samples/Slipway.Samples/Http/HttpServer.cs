using Slipway.Sockets;

namespace Slipway.Samples;

/// <summary>
/// A small server for a directory (HTTP/1.1, RFC 9110 and 9112): GET with one range, HEAD, and PUT, which stores a file; connections stay for further requests.
/// </summary>
public static class HttpServer
{
    /// <summary>The port that http has.</summary>
    public const ushort Port = 80;

    /// <summary>The server, for any number of connections at once.</summary>
    /// <param name="process">The process.</param>
    /// <param name="directory">What it shows.</param>
    public static StreamServer Of(HostProcess process, HttpDirectory directory) => new(process, async (client, cancellationToken) =>
    {
        // The last piece of an answer must not wait for the acknowledgement of the one before.
        client.SetOption(SocketOptions.TcpNoDelay, true);
        using var connection = new HttpConnection(process, directory, client, cancellationToken);
        await connection.RunAsync();
    });
}
