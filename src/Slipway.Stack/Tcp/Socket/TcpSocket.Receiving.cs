using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>recv, read and their kin (Linux tcp_recvmsg), and the requests that ask for the queues.</summary>
internal sealed partial class TcpSocket
{
    /// <inheritdoc/>
    public override CallResult Receive(Caller caller, ref ReceiveMessage message, MessageFlags flags, ref int done)
    {
        if ((flags & MessageFlags.MSG_ERRQUEUE) != 0) return ReceiveError(ref message);
        message.AddressLength = 0;
        if (IsListening) return Errno.ENOTCONN;
        if ((flags & MessageFlags.MSG_OOB) != 0) return ReceiveUrgent(ref message, flags);
        bool isPeek = (flags & MessageFlags.MSG_PEEK) != 0;
        int room = Room(message);
        int target = (flags & MessageFlags.MSG_WAITALL) != 0 ? room : Math.Min(ReceiveLowWater, room);
        int copied = isPeek ? Peek(ref message, room, flags) : done += TakeAndAcknowledge(ref message, done, room, flags);
        CallResult result = copied >= Math.Max(target, 1) || room == 0 && Connection.Receiver.Readable > 0 ? copied : Outcome(copied);
        // What was looked at stays, so that the call that does not wait has it alone.
        if (isPeek && copied > 0 && result.Error == StackErrno.MustWait && (flags & MessageFlags.MSG_DONTWAIT) != 0) result = copied;
        if (result.Succeeded && (Flags & (SocketFlags.InQueue | SocketFlags.AnyTimestamp)) != 0) WriteMessages(ref message, copied);
        return result;
    }

    /// <summary>The control messages of a receive: when the last segment arrived of which bytes were read, and what is left (Linux tcp_recvmsg).</summary>
    private void WriteMessages(ref ReceiveMessage message, int copied)
    {
        var writer = new ControlMessageWriter(message.Control);
        TcpReceiver receiver = Connection.Receiver;
        // A read without room passes the first segment all the same.
        if ((copied > 0 || receiver.Readable > 0) && (Flags & SocketFlags.AnyTimestamp) != 0) WriteTimestamp(ref writer, copied > 0 ? receiver.LastReadArrival : receiver.FirstArrival, ReportsArrival);
        if (Has(SocketFlags.InQueue) && !message.Control.IsEmpty)
        {
            // TCP_INQ: at least one where the end of the stream is (tcp_inq_hint).
            int left = (int)receiver.Available;
            writer.Put(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_INQ, left == 0 && _isDone ? 1 : left);
        }
        Finish(writer, ref message);
    }

    /// <summary>What is said when there is less than the call wants.</summary>
    private CallResult Outcome(int copied)
    {
        if (copied > 0)
        {
            if (HasPendingError || Connection.State == TcpState.Closed || Connection.IsReceiveShut || Connection.Receiver.IsAtMark) return copied;
            return StackErrno.MustWait;
        }
        if (_isDone && Connection.Receiver.Readable == 0) return 0;
        if (HasPendingError) return TakeError();
        if (Connection.IsReceiveShut) return 0;
        // Never connected: recv says so, where a connection that ended reads as its end.
        if (Connection.State == TcpState.Closed) return Errno.ENOTCONN;
        return StackErrno.MustWait;
    }

    private int TakeAndAcknowledge(ref ReceiveMessage message, int done, int room, MessageFlags flags)
    {
        int taken = Take(ref message, done, room, flags);
        if (taken == 0) return 0;
        // What is gone from the front need not be passed over any more (Linux sk_peek_offset_bwd).
        if (PeekOffset > 0) PeekOffset = Math.Max(PeekOffset - taken, 0);
        Connection.Receiver.AcknowledgeAfterRead(taken);
        return taken;
    }

    private int Take(ref ReceiveMessage message, int done, int room, MessageFlags flags)
    {
        TcpReceiver receiver = Connection.Receiver;
        bool isInline = Has(SocketFlags.OutOfBandInline);
        bool discards = (flags & MessageFlags.MSG_TRUNC) != 0;
        if (receiver.Readable == 0) return 0;
        if (discards) return receiver.Read(default, room - done, discard: true, isInline);
        if (message.Vectors.IsEmpty) return receiver.Read(message.Buffer[done..], room - done, discard: false, isInline);
        int copied = 0, passed = 0;
        foreach (Memory<byte> vector in message.Vectors)
        {
            int from = Math.Max(done + copied - passed, 0);
            passed += vector.Length;
            if (from >= vector.Length) continue;
            if (copied > 0 && receiver.IsAtMark) break;
            int taken = receiver.Read(vector.Span[from..], vector.Length - from, discard: false, isInline);
            copied += taken;
            if (from + taken < vector.Length) break;
        }
        return copied;
    }

    private int CountForPeek(int room)
    {
        byte[] scratch = System.Buffers.ArrayPool<byte>.Shared.Rent(Math.Max(room, 1));
        int offset = Math.Max(PeekOffset, 0);
        int count = Connection.Receiver.Peek(offset, scratch.AsSpan(0, room), Has(SocketFlags.OutOfBandInline));
        System.Buffers.ArrayPool<byte>.Shared.Return(scratch);
        if (PeekOffset >= 0) PeekOffset += count;
        return count;
    }

    private int Peek(ref ReceiveMessage message, int room, MessageFlags flags)
    {
        // MSG_TRUNC: how much there is, and none of it.
        if ((flags & MessageFlags.MSG_TRUNC) != 0) return CountForPeek(room);
        TcpReceiver receiver = Connection.Receiver;
        bool isInline = Has(SocketFlags.OutOfBandInline);
        int offset = Math.Max(PeekOffset, 0);
        int copied = 0;
        if (message.Vectors.IsEmpty) copied = receiver.Peek(offset, message.Buffer, isInline);
        else
        {
            foreach (Memory<byte> vector in message.Vectors)
            {
                int taken = receiver.Peek(offset + copied, vector.Span, isInline);
                copied += taken;
                if (taken < vector.Length) break;
            }
        }
        if (PeekOffset >= 0) PeekOffset += copied;
        return copied;
    }

    /// <summary>Linux tcp_recv_urg.</summary>
    private CallResult ReceiveUrgent(ref ReceiveMessage message, MessageFlags flags)
    {
        TcpReceiver receiver = Connection.Receiver;
        if (Has(SocketFlags.OutOfBandInline) || receiver.Urgent is UrgentState.None or UrgentState.Read) return Errno.EINVAL;
        if (Connection.State == TcpState.Closed && !_isDone) return Errno.ENOTCONN;
        if (receiver.Urgent == UrgentState.Valid)
        {
            if ((flags & MessageFlags.MSG_PEEK) == 0) receiver.MarkUrgentRead();
            message.Flags |= MessageFlags.MSG_OOB;
            if (Room(message) == 0)
            {
                message.Flags |= MessageFlags.MSG_TRUNC;
                return 0;
            }
            if ((flags & MessageFlags.MSG_TRUNC) == 0) CopyByte(receiver.UrgentByte, ref message);
            return 1;
        }
        if (Connection.State == TcpState.Closed || Connection.IsReceiveShut) return 0;
        return Errno.EAGAIN;
    }

    /// <summary>A stream can be mapped to be read alone: its pages are those that came.</summary>
    public override Errno Map(int length, out RingMapping? mapping)
    {
        mapping = null;
        return Errno.EPERM;
    }

    /// <inheritdoc/>
    public override CallResult Ioctl(uint request, Span<byte> argument)
    {
        if (request is IoControl.SIOCGSTAMP or IoControl.SIOCGSTAMPNS) return Errno.ENOENT; // a stream notes no packet's arrival (IOCTL-01)
        if (request is not (IoControl.FIONREAD or IoControl.SIOCOUTQ or IoControl.SIOCATMARK or IoControl.SIOCOUTQNSD)) return Errno.ENOTTY;
        if (request != IoControl.SIOCATMARK && IsListening) return Errno.EINVAL;
        if (argument.Length < sizeof(int)) return Errno.EFAULT;
        bool isOpening = State is TcpState.SynSent or TcpState.SynReceived;
        int answer = request switch
        {
            IoControl.SIOCATMARK => Connection.Receiver.IsAtMark ? 1 : 0,
            _ when isOpening => 0,
            IoControl.FIONREAD => Inquire(),
            IoControl.SIOCOUTQ => Unacknowledged,
            _ => Unsent,
        };
        BinaryPrimitives.WriteInt32LittleEndian(argument, answer);
        return 0;
    }

    /// <summary>Bytes to read, up to the urgent one (Linux tcp_inq).</summary>
    private int Inquire()
    {
        TcpReceiver receiver = Connection.Receiver;
        if (Has(SocketFlags.OutOfBandInline) || receiver.Urgent == UrgentState.None || SequenceNumber.Before(receiver.UrgentSeq, receiver.CopiedSeq)
            || !SequenceNumber.Before(receiver.UrgentSeq, receiver.RcvNxt))
            return receiver.Readable;
        return (int)(receiver.UrgentSeq - receiver.CopiedSeq);
    }
}
