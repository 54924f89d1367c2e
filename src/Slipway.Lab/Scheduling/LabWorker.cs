namespace Slipway.Lab;

/// <summary>A thread of the machine that carries virtual threads, one after the other. Idle ones wait for the next, so a server that starts a child for each request starts no thread for it.</summary>
internal sealed class LabWorker
{
    // Programs keep their buffers on the stack (stackalloc); memory is taken from the machine only where it is touched.
    private const int StackBytes = 1 << 20;

    [ThreadStatic]
    private static LabScheduler? s_scheduler;

    private readonly LabScheduler _scheduler;
    private readonly Thread _thread;

    public LabWorker(LabScheduler scheduler, int number)
    {
        _scheduler = scheduler;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = $"slipway lab {number}" };
    }

    /// <summary>Given to this worker when the thread that it carries may run.</summary>
    public Baton Baton { get; } = new();

    /// <summary>What it carries. Written by the holder of the baton.</summary>
    public VirtualThread? Assigned { get; set; }

    /// <summary>Whether the machine's thread sleeps or waits for something that is not the lab's.</summary>
    public bool IsWaitingOutside => (_thread.ThreadState & ThreadState.WaitSleepJoin) != 0;

    /// <summary>Whether the calling thread carries virtual threads of this scheduler.</summary>
    public static bool IsOf(LabScheduler scheduler) => s_scheduler == scheduler;

    public void Start() => _thread.UnsafeStart();

    public void Join() => _thread.Join();

    private void Run()
    {
        s_scheduler = _scheduler;
        ExecutionContext? clean = ExecutionContext.Capture();
        while (true)
        {
            Baton.Take(_scheduler.Spins);
            if (Assigned is not null) Carry(clean);
            if (_scheduler.IsClosed) return;
        }
    }

    private void Carry(ExecutionContext? clean)
    {
        do
        {
            Assigned!.RunBody();
            if (clean is not null) ExecutionContext.Restore(clean);
            Assigned = null;
        }
        // One thread may end and the next begin on this worker without any hand-over. Else the worker is idle, and whoever has the turn now may assign it again at
        // any moment: then the baton says so. To look at Assigned here would run the thread and leave the baton lying, for a second thread to run beside it.
        while (_scheduler.WorkerFinished(this));
    }
}
