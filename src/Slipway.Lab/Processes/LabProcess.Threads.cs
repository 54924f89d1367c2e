using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab;

/// <content>Threads, children, and waiting for time.</content>
public sealed partial class LabProcess
{
    private int _threadCount;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The caller is not a thread of this process.</exception>
    public override TimeSpan Sleep(TimeSpan duration)
    {
        VirtualThread self = CurrentThread("sleep");
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        // A handler that sleeps has interrupted a sleep, perhaps.
        WaitTimer timer = self.InHandler ? new WaitTimer(self) : self.SleepTimer;
        long deadline;
        using (Network.Loop.Enter())
        {
            long now = Network.Loop.Now;
            deadline = now + Math.Min(StackClock.ToNanoseconds(duration), long.MaxValue - 1 - now);
            self.Interrupted = false;
            timer.Arm(deadline);
        }
        try
        {
            return SleepUntil(self, deadline);
        }
        finally
        {
            using (Network.Loop.Enter()) timer.Cancel();
        }
    }

    /// <inheritdoc/>
    public override ProcessThread StartThread(string name, Action body)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(body);
        ActingThread("start a thread");
        VirtualThread thread = CreateThread(name, body, isHelper: false);
        thread.Resume();
        return new LabThread(thread);
    }

    /// <inheritdoc/>
    public override ChildProcess StartChild(string name, Action<HostProcess> body)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(body);
        CurrentThread("start a child");
        var options = new StartOptions
        {
            Arguments = _arguments,
            Environment = _environment,
            UserId = UserId,
            GroupId = GroupId,
            DescriptorLimit = DescriptorLimit,
            SignalQueueLimit = SignalQueueLimit,
        };
        return new LabChild(Host.Launch(name, this, options, process => body(process)));
    }

    /// <summary>Makes a thread that begins when it is resumed.</summary>
    internal VirtualThread CreateThread(string name, Action body, bool isHelper)
    {
        using (Network.Loop.Enter())
        {
            var thread = new VirtualThread(this, name, ++_threadCount, body) { IsHelper = isHelper, MustEnd = _ending, Mask = isHelper ? default : VirtualThread.Current?.Mask ?? default };
            _threads.Add(thread);
            return thread;
        }
    }

    /// <exception cref="InvalidOperationException">The calling thread is none of this process.</exception>
    internal VirtualThread CurrentThread(string what)
        => VirtualThread.Current is { } thread && thread.Process == this
            ? thread
            : throw new InvalidOperationException($"Only a thread of process '{FullName}' can {what}. The caller is {Caller()}.");

    /// <summary>The calling thread, which may be another process's: what waits is the thread, and its signals stay those of its own process.</summary>
    /// <exception cref="InvalidOperationException">The caller is no thread of this network.</exception>
    internal VirtualThread ActingThread(string what)
        => VirtualThread.Current is { } thread && thread.Process.Network == Network ? thread : CurrentThread(what);

    private static string Caller() => VirtualThread.Current is { } thread
        ? $"a thread of process '{thread.Process.FullName}'"
        : "no virtual thread: code outside of the lab, or a continuation that the runtime sent to the thread pool (Task.Run, or ConfigureAwait(false))";

    private TimeSpan SleepUntil(VirtualThread self, long deadline)
    {
        if (Network.Loop.Clock.Now >= deadline) self.Yield();
        while (true)
        {
            bool handled = HasHandlerFor(self);
            CheckSignals(self);
            long left = deadline - Network.Loop.Clock.Now;
            if (left <= 0) return TimeSpan.Zero;
            if (handled || self.Interrupted) return StackClock.ToTimeSpan(left + 99);
            self.Suspend("sleep");
        }
    }

    private bool HasHandlerFor(VirtualThread self)
    {
        using (Network.Loop.Enter()) return !self.InHandler && SignalTable.IsPendingFor(self, MaskOf(self));
    }
}
