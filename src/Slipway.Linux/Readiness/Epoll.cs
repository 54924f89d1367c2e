using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A set of descriptors that the kernel keeps and watches (epoll(7)): a wait costs by what is ready, not by what is watched. Any kind of file that can be polled may be in it.</summary>
public sealed unsafe class Epoll : IDisposable
{
    // struct epoll_event is packed on x86-64 only.
    private static readonly int s_entryLength = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly FileDescriptor _descriptor;

    /// <summary>An empty set.</summary>
    /// <exception cref="LinuxCallException">EMFILE, ENFILE, ENOMEM.</exception>
    public Epoll()
    {
        int number = Libc.EpollCreate((int)OpenFlags.O_CLOEXEC);
        _descriptor = number >= 0 ? FileDescriptor.Adopt(number) : throw new LinuxCallException(Libc.LastError, "epoll_create1()");
    }

    /// <summary>Begins to watch a descriptor, or changes what for.</summary>
    /// <param name="descriptor">Its number.</param>
    /// <param name="events">What for; POLLERR and POLLHUP always.</param>
    /// <exception cref="LinuxCallException">EBADF; EPERM: a kind of file that is always ready, as plain files are; ELOOP: it watches this set.</exception>
    public void Watch(int descriptor, PollEvents events)
    {
        const int Add = 1, Modify = 3; // EPOLL_CTL_…
        Errno error = Control(Add, descriptor, events);
        if (error == Errno.EEXIST) error = Control(Modify, descriptor, events);
        if (error != Errno.None) throw new LinuxCallException(error, $"epoll_ctl({descriptor}, {events})");
    }

    /// <summary>Ends that. A descriptor whose last copy is closed leaves by itself.</summary>
    /// <exception cref="LinuxCallException">ENOENT: it is not watched; EBADF.</exception>
    public void Forget(int descriptor)
    {
        const int Delete = 2;
        Errno error = Control(Delete, descriptor, PollEvents.None);
        if (error != Errno.None) throw new LinuxCallException(error, $"epoll_ctl({descriptor})");
    }

    /// <summary>Waits until something is ready.</summary>
    /// <param name="ready">Gets descriptors and what is there, as many as there is room for.</param>
    /// <param name="limit">How long; zero only looks; null waits for ever.</param>
    /// <returns>How many, 0 if the time was up; EINTR.</returns>
    public CallResult Wait(Span<PollEntry> ready, TimeSpan? limit = null)
    {
        const int Most = 64;
        int room = Math.Min(ready.Length, Most);
        byte* entries = stackalloc byte[Most * 16];
        int count = Libc.EpollWait(_descriptor.Number, entries, room, limit is { } time ? (int)Math.Ceiling(time.TotalMilliseconds) : -1);
        if (count < 0) return Libc.LastError;
        for (int i = 0; i < count; i++)
        {
            byte* entry = entries + i * s_entryLength;
            ready[i] = new PollEntry(*(int*)(entry + s_entryLength - sizeof(long)), PollEvents.None) { Returned = (PollEvents)(short)*(int*)entry };
        }
        return count;
    }

    /// <summary>Closes the set, not the descriptors.</summary>
    public void Dispose() => _descriptor.Dispose();

    private Errno Control(int operation, int descriptor, PollEvents events)
    {
        byte* entry = stackalloc byte[16];
        *(int*)entry = (ushort)events;
        *(long*)(entry + s_entryLength - sizeof(long)) = descriptor;
        return Libc.Status(Libc.EpollControl(_descriptor.Number, operation, descriptor, entry));
    }
}
