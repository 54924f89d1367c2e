using System.Collections.Concurrent;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>
/// Asynchronous waits on the kernel's descriptors: one epoll instance and one thread for the process. A wait polls first and completes at once where it can.
/// </summary>
/// <remarks>
/// A descriptor number has one <see cref="WatchedDescriptor"/>, armed with EPOLLONESHOT for the union of what its waiters want, and kept disarmed between waits, so that
/// the next wait costs one epoll_ctl. Everything about it happens under its lock. epoll knows a pair of open file and number: a number that was closed
/// behind our back is found out when it is armed again (ENOENT) and added anew.
/// </remarks>
internal static unsafe class ReadinessEngine
{
    private const int EpollCloseOnExec = 0x80000, Add = 1, Delete = 2, Modify = 3;
    private const uint EpollOneShot = 1u << 30;
    private const PollEvents Always = PollEvents.POLLERR | PollEvents.POLLHUP;

    // struct epoll_event is packed on x86-64 alone: 12 bytes with the data at 4, elsewhere 16 with the data at 8.
    private static readonly bool s_packed = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;
    private static readonly int s_entryLength = s_packed ? 12 : 16, s_dataOffset = s_packed ? 4 : 8;
    private static readonly ConcurrentDictionary<int, WatchedDescriptor> s_watched = new();
    private static readonly Lock s_starting = new();
    private static volatile int s_epoll = -1;

    public static ValueTask<PollEvents> WhenReadyAsync(int descriptor, PollEvents events, CancellationToken cancellationToken)
    {
        PollEvents now = PollNow(descriptor, events);
        if (now != PollEvents.None) return new ValueTask<PollEvents>(now);
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<PollEvents>(cancellationToken);
        // poll(2) passes over a negative number; nobody can ever be told of it.
        if (descriptor < 0) return new ValueTask<PollEvents>(PollEvents.POLLNVAL);
        Start();
        WatchedDescriptor watched = s_watched.GetOrAdd(descriptor, static number => new WatchedDescriptor(number));
        ReadinessWaiter waiter = ReadinessWaiter.Rent(watched, events);
        ValueTask<PollEvents> task = waiter.Task;
        waiter.CancelWith(cancellationToken);
        watched.Enqueue(waiter);
        return task;
    }

    /// <summary>
    /// The number is about to be closed: its waiters learn POLLNVAL, epoll forgets it, and no wait for it begins until the closing is ended (a wait that
    /// began between would be lost with the descriptor).
    /// </summary>
    /// <returns>What to end with <see cref="WatchedDescriptor.EndClose"/>; null for a number that nobody ever waited for.</returns>
    public static WatchedDescriptor? BeginClose(int descriptor)
    {
        if (s_epoll < 0 || !s_watched.TryGetValue(descriptor, out WatchedDescriptor? watched)) return null;
        watched.BeginClose();
        return watched;
    }

    /// <summary>What poll(2) says at this moment; None for an interrupted call, which nobody asked to wait.</summary>
    public static PollEvents PollNow(int descriptor, PollEvents events)
    {
        var entry = new PollEntry(descriptor, events);
        return Libc.Poll(&entry, 1, 0) > 0 ? entry.Returned : PollEvents.None;
    }

    /// <summary>Asks for one report of the events.</summary>
    /// <param name="descriptor">The number.</param>
    /// <param name="known">Whether epoll should know the pair already.</param>
    /// <param name="events">The union of what the waiters want.</param>
    /// <returns>EBADF for a number that is not open, EPERM for a file that is always ready.</returns>
    public static Errno Arm(int descriptor, bool known, PollEvents events)
    {
        byte* entry = stackalloc byte[16];
        *(uint*)entry = (ushort)events | EpollOneShot;
        *(long*)(entry + s_dataOffset) = descriptor;
        Errno error = Libc.Status(Libc.EpollControl(s_epoll, known ? Modify : Add, descriptor, entry));
        return error switch
        {
            Errno.ENOENT when known => Libc.Status(Libc.EpollControl(s_epoll, Add, descriptor, entry)),
            Errno.EEXIST when !known => Libc.Status(Libc.EpollControl(s_epoll, Modify, descriptor, entry)),
            _ => error,
        };
    }

    /// <summary>Forgets the pair. An error means that there is none, which is what is wanted.</summary>
    public static void Forget(int descriptor)
    {
        byte* entry = stackalloc byte[16];
        _ = Libc.EpollControl(s_epoll, Delete, descriptor, entry);
    }

    private static void Start()
    {
        if (s_epoll >= 0) return;
        lock (s_starting)
        {
            if (s_epoll >= 0) return;
            int epoll = Libc.EpollCreate(EpollCloseOnExec);
            if (epoll < 0) throw new SocketCallException(Libc.LastError, "epoll_create1");
            s_epoll = epoll;
            new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "slipway-epoll" }.UnsafeStart();
        }
    }

    private static void Run()
    {
        const int Most = 128;
        byte* entries = stackalloc byte[Most * 16];
        while (true)
        {
            int count = Libc.EpollWait(s_epoll, entries, Most, -1);
            for (int i = 0; i < count; i++)
            {
                byte* entry = entries + i * s_entryLength;
                int descriptor = (int)*(long*)(entry + s_dataOffset);
                if (s_watched.TryGetValue(descriptor, out WatchedDescriptor? watched)) watched.Reported((PollEvents)(short)*(uint*)entry);
            }
        }
    }

    /// <summary>Whether a waiter for <paramref name="wanted"/> is done when these events are there.</summary>
    public static bool Satisfies(PollEvents there, PollEvents wanted) => (there & (wanted | Always)) != PollEvents.None;
}
