using System.Runtime.InteropServices;

namespace Slipway.Linux;

/// <summary>struct timespec of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpecification
{
    public long Seconds;
    public long Nanoseconds;

    /// <summary>A span of time; below zero it is zero.</summary>
    public static TimeSpecification Of(TimeSpan span)
    {
        long ticks = Math.Max(0, span.Ticks);
        return new TimeSpecification { Seconds = ticks / TimeSpan.TicksPerSecond, Nanoseconds = ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
    }

    /// <summary>The same as a span, to 100 ns.</summary>
    public readonly TimeSpan ToTimeSpan() => TimeSpan.FromTicks(Seconds * TimeSpan.TicksPerSecond + Nanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>A time of the wall clock, for calls that wait until then. What lies before 1970 is 1970: it is over either way.</summary>
    public static TimeSpecification At(DateTimeOffset time)
    {
        long ticks = Math.Max(0, (time - DateTimeOffset.UnixEpoch).Ticks);
        return new TimeSpecification { Seconds = ticks / TimeSpan.TicksPerSecond, Nanoseconds = ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
    }
}
