using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>The files and directories that are opened for a child. Paths are those that the child would see: below its root, relative to its working directory.</summary>
internal sealed unsafe class ChildFiles(string? rootDirectory, string? workingDirectory) : IDisposable
{
    private const int Here = -100; // AT_FDCWD
    private const int OnlyPath = 0x20_0000; // O_PATH

    private static readonly int s_onlyDirectory = SystemCalls.IsArm64 ? 0x4000 : 0x1_0000; // O_DIRECTORY

    private readonly List<int> _opened = [];
    private int _root = Here, _directory = Here;

    /// <summary>The highest number of what was opened; -1 if nothing was.</summary>
    public int Highest => _opened.Count > 0 ? _opened.Max() : -1;

    /// <summary>Opens the two directories.</summary>
    /// <exception cref="LinuxCallException">ENOENT, ENOTDIR, EACCES.</exception>
    public void Open()
    {
        if (rootDirectory is not null) _root = OpenBelow(Here, ProcessCommand.Checked(rootDirectory, nameof(ProcessCommand.RootDirectory)), OnlyPath | s_onlyDirectory);
        if (workingDirectory is not null)
        {
            string path = ProcessCommand.Checked(workingDirectory, nameof(ProcessCommand.WorkingDirectory));
            _directory = _root == Here ? OpenBelow(Here, path, OnlyPath | s_onlyDirectory) : OpenInRoot(path, OnlyPath | s_onlyDirectory);
        }
    }

    /// <summary>Opens a file for the child.</summary>
    /// <exception cref="LinuxCallException">The errno of open(2) or openat2(2).</exception>
    public int Open(string path, int flags)
    {
        if (_root == Here) return OpenBelow(_directory, path, flags);
        return OpenInRoot(path.StartsWith('/') || workingDirectory is null ? path : $"{workingDirectory}/{path}", flags);
    }

    /// <summary>A copy of a descriptor with a number above another.</summary>
    /// <exception cref="LinuxCallException">EBADF; EMFILE.</exception>
    public int CopyAbove(int descriptor, int other)
    {
        int moved = Libc.Fcntl(descriptor, FileControl.F_DUPFD_CLOEXEC, other + 1);
        if (moved < 0) throw new LinuxCallException(Libc.LastError, $"fcntl({descriptor}, F_DUPFD_CLOEXEC, {other + 1})");
        _opened.Add(moved);
        return moved;
    }

    /// <summary>The child's way into its directories: chroot(2) leaves the working directory where it is, so it goes there first.</summary>
    public void AddSteps(ChildPlan plan)
    {
        if (_root != Here)
        {
            plan.Add(new StepName("chdir({2})", Text: rootDirectory), SystemCalls.ChangeDirectory, _root);
            plan.Add(new StepName("chroot({2})", Text: rootDirectory), SystemCalls.ChangeRoot, plan.Text("."));
        }
        if (_directory != Here) plan.Add(new StepName("chdir({2})", Text: workingDirectory), SystemCalls.ChangeDirectory, _directory);
    }

    public void Dispose()
    {
        foreach (int descriptor in _opened) _ = Libc.Close(descriptor);
        _opened.Clear();
    }

    private int OpenBelow(int directory, string path, int flags)
    {
        const int Mode = 0x1B6; // 0666
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + "\0")) return Kept(Libc.OpenAt(directory, bytes, flags | FileControl.O_CLOEXEC, Mode), path);
    }

    /// <summary>No link and no <c>..</c> leads out of the root (openat2(2), RESOLVE_IN_ROOT).</summary>
    private int OpenInRoot(string path, int flags)
    {
        const ulong Mode = 0x1B6, ResolveInRoot = 0x10;
        const int Create = (int)OpenFlags.O_CREAT;
        ulong* how = stackalloc ulong[] { (ulong)(flags | FileControl.O_CLOEXEC), (flags & Create) != 0 ? Mode : 0, ResolveInRoot };
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + "\0")) return Kept((int)Libc.SystemCall(SystemCalls.OpenAt2, _root, (nint)bytes, (nint)how, 3 * sizeof(ulong), 0, 0), path);
    }

    private int Kept(int descriptor, string path)
    {
        if (descriptor < 0) throw new LinuxCallException(Libc.LastError, $"open({CString.Quote(path)})");
        _opened.Add(descriptor);
        return descriptor;
    }
}
