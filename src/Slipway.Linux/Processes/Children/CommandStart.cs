using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>One start of a <see cref="ProcessCommand"/>: files are opened here, all else becomes a step of the child.</summary>
internal sealed unsafe class CommandStart(ProcessCommand command) : IDisposable
{
    private const int NewProcessNamespace = 0x2000_0000; // CLONE_NEWPID

    private readonly ChildPlan _plan = new();
    private readonly ChildFiles _files = new(command.RootDirectory, command.WorkingDirectory);
    private readonly (int Source, int Number)[] _copies = new (int Source, int Number)[command.Descriptors.Count];
    private readonly int[] _numbers = new int[command.Descriptors.Count]; // of the child, the lowest first

    /// <summary>Starts the program.</summary>
    public SpawnedProcess Run() => Run(detached: false);

    /// <summary>Starts the program as nobody's child.</summary>
    /// <returns>Its process id.</returns>
    public int RunDetached()
    {
        using SpawnedProcess between = Run(detached: true);
        _ = between.Wait(WaitOptions.None, out _);
        return _plan.ForkedId;
    }

    private SpawnedProcess Run(bool detached)
    {
        nint arguments = _plan.Texts(command.ArgumentStrings()), environment = _plan.Texts(command.EnvironmentStrings());
        _files.Open();
        ResolveDescriptors();
        AddOwnTable();
        AddSignalActions();
        _files.AddSteps(_plan); // before a descriptor of the child takes the number of one of the directories
        AddDescriptors();
        AddCloses();
        AddGroup();
        AddTerminal();
        if (detached) AddFork();
        AddLimits();
        AddUser();
        AddSignalMask();
        AddProgram(arguments, environment);
        SpawnedProcess child = _plan.Run(command.NewProcessNamespace ? NewProcessNamespace : 0);
        GC.KeepAlive(command); // and with it the descriptors that it names
        return child;
    }

    public void Dispose()
    {
        _files.Dispose();
        _plan.Dispose();
    }

    private void ResolveDescriptors()
    {
        for (int i = 0; i < _numbers.Length; i++) _numbers[i] = command.Descriptors[i].Number;
        Array.Sort(_numbers);
        for (int i = 1; i < _numbers.Length; i++)
            if (_numbers[i] == _numbers[i - 1]) throw new ArgumentException($"descriptor {_numbers[i]} is given twice", nameof(ProcessCommand.Descriptors));
        for (int i = 0; i < _copies.Length; i++)
        {
            ChildDescriptor wanted = command.Descriptors[i];
            int source = wanted.Path is { } path ? _files.Open(ProcessCommand.Checked(path, nameof(ProcessCommand.Descriptors)), (int)wanted.Flags) : wanted.CurrentSource();
            // Copies are made one after the other in the child: a source that another copy would replace goes out of their way first.
            if (source != wanted.Number && Array.BinarySearch(_numbers, source) >= 0) source = _files.CopyAbove(source, _numbers[^1]);
            _copies[i] = (source, wanted.Number);
        }
    }

    /// <summary>No handler of this process may run in the child, which shares its memory; what is ignored stays so unless something else was asked for.</summary>
    private void AddSignalActions()
    {
        const int Highest = 64, Length = 32;
        const nint Ignore = 1; // SIG_IGN
        SignalMask defaults = MaskOf(command.DefaultSignals, nameof(ProcessCommand.DefaultSignals)), ignored = MaskOf(command.IgnoredSignals, nameof(ProcessCommand.IgnoredSignals));
        bool cleared = ChildPlan.ClearsHandlers;
        if (cleared && (defaults.Bits | ignored.Bits) == 0) return;
        byte* byDefault = _plan.Memory(Length), ignoring = _plan.Memory(Length);
        *(nint*)ignoring = Ignore;
        for (int signal = 1; signal <= Highest; signal++)
        {
            if (signal is (int)Signal.SIGKILL or (int)Signal.SIGSTOP && !ignored.Contains(signal)) continue;
            if (ignored.Contains(signal)) _plan.Add(new StepName($"sigaction({(Signal)signal}, SIG_IGN)"), SystemCalls.SignalAction, signal, (nint)ignoring, 0, sizeof(ulong));
            else if (defaults.Contains(signal) || !cleared && !IsIgnored(signal)) _plan.Add(new StepName("sigaction()"), SystemCalls.SignalAction, signal, (nint)byDefault, 0, sizeof(ulong));
        }

        static bool IsIgnored(int signal)
        {
            byte* action = stackalloc byte[Length];
            return Libc.SystemCall(SystemCalls.SignalAction, signal, 0, (nint)action, sizeof(ulong), 0, 0) == 0 && *(nint*)action == Ignore;
        }
    }

    /// <summary>
    /// The child begins with our table of descriptors, not with a copy of it, and takes a copy of the part that it needs: what it costs to start a program does not depend on how many files are
    /// open here. Until this step it touches none.
    /// </summary>
    private void AddOwnTable()
    {
        const int Unshare = 2; // CLOSE_RANGE_UNSHARE
        int highest = Math.Max(_files.Highest, _numbers.Length > 0 ? _numbers[^1] : -1);
        foreach ((int source, int number) in _copies)
        {
            // Here and not in the child, where the number may be that of the child's own descriptor of pidfd_open(2), which is in the table by then.
            if (Libc.Fcntl(source, FileControl.F_GETFD, 0) < 0) throw new LinuxCallException(Libc.LastError, $"dup2({source}, {number})");
            highest = Math.Max(highest, source);
        }
        _plan.Add(new StepName("close_range({0})", (uint)highest + 1), SystemCalls.CloseRange, (nint)((uint)highest + 1), unchecked((nint)uint.MaxValue), Unshare);
    }

    private void AddDescriptors()
    {
        foreach ((int source, int number) in _copies)
        {
            // A descriptor that keeps its number loses FD_CLOEXEC, which a copy has not.
            var name = new StepName("dup2({0}, {1})", source, number);
            if (source == number) _plan.Add(name, SystemCalls.FileControl, source, FileControl.F_SETFD, 0);
            else _plan.Add(name, SystemCalls.Duplicate, source, number, 0);
        }
    }

    private void AddGroup()
    {
        if (command.NewSession) _plan.Add(new StepName("setsid()"), SystemCalls.NewSession);
        if (command.ProcessGroup is { } group) _plan.Add(new StepName("setpgid(0, {0})", group), SystemCalls.SetGroup, 0, group);
    }

    private void AddTerminal()
    {
        const int Acquire = 0x540E, SetForeground = 0x5410; // TIOCSCTTY, TIOCSPGRP
        if (command.ControllingTerminal is { } terminal) _plan.Add(new StepName("ioctl({0}, TIOCSCTTY)", terminal), SystemCalls.Control, terminal, Acquire, 0);
        if (command.ForegroundTerminal is { } foreground) _plan.Add(new StepName("tcsetpgrp({0})", foreground), SystemCalls.Control, foreground, SetForeground, _plan.OwnId);
    }

    /// <summary>The end of a session's leader hangs up on the session, where it has a terminal: nothing that must hit the program.</summary>
    private void AddFork()
    {
        const int Length = 32;
        byte* ignoring = _plan.Memory(Length), before = _plan.Memory(Length);
        *(nint*)ignoring = 1; // SIG_IGN
        _plan.Add(new StepName("sigaction(SIGHUP)"), SystemCalls.SignalAction, (nint)Signal.SIGHUP, (nint)ignoring, (nint)before, sizeof(ulong));
        _plan.AddFork();
        // The steps share our memory, so what was before is there now.
        _plan.Add(new StepName("sigaction(SIGHUP)"), SystemCalls.SignalAction, (nint)Signal.SIGHUP, (nint)before, 0, sizeof(ulong));
    }

    private void AddLimits()
    {
        const int OfProcess = 0, Least = 19, Most = -20; // PRIO_PROCESS
        foreach ((ResourceKind kind, ResourceLimit limit) in command.Limits)
        {
            ulong* values = (ulong*)_plan.Memory(2 * sizeof(ulong));
            values[0] = limit.Soft;
            values[1] = limit.Hard;
            _plan.Add(new StepName($"setrlimit({kind}, {limit.Soft}, {limit.Hard})"), SystemCalls.Limit, 0, (nint)kind, (nint)values);
        }
        if (command.Nice is { } nice)
        {
            // The child has the nice value of the thread that makes it.
            long value = Math.Clamp((long)Libc.GetPriority(OfProcess, 0) + nice, Most, Least);
            _plan.Add(new StepName("nice({0})", nice), SystemCalls.SetPriority, OfProcess, 0, (nint)value);
        }
        if (command.FileMask is { } mask) _plan.Add(new StepName("umask()"), SystemCalls.FileMask, mask);
    }

    private void AddUser()
    {
        if (command.RunAs is not { } user) return;
        _plan.ChangesIds = true;
        if (user.Groups is { } supplementary)
        {
            int* groups = (int*)_plan.Memory(Math.Max(1, supplementary.Count) * sizeof(int));
            for (int i = 0; i < supplementary.Count; i++) groups[i] = supplementary[i];
            _plan.Add(new StepName($"setgroups({string.Join(", ", supplementary)})"), SystemCalls.SetSupplementary, supplementary.Count, (nint)groups);
        }
        // The user last: without the rights of the one before there are no groups to be had.
        _plan.Add(new StepName("setresgid({0})", user.Group), SystemCalls.SetGroups, user.Group, user.Group, user.Group);
        _plan.Add(new StepName("setresuid({0})", user.User), SystemCalls.SetUsers, user.User, user.User, user.User);
    }

    private void AddCloses()
    {
        const uint Last = uint.MaxValue;
        uint next = 0;
        foreach (int number in _numbers)
        {
            if (number < 0) continue; // refused by its copy
            if (number > next) _plan.Add(new StepName("close_range({0}, {1})", next, number - 1), SystemCalls.CloseRange, (nint)next, number - 1);
            next = (uint)number + 1;
        }
        _plan.Add(new StepName("close_range({0})", next), SystemCalls.CloseRange, (nint)next, unchecked((nint)Last));
    }

    private void AddSignalMask()
    {
        const int SetMask = 2, BlockNone = 0; // SIG_SETMASK, SIG_BLOCK
        ulong* mask = (ulong*)_plan.Memory(sizeof(ulong));
        if (command.BlockedSignals is { } signals) *mask = MaskOf(signals, nameof(ProcessCommand.BlockedSignals)).Bits;
        else _ = Libc.SystemCall(SystemCalls.SignalMask, BlockNone, 0, (nint)mask, sizeof(ulong), 0, 0);
        _plan.Add(new StepName("sigprocmask()"), SystemCalls.SignalMask, SetMask, (nint)mask, 0, sizeof(ulong));
    }

    private void AddProgram(nint arguments, nint environment)
    {
        if (!command.SearchPath || command.Program is "" || command.Program.Contains('/', StringComparison.Ordinal))
        {
            _plan.Add(new StepName("execve({2})", Text: command.Program), SystemCalls.Execute, _plan.Text(command.Program), arguments, environment);
            return;
        }
        var name = new StepName("execve({2}) in PATH", Text: command.Program);
        string[] paths = ProgramSearch.Paths(command.Program);
        for (int i = 0; i < paths.Length; i++)
        {
            // As execvp(3) goes on to the next place.
            ReadOnlySpan<Errno> tolerated = i < paths.Length - 1 ? [Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES, Errno.ENODEV] : [];
            _plan.Add(name, tolerated, SystemCalls.Execute, _plan.Text(paths[i]), arguments, environment);
        }
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
}
