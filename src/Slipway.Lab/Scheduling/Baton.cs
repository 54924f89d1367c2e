namespace Slipway.Lab;

/// <summary>
/// The right to run, handed from thread to thread. A thread that waits for it looks for a moment, because a hand-over usually comes back within microseconds, and then parks.
/// </summary>
internal sealed class Baton
{
    private const int None = 0, Given = 1, Parked = 2;

    private readonly object _gate = new();
    private int _state;

    /// <summary>Gives the baton to the thread that waits, or will wait, here.</summary>
    public void Give()
    {
        if (Interlocked.Exchange(ref _state, Given) != Parked) return;
        lock (_gate) Monitor.Pulse(_gate);
    }

    /// <summary>Waits until it is given.</summary>
    /// <param name="spins">Looks before parking. With one processor, looking only keeps the other from running.</param>
    public void Take(int spins)
    {
        for (int i = 0; i < spins; i++)
        {
            if (TryTake()) return;
            Thread.SpinWait(8);
        }
        lock (_gate)
        {
            if (Interlocked.CompareExchange(ref _state, Parked, None) == None)
                while (Volatile.Read(ref _state) == Parked) Monitor.Wait(_gate);
        }
        Volatile.Write(ref _state, None);
    }

    /// <summary>Waits until it is given, but not longer than the given time of the machine.</summary>
    /// <returns>Whether it was given.</returns>
    public bool Take(TimeSpan limit)
    {
        lock (_gate)
        {
            if (Interlocked.CompareExchange(ref _state, Parked, None) == None)
            {
                while (Volatile.Read(ref _state) == Parked)
                {
                    if (!Monitor.Wait(_gate, limit) && Interlocked.CompareExchange(ref _state, None, Parked) == Parked) return false;
                }
            }
        }
        Volatile.Write(ref _state, None);
        return true;
    }

    private bool TryTake()
    {
        if (Volatile.Read(ref _state) != Given) return false;
        Volatile.Write(ref _state, None);
        return true;
    }
}
