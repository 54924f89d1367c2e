using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Slipway.Stack;

/// <summary>Packets in order of arrival, linked by their own <see cref="PacketBuffer.Next"/>. A mutable struct: keep it in a field, do not copy it.</summary>
public struct PacketQueue
{
    private PacketBuffer? _first, _last;

    /// <summary>Packets in the queue.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the packets in the queue (their lengths when they came in).</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether there is none.</summary>
    public readonly bool IsEmpty => _first is null;

    /// <summary>The oldest packet, still in the queue; null if there is none.</summary>
    public readonly PacketBuffer? First => _first;

    /// <summary>Appends a packet. Ownership moves to the queue; do not change its length while it is here.</summary>
    public void Enqueue(PacketBuffer packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        Debug.Assert(packet.Next is null, "The packet is in a list already.");
        if (_last is null) _first = packet;
        else _last.Next = packet;
        _last = packet;
        Count++;
        Bytes += packet.Length;
    }

    /// <summary>Takes the oldest packet; ownership moves to the caller.</summary>
    public bool TryDequeue([NotNullWhen(true)] out PacketBuffer? packet)
    {
        packet = _first;
        if (packet is null) return false;
        _first = packet.Next;
        if (_first is null) _last = null;
        packet.Next = null;
        Count--;
        Bytes -= packet.Length;
        return true;
    }

    /// <summary>Releases all packets.</summary>
    public void Clear()
    {
        while (TryDequeue(out PacketBuffer? packet)) packet.Release();
    }
}
