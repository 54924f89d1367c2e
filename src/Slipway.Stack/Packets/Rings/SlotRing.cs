using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Slots of one size, one for each packet: TPACKET_V1 and TPACKET_V2.</summary>
internal sealed class SlotRing(PacketSocket owner, in PacketRingRequest request, byte[] bytes) : ReceiveRing(owner, request, bytes)
{
    private int _head;

    /// <inheritdoc/>
    public override int LongestPacket => (int)Request.FrameSize;

    /// <inheritdoc/>
    public override bool HasUnread => !IsFree(_head == 0 ? Count - 1 : _head - 1);

    /// <inheritdoc/>
    protected override int Count => (int)Request.FrameCount;

    /// <inheritdoc/>
    protected override int Current => _head;

    /// <inheritdoc/>
    public override bool TryTake(int length, out Span<byte> slot)
    {
        slot = Slot(_head);
        if (PacketRingFormat.ReadStatus(slot) != 0) return false;
        _head = _head + 1 == Count ? 0 : _head + 1;
        return true;
    }

    /// <inheritdoc/>
    public override void Complete(Span<byte> slot, in TapFrame frame, PacketStatus status)
    {
        if (Owner.IsLosing) status |= PacketStatus.Losing;
        PacketRingFormat.WriteStatus(slot, (uint)status);
        Owner.OnHandedOver();
    }

    /// <inheritdoc/>
    protected override bool IsFree(int index) => PacketRingFormat.ReadStatus(Slot(index)) == 0;
}
