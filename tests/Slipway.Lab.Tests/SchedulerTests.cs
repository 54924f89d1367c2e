using Slipway.Sockets;

namespace Slipway.Lab.Tests;

/// <summary>How runs begin and end, what happens between turns, and that nothing is left behind.</summary>
public sealed class SchedulerTests
{
    [Fact]
    public void A_run_for_a_time_ends_at_that_time_whatever_happens()
    {
        using var net = new VirtualNetwork();
        net.AddHost("host").Start("ticker", static process =>
        {
            while (true) process.Sleep(TimeSpan.FromSeconds(1));
        });

        RunResult result = net.RunFor(TimeSpan.FromSeconds(10.5));

        result.End.ShouldBe(RunEnd.TimeReached);
        net.Now.ShouldBe(TimeSpan.FromSeconds(10.5));
        net.RunFor(TimeSpan.FromTicks(1)).Time.ShouldBe(TimeSpan.FromSeconds(10.5) + TimeSpan.FromTicks(1));
    }

    [Fact]
    public void A_run_for_a_time_lets_time_pass_when_nothing_happens()
    {
        using var net = new VirtualNetwork();

        net.RunFor(TimeSpan.FromMinutes(3));

        net.Now.ShouldBe(TimeSpan.FromMinutes(3));
    }

    [Fact]
    public void A_run_until_a_condition_ends_as_soon_as_it_is_met()
    {
        using var net = new VirtualNetwork();
        int ticks = 0;
        net.AddHost("host").Start("ticker", process =>
        {
            for (; ; ticks++) process.Sleep(TimeSpan.FromSeconds(1));
        });

        net.RunUntil(() => ticks == 5).End.ShouldBe(RunEnd.ConditionMet);
        net.Now.ShouldBe(TimeSpan.FromSeconds(5));

        net.RunUntil(() => ticks == 50, limit: TimeSpan.FromSeconds(3)).End.ShouldBe(RunEnd.TimeReached);
        net.Now.ShouldBe(TimeSpan.FromSeconds(8));
    }

    [Fact]
    public void A_condition_that_throws_throws_from_the_run()
    {
        using var net = new VirtualNetwork();
        net.AddHost("host").Start("sleeper", static process => process.Sleep(TimeSpan.FromSeconds(1)));

        Should.Throw<InvalidDataException>(() => net.RunUntil(() => net.Now > TimeSpan.Zero ? throw new InvalidDataException() : false));
        net.Run().AllEnded.ShouldBeTrue();
    }

    [Fact]
    public void Scheduled_actions_run_at_their_times_in_order_and_before_processes()
    {
        using var net = new VirtualNetwork();
        var log = new List<string>();
        net.AddHost("host").Start("p", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(2));
            log.Add("process");
        });
        net.At(TimeSpan.FromSeconds(2), () => log.Add($"b{net.Now.TotalSeconds}"));
        net.At(TimeSpan.FromSeconds(2), () => log.Add($"c{net.Now.TotalSeconds}"));
        net.At(TimeSpan.FromSeconds(1), () => log.Add($"a{net.Now.TotalSeconds}"));
        net.At(TimeSpan.FromHours(1), () => log.Add($"d{net.Now.TotalSeconds}"));

        net.Run();

        log.ShouldBe(["a1", "b2", "c2", "process", "d3600"]);
    }

    [Fact]
    public void An_action_can_start_a_process_and_its_exception_ends_the_run()
    {
        using var net = new VirtualNetwork();
        Host host = net.AddHost("host");
        LabProcess? started = null;
        net.At(TimeSpan.FromSeconds(1), () => started = host.Start("late", static process => process.Sleep(TimeSpan.FromSeconds(1))));
        net.At(TimeSpan.FromSeconds(5), static () => throw new InvalidDataException("action"));

        Should.Throw<InvalidDataException>(() => net.Run()).Message.ShouldBe("action");

        started!.HasEnded.ShouldBeTrue();
        net.Now.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_cancelled_run_ends_at_the_next_turn()
    {
        using var net = new VirtualNetwork();
        using var cancel = new CancellationTokenSource();
        net.AddHost("host").Start("ticker", process =>
        {
            for (int i = 0; ; i++)
            {
                process.Sleep(TimeSpan.FromSeconds(1));
                if (i == 3) cancel.Cancel();
            }
        });

        net.Run(cancel.Token).End.ShouldBe(RunEnd.Cancelled);
        net.Now.ShouldBe(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void A_thousand_processes_that_take_turns_all_come_to_their_end()
    {
        using var net = new VirtualNetwork();
        Host host = net.AddHost("host");
        int done = 0;
        for (int i = 0; i < 1000; i++)
        {
            host.Start($"p{i}", process =>
            {
                for (int round = 0; round < 5; round++) process.Sleep(TimeSpan.FromMilliseconds(1));
                done++;
            });
        }

        net.Run().AllEnded.ShouldBeTrue();

        done.ShouldBe(1000);
        net.Now.ShouldBe(TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public void Processes_that_come_one_after_the_other_share_one_thread_of_the_machine()
    {
        using var net = new VirtualNetwork();
        var threads = new HashSet<int>();
        net.AddHost("host").Start("parent", process =>
        {
            for (int i = 0; i < 100; i++) process.StartChild("child", _ => threads.Add(Environment.CurrentManagedThreadId)).Wait();
        });

        net.Run();

        threads.Count.ShouldBe(1);
    }

    [Fact]
    public void Disposing_unwinds_every_thread_and_leaves_none()
    {
        var net = new VirtualNetwork();
        Host host = net.AddHost("host");
        int unwound = 0;
        var machineThreads = new List<Thread>();
        for (int i = 0; i < 20; i++)
        {
            host.Start("stuck", process =>
            {
                machineThreads.Add(Thread.CurrentThread);
                try
                {
                    // A program that swallows everything must not survive either.
                    try
                    {
                        process.Sleep(TimeSpan.FromDays(1000));
                    }
                    catch (Exception)
                    {
                        process.Sleep(TimeSpan.FromDays(1000));
                    }
                }
                finally
                {
                    unwound++;
                }
            });
        }

        net.RunFor(TimeSpan.FromSeconds(1));
        net.Dispose();

        unwound.ShouldBe(20);
        machineThreads.Count.ShouldBe(20);
        machineThreads.ShouldAllBe(static thread => !thread.IsAlive);
        Should.Throw<ObjectDisposedException>(() => net.Run());
        net.Dispose();
    }

    [Fact]
    public void A_process_that_blocks_its_thread_outside_of_the_lab_is_named()
    {
        using var never = new ManualResetEventSlim();
        using var net = new VirtualNetwork(options: new VirtualNetworkOptions { StallLimit = TimeSpan.FromMilliseconds(100) });
        net.AddHost("host").Start("blocker", _ => never.Wait());
        net.AddHost("other").Start("patient", static process => process.Sleep(TimeSpan.FromDays(1)));

        LabStalledException stalled = Should.Throw<LabStalledException>(() => net.Run());

        stalled.Message.ShouldStartWith("Process 'host/blocker' (pid 1001, thread 'main')");
        Should.Throw<InvalidOperationException>(() => net.Run());
        never.Set();
    }

    [Fact]
    public void Work_that_comes_back_from_the_thread_pool_is_refused_in_simulated_time()
    {
        using var net = new VirtualNetwork();
        using var awaited = new ManualResetEventSlim();
        net.AddHost("host").Start("pooled", async process =>
        {
            await Task.Run(awaited.Wait);
            await Task.Delay(Timeout.InfiniteTimeSpan, process.Time);
        });
        net.At(TimeSpan.FromSeconds(1), awaited.Set);
        // Simulated time runs on, however long the pool's thread takes.
        net.AddHost("other").Start("ticker", static process =>
        {
            while (true) process.Sleep(TimeSpan.FromSeconds(1));
        });

        Should.Throw<InvalidOperationException>(() => net.Run()).Message.ShouldStartWith("Process 'host/pooled' has work that was completed by a thread outside of the lab");
    }

    [Fact]
    public void The_seed_decides_the_time_of_day_unless_it_is_given()
    {
        using var one = new VirtualNetwork(seed: 1);
        using var same = new VirtualNetwork(seed: 1);
        using var two = new VirtualNetwork(seed: 2);
        var day = new DateTimeOffset(1993, 8, 12, 9, 0, 0, TimeSpan.Zero);
        using var given = new VirtualNetwork(options: new VirtualNetworkOptions { Origin = day });

        same.Time.GetUtcNow().ShouldBe(one.Time.GetUtcNow());
        two.Time.GetUtcNow().ShouldNotBe(one.Time.GetUtcNow());
        given.RunFor(TimeSpan.FromMinutes(1));
        given.Time.GetUtcNow().ShouldBe(day.AddMinutes(1));
    }

    [Fact]
    public void In_real_time_the_machines_clock_decides()
    {
        using var net = new VirtualNetwork(options: new VirtualNetworkOptions { RealTime = TimeProvider.System });
        long start = TimeProvider.System.GetTimestamp();
        LabProcess process = net.AddHost("host").Start("sleeper", static process => process.Sleep(TimeSpan.FromMilliseconds(30)).ShouldBe(TimeSpan.Zero));

        RunResult result = net.Run();

        result.End.ShouldBe(RunEnd.ProcessesEnded);
        process.ExitStatus.ShouldBe(0);
        TimeProvider.System.GetElapsedTime(start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public void In_real_time_other_threads_can_complete_what_a_program_awaits()
    {
        using var net = new VirtualNetwork(options: new VirtualNetworkOptions { RealTime = TimeProvider.System });
        LabProcess process = net.AddHost("host").Start("waiter", static async process =>
        {
            int thread = Environment.CurrentManagedThreadId;
            (await Task.Run(static () => 42)).ShouldBe(42);
            Environment.CurrentManagedThreadId.ShouldBe(thread);
            process.ExitCode = 7;
        });

        net.RunUntil(() => process.HasEnded, limit: TimeSpan.FromSeconds(60)).End.ShouldBe(RunEnd.ConditionMet);

        process.ExitStatus.ShouldBe(7);
    }
}
