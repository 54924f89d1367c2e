namespace Slipway.Linux;

/// <summary>POSIX shared memory (shm_overview(7)): a file in memory under a name.</summary>
/// <remarks>
/// The name, a slash and then no other, belongs to the machine: the object and its bytes outlive every program until <see cref="Unlink"/>, and then live on in those who
/// have it open or mapped. Shared memory synchronises nothing: use <see cref="PosixSemaphore"/> or atomic operations on its bytes.
/// </remarks>
public sealed unsafe class PosixSharedMemory : IDisposable
{
    private const int PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1;

    private readonly FileDescriptor _file;

    private PosixSharedMemory(string name, FileDescriptor file)
    {
        Name = name;
        _file = file;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The length in bytes, 0 when it is new.</summary>
    public long Length => _file.Seek(0, SeekOrigin.End);

    /// <summary>Makes the object of this name, or opens the one that exists, and gives it this length.</summary>
    /// <param name="name">A slash and up to 254 other characters.</param>
    /// <param name="length">In bytes; new bytes are 0.</param>
    /// <param name="mode">Who may use a new one, less the umask.</param>
    /// <param name="exclusive">Fail with EEXIST where there is one.</param>
    /// <exception cref="LinuxCallException">EEXIST; EINVAL: the name, or a negative length; ENAMETOOLONG, EACCES.</exception>
    public static PosixSharedMemory Create(
        string name,
        long length,
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        bool exclusive = false)
    {
        // Refused before a name is made that would stay.
        if (length < 0) throw new LinuxCallException(Sockets.Errno.EINVAL, $"ftruncate({CString.Quote(name)}, {length})");
        PosixSharedMemory memory = Open(name, OpenFlags.O_RDWR | OpenFlags.O_CREAT | (exclusive ? OpenFlags.O_EXCL : 0), mode);
        try
        {
            memory.Resize(length);
            return memory;
        }
        catch (LinuxCallException)
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Opens the object of this name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="readOnly">For reading only.</param>
    /// <exception cref="LinuxCallException">ENOENT: there is none; EINVAL: the name; EACCES.</exception>
    public static PosixSharedMemory Open(string name, bool readOnly = false) => Open(name, readOnly ? OpenFlags.O_RDONLY : OpenFlags.O_RDWR, 0);

    /// <summary>Removes the name at once; the bytes stay for those who have them open or mapped.</summary>
    /// <exception cref="LinuxCallException">ENOENT, EACCES.</exception>
    public static void Unlink(string name)
    {
        fixed (byte* text = CString.Encode(name, "shm_unlink"))
            if (Libc.ShmUnlink(text) < 0) throw new LinuxCallException(Libc.LastError, $"shm_unlink({CString.Quote(name)})");
    }

    /// <summary>Changes the length. Views that reach beyond a shorter one end the process (SIGBUS) when they are used there.</summary>
    /// <exception cref="LinuxCallException">EINVAL: negative, or opened for reading only.</exception>
    public void Resize(long length)
    {
        using var hold = new FileDescriptor.Hold(_file);
        if (Libc.FTruncate(hold.Number, length) < 0) throw new LinuxCallException(Libc.LastError, $"ftruncate({CString.Quote(Name)}, {length})");
    }

    /// <summary>Maps the whole object into this process. The view stays valid when this object is disposed.</summary>
    /// <exception cref="LinuxCallException">EACCES: opened for reading only; EINVAL: its length is 0; ENOMEM.</exception>
    public SharedMemoryView Map() => Map(PROT_READ | PROT_WRITE);

    /// <summary>Maps the whole object for reading.</summary>
    /// <exception cref="LinuxCallException">EINVAL: its length is 0; ENOMEM.</exception>
    public SharedMemoryView MapReadOnly() => Map(PROT_READ);

    /// <summary>Closes it in this process; name, bytes and views stay.</summary>
    public void Dispose() => _file.Dispose();

    private static PosixSharedMemory Open(string name, OpenFlags flags, UnixFileMode mode)
    {
        fixed (byte* text = CString.Encode(name, "shm_open"))
        {
            int number = Libc.ShmOpen(text, (int)flags, (uint)mode);
            if (number < 0) throw new LinuxCallException(Libc.LastError, $"shm_open({CString.Quote(name)}, {flags})");
            return new PosixSharedMemory(name, new FileDescriptor(number));
        }
    }

    private SharedMemoryView Map(int protection)
    {
        long length = Length;
        using var hold = new FileDescriptor.Hold(_file);
        byte* address = Libc.Map(0, (nuint)length, protection, MAP_SHARED, hold.Number, 0);
        if ((nint)address == -1) throw new LinuxCallException(Libc.LastError, $"mmap({CString.Quote(Name)}, {length} bytes)");
        return new SharedMemoryView(address, length, protection == PROT_READ, static (start, mapped) => Libc.Unmap(start, (nuint)mapped));
    }
}
