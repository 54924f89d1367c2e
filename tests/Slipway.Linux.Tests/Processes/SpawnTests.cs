using Slipway.Sockets;

namespace Slipway.Linux.Tests.Processes;

/// <summary>Programs started on the machine's kernel: which program runs, with what arguments, environment, directory, group and signals.</summary>
public sealed class SpawnTests
{
    [Fact]
    [Trait("Row", "P-001")]
    [Trait("Row", "P-030")]
    public void A_child_is_a_process_of_its_own_and_this_one_is_its_parent()
    {
        using var output = new Channel();
        using SpawnedProcess child = new ProcessCommand("/bin/sh", "-c", "echo $$ $PPID") { Descriptors = [ChildDescriptor.Copy(output.Theirs, 1)] }.Start();
        child.Id.ShouldNotBe(Environment.ProcessId);
        output.ReadToEnd().ShouldBe($"{child.Id} {Environment.ProcessId}\n");
        child.Wait().ShouldBe(0);
    }

    [Fact]
    [Trait("Row", "P-004")]
    public void What_exec_refuses_comes_back_as_its_errno_with_the_path()
    {
        using var directory = new TemporaryDirectory();
        string plain = directory.File("plain", "#!/bin/sh\n"), headless = directory.Program("headless", "no header\n");
        string orphan = directory.Program("orphan", "#!/no/such/interpreter\n");
        Refused(new ProcessCommand("/no/such/program"), Errno.ENOENT, "execve(\"/no/such/program\")");
        Refused(new ProcessCommand($"{plain}/below"), Errno.ENOTDIR, $"execve(\"{plain}/below\")");
        Refused(new ProcessCommand(plain), Errno.EACCES, $"execve(\"{plain}\")");
        Refused(new ProcessCommand(directory.Path), Errno.EACCES, $"execve(\"{directory.Path}\")");
        Refused(new ProcessCommand(headless), Errno.ENOEXEC, $"execve(\"{headless}\")");
        Refused(new ProcessCommand(orphan), Errno.ENOENT, $"execve(\"{orphan}\")");
        Refused(new ProcessCommand(""), Errno.ENOENT, "execve(\"\")");
        Refused(new ProcessCommand("/bin/true", new string('x', 200_000)), Errno.E2BIG, "execve(\"/bin/true\")");
    }

    [Fact]
    [Trait("Row", "P-005")]
    public void A_name_is_looked_for_in_PATH_and_the_program_may_be_told_another_name()
    {
        (string output, _) = Channel.Run(new ProcessCommand("cat", "/proc/self/cmdline") { ArgumentZero = "another" });
        output.ShouldBe("another\0/proc/self/cmdline\0");
        Refused(new ProcessCommand("cat") { SearchPath = false }, Errno.ENOENT, "execve(\"cat\")");
        Refused(new ProcessCommand("slipway-no-such-program"), Errno.ENOENT, "execve(\"slipway-no-such-program\") in PATH");
    }

    [Fact]
    [Trait("Row", "P-005")]
    public void Of_what_PATH_has_only_files_count_that_may_be_executed()
    {
        using TemporaryDirectory first = new(), second = new();
        first.File("slipway-found", "#!/bin/sh\necho first\n");
        first.File("slipway-locked", "#!/bin/sh\n");
        Directory.CreateDirectory(Path.Combine(first.Path, "slipway-directory"));
        second.Program("slipway-found", "#!/bin/sh\necho second\n");
        string? before = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", $"{before}:{first.Path}:{second.Path}");
        try
        {
            Channel.Run(new ProcessCommand("slipway-found")).Output.ShouldBe("second\n");
            Refused(new ProcessCommand("slipway-locked"), Errno.EACCES, "execve(\"slipway-locked\") in PATH");
            Refused(new ProcessCommand("slipway-directory"), Errno.EACCES, "execve(\"slipway-directory\") in PATH");
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", before);
        }
    }

    [Fact]
    [Trait("Row", "P-006")]
    public void A_NUL_is_refused_before_anything_is_called()
    {
        var command = new ProcessCommand("/bin/true");
        Should.Throw<ArgumentException>(() => new ProcessCommand("/bin/tr\0ue").Start()).ParamName.ShouldBe("Program");
        Should.Throw<ArgumentException>(() => new ProcessCommand("/bin/true", "a", "b\0c").Start()).Message.ShouldStartWith("there is a NUL at index 1 of 'b\\0c'");
        Should.Throw<ArgumentException>(() => (command with { ArgumentZero = "\0" }).Start()).ParamName.ShouldBe("ArgumentZero");
        Should.Throw<ArgumentException>(() => (command with { WorkingDirectory = "/\0" }).Start()).ParamName.ShouldBe("WorkingDirectory");
        Should.Throw<ArgumentException>(() => (command with { Descriptors = [ChildDescriptor.Read("/dev/nu\0ll")] }).Start()).ParamName.ShouldBe("Descriptors");
        foreach ((string name, string value) in new[] { ("A", "b\0"), ("A\0", "b"), ("", "b"), ("A=", "b") })
            Should.Throw<ArgumentException>(() => (command with { Environment = new Dictionary<string, string> { [name] = value } }).Start()).ParamName.ShouldBe("Environment");
    }

    [Fact]
    [Trait("Row", "P-007")]
    public void A_command_is_run_to_its_end_or_goes_on_in_the_background()
    {
        new ProcessCommand("/bin/sh", "-c", "exit 3").Run().ExitCode.ShouldBe(3);
        using var input = new Channel();
        using SpawnedProcess background = input.Reader.Start();
        background.TryWaitForExit(out _).ShouldBeFalse();
        input.WriteLine("4");
        background.WaitForExit().ExitCode.ShouldBe(4);
    }

    [Fact]
    [Trait("Row", "P-024")]
    public void A_child_has_no_signal_blocked_or_caught_and_SIGPIPE_is_not_ignored()
    {
        const string None = "0000000000000000", Pipe = "0000000000001000", Blocked = "0000000200000200";
        var command = new ProcessCommand("cat", "/proc/self/status");
        Signals(command).ShouldBe([None, None, None, None]);
        Signals(command with { DefaultSignals = [] }).ShouldBe([None, None, Pipe, None]);
        Signals(command with { BlockedSignals = [Signal.SIGUSR1, Signal.SIGRTMIN] }).ShouldBe([None, Blocked, None, None]);
        Signals(command with { BlockedSignals = null }).ShouldBe([None, ThisThread("SigBlk:"), None, None]);
        Should.Throw<ArgumentException>(static () => new ProcessCommand("/bin/true") { BlockedSignals = [(Signal)65] }.Start()).Message.ShouldStartWith("there is no signal 65");
    }

    /// <summary>In a sandbox without clone3(2), which clears the handlers by itself, each is cleared by a step.</summary>
    [Fact]
    [Trait("Row", "P-024")]
    public void A_child_has_no_signal_caught_where_the_kernel_must_be_told_each()
        => IsolatedRoles.Result(ProcessScenarios.SignalsWithoutClone3).ShouldBe("clone3 ENOSYS; ignored 0000000000000200, caught 0000000000000000; 7; execve(\"/no/such\"): ENOENT");

    [Fact]
    [Trait("Row", "P-026")]
    [Trait("Row", "P-031")]
    public void A_child_is_in_the_group_that_it_was_given()
    {
        const string Group = "cut -d' ' -f5 /proc/$$/stat";
        using var process = new LinuxProcess();
        Channel.Shell(Group).ShouldBe($"{process.ProcessGroup}");
        using Channel input = new(), output = new();
        using SpawnedProcess leader = new ProcessCommand("/bin/sh", "-c", $"{Group}; read end")
        {
            Descriptors = [ChildDescriptor.Copy(input.Theirs, 0), ChildDescriptor.Copy(output.Theirs, 1)],
            ProcessGroup = 0,
        }.Start();
        output.ReadLine().ShouldBe($"{leader.Id}");
        Channel.Shell(Group, command => command with { ProcessGroup = leader.Id }).ShouldBe($"{leader.Id}");
        input.WriteLine("");
        leader.Wait().ShouldBe(0);
        Refused(new ProcessCommand("/bin/true") { ProcessGroup = leader.Id }, Errno.EPERM, $"setpgid(0, {leader.Id})"); // the group has gone
    }

    [Fact]
    [Trait("Row", "P-033")]
    public void A_child_leads_its_own_session_without_a_terminal()
    {
        // Fields 5 to 7 of proc(5)'s stat: group, session, terminal.
        string[] fields = Channel.Shell("echo $$ $(cut -d' ' -f5-7 /proc/$$/stat)", static command => command with { NewSession = true }).Split(' ');
        fields.ShouldBe([fields[0], fields[0], fields[0], "0"]);
        Refused(new ProcessCommand("/bin/true") { NewSession = true, ProcessGroup = 0 }, Errno.EPERM, "setpgid(0, 0)");
    }

    [Fact]
    [Trait("Row", "P-040")]
    public void An_environment_that_is_given_is_the_whole_one()
    {
        Channel.Run(new ProcessCommand("env") { Environment = new Dictionary<string, string> { ["A"] = "1" } }).Output.ShouldBe("A=1\n");
        Channel.Run(new ProcessCommand("env") { Environment = new Dictionary<string, string>() }).Output.ShouldBe("");
        Environment.SetEnvironmentVariable("SLIPWAY_SPAWN_TEST", "ü = 1");
        Channel.Shell("echo \"$SLIPWAY_SPAWN_TEST\"; SLIPWAY_SPAWN_TEST=2").ShouldBe("ü = 1");
        Environment.GetEnvironmentVariable("SLIPWAY_SPAWN_TEST").ShouldBe("ü = 1");
    }

    [Fact]
    [Trait("Row", "P-041")]
    public void A_child_starts_in_its_directory_and_finds_program_and_files_from_there()
    {
        using var directory = new TemporaryDirectory();
        directory.Program("here", "#!/bin/sh\npwd -P\nread line; echo $line\n");
        directory.File("input", "from here\n");
        string before = Directory.GetCurrentDirectory();
        Channel.Shell("pwd -P").ShouldBe(before);
        Channel.Run(new ProcessCommand("./here") { WorkingDirectory = directory.Path, Descriptors = [ChildDescriptor.Read("input")] }).Output.ShouldBe($"{directory.Path}\nfrom here\n");
        Directory.GetCurrentDirectory().ShouldBe(before);
        Refused(new ProcessCommand("/bin/true") { WorkingDirectory = "/no/such/place" }, Errno.ENOENT, "open(\"/no/such/place\")");
        Refused(new ProcessCommand("/bin/true") { WorkingDirectory = $"{directory.Path}/input" }, Errno.ENOTDIR, $"open(\"{directory.Path}/input\")");
    }

    [Fact]
    [Trait("Row", "P-042")]
    public void Children_started_at_once_have_each_their_own_directory()
    {
        string[] directories = ["/", "/proc", "/usr", "/tmp"];
        Parallel.For(0, 40, number =>
        {
            string directory = directories[number % directories.Length];
            Channel.Shell("pwd -P", command => command with { WorkingDirectory = directory }).ShouldBe(directory);
        });
    }

    /// <summary>The sets of pending, blocked, ignored and caught signals (proc(5)).</summary>
    private static string[] Signals(ProcessCommand command)
    {
        string[] lines = Channel.Run(command).Output.Split('\n');
        return [.. new[] { "SigPnd:", "SigBlk:", "SigIgn:", "SigCgt:" }.Select(name => lines.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim())];
    }

    private static string ThisThread(string name)
        => File.ReadLines("/proc/thread-self/status").Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();

    internal static void Refused(ProcessCommand command, Errno error, string call)
    {
        LinuxCallException refused = Should.Throw<LinuxCallException>(() => command.Start());
        (refused.Errno, refused.Call).ShouldBe((error, call));
        refused.Message.ShouldStartWith($"{call}: {error}");
    }
}
