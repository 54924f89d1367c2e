using System.Buffers.Binary;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A ring that packets are sent from (PACKET_TX_RING): slots, in all versions.</summary>
internal sealed class SendRing : PacketRing
{
    private readonly PacketSocket _owner;
    private readonly SlotAccount[] _accounts;
    private int _head;

    public SendRing(PacketSocket owner, in PacketRingRequest request, byte[] bytes) : base(request, bytes)
    {
        _owner = owner;
        _accounts = new SlotAccount[request.FrameCount];
        for (int i = 0; i < _accounts.Length; i++) _accounts[i] = new SlotAccount(this, i);
    }

    /// <summary>Slots whose packets have not left yet.</summary>
    public int Pending { get; private set; }

    /// <summary>How the slot stands whose turn it is.</summary>
    public PacketSendStatus Status => (PacketSendStatus)PacketRingFormat.ReadStatus(StatusWord(_head));

    /// <summary>Most bytes of a packet that a slot has room for.</summary>
    public int Room => (int)Request.FrameSize - PacketRingFormat.HeaderLength(Version);

    /// <summary>The packet in the slot whose turn it is (Linux tpacket_parse_header).</summary>
    /// <param name="most">The most bytes that it may have.</param>
    /// <param name="isCooked">Of a datagram socket: where it begins is said by the other field.</param>
    /// <param name="hasOffset">PACKET_TX_HAS_OFF.</param>
    /// <param name="packet">The packet.</param>
    /// <returns>EMSGSIZE where it is too long, EINVAL for a place that is not in the slot, and for a slot of V3 that is of another length than the rest.</returns>
    public Errno Open(int most, bool isCooked, bool hasOffset, out ReadOnlySpan<byte> packet)
    {
        packet = default;
        ReadOnlySpan<byte> slot = Slot(_head);
        if (Version == PacketRingVersion.V3 && PacketRingFormat.Read(slot, PacketRingFormat.NextOffset) != 0) return Errno.EINVAL;
        int length = (int)PacketRingFormat.Read(slot, PacketRingFormat.LengthOffset(Version)), start = PacketRingFormat.HeaderLength(Version);
        if (length < 0) return Errno.EINVAL;
        if (length > most) return Errno.EMSGSIZE;
        if (hasOffset)
        {
            int place = BinaryPrimitives.ReadUInt16LittleEndian(slot[(PacketRingFormat.OffsetsOffset(Version) + (isCooked ? sizeof(ushort) : 0))..]);
            if (place < start || place > slot.Length - length) return Errno.EINVAL;
            start = place;
        }
        packet = slot.Slice(start, length);
        return Errno.None;
    }

    /// <summary>The slot's turn is over; its packet is on its way until the account is discharged, which whoever charges it sees to.</summary>
    public IPacketAccount Dispatch()
    {
        PacketRingFormat.WriteStatus(StatusWord(_head), (uint)PacketSendStatus.Sending);
        Pending++;
        return _accounts[_head];
    }

    /// <summary>Sets how the slot stands whose turn it is.</summary>
    public void SetStatus(PacketSendStatus status) => PacketRingFormat.WriteStatus(StatusWord(_head), (uint)status);

    /// <summary>It is the next one's turn.</summary>
    public void MoveOn() => _head = _head + 1 == _accounts.Length ? 0 : _head + 1;

    private Span<byte> StatusWord(int index) => Slot(index)[PacketRingFormat.StatusOffset(Version)..];

    private void Finish(int index, int bytes)
    {
        Pending--;
        PacketRingFormat.WriteStatus(StatusWord(index), (uint)PacketSendStatus.Available);
        _owner.OnSlotSent(bytes);
    }

    /// <summary>Who pays for the packet of one slot: the slot is free when it has left.</summary>
    private sealed class SlotAccount(SendRing ring, int index) : IPacketAccount
    {
        public void Discharge(int bytes) => ring.Finish(index, bytes);
    }
}
