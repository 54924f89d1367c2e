using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A file descriptor of this process: a file, an end of a pipe, a FIFO. Reads and writes allocate nothing and are one system call each.</summary>
/// <remarks>
/// <para>The offset and the status flags (O_NONBLOCK, O_APPEND) belong to the open file description, which duplicates and children share; FD_CLOEXEC belongs to the
/// descriptor. Descriptors made here have FD_CLOEXEC set, as all of .NET's have.</para>
/// <para>Calls on a disposed descriptor throw <see cref="ObjectDisposedException"/>: its number may long be another file's.</para>
/// <para>SIGPIPE is ignored in a .NET process, so a write without a reader fails with EPIPE.</para>
/// </remarks>
public sealed unsafe partial class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    private const int F_DUPFD_CLOEXEC = 1030, F_SETPIPE_SZ = 1031, F_GETPIPE_SZ = 1032;

    /// <summary>No descriptor yet.</summary>
    public FileDescriptor()
        : base(ownsHandle: true)
    {
    }

    internal FileDescriptor(int number)
        : base(ownsHandle: true) => SetHandle(number);

    /// <summary>The number. It stays this object's to close.</summary>
    public int Number
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (int)handle;
        }
    }

    /// <summary>O_NONBLOCK of the open file description, which every duplicate shares.</summary>
    /// <exception cref="LinuxCallException">EBADF.</exception>
    public bool NonBlocking
    {
        get => (Control(FileControl.F_GETFL, 0) & FileControl.O_NONBLOCK) != 0;
        set
        {
            int flags = Control(FileControl.F_GETFL, 0);
            Control(FileControl.F_SETFL, value ? flags | FileControl.O_NONBLOCK : flags & ~FileControl.O_NONBLOCK);
        }
    }

    /// <summary>FD_CLOEXEC of this descriptor: closed when the process executes another program.</summary>
    /// <exception cref="LinuxCallException">EBADF.</exception>
    public bool CloseOnExec
    {
        get => (Control(FileControl.F_GETFD, 0) & FileControl.FD_CLOEXEC) != 0;
        set => Control(FileControl.F_SETFD, value ? FileControl.FD_CLOEXEC : 0);
    }

    /// <summary>How many bytes the pipe or FIFO holds at most (F_GETPIPE_SZ): 65536 when it is new.</summary>
    /// <exception cref="LinuxCallException">EBADF: not a pipe.</exception>
    public int PipeCapacity => Control(F_GETPIPE_SZ, 0);

    /// <summary>How many bytes can be read at once (FIONREAD).</summary>
    /// <exception cref="LinuxCallException">ENOTTY: this kind of file does not say.</exception>
    public int BytesAvailable
    {
        get
        {
            int count;
            using var hold = new Hold(this);
            if (Libc.Ioctl(hold.Number, IoControl.FIONREAD, &count) < 0) throw Failure("ioctl", "FIONREAD");
            return count;
        }
    }

    /// <summary>open(2).</summary>
    /// <param name="path">The file.</param>
    /// <param name="flags">How; <see cref="OpenFlags.O_CLOEXEC"/> is always added.</param>
    /// <param name="mode">The permissions of a file that this makes, less the umask.</param>
    /// <exception cref="LinuxCallException">ENOENT, EACCES, EEXIST, ENXIO (a FIFO without a reader), EINVAL (a NUL in the path), and all others of open(2).</exception>
    public static FileDescriptor Open(string path, OpenFlags flags, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        fixed (byte* text = CString.Encode(path, "open"))
        {
            int number = Libc.Open(text, (int)(flags | OpenFlags.O_CLOEXEC), (int)mode);
            return number < 0 ? throw new LinuxCallException(Libc.LastError, $"open({CString.Quote(path)}, {flags})") : new FileDescriptor(number);
        }
    }

    /// <summary>Takes over a descriptor that is open already, for example one that was inherited under a known number.</summary>
    /// <exception cref="LinuxCallException">EBADF: the number is not open.</exception>
    public static FileDescriptor Adopt(int number)
    {
        if (Libc.Fcntl(number, FileControl.F_GETFD, 0) < 0) throw new LinuxCallException(Libc.LastError, $"fcntl({number}, F_GETFD)");
        return new FileDescriptor(number);
    }

    /// <summary>read(2): waits for at least one byte, unless the description is non-blocking.</summary>
    /// <returns>How many bytes; 0 at the end of the file, or when a pipe is empty and its last write end is closed.</returns>
    /// <exception cref="LinuxCallException">EAGAIN, EINTR, EBADF (not open for reading).</exception>
    public int Read(Span<byte> room)
    {
        CallResult result = TryRead(room);
        return result.Succeeded ? result.Value : throw new LinuxCallException(result.Error, $"read({Number}, {room.Length})");
    }

    /// <summary>As <see cref="Read"/>, with the error as a value.</summary>
    public CallResult TryRead(Span<byte> room)
    {
        using var hold = new Hold(this);
        fixed (byte* bytes = room) return Libc.Result(Libc.Read(hold.Number, bytes, room.Length));
    }

    /// <summary>write(2). A blocking pipe takes all; a non-blocking one what fits, where up to <see cref="Pipe.AtomicLength"/> bytes go whole or not at all.</summary>
    /// <returns>How many bytes were taken.</returns>
    /// <exception cref="LinuxCallException">EPIPE (no reader), EAGAIN, EINTR, EBADF (not open for writing).</exception>
    public int Write(ReadOnlySpan<byte> data)
    {
        CallResult result = TryWrite(data);
        return result.Succeeded ? result.Value : throw new LinuxCallException(result.Error, $"write({Number}, {data.Length})");
    }

    /// <summary>As <see cref="Write"/>, with the error as a value.</summary>
    public CallResult TryWrite(ReadOnlySpan<byte> data)
    {
        using var hold = new Hold(this);
        fixed (byte* bytes = data) return Libc.Result(Libc.Write(hold.Number, bytes, data.Length));
    }

    /// <summary>lseek(2) from the start of the file.</summary>
    /// <returns>The new offset.</returns>
    /// <exception cref="LinuxCallException">ESPIPE: a pipe or FIFO; EINVAL: below 0.</exception>
    public long Seek(long offset, SeekOrigin origin = SeekOrigin.Begin)
    {
        using var hold = new Hold(this);
        long now = Libc.LSeek(hold.Number, offset, (int)origin);
        return now < 0 ? throw Failure("lseek", offset.ToString(CultureInfo.InvariantCulture)) : now;
    }

    /// <summary>poll(2) on this descriptor alone.</summary>
    /// <param name="events">What to wait for; POLLERR and POLLHUP are reported in any case.</param>
    /// <param name="limit">How long at most, in whole milliseconds; null for ever, zero not at all.</param>
    /// <returns>What holds; none when the time was up.</returns>
    /// <exception cref="LinuxCallException">EINTR.</exception>
    public PollEvents Poll(PollEvents events, TimeSpan? limit = null)
    {
        using var hold = new Hold(this);
        var entry = new PollEntry(hold.Number, events);
        int timeout = limit is { } time ? (int)Math.Clamp(time.TotalMilliseconds, 0, int.MaxValue) : -1;
        return Libc.Poll(&entry, 1, timeout) < 0 ? throw Failure("poll", events.ToString()) : entry.Returned;
    }

    /// <summary>Another descriptor of the same open file description, at the lowest free number from <paramref name="minimum"/> on, with FD_CLOEXEC (F_DUPFD_CLOEXEC).</summary>
    /// <exception cref="LinuxCallException">EMFILE; EINVAL: the minimum is negative or beyond the limit of descriptors.</exception>
    public FileDescriptor Duplicate(int minimum = 0) => new(Control(F_DUPFD_CLOEXEC, minimum));

    /// <summary>dup3(2): makes <paramref name="number"/> another descriptor of the same description, closing in the same step what it was.</summary>
    /// <param name="number">The exact number. Whoever owns a descriptor of this number loses it.</param>
    /// <param name="closeOnExec">FD_CLOEXEC of the new one; false lets children inherit it.</param>
    /// <exception cref="LinuxCallException">EBADF: the number is out of range; EINVAL: it is this descriptor's own.</exception>
    public FileDescriptor DuplicateTo(int number, bool closeOnExec = true)
    {
        using var hold = new Hold(this);
        CallResult result = LinuxSystem.Current.Duplicate3(hold.Number, number, closeOnExec ? FileControl.O_CLOEXEC : 0);
        return result.Succeeded ? new FileDescriptor(number) : throw new LinuxCallException(result.Error, $"dup3({Number}, {number})");
    }

    /// <summary>Changes what the pipe or FIFO holds at most (F_SETPIPE_SZ). The kernel rounds up to a power of two of pages.</summary>
    /// <returns>The capacity now, in bytes.</returns>
    /// <exception cref="LinuxCallException">
    /// EINVAL: 0 or negative; EPERM: above /proc/sys/fs/pipe-max-size without CAP_SYS_RESOURCE; EBUSY: more is queued than would fit; EBADF: not a pipe.
    /// </exception>
    public int SetPipeCapacity(int bytes) => Control(F_SETPIPE_SZ, bytes);

    /// <summary>
    /// Gives the descriptor away to a stream of .NET, which closes it. This object is closed from then on and no copy of the number is left: two owners would close it twice, the second time
    /// perhaps when it is another file's.
    /// </summary>
    /// <param name="access">What the stream may do.</param>
    /// <exception cref="ObjectDisposedException">It was disposed or given away before.</exception>
    public FileStream ToStream(FileAccess access)
    {
        // Without a buffer of the stream's own: each read and write is one call, as here.
        return new FileStream(new SafeFileHandle(GiveAway(), ownsHandle: true), access, bufferSize: 0);
    }

    /// <summary>The number, which is the caller's to close from now on.</summary>
    internal int GiveAway()
    {
        int number = Number;
        SetHandleAsInvalid();
        Dispose();
        return number;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LinuxSystem.Current.Close((int)handle) == Errno.None;

    private int Control(int command, int argument)
    {
        using var hold = new Hold(this);
        int result = Libc.Fcntl(hold.Number, command, argument);
        return result < 0 ? throw Failure("fcntl", $"{CommandName(command)}, {argument}") : result;
    }

    private static string CommandName(int command) => command switch
    {
        FileControl.F_GETFD => "F_GETFD",
        FileControl.F_SETFD => "F_SETFD",
        FileControl.F_GETFL => "F_GETFL",
        FileControl.F_SETFL => "F_SETFL",
        F_DUPFD_CLOEXEC => "F_DUPFD_CLOEXEC",
        F_SETPIPE_SZ => "F_SETPIPE_SZ",
        _ => "F_GETPIPE_SZ",
    };

    private LinuxCallException Failure(string call, string argument)
    {
        Errno error = Libc.LastError;
        return new LinuxCallException(error, $"{call}({handle}, {argument})");
    }

    /// <summary>Keeps the number this file's while a call runs, though another thread disposes the object.</summary>
    internal readonly ref struct Hold
    {
        private readonly FileDescriptor _descriptor;

        public Hold(FileDescriptor descriptor)
        {
            bool held = false;
            descriptor.DangerousAddRef(ref held);
            _descriptor = descriptor;
        }

        public int Number => (int)_descriptor.handle;

        public void Dispose() => _descriptor.DangerousRelease();
    }
}
