using System.Diagnostics;
using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>The end of the network's threads, and the watch over those that hold the baton without ever giving it on.</summary>
internal sealed partial class LabScheduler
{
    private bool _stalled;

    /// <summary>Time of the machine after which a thread that blocks outside of the lab ends the run.</summary>
    public TimeSpan StallLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Unwinds every virtual thread and ends all threads of the machine.</summary>
    public void Dispose()
    {
        if (IsClosed) return;
        if (_inRun) throw new InvalidOperationException("The network is running: a process or a scheduled action cannot dispose of it.");
        _closing = true;
        IsClosed = true;
        Loop.DeadlineMoved = null;
        foreach (LabWorker worker in _workers)
        {
            if (worker.Assigned == _running && _stalled) continue;
            worker.Baton.Give();
            if (worker.Assigned is not null) _main.Take(spins: 0);
            worker.Join();
        }
        _workers.Clear();
    }

    /// <summary>The main thread waits for the baton, and looks now and then whether anything moves.</summary>
    private void AwaitMain()
    {
        long seen = -1;
        int still = 0;
        const int Samples = 10;
        while (!_main.Take(StallLimit / Samples))
        {
            // The clock of a real-time run stands still for no one; a thread that sleeps for it in SwitchFrom runs nothing.
            VirtualThread? thread = _running;
            bool outside = thread is { Worker: { IsWaitingOutside: true } } && !Debugger.IsAttached && seen == _turns;
            still = outside ? still + 1 : 0;
            seen = _turns;
            if (still < Samples) continue;
            _stalled = true;
            throw new LabStalledException($"Process '{thread!.Process.FullName}' (pid {thread.Process.Id}, thread '{thread.Name}') has held the only turn for {StallLimit.TotalSeconds:0.#} s while it waits outside of the lab: "
                + "Thread.Sleep, Task.Wait, Task.Result, a lock, or a task on the thread pool. Use the process's own sockets, Sleep, Time and StartThread, or await.");
        }
    }
}
