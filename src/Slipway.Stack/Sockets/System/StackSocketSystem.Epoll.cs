using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>epoll(7).</summary>
public sealed partial class StackSocketSystem
{
    /// <inheritdoc/>
    public override CallResult EpollCreate(int flags = 0)
    {
        if ((flags & ~FileControl.O_CLOEXEC) != 0) return Errno.EINVAL;
        using (_loop.Enter())
        {
            CallResult result = AddFile(new EpollFile());
            if (result.Succeeded) _table.SetCloseOnExec(result.Value, flags != 0);
            return result;
        }
    }

    /// <inheritdoc/>
    public override Errno EpollControl(int epoll, EpollOperation operation, int descriptor, EpollEntry entry)
    {
        using (_loop.Enter())
        {
            if (!_table.TryGet(epoll, out OpenFile? set) || !_table.TryGet(descriptor, out OpenFile? file)) return Errno.EBADF;
            // What is always ready cannot be watched.
            if (file is NullFile) return Errno.EPERM;
            return set is EpollFile found && set != file ? found.Control(operation, file, descriptor, entry) : Errno.EINVAL;
        }
    }

    /// <inheritdoc/>
    public override CallResult EpollWait(int epoll, Span<EpollEntry> ready, TimeSpan? timeout, SignalSet? mask)
    {
        if (timeout < TimeSpan.Zero) return Errno.EINVAL;
        if (mask is not { } set) return EpollWait(epoll, ready, timeout);
        // A look alone lets no signal through, and what is there goes before signals (ep_poll in fs/eventpoll.c).
        CallResult there = EpollWait(epoll, ready, TimeSpan.Zero);
        if (!there.Succeeded || there.Value > 0 || timeout == TimeSpan.Zero) return there;
        bool handled = _context.EnterMask(set, out SignalSet before);
        try
        {
            return handled ? Errno.EINTR : EpollWait(epoll, ready, timeout);
        }
        finally
        {
            _context.LeaveMask(before);
        }
    }

    /// <inheritdoc/>
    public override CallResult EpollWait(int epoll, Span<EpollEntry> ready, TimeSpan? timeout)
    {
        if (timeout < TimeSpan.Zero) return Errno.EINVAL;
        BlockedCall call;
        EpollFile set;
        using (_loop.Enter())
        {
            if (ready.IsEmpty) return Errno.EINVAL;
            if (!_table.TryGet(epoll, out OpenFile? file)) return Errno.EBADF;
            if (file is not EpollFile found) return Errno.EINVAL;
            set = found;
            int count = set.Collect(ready);
            if (count > 0 || timeout == TimeSpan.Zero) return count;
            call = BeginWait(set, PollEvents.POLLIN, timeout is { } limit ? StackClock.ToNanoseconds(limit) : OpenSocket.Forever);
        }
        while (true)
        {
            Wait(call, "epoll_wait");
            using (_loop.Enter())
            {
                int count = set.Collect(ready);
                // Never restarted after a handler (signal(7)).
                if (count == 0 && KeepWaiting(call, mayRestart: false, StackErrno.MustWait, out _)) continue;
                bool interrupted = count == 0 && call.Reason != WakeReason.TimedOut;
                EndWait(call);
                return interrupted ? Errno.EINTR : count;
            }
        }
    }
}
