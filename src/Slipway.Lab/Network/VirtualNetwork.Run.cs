using Slipway.Stack;

namespace Slipway.Lab;

/// <content>Running.</content>
public sealed partial class VirtualNetwork
{
    private readonly List<LabProcess> _endedInRun = [];

    /// <summary>
    /// Runs until every process has ended or waits for ever. In real time with a link to the outside nobody waits for ever: then it runs until the token is cancelled.
    /// </summary>
    /// <param name="cancellationToken">Ends the run early.</param>
    /// <returns>Who ended, and who waits for what.</returns>
    /// <exception cref="ProcessFailedException">A process ended with an exception.</exception>
    /// <exception cref="LabStalledException">A process blocks its thread outside of the lab.</exception>
    public RunResult Run(CancellationToken cancellationToken = default) => RunCore(long.MaxValue, linger: true, until: null, cancellationToken);

    /// <summary>Runs for a time, to the nanosecond. Time passes also when nothing happens.</summary>
    /// <param name="duration">Time of the network.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    public RunResult RunFor(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        long now = Loop.Clock.Now;
        return RunCore(now + Math.Min(StackClock.ToNanoseconds(duration), long.MaxValue - 1 - now), linger: false, until: null, cancellationToken);
    }

    /// <summary>Runs until a condition is met, or nothing more can happen.</summary>
    /// <param name="condition">Asked before each turn of a thread and each step of the clock. It must only look.</param>
    /// <param name="limit">The longest time to run; null for no limit.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    /// <returns><see cref="RunResult.End"/> tells whether it was met.</returns>
    public RunResult RunUntil(Func<bool> condition, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        long now = Loop.Clock.Now;
        long end = limit is { } span ? now + Math.Min(StackClock.ToNanoseconds(span), long.MaxValue - 1 - now) : long.MaxValue;
        return RunCore(end, linger: false, condition, cancellationToken);
    }

    /// <summary>
    /// Runs until nothing at all is pending: no process can run and no timer of any host will fire. What routers repeat for ever does not count; a process that repeats something for ever never gets there.
    /// </summary>
    /// <param name="cancellationToken">Ends the run early.</param>
    public RunResult RunToIdle(CancellationToken cancellationToken = default) => RunCore(long.MaxValue, linger: false, until: null, cancellationToken);

    /// <summary>Has something done at a time of the network, outside of any process: a link cut, a model changed, a process started. What is due at one time is done in the order in which it was scheduled.</summary>
    /// <param name="time">Time since the network was made; a time that has passed means now.</param>
    /// <param name="action">Runs on the thread that runs the network; its exception ends the run.</param>
    public void At(TimeSpan time, Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        var scheduled = new StackTimer<(VirtualNetwork Network, Action Action)>(Loop, static s => s.Network.Scheduler.EnqueueAction(() => s.Network.Do(s.Action)), (this, action));
        using (Loop.Enter())
        {
            Scheduler.ScheduledActions++;
            scheduled.Arm(Math.Max(StackClock.ToNanoseconds(time), Loop.Now));
        }
    }

    /// <summary>As <see cref="Run"/>, but not beyond a time since the start of the network.</summary>
    internal RunResult RunTo(TimeSpan end, CancellationToken cancellationToken)
        => RunCore(Math.Max(StackClock.ToNanoseconds(end), Loop.Clock.Now), linger: true, until: null, cancellationToken);

    internal void ProcessEnded(LabProcess process)
    {
        _endedInRun.Add(process);
        if (process.Failure is { } failure && _options.ThrowOnFailure) Scheduler.Fail(new ProcessFailedException(process, failure, Now));
    }

    private void Do(Action action)
    {
        Scheduler.ScheduledActions--;
        action();
    }

    private RunResult RunCore(long limit, bool linger, Func<bool>? until, CancellationToken cancellationToken)
    {
        Settle();
        _endedInRun.Clear();
        RunEnd end = Scheduler.Run(limit, linger, until, cancellationToken);
        return new RunResult(end, Now, [.. _endedInRun], Waiting());
    }

    private List<WaitingThread> Waiting()
    {
        var waiting = new List<WaitingThread>();
        foreach (LabProcess process in _processes)
        {
            foreach (VirtualThread thread in process.Threads)
            {
                if (thread.IsHelper) continue;
                string what = process.IsStopped ? "SIGCONT" : thread.State == VirtualThreadState.Blocked && !thread.IsQueued ? thread.WaitsFor : "its turn";
                waiting.Add(new WaitingThread(process, thread.Name, what));
            }
        }
        return waiting;
    }
}
