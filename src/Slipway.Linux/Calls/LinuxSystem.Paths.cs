using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>Files, by descriptor and by name. The working directory and the umask are those of the whole operating-system process.</summary>
public sealed partial class LinuxSystem
{
    // fcntl.h.
    private const int WorkingDirectory = -100, AtEmptyPath = 0x1000, NoFollow = 0x100;

    /// <inheritdoc/>
    public override unsafe Errno Stat(int descriptor, out FileStatus status)
    {
        byte empty = 0;
        return Stat(descriptor, &empty, AtEmptyPath, out status);
    }

    /// <inheritdoc/>
    public override Errno Stat(string path, out FileStatus status) => Stat(path, 0, out status);

    /// <inheritdoc/>
    public override Errno StatLink(string path, out FileStatus status) => Stat(path, NoFollow, out status);

    /// <inheritdoc/>
    public override Errno Unlink(string path) => Libc.Status(Libc.Unlink(path));

    /// <inheritdoc/>
    public override Errno Rename(string path, string newPath) => Libc.Status(Libc.Rename(path, newPath));

    /// <inheritdoc/>
    public override Errno ChangeMode(int descriptor, uint mode) => Libc.Status(Libc.FChMod(descriptor, mode));

    /// <inheritdoc/>
    public override Errno ChangeMode(string path, uint mode) => Libc.Status(Libc.ChMod(path, mode));

    /// <inheritdoc/>
    public override Errno ChangeOwner(int descriptor, int user, int group) => Libc.Status(Libc.FChOwn(descriptor, user, group));

    /// <inheritdoc/>
    public override Errno ChangeOwner(string path, int user, int group) => Libc.Status(Libc.ChOwn(path, user, group));

    /// <inheritdoc/>
    public override Errno MakeDirectory(string path, uint mode) => Libc.Status(Libc.MkDir(path, mode));

    /// <inheritdoc/>
    public override Errno RemoveDirectory(string path) => Libc.Status(Libc.RmDir(path));

    /// <inheritdoc/>
    public override Errno MakeLink(string target, string path) => Libc.Status(Libc.SymLink(target, path));

    /// <inheritdoc/>
    public override unsafe Errno ReadLink(string path, out string target)
    {
        const int LongestPath = 4096;
        byte* text = stackalloc byte[LongestPath];
        nint length = Libc.ReadLink(path, text, LongestPath);
        target = length < 0 ? "" : Encoding.UTF8.GetString(text, (int)length);
        return length < 0 ? Libc.LastError : Errno.None;
    }

    /// <inheritdoc/>
    public override Errno ChangeDirectory(int descriptor) => Libc.Status(Libc.FChDir(descriptor));

    /// <inheritdoc/>
    public override Errno ChangeDirectory(string path) => Libc.Status(Libc.ChDir(path));

    /// <inheritdoc/>
    public override unsafe Errno GetDirectory(out string path)
    {
        const int LongestPath = 4096;
        byte* text = stackalloc byte[LongestPath];
        bool found = Libc.GetDirectory(text, LongestPath) is not null;
        path = found ? new string((sbyte*)text) : "";
        return found ? Errno.None : Libc.LastError;
    }

    /// <inheritdoc/>
    public override uint SetFileMask(uint mask) => Libc.UMask(mask);

    private static unsafe Errno Stat(string path, int flags, out FileStatus status)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte[] text = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, text);
        fixed (byte* first = text) return Stat(WorkingDirectory, first, flags, out status);
    }

    private static unsafe Errno Stat(int descriptor, byte* path, int flags, out FileStatus status)
    {
        const int StatXLength = 256;
        const uint BasicStats = 0x7FF;
        byte* result = stackalloc byte[StatXLength];
        if (Libc.StatX(descriptor, path, flags, BasicStats, result) < 0)
        {
            status = default;
            return Libc.LastError;
        }
        // struct statx (statx(2)): stx_uid at 20, stx_gid at 24, stx_mode at 28, stx_ino at 32, stx_size at 40, on every architecture.
        status = new FileStatus(*(ushort*)(result + 28), *(long*)(result + 40), *(ulong*)(result + 32)) { UserId = *(int*)(result + 20), GroupId = *(int*)(result + 24) };
        return Errno.None;
    }
}
