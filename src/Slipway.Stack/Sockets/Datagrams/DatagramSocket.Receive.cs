using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The receive queue and the receive calls.</summary>
internal abstract partial class DatagramSocket
{
    private DatagramQueue _queue;
    private int _receiveMemory;
    private uint _drops;

    // Linux moves the whole queue to the reader's side at once and gives memory back only when that is empty or a quarter of the buffer is due
    // (udp_rmem_release); so a full buffer does not take one more datagram for each one that is read.
    private int _readerCount;
    private int _unreleased;
    private int _releaseThreshold;

    private ArrivalStamp _stamp = new();

    /// <summary>Bytes of the first datagram; 0 if there is none (FIONREAD).</summary>
    public int FirstLength => _queue.Count > 0 ? _queue[0].Packet.Length : 0;

    /// <summary>Memory that the queues hold.</summary>
    protected override int ReceiveMemory => _receiveMemory;

    /// <inheritdoc/>
    public override CallResult Receive(Caller caller, ref ReceiveMessage message, MessageFlags flags, ref int done)
    {
        if ((flags & MessageFlags.MSG_ERRQUEUE) != 0) return ReceiveError(ref message);
        if (HasPathMtuNotice) return ReceivePathMtu(ref message);
        Errno error = TakeError();
        if (error != Errno.None) return error;
        int offset = 0, place = 0;
        bool peek = (flags & MessageFlags.MSG_PEEK) != 0;
        if (peek && PeekOffset >= 0) place = FindPeeked(out offset);
        if (place >= _queue.Count)
        {
            // Linux looks at the shut direction only where it would wait.
            return IsReceiveShut && (flags & MessageFlags.MSG_DONTWAIT) == 0 ? 0 : StackErrno.MustWait;
        }
        ref QueuedDatagram datagram = ref _queue[place];
        PacketBuffer packet = datagram.Packet;
        int length = packet.Length;
        int copied = Copy(packet.Span[offset..], ref message);
        if (copied < length - offset || offset > 0 && copied == Room(message)) message.Flags |= MessageFlags.MSG_TRUNC;
        WriteSource(packet, datagram.InterfaceIndex, ref message);
        if ((Flags & SocketFlags.AnyMessage) != 0 || TellsChecksum) WriteMessages(datagram, ref message);
        else _stamp.Note(packet.ReceivedAt);
        if (PeekOffset >= 0) PeekOffset = peek ? PeekOffset + copied : Math.Max(0, PeekOffset - copied);
        if (peek) datagram.Peeked = true;
        else Consume();
        return (flags & MessageFlags.MSG_TRUNC) != 0 ? length : copied;
    }

    /// <summary>Takes a datagram in, if the buffer has room. Ownership of the packet moves.</summary>
    /// <param name="packet">Begins at what the program reads.</param>
    /// <param name="interfaceIndex">The interface that it came by.</param>
    /// <param name="isIPv4">Whether it came in IPv4.</param>
    /// <param name="mayGrow">Whether those that follow may be joined with it.</param>
    /// <returns>False: it was dropped for lack of room.</returns>
    protected bool Enqueue(PacketBuffer packet, int interfaceIndex, bool isIPv4, bool mayGrow = false)
    {
        int memory = MemoryOf(packet, isIPv4);
        if (!HasRoomFor(memory))
        {
            _drops++;
            packet.Release();
            return false;
        }
        _receiveMemory += memory;
        OnMemoryChanged(memory);
        _queue.Enqueue(new QueuedDatagram { Packet = packet, Memory = memory, InterfaceIndex = interfaceIndex, Drops = _drops, MayGrow = mayGrow, NotesArrival = !TellsLocalAddress || (Flags & (SocketFlags.PacketInfo | SocketFlags.PacketInfo6)) != 0 });
        Announce(Readable, PollIn);
        return true;
    }

    /// <summary>What a datagram costs the receive buffer.</summary>
    protected virtual int MemoryOf(PacketBuffer packet, bool isIPv4) => packet.SegmentSize == 0 ? SocketMemory.Of(packet.Length, isIPv4) : SocketMemory.OfSegments(packet.Length);

    /// <summary>Whether the receive buffer has room for one more. An empty socket takes one datagram of any size.</summary>
    protected virtual bool HasRoomFor(int memory) => _receiveMemory == 0 || _receiveMemory + (long)memory <= ReceiveBuffer;

    /// <summary>
    /// Joins a datagram with the last one that waits (UDP_GRO): of the same size or the last and shorter, from the same sender, with the same fields, and of the same instant, as the
    /// kernel joins what a device brings in one go. Ownership moves where it succeeds.
    /// </summary>
    /// <param name="packet">Begins at what the program reads.</param>
    /// <param name="interfaceIndex">The interface that it came by.</param>
    protected bool TryJoin(PacketBuffer packet, int interfaceIndex)
    {
        const int MostJoined = 64;
        if (_queue.Count <= _readerCount) return false;
        ref QueuedDatagram last = ref _queue[_queue.Count - 1];
        PacketBuffer held = last.Packet;
        int length = packet.Length, size = held.SegmentSize == 0 ? held.Length : held.SegmentSize;
        if (!last.MayGrow || last.Peeked || last.InterfaceIndex != interfaceIndex || length == 0 || length > size || held.ReceivedAt != packet.ReceivedAt) return false;
        // A shorter one was the last of its chain.
        if (held.Length % size != 0 || held.Length / size == MostJoined || held.Length + length > ushort.MaxValue - held.TransportOffset + held.NetworkOffset) return false;
        if (!HasSameHeaders(held, packet)) return false;
        int memory = SocketMemory.OfSegments(held.Length + length) - last.Memory;
        if (_receiveMemory + (long)memory > ReceiveBuffer) return false;
        held.Append(packet.Span);
        held.SegmentSize = size;
        packet.Release();
        last.Memory += memory;
        _receiveMemory += memory;
        OnMemoryChanged(memory);
        return true;
    }

    private static bool HasSameHeaders(PacketBuffer held, PacketBuffer packet)
    {
        ReadOnlySpan<byte> mine = held.FromNetworkHeader, other = packet.FromNetworkHeader;
        bool isIPv4 = mine[0] >> 4 == 4;
        int headers = isIPv4 ? Ipv4Header.MinimumLength : Ipv6Header.Length, ports = headers + 4;
        if (mine[0] != other[0] || held.TransportOffset - held.NetworkOffset != headers || packet.TransportOffset - packet.NetworkOffset != headers) return false;
        // Type of service, time to live and protocol; version, traffic class and flow label, hop limit. Then addresses and ports.
        return isIPv4
            ? mine[1] == other[1] && mine[8..10].SequenceEqual(other[8..10]) && mine[12..ports].SequenceEqual(other[12..ports])
            : mine[..4].SequenceEqual(other[..4]) && mine[6..ports].SequenceEqual(other[6..ports]);
    }

    /// <summary>Asks the socket's filter, and cuts the packet as it says.</summary>
    /// <param name="packet">Borrowed; begins at the header of the socket's protocol.</param>
    /// <param name="least">Bytes that a packet keeps which is taken at all.</param>
    /// <param name="info">What the IP header said.</param>
    /// <returns>False: it is not wanted.</returns>
    protected bool PassesFilter(PacketBuffer packet, int least, in ReceivedIp info)
    {
        var view = new FilterPacket(packet, 0, info.InterfaceIndex, info.Protocol, Host.Random) { Cookie = Cookie, UserId = (uint)UserId };
        int kept = SocketFilter.Judge(Filter!, view, least);
        if (kept > 0 && kept < packet.Length) packet.TrimEnd(packet.Length - kept);
        return kept > 0;
    }

    /// <summary>A datagram was lost before it could be queued.</summary>
    protected void CountDrop() => _drops++;

    /// <summary>The memory of the socket's queues has changed: the protocol sums it up.</summary>
    protected virtual void OnMemoryChanged(int bytes)
    {
    }

    /// <summary>A datagram was passed to the program.</summary>
    protected virtual void OnReceived(bool isIPv4)
    {
    }

    /// <summary>The source port of a received packet, for the address that the program gets.</summary>
    protected abstract ushort SourcePortOf(PacketBuffer packet);

    /// <inheritdoc/>
    public override (int Received, int Sent, uint Drops) Memory => (_receiveMemory, _sendMemory, _drops);

    /// <inheritdoc/>
    /// <remarks>A quarter of it may be read before its memory is given back.</remarks>
    public override void SetReceiveBuffer(int bytes)
    {
        base.SetReceiveBuffer(bytes);
        _releaseThreshold = bytes >> 2;
    }

    private int FindPeeked(out int offset)
    {
        offset = PeekOffset;
        int place = 0;
        while (place < _queue.Count)
        {
            ref QueuedDatagram candidate = ref _queue[place];
            int length = candidate.Packet.Length;
            if (offset < length || (offset == 0 && !candidate.Peeked)) break;
            offset -= length;
            place++;
        }
        return place;
    }

    private void Consume()
    {
        if (_readerCount == 0) _readerCount = _queue.Count;
        _readerCount--;
        QueuedDatagram taken = _queue.RemoveAt(0);
        _unreleased += taken.Memory;
        if (IsRaw || _readerCount == 0 || _unreleased >= _releaseThreshold)
        {
            _receiveMemory -= _unreleased;
            OnMemoryChanged(-_unreleased);
            _unreleased = 0;
        }
        bool isIPv4 = IsIPv4(taken.Packet);
        taken.Packet.Release();
        OnReceived(isIPv4);
    }

    private void ClearQueues()
    {
        while (_queue.Count > 0) _queue.RemoveAt(_queue.Count - 1).Packet.Release();
        OnMemoryChanged(-_receiveMemory);
        _receiveMemory = _unreleased = _readerCount = 0;
        ClearErrors();
    }

    private void WriteSource(PacketBuffer packet, int interfaceIndex, ref ReceiveMessage message)
    {
        if (message.Address.IsEmpty)
        {
            message.AddressLength = IsIPv6 ? SockAddr.IPv6Length : SockAddr.IPv4Length;
            return;
        }
        ReadOnlySpan<byte> header = packet.FromNetworkHeader;
        IpAddress source = SourceOf(header);
        int scope = source.IsIPv6 && source.IsLinkLocal ? interfaceIndex : 0;
        message.AddressLength = SockAddr.Write(message.Address, Family, source, SourcePortOf(packet), 0, scope);
    }

    private static bool IsIPv4(PacketBuffer packet) => packet.FromNetworkHeader[0] >> 4 == 4;

    private static IpAddress SourceOf(ReadOnlySpan<byte> header) => header[0] >> 4 == 4 ? IpAddress.ReadIPv4(header[12..]) : IpAddress.ReadIPv6(header[8..]);

    private static IpAddress DestinationOf(ReadOnlySpan<byte> header) => header[0] >> 4 == 4 ? IpAddress.ReadIPv4(header[16..]) : IpAddress.ReadIPv6(header[24..]);
}
