using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>
/// Lets one thread wait until another says go, by futex(2): several times cheaper than the class library's primitives when the thread really has to sleep.
/// </summary>
/// <remarks>
/// A gate holds at most one signal, which one wait takes. <see cref="Set"/> may come from any thread, before the wait or during it; only one thread at a time may wait.
/// Signals do not end a wait.
/// </remarks>
public sealed unsafe class FutexGate : IThreadGate
{
    private const int Empty = 0, Signalled = 1, Waiting = 2;
    private const int FutexWaitPrivate = 0 | 128, FutexWakePrivate = 1 | 128;

    private static readonly nint s_futex = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    // On the pinned heap: the kernel keeps the address while a thread waits.
    private readonly int[] _word = GC.AllocateArray<int>(1, pinned: true);

    private ref int State => ref MemoryMarshal.GetArrayDataReference(_word);

    /// <summary>Opens the gate for one wait. A gate that is open already stays so.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref State, Signalled) == Waiting) _ = Libc.SystemCall(s_futex, Address, FutexWakePrivate, 1, 0, 0, 0);
    }

    /// <inheritdoc/>
    public void Wait() => Wait(0);

    /// <summary>Waits until the gate is open, and closes it.</summary>
    /// <param name="spins">How often to look before the thread sleeps.</param>
    public void Wait(int spins)
    {
        Spin(spins);
        while (!SleepOnce(null))
        {
        }
    }

    /// <summary>Waits until the gate is open, and closes it, or until the time is up.</summary>
    /// <returns>Whether it was opened.</returns>
    public bool Wait(TimeSpan limit, int spins = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero);
        long begin = TimeProvider.System.GetTimestamp();
        Spin(spins);
        for (TimeSpan left = limit; left > TimeSpan.Zero; left = limit - TimeProvider.System.GetElapsedTime(begin))
            if (SleepOnce(left)) return true;
        return Take();
    }

    private nint Address => (nint)Unsafe.AsPointer(ref State);

    private void Spin(int spins)
    {
        for (int i = 0; i < spins && Volatile.Read(ref State) != Signalled; i++) Thread.SpinWait(1);
    }

    /// <summary>Sleeps at most once: until opened, until the limit, or for no reason at all (futex(2) allows that, and signals do it).</summary>
    /// <returns>Whether the gate was open.</returns>
    private bool SleepOnce(TimeSpan? limit)
    {
        if (Interlocked.CompareExchange(ref State, Waiting, Empty) == Signalled) return Take();
        TimeSpecification time = default;
        if (limit is { } span)
        {
            time.Seconds = span.Ticks / TimeSpan.TicksPerSecond;
            time.Nanoseconds = span.Ticks % TimeSpan.TicksPerSecond * 100;
        }
        _ = Libc.SystemCall(s_futex, Address, FutexWaitPrivate, Waiting, limit is null ? 0 : (nint)(&time), 0, 0);
        return Take();
    }

    // Closes the gate behind the one who waited; nobody waits now.
    private bool Take() => Interlocked.Exchange(ref State, Empty) == Signalled;
}
