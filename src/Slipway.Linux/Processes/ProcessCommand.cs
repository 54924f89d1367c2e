using System.Collections;
using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>A program with its arguments and all that the new process is to have: what fork, the calls between, and exec say in C (posix_spawn(3)).</summary>
/// <remarks>
/// <para>One type stands for the six forms of exec(3): arguments as a list or one by one, <see cref="SearchPath"/> for the p, <see cref="Environment"/> for the e.
/// A file without a header that the kernel knows is refused with ENOEXEC; no shell is tried in its stead.</para>
/// <para>The child has the descriptors of <see cref="Descriptors"/> and no other, whatever else is open here and with or without FD_CLOEXEC. Signals that this process
/// handles have their default action in it; those ignored here stay ignored, but for <see cref="DefaultSignals"/>.</para>
/// <para>Needs glibc 2.34.</para>
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

    /// <summary>The child's working directory, to which a relative <see cref="Program"/> and the paths of <see cref="Descriptors"/> then relate; null for this process's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>All descriptors of the child: unless said otherwise the standard streams 0, 1 and 2.</summary>
    public IReadOnlyList<ChildDescriptor> Descriptors { get; init; } = [ChildDescriptor.Inherit(0), ChildDescriptor.Inherit(1), ChildDescriptor.Inherit(2)];

    /// <summary>The process group that the child joins (setpgid(2)): 0 makes it the leader of a new one; null leaves it in this process's.</summary>
    public int? ProcessGroup { get; init; }

    /// <summary>Whether the child leads a new session, and in it a new process group, without a controlling terminal (setsid(2)).</summary>
    public bool NewSession { get; init; }

    /// <summary>The signals that are blocked in the child: none unless said otherwise; null for those blocked on the calling thread.</summary>
    public IReadOnlyCollection<Signal>? BlockedSignals { get; init; } = [];

    /// <summary>The signals that get their default action back though this process ignores them: unless said otherwise SIGPIPE, which the runtime ignores.</summary>
    public IReadOnlyCollection<Signal> DefaultSignals { get; init; } = [Signal.SIGPIPE];

    /// <summary>Starts the program and returns when it has been executed: a shell's background job.</summary>
    /// <exception cref="ArgumentException">A string contains a NUL, a variable's name is empty or contains '=', a signal is outside 1 to 64, or two descriptors have one number.</exception>
    /// <exception cref="LinuxCallException">
    /// Nothing was started. ENOENT: no such program, directory or file; EACCES: not executable, or a directory; ENOEXEC: no header that the kernel knows; E2BIG: too many
    /// arguments; EBADF: a descriptor is not open, or its number in the child is too high; EPERM: the process group is another session's, or <see cref="NewSession"/> was asked
    /// for with a group; EAGAIN: the limit of processes; EMFILE: the limit of descriptors. The message names the value.
    /// </exception>
    public SpawnedProcess Start()
    {
        using var start = new CommandStart(this);
        return SpawnedProcess.Adopt(start.Run());
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
