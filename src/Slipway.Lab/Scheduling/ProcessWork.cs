namespace Slipway.Lab;

/// <summary>
/// What a process has to run besides its blocking threads: continuations of its async code, and callbacks of its timers, in the order in which they came. The main thread runs them if
/// the program is async, otherwise a thread that is started for the first of them.
/// </summary>
internal sealed class ProcessWork(LabProcess process)
{
    private readonly Queue<Item> _items = new();
    private VirtualThread? _pump;

    /// <summary>Queues a continuation, to run in the process's synchronization context. Any thread may call this.</summary>
    public void Post(SendOrPostCallback callback, object? state) => Add(new Item(callback, state, Bare: false));

    /// <summary>
    /// Queues the completion of something, to run without a synchronization context: code that awaited it with ConfigureAwait(false) then goes on right there, on the lab's
    /// thread, where otherwise the runtime would send it to the thread pool.
    /// </summary>
    public void PostBare(SendOrPostCallback callback, object? state) => Add(new Item(callback, state, Bare: true));

    /// <summary>Runs work on the calling virtual thread until <paramref name="task"/> is complete.</summary>
    public void RunUntil(Task task)
    {
        VirtualThread self = VirtualThread.Current!;
        _pump = self;
        // The continuation does nothing: posting it is what resumes this thread.
        task.ConfigureAwait(true).GetAwaiter().UnsafeOnCompleted(static () => { });
        while (!task.IsCompleted)
        {
            process.CheckSignals(self);
            // A handler, or the work itself, may have completed the task right here.
            if (!RunOne() && !task.IsCompleted) self.Suspend("await");
        }
        _pump = null;
    }

    private void RunForEver()
    {
        VirtualThread self = VirtualThread.Current!;
        while (true)
        {
            process.CheckSignals(self);
            if (!RunOne()) self.Suspend("async work");
        }
    }

    private void Add(Item item)
    {
        lock (_items) _items.Enqueue(item);
        if (process.HasEnded) return;
        process.Network.Scheduler.CheckCaller(process);
        VirtualThread? pump = Volatile.Read(ref _pump);
        if (pump is null)
        {
            VirtualThread created = process.CreateThread("async", RunForEver, isHelper: true);
            pump = Interlocked.CompareExchange(ref _pump, created, null) ?? created;
        }
        pump.Resume();
    }

    private bool RunOne()
    {
        Item item;
        lock (_items)
        {
            if (!_items.TryDequeue(out item)) return false;
        }
        if (item.Bare) RunBare(item);
        else RunInContext(item);
        return true;
    }

    /// <summary>As a task of the process's scheduler, so that what the code starts by ContinueWith and TaskFactory stays here as well.</summary>
    private void RunInContext(in Item item)
    {
        var task = new Task(static state => ((Item)state!).Run(), item, CancellationToken.None, TaskCreationOptions.DenyChildAttach);
        task.RunSynchronously(process.Scheduler);
        task.GetAwaiter().GetResult();
    }

    private void RunBare(in Item item)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            item.Run();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(process.SynchronizationContext);
        }
    }

    private readonly record struct Item(SendOrPostCallback Callback, object? State, bool Bare)
    {
        public void Run() => Callback(State);
    }
}
