namespace Slipway.Stack;

/// <summary>
/// The time of a loop. Protocol code never reads a clock of the machine; it gets this one's time through its
/// <see cref="StackLoop"/>, so a simulation and a real host run the same code.
/// </summary>
public abstract class StackClock
{
    /// <summary>Nanoseconds in one second.</summary>
    public const long Second = 1_000_000_000;

    /// <summary>Nanoseconds in one millisecond.</summary>
    public const long Millisecond = 1_000_000;

    /// <summary>Nanoseconds in one microsecond.</summary>
    public const long Microsecond = 1_000;

    /// <summary>Nanoseconds of a tick of a kernel at its usual 250 a second: what it waits at least where a protocol waits for one.</summary>
    internal const long KernelTick = 4 * Millisecond;

    /// <summary>Nanoseconds since the clock was made. Never goes back. May be read by any thread.</summary>
    public abstract long Now { get; }

    /// <summary>The time of day at <see cref="Now"/>, as a program of the host would see it (time stamps of packets, captures).</summary>
    public abstract DateTimeOffset WallTime { get; }

    /// <summary>The time of day in nanoseconds since 1970, as captures note it.</summary>
    public virtual long UnixNanoseconds => (WallTime.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100;

    /// <summary>Whole nanoseconds of a time span; a span too long for 64 bits is the longest there is (292 years).</summary>
    public static long ToNanoseconds(TimeSpan span)
    {
        const long LongestTicks = long.MaxValue / 100;
        return span.Ticks > LongestTicks ? long.MaxValue : span.Ticks < -LongestTicks ? long.MinValue : span.Ticks * 100;
    }

    /// <summary>Nanoseconds as a time span, rounded down to its unit of 100 ns.</summary>
    public static TimeSpan ToTimeSpan(long nanoseconds) => new(nanoseconds / 100);
}
