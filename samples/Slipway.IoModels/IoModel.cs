using Slipway.Linux;
using Slipway.Sockets;

namespace Slipway.IoModels;

/// <summary>A way to wait for input and take it (the five I/O models of Stevens, UNIX Network Programming, chapter 6).</summary>
/// <param name="Name">The model, with the call that stands for it.</param>
/// <param name="Run">Takes all datagrams of a workload.</param>
internal sealed record IoModel(string Name, Action<IoWorkload> Run)
{
    private const Signal InputSignal = (Signal)40;

    /// <summary>The models that any system of sockets has.</summary>
    public static IReadOnlyList<IoModel> Portable { get; } =
    [
        new("blocking", Block), new("polling", Poll), new("multiplexing: select", Select), new("multiplexing: poll", PollCall), new("signal-driven", DriveBySignals),
    ];

    /// <summary>Those that are Linux's own besides.</summary>
    public static IReadOnlyList<IoModel> Kernel { get; } = [.. Portable.Take(4), new("multiplexing: epoll", WaitByEpoll), Portable[4], new("asynchronous: io_uring", CompleteByRing)];

    // 1. One call waits for the datagram and copies it.
    private static void Block(IoWorkload workload)
    {
        while (workload.IsOpen) workload.Take(workload.Wait(workload.Receive));
    }

    // 2. The call never waits; the program asks again and again, and does other work between.
    private static void Poll(IoWorkload workload)
    {
        workload.Socket.NonBlocking = true;
        while (workload.IsOpen)
        {
            CallResult received = workload.Call(workload.Receive);
            if (received.Error == Errno.EAGAIN) workload.Work();
            else workload.Take(received);
        }
    }

    // 3. One call waits, for any number of sockets; another copies.
    private static void Select(IoWorkload workload)
    {
        var readable = new DescriptorSet();
        int descriptor = workload.Socket.Descriptor;
        while (workload.IsOpen)
        {
            readable.Add(descriptor);
            CallResult ready = workload.Wait(() => workload.Process.Sockets.Select(descriptor + 1, readable, null, null, null));
            if (ready.Succeeded && ready.Value > 0) workload.Take(workload.Call(workload.Receive));
        }
    }

    private static void PollCall(IoWorkload workload)
    {
        PollEntry[] entries = [new(workload.Socket.Descriptor, PollEvents.POLLIN)];
        while (workload.IsOpen)
        {
            CallResult ready = workload.Wait(() => workload.Process.Sockets.Poll(entries, -1));
            if (ready.Succeeded && ready.Value > 0) workload.Take(workload.Call(workload.Receive));
        }
    }

    private static void WaitByEpoll(IoWorkload workload)
    {
        using var watched = new Epoll();
        watched.Watch(workload.Socket.Descriptor, PollEvents.POLLIN);
        var ready = new PollEntry[8];
        while (workload.IsOpen)
        {
            CallResult count = workload.Wait(() => watched.Wait(ready));
            if (count.Succeeded && count.Value > 0) workload.Take(workload.Call(workload.Receive));
        }
    }

    // 4. The kernel tells by a signal that something can be read; the program works until then, and copies until nothing is left, because one signal may stand for several datagrams.
    private static void DriveBySignals(IoWorkload workload)
    {
        int told = 1; // what came before the signals were asked for sends none
        HostProcess process = workload.Process;
        Errno error = process.Signals.Handle(InputSignal, _ => Volatile.Write(ref told, 1), restart: true);
        if (error != Errno.None) throw new SocketCallException(error, "sigaction");
        Socket socket = workload.Socket;
        socket.NonBlocking = true;
        socket.Fcntl(FileControl.F_SETSIG, (int)InputSignal);
        socket.Fcntl(FileControl.F_SETOWN, process.Id);
        socket.Fcntl(FileControl.F_SETFL, socket.Fcntl(FileControl.F_GETFL) | FileControl.O_ASYNC);
        while (workload.IsOpen)
        {
            if (Interlocked.Exchange(ref told, 0) == 1) workload.Drain();
            else workload.Work();
        }
        socket.Fcntl(FileControl.F_SETFL, socket.Fcntl(FileControl.F_GETFL) & ~FileControl.O_ASYNC);
        process.Signals.Ignore(InputSignal);
    }

    // 5. The request is handed over; that it is finished, its bytes copied, is seen in shared memory, without a call.
    private static void CompleteByRing(IoWorkload workload)
    {
        const long Tag = 1;
        using var ring = new IoRing(4);
        while (workload.IsOpen)
        {
            ring.TryQueueReceive(workload.Socket.Descriptor, workload.Buffer, Tag);
            workload.Call(() =>
            {
                ring.Submit();
                return 0;
            });
            IoRingCompletion completion;
            while (!ring.TryTake(out completion)) workload.Work();
            workload.Take(completion.Result);
        }
    }
}
