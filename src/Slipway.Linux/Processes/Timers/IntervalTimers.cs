using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Setting a process's own three timers (setitimer(2)).</summary>
public static unsafe class IntervalTimers
{
    /// <summary>Sets a timer.</summary>
    /// <param name="timer">Which.</param>
    /// <param name="setting">The time to go, to the microsecond, and the interval; <see cref="TimerSetting.Off"/> stops it.</param>
    /// <returns>How it stood before: what was left.</returns>
    /// <exception cref="LinuxCallException">EINVAL: no such timer.</exception>
    public static TimerSetting Set(IntervalTimer timer, TimerSetting setting)
    {
        TimeValue* values = stackalloc TimeValue[] { Of(setting.Interval), Of(setting.Left), default, default };
        Errno error = Libc.Status((int)Libc.SystemCall(SystemCalls.SetInterval, (nint)timer, (nint)values, (nint)(values + 2), 0, 0, 0));
        return error == Errno.None ? new TimerSetting(From(values[3]), From(values[2])) : throw new LinuxCallException(error, $"setitimer({timer})");
    }

    /// <summary>How a timer stands.</summary>
    /// <exception cref="LinuxCallException">EINVAL: no such timer.</exception>
    public static TimerSetting Get(IntervalTimer timer)
    {
        TimeValue* values = stackalloc TimeValue[2];
        Errno error = Libc.Status((int)Libc.SystemCall(SystemCalls.GetInterval, (nint)timer, (nint)values, 0, 0, 0, 0));
        return error == Errno.None ? new TimerSetting(From(values[1]), From(values[0])) : throw new LinuxCallException(error, $"getitimer({timer})");
    }

    // A time below a microsecond is one: zero would stop the timer.
    private static TimeValue Of(TimeSpan span)
    {
        long microseconds = (Math.Max(0, span.Ticks) + TimeSpan.TicksPerMicrosecond - 1) / TimeSpan.TicksPerMicrosecond;
        return new TimeValue { Seconds = microseconds / 1_000_000, Microseconds = microseconds % 1_000_000 };
    }

    private static TimeSpan From(TimeValue value) => TimeSpan.FromTicks(value.Seconds * TimeSpan.TicksPerSecond + value.Microseconds * TimeSpan.TicksPerMicrosecond);
}
