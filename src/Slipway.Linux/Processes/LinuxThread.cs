using System.Runtime.ExceptionServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A thread of this process that a program started, or the one that runs the program itself. They are known in their order, because a signal for the process interrupts the first that is blocked.</summary>
internal sealed class LinuxThread : ProcessThread, IDisposable
{
    private const long NotPausing = long.MaxValue;

    private static readonly List<LinuxThread> s_threads = [];

    [ThreadStatic]
    private static LinuxThread? s_current;

    private readonly Thread? _thread;
    private readonly ManualResetEventSlim _started = new();
    private ExceptionDispatchInfo? _failure;
    private LinuxThread? _outer;
    private volatile bool _ended;
    private int _id;
    private volatile bool _waitsMasked;

    // The run of a handler after which a pause began, and the last one that interrupted this thread.
    private long _pausedAfter = NotPausing, _interruptedBy;

    private LinuxThread(string? name, Action? body)
    {
        if (body is null)
        {
            Begin();
            return;
        }
        _thread = new Thread(() => Run(body)) { Name = name, IsBackground = true };
    }

    /// <summary>The calling thread, if it is one of the program's.</summary>
    public static LinuxThread? Current => s_current;

    public static LinuxThread Start(string name, Action body)
    {
        var thread = new LinuxThread(name, body);
        thread._thread!.Start();
        thread._started.Wait(); // from here on it has an id, so that it can be interrupted and looked at
        return thread;
    }

    /// <summary>The calling thread becomes one of the program's until it is disposed.</summary>
    public static LinuxThread Adopt() => new(null, null);

    /// <summary>Interrupts the blocked call of the first thread that has one. The kernel, too, interrupts one thread for a signal of the whole process.</summary>
    /// <param name="run">The number of the handler's run, which has ended.</param>
    /// <param name="restart">Whether calls that can go on do so.</param>
    public static void InterruptFirstBlocked(long run, bool restart)
    {
        lock (s_threads)
        {
            // Who waits with a mask of its own may be the only one that the signal is let through for.
            foreach (LinuxThread thread in s_threads)
            {
                if (!thread._waitsMasked || run <= Interlocked.Read(ref thread._pausedAfter)) continue;
                thread.InterruptCall(run, restart);
                return;
            }
            foreach (LinuxThread thread in s_threads)
            {
                long pausedAfter = Interlocked.Read(ref thread._pausedAfter);
                bool blocked = pausedAfter == NotPausing ? ThreadState.Read(thread._id) == ThreadActivity.BlockedInCall : run > pausedAfter;
                if (!blocked) continue;
                thread.InterruptCall(run, restart);
                return;
            }
        }
    }

    /// <summary>The calling thread waits until a handler has returned that began after this call, for a signal of the process that no other thread was interrupted for, or of its own.</summary>
    public static void Pause()
    {
        using LinuxThread? adopted = s_current is null ? Adopt() : null;
        s_current!.WaitForHandler();
    }

    /// <summary>Begins a wait of the calling thread with another mask in place of what the process holds. A handler that runs from now on ends the call that waits, even before it has begun.</summary>
    public static unsafe MaskedWait BeginMaskedWait(SignalSet mask)
    {
        const int Block = 0;
        bool adopted = s_current is null;
        LinuxThread self = s_current ?? Adopt();
        SignalMask interrupts = default, before;
        interrupts.Add(LinuxSignals.Interrupt);
        interrupts.Add(LinuxSignals.RestartingInterrupt);
        _ = Libc.SignalMaskOfThread(Block, &interrupts, &before);
        SignalSet held = LinuxSignals.HeldSet;
        bool handled = LinuxSignals.TakePending(new SignalSet(held.Bits & ~mask.Bits), self);
        if (!handled)
        {
            self._waitsMasked = true;
            Interlocked.Exchange(ref self._pausedAfter, LinuxSignals.LastBegun);
            LinuxSignals.Replace(mask);
        }
        return new MaskedWait(self, adopted, before, before.Without(interrupts), held, handled);
    }

    /// <summary>Takes the old masks back. What came to end the call and found none ends nothing: its native handler does nothing.</summary>
    public unsafe void EndMaskedWait(SignalMask before, SignalSet held)
    {
        const int SetMask = 2;
        LinuxSignals.Replace(held);
        Interlocked.Exchange(ref _pausedAfter, NotPausing);
        _waitsMasked = false;
        _ = Libc.SignalMaskOfThread(SetMask, &before, null);
    }

    public override void Join()
    {
        _thread?.Join();
        _failure?.Throw();
    }

    public override Errno Interrupt(Signal signal) => _ended ? Errno.ESRCH : LinuxSignals.SendTo(this, signal);

    public override void WaitUntilBlocked()
    {
        while (!_ended)
        {
            ThreadActivity activity = ThreadState.Read(_id);
            if (activity is ThreadActivity.BlockedInCall or ThreadActivity.Gone) return;
            Thread.Yield(); // its state is all there is to wait for: the kernel tells nobody that a thread has blocked
        }
    }

    /// <summary>Makes the thread's blocked call end with EINTR, or go on if <paramref name="restart"/> and the call is one that restarts.</summary>
    public void InterruptCall(long run, bool restart)
    {
        for (long before = Interlocked.Read(ref _interruptedBy); run > before;)
        {
            long now = Interlocked.CompareExchange(ref _interruptedBy, run, before);
            if (now == before) break;
            before = now;
        }
        _ = Libc.TgKill(Environment.ProcessId, _id, restart ? LinuxSignals.RestartingInterrupt : LinuxSignals.Interrupt);
    }

    public void Dispose() => End();

    private void Run(Action body)
    {
        Begin();
        try
        {
            body();
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            End();
        }
    }

    // The interrupting signals are blocked but for the wait itself, as with sigsuspend(2): none can come between the look and the wait.
    private unsafe void WaitForHandler()
    {
        const int Block = 0, SetMask = 2;
        SignalMask interrupts = default, before;
        interrupts.Add(LinuxSignals.Interrupt);
        interrupts.Add(LinuxSignals.RestartingInterrupt);
        _ = Libc.SignalMaskOfThread(Block, &interrupts, &before);
        SignalMask waiting = before.Without(interrupts);
        long begun = LinuxSignals.LastBegun;
        // Published before the look: a run that ends after it sees the pause, one that ended before is seen.
        Interlocked.Exchange(ref _pausedAfter, begun);
        if (LinuxSignals.LastReturned <= begun)
            while (Interlocked.Read(ref _interruptedBy) <= begun) _ = Libc.PollWithMask(null, 0, null, &waiting);
        Interlocked.Exchange(ref _pausedAfter, NotPausing);
        _ = Libc.SignalMaskOfThread(SetMask, &before, null);
    }

    private void Begin()
    {
        _outer = s_current;
        s_current = this;
        _id = Libc.GetThreadId();
        lock (s_threads) s_threads.Add(this);
        _started.Set();
    }

    private void End()
    {
        _ended = true;
        s_current = _outer;
        lock (s_threads) s_threads.Remove(this);
    }
}
