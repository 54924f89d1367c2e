using System.Runtime.CompilerServices;
using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>One byte there and back between two asynchronous programs: each awaits the other's.</summary>
internal sealed class TcpRoundTripAsync : IWorkload
{
    private readonly StreamHosts _hosts;
    private readonly Socket _client, _server;
    private readonly byte[] _byte = new byte[1], _answer = new byte[1], _request = new byte[1];
    private readonly AutoResetEvent _done = new(initialState: false);
    private readonly Task _serving;
    private Exception? _failure;

    /// <summary>Opens the stream and starts the program that answers.</summary>
    public TcpRoundTripAsync(StreamHosts hosts)
    {
        _hosts = hosts;
        (int client, int server) = hosts.Connect();
        _client = new Socket(hosts.Client, client);
        _server = new Socket(hosts.Server, server);
        _serving = Task.Run(ServeAsync);
    }

    /// <inheritdoc/>
    public void Run(int operations)
    {
        _ = AskAsync(operations);
        _done.WaitOne();
        if (_failure is not null) throw new InvalidOperationException("a round trip failed", _failure);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _serving.GetAwaiter().GetResult();
        _server.Dispose();
        _hosts.Dispose();
        _done.Dispose();
    }

    // Pooled, and its end told by an event: a task a batch would show among the bytes allocated.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AskAsync(int operations)
    {
        try
        {
            for (int i = 0; i < operations; i++)
            {
                await _client.SendAsync(_byte, MessageFlags.MSG_NOSIGNAL);
                if (await _client.ReceiveAsync(_answer) != 1) throw new InvalidOperationException("the stream has ended");
            }
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
        finally
        {
            _done.Set();
        }
    }

    private async Task ServeAsync()
    {
        while (await _server.ReceiveAsync(_request) == 1) await _server.SendAsync(_request, MessageFlags.MSG_NOSIGNAL);
    }
}
