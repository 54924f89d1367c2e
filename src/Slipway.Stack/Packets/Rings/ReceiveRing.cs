using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A ring that packets are received into (PACKET_RX_RING).</summary>
internal abstract class ReceiveRing(PacketSocket owner, in PacketRingRequest request, byte[] bytes) : PacketRing(request, bytes)
{
    private const int QuarterShift = 2;

    /// <summary>How much room there is (Linux __packet_rcv_has_room).</summary>
    public PacketRoom Room => HasRoom(QuarterShift) ? PacketRoom.Normal : HasRoom(0) ? PacketRoom.Low : PacketRoom.None;

    /// <summary>Bytes, with its header, of the longest packet that it takes.</summary>
    public abstract int LongestPacket { get; }

    /// <summary>Whether the slot or block that was handed over last has not been given back: what makes the socket readable.</summary>
    public abstract bool HasUnread { get; }

    protected PacketSocket Owner => owner;

    /// <summary>Slots or blocks.</summary>
    protected abstract int Count { get; }

    /// <summary>Which one is written next, or now.</summary>
    protected abstract int Current { get; }

    /// <summary>Takes room for a packet.</summary>
    /// <param name="length">Its bytes with the header.</param>
    /// <param name="slot">The room, from the header on.</param>
    public abstract bool TryTake(int length, out Span<byte> slot);

    /// <summary>The packet is written, all but what only this kind of ring tells.</summary>
    public abstract void Complete(Span<byte> slot, in TapFrame frame, PacketStatus status);

    /// <summary>The socket has another ring, or none.</summary>
    public virtual void Close()
    {
    }

    /// <summary>Whether a slot or block is the host's to write.</summary>
    protected abstract bool IsFree(int index);

    /// <summary>Whether the place is free that would be reached when a part of the ring were used.</summary>
    private bool HasRoom(int shift)
    {
        int ahead = shift == 0 ? 0 : Count >> shift;
        return IsFree((int)((Current + (long)ahead) % Count));
    }
}
