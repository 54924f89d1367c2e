using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>One stream in bulk between two threads that block. An operation is a write of 64 KiB that has arrived.</summary>
internal sealed class TcpBulkThreads : IWorkload
{
    private readonly StreamHosts _hosts;
    private readonly int _client, _server;
    private readonly byte[] _written = new byte[TcpBulk.WriteLength];
    private readonly AutoResetEvent _arrived = new(initialState: false);
    private readonly Thread _reader;
    private long _sent, _target = long.MaxValue;
    private volatile bool _failed;

    /// <summary>Opens the stream and starts the reader.</summary>
    public TcpBulkThreads(StreamHosts hosts)
    {
        _hosts = hosts;
        (_client, _server) = hosts.Connect();
        _reader = new Thread(Read) { IsBackground = true, Name = "bench reader" };
        _reader.Start();
    }

    /// <inheritdoc/>
    public void Run(int operations)
    {
        long target = _sent + (long)operations * _written.Length;
        Volatile.Write(ref _target, target);
        while (_sent < target)
        {
            ReadOnlySpan<byte> piece = _written.AsSpan(0, (int)Math.Min(_written.Length, target - _sent));
            _sent += StreamHosts.Require(_hosts.Client.SendTo(_client, piece, MessageFlags.MSG_NOSIGNAL, default), "send");
        }
        _arrived.WaitOne();
        if (_failed) throw new InvalidOperationException("the stream has ended");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hosts.Client.Close(_client);
        _reader.Join();
        _hosts.Server.Close(_server);
        _hosts.Dispose();
        _arrived.Dispose();
    }

    private void Read()
    {
        byte[] buffer = new byte[TcpBulk.WriteLength];
        long received = 0;
        while (true)
        {
            int none = 0;
            CallResult result = _hosts.Server.RecvFrom(_server, buffer, MessageFlags.None, default, ref none);
            if (!result.Succeeded || result.Value == 0)
            {
                _failed = true;
                _arrived.Set();
                return;
            }
            received += result.Value;
            if (received == Volatile.Read(ref _target)) _arrived.Set();
        }
    }
}
