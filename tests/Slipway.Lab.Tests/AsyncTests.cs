using Slipway.Sockets;

namespace Slipway.Lab.Tests;

/// <summary>Async programs: their continuations run on the lab's threads, in the order of their causes, at exact times.</summary>
public sealed class AsyncTests : IDisposable
{
    private readonly VirtualNetwork _net = new(seed: 5);
    private readonly Host _host;
    private readonly List<string> _log = [];

    public AsyncTests() => _host = _net.AddHost("host");

    public void Dispose() => _net.Dispose();

    [Fact]
    public void Delays_and_timers_fire_at_exact_simulated_times()
    {
        _host.Start("main", async process =>
        {
            long start = process.Time.GetTimestamp();
            await Task.Delay(TimeSpan.FromHours(1), process.Time);
            process.Time.GetElapsedTime(start).ShouldBe(TimeSpan.FromHours(1));

            using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), process.Time);
            for (int i = 0; i < 3; i++) await timer.WaitForNextTickAsync();
            process.Time.GetElapsedTime(start).ShouldBe(TimeSpan.FromMinutes(63));

            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30), process.Time);
            await Should.ThrowAsync<OperationCanceledException>(Task.Delay(Timeout.InfiniteTimeSpan, process.Time, timeout.Token));
            process.Time.GetElapsedTime(start).ShouldBe(TimeSpan.FromMinutes(63.5));
        });

        _net.Run().AllEnded.ShouldBeTrue();
    }

    [Fact]
    public void Continuations_run_on_the_processs_own_thread_also_where_the_context_is_not_captured()
    {
        _host.Start("main", async process =>
        {
            int thread = Environment.CurrentManagedThreadId;
            await Task.Yield();
            Environment.CurrentManagedThreadId.ShouldBe(thread);
            await Task.Delay(TimeSpan.FromSeconds(1), process.Time);
            Environment.CurrentManagedThreadId.ShouldBe(thread);
            await Inner(process, thread);
            Environment.CurrentManagedThreadId.ShouldBe(thread);
        });

        _net.Run().AllEnded.ShouldBeTrue();

        static async Task Inner(HostProcess process, int thread)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), process.Time).ConfigureAwait(false);
            Environment.CurrentManagedThreadId.ShouldBe(thread);
            await Task.Delay(TimeSpan.FromSeconds(1), process.Time).ConfigureAwait(false);
            Environment.CurrentManagedThreadId.ShouldBe(thread);
        }
    }

    [Fact]
    public void Several_tasks_of_one_program_take_turns_in_the_order_of_their_times()
    {
        _host.Start("main", async process =>
        {
            async Task Tick(string name, double seconds)
            {
                for (int i = 0; i < 3; i++)
                {
                    await Task.Delay(TimeSpan.FromSeconds(seconds), process.Time);
                    _log.Add($"{name}{_net.Now.TotalSeconds}");
                }
            }

            await Task.WhenAll(Tick("a", 2), Tick("b", 1.5));
        });

        _net.Run();

        _log.ShouldBe(["b1.5", "a2", "b3", "a4", "b4.5", "a6"]);
    }

    [Fact]
    public void Tasks_started_on_the_processs_scheduler_run_on_its_thread()
    {
        _host.Start("main", async process =>
        {
            int thread = Environment.CurrentManagedThreadId;
            int other = await Task.Factory.StartNew(
                static () => Environment.CurrentManagedThreadId, CancellationToken.None, TaskCreationOptions.None, ((LabProcess)process).Scheduler);
            other.ShouldBe(thread);
        });

        _net.Run().AllEnded.ShouldBeTrue();
    }

    [Fact]
    public void A_blocking_program_gets_its_timers_callbacks_on_a_virtual_thread_of_its_own()
    {
        _host.Start("main", process =>
        {
            using ITimer timer = process.Time.CreateTimer(_ => _log.Add($"tick {_net.Now.TotalSeconds}"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
            process.Sleep(TimeSpan.FromSeconds(6));
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan).ShouldBeTrue();
            process.Sleep(TimeSpan.FromSeconds(6));
            timer.Dispose();
            timer.Change(TimeSpan.Zero, TimeSpan.Zero).ShouldBeFalse();
        });

        _net.Run().AllEnded.ShouldBeTrue();

        _log.ShouldBe(["tick 1", "tick 3", "tick 5"]);
    }

    [Fact]
    public void An_exception_after_an_await_fails_the_process()
    {
        _host.Start("main", static async process =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), process.Time);
            throw new InvalidDataException("late");
        });

        Should.Throw<ProcessFailedException>(() => _net.Run()).Message.ShouldContain("failed at 1 s: InvalidDataException: late");
    }

    [Fact]
    public void What_never_completes_is_reported_as_an_await()
    {
        _host.Start("main", static _ => new TaskCompletionSource().Task);

        RunResult result = _net.Run();

        result.End.ShouldBe(RunEnd.Idle);
        result.Waiting.ShouldHaveSingleItem().WaitsFor.ShouldBe("await");
        result.ToString().ShouldBe("nothing more can happen at 0 s\nhost/main (pid 1001) thread main waits: await");
    }

    [Fact]
    public void A_signal_handler_runs_while_the_program_awaits()
    {
        LabProcess main = _host.Start("main", async process =>
        {
            var signalled = new TaskCompletionSource();
            process.Signals.Handle(Signal.SIGUSR1, _ => signalled.SetResult());
            await signalled.Task;
            _log.Add($"signalled at {_net.Now}");
        });
        _host.Start("sender", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(4));
            process.Signals.Send(main.Id, Signal.SIGUSR1);
        });

        _net.Run().AllEnded.ShouldBeTrue();

        _log.ShouldBe(["signalled at 00:00:04"]);
    }

    [Fact]
    public void The_networks_own_clock_runs_its_callbacks_between_turns()
    {
        Task delay = Task.Delay(TimeSpan.FromSeconds(3), _net.Time);

        _net.RunFor(TimeSpan.FromSeconds(2));
        delay.IsCompleted.ShouldBeFalse();
        _net.RunFor(TimeSpan.FromSeconds(1));
        delay.IsCompleted.ShouldBeTrue();
    }
}
