using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Both ends of an established TCP connection; disposing closes what is still open.</summary>
/// <param name="client">The end that connected.</param>
/// <param name="server">The end that a listener accepted.</param>
public sealed class StreamPair(Socket client, Socket server) : IDisposable
{
    /// <summary>The end that connected.</summary>
    public Socket Client => client;

    /// <summary>The end that a listener accepted.</summary>
    public Socket Server => server;

    /// <summary>Both ends.</summary>
    public void Deconstruct(out Socket clientEnd, out Socket serverEnd) => (clientEnd, serverEnd) = (client, server);

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        server.Dispose();
    }
}
