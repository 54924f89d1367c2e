using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>
/// The lab's clock as .NET code reads it. Timers made from it (Task.Delay, CancellationTokenSource, PeriodicTimer) fire at exact simulated times, and their callbacks run on a virtual
/// thread of the process that the clock belongs to.
/// </summary>
internal sealed class LabTime(LabScheduler scheduler, LabProcess? process) : TimeProvider
{
    public override long TimestampFrequency => StackClock.Second;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => scheduler.Loop.Clock.WallTime;

    public override long GetTimestamp() => scheduler.Loop.Clock.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new LabTimer(scheduler, process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}
