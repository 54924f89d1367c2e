using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>A timer of <see cref="LabTime"/>.</summary>
internal sealed class LabTimer : ITimer
{
    private readonly LabScheduler _scheduler;
    private readonly LabProcess? _process;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly ExecutionContext? _context;
    private readonly StackTimer<LabTimer> _timer;
    private long _period;
    private bool _disposed;

    public LabTimer(LabScheduler scheduler, LabProcess? process, TimerCallback callback, object? state)
    {
        (_scheduler, _process, _callback, _state) = (scheduler, process, callback, state);
        _context = ExecutionContext.Capture();
        _timer = new StackTimer<LabTimer>(scheduler.Loop, static timer => timer.Expired(), this);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        long due = Nanoseconds(dueTime, nameof(dueTime));
        using (_scheduler.Loop.Enter())
        {
            if (_disposed) return false;
            _period = Nanoseconds(period, nameof(period));
            if (due < 0) _timer.Cancel();
            else _timer.ArmAfter(due);
            return true;
        }
    }

    public void Dispose()
    {
        using (_scheduler.Loop.Enter())
        {
            _disposed = true;
            _timer.Cancel();
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <returns>-1 for never.</returns>
    private static long Nanoseconds(TimeSpan span, string name)
    {
        if (span == Timeout.InfiniteTimeSpan) return -1;
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero, name);
        return StackClock.ToNanoseconds(span);
    }

    private void Expired()
    {
        // A period of zero means once, as for the timers of the machine.
        if (_period > 0) _timer.ArmAfter(_period);
        if (_process is null) _scheduler.EnqueueAction(Fire);
        else _process.Work.PostBare(static state => ((LabTimer)state!).Fire(), this);
    }

    private void Fire()
    {
        if (_disposed) return;
        if (_context is null) _callback(_state);
        else ExecutionContext.Run(_context, static state => ((LabTimer)state!)._callback(((LabTimer)state)._state), this);
    }
}
