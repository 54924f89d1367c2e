using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// An open file description: what descriptors refer to. It has the status flags, the owner for SIGIO and the list of waiters, and lives until the last descriptor and
/// the last call that uses it are gone (open(2), "Open file descriptions"). All of it belongs to the owner of the loop.
/// </summary>
internal abstract class OpenFile
{
    private int _references = 1;
    private FileWaiter? _firstWaiter, _lastWaiter;

    /// <summary>O_RDWR with O_NONBLOCK, O_ASYNC and the other flags of F_SETFL.</summary>
    public int StatusFlags { get; set; } = FileControl.O_RDWR;

    public bool IsNonBlocking => (StatusFlags & FileControl.O_NONBLOCK) != 0;

    /// <summary>Who gets SIGIO; null until somebody asks for it.</summary>
    public FileOwner? Owner { get; set; }


    /// <summary>Descriptors, waiting calls and messages that refer to it.</summary>
    public int References => _references;

    /// <summary>Whether giving one reference back closes it.</summary>
    public bool IsLastReference => _references == 1;

    public bool HasWaiters => _firstWaiter is not null;

    protected FileWaiter? FirstWaiter => _firstWaiter;

    /// <summary>All events that are there now.</summary>
    public abstract PollEvents Readiness { get; }

    /// <summary>What fstat says.</summary>
    public abstract FileStatus Status { get; }

    public void AddReference() => _references++;

    /// <summary>Gives a reference back; the last one closes.</summary>
    public void Release()
    {
        if (--_references == 0)
        {
            OnClosed();
            // Calls that wait keep it open: those left watch it from a set, which they leave with it.
            while (_firstWaiter is { } left)
            {
                RemoveWaiter(left);
                left.FileClosed();
            }
        }
        else OnReferenceGivenBack();
    }

    public void AddWaiter(FileWaiter waiter, PollEvents events)
    {
        waiter.File = this;
        waiter.Events = events | PollEvents.POLLERR | PollEvents.POLLHUP;
        waiter.Previous = _lastWaiter;
        if (_lastWaiter is null) _firstWaiter = waiter;
        else _lastWaiter.Next = waiter;
        _lastWaiter = waiter;
    }

    /// <summary>Adds a waiter that is told before those that are there, as Linux does but for exclusive ones.</summary>
    public void AddFirstWaiter(FileWaiter waiter, PollEvents events)
    {
        waiter.File = this;
        waiter.Events = events | PollEvents.POLLERR | PollEvents.POLLHUP;
        waiter.Next = _firstWaiter;
        if (_firstWaiter is null) _lastWaiter = waiter;
        else _firstWaiter.Previous = waiter;
        _firstWaiter = waiter;
    }

    public void RemoveWaiter(FileWaiter waiter)
    {
        if (waiter.Previous is null) _firstWaiter = waiter.Next;
        else waiter.Previous.Next = waiter.Next;
        if (waiter.Next is null) _lastWaiter = waiter.Previous;
        else waiter.Next.Previous = waiter.Previous;
        waiter.Previous = waiter.Next = null;
        waiter.File = null;
    }

    /// <summary>Wakes those who wait for any of the events.</summary>
    protected void WakeWaiters(PollEvents events)
    {
        bool isTaken = false;
        for (FileWaiter? waiter = _firstWaiter; waiter is not null;)
        {
            FileWaiter? next = waiter.Next;
            if ((waiter.Events & events) != 0 && !(isTaken && waiter.IsExclusive))
            {
                waiter.Signal(events);
                isTaken |= waiter.IsExclusive && waiter.HasTaken;
            }
            waiter = next;
        }
    }

    /// <summary>A reference is gone, and others are left.</summary>
    protected virtual void OnReferenceGivenBack()
    {
    }

    /// <summary>The last reference is gone.</summary>
    protected virtual void OnClosed()
    {
    }
}
