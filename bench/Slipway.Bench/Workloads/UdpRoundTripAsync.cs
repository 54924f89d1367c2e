using System.Runtime.CompilerServices;
using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>A datagram there and back between two asynchronous programs: each awaits the other's.</summary>
internal sealed class UdpRoundTripAsync : IWorkload
{
    private readonly UdpPair _pair;
    private readonly Socket _client, _server;
    private readonly byte[] _datagram = new byte[1], _answer = new byte[1], _request = new byte[1];
    private readonly CancellationTokenSource _stopping = new();
    private readonly AutoResetEvent _done = new(initialState: false);
    private readonly Task _serving;
    private Exception? _failure;

    /// <summary>Starts the server.</summary>
    public UdpRoundTripAsync(UdpPair pair)
    {
        _pair = pair;
        pair.Connect();
        _client = new Socket(pair.Client, pair.ClientDescriptor);
        _server = new Socket(pair.Server, pair.ServerDescriptor);
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
        _stopping.Cancel();
        _serving.GetAwaiter().GetResult();
        _stopping.Dispose();
        _done.Dispose();
        _pair.Dispose();
    }

    // Pooled, and its end told by an event: a task a batch would show among the bytes allocated.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AskAsync(int operations)
    {
        try
        {
            for (int i = 0; i < operations; i++)
            {
                await _client.SendAsync(_datagram);
                await _client.ReceiveAsync(_answer);
            }
        }
        catch (SocketCallException failure)
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
        try
        {
            while (true)
            {
                ReceivedFrom received = await _server.ReceiveFromAsync(_request, cancellationToken: _stopping.Token);
                await _server.SendToAsync(_request, received.From);
            }
        }
        catch (OperationCanceledException)
        {
            // The bench is over.
        }
    }
}
