using Slipway.Sockets;

namespace Slipway.Linux.Tests.Processes;

/// <summary>Waiting for children: all forms of waitid(2), and what their status says.</summary>
public sealed class WaitTests
{
    [Theory]
    [Trait("Row", "P-011")]
    [InlineData("exit 0", "exited 0", 0)]
    [InlineData("exit 255", "exited 255", 255)]
    [InlineData("exit 300", "exited 44", 44)]
    [InlineData("kill -TERM $$", "killed by SIGTERM", 143)]
    [InlineData("ulimit -c 0; kill -SEGV $$", "killed by SIGSEGV", 139)]
    public void The_status_says_how_it_ended(string script, string expected, int shellCode)
    {
        using SpawnedProcess child = new ProcessCommand("/bin/sh", "-c", script).Start();
        WaitStatus status = child.WaitForExit();
        (status.ToString(), status.ShellCode).ShouldBe((expected, shellCode));
        status.IsExited.ShouldBe(expected.StartsWith("exited", StringComparison.Ordinal));
        status.IsSignaled.ShouldBe(!status.IsExited);
        child.WaitForExit().ShouldBe(status);
        ((ChildProcess)child).Wait().ShouldBe(shellCode);
    }

    [Fact]
    [Trait("Row", "P-011")]
    public void The_words_of_waitpid_are_decoded()
    {
        Facts(0x2C00).ShouldBe("exited 44: exited, 44, None, False");
        Facts(0x0009).ShouldBe("killed by SIGKILL: signaled, -1, SIGKILL, False");
        Facts(0x008B).ShouldBe("killed by SIGSEGV (core dumped): signaled, -1, SIGSEGV, True");
        Facts(0x137F).ShouldBe("stopped by SIGSTOP: stopped, -1, SIGSTOP, False");
        Facts(0xFFFF).ShouldBe("continued: continued, -1, SIGCONT, False");

        static string Facts(int raw)
        {
            var status = new WaitStatus(raw);
            string kind = $"{(status.IsExited ? "exited" : "")}{(status.IsSignaled ? "signaled" : "")}{(status.IsStopped ? "stopped" : "")}{(status.IsContinued ? "continued" : "")}";
            return $"{status}: {kind}, {status.ExitCode}, {status.Signal}, {status.CoreDumped}";
        }
    }

    [Fact]
    [Trait("Row", "P-008")]
    [Trait("Row", "P-013")]
    public void A_child_that_has_ended_is_a_zombie_until_it_is_waited_for()
    {
        using SpawnedProcess child = new ProcessCommand("/bin/sh", "-c", "exit 7").Start();
        for (int look = 0; look < 2; look++)
        {
            child.Wait(WaitOptions.WNOWAIT, out ChildChange seen).ShouldBe(Errno.None);
            (seen.ProcessId, seen.Status.ExitCode).ShouldBe((child.Id, 7));
            State(child.Id).ShouldBe("Z");
            child.Kill(Signal.None).ShouldBe(Errno.None);
        }
        // Stops and continuations alone: there is nobody left who could, but the zombie stays.
        child.Wait(WaitOptions.WNOEXIT | WaitOptions.WUNTRACED, out _).ShouldBe(Errno.ECHILD);
        State(child.Id).ShouldBe("Z");
        child.WaitForExit().ExitCode.ShouldBe(7);
        Directory.Exists($"/proc/{child.Id}").ShouldBeFalse();
        child.Kill(Signal.None).ShouldBe(Errno.ESRCH);
        Children.Wait(WaitTarget.Process(child.Id), WaitOptions.None, out _).ShouldBe(Errno.ECHILD);
    }

    [Fact]
    [Trait("Row", "P-009")]
    [Trait("Row", "P-010")]
    public void Of_several_children_the_first_to_end_comes_first()
    {
        using Channel slowInput = new(), fastInput = new();
        using SpawnedProcess slow = Reader(slowInput, 0);
        using SpawnedProcess fast = Reader(fastInput, slow.Id);
        WaitTarget group = WaitTarget.Group(slow.Id);
        Children.Wait(group, WaitOptions.WNOHANG, out ChildChange none).ShouldBe(Errno.None);
        none.ProcessId.ShouldBe(0);
        fastInput.WriteLine("2");
        Children.Wait(group, WaitOptions.None, out ChildChange first).ShouldBe(Errno.None);
        slowInput.WriteLine("1");
        Children.Wait(group, WaitOptions.None, out ChildChange second).ShouldBe(Errno.None);
        (first.ProcessId, first.Status.ExitCode, second.ProcessId, second.Status.ExitCode).ShouldBe((fast.Id, 2, slow.Id, 1));
        Children.Wait(group, WaitOptions.None, out _).ShouldBe(Errno.ECHILD);
        // Their ends were taken from the handles.
        Should.Throw<LinuxCallException>(() => slow.WaitForExit()).Errno.ShouldBe(Errno.ECHILD);
        fast.Kill().ShouldBe(Errno.ESRCH);

        static SpawnedProcess Reader(Channel input, int group) => (input.Reader with { ProcessGroup = group }).Start();
    }

    [Fact]
    [Trait("Row", "P-012")]
    public void Stops_and_continuations_are_reported_when_asked_for()
    {
        const WaitOptions All = WaitOptions.WUNTRACED | WaitOptions.WCONTINUED;
        using var input = new Channel();
        using SpawnedProcess child = input.Reader.Start();
        Next(Signal.SIGSTOP).ShouldBe(new WaitStatus(0x137F));
        child.TryWaitForExit(out _).ShouldBeFalse();
        Next(Signal.SIGCONT).ShouldBe(new WaitStatus(0xFFFF));
        Next(Signal.SIGTERM).ShouldBe(new WaitStatus(15));

        WaitStatus Next(Signal signal)
        {
            child.Kill(signal).ShouldBe(Errno.None);
            child.Wait(All, out ChildChange change).ShouldBe(Errno.None);
            change.ProcessId.ShouldBe(child.Id);
            return change.Status;
        }
    }

    [Fact]
    public void A_wait_for_what_there_is_not_is_refused()
    {
        using var input = new Channel();
        using SpawnedProcess child = input.Reader.Start();
        child.Wait(WaitOptions.WNOEXIT, out _).ShouldBe(Errno.EINVAL);
        child.Wait((WaitOptions)0x100, out _).ShouldBe(Errno.EINVAL);
        Children.Wait(WaitTarget.Process(1), WaitOptions.WNOHANG, out _).ShouldBe(Errno.ECHILD);
        Should.Throw<ArgumentOutOfRangeException>(static () => WaitTarget.Process(0));
        Should.Throw<ArgumentOutOfRangeException>(static () => WaitTarget.Group(-1));
        child.Kill((Signal)65).ShouldBe(Errno.EINVAL);
        child.Kill(Signal.SIGKILL).ShouldBe(Errno.None);
        child.WaitForExit().Signal.ShouldBe(Signal.SIGKILL);
    }

    [Fact]
    public async Task Many_threads_and_tasks_that_wait_for_one_child_all_learn_its_end()
    {
        using var input = new Channel();
        using SpawnedProcess child = input.Reader.Start();
        var statuses = new WaitStatus[4];
        Thread[] threads = [.. Enumerable.Range(0, statuses.Length).Select(number => new Thread(() => statuses[number] = child.WaitForExit()))];
        foreach (Thread thread in threads) thread.Start();
        ValueTask<WaitStatus> first = child.WaitForExitAsync(), second = child.WaitForExitAsync();
        using var cancelling = new CancellationTokenSource();
        ValueTask<WaitStatus> cancelled = child.WaitForExitAsync(cancelling.Token);
        await cancelling.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await cancelled);
        first.IsCompleted.ShouldBeFalse();
        input.WriteLine("9");
        foreach (Thread thread in threads) thread.Join();
        (await first).ExitCode.ShouldBe(9);
        (await second).ShouldBe(await child.WaitForExitAsync());
        statuses.ShouldAllBe(static status => status.ExitCode == 9);
    }

    [Fact]
    [Trait("Row", "P-018")]
    public void An_orphan_is_adopted_by_an_ancestor()
    {
        using Channel input = new(), output = new();
        new ProcessCommand("/bin/sh", "-c", "sh -c 'read go <&3; while read name value; do [ $name = PPid: ] && echo $value; done < /proc/self/status' &")
        {
            Descriptors = [ChildDescriptor.Copy(output.Theirs, 1), ChildDescriptor.Copy(input.Theirs, 3)],
        }.Run().ExitCode.ShouldBe(0);
        input.WriteLine("");
        // Process 1, or the nearest ancestor that asked for orphans (PR_SET_CHILD_SUBREAPER).
        Ancestors(Environment.ProcessId).ShouldContain(output.ReadToEnd().TrimEnd());
    }

    [Fact]
    [Trait("Row", "P-010")]
    [Trait("Row", "P-014")]
    public void Without_children_there_is_nobody_to_wait_for()
        => IsolatedRoles.Result(ProcessScenarios.WaitWithoutChildren).ShouldBe("ECHILD ECHILD ECHILD");

    [Fact]
    [Trait("Row", "P-015")]
    public void A_handled_signal_ends_a_wait_unless_calls_restart()
        => IsolatedRoles.Result(ProcessScenarios.InterruptedWait).ShouldBe("EINTR; killed by SIGKILL");

    [Fact]
    public void A_wait_for_any_child_takes_all_that_have_ended()
        => IsolatedRoles.Result(ProcessScenarios.ReapFive).ShouldBe("0 1 2 3 4; ECHILD");

    [Fact]
    public void A_thousand_children_leave_no_zombie_and_no_descriptor()
        => IsolatedRoles.Result(ProcessScenarios.Thousand).ShouldBe("no descriptor more; ECHILD");

    [Fact]
    public void Ten_thousand_children_leave_no_zombie_no_descriptor_and_no_memory()
        => IsolatedRoles.Result(ProcessScenarios.TenThousand).ShouldBe("0 failed; ECHILD; heap True, resident True");

    [Fact]
    [Trait("Row", "P-003")]
    [Trait("Row", "P-017")]
    public void The_same_program_as_a_child_has_memory_of_its_own_and_what_Main_returns_has_eight_bits()
    {
        ChildRoles.Shared = 1;
        (string output, WaitStatus status) = Channel.Run(ChildRoles.Command(ChildRoles.ChangeAndReturn, "2", "300"));
        (output, status.ToString(), ChildRoles.Shared).ShouldBe(("0 to 2\n", "exited 44", 1));
    }

    private static string State(int process) => File.ReadAllText($"/proc/{process}/stat").Split(' ')[2];

    private static List<string> Ancestors(int process)
    {
        List<string> ancestors = [];
        for (string id = $"{process}"; id != "0"; ancestors.Add(id))
            id = File.ReadLines($"/proc/{id}/status").First(static line => line.StartsWith("PPid:", StringComparison.Ordinal))[5..].Trim();
        return ancestors;
    }
}
