using System.Diagnostics.CodeAnalysis;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// Reads what waits in a port, packet after packet, into buffers that were rented before: the loop is not held while the thread waits, it is entered once for all of them, and
/// no packet is copied that fills the better part of its buffer.
/// </summary>
internal sealed class PortReader
{
    private const int Batch = 64, LargeBatch = 16;

    private readonly LinkDevice _device;
    private readonly PacketPool _pool;
    private readonly IPacketPort _port;
    private readonly bool _isLarge;
    private readonly Slot[] _slots;
    private int _room, _count, _taken;

    /// <param name="device">The device that the packets are for.</param>
    /// <param name="port">The port.</param>
    public PortReader(LinkDevice device, IPacketPort port)
    {
        _device = device;
        _pool = device.Loop.Packets;
        _port = port;
        _isLarge = (port.Offload & (PortOffload.TcpSegmentation | PortOffload.UdpSegmentation)) != 0;
        _slots = new Slot[_isLarge ? LargeBatch : Batch];
    }

    /// <summary>Rents what the last batch has used up. Owner of the loop.</summary>
    public void Fill()
    {
        // One byte more than fits tells a packet that is too long.
        int room = _isLarge ? LinkDevice.MaxMtu + _device.FrameHeaderLength : _device.MaxFrame + 1;
        if (room != _room) Clear();
        _room = room;
        foreach (ref Slot slot in _slots.AsSpan()) slot.Packet ??= _pool.Rent(room);
    }

    /// <summary>Waits for a packet, and reads those too that wait behind it. Without owning the loop.</summary>
    /// <returns>How many; 0 once the port is closed.</returns>
    public int ReadBatch()
    {
        _count = _taken = 0;
        ref Slot first = ref _slots[0];
        first.Length = _port.Read(first.Packet!.Span, out first.Offload);
        if (first.Length <= 0) return 0;
        for (_count = 1; _count < _slots.Length; _count++)
        {
            ref Slot slot = ref _slots[_count];
            slot.Length = _port.TryRead(slot.Packet!.Span, out slot.Offload);
            if (slot.Length <= 0) break;
        }
        return _count;
    }

    /// <summary>The next packet of the batch; ownership moves to the caller, who owns the loop.</summary>
    public bool TryTake([NotNullWhen(true)] out PacketBuffer? packet, out PacketOffload offload)
    {
        packet = null;
        offload = default;
        if (_taken == _count) return false;
        ref Slot slot = ref _slots[_taken++];
        PacketBuffer read = slot.Packet!;
        offload = slot.Offload;
        if (PacketPool.StorageFor(slot.Length) * 2 <= PacketPool.StorageFor(_room))
        {
            // A socket would pay for all the memory that a packet keeps: a small one gets a small place, and the large one is used again.
            packet = _pool.RentCopy(read.Span[..slot.Length]);
            return true;
        }
        slot.Packet = null;
        read.TrimEnd(read.Length - slot.Length);
        packet = read;
        return true;
    }

    /// <summary>Gives all buffers back. Owner of the loop.</summary>
    public void Clear()
    {
        foreach (ref Slot slot in _slots.AsSpan())
        {
            slot.Packet?.Release();
            slot.Packet = null;
        }
    }

    private struct Slot
    {
        public PacketBuffer? Packet;
        public int Length;
        public PacketOffload Offload;
    }
}
