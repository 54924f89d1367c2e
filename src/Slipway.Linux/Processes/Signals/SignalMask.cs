using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A sigset_t: bit n - 1 is signal n. The C library's type has 1024 bits, of which the kernel knows 64.</summary>
internal unsafe struct SignalMask
{
    /// <summary>Bytes of the C library's sigset_t.</summary>
    public const int Length = 128;

    private fixed ulong _words[Length / sizeof(ulong)];

    /// <summary>
    /// What an isolated process has blocked on every thread: all but the signals of faults, those that stop and continue, SIGCHLD, SIGWINCH and those of
    /// the terminal, which the runtime handles itself, and the runtime's own real-time signal (34). 32 and 33 belong to the C library; 63 and 64 end blocked calls.
    /// </summary>
    public static SignalMask Taken
    {
        get
        {
            SignalMask mask = default;
            ReadOnlySpan<Signal> standard =
            [
                Signal.SIGABRT, Signal.SIGUSR1, Signal.SIGUSR2, Signal.SIGPIPE, Signal.SIGALRM, Signal.SIGSTKFLT, Signal.SIGURG, Signal.SIGXCPU, Signal.SIGXFSZ,
                Signal.SIGVTALRM, Signal.SIGPROF, Signal.SIGIO, Signal.SIGPWR,
            ];
            foreach (Signal signal in standard) mask.Add((int)signal);
            for (int signal = 35; signal < LinuxSignals.RestartingInterrupt; signal++) mask.Add(signal);
            return mask;
        }
    }

    /// <summary>The kernel's own set.</summary>
    public readonly ulong Bits => _words[0];

    public void Add(int signal) => _words[0] |= 1UL << (signal - 1);

    public void Remove(int signal) => _words[0] &= ~(1UL << (signal - 1));

    /// <summary>What is in both.</summary>
    public readonly SignalMask And(SignalMask other)
    {
        SignalMask both = default;
        both._words[0] = _words[0] & other._words[0];
        return both;
    }

    /// <summary>What is in this set and not in the other.</summary>
    public readonly SignalMask Without(SignalMask other)
    {
        SignalMask rest = default;
        rest._words[0] = _words[0] & ~other._words[0];
        return rest;
    }

    public readonly bool Contains(int signal) => signal is >= 1 and <= 64 && (_words[0] >> (signal - 1) & 1) != 0;

    /// <summary>The signals of the set, the lowest first.</summary>
    public readonly List<Signal> ToList()
    {
        List<Signal> signals = [];
        for (int signal = 1; signal <= 64; signal++)
            if (Contains(signal)) signals.Add((Signal)signal);
        return signals;
    }

    /// <summary>Whether all of the other's signals are in this set.</summary>
    public readonly bool ContainsAll(in SignalMask other) => (_words[0] & other._words[0]) == other._words[0];
}
