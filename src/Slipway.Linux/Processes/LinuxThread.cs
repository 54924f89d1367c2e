using System.Runtime.ExceptionServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A thread of this process that a program started, or the one that runs the program itself. They are known in their order, because a signal for the process interrupts the first that is blocked.</summary>
internal sealed class LinuxThread : ProcessThread, IDisposable
{
    private static readonly List<LinuxThread> s_threads = [];

    private readonly Thread? _thread;
    private readonly ManualResetEventSlim _started = new();
    private ExceptionDispatchInfo? _failure;
    private volatile bool _ended;
    private int _id;

    private LinuxThread(string? name, Action? body)
    {
        if (body is null)
        {
            Begin();
            return;
        }
        _thread = new Thread(() => Run(body)) { Name = name, IsBackground = true };
    }

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
    public static void InterruptFirstBlocked(bool restart)
    {
        lock (s_threads)
        {
            foreach (LinuxThread thread in s_threads)
            {
                if (ThreadState.Read(thread._id) != ThreadActivity.BlockedInCall) continue;
                thread.InterruptCall(restart);
                return;
            }
        }
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
    public void InterruptCall(bool restart)
        => _ = Libc.TgKill(Environment.ProcessId, _id, restart ? LinuxSignals.RestartingInterrupt : LinuxSignals.Interrupt);

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

    private void Begin()
    {
        _id = Libc.GetThreadId();
        lock (s_threads) s_threads.Add(this);
        _started.Set();
    }

    private void End()
    {
        _ended = true;
        lock (s_threads) s_threads.Remove(this);
    }
}
