using System.Collections;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A program with its arguments and all that the new process is to have: what fork, the calls between, and exec say in C (posix_spawn(3)).</summary>
/// <remarks>
/// <para>One type stands for the six forms of exec(3): arguments as a list or one by one, <see cref="SearchPath"/> for the p, <see cref="Environment"/> for the e.
/// A file without a header that the kernel knows is refused with ENOEXEC; no shell is tried in its stead.</para>
/// <para>The child has the descriptors of <see cref="Descriptors"/> and no other, whatever else is open here and with or without FD_CLOEXEC. Signals that this process
/// handles have their default action in it; those ignored here stay ignored, but for <see cref="DefaultSignals"/>.</para>
/// <para>The child does what is asked for in this order: signal actions, root and working directory, descriptors, session and group, terminal, limits, nice value, file mode
/// mask, user; then the program. Files of <see cref="Descriptors"/> are opened before, with this process's rights and file mode mask.</para>
/// <para>It works like vfork(2): the calling thread waits until the program runs, and nothing of this process is copied. Needs Linux 5.9.</para>
/// </remarks>
public sealed record ProcessCommand
{
    /// <summary>A command.</summary>
    /// <param name="program">The program's path, or its name if it is searched for.</param>
    /// <param name="arguments">The arguments after argv[0].</param>
    public ProcessCommand(string program, params IEnumerable<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(arguments);
        Program = program;
        Arguments = [.. arguments];
    }

    /// <summary>A .NET program in a new process, by the runtime that this one runs on.</summary>
    /// <param name="path">The assembly that has the program's Main.</param>
    /// <param name="arguments">Main's arguments.</param>
    /// <exception cref="FileNotFoundException">The runtime's dotnet program is not where it belongs.</exception>
    public static ProcessCommand Assembly(string path, params IEnumerable<string> arguments) => new(IsolatedProcess.HostPath(), ["exec", path, .. arguments]);

    /// <summary>
    /// This program once more, with other arguments: what a fork that runs on in the same program is in C. The arguments tell the child its role, the descriptors what it shares.
    /// </summary>
    /// <param name="arguments">Main's arguments.</param>
    /// <exception cref="InvalidOperationException">There is no program: the runtime was loaded by another.</exception>
    public static ProcessCommand OwnProgram(params IEnumerable<string> arguments)
    {
        string path = System.Environment.ProcessPath ?? throw new InvalidOperationException("this process does not know its program");
        if (!string.Equals(Path.GetFileNameWithoutExtension(path), "dotnet", StringComparison.Ordinal)) return new ProcessCommand(path, arguments);
        return System.Reflection.Assembly.GetEntryAssembly() is { Location.Length: > 0 } program
            ? Assembly(program.Location, arguments)
            : throw new InvalidOperationException("this process does not know its assembly");
    }

    /// <summary>The program's path, or its name if it is searched for.</summary>
    public string Program { get; init; }

    /// <summary>The arguments after argv[0].</summary>
    public IReadOnlyList<string> Arguments { get; init; }

    /// <summary>argv[0], the name by which the program is to know itself; null for <see cref="Program"/>.</summary>
    public string? ArgumentZero { get; init; }

    /// <summary>
    /// Whether a program's name without a slash is looked for in the directories of this process's PATH, and otherwise below the working directory. Where PATH is not set
    /// they are /bin and /usr/bin (execvp(3)).
    /// </summary>
    public bool SearchPath { get; init; } = true;

    /// <summary>The whole environment of the child; null for a copy of this process's.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>
    /// The child's root directory (chroot(2)): all other paths, and PATH, are then those below it, and the working directory is the root unless said otherwise. Needs CAP_SYS_CHROOT.
    /// A bound for programs that mean well: who is root inside can leave.
    /// </summary>
    public string? RootDirectory { get; init; }

    /// <summary>The child's working directory, to which a relative <see cref="Program"/> and the paths of <see cref="Descriptors"/> then relate; null for this process's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>All descriptors of the child: unless said otherwise the standard streams 0, 1 and 2.</summary>
    public IReadOnlyList<ChildDescriptor> Descriptors { get; init; } = [ChildDescriptor.Inherit(0), ChildDescriptor.Inherit(1), ChildDescriptor.Inherit(2)];

    /// <summary>The process group that the child joins (setpgid(2)): 0 makes it the leader of a new one; null leaves it in this process's.</summary>
    public int? ProcessGroup { get; init; }

    /// <summary>Whether the child leads a new session, and in it a new process group, without a controlling terminal (setsid(2)).</summary>
    public bool NewSession { get; init; }

    /// <summary>
    /// The number, in the child, of a terminal that is to control the new session (ioctl_tty(2), TIOCSCTTY), with the child's group in its foreground. Needs <see cref="NewSession"/>,
    /// and a terminal that controls no other.
    /// </summary>
    public int? ControllingTerminal { get; init; }

    /// <summary>The number, in the child, of its controlling terminal, to whose foreground the child's new group comes before the program runs (tcsetpgrp(3)): a shell's foreground job.</summary>
    public int? ForegroundTerminal { get; init; }

    /// <summary>Whether the child is process 1 of a new namespace of processes (pid_namespaces(7)): it sees and reaches only its own descendants, and they end with it. Needs CAP_SYS_ADMIN.</summary>
    public bool NewProcessNamespace { get; init; }

    /// <summary>Who the child is to be; null for the user, groups and ids of the calling thread. Another user needs CAP_SETUID and CAP_SETGID.</summary>
    public ProcessUser? RunAs { get; init; }

    /// <summary>What is added to the calling thread's nice value for the child (nice(2)), -20 to 19 in the end. Below 0 needs CAP_SYS_NICE or RLIMIT_NICE.</summary>
    public int? Nice { get; init; }

    /// <summary>The child's file mode creation mask (umask(2)), of which the low nine bits count; null for this process's.</summary>
    public int? FileMask { get; init; }

    /// <summary>The child's limits (setrlimit(2)), where they differ from this process's.</summary>
    public IReadOnlyDictionary<ResourceKind, ResourceLimit> Limits { get; init; } = new Dictionary<ResourceKind, ResourceLimit>();

    /// <summary>The signals that are blocked in the child: none unless said otherwise; null for those blocked on the calling thread.</summary>
    public IReadOnlyCollection<Signal>? BlockedSignals { get; init; } = [];

    /// <summary>The signals that get their default action back though this process ignores them: unless said otherwise SIGPIPE, which the runtime ignores.</summary>
    public IReadOnlyCollection<Signal> DefaultSignals { get; init; } = [Signal.SIGPIPE];

    /// <summary>The signals that the child ignores from its beginning, as nohup(1) has it for SIGHUP.</summary>
    public IReadOnlyCollection<Signal> IgnoredSignals { get; init; } = [];

    /// <summary>Starts the program and returns when it has been executed: a shell's background job.</summary>
    /// <exception cref="ArgumentException">A string contains a NUL, a variable's name is empty or contains '=', a signal is outside 1 to 64, or two descriptors have one number.</exception>
    /// <exception cref="LinuxCallException">
    /// Nothing was started. ENOENT: no such program, directory or file; EACCES: not executable, or a directory; ENOEXEC: no header that the kernel knows; E2BIG: too many
    /// arguments; EBADF: a descriptor is not open, or its number in the child is too high; EPERM: the process group is another session's, or <see cref="NewSession"/> was asked
    /// for with a group, or a right is missing for <see cref="RootDirectory"/>, <see cref="RunAs"/>, <see cref="Nice"/>, <see cref="Limits"/>, <see cref="ControllingTerminal"/>;
    /// ENOTTY: no terminal, or not the child's; EINVAL: a limit whose soft part is above the hard, or a signal that cannot be ignored; EAGAIN: the limit of processes; EMFILE: the
    /// limit of descriptors. The call in the message is the one that was refused, with its value.
    /// </exception>
    public SpawnedProcess Start()
    {
        using var start = new CommandStart(this);
        return start.Run();
    }

    /// <summary>
    /// Starts the program as nobody's child: a child of ours forks once more and ends at once, so that process 1, or the nearest ancestor that takes orphans, is the program's parent
    /// and reaps it. With <see cref="NewSession"/> it is in the session without leading it, so that no terminal it opens becomes its own.
    /// </summary>
    /// <returns>The program's process id.</returns>
    /// <exception cref="ArgumentException">As <see cref="Start"/> says.</exception>
    /// <exception cref="LinuxCallException">As <see cref="Start"/> says.</exception>
    public int StartDetached()
    {
        using var start = new CommandStart(this);
        return start.RunDetached();
    }

    /// <summary>Starts the program and waits for its end: a shell's foreground command.</summary>
    /// <returns>How it ended.</returns>
    /// <exception cref="ArgumentException">As <see cref="Start"/> says.</exception>
    /// <exception cref="LinuxCallException">As <see cref="Start"/> and <see cref="SpawnedProcess.WaitForExit"/> say.</exception>
    public WaitStatus Run()
    {
        using SpawnedProcess child = Start();
        return child.WaitForExit();
    }

    internal List<string> ArgumentStrings()
    {
        string program = Checked(Program, nameof(Program));
        List<string> strings = [Checked(ArgumentZero ?? program, nameof(ArgumentZero))];
        foreach (string argument in Arguments) strings.Add(Checked(argument, nameof(Arguments)));
        return strings;
    }

    internal List<string> EnvironmentStrings()
    {
        List<string> strings = [];
        if (Environment is null)
        {
            foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables()) strings.Add($"{variable.Key}={variable.Value}");
            return strings;
        }
        foreach ((string name, string value) in Environment)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal)) throw new ArgumentException($"'{name}' cannot name a variable", nameof(Environment));
            strings.Add(Checked($"{name}={value}", nameof(Environment)));
        }
        return strings;
    }

    internal static string Checked(string text, string what)
    {
        int at = text.IndexOf('\0', StringComparison.Ordinal);
        return at < 0 ? text : throw new ArgumentException($"there is a NUL at index {at} of '{text.Replace("\0", "\\0", StringComparison.Ordinal)}'", what);
    }
}
