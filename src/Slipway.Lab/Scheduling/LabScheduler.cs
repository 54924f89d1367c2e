using System.Runtime.ExceptionServices;
using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>
/// Runs the virtual threads of a network, exactly one at a time, in the order in which they became runnable. Who gives up the baton looks itself for the next one
/// and hands over directly; when nobody can run, it moves the clock to the next event. So a thread that waits for a timer or for
/// a packet on its way costs no switch of the machine's threads at all.
/// </summary>
/// <remarks>
/// The thread that called Run (the main thread) gets the baton back when the run is over, and for what must happen there: the actions of the network's own
/// schedule, and failures. Only the holder of the baton touches the state here; the run queue alone has a lock, because with real time other threads
/// (a reader of a TUN device, the thread pool) resume virtual threads.
/// </remarks>
internal sealed partial class LabScheduler : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<VirtualThread> _queue = new();
    private readonly Queue<Action> _actions = new();
    private readonly Stack<LabWorker> _idle = new();
    private readonly List<LabWorker> _workers = [];
    private readonly Baton _main = new();
    private readonly VirtualClock? _clock;

    private ExceptionDispatchInfo? _failure;
    private VirtualThread? _running;
    private Func<bool>? _until;
    private long _limit;
    private RunEnd? _end;
    private bool _inRun;
    private bool _closing;
    private bool _woken;
    private bool _sleeping;
    private long _turns;
    private bool _linger;
    private int _mainThread;

    /// <param name="loop">The loop of all the hosts.</param>
    /// <param name="clock">The clock to move; null if it moves by itself.</param>
    public LabScheduler(StackLoop loop, VirtualClock? clock)
    {
        Loop = loop;
        _clock = clock;
        if (clock is null) loop.DeadlineMoved = WakeSleeper;
    }

    public StackLoop Loop { get; }

    /// <summary>Looks at a baton before a thread parks; see <see cref="Baton.Take(int)"/>.</summary>
    public int Spins { get; } = Environment.ProcessorCount > 1 ? 60 : 0;

    /// <summary>The network is gone: workers end.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether a Run method is under way.</summary>
    public bool IsRunning => _inRun;

    /// <summary>With real time: packets may come from outside, so nobody waits for ever.</summary>
    public bool HasOutsideWorld { get; set; }

    /// <summary>Threads of the machine that exist.</summary>
    public int WorkerCount => _workers.Count;

    /// <summary>Processes that have not ended.</summary>
    public int LiveProcesses { get; set; }

    /// <summary>When the last process ended, in nanoseconds of the clock.</summary>
    public long QuietSince { get; set; }

    /// <summary>Actions of the network's schedule that are still to come.</summary>
    public int ScheduledActions { get; set; }

    /// <summary>How long a run goes on after the last process has ended, in nanoseconds of the clock.</summary>
    public long Linger { get; init; } = 120 * StackClock.Second;

    /// <summary>Ends the run under way at the next turn.</summary>
    private CancellationToken Cancellation { get; set; }

    /// <summary>Queues a thread for a turn. Any thread may call this, owning the loop or not.</summary>
    public void Enqueue(VirtualThread thread)
    {
        lock (_gate)
        {
            if (thread.IsQueued) return;
            thread.IsQueued = true;
            _queue.Enqueue(thread);
            if (_sleeping) Monitor.Pulse(_gate);
        }
    }

    /// <summary>Queues something to be done on the main thread, before the next turn of any virtual thread. Any thread may call this.</summary>
    public void EnqueueAction(Action action)
    {
        lock (_gate)
        {
            _actions.Enqueue(action);
            if (_sleeping) Monitor.Pulse(_gate);
        }
    }

    /// <summary>Simulated time waits for no other thread: what comes from one would come at any time, a different one in each run.</summary>
    public void CheckCaller(LabProcess process)
    {
        if (_clock is null || !_inRun || LabWorker.IsOf(this) || Environment.CurrentManagedThreadId == _mainThread) return;
        EnqueueAction(() => throw new InvalidOperationException($"Process '{process.FullName}' has work that was completed by a thread outside of the lab: Task.Run, ConfigureAwait(false), or real input and output. "
            + "Simulated time cannot wait for it. Use the process's own sockets, Time and Scheduler, or a network in real time."));
    }

    /// <summary>The run ends with this exception. Holder of the baton only.</summary>
    public void Fail(Exception exception) => _failure ??= ExceptionDispatchInfo.Capture(exception);

    /// <summary>Runs virtual threads until something ends the run. Called by the main thread.</summary>
    /// <param name="limit">The clock stops there, in nanoseconds.</param>
    /// <param name="linger">Whether the run ends some time after the last process.</param>
    /// <param name="until">Asked before every turn; true ends the run.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="InvalidOperationException">A run is under way already, or an earlier one has stalled.</exception>
    public RunEnd Run(long limit, bool linger, Func<bool>? until, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(IsClosed, typeof(VirtualNetwork));
        if (_inRun) throw new InvalidOperationException("The network is running already: a process or a scheduled action cannot run it.");
        if (_stalled) throw new InvalidOperationException("An earlier run stalled: the network cannot go on.");
        (_inRun, _limit, _linger, _until, _end, Cancellation) = (true, limit, linger, until, null, cancellation);
        _mainThread = Environment.CurrentManagedThreadId;
        using CancellationTokenRegistration wake = cancellation.UnsafeRegister(static s => ((LabScheduler)s!).WakeSleeper(), this);
        SynchronizationContext? callers = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            while (true)
            {
                if (Pick() is { } next)
                {
                    HandTo(next);
                    AwaitMain();
                }
                RunActions();
                ThrowFailure();
                if (_end is { } end) return end;
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(callers);
            (_inRun, _until, Cancellation) = (false, null, default);
        }
    }

    /// <summary>Called by a virtual thread that cannot go on or that has ended its turn; returns when it has the baton again.</summary>
    public void SwitchFrom(VirtualThread thread)
    {
        VirtualThread? next = Pick();
        if (next == thread)
        {
            _running = thread;
            return;
        }
        if (next is null) _main.Give();
        else HandTo(next);
        thread.Worker!.Baton.Take(Spins);
        _running = thread;
    }

    /// <summary>Called by a worker whose virtual thread has ended. Gives the baton on, or the worker its next thread.</summary>
    /// <returns>Whether the worker has its next thread and the baton; else it is idle.</returns>
    public bool WorkerFinished(LabWorker worker)
    {
        VirtualThread? next = Pick();
        if (next is { Worker: null })
        {
            Assign(worker, next);
            return true;
        }
        _idle.Push(worker);
        if (next is null) _main.Give();
        else HandTo(next);
        return false;
    }

    private void HandTo(VirtualThread thread)
    {
        if (thread.Worker is null)
        {
            if (!_idle.TryPop(out LabWorker? worker)) worker = NewWorker();
            Assign(worker, thread);
        }
        _running = thread;
        thread.Worker!.Baton.Give();
    }

    private void Assign(LabWorker worker, VirtualThread thread)
    {
        thread.Worker = worker;
        worker.Assigned = thread;
        _running = thread;
    }

    private LabWorker NewWorker()
    {
        var worker = new LabWorker(this, _workers.Count + 1);
        _workers.Add(worker);
        worker.Start();
        return worker;
    }

    /// <returns>Who runs next; null for the main thread.</returns>
    private VirtualThread? Pick()
    {
        _running = null;
        _turns++;
        if (_closing) return null;
        try
        {
            return Find();
        }
        catch (Exception e)
        {
            // A failure of the stack itself, or of the caller's condition: it belongs to the caller of Run.
            Fail(e);
            return null;
        }
    }

    private VirtualThread? Find()
    {
        while (true)
        {
            if (_failure is not null) return null;
            if (Cancellation.IsCancellationRequested) return End(RunEnd.Cancelled);
            if (_until is { } until && until()) return End(RunEnd.ConditionMet);
            if (TakeQueued(out VirtualThread? thread)) return thread;
            if (_clock is null ? !WaitRealTime() : !MoveClock()) return null;
        }
    }

    /// <returns>False if nothing is queued. A null thread means the main thread.</returns>
    private bool TakeQueued(out VirtualThread? thread)
    {
        lock (_gate)
        {
            thread = null;
            if (_actions.Count > 0) return true;
            while (_queue.TryDequeue(out thread))
            {
                thread.IsQueued = false;
                if (thread.State == VirtualThreadState.Ended) continue;
                if (thread.Process.ParkIfStopped(thread)) continue;
                return true;
            }
            return false;
        }
    }

    /// <returns>False if the run has ended.</returns>
    private bool MoveClock()
    {
        long? deadline = Loop.NextDeadline;
        (long limit, RunEnd end) = Limit();
        bool isIdle = deadline is null || limit == long.MaxValue && _until is null && OnlyRepeats();
        if (isIdle && (limit == long.MaxValue || end == RunEnd.ProcessesEnded))
        {
            End(RunEnd.Idle);
            return false;
        }
        if (deadline is not { } next || next > limit)
        {
            _clock!.AdvanceTo(Math.Max(limit, _clock.Now));
            End(end);
            return false;
        }
        if (next > _clock!.Now) _clock.AdvanceTo(next);
        Loop.RunDue();
        return true;
    }

    /// <summary>A router that asks every two minutes keeps nobody from waiting for ever.</summary>
    private bool OnlyRepeats()
    {
        using LoopScope scope = Loop.Enter();
        return Loop.HasOnlyPeriodicTimers;
    }

    /// <summary>Where the clock stops, and what that means. Packets may still be on their way when the last process has ended, so the run goes on for a while; but a host that repeats something for ever must not keep it up.</summary>
    private (long Limit, RunEnd End) Limit()
    {
        if (!_linger || LiveProcesses > 0 || ScheduledActions > 0) return (_limit, RunEnd.TimeReached);
        long last = QuietSince + Linger;
        return last < _limit ? (last, RunEnd.ProcessesEnded) : (_limit, RunEnd.TimeReached);
    }

    private VirtualThread? End(RunEnd end)
    {
        _end = end;
        return null;
    }

    private void RunActions()
    {
        while (_failure is null)
        {
            Action? action;
            lock (_gate) _actions.TryDequeue(out action);
            if (action is null) return;
            action();
        }
    }

    private void ThrowFailure()
    {
        if (_failure is not { } failure) return;
        _failure = null;
        failure.Throw();
    }
}
