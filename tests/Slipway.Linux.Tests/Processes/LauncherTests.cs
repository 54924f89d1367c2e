using Slipway.Sockets;

namespace Slipway.Linux.Tests.Processes;

/// <summary>What a child is given before its program runs: ids, root, nice value, file mode mask, limits. None of it may reach this process.</summary>
public sealed class LauncherTests
{
    private static readonly ProcessUser s_nobody = new(1234, 5678);

    [RootFact]
    [Trait("Row", "P-053")]
    [Trait("Row", "P-052")]
    public void A_child_runs_as_somebody_else_for_good()
    {
        Status("Uid Gid Groups", command => command with { RunAs = s_nobody with { Groups = [11, 12] } }).ShouldBe("1234 1234 1234 1234 5678 5678 5678 5678 11 12");
        Status("Uid Gid Groups", command => command with { RunAs = s_nobody }).ShouldBe("1234 1234 1234 1234 5678 5678 5678 5678");
        // Without saved ids there is no way back, and no capability is left.
        Status("CapEff CapPrm", command => command with { RunAs = s_nobody }).ShouldBe("0000000000000000 0000000000000000");
    }

    [RootFact]
    [Trait("Row", "P-054")]
    public void This_process_stays_what_it_is_whatever_its_children_become()
    {
        string before = Own();
        using var directory = new TemporaryDirectory();
        var command = new ProcessCommand("/bin/true")
        {
            RunAs = s_nobody, Nice = 5, FileMask = 0, WorkingDirectory = "/", RootDirectory = "/", NewSession = true,
            Limits = new Dictionary<ResourceKind, ResourceLimit> { [ResourceKind.RLIMIT_NOFILE] = new(50), [ResourceKind.RLIMIT_CORE] = new(0) },
        };
        Parallel.For(0, 40, _ => command.Run().ExitCode.ShouldBe(0));
        Should.Throw<LinuxCallException>(() => (command with { RunAs = s_nobody, SearchPath = false, Program = "/no/such" }).Start()).Errno.ShouldBe(Errno.ENOENT);
        Own().ShouldBe(before);

        static string Own() => $"{Fields(File.ReadAllText("/proc/self/status"), "Uid Gid Groups Umask CapEff SigIgn")} {ProcessPriority.Get()} {Directory.GetCurrentDirectory()} "
            + $"{ResourceLimits.Get(ResourceKind.RLIMIT_NOFILE)} {ResourceLimits.Get(ResourceKind.RLIMIT_CORE)} {ProcessIds.SessionOf()}";
    }

    /// <summary>With changed ids the kernel would hand our files in /proc to root and refuse debuggers (prctl(2), PR_SET_DUMPABLE).</summary>
    [RootFact]
    public void A_child_with_other_ids_does_not_take_our_files_in_proc_from_us()
        => IsolatedRoles.Result(ProcessScenarios.StaysDumpable).ShouldBe("True True True");

    [RootFact]
    [Trait("Row", "P-051")]
    public void Who_is_nobody_special_can_be_given_the_own_ids_only()
    {
        using var process = new LinuxProcess();
        process.RunAsUser(1234, static () =>
        {
            // The real and the saved id are root's still: those and no others.
            new ProcessCommand("/bin/true") { RunAs = new ProcessUser(0, 0) { Groups = null } }.Run().ExitCode.ShouldBe(0);
            SpawnTests.Refused(new ProcessCommand("/bin/true") { RunAs = new ProcessUser(4321, 0) { Groups = null } }, Errno.EPERM, "setresuid(4321)");
            SpawnTests.Refused(new ProcessCommand("/bin/true") { RunAs = new ProcessUser(0, 4321) { Groups = null } }, Errno.EPERM, "setresgid(4321)");
            SpawnTests.Refused(new ProcessCommand("/bin/true") { RunAs = new ProcessUser(0, 0) { Groups = [7, 8] } }, Errno.EPERM, "setgroups(7, 8)");
        });
    }

    [RootFact]
    [Trait("Row", "P-050")]
    public void A_set_user_id_program_acts_for_its_owner()
    {
        using var directory = new TemporaryDirectory();
        string id = Path.Combine(directory.Path, "id");
        File.Copy("/usr/bin/id", id);
        new ProcessCommand("chown", "4321:4322", id).Run().ExitCode.ShouldBe(0);
        File.SetUnixFileMode(directory.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(id, UnixFileMode.SetUser | UnixFileMode.SetGroup | (UnixFileMode)0b111_101_101);
        (string output, _) = Channel.Run(new ProcessCommand(id) { RunAs = s_nobody, Environment = new Dictionary<string, string>() });
        output.ShouldStartWith("uid=1234 gid=5678 euid=4321 egid=4322");
    }

    [RootFact]
    [Trait("Row", "P-043")]
    public void A_child_sees_only_what_is_below_its_root()
    {
        using var jail = new TemporaryDirectory();
        string shell = Jail.Fill(jail.Path);
        Directory.CreateDirectory(Path.Combine(jail.Path, "work"));
        Directory.CreateSymbolicLink(Path.Combine(jail.Path, "out"), "/");
        ProcessCommand command = new(shell, "-c", "pwd; echo *; cd /..; echo etc*; cd work; echo made >here") { RootDirectory = jail.Path };
        Channel.Run(command).Output.ShouldBe("/\nlib lib64 out usr work\netc*\n");
        File.ReadAllText(Path.Combine(jail.Path, "work/here")).ShouldBe("made\n");

        // The working directory, the descriptors' files and PATH are of the jail as well; a link cannot lead out.
        Channel.Run(command with { Arguments = ["-c", "pwd; read line; echo $line"], WorkingDirectory = "/work", Descriptors = [ChildDescriptor.Read("here")] }).Output.ShouldBe("/work\nmade\n");
        Channel.Run(command with { Arguments = ["-c", "read line; echo $line"], Descriptors = [ChildDescriptor.Read("/out/work/../../work/here")] }).Output.ShouldBe("made\n");
        SpawnTests.Refused(command with { Program = "id" }, Errno.ENOENT, "execve(\"id\") in PATH");
        SpawnTests.Refused(command with { Descriptors = [ChildDescriptor.Read("/etc/passwd")] }, Errno.ENOENT, "open(\"/etc/passwd\")");
        SpawnTests.Refused(command with { WorkingDirectory = "/no" }, Errno.ENOENT, "open(\"/no\")");
        SpawnTests.Refused(command with { RootDirectory = "/no/such" }, Errno.ENOENT, "open(\"/no/such\")");
    }

    [RootFact]
    [Trait("Row", "P-043")]
    [Trait("Row", "P-056")]
    public void Without_the_right_to_it_a_step_is_refused_by_its_name()
    {
        using var process = new LinuxProcess();
        process.RunAsUser(1234, static () =>
        {
            var command = new ProcessCommand("/bin/true");
            SpawnTests.Refused(command with { RootDirectory = "/" }, Errno.EPERM, "chroot(\"/\")");
            SpawnTests.Refused(command with { Nice = -1 }, Errno.EPERM, "nice(-1)");
            ulong hard = ResourceLimits.Get(ResourceKind.RLIMIT_MEMLOCK).Hard;
            if (hard < ResourceLimit.Unlimited)
                SpawnTests.Refused(Limited(command, ResourceKind.RLIMIT_MEMLOCK, new(0, hard + 1)), Errno.EPERM, $"setrlimit(RLIMIT_MEMLOCK, 0, {hard + 1})");
            SpawnTests.Refused(command with { NewProcessNamespace = true }, Errno.EPERM, "clone()");
        });
    }

    [Fact]
    [Trait("Row", "P-044")]
    public void A_child_has_the_file_mode_mask_that_it_is_given()
    {
        using var directory = new TemporaryDirectory();
        foreach ((int mask, UnixFileMode mode) in new[] { (0, 0b110_110_110), (0b000_010_010, 0b110_100_100), (0b111_111_111, 0) }.Select(static pair => (pair.Item1, (UnixFileMode)pair.Item2)))
        {
            string name = $"made-{mask}";
            Channel.Shell($": >{name}", command => command with { WorkingDirectory = directory.Path, FileMask = mask });
            File.GetUnixFileMode(Path.Combine(directory.Path, name)).ShouldBe(mode);
        }
        Channel.Shell("umask").ShouldBe(Fields(File.ReadAllText("/proc/self/status"), "Umask"));
    }

    [Fact]
    [Trait("Row", "P-055")]
    public void A_child_is_nicer_by_what_it_is_given_and_19_at_most()
    {
        int own = ProcessPriority.Get();
        Channel.Shell("nice", static command => command with { Nice = 5 }).ShouldBe($"{Math.Min(own + 5, 19)}");
        Channel.Shell("nice", static command => command with { Nice = 100 }).ShouldBe("19");
        Channel.Shell("nice -n 3 nice", static command => command with { Nice = 2 }).ShouldBe($"{Math.Min(own + 5, 19)}");
    }

    [RootFact]
    [Trait("Row", "P-056")]
    public void The_privileged_may_be_less_nice_and_minus_one_is_no_failure()
    {
        int own = ProcessPriority.Get();
        Channel.Shell("nice", command => command with { Nice = -1 - own }).ShouldBe("-1");
        Channel.Shell("nice", static command => command with { Nice = -100 }).ShouldBe("-20");
    }

    [Fact]
    public void A_child_has_the_limits_that_it_is_given()
    {
        Channel.Shell("ulimit -Sn; ulimit -Hn", static command => Limited(command, ResourceKind.RLIMIT_NOFILE, new(40, 50))).ShouldBe("40\n50");
        Channel.Shell("ulimit -c", static command => Limited(command, ResourceKind.RLIMIT_CORE, new(0))).ShouldBe("0");
        // The kernel keeps to it: the second block is too much.
        using var directory = new TemporaryDirectory();
        ProcessCommand large = new("/bin/sh", "-c", "while echo 0123456789; do :; done >large") { WorkingDirectory = directory.Path };
        Limited(large, ResourceKind.RLIMIT_FSIZE, new(1000)).Run().Signal.ShouldBe(Signal.SIGXFSZ);
        new FileInfo(Path.Combine(directory.Path, "large")).Length.ShouldBe(1000);
        SpawnTests.Refused(Limited(large, ResourceKind.RLIMIT_CORE, new(1, 0)), Errno.EINVAL, "setrlimit(RLIMIT_CORE, 1, 0)");
        SpawnTests.Refused(Limited(large, (ResourceKind)99, new(1)), Errno.EINVAL, "setrlimit(99, 1, 1)");
    }

    [RootFact]
    [Trait("Row", "P-002")]
    public void At_the_limit_of_processes_of_a_user_the_errno_is_EAGAIN()
    {
        using var held = new Channel();
        ProcessCommand limited = Limited(held.Reader with { RunAs = new ProcessUser(54321, 54321) }, ResourceKind.RLIMIT_NPROC, new(0));
        using SpawnedProcess only = limited.Start();
        // The kernel counts those that the user had before, lets the ids change all the same, and refuses the program (execve(2), EAGAIN).
        SpawnTests.Refused(limited, Errno.EAGAIN, "execve(\"/bin/sh\")");
        held.WriteLine("7");
        only.WaitForExit().ExitCode.ShouldBe(7);
    }

    [Fact]
    [Trait("Row", "P-024")]
    public void A_child_ignores_what_it_is_told_to()
    {
        Channel.Shell("kill -HUP $$; kill -USR1 $$; echo alive", static command => command with { IgnoredSignals = [Signal.SIGHUP, Signal.SIGUSR1] }).ShouldBe("alive");
        SpawnTests.Refused(new ProcessCommand("/bin/true") { IgnoredSignals = [Signal.SIGKILL] }, Errno.EINVAL, "sigaction(SIGKILL, SIG_IGN)");
        Should.Throw<ArgumentException>(static () => new ProcessCommand("/bin/true") { IgnoredSignals = [(Signal)65] }.Start()).ParamName.ShouldBe("IgnoredSignals");
    }

    [Fact]
    public void A_descriptor_of_the_child_may_have_any_number_even_that_of_its_directory()
    {
        using var directory = new TemporaryDirectory();
        using var output = new Channel();
        // The numbers around the next free one: the directory, and what is opened beside it, have these here while the child is made.
        ChildDescriptor[] all = [.. Enumerable.Range(3, 60).Select(number => ChildDescriptor.Copy(output.Theirs, number))];
        using SpawnedProcess child = new ProcessCommand("/bin/sh", "-c", "pwd >&9") { WorkingDirectory = directory.Path, RootDirectory = null, Descriptors = all }.Start();
        output.ReadToEnd().ShouldBe($"{directory.Path}\n");
        child.WaitForExit().ExitCode.ShouldBe(0);
    }

    private static ProcessCommand Limited(ProcessCommand command, ResourceKind kind, ResourceLimit limit)
        => command with { Limits = new Dictionary<ResourceKind, ResourceLimit> { [kind] = limit } };

    private static string Status(string fields, Func<ProcessCommand, ProcessCommand> change)
        => Fields(Channel.Run(change(new ProcessCommand("cat", "/proc/self/status"))).Output, fields);

    /// <summary>Fields of proc(5)'s status with one blank between their words.</summary>
    private static string Fields(string status, string names)
    {
        Dictionary<string, string> all = status.Split('\n').Where(static line => line.Contains(':', StringComparison.Ordinal)).Select(static line => line.Split(':', 2)).ToDictionary(static pair => pair[0], static pair => pair[1]);
        return string.Join(' ', names.Split(' ').SelectMany(name => all[name].Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries)));
    }
}
