namespace Slipway.Stack;

/// <summary>
/// The lock of a loop: one interlocked word when nobody contends, some spinning and then sleep when somebody does. The
/// holder does little (a packet, a timer), so spinning usually wins. The class library's
/// Lock does more (it knows its owner, which the loop must know anyway) and makes an entry cost about twice as much.
/// </summary>
/// <remarks>
/// Word: 0 free; 1 held; 2 held and a thread may sleep. Who has slept takes the lock with 2, because others may still sleep, so
/// that each release wakes the next one (the futex mutex of Drepper's "Futexes Are Tricky", with an auto-reset signal for the futex).
/// </remarks>
internal sealed class LoopLock
{
    private const int Free = 0, Held = 1, Contended = 2;
    private const int Spins = 24;

    private readonly object _gate = new();
    private bool _signal;
    private int _word;

    public bool TryEnter() => Interlocked.CompareExchange(ref _word, Held, Free) == Free;

    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _word, Held, Free) != Free) EnterContended();
    }

    public void Exit()
    {
        if (Interlocked.Exchange(ref _word, Free) == Contended) Wake();
    }

    private void EnterContended()
    {
        var spin = new SpinWait();
        for (int i = 0; i < Spins; i++)
        {
            spin.SpinOnce(sleep1Threshold: -1);
            if (Volatile.Read(ref _word) == Free && TryEnter()) return;
        }
        while (Interlocked.Exchange(ref _word, Contended) != Free) Sleep();
    }

    private void Sleep()
    {
        lock (_gate)
        {
            while (!_signal) Monitor.Wait(_gate);
            _signal = false;
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            _signal = true;
            Monitor.Pulse(_gate);
        }
    }
}
