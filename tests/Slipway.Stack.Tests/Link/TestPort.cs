using System.Collections.Concurrent;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>A port whose other side is the test.</summary>
internal sealed class TestPort : IPacketPort
{
    private readonly BlockingCollection<(byte[] Bytes, PacketOffload Offload)> _incoming = [];

    public ConcurrentQueue<(byte[] Bytes, PacketOffload Offload)> Written { get; } = [];

    public bool Full { get; set; }

    public bool HasPacket { get; set; }

    public PortOffload Offload { get; init; }

    public bool HasEthernetHeader { get; init; }

    public int Mtu { get; init; } = 1500;

    public void Bring(byte[] bytes, PacketOffload offload = default) => _incoming.Add((bytes, offload));

    /// <summary>No more comes: the reading thread ends when it has read what waits.</summary>
    public void End() => _incoming.CompleteAdding();

    public int Read(Span<byte> packet, out PacketOffload offload) => Copy(_incoming.TryTake(out var next, Timeout.Infinite), next, packet, out offload);

    public int TryRead(Span<byte> packet, out PacketOffload offload) => Copy(_incoming.TryTake(out var next, 0), next, packet, out offload);

    public bool Write(ReadOnlySpan<byte> packet, in PacketOffload offload)
    {
        if (!Full) Written.Enqueue((packet.ToArray(), offload));
        return !Full;
    }

    public void Dispose() => End();

    private static int Copy(bool taken, (byte[] Bytes, PacketOffload Offload) next, Span<byte> packet, out PacketOffload offload)
    {
        offload = next.Offload;
        if (!taken) return 0;
        int length = Math.Min(next.Bytes.Length, packet.Length);
        next.Bytes.AsSpan(0, length).CopyTo(packet);
        return length;
    }
}
