namespace Slipway.Stack;

/// <summary>A clock that moves only when it is told to, and only forward. A lab sets it to the next event when all are idle.</summary>
/// <param name="origin">The time of day at which the simulation begins.</param>
public sealed class VirtualClock(DateTimeOffset origin) : StackClock
{
    private long _now;

    /// <summary>Starts a simulation at the beginning of the year 2000, so that captures of two runs carry the same time stamps.</summary>
    public VirtualClock() : this(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <inheritdoc/>
    public override long Now => Volatile.Read(ref _now);

    /// <inheritdoc/>
    public override DateTimeOffset WallTime => origin.AddTicks(Now / 100);

    /// <inheritdoc/>
    public override long UnixNanoseconds => (origin.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100 + Now;

    /// <summary>Sets the time to <paramref name="nanoseconds"/> after the start.</summary>
    /// <exception cref="InvalidOperationException">The time lies in the past. Events would be out of order, so nothing may carry on.</exception>
    public void AdvanceTo(long nanoseconds)
    {
        if (nanoseconds < _now) throw new InvalidOperationException($"The clock stands at {_now} ns and cannot go back to {nanoseconds} ns.");
        Volatile.Write(ref _now, nanoseconds);
    }

    /// <summary>Moves the time on.</summary>
    /// <exception cref="InvalidOperationException">The span is negative.</exception>
    public void Advance(TimeSpan span) => AdvanceTo(checked(_now + ToNanoseconds(span)));
}
