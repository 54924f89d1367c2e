using Slipway.Sockets;

namespace Slipway.Linux.Tests;

/// <summary>Signals on the real kernel, each in a process of its own.</summary>
public sealed class SignalTests
{
    [Fact]
    public void A_signal_for_a_thread_runs_the_handler_and_ends_its_blocked_receive()
        => IsolatedRoles.Result(SignalScenarios.BlockedReceiveAndInterrupt).ShouldBe("EINTR handled 1, gone ESRCH");

    [Fact]
    public void An_alarm_ends_the_blocked_receive_of_a_thread()
        => IsolatedRoles.Result(SignalScenarios.BlockedReceiveAndAlarm).ShouldBe("EINTR handled 1 code 128");

    [Fact]
    public void An_alarm_ends_the_blocked_receive_of_the_program_itself()
        => IsolatedRoles.Result(SignalScenarios.BlockedReceiveOfTheFirstThread).ShouldBe("EINTR");

    [Fact]
    public void With_restart_the_blocked_receive_goes_on()
        => IsolatedRoles.Result(SignalScenarios.RestartGoesOn).ShouldBe("3");

    [Fact]
    public void Restart_does_not_hold_for_calls_with_a_time()
        => IsolatedRoles.Result(SignalScenarios.RestartDoesNotHoldForTimedCalls).ShouldBe("EINTR EINTR True");

    [Fact]
    public void Input_sends_SIGIO_and_chosen_signals_with_descriptor_and_band()
        => IsolatedRoles.Result(SignalScenarios.InputSignals).ShouldBe("SIGIO code 128 descriptor 0 band None; real-time 3 True");

    [Fact]
    public void SIGPIPE_is_ignored_until_it_is_handled()
        => IsolatedRoles.Result(SignalScenarios.BrokenPipe).ShouldBe("EPIPE EPIPE1 EPIPE1 EPIPE1");

    [Fact]
    public void SIGPIPE_by_default_ends_the_process()
    {
        IsolatedResult ended = IsolatedRoles.Run(SignalScenarios.BrokenPipeByDefault);
        ended.EndedBy.ShouldBe(Signal.SIGPIPE, $"{ended}");
        ended.ExitCode.ShouldBe(-1);
    }

    [Fact]
    public void An_alarm_that_nobody_handles_ends_the_process()
        => IsolatedRoles.Run(SignalScenarios.AlarmByDefault).EndedBy.ShouldBe(Signal.SIGALRM);

    [Fact]
    public void Ignored_signals_do_nothing_and_impossible_ones_are_refused()
        => IsolatedRoles.Result(SignalScenarios.IgnoredAndUnknown)
            .ShouldBe("True EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL EINVAL ESRCH None");

    [Fact]
    public void A_signal_that_the_runtime_keeps_can_be_handled_too()
        => IsolatedRoles.Result(SignalScenarios.TerminationHandled).ShouldBe("EINTR");

    [Fact]
    public void The_process_group_can_be_changed_and_own_a_socket()
        => IsolatedRoles.Result(SignalScenarios.Group).ShouldBe("None True True True");

    [Fact]
    public void In_a_process_whose_signals_are_not_blocked_only_those_of_the_runtime_can_be_handled()
    {
        LinuxSignals.AreBlocked.ShouldBeFalse();
        using var process = new LinuxProcess();
        process.Signals.Handle(Signal.SIGIO, static _ => { }).ShouldBe(Errno.EINVAL);
        process.Signals.Handle(Signal.SIGHUP, static _ => { }).ShouldBe(Errno.None);
        process.Signals.Default(Signal.SIGHUP).ShouldBe(Errno.None);
    }

    [Fact]
    public void A_role_that_takes_too_long_is_killed()
    {
        IsolatedResult ended = IsolatedProcess.Run(typeof(SignalTests).Assembly.Location, nameof(SignalScenarios.BlockedReceiveOfTheFirstThread), TimeSpan.Zero);
        ended.TimedOut.ShouldBeTrue();
        ended.EndedBy.ShouldBe(Signal.SIGKILL);
    }

    [Fact]
    public void A_thread_of_a_process_passes_its_exception_on()
    {
        using var process = new LinuxProcess();
        ProcessThread thread = process.StartThread("failing", static () => throw new InvalidOperationException("on purpose"));
        Should.Throw<InvalidOperationException>(thread.Join).Message.ShouldBe("on purpose");
        thread.WaitUntilBlocked(); // it has ended: nothing to wait for
        Should.Throw<NotSupportedException>(() => process.StartChild("child", static _ => { }));
    }
}
