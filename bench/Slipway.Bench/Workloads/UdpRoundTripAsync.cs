using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>A datagram there and back between two asynchronous programs: each awaits the other's.</summary>
internal sealed class UdpRoundTripAsync : IWorkload
{
    private readonly UdpPair _pair;
    private readonly Socket _client, _server;
    private readonly byte[] _datagram = new byte[1], _answer = new byte[1], _request = new byte[1];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

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
    public void Run(int operations) => AskAsync(operations).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        _serving.GetAwaiter().GetResult();
        _stopping.Dispose();
        _pair.Dispose();
    }

    private async Task AskAsync(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            await _client.SendAsync(_datagram);
            await _client.ReceiveAsync(_answer);
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
