using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>send, write and their kin (Linux tcp_sendmsg).</summary>
internal sealed partial class TcpSocket
{
    /// <inheritdoc/>
    public override CallResult Send(Caller caller, in SendMessage message, MessageFlags flags, ref int done)
    {
        if ((flags & MessageFlags.MSG_FASTOPEN) != 0 || Connection.IsOpeningDeferred || IsOpenedBySend)
        {
            Errno opening = OpenBySend(message, flags, ref done);
            if (opening != Errno.None) return opening != StackErrno.MustWait && done > 0 ? done : opening;
        }
        Errno error = CheckConnected();
        if (error == StackErrno.MustWait) return done > 0 && (flags & MessageFlags.MSG_DONTWAIT) != 0 ? done : error;
        if (error == Errno.None && (HasPendingError || Connection.IsSendShut)) error = Errno.EPIPE;
        if (error != Errno.None) return done > 0 ? done : Refuse(caller.Process, error, flags);
        TimestampingFlags records = TimestampingFlags.None;
        if (!message.Control.IsEmpty || UncommonIfAny is not null)
        {
            var overrides = new SendOverrides();
            error = overrides.ReadStream(message.Control, this, caller.Process);
            if (error != Errno.None) return done > 0 ? done : error;
            records = RecordsOf(overrides);
        }
        int length = LengthOf(message);
        TcpSender sender = Connection.Sender;
        bool isOutOfBand = (flags & MessageFlags.MSG_OOB) != 0;
        bool completes = done == 0 && WantsCompletion(flags, length);
        if (completes && CheckCompletions() is var refused and not Errno.None) return refused;
        if (done == 0) sender.NoteAppLimited();
        bool wantsAll = AppendAll(message, flags, ref done);
        if (completes && done > 0) Complete();
        if (records != 0 && done > 0) MarkForStamps(records);
        if (!wantsAll) _wantsSpace = true;
        if (length > 0 && done > 0 && (isOutOfBand || sender.Queue.FirstUnsent is not null))
            sender.FinishWrite(wantsAll ? flags : flags & ~(MessageFlags.MSG_MORE | MessageFlags.MSG_OOB));
        if (wantsAll) return length;
        if (done > 0 && (flags & MessageFlags.MSG_DONTWAIT) != 0) return done;
        return StackErrno.MustWait;
    }

    /// <returns>Whether all of it is queued.</returns>
    private bool AppendAll(in SendMessage message, MessageFlags flags, ref int done)
    {
        TcpSender sender = Connection.Sender;
        if (message.Vectors.IsEmpty)
        {
            done += sender.Append(message.Buffer[done..], flags);
            return done == message.Buffer.Length;
        }
        int passed = 0;
        foreach (ReadOnlyMemory<byte> vector in message.Vectors)
        {
            int from = Math.Max(done - passed, 0);
            passed += vector.Length;
            if (from >= vector.Length) continue;
            ReadOnlySpan<byte> bytes = vector.Span[from..];
            int taken = sender.Append(bytes, flags);
            done += taken;
            if (taken < bytes.Length) return false;
        }
        return true;
    }

    /// <summary>Data may be sent from ESTABLISHED and CLOSE_WAIT; in the handshake the call waits.</summary>
    private Errno CheckConnected()
    {
        switch (State)
        {
            case TcpState.Established or TcpState.CloseWait:
            case TcpState.SynReceived when Connection.IsOpenEarly:
                return Errno.None;
            case TcpState.SynSent or TcpState.SynReceived:
                return HasPendingError ? TakeError() : StackErrno.MustWait;
            default:
                Errno error = TakeError();
                return error == Errno.None ? Errno.EPIPE : error;
        }
    }

    /// <summary>EPIPE comes with SIGPIPE, unless a pending error explains more (Linux sk_stream_error).</summary>
    private Errno Refuse(ProcessContext caller, Errno error, MessageFlags flags)
    {
        if (error == Errno.EPIPE && TakeError() is var pending and not Errno.None) error = pending;
        if (error == Errno.EPIPE && (flags & MessageFlags.MSG_NOSIGNAL) == 0)
            caller.Deliver(caller.ProcessId, new SignalInfo(Signal.SIGPIPE, 0, 0, PollEvents.None, 0), caller.UserId);
        return error;
    }
}
