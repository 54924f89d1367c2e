namespace Slipway.Lab;

/// <summary>
/// The right to run, handed from thread to thread. Where two threads answer each other it comes back within microseconds, so a thread that waits looks for a moment
/// before it parks. Where many take turns, looking would only keep a processor busy: a thread that has looked in vain parks at once the next times.
/// </summary>
internal sealed class Baton
{
    private const int None = 0, Given = 1, Parked = 2;

    private const int PauseAfterMiss = 32;

    private readonly object _gate = new();
    private int _state;
    private int _pause;

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
        if (_pause > 0) _pause--;
        else if (Look(spins)) return;
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

    private bool Look(int spins)
    {
        for (int i = 0; i < spins; i++)
        {
            if (TryTake()) return true;
            Thread.SpinWait(8);
        }
        _pause = PauseAfterMiss;
        return false;
    }

    private bool TryTake()
    {
        if (Volatile.Read(ref _state) != Given) return false;
        Volatile.Write(ref _state, None);
        return true;
    }
}
