using System.Text;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>One start of a <see cref="ProcessCommand"/>. Files and the directory are opened here, not in the child, so that an error is known to be theirs.</summary>
internal sealed unsafe class CommandStart(ProcessCommand command) : IDisposable
{
    // posix_spawnattr_t has 336 bytes in glibc, posix_spawn_file_actions_t 80.
    private const int OpaqueLength = 512;
    private const short SetGroup = 0x02, SetDefaults = 0x04, SetMask = 0x08, SetSession = 0x80; // POSIX_SPAWN_…
    private const int WorkingDirectory = -100; // AT_FDCWD

    private readonly List<int> _opened = [];
    private readonly List<(int Source, int Number)> _copies = [];
    private int _directory = WorkingDirectory;

    /// <summary>Starts the program.</summary>
    /// <returns>The child's process id.</returns>
    public int Run()
    {
        List<string> argumentStrings = command.ArgumentStrings(), environmentStrings = command.EnvironmentStrings();
        OpenDirectory();
        string path = command.SearchPath && command.Program is not "" && !command.Program.Contains('/', StringComparison.Ordinal)
            ? ProgramSearch.Find(command.Program, _directory)
            : command.Program;
        ResolveDescriptors();
        using StringVector arguments = StringVector.Create(argumentStrings), environment = StringVector.Create(environmentStrings);
        byte* attributes = stackalloc byte[OpaqueLength], actions = stackalloc byte[OpaqueLength];
        Check(Libc.SpawnAttributesInit(attributes), "posix_spawnattr_init");
        Check(Libc.SpawnActionsInit(actions), "posix_spawn_file_actions_init");
        try
        {
            SetAttributes(attributes);
            SetActions(actions);
            int child;
            Errno error;
            fixed (byte* pathBytes = Encoding.UTF8.GetBytes(path + "\0"))
                error = (Errno)Libc.Spawn(&child, pathBytes, actions, attributes, arguments.Pointers, (nint)environment.Pointers);
            return error == Errno.None ? child : throw Failure(error, path);
        }
        finally
        {
            _ = Libc.SpawnActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    public void Dispose()
    {
        foreach (int descriptor in _opened) _ = Libc.Close(descriptor);
    }

    private void OpenDirectory()
    {
        const int O_PATH = 0x200000;
        int onlyDirectory = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? 0x4000 : 0x10000;
        if (command.WorkingDirectory is { } path) _directory = Open(ProcessCommand.Checked(path, nameof(ProcessCommand.WorkingDirectory)), O_PATH | onlyDirectory);
    }

    private int Open(string path, int flags)
    {
        const int Mode = 0x1B6; // 0666
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + "\0"))
        {
            int descriptor = Libc.OpenAt(_directory, bytes, flags | FileControl.O_CLOEXEC, Mode);
            if (descriptor < 0) throw new LinuxCallException(Libc.LastError, $"open({CString.Quote(path)})");
            _opened.Add(descriptor);
            return descriptor;
        }
    }

    private void ResolveDescriptors()
    {
        var numbers = new HashSet<int>();
        int highest = -1;
        foreach (ChildDescriptor wanted in command.Descriptors)
        {
            if (!numbers.Add(wanted.Number)) throw new ArgumentException($"descriptor {wanted.Number} is given twice", nameof(ProcessCommand.Descriptors));
            highest = Math.Max(highest, wanted.Number);
        }
        foreach (ChildDescriptor wanted in command.Descriptors)
        {
            int source = wanted.Path is { } path ? Open(ProcessCommand.Checked(path, nameof(ProcessCommand.Descriptors)), (int)wanted.Flags) : wanted.Source;
            // Copies are made one after the other in the child: a source that another copy would replace goes out of their way first.
            if (source != wanted.Number && numbers.Contains(source)) source = MoveAbove(source, highest);
            _copies.Add((source, wanted.Number));
        }
    }

    private int MoveAbove(int source, int highest)
    {
        int moved = Libc.Fcntl(source, FileControl.F_DUPFD_CLOEXEC, highest + 1);
        if (moved < 0) throw new LinuxCallException(Libc.LastError, $"fcntl({source}, F_DUPFD_CLOEXEC, {highest + 1})");
        _opened.Add(moved);
        return moved;
    }

    private void SetAttributes(byte* attributes)
    {
        short flags = SetDefaults;
        SignalMask defaults = MaskOf(command.DefaultSignals, nameof(ProcessCommand.DefaultSignals));
        // The C library's own two, which posix_spawn(3) would otherwise leave ignored in the child.
        defaults.Add(32);
        defaults.Add(33);
        Check(Libc.SpawnSetDefaults(attributes, &defaults), "posix_spawnattr_setsigdefault");
        if (command.BlockedSignals is { } blockedSignals)
        {
            SignalMask blocked = MaskOf(blockedSignals, nameof(ProcessCommand.BlockedSignals));
            Check(Libc.SpawnSetMask(attributes, &blocked), "posix_spawnattr_setsigmask");
            flags |= SetMask;
        }
        if (command.ProcessGroup is { } group)
        {
            Check(Libc.SpawnSetGroup(attributes, group), "posix_spawnattr_setpgroup");
            flags |= SetGroup;
        }
        if (command.NewSession) flags |= SetSession;
        Check(Libc.SpawnSetFlags(attributes, flags), "posix_spawnattr_setflags");
    }

    private void SetActions(byte* actions)
    {
        if (_directory != WorkingDirectory) Check(Libc.SpawnAddDirectory(actions, _directory), "posix_spawn_file_actions_addfchdir_np");
        var kept = new SortedSet<int>();
        foreach ((int source, int number) in _copies)
        {
            Check(Libc.SpawnAddDuplicate(actions, source, number), $"dup2({source}, {number})");
            kept.Add(number);
        }
        int next = 0;
        foreach (int number in kept)
        {
            for (; next < number; next++) Check(Libc.SpawnAddClose(actions, next), $"close({next})");
            next = number + 1;
        }
        Check(Libc.SpawnAddCloseFrom(actions, next), $"close_range({next})");
    }

    /// <summary>posix_spawn(3) says what failed in the child, but not at which step; the steps before the last can be asked again here.</summary>
    private LinuxCallException Failure(Errno error, string path)
    {
        if (error == Errno.EBADF)
        {
            foreach ((int source, int number) in _copies)
                if (Libc.Fcntl(source, FileControl.F_GETFD, 0) < 0) return new LinuxCallException(error, $"dup2({source}, {number})");
        }
        if (error == Errno.EACCES && !CanEnterDirectory()) return new LinuxCallException(error, $"chdir({CString.Quote(command.WorkingDirectory!)})");
        if (error is Errno.EPERM or Errno.ESRCH && command.ProcessGroup is { } group) return new LinuxCallException(error, $"setpgid(0, {group}) before execve({CString.Quote(path)})");
        return new LinuxCallException(error, $"execve({CString.Quote(path)})");
    }

    private bool CanEnterDirectory()
    {
        const int Executable = 1, ByEffectiveIds = 0x200; // X_OK, AT_EACCESS
        fixed (byte* here = "."u8) return _directory == WorkingDirectory || Libc.AccessAt(_directory, here, Executable, ByEffectiveIds) == 0;
    }

    private static SignalMask MaskOf(IReadOnlyCollection<Signal> signals, string what)
    {
        SignalMask mask = default;
        foreach (Signal signal in signals)
        {
            if ((int)signal is < 1 or > 64) throw new ArgumentException($"there is no signal {(int)signal}", what);
            mask.Add((int)signal);
        }
        return mask;
    }

    // These functions give the error number itself.
    private static void Check(int error, string call)
    {
        if (error != 0) throw new LinuxCallException((Errno)error, call);
    }
}
