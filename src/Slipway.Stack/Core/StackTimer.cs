namespace Slipway.Stack;

/// <summary>
/// A timer of a loop, to derive from or to use as <see cref="StackTimer{TState}"/>. It carries its own links: to arm, arm anew and
/// cancel costs a few nanoseconds and allocates nothing, with any number of timers pending.
/// </summary>
/// <remarks>
/// Timers fire in the order of their deadlines, to the nanosecond, and in the order in which they were armed where
/// deadlines are equal. A deadline that has passed fires at once, in the next drain. When <see cref="OnExpired"/> runs the timer is
/// no longer armed and may be armed again.
/// </remarks>
public abstract class StackTimer
{
    internal const int NotQueued = -1;

    internal StackTimer? Previous, Next;
    internal long When;
    internal int Slot = NotQueued;

    private readonly StackLoop _loop;

    /// <summary>Makes a timer that is not armed.</summary>
    protected StackTimer(StackLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        _loop = loop;
    }

    /// <summary>The loop whose time this is.</summary>
    public StackLoop Loop => _loop;

    /// <summary>Whether it will fire. Owner only.</summary>
    public bool IsArmed => Slot != NotQueued;

    /// <summary>The time for which it was last armed, in nanoseconds of the loop's clock. Owner only.</summary>
    public long Deadline { get; private set; }

    /// <summary>Nanoseconds until it fires, 0 if it is due or not armed. Owner only.</summary>
    public long Remaining => IsArmed ? Math.Max(0, Deadline - _loop.Now) : 0;

    /// <summary>Arms the timer, or arms it anew for another time. Owner only.</summary>
    /// <param name="deadline">Nanoseconds of the loop's clock.</param>
    public void Arm(long deadline)
    {
        _loop.AssertOwned();
        Deadline = deadline;
        _loop.Timers.Arm(this, deadline);
    }

    /// <summary>Arms the timer, or arms it anew, for a time from now. Owner only.</summary>
    /// <param name="nanoseconds">Nanoseconds from now; beyond the end of time means never within it.</param>
    public void ArmAfter(long nanoseconds)
    {
        long now = _loop.Now;
        Arm(nanoseconds > long.MaxValue - 1 - now ? long.MaxValue - 1 : now + nanoseconds);
    }

    /// <summary>Arms the timer, or arms it anew, for a time from now. Owner only.</summary>
    public void ArmAfter(TimeSpan span) => ArmAfter(StackClock.ToNanoseconds(span));

    /// <summary>Takes the timer back. Owner only.</summary>
    /// <returns>Whether it was armed.</returns>
    public bool Cancel()
    {
        _loop.AssertOwned();
        if (Slot == NotQueued) return false;
        _loop.Timers.Remove(this);
        return true;
    }

    /// <summary>The time has come. The caller owns the loop.</summary>
    protected abstract void OnExpired();

    internal void Expire() => OnExpired();
}

/// <summary>A timer that calls a delegate, best a static one, with its owner.</summary>
/// <typeparam name="TState">What the delegate gets.</typeparam>
public sealed class StackTimer<TState> : StackTimer
{
    private readonly Action<TState> _expired;
    private readonly TState _state;

    /// <summary>Makes a timer that is not armed.</summary>
    /// <param name="loop">The loop whose time this is.</param>
    /// <param name="expired">Called when the time has come, owning the loop.</param>
    /// <param name="state">Passed to it.</param>
    public StackTimer(StackLoop loop, Action<TState> expired, TState state) : base(loop)
    {
        ArgumentNullException.ThrowIfNull(expired);
        _expired = expired;
        _state = state;
    }

    /// <inheritdoc/>
    protected override void OnExpired() => _expired(_state);
}
