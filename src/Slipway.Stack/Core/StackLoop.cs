using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Slipway.Stack;

/// <summary>
/// The one owner of protocol state. Whoever calls into a host enters its loop, works to completion, and leaves:
/// <code>
/// using (loop.Enter())
///     host.Work();
/// </code>
/// On the way out, still owning, it drains what the work caused: packets delivered to other hosts of the loop, work that was
/// handed in, timers that are due. Then it releases the loop, and only then runs the completions that were gathered
/// (threads to wake, operations to finish). So no foreign code ever runs inside, and there is no other lock in the stack.
/// </summary>
/// <remarks>
/// Work goes before timers, and after each timer the work that it caused, so events keep the order of cause and effect
/// even if the loop comes late. One drain is bounded (<see cref="DrainLimit"/>): two hosts that answer each other
/// without end and without delay do not hold a thread for ever; what is left makes <see cref="NextDeadline"/> now.
/// </remarks>
public sealed class StackLoop
{
    /// <summary>Pieces of work and timers that one drain runs before it leaves the rest to the next entry.</summary>
    public const int DrainLimit = 65536;

    private const int ClockRefresh = 64;
    private const long NoDeadline = long.MaxValue;
    private const long NotRead = -1;

#if DEBUG
    [ThreadStatic]
    private static StackLoop? t_owned;

#endif
    private readonly LoopLock _lock = new();
    private int _owner;
    private int _depth;
    private long _now = NotRead;
    private long _nextDeadline = NoDeadline;
    private PortDevice? _firstPort;
    private LoopWork? _firstWork, _lastWork;
    private LoopWork? _injected;
    private LoopCompletion? _firstCompletion, _lastCompletion;

    /// <summary>Makes a loop that lives by the given clock.</summary>
    public StackLoop(StackClock clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        Clock = clock;
        Timers = new TimerQueue();
        Packets = new PacketPool(this);
    }

    /// <summary>The clock.</summary>
    public StackClock Clock { get; }

    /// <summary>The packet buffers of this loop's hosts and links.</summary>
    public PacketPool Packets { get; }

    /// <summary>The pending timers.</summary>
    internal TimerQueue Timers { get; }

    /// <summary>
    /// Called after a drain that left an earlier <see cref="NextDeadline"/> than was announced before; the loop has been left. A driver
    /// that sleeps until then must wake up. Set it before the loop is in use.
    /// </summary>
    public Action? DeadlineMoved { get; set; }

    /// <summary>Whether the calling thread owns the loop.</summary>
    public bool IsOwned => Volatile.Read(ref _owner) == Environment.CurrentManagedThreadId;

    /// <summary>
    /// Nanoseconds since the clock's start. Time stands still while one owner works: the clock is read once for an entry,
    /// and anew only in a long drain. Owner only.
    /// </summary>
    public long Now
    {
        get
        {
            AssertOwned();
            return _now >= 0 ? _now : _now = Clock.Now;
        }
    }

    /// <summary>
    /// Whether all that is pending are timers of hosts that repeat something for ever, as the questions of a router, and what each repetition puts off: nobody who waits for something
    /// else will get it. Owner only.
    /// </summary>
    public bool HasOnlyPeriodicTimers
    {
        get
        {
            AssertOwned();
            int armed = 0;
            foreach (StackTimer timer in PeriodicTimers)
            {
                if (timer.IsArmed) armed++;
            }
            // Once nobody repeats anything, what was put off so far happens.
            if (armed == 0) return Timers.IsEmpty;
            foreach (StackTimer timer in RenewedTimers)
            {
                if (timer.IsArmed) armed++;
            }
            return Timers.Count == armed;
        }
    }

    /// <summary>Timers of what repeats for ever; who makes one takes it out again.</summary>
    internal HashSet<StackTimer> PeriodicTimers { get; } = [];

    /// <summary>Timers that what repeats arms anew each time, as the end of what a router's advertisement gave; who makes one takes it out again.</summary>
    internal HashSet<StackTimer> RenewedTimers { get; } = [];

    /// <summary>
    /// When the loop wants to be entered next, in nanoseconds since the clock's start, as of the last time that it was left; null if nothing is
    /// pending. Never later than the first timer; it may be earlier where that timer has been cancelled, and then nothing happens. Any thread may ask.
    /// </summary>
    public long? NextDeadline
    {
        get
        {
            long next = Volatile.Read(ref _nextDeadline);
            return next == NoDeadline ? null : next;
        }
    }

    /// <summary>
    /// Whether packets have come to a port of the loop that no host has seen yet. Where the machine is busy they may wait there longer than a round trip takes. Owner only.
    /// </summary>
    internal bool HasInput
    {
        get
        {
            AssertOwned();
            for (PortDevice? port = _firstPort; port is not null; port = port.NextPort)
                if (port.HasInput) return true;
            return false;
        }
    }

    /// <summary>A port begins to read. Owner only.</summary>
    internal void AddPort(PortDevice port)
    {
        AssertOwned();
        port.NextPort = _firstPort;
        _firstPort = port;
    }

    /// <summary>A port reads no more. Owner only.</summary>
    internal void RemovePort(PortDevice port)
    {
        AssertOwned();
        PortDevice? before = null;
        for (PortDevice? other = _firstPort; other is not null; before = other, other = other.NextPort)
        {
            if (!ReferenceEquals(other, port)) continue;
            if (before is null) _firstPort = port.NextPort;
            else before.NextPort = port.NextPort;
            return;
        }
    }

    /// <summary>Takes the loop, waiting for another thread to leave it. A thread that owns it already enters once more at almost no cost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LoopScope Enter()
    {
        int thread = Environment.CurrentManagedThreadId;
        if (_owner == thread)
        {
            _depth++;
            return new LoopScope(this);
        }
        AssertOwnsNoOther();
        _lock.Enter();
        Own(thread);
        return new LoopScope(this);
    }

    /// <summary>Enters, runs what is due, leaves.</summary>
    public void RunDue()
    {
        using (Enter())
        {
            _now = Clock.Now;
        }
    }

    /// <summary>Queues work behind what is queued already; it runs in the drain. Owner only.</summary>
    public void Post(LoopWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        AssertOwned();
        if (work.Posted) return;
        work.Posted = true;
        if (_lastWork is null) _firstWork = work;
        else _lastWork.NextPosted = work;
        _lastWork = work;
    }

    /// <summary>Queues a completion to run when the loop has been left. Owner only.</summary>
    public void Complete(LoopCompletion completion)
    {
        ArgumentNullException.ThrowIfNull(completion);
        AssertOwned();
        if (!completion.Request()) return;
        if (_lastCompletion is null) _firstCompletion = completion;
        else _lastCompletion.NextCompletion = completion;
        _lastCompletion = completion;
    }

    /// <summary>
    /// Hands work in from any thread without waiting. If nobody owns the loop, the caller enters and runs it; else the owner does
    /// on its way out. Do not call it while owning another loop: use a <see cref="LoopCompletion"/> of that loop for it.
    /// </summary>
    public void Inject(LoopWork work)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (Interlocked.Exchange(ref work.Injected, 1) == 0)
        {
            LoopWork? head = Volatile.Read(ref _injected);
            while (true)
            {
                work.NextInjected = head;
                LoopWork? seen = Interlocked.CompareExchange(ref _injected, work, head);
                if (ReferenceEquals(seen, head)) break;
                head = seen;
            }
        }
        if (!IsOwned && _lock.TryEnter())
        {
            Own(Environment.CurrentManagedThreadId);
            Exit();
        }
    }

    /// <summary>Debug builds: fails if the calling thread does not own the loop.</summary>
    [Conditional("DEBUG")]
    public void AssertOwned() => Debug.Assert(IsOwned, "The calling thread does not own the loop.");

    private void Own(int thread)
    {
        _owner = thread;
#if DEBUG
        t_owned = this;
#endif
    }

    private void Disown()
    {
        _owner = 0;
#if DEBUG
        t_owned = null;
#endif
    }

    /// <summary>Debug builds: two loops must never be owned together, or two threads could wait for each other.</summary>
    [Conditional("DEBUG")]
    private static void AssertOwnsNoOther()
    {
#if DEBUG
        Debug.Assert(t_owned is null, "The calling thread owns another loop.");
#endif
    }

    internal void Exit()
    {
        AssertOwned();
        if (_depth > 0)
        {
            _depth--;
            return;
        }
        try
        {
            LeaveOutermost();
        }
        finally
        {
            // Work handed in between the drain and the release found the loop taken: it is ours to run.
            while (Volatile.Read(ref _injected) is not null && _lock.TryEnter())
            {
                Own(Environment.CurrentManagedThreadId);
                LeaveOutermost();
            }
        }
    }

    private void LeaveOutermost()
    {
        long announced = _nextDeadline;
        try
        {
            Drain();
        }
        finally
        {
            bool earlier = _nextDeadline < announced;
            LoopCompletion? completions = _firstCompletion;
            _firstCompletion = _lastCompletion = null;
            _now = NotRead;
            Disown();
            _lock.Exit();
            if (earlier) DeadlineMoved?.Invoke();
            if (completions is not null) RunCompletions(completions);
        }
    }

    private void Drain()
    {
        long next = NoDeadline;
        try
        {
            if (_firstWork is not null || _injected is not null || IsTimerDue())
            {
                next = Now;
                if (!RunQueues()) return;
            }
            next = Timers.NextDeadline;
        }
        finally
        {
            if (next != _nextDeadline) Volatile.Write(ref _nextDeadline, next);
        }
    }

    /// <summary>
    /// Whether a timer is due. To read a real clock costs more than to enter and leave together, so where a driver watches the deadlines, an entry
    /// that never asked for the time leaves them to it.
    /// </summary>
    private bool IsTimerDue()
        => !Timers.IsEmpty && (_now >= 0 || DeadlineMoved is null) && Timers.NextDeadline <= Now;

    /// <returns>False if the limit was reached with work left.</returns>
    private bool RunQueues()
    {
        for (int budget = DrainLimit; budget > 0; budget--)
        {
            if (_injected is not null) TakeInjected();
            if (_firstWork is not null)
            {
                RunFirstWork();
            }
            else
            {
                StackTimer? timer = Timers.NextDeadline <= Now ? Timers.TakeDue(Now) : null;
                if (timer is null) return true;
                timer.Expire();
            }
            if (budget % ClockRefresh == 0) _now = NotRead;
        }
        return false;
    }

    private void RunFirstWork()
    {
        LoopWork work = _firstWork!;
        _firstWork = work.NextPosted;
        if (_firstWork is null) _lastWork = null;
        work.NextPosted = null;
        work.Posted = false;
        work.Run();
    }

    private void TakeInjected()
    {
        LoopWork? newest = Interlocked.Exchange(ref _injected, null);
        LoopWork? oldest = null;
        while (newest is not null)
        {
            LoopWork? next = newest.NextInjected;
            newest.NextInjected = oldest;
            oldest = newest;
            newest = next;
        }
        while (oldest is not null)
        {
            LoopWork work = oldest;
            oldest = work.NextInjected;
            work.NextInjected = null;
            // Full fence: who finds the mark still set is certain that Run comes after.
            Interlocked.Exchange(ref work.Injected, 0);
            Post(work);
        }
    }

    private static void RunCompletions(LoopCompletion first)
    {
        ExceptionDispatchInfo? failure = null;
        LoopCompletion? completion = first;
        while (completion is not null)
        {
            LoopCompletion? next = completion.NextCompletion;
            completion.NextCompletion = null;
            try
            {
                completion.Dispatch();
            }
            catch (Exception e)
            {
                // The others are owed to other threads; a lost wake-up would hide the failure behind a hang.
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
            completion = next;
        }
        failure?.Throw();
    }
}
