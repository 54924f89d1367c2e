using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>
/// A child from its start until it is out of the kernel's table. It has a descriptor of pidfd_open(2) that long, and somebody who waits: its owner, or, when that has given
/// it up, this record itself.
/// </summary>
internal sealed class ChildRecord(int id, int descriptor)
{
    private readonly Lock _lock = new();

    // Calls that are using the descriptor, and one for the child not being reaped yet. At 0 it is closed: never under a call, which would then reach another file.
    private int _uses = 1;
    private WaitStatus? _end;
    private bool _over, _abandoned;

    public int Id => id;

    /// <summary>How the child ended, once that is known.</summary>
    public WaitStatus? End
    {
        get
        {
            lock (_lock) return _end;
        }
    }

    /// <summary>waitid(2) for this child. An end that was taken before is told again.</summary>
    public Errno Wait(WaitOptions options, out ChildChange change)
    {
        change = default;
        if (!Enter()) return Ended(options, out change);
        try
        {
            while (true)
            {
                // Looking only, so that of several threads none is left with ECHILD; what is seen is then taken under the lock.
                Errno error = Children.WaitByDescriptor(descriptor, options | WaitOptions.WNOWAIT, out change);
                if (error == Errno.ECHILD) return Lost(options, out change);
                if (error != Errno.None || change.ProcessId == 0 || options.HasFlag(WaitOptions.WNOWAIT)) return error;
                if (Take(options, out change)) return Errno.None;
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Completes when the child has ended and is out of the table.</summary>
    public async ValueTask<WaitStatus> WaitForEndAsync(CancellationToken cancellationToken)
    {
        while (Enter())
        {
            try
            {
                // A descriptor of pidfd_open(2) is readable from the process's end on.
                _ = await ReadinessEngine.WhenReadyAsync(descriptor, PollEvents.POLLIN, cancellationToken);
            }
            finally
            {
                Leave();
            }
            Errno error = Wait(WaitOptions.WNOHANG, out ChildChange change);
            if (error != Errno.None) throw new LinuxCallException(error, $"waitid({id})");
            if (change.ProcessId != 0) return change.Status;
        }
        return End ?? throw new LinuxCallException(Errno.ECHILD, $"waitid({id})");
    }

    /// <summary>pidfd_send_signal(2).</summary>
    public Errno Send(Signal signal)
    {
        if (!Enter()) return Errno.ESRCH;
        try
        {
            return Libc.Status((int)Libc.SystemCall(SystemCalls.PidFdSendSignal, descriptor, (int)signal, 0, 0, 0, 0));
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Nobody will wait for the child any more: it is reaped when it ends, whenever that is.</summary>
    public void Abandon()
    {
        if (Interlocked.Exchange(ref _abandoned, true)) return;
        if (Wait(WaitOptions.WNOHANG, out ChildChange change) == Errno.None && change.ProcessId == 0) _ = ReapAsync();
    }

    private async Task ReapAsync()
    {
        try
        {
            _ = await WaitForEndAsync(CancellationToken.None);
        }
        catch (LinuxCallException failure) when (failure.Errno == Errno.ECHILD)
        {
            // Somebody who waited for any child has it: reaped it is.
        }
    }

    private bool Take(WaitOptions options, out ChildChange change)
    {
        lock (_lock)
        {
            if (_end is { } end)
            {
                change = new ChildChange(id, 0, end);
                return !options.HasFlag(WaitOptions.WNOEXIT);
            }
            Errno error = Children.WaitByDescriptor(descriptor, options | WaitOptions.WNOHANG, out change);
            if (error != Errno.None || change.ProcessId == 0) return false;
            if (change.Status.HasEnded) Finish(change.Status);
            return true;
        }
    }

    private Errno Lost(WaitOptions options, out ChildChange change)
    {
        // Where ends were not asked for, the kernel says ECHILD of a zombie too, which is still to be reaped.
        if (!options.HasFlag(WaitOptions.WNOEXIT))
        {
            lock (_lock) Finish(_end);
        }
        return Ended(options, out change);
    }

    private Errno Ended(WaitOptions options, out ChildChange change)
    {
        bool told = End is not null && !options.HasFlag(WaitOptions.WNOEXIT);
        change = told ? new ChildChange(id, 0, End!.Value) : default;
        return told ? Errno.None : Errno.ECHILD;
    }

    // Under the lock. Drops the use that stands for the child; the caller has one of its own, so the descriptor is not closed here.
    private void Finish(WaitStatus? end)
    {
        if (_over) return;
        _end = end;
        _over = true;
        _uses--;
    }

    private bool Enter()
    {
        lock (_lock)
        {
            if (_over) return false;
            _uses++;
            return true;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_uses > 0) return;
        }
        _ = LinuxSystem.Current.Close(descriptor);
    }
}
