using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>What <see cref="InterruptionTests"/> plays in a process of its own.</summary>
public static class IpcScenarios
{
    /// <summary>Every call that waits, ended by a signal whose handler asks for no restart.</summary>
    public static string WaitsThatASignalEnds(HostProcess process)
    {
        process.Signals.Handle(Signal.SIGUSR1, static _ => { });
        using var things = new Things();
        return string.Join(", ", things.Waits.Select(wait =>
        {
            string outcome = "";
            ProcessThread thread = process.StartThread(wait.Name, () => outcome = Outcome(wait.Call));
            thread.WaitUntilBlocked();
            thread.Interrupt(Signal.SIGUSR1);
            thread.Join();
            return $"{wait.Name} {outcome}";
        }));
    }

    /// <summary>The same calls with SA_RESTART: those that go on are let go on by what they wait for.</summary>
    public static string WaitsThatGoOn(HostProcess process)
    {
        using var handled = new SemaphoreSlim(0);
        process.Signals.Handle(Signal.SIGUSR1, _ => handled.Release(), restart: true);
        using var things = new Things();
        return string.Join(", ", things.Waits.Select(wait =>
        {
            string outcome = "";
            ProcessThread thread = process.StartThread(wait.Name, () => outcome = Outcome(wait.Call));
            thread.WaitUntilBlocked();
            thread.Interrupt(Signal.SIGUSR1);
            handled.Wait();
            if (wait.Satisfy != null) wait.Satisfy();
            thread.Join();
            return $"{wait.Name} {outcome}";
        }));
    }

    /// <summary>A write that has put a part into the pipe before the signal tells that part.</summary>
    public static string WriteInPart(HostProcess process)
    {
        process.Signals.Handle(Signal.SIGUSR1, static _ => { });
        using var pipe = Pipe.Create();
        CallResult result = default;
        ProcessThread thread = process.StartThread("writer", () => result = pipe.Writer.TryWrite(new byte[200_000]));
        thread.WaitUntilBlocked();
        thread.Interrupt(Signal.SIGUSR1);
        thread.Join();
        return $"{result}, queued {pipe.Reader.BytesAvailable}";
    }

    private static string Outcome(Func<object> call)
    {
        try
        {
            return call().ToString()!;
        }
        catch (LinuxCallException exception)
        {
            return exception.Errno.ToString();
        }
    }

    /// <summary>A call that waits, and what ends the wait; null where the kernel never restarts the call.</summary>
    private sealed record Wait(string Name, Func<object> Call, Action? Satisfy);

    /// <summary>Things to wait for, each busy: an empty pipe and a full one, a locked file, a FIFO that nobody else has open, a semaphore of 0, empty queues.</summary>
    private sealed class Things : IDisposable
    {
        private readonly List<IDisposable> _all = [];

        public Things()
        {
            byte[] room = new byte[64];
            Pipe empty = Own(Pipe.Create()), full = Own(Pipe.Create());
            full.Writer.Write(new byte[65536]);
            TemporaryPath file = Own(new TemporaryPath()), fifo = Own(new TemporaryPath());
            FileDescriptor here = Own(FileDescriptor.Open(file.Name, OpenFlags.O_RDWR | OpenFlags.O_CREAT)), there = Own(FileDescriptor.Open(file.Name, OpenFlags.O_RDWR));
            var whole = FileLock.Take(here, LockKind.Exclusive);
            var range = RangeLock.Take(here, LockKind.Exclusive, 0, 0);
            Fifo.Create(fifo.Name);
            SemaphoreSet set = Own(SemaphoreSet.CreatePrivate(1));
            MessageQueue queue = Own(MessageQueue.CreatePrivate());
            Waits =
            [
                new Wait("read", () => empty.Reader.Read(room), () => empty.Writer.Write("abc"u8)),
                new Wait("write", () => full.Writer.Write(new byte[100]), () => full.Reader.Read(new byte[65536])),
                new Wait("flock", () => FileLock.Take(there, LockKind.Exclusive).Kind, whole.Dispose),
                new Wait("F_OFD_SETLKW", () => RangeLock.Take(there, LockKind.Shared, 0, 1).Kind, range.Dispose),
                new Wait("open", () => Own(Fifo.OpenReader(fifo.Name)).NonBlocking, () => Own(Fifo.OpenWriter(fifo.Name))),
                new Wait("semop", () => set.TryOperate([new SemaphoreOperation(0, -1)]), null),
                new Wait("msgrcv", () => queue.Receive(room, 0, out _), null),
            ];
        }

        public IReadOnlyList<Wait> Waits { get; }

        public void Dispose()
        {
            foreach (IDisposable one in _all) one.Dispose();
        }

        private T Own<T>(T thing)
            where T : IDisposable
        {
            lock (_all) _all.Add(thing);
            return thing;
        }
    }
}
