using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>Connect, accept, one byte each way, close, on one thread. Several listeners take turns, so that ports in TIME_WAIT do not run out.</summary>
internal sealed class TcpConnections : IWorkload
{
    private const int Listeners = 16;

    private readonly StreamHosts _hosts;
    private readonly (int Descriptor, byte[] Address)[] _listeners;
    private readonly byte[] _byte = new byte[1];
    private int _next;

    /// <summary>Opens the listeners.</summary>
    public TcpConnections(StreamHosts hosts)
    {
        _hosts = hosts;
        _listeners = [.. Enumerable.Range(0, Listeners).Select(_ => hosts.Listen())];
    }

    /// <inheritdoc/>
    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            ref (int Descriptor, byte[] Address) listener = ref _listeners[_next++ % Listeners];
            (int client, int server) = _hosts.Connect(listener.Descriptor, listener.Address);
            Move(_hosts.Client, client, _hosts.Server, server);
            Move(_hosts.Server, server, _hosts.Client, client);
            _hosts.Client.Close(client);
            _hosts.Server.Close(server);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((int descriptor, _) in _listeners) _hosts.Server.Close(descriptor);
        _hosts.Dispose();
    }

    private void Move(SocketSystem from, int source, SocketSystem to, int target)
    {
        StreamHosts.Require(from.SendTo(source, _byte, MessageFlags.MSG_NOSIGNAL, default), "send");
        int none = 0;
        if (StreamHosts.Require(to.RecvFrom(target, _byte, MessageFlags.None, default, ref none), "recv") != 1) throw new InvalidOperationException("the stream has ended");
    }
}
