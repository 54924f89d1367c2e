using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>A stream socket of the local domain. Sending is here; the other parts of the class are receiving and the urgent byte.</summary>
internal sealed partial class UnixStreamSocket(StackHost host, int userId, ulong cookie) : UnixConnectionSocket(host, userId, SocketType.Stream, cookie)
{
    /// <summary>What Linux keeps of half a buffer when it cuts a long write, so that two pieces fit.</summary>
    private const int PieceReserve = 64;

    /// <inheritdoc/>
    public override PollEvents Readiness => base.Readiness | (_hasUrgent ? PollEvents.POLLPRI : PollEvents.None);

    /// <inheritdoc/>
    public override CallResult Send(Caller caller, in SendMessage message, MessageFlags flags, ref int done)
        => Write(caller, message, flags, ref done, hasWaited: false);

    /// <inheritdoc/>
    /// <remarks>A writer that waits while the peer resets the connection gets ECONNRESET; one that comes later finds it shut (EPIPE), and the error stays.</remarks>
    public override CallResult SendOn(Caller caller, in SendMessage message, MessageFlags flags, ref int done)
        => Write(caller, message, flags, ref done, hasWaited: true);

    /// <inheritdoc/>
    protected override UnixConnectionSocket CreateChild() => new UnixStreamSocket(Host, UserId, Host.Unix.NextCookie());

    private CallResult Write(Caller caller, in SendMessage message, MessageFlags flags, ref int done, bool hasWaited)
    {
        Errno error = UnixAncillary.Read(caller, Host, message.Control, out UnixAncillary ancillary);
        int length = LengthOf(message);
        bool isUrgent = (flags & MessageFlags.MSG_OOB) != 0;
        if (error == Errno.None && isUrgent && length == 0) error = Errno.EOPNOTSUPP;
        if (error == Errno.None && !message.Address.IsEmpty) error = State == Phase.Connected ? Errno.EISCONN : Errno.EOPNOTSUPP;
        if (error == Errno.None && Peer is null) error = Errno.ENOTCONN;
        if (error != Errno.None) return done > 0 ? done : error;
        if (IsSendShut && !hasWaited) return Refuse(caller, flags, done, Errno.EPIPE);
        var peer = (UnixStreamSocket)Peer!;
        // The last byte of an urgent send goes alone.
        int plain = isUrgent ? length - 1 : length;
        while (done < length)
        {
            error = TakeError();
            if (error != Errno.None) return done > 0 ? done : error;
            if (IsSendShut) return Refuse(caller, flags, done, Errno.EPIPE);
            if (!HasRoom) return WaitForRoom(flags, done);
            if (peer.IsDead || peer.IsReceiveShut) return Refuse(caller, flags, done, Errno.EPIPE);
            if (!Takes(peer, ancillary)) return done > 0 ? done : Errno.EPERM;
            bool isMark = done == plain;
            int piece = isMark ? 1 : Math.Min(Math.Min(plain - done, (SendBuffer >> 1) - PieceReserve), UnixMemory.LongestPiece);
            var queued = new UnixMessage { Packet = Pack(message, done, piece, UnixMemory.OfPiece(piece)), IsUrgent = isMark };
            Attach(ref queued, ancillary, caller, peer, withRights: done == 0);
            done += piece;
            if (isMark) peer.TakeUrgent();
            peer.Enqueue(queued);
        }
        return length;
    }

    private CallResult WaitForRoom(MessageFlags flags, int done)
    {
        _ = IsWritable; // asks to be told
        return done > 0 && (flags & MessageFlags.MSG_DONTWAIT) != 0 ? done : StackErrno.MustWait;
    }

    private static CallResult Refuse(Caller caller, MessageFlags flags, int done, Errno error)
    {
        if (done > 0) return done;
        ProcessContext process = caller.Process;
        if ((flags & MessageFlags.MSG_NOSIGNAL) == 0) process.Deliver(process.ProcessId, new SignalInfo(Signal.SIGPIPE, 0, 0, PollEvents.None, 0), process.UserId);
        return error;
    }
}
