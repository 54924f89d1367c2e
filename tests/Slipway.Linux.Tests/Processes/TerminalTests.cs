using Slipway.Sockets;

namespace Slipway.Linux.Tests.Processes;

/// <summary>Sessions, their terminal, and what the terminal sends to whom.</summary>
public sealed class TerminalTests
{
    private const string HasTerminal = "if true 2>/dev/null </dev/tty; then echo yes; else echo no; fi";

    [Fact]
    [Trait("Row", "P-034")]
    public void Only_the_leader_of_a_session_gets_a_terminal_by_opening_it()
    {
        using var terminal = PseudoTerminal.Open();
        using var output = new Channel();
        // The leader's first open of a terminal that controls nobody makes it the session's; a child of the leader finds it there then.
        string script = $"({HasTerminal.Replace("/dev/tty", terminal.Path, StringComparison.Ordinal)}; {HasTerminal}); : <{terminal.Path}; {HasTerminal}; ({HasTerminal})";
        ProcessCommand command = new("/bin/sh", "-c", script) { Descriptors = [ChildDescriptor.Copy(output.Theirs, 1)] };
        using SpawnedProcess leader = (command with { NewSession = true }).Start();
        output.ReadToEnd().ShouldBe("yes\nno\nyes\nyes\n");
        leader.WaitForExit().ExitCode.ShouldBe(0);
    }

    [Fact]
    [Trait("Row", "P-034")]
    public void A_session_is_given_its_terminal()
    {
        using var terminal = PseudoTerminal.Open();
        Should.Throw<LinuxCallException>(() => terminal.Session).Errno.ShouldBe(Errno.ENOTTY);
        using var held = new Channel();
        using SpawnedProcess leader = InTerminal(terminal, "read code <&3; exit $code", ChildDescriptor.Copy(held.Theirs, 3)).Start();
        (terminal.Session, terminal.ForegroundGroup).ShouldBe((leader.Id, leader.Id));
        // It controls one session only, and only one that has none.
        SpawnTests.Refused(InTerminal(terminal, "exit 0"), Errno.EPERM, "ioctl(0, TIOCSCTTY)");
        SpawnTests.Refused(InTerminal(terminal, "exit 0") with { NewSession = false }, Errno.EPERM, "ioctl(0, TIOCSCTTY)");
        SpawnTests.Refused(InTerminal(terminal, "exit 0") with { ControllingTerminal = 9 }, Errno.EBADF, "ioctl(9, TIOCSCTTY)");
        SpawnTests.Refused(InTerminal(terminal, "exit 0") with { Descriptors = [ChildDescriptor.Read("/dev/null")] }, Errno.ENOTTY, "ioctl(0, TIOCSCTTY)");
        held.WriteLine("3");
        leader.WaitForExit().ExitCode.ShouldBe(3);
    }

    [Fact]
    [Trait("Row", "P-035")]
    public void Ctrl_C_reaches_the_group_in_the_foreground_and_no_other()
    {
        using var terminal = PseudoTerminal.Open();
        using var output = new Channel();
        // With job control (-m) the background job has a group of its own. Both say when they are ready, and which of them heard.
        const string Script = """
            set -m
            sh -c 'trap "echo background" INT; echo ready >&3; read line <&4; echo background-went-on >&3' &
            set +m
            trap 'echo foreground >&3' INT
            echo ready >&3
            read line
            wait
            """;
        using var held = new Channel();
        using SpawnedProcess shell = InTerminal(terminal, Script, ChildDescriptor.Copy(output.Theirs, 3), ChildDescriptor.Copy(held.Theirs, 4)).Start();
        output.CloseTheirs();
        output.ReadLine().ShouldBe("ready");
        output.ReadLine().ShouldBe("ready");
        terminal.Keyboard.Write("\u0003"u8).ShouldBe(1);
        output.ReadLine().ShouldBe("foreground");
        held.WriteLine("");
        output.ReadLine().ShouldBe("background-went-on");
        terminal.Keyboard.Write("\n"u8).ShouldBe(1);
        shell.WaitForExit();
    }

    [Fact]
    [Trait("Row", "P-036")]
    [Trait("Row", "P-063")]
    public void With_its_leader_goes_the_foreground_group_but_not_another_session()
    {
        using var terminal = PseudoTerminal.Open();
        using var output = new Channel();
        using var held = new Channel();
        const string Script = """
            sh -c 'trap "echo hung-up >&3; exit" HUP; echo ready >&3; while :; do read line <&4; done' &
            setsid sh -c 'trap "echo never >&3; exit" HUP; echo ready >&3; read line <&4; echo survived >&3' &
            read line
            """;
        using SpawnedProcess leader = InTerminal(terminal, Script, ChildDescriptor.Copy(output.Theirs, 3), ChildDescriptor.Copy(held.Theirs, 4)).Start();
        output.CloseTheirs();
        output.ReadLine().ShouldBe("ready");
        output.ReadLine().ShouldBe("ready");
        terminal.Keyboard.Write("\n"u8).ShouldBe(1); // the leader's read ends, and with it the leader
        leader.WaitForExit().IsExited.ShouldBeTrue();
        output.ReadLine().ShouldBe("hung-up");
        held.WriteLine("");
        output.ReadLine().ShouldBe("survived");
    }

    [Fact]
    [Trait("Row", "P-037")]
    public void A_group_in_the_background_is_stopped_when_it_reads_and_goes_on_in_the_foreground()
    {
        using var terminal = PseudoTerminal.Open();
        using var output = new Channel();
        // The job waits for a line in a group of its own: SIGTTIN stops it (status 128 + 21). fg gives it the terminal.
        const string Script = """
            set -m
            sh -c 'read line; echo "got $line"' >&3 &
            job=$!
            while read -r id name state rest </proc/$job/stat && [ "$state" != T ]; do :; done
            echo stopped >&3
            fg >/dev/null
            """;
        using SpawnedProcess shell = InTerminal(terminal, Script, ChildDescriptor.Copy(output.Theirs, 3)).Start();
        output.CloseTheirs();
        output.ReadLine().ShouldBe("stopped");
        terminal.Keyboard.Write("hello\n"u8).ShouldBe(6);
        output.ReadLine().ShouldBe("got hello");
        shell.WaitForExit().ExitCode.ShouldBe(0);
    }

    [Fact]
    [Trait("Row", "P-037")]
    public void A_child_is_put_into_the_foreground_before_its_program_runs()
        => IsolatedRoles.Result(ProcessScenarios.ForegroundJob).ShouldBe("True True; got typed; back True");

    private static ProcessCommand InTerminal(PseudoTerminal terminal, string script, params ChildDescriptor[] more) => new("/bin/sh", "-c", script)
    {
        NewSession = true,
        ControllingTerminal = 0,
        Descriptors = [ChildDescriptor.Copy(terminal.Line, 0), ChildDescriptor.Copy(terminal.Line, 1), ChildDescriptor.Copy(terminal.Line, 2), .. more],
    };
}
