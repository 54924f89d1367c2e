using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A segment of System V shared memory (sysvipc(7)).</summary>
/// <remarks>
/// <para>The segment belongs to the machine (to its IPC namespace), not to the process: it and its bytes outlive every program until somebody removes it. A private segment
/// that this object made is removed when the object is disposed, all others only by <see cref="Remove"/>; <see cref="RemoveOnDispose"/> changes that.</para>
/// <para>Shared memory synchronises nothing: use <see cref="SemaphoreSet"/> or atomic operations (<see cref="System.Threading.Interlocked"/>) on its bytes.</para>
/// </remarks>
public sealed unsafe class SharedMemorySegment : IDisposable
{
    private const int SHM_RDONLY = 0x1000, SHM_DEST = 0x200;

    // struct shmid_ds after ipc_perm.
    private const int LengthOffset = 48, CreatorOffset = 80, LastOffset = 84, AttachedOffset = 88;

    private bool _removed;

    private SharedMemorySegment(int id, bool removeOnDispose)
    {
        Id = id;
        RemoveOnDispose = removeOnDispose;
    }

    /// <summary>The identifier, by which another process can attach it (<see cref="FromId"/>).</summary>
    public int Id { get; }

    /// <summary>Whether <see cref="Dispose"/> removes the segment.</summary>
    public bool RemoveOnDispose { get; set; }

    /// <summary>IPC_STAT.</summary>
    /// <exception cref="LinuxCallException">EACCES; EINVAL: there is no such segment any more.</exception>
    public SharedMemoryStatus Status
    {
        get
        {
            Span<byte> status = stackalloc byte[IpcControl.StatusLength];
            fixed (byte* bytes = status) Control(IpcControl.IPC_STAT, bytes, "IPC_STAT");
            return new SharedMemoryStatus(
                IpcControl.Permissions(status),
                IpcControl.Long(status, LengthOffset),
                (int)IpcControl.Long(status, AttachedOffset),
                IpcControl.Int(status, CreatorOffset),
                IpcControl.Int(status, LastOffset),
                (IpcControl.Mode(status) & SHM_DEST) != 0);
        }
    }

    /// <summary>Makes a private segment of zeros. It is removed when this object is disposed.</summary>
    /// <param name="length">Its length in bytes; whole pages are reserved.</param>
    /// <param name="mode">Who may read and write it.</param>
    /// <exception cref="LinuxCallException">EINVAL: 0, negative or beyond the machine's limit; ENOMEM, ENOSPC.</exception>
    public static SharedMemorySegment CreatePrivate(long length, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
        => new(Get(IpcKey.Private, length, IpcControl.Flags(mode, exclusive: false)), removeOnDispose: true);

    /// <summary>Makes the segment of this key, or uses the one that exists. It stays until <see cref="Remove"/>.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="length">Its length in bytes; an existing one must be at least so long.</param>
    /// <param name="mode">Who may read and write a new one.</param>
    /// <param name="exclusive">Fail with EEXIST where there is one.</param>
    /// <exception cref="LinuxCallException">EEXIST; EINVAL: the length; EACCES, ENOMEM, ENOSPC.</exception>
    public static SharedMemorySegment Create(
        IpcKey key,
        long length,
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        bool exclusive = false)
        => new(Get(key, length, IpcControl.Flags(mode, exclusive)), removeOnDispose: false);

    /// <summary>Uses the segment of this key.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="length">How long it must be at least, in bytes.</param>
    /// <exception cref="LinuxCallException">ENOENT: there is none; EINVAL: it is shorter; EACCES.</exception>
    public static SharedMemorySegment Open(IpcKey key, long length = 0)
    {
        if (key == IpcKey.Private) throw new LinuxCallException(Errno.ENOENT, "shmget(IPC_PRIVATE)");
        return new SharedMemorySegment(Get(key, length, 0), removeOnDispose: false);
    }

    /// <summary>Uses the segment of this identifier, which another process has told. Whether it exists is seen at the first use.</summary>
    public static SharedMemorySegment FromId(int id) => new(id, removeOnDispose: false);

    /// <summary>shmat(2): maps the bytes into this process. Other programs that it executes do not have the attachment.</summary>
    /// <exception cref="LinuxCallException">EACCES; EINVAL: there is no such segment; EIDRM; ENOMEM.</exception>
    public SharedMemoryView Attach() => Attach(0);

    /// <summary>Maps the bytes for reading only: the view gives no way to write, and a write by other means ends the process with SIGSEGV.</summary>
    /// <exception cref="LinuxCallException">EACCES; EINVAL: there is no such segment; EIDRM; ENOMEM.</exception>
    public SharedMemoryView AttachReadOnly() => Attach(SHM_RDONLY);

    /// <summary>
    /// Marks the segment for removal (IPC_RMID): its key is free at once, its bytes stay until the last attachment ends. Linux lets others attach by identifier until then.
    /// </summary>
    /// <exception cref="LinuxCallException">EPERM: not the owner, the creator or an administrator; EINVAL: gone already.</exception>
    public void Remove()
    {
        Control(IpcControl.IPC_RMID, null, "IPC_RMID");
        _removed = true;
    }

    /// <summary>Marks the segment for removal if <see cref="RemoveOnDispose"/>. Attachments stay valid.</summary>
    public void Dispose()
    {
        if (!RemoveOnDispose || _removed) return;
        _removed = true;
        _ = Libc.ShmControl(Id, IpcControl.IPC_RMID, null);
    }

    private SharedMemoryView Attach(int flags)
    {
        byte* address = Libc.ShmAttach(Id, 0, flags);
        if ((nint)address == -1) throw new LinuxCallException(Libc.LastError, $"shmat({Id}{(flags == 0 ? "" : ", SHM_RDONLY")})");
        // A segment that is attached cannot go, so its status is there, unless the permissions hide it.
        try
        {
            return new SharedMemoryView(address, Status.Length, flags == SHM_RDONLY, static (start, _) => Libc.ShmDetach(start));
        }
        catch (LinuxCallException)
        {
            _ = Libc.ShmDetach(address);
            throw;
        }
    }

    private static int Get(IpcKey key, long length, int flags)
    {
        int id = Libc.ShmGet(key.Value, (nuint)length, flags);
        return id < 0 ? throw new LinuxCallException(Libc.LastError, $"shmget({key}, {length})") : id;
    }

    private void Control(int command, byte* argument, string text)
    {
        if (Libc.ShmControl(Id, command, argument) < 0) throw new LinuxCallException(Libc.LastError, $"shmctl({Id}, {text})");
    }
}
