using Slipway.Sockets;

namespace Slipway.Lab;

/// <content>The end of a process.</content>
public sealed partial class LabProcess
{
    // What a shell shows for a program that aborted: an unhandled exception of .NET ends in SIGABRT.
    private const int AbortedStatus = 128 + (int)Signal.SIGABRT;

    private readonly List<VirtualThread> _waiters = [];
    private bool _ending;
    private volatile bool _ended;
    private volatile bool _stopped;
    private readonly List<VirtualThread> _parked = [];
    private readonly List<VirtualThread> _failedThreads = [];

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => _ended;

    /// <summary>The exit code, or 128 plus the number of the signal that killed it (134 after an unhandled exception); null while it lives.</summary>
    public int? ExitStatus { get; private set; }

    /// <summary>The signal that killed it, or <see cref="Signal.None"/>.</summary>
    public Signal KilledBy { get; private set; }

    /// <summary>The exception that ended it, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The parent has seen its end (waitpid), or nobody will.</summary>
    internal bool IsReaped { get; private set; }

    internal LabProcess? Parent => _parent;

    /// <summary>The threads that have not ended, helpers too. Holder of the baton only.</summary>
    internal IReadOnlyList<VirtualThread> Threads => _threads;

    /// <summary>Whether it stands still by SIGSTOP.</summary>
    internal bool IsStopped => _stopped;

    /// <summary>Ends the process: every thread unwinds at its next turn. Any thread may call this.</summary>
    internal void End(int status, Signal signal)
    {
        using (Network.Loop.Enter())
        {
            if (_ending) return;
            _ending = true;
            (ExitStatus, KilledBy) = (status, signal);
            _stopped = false;
            _alarm.Cancel();
            foreach (VirtualThread thread in _threads)
            {
                thread.MustEnd = true;
                thread.Resume();
            }
            if (VirtualThread.Current is { } current && current.Process == this) Context.RequestAttention();
            Unpark();
        }
    }

    /// <summary>Called on a thread that has just ended, still with the baton.</summary>
    internal void ThreadEnded(VirtualThread thread)
    {
        if (thread.Failure is { } failure && (thread == _main || thread.IsHelper)) Fail(failure);
        using (Network.Loop.Enter())
        {
            _threads.Remove(thread);
            if (thread.Failure is not null) _failedThreads.Add(thread);
            if (_threads.Count > 0) return;
        }
        Finish();
    }

    /// <summary>waitpid(2) for this process, from a thread of its parent.</summary>
    internal int WaitFor()
    {
        VirtualThread self = _parent!.CurrentThread("wait for its children");
        while (!_ended)
        {
            _waiters.Add(self);
            self.Suspend($"wait for {Name}");
            self.Process.CheckSignals(self);
        }
        if (!IsReaped) Reap();
        return ExitStatus!.Value;
    }

    internal void Reap()
    {
        using (Network.Loop.Enter())
        {
            IsReaped = true;
            Host.Processes.Remove(this);
            Context.Identity.Reap();
        }
    }

    private void Fail(Exception failure)
    {
        Failure ??= failure;
        End(AbortedStatus, Signal.SIGABRT);
    }

    private void Finish()
    {
        // A thread's exception belongs to who joins it; if nobody did, it must not be lost.
        if (Failure is null && _failedThreads.Find(static thread => !thread.FailureSeen) is { } lost)
        {
            Failure = lost.Failure;
            (ExitStatus, KilledBy) = (AbortedStatus, Signal.SIGABRT);
        }
        Host.CloseSystem(Sockets);
        _out.Complete();
        _error.Complete();
        using (Network.Loop.Enter())
        {
            _ended = true;
            Context.Identity.End();
            LabScheduler.LiveProcesses--;
            LabScheduler.QuietSince = Network.Loop.Now;
            Host.Processes.ReapChildrenOf(this);
            bool wanted = _parent is { _ending: false } parent && !parent.SignalTable.IsIgnoredExplicitly(Signal.SIGCHLD);
            if (!wanted) Reap();
            // CLD_EXITED is 1, CLD_KILLED 2 (sigaction(2)).
            _parent?.Deliver(new SignalInfo(Signal.SIGCHLD, KilledBy == Signal.None ? 1 : 2, 0, PollEvents.None, Id), thread: null);
        }
        foreach (VirtualThread waiter in _waiters) waiter.Resume();
        _waiters.Clear();
        Network.ProcessEnded(this);
    }

    /// <summary>Takes a thread of a process that stands still out of the order of turns. Holder of the baton.</summary>
    internal bool ParkIfStopped(VirtualThread thread)
    {
        if (!_stopped) return false;
        _parked.Add(thread);
        return true;
    }

    private void Unpark()
    {
        _stopped = false;
        foreach (VirtualThread thread in _parked) thread.Resume();
        _parked.Clear();
    }
}
