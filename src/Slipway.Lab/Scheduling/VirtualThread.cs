using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>
/// A thread of a virtual process. It has a thread of the machine for its stack, but runs only while it holds the network's baton: of all virtual threads exactly one runs.
/// </summary>
internal sealed class VirtualThread
{
    [ThreadStatic]
    private static VirtualThread? s_current;

    private readonly Action _body;
    private List<VirtualThread>? _blockedWatchers;
    private List<VirtualThread>? _endWatchers;

    public VirtualThread(LabProcess process, string name, int number, Action body)
    {
        Process = process;
        Name = name;
        _body = body;
        Number = number;
        Scheduler = process.Network.Scheduler;
        SleepTimer = new WaitTimer(this);
    }

    /// <summary>The virtual thread that the calling thread carries; null outside of the lab.</summary>
    public static VirtualThread? Current => s_current;

    public LabScheduler Scheduler { get; }

    public LabProcess Process { get; }

    public string Name { get; }

    /// <summary>1 for the main thread.</summary>
    public int Number { get; }

    /// <summary>It serves async code; the program did not ask for it.</summary>
    public bool IsHelper { get; init; }

    public LabWorker? Worker { get; set; }

    public VirtualThreadState State { get; private set; } = VirtualThreadState.Runnable;

    /// <summary>What it waits for, for the reader of a report: "sleep", "recvfrom".</summary>
    public string WaitsFor { get; private set; } = "";

    /// <summary>Whether it stands in the run queue. Guarded by the scheduler's gate.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Its process has ended: it must unwind.</summary>
    public bool MustEnd { get; set; }

    /// <summary>A handler runs on it.</summary>
    public bool InHandler { get; set; }

    /// <summary>The signals that are held from it (pthread_sigmask(3)). Changed by itself as owner of the loop.</summary>
    public SignalSet Mask { get; set; }

    /// <summary>How many handlers have begun on it.</summary>
    public long HandlersRun { get; set; }

    /// <summary>The socket call that it waits in.</summary>
    public BlockedCall? Call { get; set; }

    /// <summary>A signal with a handler ended the wait.</summary>
    public bool Interrupted { get; set; }

    /// <summary>What ended it, if an exception of the program did.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The failure was thrown at somebody.</summary>
    public bool FailureSeen { get; set; }

    public WaitTimer SleepTimer { get; }

    /// <summary>
    /// Gives up the baton until <see cref="Resume"/>. A resume that came while it ran counts as well, so there may be one too many: callers look whether what they wait for is there.
    /// </summary>
    /// <exception cref="ProcessEndedException">The process has ended meanwhile.</exception>
    public void Suspend(string waitsFor)
    {
        ThrowIfEnded();
        State = VirtualThreadState.Blocked;
        WaitsFor = waitsFor;
        NotifyAll(ref _blockedWatchers);
        Scheduler.SwitchFrom(this);
        State = VirtualThreadState.Running;
        ThrowIfEnded();
    }

    /// <summary>Lets all others that can run go first.</summary>
    public void Yield()
    {
        Scheduler.Enqueue(this);
        State = VirtualThreadState.Runnable;
        Scheduler.SwitchFrom(this);
        State = VirtualThreadState.Running;
        ThrowIfEnded();
    }

    public void ThrowIfEnded()
    {
        if (MustEnd) throw new ProcessEndedException();
    }

    /// <summary>Gives it a turn, behind all who have one coming. Any thread may call this, owning the loop or not.</summary>
    public void Resume() => Scheduler.Enqueue(this);

    /// <summary>Has <paramref name="watcher"/> resumed when this thread blocks or ends.</summary>
    public void WatchBlocked(VirtualThread watcher) => (_blockedWatchers ??= []).Add(watcher);

    /// <summary>Has <paramref name="watcher"/> resumed when this thread ends.</summary>
    public void WatchEnd(VirtualThread watcher) => (_endWatchers ??= []).Add(watcher);

    /// <summary>Runs the program on the worker's thread, to its end.</summary>
    public void RunBody()
    {
        s_current = this;
        SynchronizationContext.SetSynchronizationContext(Process.SynchronizationContext);
        State = VirtualThreadState.Running;
        try
        {
            if (!MustEnd) _body();
        }
        catch (ProcessEndedException) when (MustEnd)
        {
        }
        catch (Exception e)
        {
            Failure = e;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
            Process.ThreadEnded(this);
            State = VirtualThreadState.Ended;
            NotifyAll(ref _blockedWatchers);
            NotifyAll(ref _endWatchers);
            s_current = null;
        }
    }

    /// <summary>Ends a thread that never began.</summary>
    public void Discard()
    {
        State = VirtualThreadState.Ended;
        NotifyAll(ref _blockedWatchers);
        NotifyAll(ref _endWatchers);
    }

    private static void NotifyAll(ref List<VirtualThread>? watchers)
    {
        if (watchers is null) return;
        List<VirtualThread> list = watchers;
        watchers = null;
        foreach (VirtualThread watcher in list) watcher.Resume();
    }
}
