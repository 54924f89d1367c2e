using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>A datagram there and back: the client's socket is connected, the server answers whom it comes from; both on one thread, in turn.</summary>
internal sealed class UdpRoundTrip : IWorkload
{
    private readonly UdpPair _pair;
    private readonly byte[] _datagram, _received, _source = new byte[InetAddress.IPv6StructureLength];

    /// <summary>Sends datagrams of so many bytes.</summary>
    public UdpRoundTrip(UdpPair pair, int size)
    {
        _pair = pair;
        _datagram = new byte[size];
        _received = new byte[size];
        pair.Connect();
    }

    /// <inheritdoc/>
    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            Check(_pair.Client.SendTo(_pair.ClientDescriptor, _datagram, MessageFlags.None, default));
            int length = _source.Length;
            Check(_pair.Server.RecvFrom(_pair.ServerDescriptor, _received, MessageFlags.None, _source, ref length));
            Check(_pair.Server.SendTo(_pair.ServerDescriptor, _received, MessageFlags.None, _source.AsSpan(0, length)));
            int none = 0;
            Check(_pair.Client.RecvFrom(_pair.ClientDescriptor, _received, MessageFlags.None, default, ref none));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pair.Dispose();

    private void Check(CallResult result)
    {
        if (result.Value != _datagram.Length) throw new InvalidOperationException($"a datagram of {_datagram.Length} bytes came to {result}");
    }
}
