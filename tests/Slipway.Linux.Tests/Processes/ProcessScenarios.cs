using Slipway.Sockets;

namespace Slipway.Linux.Tests.Processes;

/// <summary>What <see cref="WaitTests"/> plays in a process of its own, whose children and descriptors are nobody else's.</summary>
public static class ProcessScenarios
{
    public static string WaitWithoutChildren(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        Errno any = Children.Wait(WaitTarget.Any, WaitOptions.None, out _);
        Errno own = Children.Wait(WaitTarget.OwnGroup, WaitOptions.None, out _);
        return $"{any} {own} {Children.Wait(WaitTarget.Any, WaitOptions.WNOHANG, out _)}";
    }

    public static string InterruptedWait(HostProcess process)
    {
        process.Signals.Handle(Signal.SIGUSR1, static _ => { });
        process.Signals.Handle(Signal.SIGUSR2, static _ => { }, restart: true);
        using var input = new Channel();
        using SpawnedProcess child = input.Reader.Start();
        Errno interrupted = Errno.None;
        ProcessThread thread = process.StartThread("waiting", () => interrupted = child.Wait(WaitOptions.None, out _));
        thread.WaitUntilBlocked();
        thread.Interrupt(Signal.SIGUSR1);
        thread.Join();
        ChildChange change = default;
        ProcessThread restarting = process.StartThread("restarting", () => child.Wait(WaitOptions.None, out change));
        restarting.WaitUntilBlocked();
        restarting.Interrupt(Signal.SIGUSR2);
        child.Kill(Signal.SIGKILL);
        restarting.Join();
        return $"{interrupted}; {change.Status}";
    }

    public static string ReapFive(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        var children = new List<SpawnedProcess>();
        for (int code = 0; code < 5; code++) children.Add(new ProcessCommand("/bin/sh", "-c", $"exit {code}").Start());
        foreach (SpawnedProcess child in children) child.Wait(WaitOptions.WNOWAIT, out _);
        IEnumerable<int> codes = Children.ReapEnded(WaitTarget.Any).Select(static ended => ended.Status.ExitCode).Order();
        return $"{string.Join(' ', codes)}; {Children.Wait(WaitTarget.Any, WaitOptions.None, out _)}";
    }

    /// <summary>Children that are waited for, by each means, and such as are given up or lost; and starts that fail. It ends when nothing of them is left.</summary>
    public static string Thousand(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        Some(10);
        Settle();
        int before = OpenDescriptors();
        Some(200);
        Settle();
        while (OpenDescriptors() > before) Thread.Yield(); // the last one is closed just after its child is reaped
        return $"no descriptor more; {Children.Wait(WaitTarget.Any, WaitOptions.None, out _)}";
    }

    /// <summary>Ten thousand children one after the other, with all that a child can be given. Memory is counted as what the heap holds and what the process has resident.</summary>
    public static string TenThousand(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        const int Warm = 500, Spawns = 10_000;
        const long Room = 8 << 20; // one page a child would be five times that
        var command = new ProcessCommand("/bin/true")
        {
            WorkingDirectory = "/", Nice = 1, FileMask = 0, Descriptors = [ChildDescriptor.Read("/dev/null")],
            Limits = new Dictionary<ResourceKind, ResourceLimit> { [ResourceKind.RLIMIT_CORE] = new(0) },
        };
        Spawn(Warm);
        // The heap takes the room that it wants between two collections once; that is no growth.
        for (int before = GC.CollectionCount(0); GC.CollectionCount(0) < before + 2;) GC.KeepAlive(new byte[1000]);
        int descriptors = OpenDescriptors();
        long heap = Settled(), resident = Resident();
        int failed = Spawn(Spawns);
        long heapGrowth = Settled() - heap, residentGrowth = Resident() - resident;
        while (OpenDescriptors() > descriptors) Thread.Yield();
        return $"{failed} failed; {Children.Wait(WaitTarget.Any, WaitOptions.None, out _)}; heap {heapGrowth < Room / 16}, resident {residentGrowth < Room}";

        int Spawn(int count)
        {
            int bad = 0;
            for (int i = 0; i < count; i++) bad += command.Run() == default ? 0 : 1;
            return bad;
        }

        // The heap gives back the room that it keeps for what is to come, so that what is resident is in use.
        static long Settled()
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return GC.GetTotalMemory(forceFullCollection: true);
        }

        static long Resident() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }

    public static string SignalsWithoutClone3(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        const int Clone3 = 435;
        Sandbox.Refuse(Clone3, (int)Errno.ENOSYS);
        string[] status = Channel.Run(new ProcessCommand("cat", "/proc/self/status") { IgnoredSignals = [Signal.SIGUSR1] }).Output.Split('\n');
        string Of(string field) => status.Single(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Trim();
        string refused = "";
        try
        {
            new ProcessCommand("/no/such").Start();
        }
        catch (LinuxCallException failure)
        {
            refused = $"{failure.Call}: {failure.Errno}";
        }
        return $"clone3 {(Errno)Sandbox.ErrorOf(Clone3)}; ignored {Of("SigIgn:")}, caught {Of("SigCgt:")}; {new ProcessCommand("sh", "-c", "exit 7").Run().ExitCode}; {refused}";
    }

    public static string NumberOfTheChild(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        new ProcessCommand("/bin/true").Run(); // once, so that the code is loaded: the runtime's own files would take the free number
        int before = OpenDescriptors() + 1;    // and the end of the pipe that stays
        using var pipe = Pipe.Create();
        int free = pipe.Reader.Number;
        pipe.Reader.Dispose();
        try
        {
            new ProcessCommand("/bin/true") { Descriptors = [ChildDescriptor.Copy(free, 0), ChildDescriptor.Copy(pipe.Writer, free + 100)] }.Start();
            return "started";
        }
        catch (LinuxCallException failure)
        {
            return $"{failure.Errno} {failure.Call.Replace($"{free}", "free", StringComparison.Ordinal)}; {(OpenDescriptors() == before ? "nothing" : "something")} left";
        }
    }

    public static string StaysDumpable(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        bool before = LinuxProcess.IsDumpable;
        var command = new ProcessCommand("/bin/true") { RunAs = new ProcessUser(1234, 1234) };
        Parallel.For(0, 20, _ => command.Run());
        bool afterChildren = LinuxProcess.IsDumpable;
        process.RunAsUser(1234, static () => { });
        return $"{before} {afterChildren} {LinuxProcess.IsDumpable}";
    }

    public static string LeadsGroup(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        bool before = ProcessIds.GroupOf() == ProcessIds.Own;
        ProcessIds.SetGroup(0, 0);
        return $"{before} {ProcessIds.GroupOf() == ProcessIds.Own}; {ProcessIdTests.Failure(static () => ProcessIds.NewSession())}";
    }

    public static string LeadsSession(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        bool made = ProcessIds.NewSession() == ProcessIds.Own;
        return $"{made} {ProcessIds.SessionOf() == ProcessIds.Own} {ProcessIds.GroupOf() == ProcessIds.Own}; {ProcessIdTests.Failure(static () => ProcessIds.SetGroup(0, 0))}";
    }

    /// <summary>What a shell does: leads a session, gives its terminal to a job, and takes it back.</summary>
    public static string ForegroundJob(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        process.Signals.Ignore(Signal.SIGHUP); // which the end of the terminal sends its leader
        ProcessIds.NewSession();
        using var terminal = PseudoTerminal.Open();
        using var opened = FileDescriptor.Open(terminal.Path, OpenFlags.O_RDWR); // the leader's first: it is the session's now
        using var output = new Channel();
        bool first = terminal.ForegroundGroup == ProcessIds.Own;
        using SpawnedProcess job = new ProcessCommand("/bin/sh", "-c", "read line; echo got $line")
        {
            ProcessGroup = 0, ForegroundTerminal = 0, Descriptors = [ChildDescriptor.Copy(terminal.Line, 0), ChildDescriptor.Copy(output.Theirs, 1)],
        }.Start();
        bool given = terminal.ForegroundGroup == job.Id;
        terminal.Keyboard.Write("typed\n"u8);
        string heard = output.ReadLine();
        job.WaitForExit();
        terminal.ForegroundGroup = ProcessIds.Own; // from the background, which stops only those that do not block SIGTTOU
        return $"{first} {given}; {heard}; back {terminal.ForegroundGroup == ProcessIds.Own}";
    }

    public static string NiceThreads(HostProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        int value = ProcessPriority.Add(0, 3), own = 0;
        process.StartThread("new", () => own = NiceOf("/proc/thread-self/stat")).Join();
        return $"{own == value} {Directory.EnumerateDirectories("/proc/self/task").All(task => NiceOf($"{task}/stat") == value)}";

        // Field 19 of proc(5)'s stat.
        static int NiceOf(string path) => int.Parse(File.ReadAllText(path).Split(") ")[1].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void Some(int rounds)
    {
        var command = new ProcessCommand("/bin/true") { WorkingDirectory = "/", Descriptors = [ChildDescriptor.Read("/dev/null")] };
        for (int round = 0; round < rounds; round++)
        {
            command.Run();
            using (SpawnedProcess awaited = command.Start()) awaited.WaitForExitAsync().AsTask().GetAwaiter().GetResult();
            command.Start().Dispose();
            _ = command.Start();
            using var held = new Channel();
            using (SpawnedProcess running = held.Reader.Start()) running.Kill(Signal.None);
            Should.Throw<LinuxCallException>(static () => new ProcessCommand("/no/such") { WorkingDirectory = "/", Descriptors = [ChildDescriptor.Read("/dev/null")] }.Start());
        }
    }

    /// <summary>Until the library has reaped all, lost handles included.</summary>
    private static void Settle()
    {
        while (Children.Wait(WaitTarget.Any, WaitOptions.WNOHANG | WaitOptions.WNOWAIT, out _) != Errno.ECHILD)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static int OpenDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
