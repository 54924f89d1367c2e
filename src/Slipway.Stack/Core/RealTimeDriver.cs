namespace Slipway.Stack;

/// <summary>A thread that enters a loop when its next deadline comes, for loops whose clock runs by itself.</summary>
/// <remarks>
/// The operating system's waits count milliseconds, so it sleeps for the whole ones and yields through the rest: a link
/// of 100 µs stays one of about 100 µs.
/// </remarks>
public sealed class RealTimeDriver : IDisposable
{
    private readonly StackLoop _loop;
    private readonly Action _wake;
    private readonly AutoResetEvent _moved = new(initialState: false);
    private readonly Thread _thread;
    private volatile bool _stopped;

    /// <summary>Starts driving. A loop has one driver.</summary>
    /// <exception cref="InvalidOperationException">The loop has a driver already.</exception>
    public RealTimeDriver(StackLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        if (loop.DeadlineMoved is not null) throw new InvalidOperationException("The loop has a driver already.");
        _loop = loop;
        _wake = () => _moved.Set();
        loop.DeadlineMoved = _wake;
        _thread = new Thread(Run) { IsBackground = true, Name = "slipway timers" };
        _thread.Start();
    }

    /// <summary>Stops the thread and waits for it. Timers that are pending stay pending.</summary>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        _loop.DeadlineMoved = null;
        _moved.Set();
        if (Thread.CurrentThread != _thread) _thread.Join();
        _moved.Dispose();
    }

    private void Run()
    {
        while (!_stopped)
        {
            _loop.RunDue();
            Wait();
        }
    }

    private void Wait()
    {
        while (!_stopped && _loop.NextDeadline is var deadline)
        {
            if (deadline is null)
            {
                _moved.WaitOne();
                continue;
            }
            long left = deadline.Value - _loop.Clock.Now;
            if (left <= 0) return;
            long milliseconds = Math.Min(left / StackClock.Millisecond, int.MaxValue);
            if (milliseconds > 0) _moved.WaitOne((int)milliseconds);
            else Thread.Yield();
        }
    }
}
