using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// One waiting call of one thread: what it waits for, until when, and why it was woken. Reused by the calls of a process, so waiting allocates nothing.
/// </summary>
/// <remarks>
/// The waiting thread registers it while owning the loop, leaves, and has its <see cref="Blocker"/> block. A socket that becomes ready, the timer or a
/// signal sets the reason while owning the loop; the blocker's Wake runs once the loop has been left.
/// </remarks>
public sealed class BlockedCall : LoopCompletion
{
    private readonly StackLoop _loop;
    private readonly Blocker _blocker;
    private readonly StackTimer<BlockedCall> _timer;
    private readonly CallWaiter _first;
    private CallWaiter[] _more = [];
    private int _moreUsed;
    private long _deadline = long.MaxValue;
    private bool _active;
    private volatile WakeReason _reason;

    internal BlockedCall(StackLoop loop, Blocker blocker)
    {
        _loop = loop;
        _blocker = blocker;
        _timer = new StackTimer<BlockedCall>(loop, static call => call.Wake(WakeReason.TimedOut), this);
        _first = new CallWaiter(this);
    }

    /// <summary>Whether the wait is over. Any thread may ask.</summary>
    public bool IsWoken => _reason != WakeReason.None;

    /// <summary>Which call it is, for reports: <c>recv</c>, <c>poll</c>.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>For the blocker: the thread that waits, or whatever it keeps for a wait.</summary>
    public object? Tag { get; set; }

    /// <summary>Where the thread sleeps; it stays with the call when that is used again.</summary>
    internal IThreadGate? Gate { get; set; }

    /// <summary>Why it was woken. One that became ready when its time was over too is late if it must wait on: its timer has fired and will not again.</summary>
    internal WakeReason Reason => _reason == WakeReason.Ready && _deadline <= _loop.Now ? WakeReason.TimedOut : _reason;

    /// <summary>The next in the list of calls that nobody uses.</summary>
    internal BlockedCall? NextFree { get; set; }

    /// <summary>
    /// A signal has come for the waiting thread: the call fails with EINTR, unless <paramref name="restart"/> (SA_RESTART) and Linux lets this call go on (signal(7)). Nothing
    /// happens if the wait is over already. Any thread may call it, between the start and the end of <see cref="Blocker.Block"/>.
    /// </summary>
    public void Interrupt(bool restart)
    {
        using (_loop.Enter()) Wake(restart ? WakeReason.InterruptedRestart : WakeReason.Interrupted);
    }

    /// <inheritdoc/>
    protected internal override void Run() => _blocker.Wake(this);

    /// <summary>Sets the reason, if there is none yet. Owner only.</summary>
    internal void Wake(WakeReason reason)
    {
        if (!_active || _reason != WakeReason.None) return;
        _reason = reason;
        _loop.Complete(this);
    }

    /// <summary>Starts a wait. Owner only.</summary>
    /// <param name="deadline">Nanoseconds of the loop's clock; <see cref="long.MaxValue"/> for none.</param>
    internal void Begin(long deadline)
    {
        _active = true;
        _reason = WakeReason.None;
        _deadline = deadline;
        if (deadline != long.MaxValue) _timer.Arm(deadline);
    }

    /// <summary>Waits for events of one more file, which stays open meanwhile even if its descriptors are closed (close(2)). Owner only.</summary>
    internal void Watch(OpenFile file, PollEvents events)
    {
        file.AddReference();
        CallWaiter waiter = _first;
        if (waiter.File is not null)
        {
            if (_moreUsed == _more.Length) GrowWaiters();
            waiter = _more[_moreUsed++];
        }
        file.AddWaiter(waiter, events);
    }

    /// <summary>Waits on, for the same files and until the same time. Owner only.</summary>
    internal void Again() => _reason = WakeReason.None;

    /// <summary>Ends the wait, and gives back the references to the files. Owner only.</summary>
    internal void End()
    {
        _active = false;
        _timer.Cancel();
        EndWaiter(_first);
        for (int i = 0; i < _moreUsed; i++) EndWaiter(_more[i]);
        _moreUsed = 0;
        Tag = null;
    }

    private static void EndWaiter(CallWaiter waiter)
    {
        if (waiter.File is not { } file) return;
        waiter.Remove();
        file.Release();
    }

    private void GrowWaiters()
    {
        int old = _more.Length;
        Array.Resize(ref _more, Math.Max(4, old * 2));
        for (int i = old; i < _more.Length; i++) _more[i] = new CallWaiter(this);
    }

    private sealed class CallWaiter(BlockedCall call) : FileWaiter
    {
        internal override void Signal(PollEvents events) => call.Wake(WakeReason.Ready);
    }
}
