using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>recv and its kin (Linux unix_stream_read_generic): bytes of several sends run together, but not those of several senders, and never beyond descriptors.</summary>
internal sealed partial class UnixStreamSocket
{
    private const int InQueueType = SocketOptionName.SO_INQ;

    // Of a call that waits for more (MSG_WAITALL): the sender of what it has.
    private UnixCredentials _waitingFor;

    /// <inheritdoc/>
    public override CallResult Receive(Caller caller, ref ReceiveMessage message, MessageFlags flags, ref int done)
    {
        if (State != Phase.Connected) return done > 0 ? done : Errno.EINVAL;
        if (done == 0) message.AddressLength = 0;
        if ((flags & MessageFlags.MSG_OOB) != 0) return ReceiveUrgent(ref message, flags);
        bool isPeek = (flags & MessageFlags.MSG_PEEK) != 0;
        int room = Room(message);
        int target = Math.Max((flags & MessageFlags.MSG_WAITALL) != 0 ? room : Math.Min(ReceiveLowWater, room), 1);
        // The end of the data has no sender: all zeros.
        UnixCredentials credentials = done > 0 ? _waitingFor : default;
        ReadOnlySpan<OpenFile> files = default;
        bool isOver = isPeek
            ? PeekAll(ref message, room, ref done, ref credentials, ref files)
            : TakeAll(ref message, room, ref done, ref credentials, ref files);
        if (!isOver && done < target)
        {
            Errno error = done > 0 && HasPendingError ? Errno.None : TakeError();
            if (error != Errno.None) return error;
            if (!IsReceiveShut && !(done > 0 && HasPendingError))
            {
                _waitingFor = credentials;
                if (done == 0 || (flags & MessageFlags.MSG_DONTWAIT) == 0) return StackErrno.MustWait;
            }
        }
        Tell(caller, ref message, flags, credentials, files);
        return done;
    }

    /// <summary>Control messages of what was received.</summary>
    private void Tell(Caller caller, ref ReceiveMessage message, MessageFlags flags, in UnixCredentials credentials, ReadOnlySpan<OpenFile> files)
    {
        if ((Flags & SocketFlags.AnyUnixMessage) == 0 && !PassesProcess && files.IsEmpty) return;
        var writer = new ControlMessageWriter(message.Control);
        WriteControl(ref writer, caller, ref message, flags, credentials, files);
        if (Has(SocketFlags.InQueue) && !message.Control.IsEmpty) writer.Put(SocketLevel.SOL_SOCKET, InQueueType, QueuedBytes);
        Finish(writer, ref message);
    }

    /// <returns>Whether the call is over, whatever it wanted: the room is full, or what follows is not for it.</returns>
    private bool TakeAll(ref ReceiveMessage message, int room, ref int done, ref UnixCredentials credentials, ref ReadOnlySpan<OpenFile> files)
    {
        while (true)
        {
            int place = Queue.Count == 0 ? None : PassMark(0, isPeek: false, done > 0);
            if (place < 0) return place == Stop;
            ref UnixMessage queued = ref Queue[place];
            if (!JoinSender(queued, done, ref credentials, ref message)) return true;
            int count = Copy(queued.Packet.Span, ref message, done);
            queued.Packet.TrimStart(count);
            done += count;
            QueuedBytes -= count;
            if (PeekOffset > 0) PeekOffset = Math.Max(PeekOffset - count, 0);
            files = TakeFiles(ref queued, isPeek: false);
            if (queued.Packet.Length > 0) return true;
            Discard(place);
            if (!files.IsEmpty || done >= room) return true;
        }
    }

    private bool PeekAll(ref ReceiveMessage message, int room, ref int done, ref UnixCredentials credentials, ref ReadOnlySpan<OpenFile> files)
    {
        int skip = Math.Max(PeekOffset, 0);
        int place = 0;
        done = 0;
        while (place < Queue.Count)
        {
            place = PassMark(place, isPeek: true, done > 0);
            if (place < 0) break;
            while (skip >= Queue[place].Packet.Length)
            {
                skip -= Queue[place].Packet.Length;
                if (++place == Queue.Count) return done > 0;
            }
            ref UnixMessage queued = ref Queue[place];
            if (!JoinSender(queued, done, ref credentials, ref message)) break;
            int count = Copy(queued.Packet.Span[skip..], ref message, done);
            done += count;
            if (PeekOffset >= 0) PeekOffset += count;
            files = TakeFiles(ref queued, isPeek: true);
            skip = 0;
            place++;
            if (!files.IsEmpty || done >= room) return true;
        }
        return done > 0;
    }

    /// <summary>Whether a message may be put to what the call has: it is the first, or nobody asks who sent it, or the same did.</summary>
    private bool JoinSender(in UnixMessage queued, int done, ref UnixCredentials credentials, ref ReceiveMessage message)
    {
        if (done == 0)
        {
            WriteSource(queued.Sender, ref message);
            credentials = queued.ToldCredentials;
            return true;
        }
        return !AsksForSender || queued.ToldCredentials == credentials;
    }
}
