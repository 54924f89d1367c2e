using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A file with the daemon's process id that is locked as long as it lives (fcntl(2), F_OFD_SETLK): a second instance is refused, and a file that a dead one left is nobody's.</summary>
public sealed class PidFile : IDisposable
{
    private readonly FileDescriptor _file;
    private readonly RangeLock _lock;

    private PidFile(string path, FileDescriptor file, RangeLock held)
    {
        Path = path;
        _file = file;
        _lock = held;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Makes the file, or takes that of a dead instance, locks it and writes this process's id and a line feed into it (mode 0644 less the umask).</summary>
    /// <exception cref="LinuxCallException">EAGAIN: another instance has it; EACCES, ENOENT, EROFS and all others of open(2).</exception>
    public static PidFile Create(string path)
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        ArgumentNullException.ThrowIfNull(path);
        while (true)
        {
            var file = FileDescriptor.Open(path, OpenFlags.O_RDWR | OpenFlags.O_CREAT, Mode);
            try
            {
                // No flock(2): .NET takes one for everybody who reads the file, and would be refused.
                RangeLock held = RangeLock.TryTake(file, LockKind.Exclusive, 0, 0) ?? throw new LinuxCallException(Errno.EAGAIN, $"lock of {CString.Quote(path)}, which process {ReadId(path)} has");
                if (IsStill(path, file))
                {
                    WriteId(file);
                    return new PidFile(path, file, held);
                }
                held.Dispose(); // of a file that its owner removed between our open and our lock
                file.Dispose();
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    /// <summary>The process that has the file, if one does.</summary>
    /// <returns>Null where there is no file, or one that nobody has locked.</returns>
    public static int? Owner(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path)) return null;
        using var file = FileDescriptor.Open(path, OpenFlags.O_RDONLY);
        return RangeLock.Query(file, LockKind.Shared, 0, 0) is null ? null : ReadId(path);
    }

    /// <summary>Removes the file and then its lock. A process that ends without it leaves the file, unlocked.</summary>
    public void Dispose()
    {
        if (_file.IsClosed) return;
        File.Delete(Path);
        _lock.Dispose();
        _file.Dispose();
    }

    private static int? ReadId(string path)
        => int.TryParse(LinuxFiles.Instance.ReadText(path)?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;

    private static void WriteId(FileDescriptor file)
    {
        Errno error = LinuxSystem.Current.Truncate(file.Number, 0);
        if (error != Errno.None) throw new LinuxCallException(error, $"ftruncate({file.Number}, 0)");
        file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
    }

    /// <summary>Whether the name still leads to the open file: a lock on a removed file keeps nobody out.</summary>
    private static bool IsStill(string path, FileDescriptor file)
    {
        try
        {
            using var now = FileDescriptor.Open(path, OpenFlags.O_RDONLY);
            LinuxSystem system = LinuxSystem.Current;
            return system.Stat(now.Number, out FileStatus there) == Errno.None && system.Stat(file.Number, out FileStatus here) == Errno.None
                && there.Inode == here.Inode;
        }
        catch (LinuxCallException failure) when (failure.Errno == Errno.ENOENT)
        {
            return false;
        }
    }
}
