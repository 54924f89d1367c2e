using System.Runtime.InteropServices;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A set of System V semaphores (sysvipc(7)).</summary>
/// <remarks>
/// The set belongs to the machine (to its IPC namespace), not to the process: it outlives every program until somebody removes it. A private set that this object made is
/// removed when the object is disposed, all others only by <see cref="Remove"/>; <see cref="RemoveOnDispose"/> changes that. After a crash <c>ipcrm</c> removes what is left.
/// </remarks>
public sealed unsafe class SemaphoreSet : IDisposable
{
    private const int GETPID = 11, GETVAL = 12, GETALL = 13, GETNCNT = 14, GETZCNT = 15, SETVAL = 16, SETALL = 17;

    // struct semid_ds after ipc_perm: x86-64 kept a reserved word beside each time.
    private const int OperationTimeOffset = 48;
    private static readonly bool s_reserved = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int s_changeTimeOffset = s_reserved ? 64 : 56, s_countOffset = s_reserved ? 80 : 64;

    private bool _removed;

    private SemaphoreSet(int id, bool removeOnDispose)
    {
        Id = id;
        RemoveOnDispose = removeOnDispose;
    }

    /// <summary>The identifier, by which another process can use the set (<see cref="FromId"/>).</summary>
    public int Id { get; }

    /// <summary>Whether <see cref="Dispose"/> removes the set.</summary>
    public bool RemoveOnDispose { get; set; }

    /// <summary>IPC_STAT.</summary>
    /// <exception cref="LinuxCallException">EACCES; EINVAL: there is no such set any more.</exception>
    public SemaphoreSetStatus Status
    {
        get
        {
            Span<byte> status = stackalloc byte[IpcControl.StatusLength];
            fixed (byte* bytes = status) Control(0, IpcControl.IPC_STAT, (nint)bytes, "IPC_STAT");
            return new SemaphoreSetStatus(
                IpcControl.Permissions(status),
                (int)IpcControl.Long(status, s_countOffset),
                IpcControl.Time(status, OperationTimeOffset),
                IpcControl.Time(status, s_changeTimeOffset));
        }
    }

    /// <summary>The value of a semaphore, 0 to 32767. Setting it also clears what SEM_UNDO would have reverted, for every process.</summary>
    /// <param name="index">Which of the set.</param>
    /// <exception cref="LinuxCallException">EINVAL: no such semaphore or set; ERANGE: the value; EACCES; EIDRM.</exception>
    public int this[int index]
    {
        get => Control(index, GETVAL, 0, "GETVAL");
        set => Control(index, SETVAL, value, $"SETVAL, {value}");
    }

    /// <summary>Makes a private set, whose semaphores are all 0. It is removed when this object is disposed.</summary>
    /// <param name="count">How many semaphores.</param>
    /// <param name="mode">Who may read and alter it.</param>
    /// <exception cref="LinuxCallException">EINVAL: none, or more than 32000; ENOSPC: the machine's limit.</exception>
    public static SemaphoreSet CreatePrivate(int count, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
        => new(Get(IpcKey.Private, count, IpcControl.Flags(mode, exclusive: false)), removeOnDispose: true);

    /// <summary>Makes the set of this key, or uses the one that exists. It stays until <see cref="Remove"/>.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="count">How many semaphores; an existing set must have at least so many.</param>
    /// <param name="mode">Who may read and alter a new one.</param>
    /// <param name="exclusive">Fail with EEXIST where there is one.</param>
    /// <exception cref="LinuxCallException">EEXIST; EINVAL: the count; EACCES; ENOSPC.</exception>
    public static SemaphoreSet Create(IpcKey key, int count, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, bool exclusive = false)
        => new(Get(key, count, IpcControl.Flags(mode, exclusive)), removeOnDispose: false);

    /// <summary>Uses the set of this key.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="count">How many semaphores it must have at least.</param>
    /// <exception cref="LinuxCallException">ENOENT: there is none; EINVAL: it has fewer; EACCES.</exception>
    public static SemaphoreSet Open(IpcKey key, int count = 0)
    {
        if (key == IpcKey.Private) throw new LinuxCallException(Errno.ENOENT, "semget(IPC_PRIVATE)");
        return new SemaphoreSet(Get(key, count, 0), removeOnDispose: false);
    }

    /// <summary>Uses the set of this identifier, which another process has told. Whether it exists is seen at the first use.</summary>
    public static SemaphoreSet FromId(int id) => new(id, removeOnDispose: false);

    /// <summary>Waits until a semaphore is at least <paramref name="amount"/> and subtracts that.</summary>
    /// <exception cref="LinuxCallException">EFBIG: no such semaphore; EIDRM: the set was removed meanwhile; EINTR; EINVAL.</exception>
    public void Acquire(ushort index, short amount = 1, bool undo = false) => Operate([new SemaphoreOperation(index, (short)-amount, undo: undo)]);

    /// <summary>As <see cref="Acquire"/>, if it needs no waiting.</summary>
    /// <returns>Whether it was done.</returns>
    public bool TryAcquire(ushort index, short amount = 1, bool undo = false)
    {
        SemaphoreOperation operation = new(index, (short)-amount, noWait: true, undo);
        Errno error = TryOperate(new ReadOnlySpan<SemaphoreOperation>(in operation));
        if (error is not (Errno.None or Errno.EAGAIN)) throw OperationFailure(error, 1);
        return error == Errno.None;
    }

    /// <summary>Adds to a semaphore, and lets those in who wait for that.</summary>
    /// <exception cref="LinuxCallException">ERANGE: beyond 32767; EFBIG: no such semaphore; EINVAL.</exception>
    public void Release(ushort index, short amount = 1, bool undo = false) => Operate([new SemaphoreOperation(index, amount, undo: undo)]);

    /// <summary>Waits until a semaphore is 0.</summary>
    /// <exception cref="LinuxCallException">EFBIG: no such semaphore; EIDRM: the set was removed meanwhile; EINTR; EINVAL.</exception>
    public void WaitZero(ushort index) => Operate([new SemaphoreOperation(index, 0)]);

    /// <summary>semop(2): all the steps, in this order, or none of them.</summary>
    /// <param name="operations">1 to 500 steps.</param>
    /// <param name="limit">How long to wait at most (semtimedop(2)); null for ever.</param>
    /// <exception cref="LinuxCallException">
    /// EAGAIN: it would have to wait and shall not, or the time was up; E2BIG: more than 500; EINVAL: none, or no such set; EFBIG: no such semaphore; ERANGE: beyond 32767;
    /// EIDRM: the set was removed meanwhile; EINTR (whatever SA_RESTART says); EACCES.
    /// </exception>
    public void Operate(ReadOnlySpan<SemaphoreOperation> operations, TimeSpan? limit = null)
    {
        Errno error = TryOperate(operations, limit);
        if (error != Errno.None) throw OperationFailure(error, operations.Length);
    }

    /// <summary>As <see cref="Operate"/>, with the error as a value.</summary>
    public Errno TryOperate(ReadOnlySpan<SemaphoreOperation> operations, TimeSpan? limit = null)
    {
        fixed (SemaphoreOperation* first = operations)
        {
            if (limit is not { } time) return Libc.Status(Libc.SemOp(Id, first, (nuint)operations.Length));
            TimeSpecification specification;
            specification.Seconds = time.Ticks / TimeSpan.TicksPerSecond;
            specification.Nanoseconds = time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;
            return Libc.Status(Libc.SemTimedOp(Id, first, (nuint)operations.Length, &specification));
        }
    }

    /// <summary>The values of all semaphores (GETALL).</summary>
    /// <exception cref="LinuxCallException">EACCES; EINVAL: there is no such set any more.</exception>
    public ushort[] GetValues()
    {
        ushort[] values = new ushort[Status.Count];
        fixed (ushort* first = values) Control(0, GETALL, (nint)first, "GETALL");
        return values;
    }

    /// <summary>Sets all semaphores (SETALL), and clears what SEM_UNDO would have reverted.</summary>
    /// <exception cref="LinuxCallException">ERANGE: a value above 32767; EINVAL: not as many values as semaphores; EACCES.</exception>
    public void SetValues(ReadOnlySpan<ushort> values)
    {
        if (values.Length != Status.Count) throw new LinuxCallException(Errno.EINVAL, $"semctl({Id}, SETALL, {values.Length} values)");
        fixed (ushort* first = values) Control(0, SETALL, (nint)first, "SETALL");
    }

    /// <summary>One semaphore: its value, who changed it last, who waits. Four calls: other processes may work in between.</summary>
    /// <exception cref="LinuxCallException">EINVAL: no such semaphore or set; EACCES.</exception>
    public SemaphoreInfo GetInfo(int index) => new(
        this[index],
        Control(index, GETPID, 0, "GETPID"),
        Control(index, GETNCNT, 0, "GETNCNT"),
        Control(index, GETZCNT, 0, "GETZCNT"));

    /// <summary>Changes owner, group and permissions (IPC_SET).</summary>
    /// <exception cref="LinuxCallException">EPERM: not the owner, the creator or an administrator.</exception>
    public void SetPermissions(int userId, int groupId, UnixFileMode mode)
    {
        Span<byte> status = stackalloc byte[IpcControl.StatusLength];
        IpcControl.SetPermissions(status, userId, groupId, mode);
        fixed (byte* bytes = status) Control(0, IpcControl.IPC_SET, (nint)bytes, $"IPC_SET, {userId}:{groupId} {mode}");
    }

    /// <summary>Removes the set at once (IPC_RMID): who waits fails with EIDRM, who comes later with EINVAL.</summary>
    /// <exception cref="LinuxCallException">EPERM: not the owner, the creator or an administrator; EINVAL: removed already.</exception>
    public void Remove()
    {
        Control(0, IpcControl.IPC_RMID, 0, "IPC_RMID");
        _removed = true;
    }

    /// <summary>Removes the set if <see cref="RemoveOnDispose"/>.</summary>
    public void Dispose()
    {
        if (!RemoveOnDispose || _removed) return;
        _removed = true;
        _ = Libc.SemControl(Id, 0, IpcControl.IPC_RMID, 0);
    }

    private static int Get(IpcKey key, int count, int flags)
    {
        int id = Libc.SemGet(key.Value, count, flags);
        return id < 0 ? throw new LinuxCallException(Libc.LastError, $"semget({key}, {count})") : id;
    }

    private int Control(int index, int command, nint argument, string text)
    {
        int result = Libc.SemControl(Id, index, command, argument);
        return result < 0 ? throw new LinuxCallException(Libc.LastError, $"semctl({Id}, {index}, {text})") : result;
    }

    private LinuxCallException OperationFailure(Errno error, int count) => new(error, $"semop({Id}, {count} operations)");
}
