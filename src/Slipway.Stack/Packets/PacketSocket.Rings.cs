using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Rings in memory that is shared with the program (Linux packet_set_ring, packet_mmap, tpacket_rcv).</summary>
internal sealed partial class PacketSocket
{
    // What is before the packet of a datagram socket, and of a raw one at the least.
    private const int LeastLinkRoom = 16;

    private ReceiveRing? _receiveRing;
    private SendRing? _sendRing;
    private int _mappings;
    private uint _freezes;

    /// <summary>PACKET_VERSION.</summary>
    public PacketRingVersion RingVersion { get; private set; }

    /// <summary>PACKET_RESERVE.</summary>
    public int RingReserve { get; private set; }

    /// <summary>PACKET_LOSS.</summary>
    public bool PassesOverMalformed { get; private set; }

    /// <summary>PACKET_COPY_THRESH.</summary>
    public int CopyThreshold { get; set; }

    /// <summary>PACKET_TIMESTAMP. Devices of virtual hosts have no clocks of their own, whose times it would ask for.</summary>
    public int TimestampSource { get; set; }

    /// <summary>PACKET_TX_HAS_OFF.</summary>
    public bool HasSendOffset { get; private set; }

    /// <summary>Whether it has a ring: some options cannot be changed then.</summary>
    public bool HasRing => _receiveRing is not null || _sendRing is not null;

    /// <summary>The ring to receive from as it is, its step of time worked out; null for none.</summary>
    public PacketRingRequest? ReceiveRingLayout => _receiveRing is BlockRing blocks ? blocks.Request with { RetireMilliseconds = blocks.StepMilliseconds } : _receiveRing?.Request;

    /// <summary>The ring to send from as it is; null for none.</summary>
    public PacketRingRequest? SendRingLayout => _sendRing?.Request;

    /// <summary>Whether packets were lost since the statistics were last read.</summary>
    public bool IsLosing => _lost > 0;

    /// <summary>Sets PACKET_VERSION.</summary>
    public Errno SetRingVersion(int version)
    {
        if (version is < (int)PacketRingVersion.V1 or > (int)PacketRingVersion.V3) return Errno.EINVAL;
        if (HasRing) return Errno.EBUSY;
        RingVersion = (PacketRingVersion)version;
        return Errno.None;
    }

    /// <summary>Sets PACKET_RESERVE.</summary>
    public Errno SetRingReserve(int bytes)
    {
        if (bytes < 0) return Errno.EINVAL;
        if (HasRing) return Errno.EBUSY;
        RingReserve = bytes;
        return Errno.None;
    }

    /// <summary>Sets PACKET_LOSS.</summary>
    public Errno SetLoss(int value)
    {
        if (HasRing) return Errno.EBUSY;
        PassesOverMalformed = value != 0;
        return Errno.None;
    }

    /// <summary>Sets PACKET_TX_HAS_OFF, which with a ring has no effect and is no error.</summary>
    public Errno SetSendOffset(int value)
    {
        if (!HasRing) HasSendOffset = value != 0;
        return Errno.None;
    }

    /// <summary>Sets PACKET_RX_RING or PACKET_TX_RING.</summary>
    public Errno SetRing(ReadOnlySpan<byte> value, bool sends)
    {
        if (!PacketRingRequest.TryRead(RingVersion, value, out PacketRingRequest request)) return Errno.EINVAL;
        if (_mappings > 0 || sends && _sendRing is { Pending: > 0 }) return Errno.EBUSY;
        byte[] memory = [];
        if (request.BlockCount != 0)
        {
            if (sends ? _sendRing is not null : _receiveRing is not null) return Errno.EBUSY;
            Errno error = PacketRing.Check(request, RingReserve, out memory);
            if (error != Errno.None) return error;
            if (sends && (request.RetireMilliseconds != 0 || request.PrivateSize != 0 || request.Features != 0)) return Errno.EINVAL;
        }
        else if (request.FrameCount != 0) return Errno.EINVAL;
        bool wasRunning = _isRunning;
        Stop();
        if (sends) _sendRing = request.BlockCount == 0 ? null : new SendRing(this, request, memory);
        else ReplaceReceiveRing(request, memory);
        if (wasRunning) Start();
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Map(int length, out RingMapping? mapping)
    {
        mapping = null;
        long expected = (_receiveRing?.Length ?? 0) + (long)(_sendRing?.Length ?? 0);
        long rounded = ((long)length + PacketRing.PageSize - 1) & ~(PacketRing.PageSize - 1L);
        if (expected == 0 || rounded != expected) return Errno.EINVAL;
        Join((int)expected);
        (byte[] bytes, int offset) = _receiveRing is { } ring ? ring.Memory : _sendRing!.Memory;
        _mappings++;
        AddReference();
        mapping = new RingMapping(this, bytes.AsMemory(offset, length));
        return Errno.None;
    }

    /// <summary>A mapping has ended.</summary>
    public void Unmap()
    {
        _mappings--;
        Release();
    }

    /// <summary>The ring to receive from has handed a slot or a block over.</summary>
    public void OnHandedOver() => Announce(Readable, PollIn);

    /// <summary>The ring to receive from stands still.</summary>
    public void OnFrozen() => _freezes++;

    /// <summary>A packet of the ring to send from has left.</summary>
    public void OnSlotSent(int bytes)
    {
        _sendMemory -= bytes;
        _wantsSpace = false;
        Announce(Writable, PollOut);
    }

    private static int AlignHeader(int length) => (length + PacketRingFormat.Alignment - 1) & ~(PacketRingFormat.Alignment - 1);

    private void ReplaceReceiveRing(in PacketRingRequest request, byte[] memory)
    {
        _receiveRing?.Close();
        if (request is { Version: PacketRingVersion.V3, BlockCount: not 0 }) _freezes = 0;
        _receiveRing = request.BlockCount == 0 ? null
            : request.Version == PacketRingVersion.V3 ? new BlockRing(this, request, memory) : new SlotRing(this, request, memory);
        DropQueue();
    }

    /// <summary>Both rings are mapped as one piece: where they are two, they become one.</summary>
    private void Join(int length)
    {
        if (_receiveRing is not { } receive || _sendRing is not { } send || send.Memory == (receive.Memory.Bytes, receive.Memory.Offset + receive.Length)) return;
        byte[] bytes = new byte[length];
        receive.MoveTo(bytes, 0);
        send.MoveTo(bytes, receive.Length);
    }

    /// <summary>Puts a packet into the ring (Linux tpacket_rcv).</summary>
    /// <param name="ring">The ring.</param>
    /// <param name="frame">The packet.</param>
    /// <param name="facts">What is known of it.</param>
    /// <param name="start">Where in the frame it begins for this socket.</param>
    /// <param name="kept">How much of it the filter left.</param>
    private void SeeInRing(ReceiveRing ring, in TapFrame frame, in QueuedFrame facts, int start, int kept)
    {
        if (ring.Room == PacketRoom.None)
        {
            _lost++;
            return;
        }
        (int mac, int network, int virtio) = PlaceInRing(ring, facts);
        if (network > ushort.MaxValue)
        {
            _lost++;
            return;
        }
        bool isCopied = false;
        if (mac + kept > ring.LongestPacket)
        {
            isCopied = ring is SlotRing && CopyThreshold != 0 && _receiveMemory < ReceiveBuffer;
            kept = ring.LongestPacket - mac;
            if (kept < 0)
            {
                kept = virtio = 0;
                if (ring is BlockRing) mac = ring.LongestPacket;
            }
        }
        if (!ring.TryTake(mac + kept, out Span<byte> slot))
        {
            _lost++;
            OnHandedOver();
            return;
        }
        if (virtio > 0) PacketOffloads.Describe(frame.Packet).Write(slot[(mac - VirtioNetHeader.StructureLength)..]);
        _packets++;
        if (isCopied) QueueWhole(frame, start);
        if (kept > 0) frame.Packet.Span.Slice(start, kept).CopyTo(slot[mac..]);
        RingHeader.Write(ring.Version, slot, facts, kept, mac, network, TimeOfDay(frame.Time));
        PacketStatus status = StatusOf(frame.Packet, facts) | (isCopied ? PacketStatus.Copied : PacketStatus.None);
        if (Has(SocketFlags.Timestamp | SocketFlags.TimestampNanoseconds) || (Timestamping & TimestampingFlags.SOF_TIMESTAMPING_RX_SOFTWARE) != 0) status |= PacketStatus.SoftwareTimestamp;
        if (ring.Version == PacketRingVersion.V1) status &= ~(PacketStatus.VlanValid | PacketStatus.VlanProtocolValid);
        ring.Complete(slot, frame, status);
    }

    private (int Mac, int Network, int Virtio) PlaceInRing(ReceiveRing ring, in QueuedFrame facts)
    {
        // More than 16 bits can say is too much in any case.
        int reserve = Math.Min(RingReserve, ushort.MaxValue + 1);
        if (Type == SocketType.Datagram)
        {
            int place = AlignHeader(ring.HeaderLength) + LeastLinkRoom + reserve;
            return (place, place, 0);
        }
        int network = AlignHeader(ring.HeaderLength + Math.Max(facts.NetworkOffset, LeastLinkRoom)) + reserve + VirtioLength;
        return (network - facts.NetworkOffset, network, VirtioLength);
    }

    /// <summary>A packet that is longer than its slot waits whole in the receive queue as well. Nothing is kept there of where it came from.</summary>
    private void QueueWhole(in TapFrame frame, int start)
    {
        PacketBuffer packet = frame.Packet.Clone();
        packet.TrimStart(start);
        packet.ReceivedAt = frame.Time;
        Enqueue(new QueuedFrame
        {
            Packet = packet,
            Memory = MemoryOf(frame.Packet),
            NetworkOffset = frame.NetworkOffset - start,
            VlanTag = frame.VlanTag,
            VlanProtocol = frame.VlanProtocol,
            From = new LinkLayerAddress(0, frame.Protocol),
        });
    }
}
