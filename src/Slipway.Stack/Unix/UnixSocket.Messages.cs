using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Messages with borders: what datagrams and sequenced packets share (Linux unix_dgram_sendmsg, unix_dgram_recvmsg).</summary>
internal abstract partial class UnixSocket
{
    /// <summary>Bytes that a message may not take of the send buffer.</summary>
    private const int MessageReserve = 32;

    protected CallResult SendMessage(Caller caller, in SendMessage message, MessageFlags flags)
    {
        Errno error = UnixAncillary.Read(caller, Host, message.Control, out UnixAncillary ancillary);
        if (error != Errno.None) return error;
        if ((flags & MessageFlags.MSG_OOB) != 0) return Errno.EOPNOTSUPP;
        bool isNamed = !message.Address.IsEmpty && Type == SocketType.Datagram;
        if (isNamed) error = UnixName.Check(message.Address);
        if (error != Errno.None) return error;
        BindIfCredentials();
        int length = LengthOf(message);
        if (length > SendBuffer - MessageReserve) return Errno.EMSGSIZE;
        error = TakeError();
        if (error != Errno.None) return error;
        if (IsSendShut) return Errno.EPIPE;
        if (!HasRoom)
        {
            _wantsSpace = true;
            return StackErrno.MustWait;
        }
        UnixSocket? receiver = Peer;
        if (isNamed) error = Layer.Find(caller, message.Address, Type, out receiver);
        else if (receiver is null) error = Errno.ENOTCONN;
        else if (receiver.IsDead) error = OnPeerGone(receiver);
        if (error != Errno.None) return error;
        return Deliver(receiver!, caller, message, length, ancillary);
    }

    /// <summary>A connected datagram socket finds that its peer was closed.</summary>
    protected virtual Errno OnPeerGone(UnixSocket peer) => Errno.EPIPE;

    /// <summary>Whether a socket that is not its peer must wait before it sends to this one.</summary>
    protected virtual bool IsFull => false;

    private CallResult Deliver(UnixSocket receiver, Caller caller, in SendMessage message, int length, in UnixAncillary ancillary)
    {
        PacketBuffer packet = Pack(message, 0, length, UnixMemory.OfMessage(length));
        Errno error = MayDeliver(receiver, packet, ancillary, out bool isWanted);
        if (error != Errno.None || !isWanted)
        {
            packet.Release();
            // What a filter drops counts as sent.
            return error != Errno.None ? error : length;
        }
        var queued = new UnixMessage { Packet = packet };
        Attach(ref queued, ancillary, caller, receiver, withRights: true);
        receiver.Enqueue(queued);
        return length;
    }

    /// <summary>Asks the receiver's filter first, then whether the receiver takes the message, in Linux's order.</summary>
    private Errno MayDeliver(UnixSocket receiver, PacketBuffer packet, in UnixAncillary ancillary, out bool isWanted)
    {
        isWanted = receiver.Filter is null || receiver.PassesFilter(packet);
        if (!isWanted) return Errno.None;
        if (receiver.Peer is not null && receiver.Peer != this) return Errno.EPERM;
        if (receiver.IsReceiveShut) return Errno.EPIPE;
        if (!Takes(receiver, ancillary)) return Errno.EPERM;
        if (receiver != this && receiver.Peer != this && receiver.IsFull)
        {
            receiver.TellWhenRoom(this);
            return StackErrno.MustWait;
        }
        return Errno.None;
    }

    /// <summary>SO_ATTACH_FILTER: the verdict is what the message keeps of its length, at least one byte; 0 drops it.</summary>
    private bool PassesFilter(PacketBuffer packet)
    {
        uint verdict = Filter!.Run(new FilterPacket(packet.Span, Host.Random) { Cookie = Cookie, UserId = (uint)UserId });
        if (verdict == 0) return false;
        if (verdict < (uint)packet.Length) packet.TrimEnd(packet.Length - (int)verdict);
        return true;
    }

    protected CallResult ReceiveMessage(Caller caller, ref ReceiveMessage message, MessageFlags flags)
    {
        if ((flags & MessageFlags.MSG_OOB) != 0) return Errno.EOPNOTSUPP;
        Errno error = TakeError();
        if (error != Errno.None) return error;
        bool isPeek = (flags & MessageFlags.MSG_PEEK) != 0;
        int place = 0, skip = 0;
        if (isPeek && PeekOffset >= 0) place = FindPeeked(out skip);
        if (place >= Queue.Count)
        {
            message.AddressLength = 0;
            // Linux looks at the shut direction of a datagram socket only where it would wait.
            bool looks = (flags & MessageFlags.MSG_DONTWAIT) == 0 || Type == SocketType.SequencedPacket;
            return IsReceiveShut && looks ? 0 : StackErrno.MustWait;
        }
        ref UnixMessage queued = ref Queue[place];
        PacketBuffer packet = queued.Packet;
        int length = packet.Length;
        int copied = Copy(packet.Span[skip..], ref message);
        if (copied < length - skip) message.Flags |= MessageFlags.MSG_TRUNC;
        WriteSource(queued.Sender, ref message);
        var writer = new ControlMessageWriter(message.Control);
        // SO_TIMESTAMPING alone tells nothing here: nothing stamps what never was at a device.
        if (Has(SocketFlags.Timestamp | SocketFlags.TimestampNanoseconds)) WriteTimestamp(ref writer, packet.ReceivedAt, ReportsArrival);
        UnixCredentials credentials = queued.ToldCredentials;
        ReadOnlySpan<OpenFile> files = TakeFiles(ref queued, isPeek);
        if (isPeek)
        {
            queued.Peeked = true;
            if (PeekOffset >= 0) PeekOffset += copied;
        }
        else
        {
            QueuedBytes -= length;
            if (PeekOffset > 0) PeekOffset = Math.Max(0, PeekOffset - length);
            Discard(place);
            TellRoom();
        }
        WriteControl(ref writer, caller, ref message, flags, credentials, files);
        Finish(writer, ref message);
        return (flags & MessageFlags.MSG_TRUNC) != 0 ? length - skip : copied;
    }

    private int FindPeeked(out int skip)
    {
        skip = PeekOffset;
        int place = 0;
        for (; place < Queue.Count; place++)
        {
            ref UnixMessage candidate = ref Queue[place];
            int length = candidate.Packet.Length;
            if (skip < length || skip == 0 && !candidate.Peeked) break;
            skip -= length;
        }
        return place;
    }
}
