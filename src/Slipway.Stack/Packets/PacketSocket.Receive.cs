using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Frames that were seen, and the receive calls (Linux packet_rcv, packet_recvmsg).</summary>
internal sealed partial class PacketSocket
{
    private const MessageFlags ReceiveFlags = MessageFlags.MSG_PEEK | MessageFlags.MSG_DONTWAIT | MessageFlags.MSG_TRUNC | MessageFlags.MSG_ERRQUEUE | CompatibleControl;

    /// <summary>MSG_CMSG_COMPAT, which recvmsg refuses before and recv passes on.</summary>
    private const MessageFlags CompatibleControl = unchecked((MessageFlags)0x8000_0000);

    private readonly Queue<QueuedFrame> _queue = new();
    private ArrivalStamp _stamp = new();
    private int _receiveMemory;
    private uint _packets, _lost, _drops;
    private bool _isUnderPressure;

    /// <summary>PACKET_STATISTICS, which asking sets to 0.</summary>
    public PacketStatistics TakeStatistics()
    {
        var statistics = new PacketStatistics(_packets + _lost, _lost) { Freezes = _freezes };
        _packets = _lost = _freezes = 0;
        return statistics;
    }

    /// <inheritdoc/>
    public void See(in TapFrame frame)
    {
        int start = Type == SocketType.Raw ? 0 : frame.NetworkOffset;
        int length = frame.Packet.Length - start, kept = length;
        // A frame of nothing but its header is to a cooked socket as one that a filter drops: what is kept is the verdict, and that is 0.
        if (length == 0) return;
        if (Filter is { } filter)
        {
            uint verdict = filter.Run(new FilterPacket(frame, start, Host.Random));
            if (verdict == 0) return;
            kept = (int)Math.Min((uint)length, verdict);
        }
        var seen = new QueuedFrame { OriginalLength = length, NetworkOffset = frame.NetworkOffset - start, VlanTag = frame.VlanTag, VlanProtocol = frame.VlanProtocol };
        ushort protocol = frame.Protocol;
        if (Type == SocketType.Datagram && TapFrame.IsVlan(protocol)) TellTag(frame, ref seen, ref protocol);
        seen.From = new LinkLayerAddress(frame.Interface.Index, protocol, frame.HardwareType, frame.Type, frame.Source);
        if (_receiveRing is { } ring) SeeInRing(ring, frame, seen, start, kept);
        else SeeInQueue(frame, seen, start, kept);
    }

    private void SeeInQueue(in TapFrame frame, in QueuedFrame seen, int start, int kept)
    {
        if (_receiveMemory >= ReceiveBuffer)
        {
            _lost++;
            _drops++;
            return;
        }
        PacketBuffer packet = frame.Packet.Clone();
        packet.TrimStart(start);
        packet.TrimEnd(packet.Length - kept);
        packet.ReceivedAt = frame.Time;
        QueuedFrame queued = seen;
        queued.Packet = packet;
        queued.Memory = MemoryOf(frame.Packet);
        queued.Drops = _drops;
        _packets++;
        Enqueue(queued);
        Announce(Readable, PollIn);
    }

    private void Enqueue(in QueuedFrame queued)
    {
        _receiveMemory += queued.Memory;
        _queue.Enqueue(queued);
    }

    private void DropQueue()
    {
        while (_queue.TryDequeue(out QueuedFrame frame)) frame.Packet.Release();
        _receiveMemory = 0;
    }

    /// <summary>How a member of a group that rolls over stands with one packet more (Linux packet_rcv_has_room).</summary>
    public PacketRoom RoomFor(PacketBuffer packet)
    {
        PacketRoom room = RoomFor(MemoryOf(packet));
        _isUnderPressure = room != PacketRoom.Normal;
        return room;
    }

    /// <summary>Was full when it was last looked at, and has not been read since.</summary>
    public bool IsUnderPressure => _isUnderPressure;

    /// <inheritdoc/>
    public override CallResult Receive(Caller caller, ref ReceiveMessage message, MessageFlags flags, ref int done)
    {
        if ((flags & ~ReceiveFlags) != 0) return Errno.EINVAL;
        if ((flags & MessageFlags.MSG_ERRQUEUE) != 0) return ReceiveStamp(ref message);
        Errno error = TakeError();
        if (error != Errno.None) return error;
        if (!_queue.TryPeek(out QueuedFrame frame)) return StackErrno.MustWait;
        CallResult result = PassOn(frame, ref message, flags);
        if ((flags & MessageFlags.MSG_PEEK) != 0) return result;
        _queue.Dequeue();
        _receiveMemory -= frame.Memory;
        TryRelievePressure();
        frame.Packet.Release();
        return result;
    }

    private CallResult PassOn(in QueuedFrame frame, ref ReceiveMessage message, MessageFlags flags)
    {
        int header = VirtioLength;
        if (header > 0)
        {
            if (Room(message) < header) return Errno.EINVAL;
            Span<byte> bytes = stackalloc byte[VirtioNetHeader.MergeableStructureLength];
            bytes.Clear();
            PacketOffloads.Describe(frame.Packet).Write(bytes);
            Copy(bytes[..header], ref message);
        }
        int length = frame.Packet.Length;
        int copied = Copy(frame.Packet.Span, ref message, header);
        if (copied < length) message.Flags |= MessageFlags.MSG_TRUNC;
        if (!message.Address.IsEmpty) frame.From.Write(message.Address);
        message.AddressLength = LinkLayerAddress.StructureLength;
        WriteControl(frame, ref message);
        return header + ((flags & MessageFlags.MSG_TRUNC) != 0 ? length : copied);
    }

    private void WriteControl(in QueuedFrame frame, ref ReceiveMessage message)
    {
        bool isStamped = (Flags & SocketFlags.AnyTimestamp) != 0;
        if (!isStamped) _stamp.Note(frame.Packet.ReceivedAt);
        if (!isStamped && !TellsAuxiliaryData && (Flags & (SocketFlags.ReceiveOverflow | SocketFlags.AnyTag)) == 0) return;
        var writer = new ControlMessageWriter(message.Control);
        if (isStamped) WriteTimestamp(ref writer, frame.Packet.ReceivedAt, ReportsArrival);
        if (Has(SocketFlags.ReceiveOverflow) && frame.Drops > 0) writer.Put(SocketLevel.SOL_SOCKET, SocketOptionName.SO_RXQ_OVFL, (int)frame.Drops);
        if ((Flags & SocketFlags.AnyTag) != 0) WriteTags(ref writer, frame.Packet);
        if (TellsAuxiliaryData)
        {
            Span<byte> bytes = stackalloc byte[PacketAuxiliaryData.StructureLength];
            var auxiliary = new PacketAuxiliaryData(StatusOf(frame.Packet, frame), frame.OriginalLength, frame.Packet.Length, (ushort)frame.NetworkOffset, frame.VlanTag, frame.VlanProtocol);
            auxiliary.Write(bytes);
            writer.Put(SocketLevel.SOL_PACKET, SocketOptionName.PACKET_AUXDATA, bytes);
        }
        Finish(writer, ref message);
    }

    private static PacketStatus StatusOf(PacketBuffer packet, in QueuedFrame frame)
    {
        PacketStatus status = PacketStatus.User;
        if (packet.Checksum == PacketChecksum.Partial) status |= PacketStatus.ChecksumNotReady;
        else if (packet.Checksum == PacketChecksum.Trusted && frame.From.PacketType != LinkPacketType.Outgoing) status |= PacketStatus.ChecksumValid;
        if (packet.SegmentSize != 0 && packet.ChecksumOffset == SegmentLayout.TcpChecksumOffset) status |= PacketStatus.TcpSegmentation;
        if (frame.VlanProtocol != 0) status |= PacketStatus.VlanValid | PacketStatus.VlanProtocolValid;
        return status;
    }

    /// <summary>A datagram socket does not see a tag that stands in the frame, so it is told of it, and of what is behind it (Linux vlan_get_tci, vlan_get_protocol_dgram).</summary>
    private static void TellTag(in TapFrame frame, ref QueuedFrame queued, ref ushort protocol)
    {
        ReadOnlySpan<byte> bytes = frame.Packet.Span;
        if (queued.VlanProtocol == 0 && bytes.Length >= TapFrame.HeaderLength + TapFrame.TagLength)
        {
            queued.VlanProtocol = protocol;
            queued.VlanTag = BinaryPrimitives.ReadUInt16BigEndian(bytes[TapFrame.HeaderLength..]);
        }
        TapFrame.NetworkOffsetOf(bytes, ref protocol);
    }

    private static int MemoryOf(PacketBuffer packet) => SocketMemory.Of(packet.Length, isIPv4: true);

    private PacketRoom RoomFor(int memory)
    {
        const int QuarterShift = 2;
        if (_receiveRing is { } ring) return ring.Room;
        int room = ReceiveBuffer - _receiveMemory - memory;
        return room > ReceiveBuffer >> QuarterShift ? PacketRoom.Normal : room > 0 ? PacketRoom.Low : PacketRoom.None;
    }

    private void TryRelievePressure()
    {
        if (_isUnderPressure && RoomFor(0) == PacketRoom.Normal) _isUnderPressure = false;
    }
}
