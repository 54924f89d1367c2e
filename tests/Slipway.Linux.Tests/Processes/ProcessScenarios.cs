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
