using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>One stream in bulk on one thread: it sends what there is room for, and receives what is there, in turn. An operation is a write of 64 KiB that has arrived.</summary>
internal sealed class TcpBulk : IWorkload
{
    /// <summary>Bytes of a write.</summary>
    public const int WriteLength = 65536;

    private const int Patience = 1; // milliseconds

    private readonly StreamHosts _hosts;
    private readonly int _client, _server;
    private readonly byte[] _written = new byte[WriteLength], _read = new byte[WriteLength];

    /// <summary>Opens the stream.</summary>
    public TcpBulk(StreamHosts hosts)
    {
        _hosts = hosts;
        (_client, _server) = hosts.Connect();
    }

    /// <inheritdoc/>
    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            for (int unsent = WriteLength, missing = WriteLength; missing > 0;)
            {
                int sent = unsent > 0 ? Send(unsent) : 0, received = Receive(missing);
                unsent -= sent;
                missing -= received;
                if (sent + received == 0) new Socket(_hosts.Server, _server).Poll(PollEvents.POLLIN, TimeSpan.FromMilliseconds(Patience));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hosts.Client.Close(_client);
        _hosts.Server.Close(_server);
        _hosts.Dispose();
    }

    private int Send(int count) => Moved(_hosts.Client.SendTo(_client, _written.AsSpan(0, count), MessageFlags.MSG_DONTWAIT | MessageFlags.MSG_NOSIGNAL, default), "send");

    private int Receive(int count)
    {
        int none = 0;
        return Moved(_hosts.Server.RecvFrom(_server, _read.AsSpan(0, count), MessageFlags.MSG_DONTWAIT, default, ref none), "recv");
    }

    private static int Moved(CallResult result, string call)
    {
        if (result.Error == Errno.EAGAIN) return 0;
        int count = StreamHosts.Require(result, call);
        return count > 0 ? count : throw new InvalidOperationException("the stream has ended");
    }
}
