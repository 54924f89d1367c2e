using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Notes the signals that a process handles, so that a scenario can say which came and that no other did.</summary>
public sealed class SignalLog
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    private readonly HostProcess _waiter;
    private readonly Queue<SignalInfo> _seen = new();

    /// <summary>Handles a signal from now on.</summary>
    /// <param name="host">The process that gets the signal.</param>
    /// <param name="signal">Which one.</param>
    /// <param name="restart">SA_RESTART.</param>
    /// <param name="waiter">The process whose thread plays the scenario; null if it is the same.</param>
    public SignalLog(HostProcess host, Signal signal, bool restart = false, HostProcess? waiter = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        _waiter = waiter ?? host;
        Expect.Success(host.Signals.Handle(signal, Add, restart));
    }

    /// <summary>The next signal; fails if none comes within two seconds.</summary>
    public SignalInfo Next()
    {
        for (TimeSpan waited = TimeSpan.Zero; waited < TimeSpan.FromSeconds(2); waited += Step)
        {
            if (TryTake(out SignalInfo signal)) return signal;
            _waiter.Sleep(Step);
        }
        throw new ExpectationException("no signal came");
    }

    /// <summary>Exactly so many signals are there, after a while in which a late one could have come.</summary>
    public void ExpectCount(int count)
    {
        _waiter.Sleep(4 * Step);
        lock (_seen) Expect.Equal(count, _seen.Count, "signals seen");
    }

    private void Add(SignalInfo signal)
    {
        lock (_seen) _seen.Enqueue(signal);
    }

    private bool TryTake(out SignalInfo signal)
    {
        lock (_seen) return _seen.TryDequeue(out signal);
    }
}
