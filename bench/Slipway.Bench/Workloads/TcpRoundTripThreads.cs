using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>One byte there and back between two threads that block.</summary>
internal sealed class TcpRoundTripThreads : IWorkload
{
    private readonly StreamHosts _hosts;
    private readonly int _client, _server;
    private readonly byte[] _byte = new byte[1];
    private readonly Thread _echo;

    /// <summary>Opens the stream and starts the thread that answers.</summary>
    public TcpRoundTripThreads(StreamHosts hosts)
    {
        _hosts = hosts;
        (_client, _server) = hosts.Connect();
        _echo = new Thread(Echo) { IsBackground = true, Name = "bench echo" };
        _echo.Start();
    }

    /// <inheritdoc/>
    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            StreamHosts.Require(_hosts.Client.SendTo(_client, _byte, MessageFlags.MSG_NOSIGNAL, default), "send");
            int none = 0;
            if (StreamHosts.Require(_hosts.Client.RecvFrom(_client, _byte, MessageFlags.None, default, ref none), "recv") != 1) throw new InvalidOperationException("the stream has ended");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hosts.Client.Close(_client);
        _echo.Join();
        _hosts.Server.Close(_server);
        _hosts.Dispose();
    }

    private void Echo()
    {
        byte[] buffer = new byte[1];
        while (true)
        {
            int none = 0;
            CallResult received = _hosts.Server.RecvFrom(_server, buffer, MessageFlags.None, default, ref none);
            if (!received.Succeeded || received.Value == 0) return;
            if (!_hosts.Server.SendTo(_server, buffer, MessageFlags.MSG_NOSIGNAL, default).Succeeded) return;
        }
    }
}
