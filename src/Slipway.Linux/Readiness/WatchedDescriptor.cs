using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A descriptor number and who waits for it.</summary>
internal sealed class WatchedDescriptor(int descriptor)
{
    private readonly Lock _lock = new();
    private ReadinessWaiter? _first;
    private PollEvents _armed;
    private bool _known;

    public void Enqueue(ReadinessWaiter waiter)
    {
        lock (_lock)
        {
            if (waiter.IsCancelled)
            {
                waiter.CompleteCancelled();
                return;
            }
            Append(waiter);
            PollEvents wanted = _armed | waiter.Events;
            if (wanted == _armed && _armed != PollEvents.None) return;
            Arm(wanted);
        }
    }

    /// <summary>A waiter's token was cancelled, from whatever thread.</summary>
    public void Cancel(ReadinessWaiter waiter)
    {
        lock (_lock)
        {
            waiter.IsCancelled = true; // seen by Enqueue where that has not happened yet
            if (!waiter.IsQueued) return;
            Unlink(waiter);
            waiter.CompleteCancelled();
        }
    }

    /// <summary>epoll reported events, which also disarmed it.</summary>
    public void Reported(PollEvents there)
    {
        lock (_lock)
        {
            _armed = PollEvents.None;
            CompleteSatisfied(there);
            PollEvents wanted = Wanted();
            if (_first is not null) Arm(wanted);
        }
    }

    /// <summary>The number is about to be closed: nobody can begin to wait for it until <see cref="EndClose"/>.</summary>
    public void BeginClose()
    {
        _lock.Enter();
        if (_known) ReadinessEngine.Forget(descriptor);
        _known = false;
        _armed = PollEvents.None;
        CompleteAll(PollEvents.POLLNVAL);
    }

    public void EndClose() => _lock.Exit();

    private void Arm(PollEvents wanted)
    {
        Errno error = ReadinessEngine.Arm(descriptor, _known, wanted);
        if (error == Errno.None)
        {
            _known = true;
            _armed = wanted;
            return;
        }
        _known = false;
        _armed = PollEvents.None;
        // A file without readiness is always ready (epoll_ctl(2), EPERM); else the number is not open any more.
        CompleteAll(error == Errno.EPERM ? wanted & (PollEvents.POLLIN | PollEvents.POLLOUT) : PollEvents.POLLNVAL);
    }

    private PollEvents Wanted()
    {
        PollEvents wanted = PollEvents.None;
        for (ReadinessWaiter? waiter = _first; waiter is not null; waiter = waiter.Next) wanted |= waiter.Events;
        return wanted;
    }

    private void CompleteSatisfied(PollEvents there)
    {
        ReadinessWaiter? waiter = _first;
        while (waiter is not null)
        {
            ReadinessWaiter? next = waiter.Next;
            if (ReadinessEngine.Satisfies(there, waiter.Events))
            {
                Unlink(waiter);
                waiter.Complete(there & (waiter.Events | PollEvents.POLLERR | PollEvents.POLLHUP));
            }
            waiter = next;
        }
    }

    private void CompleteAll(PollEvents there)
    {
        while (_first is { } waiter)
        {
            Unlink(waiter);
            waiter.Complete(there);
        }
    }

    private void Append(ReadinessWaiter waiter)
    {
        waiter.IsQueued = true;
        if (_first is null)
        {
            _first = waiter;
            return;
        }
        ReadinessWaiter last = _first;
        while (last.Next is not null) last = last.Next;
        last.Next = waiter;
    }

    private void Unlink(ReadinessWaiter waiter)
    {
        waiter.IsQueued = false;
        if (_first == waiter)
        {
            _first = waiter.Next;
        }
        else
        {
            ReadinessWaiter before = _first!;
            while (before.Next != waiter) before = before.Next!;
            before.Next = waiter.Next;
        }
        waiter.Next = null;
    }
}
