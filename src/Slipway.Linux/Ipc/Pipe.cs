namespace Slipway.Linux;

/// <summary>pipe2(2): bytes written at one end are read at the other, in order. Both ends have FD_CLOEXEC.</summary>
/// <remarks>
/// A reader sees the end of the data only when every write end is closed, in every process that has one: close the end that you do not use.
/// </remarks>
public sealed unsafe class Pipe : IDisposable
{
    /// <summary>PIPE_BUF: a write of up to so many bytes is never mixed with those of other writers.</summary>
    public const int AtomicLength = 4096;

    private Pipe(FileDescriptor reader, FileDescriptor writer)
    {
        Reader = reader;
        Writer = writer;
    }

    /// <summary>The end for reading. Writing there fails with EBADF.</summary>
    public FileDescriptor Reader { get; }

    /// <summary>The end for writing. Reading there fails with EBADF.</summary>
    public FileDescriptor Writer { get; }

    /// <summary>A new pipe.</summary>
    /// <param name="nonBlocking">O_NONBLOCK at both ends; each can be changed by itself later.</param>
    /// <exception cref="LinuxCallException">EMFILE, ENFILE.</exception>
    public static Pipe Create(bool nonBlocking = false)
    {
        OpenFlags flags = OpenFlags.O_CLOEXEC | (nonBlocking ? OpenFlags.O_NONBLOCK : 0);
        int* ends = stackalloc int[2];
        if (Libc.Pipe(ends, (int)flags) < 0) throw new LinuxCallException(Libc.LastError, $"pipe2({flags})");
        return new Pipe(new FileDescriptor(ends[0]), new FileDescriptor(ends[1]));
    }

    /// <summary>Closes both ends.</summary>
    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }
}
