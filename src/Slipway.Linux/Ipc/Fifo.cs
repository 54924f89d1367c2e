namespace Slipway.Linux;

/// <summary>Pipes with a name in the file system (fifo(7)).</summary>
/// <remarks>The name outlives the process until somebody removes it (<see cref="File.Delete"/>); the bytes in it do not: they are gone when its last descriptor is closed.</remarks>
public static unsafe class Fifo
{
    /// <summary>mkfifo(3).</summary>
    /// <param name="path">Its name.</param>
    /// <param name="mode">Its permissions, less the umask.</param>
    /// <exception cref="LinuxCallException">EEXIST, ENOENT (no such directory), EACCES, EINVAL (a NUL in the path).</exception>
    public static void Create(string path, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        fixed (byte* text = CString.Encode(path, "mkfifo"))
            if (Libc.MakeFifo(text, (uint)mode) < 0) throw new LinuxCallException(Libc.LastError, $"mkfifo({CString.Quote(path)})");
    }

    /// <summary>Opens the end for reading. A blocking open waits for a writer; a non-blocking one succeeds at once.</summary>
    /// <exception cref="LinuxCallException">ENOENT, EACCES, EINTR.</exception>
    public static FileDescriptor OpenReader(string path, bool nonBlocking = false)
        => FileDescriptor.Open(path, OpenFlags.O_RDONLY | Mode(nonBlocking));

    /// <summary>Opens the end for writing. A blocking open waits for a reader.</summary>
    /// <exception cref="LinuxCallException">ENXIO: a non-blocking open while nobody has it open for reading; ENOENT, EACCES, EINTR.</exception>
    public static FileDescriptor OpenWriter(string path, bool nonBlocking = false)
        => FileDescriptor.Open(path, OpenFlags.O_WRONLY | Mode(nonBlocking));

    /// <summary>Opens both ends in one descriptor, which never waits (Linux): a server that holds it sees no end of data when its last client leaves.</summary>
    /// <exception cref="LinuxCallException">ENOENT, EACCES.</exception>
    public static FileDescriptor OpenBoth(string path, bool nonBlocking = false)
        => FileDescriptor.Open(path, OpenFlags.O_RDWR | Mode(nonBlocking));

    private static OpenFlags Mode(bool nonBlocking) => nonBlocking ? OpenFlags.O_NONBLOCK : 0;
}
