using Slipway.Sockets;

namespace Slipway.Bench;

/// <summary>Datagrams of one size from an unconnected socket to another one: sendto and recvfrom on one thread, a few datagrams at a time.</summary>
internal sealed class UdpRate : IWorkload
{
    private const int Burst = 16;

    private readonly UdpPair _pair;
    private readonly byte[] _datagram, _received, _destination, _source = new byte[InetAddress.IPv6StructureLength];

    /// <summary>Sends datagrams of so many bytes.</summary>
    public UdpRate(UdpPair pair, int size)
    {
        _pair = pair;
        _datagram = new byte[size];
        _received = new byte[size];
        _destination = pair.ServerAddress;
    }

    /// <inheritdoc/>
    public void Run(int operations)
    {
        for (int left = operations; left > 0;)
        {
            int count = Math.Min(left, Burst);
            for (int i = 0; i < count; i++) Check(_pair.Client.SendTo(_pair.ClientDescriptor, _datagram, MessageFlags.None, _destination));
            for (int i = 0; i < count; i++)
            {
                int length = _source.Length;
                Check(_pair.Server.RecvFrom(_pair.ServerDescriptor, _received, MessageFlags.None, _source, ref length));
            }
            left -= count;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _pair.Dispose();

    private void Check(CallResult result)
    {
        if (result.Value != _datagram.Length) throw new InvalidOperationException($"a datagram of {_datagram.Length} bytes came to {result}");
    }
}
