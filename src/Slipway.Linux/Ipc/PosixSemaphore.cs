using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A POSIX semaphore with a name (sem_overview(7)).</summary>
/// <remarks>
/// The name, a slash and then no other, belongs to the machine: the semaphore and its value outlive every program until <see cref="Unlink"/> and the last close. Unlike
/// <see cref="SemaphoreSet"/> nothing is reverted when a process ends: one that is killed while it has the semaphore leaves it taken.
/// </remarks>
public sealed unsafe class PosixSemaphore : IDisposable
{
    // The C library gives the same address to every open of a name in a process and counts them.
    private nint _semaphore;

    private PosixSemaphore(string name, nint semaphore)
    {
        Name = name;
        _semaphore = semaphore;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its value now; waiters do not make it negative.</summary>
    public int Value
    {
        get
        {
            int value;
            return Libc.SemGetValue(Handle(), &value) < 0 ? throw Failure("sem_getvalue") : value;
        }
    }

    /// <summary>Makes the semaphore of this name, or opens the one that exists, whose value stays.</summary>
    /// <param name="name">A slash and up to 251 other characters.</param>
    /// <param name="value">The value of a new one, up to 2147483647.</param>
    /// <param name="mode">Who may use a new one, less the umask.</param>
    /// <param name="exclusive">Fail with EEXIST where there is one.</param>
    /// <exception cref="LinuxCallException">EEXIST; EINVAL: the name or the value; ENAMETOOLONG, EACCES.</exception>
    public static PosixSemaphore Create(
        string name,
        uint value,
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        bool exclusive = false)
        => Open(name, OpenFlags.O_CREAT | (exclusive ? OpenFlags.O_EXCL : 0), mode, value);

    /// <summary>Opens the semaphore of this name.</summary>
    /// <exception cref="LinuxCallException">ENOENT: there is none; EINVAL: the name; EACCES.</exception>
    public static PosixSemaphore Open(string name) => Open(name, 0, 0, 0);

    /// <summary>Removes the name at once; the semaphore stays for those who have it open.</summary>
    /// <exception cref="LinuxCallException">ENOENT, EACCES.</exception>
    public static void Unlink(string name)
    {
        fixed (byte* text = CString.Encode(name, "sem_unlink"))
            if (Libc.SemUnlink(text) < 0) throw new LinuxCallException(Libc.LastError, $"sem_unlink({CString.Quote(name)})");
    }

    /// <summary>Waits until the value is above 0 and takes 1.</summary>
    /// <exception cref="LinuxCallException">EINTR.</exception>
    public void Wait()
    {
        if (Libc.SemWait(Handle()) < 0) throw Failure("sem_wait");
    }

    /// <summary>Takes 1 if the value is above 0.</summary>
    /// <returns>Whether it was.</returns>
    public bool TryWait()
    {
        if (Libc.SemTryWait(Handle()) == 0) return true;
        return Libc.LastError == Errno.EAGAIN ? false : throw Failure("sem_trywait");
    }

    /// <summary>As <see cref="Wait"/>, up to a limit.</summary>
    /// <param name="limit">How long. It is measured on the machine's wall clock (CLOCK_REALTIME), as POSIX says, and shifts when that is set.</param>
    /// <returns>Whether 1 was taken.</returns>
    /// <exception cref="LinuxCallException">EINTR.</exception>
    public bool TryWait(TimeSpan limit)
    {
        TimeSpecification end = TimeSpecification.At(TimeProvider.System.GetUtcNow() + limit);
        if (Libc.SemTimedWait(Handle(), &end) == 0) return true;
        return Libc.LastError == Errno.ETIMEDOUT ? false : throw Failure("sem_timedwait");
    }

    /// <summary>Adds 1 and lets a waiter in.</summary>
    /// <exception cref="LinuxCallException">EOVERFLOW: the value is at its largest.</exception>
    public void Post()
    {
        if (Libc.SemPost(Handle()) < 0) throw Failure("sem_post");
    }

    /// <summary>Closes it in this process; name and value stay. No thread may be waiting on it here.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _semaphore, 0) is var semaphore and not 0) _ = Libc.SemClose(semaphore);
    }

    private static PosixSemaphore Open(string name, OpenFlags flags, UnixFileMode mode, uint value)
    {
        fixed (byte* text = CString.Encode(name, "sem_open"))
        {
            nint semaphore = Libc.SemOpen(text, (int)flags, (uint)mode, value);
            return semaphore == 0 ? throw new LinuxCallException(Libc.LastError, $"sem_open({CString.Quote(name)}, value {value})") : new PosixSemaphore(name, semaphore);
        }
    }

    private nint Handle()
    {
        ObjectDisposedException.ThrowIf(_semaphore == 0, this);
        return _semaphore;
    }

    private LinuxCallException Failure(string call) => new(Libc.LastError, $"{call}({CString.Quote(Name)})");
}
