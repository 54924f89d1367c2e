namespace Slipway.Sockets;

/// <summary>A set of signals, as the kernel has it: sigset_t with its 64 signals (sigsetops(3)).</summary>
/// <param name="Bits">Bit n - 1 is signal n.</param>
public readonly record struct SignalSet(ulong Bits)
{
    /// <summary>sigemptyset(3): no signal.</summary>
    public static SignalSet Empty => default;

    /// <summary>The set of these signals.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is not in 1 to 64.</exception>
    public static SignalSet Of(params ReadOnlySpan<Signal> signals)
    {
        SignalSet set = default;
        foreach (Signal signal in signals) set = set.With(signal);
        return set;
    }

    /// <summary>sigaddset(3): this set and one more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The signal is not in 1 to 64.</exception>
    public SignalSet With(Signal signal) => new(Bits | Bit(signal));

    /// <summary>sigdelset(3): this set without one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The signal is not in 1 to 64.</exception>
    public SignalSet Without(Signal signal) => new(Bits & ~Bit(signal));

    /// <summary>sigismember(3). False for a number that is no signal.</summary>
    public bool Contains(Signal signal) => signal is >= (Signal)1 and <= (Signal)64 && (Bits & Bit(signal)) != 0;

    private static ulong Bit(Signal signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((int)signal, 1, nameof(signal));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)signal, 64, nameof(signal));
        return 1UL << ((int)signal - 1);
    }
}
