using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>Waiting in real time: for the next deadline of the loop, a thread that was resumed, a packet from outside.</summary>
internal sealed partial class LabScheduler
{
    /// <returns>False if the run has ended.</returns>
    private bool WaitRealTime()
    {
        Loop.RunDue();
        lock (_gate)
        {
            if (_queue.Count > 0 || _actions.Count > 0) return true;
        }
        long? deadline = Loop.NextDeadline;
        long now = Loop.Clock.Now;
        if (!HasOutsideWorld && _linger && LiveProcesses == 0 && ScheduledActions == 0)
        {
            End(RunEnd.ProcessesEnded);
            return false;
        }
        if (deadline is null && !HasOutsideWorld && _limit == long.MaxValue)
        {
            End(RunEnd.Idle);
            return false;
        }
        if (now >= _limit)
        {
            End(RunEnd.TimeReached);
            return false;
        }
        Sleep(Math.Min(deadline ?? long.MaxValue, _limit) - now);
        return true;
    }

    /// <summary>The machine's waits count whole milliseconds, so the rest is yielded through: a link of 100 µs stays one of about 100 µs.</summary>
    private void Sleep(long nanoseconds)
    {
        if (nanoseconds <= 0) return;
        long milliseconds = nanoseconds / StackClock.Millisecond;
        if (milliseconds == 0)
        {
            Thread.Yield();
            return;
        }
        lock (_gate)
        {
            if (_queue.Count > 0 || _actions.Count > 0 || _woken || Cancellation.IsCancellationRequested)
            {
                _woken = false;
                return;
            }
            _sleeping = true;
            Monitor.Wait(_gate, (int)Math.Min(milliseconds, int.MaxValue));
            _sleeping = _woken = false;
        }
    }

    private void WakeSleeper()
    {
        lock (_gate)
        {
            _woken = true;
            if (_sleeping) Monitor.Pulse(_gate);
        }
    }
}
