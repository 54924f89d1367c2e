using Slipway.Stack;

namespace Slipway.Bench;

/// <summary>Timers armed anew before they expire, as a busy connection does with its own, among very many that are pending.</summary>
internal sealed class TimerArming : IWorkload
{
    private const int Pending = 100_000;

    private readonly StackLoop _loop = new(new VirtualClock());
    private readonly StackTimer[] _timers;
    private int _next;

    /// <summary>Arms all timers once.</summary>
    public TimerArming()
    {
        using (_loop.Enter())
        {
            _timers = [.. Enumerable.Range(0, Pending).Select(_ => new StackTimer<int>(_loop, static _ => { }, 0))];
            foreach (StackTimer timer in _timers) Arm(timer);
        }
    }

    /// <inheritdoc/>
    public void Run(int operations)
    {
        using (_loop.Enter())
        {
            for (int i = 0; i < operations; i++) Arm(_timers[_next]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // Deadlines a little apart, a fifth of a second to one second ahead.
    private void Arm(StackTimer timer)
    {
        timer.Arm(_loop.Now + 200 * StackClock.Millisecond + _next % 800 * StackClock.Millisecond);
        _next = (_next + 7919) % Pending;
    }
}
