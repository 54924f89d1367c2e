using Slipway.Linux.Tests.Processes;
using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>The signal library beyond what sockets need: values, masks, waiting, timers, SIGCHLD, and whom kill reaches.</summary>
public sealed class SignalQueueTests
{
    [Fact]
    [Trait("Row", "P-SIG-022")]
    [Trait("Row", "P-SIG-007")]
    public void Ten_thousand_signals_with_values_arrive_in_order()
        => IsolatedRoles.Result(SignalQueueScenarios.TenThousandValues).ShouldBe("10000 taken, 0 out of order");

    [Fact]
    [Trait("Row", "P-SIG-007")]
    public void Held_signals_wait_standard_ones_once_and_real_time_ones_each_with_its_value()
        => IsolatedRoles.Result(SignalQueueScenarios.HeldSignals)
            .ShouldBe("EINVAL EINVAL EINVAL; pending SIGUSR1 real-time; EAGAIN; taken 0; ran False; SIGUSR1:0 real-time:1 real-time:2; held 0");

    [Fact]
    [Trait("Row", "P-SIG-017")]
    [Trait("Row", "P-SIG-002")]
    public void A_signal_that_came_before_the_wait_is_not_missed_and_the_program_goes_on_after_it()
        => IsolatedRoles.Result(SignalQueueScenarios.SuspendAndPause).ShouldBe("EINTR SIGUSR1 EINTR 3");

    [Fact]
    [Trait("Row", "P-SIG-004")]
    [Trait("Row", "P-SIG-005")]
    public void A_signal_that_comes_while_its_handler_runs_is_kept_once_or_runs_beside_it()
        => IsolatedRoles.Result(SignalQueueScenarios.SameSignalWhileItsHandlerRuns).ShouldBe("2 runs, depth 1; 3 runs, depth 3");

    [Fact]
    [Trait("Row", "P-SIG-006")]
    public void Another_signal_waits_for_the_handler_or_runs_beside_it()
        => IsolatedRoles.Result(SignalQueueScenarios.OtherSignalWhileAHandlerRuns).ShouldBe("2 runs, depth 1; 2 runs, depth 2");

    [Fact]
    [Trait("Row", "P-SIG-003")]
    public void A_handler_for_one_signal_leaves_the_default_behind()
    {
        IsolatedResult ended = IsolatedRoles.Run(SignalQueueScenarios.OneShot);
        (ended.EndedBy, ended.Output).ShouldBe((Signal.SIGUSR1, "1\n"));
    }

    [Fact]
    [Trait("Row", "P-SIG-018")]
    public void Abort_ends_by_SIGABRT_after_the_handler_even_if_held_or_ignored()
    {
        IsolatedResult handled = IsolatedRoles.Run(SignalQueueScenarios.AbortsThroughItsHandler);
        (handled.EndedBy, handled.Output, handled.Status & 0x80).ShouldBe((Signal.SIGABRT, "last words\n", 0));
        IsolatedRoles.Run(SignalQueueScenarios.AbortsThoughIgnored).EndedBy.ShouldBe(Signal.SIGABRT);
    }

    [Fact]
    public void Timers_send_signals_with_values_and_can_be_read()
        => IsolatedRoles.Result(SignalQueueScenarios.Timers).ShouldBe("True 77 code -2 1 ms; True 128; 3; True True EAGAIN");

    [Fact]
    [Trait("Row", "P-SIG-012")]
    [Trait("Row", "P-025")]
    public void There_is_one_alarm_and_a_child_begins_without_it()
        => IsolatedRoles.Result(SignalQueueScenarios.AlarmsAreOneAndNotInherited).ShouldBe("0 True, child 0, True 0");

    [Fact]
    [Trait("Row", "P-025")]
    [Trait("Row", "P-024")]
    public void A_child_begins_with_the_mask_but_without_what_is_pending()
        => IsolatedRoles.Result(SignalQueueScenarios.PendingIsNotInherited).ShouldBe("SIGUSR2; child 0000000000000000 0000000000000000, mask kept True");

    [Fact]
    [Trait("Row", "P-020")]
    public void Five_ends_may_be_one_SIGCHLD_and_five_children_to_reap()
        => IsolatedRoles.Result(SignalQueueScenarios.FiveEndsOneSignal, Signal.SIGCHLD).ShouldBe("True EAGAIN; 5 reaped");

    [Fact]
    [Trait("Row", "P-019")]
    public void Children_that_nobody_waits_for_can_be_dropped_by_the_kernel()
        => IsolatedRoles.Result(SignalQueueScenarios.ChildrenReapThemselves).ShouldBe("True ECHILD ESRCH ESRCH False 5");

    [Fact]
    [Trait("Row", "P-SIG-021")]
    public void Pipes_and_urgent_data_send_signals()
    {
        IsolatedRoles.Result(SignalQueueScenarios.PipesSendSignals).ShouldBe("True True SIGIO 128; True True 40");
        IsolatedRoles.Result(SignalQueueScenarios.UrgentData).ShouldBe("None SIGURG");
    }

    [Fact]
    [Trait("Row", "P-SIG-001")]
    public void What_cannot_be_handled_is_refused_and_says_who_keeps_it()
    {
        IsolatedRoles.Result(SignalQueueScenarios.KeptByOthers).ShouldBe("0 4 5 7 8 9 11 19 31 32 33 34 63 64 65; True; the runtime's, to stop its threads");
        // In a process that was not started for it, what the runtime does not hand on is kept too.
        LinuxSignals.WhyRefused(Signal.SIGUSR1).ShouldNotBeNull();
        LinuxSignals.WhyRefused(Signal.SIGCHLD).ShouldBeNull();
        LinuxSignals.Hold(Signal.SIGUSR1).ShouldBe(Errno.EINVAL);
    }

    [Fact]
    [Trait("Row", "P-SIG-019")]
    public void What_was_inherited_as_ignored_is_left_so()
        => IsolatedRoles.Result(SignalQueueScenarios.InheritedIgnore).ShouldBe("True False; False True");

    [RootFact]
    [Trait("Row", "P-SIG-008")]
    public void Kill_reaches_a_process_its_group_all_or_another_group()
    {
        // a and b are in a group of their own each, c in the shell's; the shell is process 1's child, and everything is in a namespace where "all" is harmless.
        SignalledBy("kill -USR1 $a").ShouldBe("a");
        SignalledBy("kill -USR1 0").ShouldBe("S c");
        SignalledBy("kill -USR1 -1").ShouldBe("a b c");
        SignalledBy("kill -USR1 -$b").ShouldBe("b");
    }

    [RootFact]
    [Trait("Row", "P-SIG-009")]
    [Trait("Row", "P-SIG-010")]
    public void Who_may_not_send_is_told_so()
    {
        using var held = new Channel();
        using SpawnedProcess other = (held.Reader with { RunAs = new ProcessUser(1234, 1234), ProcessGroup = 0 }).Start();
        LinuxSignals.Send(SignalTarget.Process(other.Id), Signal.None).ShouldBe(Errno.None);
        LinuxSignals.Send(SignalTarget.Group(other.Id), Signal.None).ShouldBe(Errno.None);
        LinuxSignals.Send(SignalTarget.Process(other.Id), (Signal)65).ShouldBe(Errno.EINVAL);
        LinuxSignals.Send(SignalTarget.Process(int.MaxValue), Signal.None).ShouldBe(Errno.ESRCH);
        LinuxSignals.Send(SignalTarget.Group(int.MaxValue), Signal.None).ShouldBe(Errno.ESRCH);
        // The sender's real or effective id against the receiver's real or saved one.
        Shell(1234, $"kill -0 {other.Id}; echo $?").ShouldBe("0");
        Shell(1235, $"kill -0 {other.Id} 2>/dev/null; echo $?").ShouldBe("1");
        Shell(1235, $"kill -CONT {other.Id} 2>/dev/null; echo $?").ShouldBe("0"); // within the session anybody may
        Shell(1235, $"kill -CONT {other.Id} 2>/dev/null; echo $?", static command => command with { NewSession = true }).ShouldBe("1");
        Shell(1235, "kill -0 1 2>/dev/null; echo $?").ShouldBe("1");
        held.WriteLine("0");
        other.WaitForExit().ExitCode.ShouldBe(0);
        other.Kill(Signal.None).ShouldBe(Errno.ESRCH);

        static string Shell(int user, string script, Func<ProcessCommand, ProcessCommand>? change = null)
            => Channel.Shell(script, command => (change?.Invoke(command) ?? command) with { RunAs = new ProcessUser(user, user) });
    }

    [RootFact]
    [Trait("Row", "P-SIG-009")]
    public void To_all_with_nobody_there_is_ESRCH()
        => Channel.Run(new ProcessCommand("/bin/sh", "-c", "sh -c 'kill -USR1 -1 2>&1; :'; :") { NewProcessNamespace = true, Descriptors = [ChildDescriptor.Inherit(2)] })
            .Output.ShouldContain("No such process");

    [Fact]
    [Trait("Row", "P-SIG-011")]
    public void The_command_kill_sends_SIGTERM()
    {
        using var held = new Channel();
        using SpawnedProcess child = held.Reader.Start();
        new ProcessCommand("/bin/sh", "-c", $"kill {child.Id}").Run().ExitCode.ShouldBe(0);
        child.WaitForExit().Signal.ShouldBe(Signal.SIGTERM);
    }

    /// <summary>Which of the shell S, its children a and b in groups of their own, and c in the shell's group had SIGUSR1.</summary>
    private static string SignalledBy(string kill)
    {
        using var output = new Channel();
        using var ready = new Channel();
        // The shell runs a trap between two commands: had it a read that lasts, a signal just before that would wait for a line that never comes.
        string member = "trap \"echo NAME >&3; exit\" USR1; echo >&4; while :; do sleep 0.05; done";
        string script = $"""
            setsid sh -c '{member.Replace("NAME", "a", StringComparison.Ordinal)}' & a=$!
            setsid sh -c '{member.Replace("NAME", "b", StringComparison.Ordinal)}' & b=$!
            sh -c '{member.Replace("NAME", "c", StringComparison.Ordinal)}' & c=$!
            trap 'echo S >&3' USR1
            echo >&4
            read go
            {kill}
            echo done >&3
            read go
            """;
        using var go = new Channel();
        // Process 1 of the namespace only waits: signals pass it by. The shell under test is its child, with a group of its own.
        ProcessCommand first = new("/bin/sh", "-c", "setsid sh -c \"$0\"; :", script)
        {
            NewProcessNamespace = true,
            Descriptors = [ChildDescriptor.Copy(go.Theirs, 0), ChildDescriptor.Copy(output.Theirs, 3), ChildDescriptor.Copy(ready.Theirs, 4), ChildDescriptor.Inherit(2)],
        };
        using SpawnedProcess init = first.Start();
        output.CloseTheirs();
        for (int i = 0; i < 4; i++) ready.ReadLine();
        go.WriteLine("");
        var names = new List<string>();
        int expected = kill.EndsWith(" 0", StringComparison.Ordinal) ? 2 : kill.EndsWith("-1", StringComparison.Ordinal) ? 3 : 1;
        while (names.Count < expected + 1) // and "done", wherever among them it comes
            names.Add(output.ReadLine());
        init.Kill(Signal.SIGKILL); // and with it all in its namespace
        init.WaitForExit();
        names.AddRange(output.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return string.Join(' ', names.Where(static name => name != "done").Order(StringComparer.Ordinal));
    }
}
