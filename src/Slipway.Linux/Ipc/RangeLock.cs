using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A lock on a range of a file's bytes (fcntl(2)). Advisory, and independent of <see cref="FileLock"/>.</summary>
/// <remarks>
/// The kernel keeps no lock objects but ranges: taking another kind over a part changes that part, and <see cref="Release"/> of a part splits what is left.
/// A range may lie beyond the end of the file.
/// </remarks>
public sealed unsafe class RangeLock : IDisposable
{
    private const int F_GETLK = 5, F_SETLK = 6, F_SETLKW = 7;

    // F_OFD_GETLK is 36, and the others follow.
    private const int OpenFileCommands = 31;
    private const short F_RDLCK = 0, F_WRLCK = 1, F_UNLCK = 2;

    private readonly FileDescriptor _file;
    private bool _released;

    private RangeLock(FileDescriptor file, LockKind kind, long start, long length, RangeLockOwner owner)
    {
        _file = file;
        Kind = kind;
        Start = start;
        Length = length;
        Owner = owner;
    }

    /// <summary>What it keeps away.</summary>
    public LockKind Kind { get; }

    /// <summary>The first byte, or the first after the range where <see cref="Length"/> is negative.</summary>
    public long Start { get; }

    /// <summary>How many bytes; 0 to the end of the file, however far that moves; negative counts backwards.</summary>
    public long Length { get; }

    /// <summary>To whom it belongs.</summary>
    public RangeLockOwner Owner { get; }

    /// <summary>Waits until the range is free and takes it.</summary>
    /// <param name="file">The file: open for reading for a shared lock, for writing for an exclusive one.</param>
    /// <param name="kind">What to keep away.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="length">How many bytes; 0 to the end of the file, negative backwards from <paramref name="start"/>.</param>
    /// <param name="owner">To whom it shall belong.</param>
    /// <exception cref="LinuxCallException">
    /// EDEADLK: another waits, over any number of steps, for what this process has; EBADF: not open for that; EINVAL: the range begins below 0; EOVERFLOW: it ends too far;
    /// EINTR.
    /// </exception>
    public static RangeLock Take(FileDescriptor file, LockKind kind, long start, long length, RangeLockOwner owner = RangeLockOwner.OpenFile)
    {
        Errno error = Apply(file, F_SETLKW, TypeOf(kind), start, length, owner);
        return error == Errno.None ? new RangeLock(file, kind, start, length, owner) : throw Failure(error, file, kind.ToString(), start, length);
    }

    /// <summary>Takes the range if that needs no waiting.</summary>
    /// <returns>The lock, or null where another has one that conflicts (EAGAIN).</returns>
    /// <exception cref="LinuxCallException">EBADF: not open for that; EINVAL: the range begins below 0; EOVERFLOW: it ends too far.</exception>
    public static RangeLock? TryTake(FileDescriptor file, LockKind kind, long start, long length, RangeLockOwner owner = RangeLockOwner.OpenFile)
        => Apply(file, F_SETLK, TypeOf(kind), start, length, owner) switch
        {
            Errno.None => new RangeLock(file, kind, start, length, owner),
            Errno.EAGAIN or Errno.EACCES => null,
            Errno error => throw Failure(error, file, kind.ToString(), start, length),
        };

    /// <summary>Who stands in the way of such a lock (F_GETLK). What this owner has itself does not.</summary>
    /// <returns>The first that does; null where the lock could be taken now.</returns>
    /// <exception cref="LinuxCallException">EBADF; EINVAL: the range begins below 0; EOVERFLOW: it ends too far.</exception>
    public static RangeLockHolder? Query(FileDescriptor file, LockKind kind, long start, long length, RangeLockOwner owner = RangeLockOwner.OpenFile)
    {
        FileLockRequest request = Request(TypeOf(kind), start, length);
        Errno error = Apply(file, F_GETLK, &request, owner);
        if (error != Errno.None) throw Failure(error, file, $"F_GETLK {kind}", start, length);
        if (request.Type == F_UNLCK) return null;
        return new RangeLockHolder(request.Type == F_WRLCK ? LockKind.Exclusive : LockKind.Shared, request.Start, request.Length, request.Process);
    }

    /// <summary>Gives up whatever the owner has in a range; what lies outside stays locked.</summary>
    /// <exception cref="LinuxCallException">EBADF; EINVAL: the range begins below 0; ENOLCK: too many ranges.</exception>
    public static void Release(FileDescriptor file, long start, long length, RangeLockOwner owner = RangeLockOwner.OpenFile)
    {
        Errno error = Apply(file, F_SETLK, F_UNLCK, start, length, owner);
        if (error != Errno.None) throw Failure(error, file, "F_UNLCK", start, length);
    }

    /// <summary>Releases the range.</summary>
    public void Dispose()
    {
        if (_released || _file.IsClosed) return;
        _released = true;
        _ = Apply(_file, F_SETLK, F_UNLCK, Start, Length, Owner);
    }

    private static short TypeOf(LockKind kind) => kind == LockKind.Exclusive ? F_WRLCK : F_RDLCK;

    private static FileLockRequest Request(short type, long start, long length) => new() { Type = type, Start = start, Length = length };

    private static Errno Apply(FileDescriptor file, int command, short type, long start, long length, RangeLockOwner owner)
    {
        FileLockRequest request = Request(type, start, length);
        return Apply(file, command, &request, owner);
    }

    private static Errno Apply(FileDescriptor file, int command, FileLockRequest* request, RangeLockOwner owner)
    {
        using var hold = new FileDescriptor.Hold(file);
        return Libc.Status(Libc.Fcntl(hold.Number, owner == RangeLockOwner.OpenFile ? command + OpenFileCommands : command, (nint)request));
    }

    private static LinuxCallException Failure(Errno error, FileDescriptor file, string what, long start, long length)
        => new(error, $"fcntl({file.Number}, {what}, start {start}, length {length})");
}
