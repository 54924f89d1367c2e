using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class StackLoopTests
{
    private readonly VirtualClock _clock = new();
    private readonly StackLoop _loop;
    private readonly List<string> _log = [];

    public StackLoopTests() => _loop = new StackLoop(_clock);

    [Fact]
    public void Posted_work_runs_on_the_way_out_while_the_loop_is_owned_and_completions_after_it_was_left()
    {
        var work = new Work(() => _log.Add($"work, owned {_loop.IsOwned}"));
        var completion = new Completion(() => _log.Add($"completion, owned {_loop.IsOwned}"));

        using (_loop.Enter())
        {
            _loop.Complete(completion);
            _loop.Post(work);
            _log.Add("inside");
        }

        _log.ShouldBe(["inside", "work, owned True", "completion, owned False"]);
    }

    [Fact]
    public void Work_posted_twice_before_it_ran_runs_once_and_may_post_itself_anew_from_its_own_run()
    {
        int runs = 0;
        Work? work = null;
        work = new Work(() =>
        {
            if (++runs == 1) _loop.Post(work!);
        });

        using (_loop.Enter())
        {
            _loop.Post(work);
            _loop.Post(work);
        }

        runs.ShouldBe(2);
    }

    [Fact]
    public void Work_runs_in_the_order_of_posting()
    {
        using (_loop.Enter())
        {
            for (int i = 0; i < 5; i++)
            {
                int number = i;
                _loop.Post(new Work(() => _log.Add($"{number}")));
            }
        }

        _log.ShouldBe(["0", "1", "2", "3", "4"]);
    }

    [Fact]
    public void A_thread_that_owns_the_loop_may_enter_again_and_only_the_last_exit_drains()
    {
        var work = new Work(() => _log.Add("work"));

        using (_loop.Enter())
        {
            using (_loop.Enter()) _loop.Post(work);
            _log.Add("still inside");
            _loop.IsOwned.ShouldBeTrue();
        }

        _log.ShouldBe(["still inside", "work"]);
        _loop.IsOwned.ShouldBeFalse();
    }

    [Fact]
    public void What_a_timer_causes_comes_before_the_next_timer_even_when_the_loop_is_late()
    {
        var work = new Work(() => _log.Add("caused by the first"));
        var first = new StackTimer<StackLoop>(_loop, loop =>
        {
            _log.Add("first");
            loop.Post(work);
        }, _loop);
        var second = new StackTimer<List<string>>(_loop, static log => log.Add("second"), _log);
        using (_loop.Enter())
        {
            first.Arm(10);
            second.Arm(20);
        }

        _clock.AdvanceTo(100);
        _loop.RunDue();

        _log.ShouldBe(["first", "caused by the first", "second"]);
    }

    [Fact]
    public void A_completion_requested_from_its_own_run_runs_again()
    {
        int runs = 0;
        Completion? completion = null;
        completion = new Completion(() =>
        {
            if (++runs == 3) return;
            using (_loop.Enter()) _loop.Complete(completion!);
        });

        using (_loop.Enter())
        {
            _loop.Complete(completion);
            _loop.Complete(completion);
        }

        runs.ShouldBe(3);
    }

    [Fact]
    public void Many_threads_complete_one_completion_and_no_request_is_lost_and_no_runs_overlap()
    {
        int value = 0, seen = 0, inside = 0, overlaps = 0;
        var completion = new Completion(() =>
        {
            if (Interlocked.Increment(ref inside) != 1) Interlocked.Increment(ref overlaps);
            Volatile.Write(ref seen, Volatile.Read(ref value));
            Interlocked.Decrement(ref inside);
        });

        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                using (_loop.Enter())
                {
                    value++;
                    _loop.Complete(completion);
                }
            }
        });

        overlaps.ShouldBe(0);
        seen.ShouldBe(80_000);
    }

    [Fact]
    public void Many_threads_in_one_loop_exclude_each_other()
    {
        int counter = 0;

        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 50_000; i++)
            {
                using (_loop.Enter()) counter++;
            }
        });

        counter.ShouldBe(200_000);
    }

    [Fact]
    public void Injected_work_runs_at_once_when_nobody_owns_the_loop()
    {
        _loop.Inject(new Work(() => _log.Add($"owned {_loop.IsOwned}")));

        _log.ShouldBe(["owned True"]);
    }

    [Fact]
    public void Work_injected_while_another_thread_owns_the_loop_is_run_by_that_thread()
    {
        int runner = 0;
        var work = new Work(() => runner = Environment.CurrentManagedThreadId);

        using (_loop.Enter())
        {
            var thread = new Thread(() => _loop.Inject(work));
            thread.Start();
            thread.Join();
            runner.ShouldBe(0);
        }

        runner.ShouldBe(Environment.CurrentManagedThreadId);
    }

    [Fact]
    public void Every_injection_from_many_threads_is_followed_by_a_run()
    {
        int injected = 0, seen = 0, tally = 0;
        var single = new Work(() => seen = Volatile.Read(ref injected));

        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                Interlocked.Increment(ref injected);
                _loop.Inject(single);
                _loop.Inject(new Work(() => tally++));
            }
        });

        seen.ShouldBe(80_000);
        tally.ShouldBe(80_000);
    }

    [Fact]
    public void A_drain_that_would_never_end_gives_up_the_loop_and_asks_to_be_called_again_at_once()
    {
        int runs = 0;
        Work? endless = null;
        endless = new Work(() =>
        {
            runs++;
            _loop.Post(endless!);
        });
        _clock.AdvanceTo(5);

        using (_loop.Enter()) _loop.Post(endless);

        runs.ShouldBe(StackLoop.DrainLimit);
        _loop.NextDeadline.ShouldBe(5);
        _loop.RunDue();
        runs.ShouldBe(2 * StackLoop.DrainLimit);
    }

    [Fact]
    public void Next_deadline_is_that_of_the_first_timer_and_none_without_timers()
    {
        var early = new StackTimer<int>(_loop, static _ => { }, 0);
        var late = new StackTimer<int>(_loop, static _ => { }, 0);
        _loop.NextDeadline.ShouldBeNull();

        using (_loop.Enter())
        {
            late.Arm(2_000_000_000);
            early.Arm(1_000_000_007);
        }
        _loop.NextDeadline.ShouldBe(1_000_000_007);

        using (_loop.Enter()) early.Cancel();
        using (_loop.Enter()) late.Cancel();
        _loop.NextDeadline.ShouldBeNull();
    }

    [Fact]
    public void A_driver_is_told_when_an_earlier_deadline_was_armed_and_only_then()
    {
        int told = 0;
        _loop.DeadlineMoved = () => told++;
        var timer = new StackTimer<int>(_loop, static _ => { }, 0);

        using (_loop.Enter()) timer.Arm(1000);
        told.ShouldBe(1);
        using (_loop.Enter()) timer.Arm(2000);
        told.ShouldBe(1);
        using (_loop.Enter()) timer.Arm(1500);
        told.ShouldBe(2);
    }

    [Fact]
    public void Work_that_throws_leaves_a_loop_that_others_can_enter()
    {
        var completion = new Completion(() => _log.Add("completed"));

        Should.Throw<TimeoutException>(() =>
        {
            using (_loop.Enter())
            {
                _loop.Complete(completion);
                _loop.Post(new Work(static () => throw new TimeoutException()));
                _loop.Post(new Work(() => _log.Add("after")));
            }
        });
        _log.ShouldBe(["completed"]);

        var thread = new Thread(_loop.RunDue);
        thread.Start();
        thread.Join();
        _log.ShouldBe(["completed", "after"]);
    }

    [Fact]
    public void A_completion_that_throws_does_not_cost_the_others_theirs()
    {
        Should.Throw<TimeoutException>(() =>
        {
            using (_loop.Enter())
            {
                _loop.Complete(new Completion(static () => throw new TimeoutException()));
                _loop.Complete(new Completion(() => _log.Add("second")));
            }
        });

        _log.ShouldBe(["second"]);
    }

    [Fact]
    public void Time_stands_still_for_one_entry()
    {
        using (_loop.Enter())
        {
            long before = _loop.Now;
            _clock.AdvanceTo(77);
            _loop.Now.ShouldBe(before);
        }
        using (_loop.Enter()) _loop.Now.ShouldBe(77);
    }

    [Fact]
    public void To_enter_post_and_complete_allocates_nothing()
    {
        var work = new Work(static () => { });
        var completion = new Completion(static () => { });
        void Once()
        {
            using (_loop.Enter())
            {
                _loop.Post(work);
                _loop.Complete(completion);
            }
        }

        Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++) Once();
        }).ShouldBe(0);
    }

    private sealed class Work(Action run) : LoopWork
    {
        protected internal override void Run() => run();
    }

    private sealed class Completion(Action run) : LoopCompletion
    {
        protected internal override void Run() => run();
    }
}
