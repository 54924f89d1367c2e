using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>How a timer is set (struct itimerspec, struct itimerval).</summary>
/// <param name="Left">The time until it runs out; zero: it does not run.</param>
/// <param name="Interval">The time between that and the next, and so on; zero: it runs out once.</param>
public readonly record struct TimerSetting(TimeSpan Left, TimeSpan Interval = default)
{
    /// <summary>A timer that does not run.</summary>
    public static TimerSetting Off => default;

    /// <summary>Every so often, the first time after as long.</summary>
    public static TimerSetting Every(TimeSpan interval) => new(interval, interval);

    internal static Errno Set(nint call, nint which, nint flags, TimerSetting wanted, out TimerSetting before)
    {
        Raw next = new() { Interval = TimeSpecification.Of(wanted.Interval), Left = TimeSpecification.Of(wanted.Left) };
        unsafe
        {
            Raw old = default;
            Errno error = Libc.Status((int)Libc.SystemCall(call, which, flags, (nint)(&next), (nint)(&old), 0, 0));
            before = old.ToSetting();
            return error;
        }
    }

    internal static Errno Get(nint call, nint which, out TimerSetting now)
    {
        unsafe
        {
            Raw raw = default;
            Errno error = Libc.Status((int)Libc.SystemCall(call, which, (nint)(&raw), 0, 0, 0, 0));
            now = raw.ToSetting();
            return error;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Raw
    {
        public TimeSpecification Interval, Left;

        public readonly TimerSetting ToSetting() => new(Left.ToTimeSpan(), Interval.ToTimeSpan());
    }
}
