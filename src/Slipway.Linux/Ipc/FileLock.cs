using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A lock on a whole file (flock(2)).</summary>
/// <remarks>
/// <para>It belongs to the open file description: duplicates and inherited descriptors share it, while a second open of the file conflicts even in the same process. It
/// ends when it is released through any of them, or with the last of them.</para>
/// <para>It is advisory, and independent of <see cref="RangeLock"/>: only programs that ask for it heed it.</para>
/// </remarks>
public sealed class FileLock : IDisposable
{
    private const int LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8;

    private readonly FileDescriptor _file;
    private bool _released;

    private FileLock(FileDescriptor file, LockKind kind)
    {
        _file = file;
        Kind = kind;
    }

    /// <summary>What it keeps away.</summary>
    public LockKind Kind { get; private set; }

    /// <summary>Waits until the lock is free and takes it. A description that has one already changes its kind.</summary>
    /// <exception cref="LinuxCallException">EINTR.</exception>
    public static FileLock Take(FileDescriptor file, LockKind kind)
    {
        Errno error = Apply(file, Operation(kind));
        return error == Errno.None ? new FileLock(file, kind) : throw Failure(error, file, kind);
    }

    /// <summary>Takes the lock if that needs no waiting.</summary>
    /// <returns>The lock, or null where another has one that conflicts (EAGAIN).</returns>
    public static FileLock? TryTake(FileDescriptor file, LockKind kind) => Apply(file, Operation(kind) | LOCK_NB) switch
    {
        Errno.None => new FileLock(file, kind),
        Errno.EAGAIN => null,
        Errno error => throw Failure(error, file, kind),
    };

    /// <summary>Changes the kind if that needs no waiting. This is not one step: the old lock is given up first, and where the new one is refused it is gone.</summary>
    /// <returns>Whether it has the new kind; if not, the lock is released.</returns>
    public bool TryChange(LockKind kind)
    {
        ObjectDisposedException.ThrowIf(_released, this);
        Errno error = Apply(_file, Operation(kind) | LOCK_NB);
        if (error is not (Errno.None or Errno.EAGAIN)) throw Failure(error, _file, kind);
        _released = error == Errno.EAGAIN;
        Kind = kind;
        return !_released;
    }

    /// <summary>Releases the lock, for every descriptor of the description.</summary>
    public void Dispose()
    {
        if (_released || _file.IsClosed) return;
        _released = true;
        _ = Apply(_file, LOCK_UN);
    }

    private static int Operation(LockKind kind) => kind == LockKind.Exclusive ? LOCK_EX : LOCK_SH;

    private static Errno Apply(FileDescriptor file, int operation)
    {
        using var hold = new FileDescriptor.Hold(file);
        return Libc.Status(Libc.FLock(hold.Number, operation));
    }

    private static LinuxCallException Failure(Errno error, FileDescriptor file, LockKind kind) => new(error, $"flock({file.Number}, {kind})");
}
