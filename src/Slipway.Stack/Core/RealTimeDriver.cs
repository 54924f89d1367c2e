namespace Slipway.Stack;

/// <summary>A thread that enters a loop when its next deadline comes, for loops whose clock runs by itself.</summary>
/// <remarks>
/// The operating system's waits count milliseconds. What is due within a moment is waited for by yielding; for all else the thread sleeps a millisecond at least, so a timer may be
/// late by as much, as those of a kernel are.
/// </remarks>
public sealed class RealTimeDriver : IDisposable
{
    private readonly StackLoop _loop;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private bool _moved;

    // Awake, it looks at the deadline before it sleeps: nobody need wake it.
    private long _sleepsUntil = Awake;
    private volatile bool _stopped;

    private const long Awake = long.MinValue;

    /// <summary>Nanoseconds for which it is not worth to sleep.</summary>
    private const long Imminent = 50 * StackClock.Microsecond;

    /// <summary>Starts driving. A loop has one driver.</summary>
    /// <exception cref="ArgumentException">The loop's clock does not run by itself.</exception>
    /// <exception cref="InvalidOperationException">The loop has a driver already.</exception>
    public RealTimeDriver(StackLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        if (loop.Clock is VirtualClock) throw new ArgumentException("A virtual clock moves only when it is told to: who moves it runs the loop.", nameof(loop));
        if (loop.DeadlineMoved is not null) throw new InvalidOperationException("The loop has a driver already.");
        _loop = loop;
        loop.DeadlineMoved = Wake;
        _thread = new Thread(Run) { IsBackground = true, Name = "slipway timers" };
        _thread.Start();
    }

    /// <summary>Stops the thread and waits for it. Timers that are pending stay pending.</summary>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        _loop.DeadlineMoved = null;
        Wake();
        if (Thread.CurrentThread != _thread) _thread.Join();
    }

    private void Run()
    {
        while (!_stopped)
        {
            _loop.RunDue();
            Wait();
        }
    }

    /// <summary>The loop has an earlier deadline: wakes the thread, unless it wakes up before that anyway. To wake it for every segment's timer would cost more than the segment.</summary>
    private void Wake()
    {
        // Who moved the deadline wrote it before; the thread says until when it sleeps before it looks at the deadline once more. One of the two sees the other.
        Interlocked.MemoryBarrier();
        if (!_stopped && (_loop.NextDeadline ?? long.MaxValue) >= Volatile.Read(ref _sleepsUntil)) return;
        lock (_gate)
        {
            _moved = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Wait()
    {
        while (!_stopped)
        {
            long deadline = _loop.NextDeadline ?? long.MaxValue;
            long left = deadline == long.MaxValue ? long.MaxValue : deadline - _loop.Clock.Now;
            if (left <= 0) return;
            // A thread cannot sleep for less than a millisecond; to yield for so long would take the processor from those who work. So a timer may be late by that.
            if (left < Imminent) Thread.Yield();
            else Sleep(deadline, left == long.MaxValue ? Timeout.Infinite : (int)Math.Clamp(left / StackClock.Millisecond, 1, int.MaxValue));
        }
    }

    /// <summary>Sleeps until it is woken, also before it began to sleep.</summary>
    private void Sleep(long deadline, int milliseconds)
    {
        Volatile.Write(ref _sleepsUntil, deadline);
        Interlocked.MemoryBarrier();
        if ((_loop.NextDeadline ?? long.MaxValue) >= deadline)
        {
            lock (_gate)
            {
                if (!_moved) Monitor.Wait(_gate, milliseconds);
                _moved = false;
            }
        }
        Volatile.Write(ref _sleepsUntil, Awake);
    }
}
