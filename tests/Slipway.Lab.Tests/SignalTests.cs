using Slipway.Sockets;

namespace Slipway.Lab.Tests;

/// <summary>Signals of virtual processes: dispositions, delivery, interruption.</summary>
public sealed class SignalTests : IDisposable
{
    private readonly VirtualNetwork _net = new(seed: 3);
    private readonly Host _host;
    private readonly List<string> _log = [];

    public SignalTests() => _host = _net.AddHost("host");

    public void Dispose() => _net.Dispose();

    [Theory]
    [InlineData(Signal.SIGTERM)]
    [InlineData(Signal.SIGKILL)]
    [InlineData(Signal.SIGIO)]
    [InlineData(Signal.SIGRTMIN)]
    public void A_signal_without_handler_ends_a_blocked_process(Signal signal)
    {
        bool unwound = false;
        LabProcess victim = _host.Start("victim", process =>
        {
            try
            {
                process.Sleep(TimeSpan.FromDays(1));
            }
            finally
            {
                unwound = true;
            }
        });
        _host.Start("killer", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(1));
            process.Signals.Send(victim.Id, signal).ShouldBe(Errno.None);
        });

        _net.RunFor(TimeSpan.FromSeconds(2)).AllEnded.ShouldBeTrue();

        victim.KilledBy.ShouldBe(signal);
        victim.ExitStatus.ShouldBe(128 + (int)signal);
        unwound.ShouldBeTrue("finally blocks run");
    }

    [Theory]
    [InlineData(Signal.SIGCHLD)]
    [InlineData(Signal.SIGURG)]
    [InlineData(Signal.SIGWINCH)]
    public void Signals_that_are_ignored_by_default_do_not_even_end_a_sleep(Signal signal)
    {
        LabProcess sleeper = _host.Start("sleeper", static process => process.Sleep(TimeSpan.FromSeconds(5)).ShouldBe(TimeSpan.Zero));
        _host.Start("sender", process => process.Signals.Send(sleeper.Id, signal).ShouldBe(Errno.None));

        _net.Run();

        sleeper.ExitStatus.ShouldBe(0);
    }

    [Fact]
    public void A_handler_ends_a_sleep_early_and_the_rest_is_told()
    {
        LabProcess sleeper = _host.Start("sleeper", process =>
        {
            process.Signals.Handle(Signal.SIGUSR1, info => _log.Add($"{info.Signal} from {info.SenderId} at {_net.Now}"), restart: true);
            process.Sleep(TimeSpan.FromSeconds(10)).ShouldBe(TimeSpan.FromSeconds(7));
        });
        LabProcess sender = _host.Start("sender", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(3));
            process.Signals.Send(sleeper.Id, Signal.SIGUSR1);
        });

        _net.Run();

        _log.ShouldBe([$"SIGUSR1 from {sender.Id} at 00:00:03"]);
    }

    [Fact]
    public void An_alarm_comes_at_its_second_and_kills_without_a_handler()
    {
        LabProcess process = _host.Start("alarmed", static process =>
        {
            process.Alarm(20).ShouldBe(0);
            process.Sleep(TimeSpan.FromHours(1));
        });

        _net.RunUntil(() => process.HasEnded).End.ShouldBe(RunEnd.ConditionMet);

        process.KilledBy.ShouldBe(Signal.SIGALRM);
        _net.Now.ShouldBe(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void An_alarm_can_be_changed_and_taken_back_and_tells_what_was_left()
    {
        _host.Start("alarmed", static process =>
        {
            process.Alarm(20);
            process.Sleep(TimeSpan.FromSeconds(5));
            process.Alarm(100).ShouldBe(15);
            process.Alarm(0).ShouldBe(100);
            process.Alarm(0).ShouldBe(0);
            process.Sleep(TimeSpan.FromSeconds(200)).ShouldBe(TimeSpan.Zero);
        });

        _net.Run().AllEnded.ShouldBeTrue();
    }

    [Fact]
    public void A_signal_to_oneself_is_handled_before_kill_returns()
    {
        _host.Start("self", process =>
        {
            process.Signals.Handle(Signal.SIGUSR1, _ => _log.Add("handled"));
            process.Signals.Send(process.Id, Signal.SIGUSR1);
            _log.Add("sent");
            process.Signals.Ignore(Signal.SIGUSR1);
            process.Signals.Send(process.Id, Signal.SIGUSR1);
            process.Signals.Default(Signal.SIGUSR1);
            process.Signals.Send(process.Id, Signal.SIGUSR1);
            _log.Add("not reached");
        });

        _net.Run();

        _log.ShouldBe(["handled", "sent"]);
    }

    [Fact]
    public void Standard_signals_coalesce_and_real_time_signals_queue_lowest_first()
    {
        LabProcess receiver = _host.Start("receiver", process =>
        {
            foreach (Signal signal in (Signal[])[Signal.SIGUSR1, Signal.SIGRTMIN, Signal.SIGRTMIN + 1])
                process.Signals.Handle(signal, info => _log.Add($"{(int)info.Signal}"));
            process.Sleep(TimeSpan.FromSeconds(2));
        });
        _host.Start("sender", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(1));
            foreach (Signal signal in (Signal[])[Signal.SIGRTMIN + 1, Signal.SIGRTMIN, Signal.SIGUSR1, Signal.SIGUSR1, Signal.SIGRTMIN])
                process.Signals.Send(receiver.Id, signal).ShouldBe(Errno.None);
        });

        _net.Run();

        _log.ShouldBe(["10", "34", "34", "35"]);
    }

    [Fact]
    public void A_full_queue_of_real_time_signals_refuses_the_next()
    {
        LabProcess receiver = _host.Start(
            "receiver",
            process =>
            {
                process.Signals.Handle(Signal.SIGRTMIN, _ => _log.Add("one"));
                process.Sleep(TimeSpan.FromSeconds(2));
            },
            new StartOptions { SignalQueueLimit = 1 });
        _host.Start("sender", process =>
        {
            process.Signals.Send(receiver.Id, Signal.SIGRTMIN).ShouldBe(Errno.None);
            process.Signals.Send(receiver.Id, Signal.SIGRTMIN).ShouldBe(Errno.EAGAIN);
        });

        _net.Run();

        _log.ShouldBe(["one"]);
    }

    [Fact]
    public void Kill_reaches_groups_refuses_strangers_and_stays_on_the_host()
    {
        Host elsewhere = _net.AddHost("elsewhere");
        LabProcess foreign = elsewhere.Start("foreign", static process => process.Sleep(TimeSpan.FromSeconds(9)));
        LabProcess rootOwned = _host.Start("root-owned", static process => process.Sleep(TimeSpan.FromSeconds(9)));
        LabProcess leader = _host.Start(
            "leader",
            process =>
            {
                process.Signals.Handle(Signal.SIGUSR1, _ => _log.Add("leader"));
                ChildProcess child = process.StartChild("member", inner => Receive(inner, "member"));
                ChildProcess other = process.StartChild("apart", inner =>
                {
                    inner.SetProcessGroup(0).ShouldBe(Errno.None);
                    Receive(inner, "apart");
                });
                process.Sleep(TimeSpan.FromSeconds(1));
                process.Signals.Send(0, Signal.SIGUSR1).ShouldBe(Errno.None);
                process.Signals.Send(-other.Id, Signal.SIGUSR1).ShouldBe(Errno.None);
                process.Signals.Send(rootOwned.Id, Signal.SIGUSR1).ShouldBe(Errno.EPERM);
                process.Signals.Send(foreign.Id, Signal.SIGUSR1).ShouldBe(Errno.ESRCH);
                process.Signals.Send(99999, Signal.None).ShouldBe(Errno.ESRCH);
                process.Signals.Send(child.Id, (Signal)65).ShouldBe(Errno.EINVAL);
                process.Signals.Send(child.Id, Signal.None).ShouldBe(Errno.None);
                child.Wait().ShouldBe(0);
                process.Signals.Send(child.Id, Signal.None).ShouldBe(Errno.ESRCH, "waited for, so gone");
            },
            new StartOptions { UserId = 1000 });

        _net.Run();

        leader.ExitStatus.ShouldBe(0);
        _log.ShouldBe(["leader", "member", "apart"], ignoreOrder: true);
    }

    [Fact]
    public void Some_signals_cannot_be_handled()
    {
        _host.Start("main", static process =>
        {
            foreach (int number in (int[])[0, -1, 65, 9, 19, 32, 33])
            {
                process.Signals.Handle((Signal)number, static _ => { }).ShouldBe(Errno.EINVAL);
                process.Signals.Ignore((Signal)number).ShouldBe(Errno.EINVAL);
            }
        });

        _net.Run().AllEnded.ShouldBeTrue();
    }

    [Fact]
    public void The_end_of_a_child_signals_its_parent()
    {
        _host.Start("parent", process =>
        {
            process.Signals.Handle(Signal.SIGCHLD, info => _log.Add($"{info.Signal} {info.Code} {info.SenderId}"));
            ChildProcess child = process.StartChild("child", static inner => inner.Sleep(TimeSpan.FromSeconds(1)));
            process.Sleep(TimeSpan.FromSeconds(5)).ShouldBe(TimeSpan.FromSeconds(4));
            child.Wait().ShouldBe(0);
            _log.Add($"waited for {child.Id}");
        });

        _net.Run();

        _log.ShouldBe(["SIGCHLD 1 1002", "waited for 1002"]);
    }

    [Fact]
    public void A_thread_can_be_signalled_alone()
    {
        _host.Start("main", process =>
        {
            process.Signals.Handle(Signal.SIGUSR1, _ => _log.Add($"on the thread at {_net.Now}"));
            ProcessThread thread = process.StartThread("sleeper", () => process.Sleep(TimeSpan.FromSeconds(9)).ShouldBe(TimeSpan.FromSeconds(8)));
            thread.WaitUntilBlocked();
            process.Sleep(TimeSpan.FromSeconds(1));
            thread.Interrupt(Signal.SIGUSR1).ShouldBe(Errno.None);
            thread.Join();
            thread.Interrupt(Signal.SIGUSR1).ShouldBe(Errno.ESRCH);
        });

        _net.Run();

        _log.ShouldBe(["on the thread at 00:00:01"]);
    }

    [Fact]
    public void A_stopped_process_stands_still_until_it_is_continued()
    {
        LabProcess ticker = _host.Start("ticker", process =>
        {
            for (int i = 0; i < 3; i++)
            {
                process.Sleep(TimeSpan.FromSeconds(1));
                _log.Add($"tick {_net.Now.TotalSeconds}");
            }
        });
        _host.Start("shell", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(1.5));
            process.Signals.Send(ticker.Id, Signal.SIGSTOP);
            process.Sleep(TimeSpan.FromSeconds(10));
            process.Signals.Send(ticker.Id, Signal.SIGCONT);
        });

        _net.Run();

        _log.ShouldBe(["tick 1", "tick 11.5", "tick 12.5"]);
    }

    [Fact]
    public void A_stopped_process_can_be_killed()
    {
        LabProcess stopped = _host.Start("stopped", static process =>
        {
            process.Signals.Send(process.Id, Signal.SIGSTOP);
            process.ExitCode = 1;
        });

        _net.Run().Waiting.ShouldHaveSingleItem().WaitsFor.ShouldBe("SIGCONT");
        _host.Start("killer", process => process.Signals.Send(stopped.Id, Signal.SIGKILL));
        _net.Run().AllEnded.ShouldBeTrue();

        stopped.KilledBy.ShouldBe(Signal.SIGKILL);
    }

    [Fact]
    public void A_program_that_reads_Stopping_ends_itself_at_SIGTERM_and_at_the_second_one_in_any_case()
    {
        LabProcess polite = _host.Start("polite", async process =>
        {
            try
            {
                await Task.Delay(TimeSpan.FromDays(1), process.Time, process.Stopping);
            }
            finally
            {
                await Task.Delay(TimeSpan.FromSeconds(1), process.Time);
                _log.Add($"cleaned up at {_net.Now}");
            }
        });
        LabProcess stubborn = _host.Start("stubborn", async process =>
        {
            process.Stopping.Register(() => _log.Add("asked"));
            await Task.Delay(TimeSpan.FromDays(1), process.Time);
        });
        _host.Start("killer", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(1));
            process.Signals.Send(polite.Id, Signal.SIGTERM);
            process.Signals.Send(stubborn.Id, Signal.SIGTERM);
            process.Sleep(TimeSpan.FromSeconds(5));
            process.Signals.Send(stubborn.Id, Signal.SIGTERM);
        });

        _net.RunFor(TimeSpan.FromSeconds(10)).AllEnded.ShouldBeTrue();

        _log.ShouldBe(["asked", "cleaned up at 00:00:02"]);
        polite.ExitStatus.ShouldBe(128 + 15);
        stubborn.ExitStatus.ShouldBe(128 + 15);
    }

    private void Receive(HostProcess process, string name)
    {
        process.Signals.Handle(Signal.SIGUSR1, _ => _log.Add(name));
        process.Sleep(TimeSpan.FromSeconds(5));
    }
}
