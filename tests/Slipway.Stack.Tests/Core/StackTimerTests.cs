using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class StackTimerTests
{
    private readonly VirtualClock _clock = new();
    private readonly StackLoop _loop;
    private readonly List<string> _log = [];

    public StackTimerTests() => _loop = new StackLoop(_clock);

    [Fact]
    public void A_timer_fires_at_its_nanosecond_and_not_one_before()
    {
        StackTimer<string> timer = Logger("fired");
        using (_loop.Enter()) timer.ArmAfter(1_234_567_891);

        _clock.AdvanceTo(1_234_567_890);
        _loop.RunDue();
        _log.ShouldBeEmpty();

        _clock.AdvanceTo(1_234_567_891);
        _loop.RunDue();
        _log.ShouldBe(["fired"]);
        timer.IsArmed.ShouldBeFalse();
        _loop.NextDeadline.ShouldBeNull();
    }

    [Fact]
    public void Equal_deadlines_fire_in_the_order_of_arming_whenever_they_were_armed()
    {
        StackTimer<string>[] timers = [Logger("a"), Logger("b"), Logger("c"), Logger("d")];
        const long Deadline = 10_000_000_000;

        using (_loop.Enter()) timers[0].Arm(Deadline);
        _clock.AdvanceTo(9_999_000_000);
        using (_loop.Enter()) timers[1].Arm(Deadline);
        _clock.AdvanceTo(Deadline - 1);
        using (_loop.Enter()) timers[2].Arm(Deadline);
        _clock.AdvanceTo(Deadline);
        using (_loop.Enter()) timers[3].Arm(Deadline);

        _log.ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public void To_arm_anew_moves_a_timer_behind_others_of_the_same_deadline()
    {
        StackTimer<string> a = Logger("a"), b = Logger("b");
        using (_loop.Enter())
        {
            a.Arm(100);
            b.Arm(100);
            a.Arm(100);
        }

        _clock.AdvanceTo(100);
        _loop.RunDue();

        _log.ShouldBe(["b", "a"]);
    }

    [Fact]
    public void A_deadline_that_has_passed_fires_in_the_same_drain()
    {
        _clock.AdvanceTo(1000);

        using (_loop.Enter()) Logger("late").Arm(-5);

        _log.ShouldBe(["late"]);
    }

    [Fact]
    public void A_timer_may_cancel_another_one_that_is_due_at_the_same_time()
    {
        StackTimer<string> victim = Logger("victim");
        var killer = new StackTimer<StackTimer>(_loop, static other => other.Cancel().ShouldBeTrue(), victim);
        using (_loop.Enter())
        {
            killer.Arm(50);
            victim.Arm(50);
        }

        _clock.AdvanceTo(60);
        _loop.RunDue();

        _log.ShouldBeEmpty();
        victim.IsArmed.ShouldBeFalse();
    }

    [Fact]
    public void A_timer_that_arms_itself_anew_keeps_its_beat()
    {
        var beat = new Beat(_loop, period: 1_000_000);
        using (_loop.Enter()) beat.ArmAfter(1_000_000);

        _clock.AdvanceTo(10_500_000);
        _loop.RunDue();

        beat.Times.ShouldBe([1_000_000, 2_000_000, 3_000_000, 4_000_000, 5_000_000, 6_000_000, 7_000_000, 8_000_000, 9_000_000, 10_000_000]);
        _loop.NextDeadline.ShouldBe(11_000_000);
    }

    [Fact]
    public void Cancel_tells_whether_there_was_something_to_cancel()
    {
        StackTimer<string> timer = Logger("never");
        using (_loop.Enter())
        {
            timer.Cancel().ShouldBeFalse();
            timer.Arm(5);
            timer.Cancel().ShouldBeTrue();
            timer.Cancel().ShouldBeFalse();
        }
        _clock.AdvanceTo(10);
        _loop.RunDue();

        _log.ShouldBeEmpty();
    }

    [Fact]
    public void The_end_of_time_can_be_armed_and_is_not_reached()
    {
        StackTimer<string> timer = Logger("never");
        _clock.AdvanceTo(1000);
        using (_loop.Enter()) timer.ArmAfter(TimeSpan.MaxValue);

        _clock.AdvanceTo(long.MaxValue - 2);
        _loop.RunDue();

        _log.ShouldBeEmpty();
        timer.IsArmed.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 5_000)]
    [InlineData(3, 3_000_000)]
    [InlineData(4, 90_000_000_000)]
    [InlineData(5, 4_000_000_000_000_000)]
    public void Any_mix_of_arming_cancelling_and_time_fires_as_a_plain_sorted_list_would(ulong seed, long horizon)
    {
        var random = new SeededRandom(seed);
        var model = new SortedDictionary<(long Deadline, long Order), int>();
        var armed = new Dictionary<int, (long, long)>();
        var fired = new List<int>();
        StackTimer[] timers = [.. Enumerable.Range(0, 300).Select(i => new StackTimer<int>(_loop, fired.Add, i))];
        var expected = new List<int>();
        long order = 0;
        int total = 0;

        for (int step = 0; step < 20_000; step++)
        {
            int which = random.Next(timers.Length);
            using (_loop.Enter())
            {
                if (random.Next(4) == 0)
                {
                    timers[which].Cancel().ShouldBe(armed.Remove(which, out (long, long) key) && model.Remove(key));
                }
                else
                {
                    // Near and far, and often the very same time.
                    long deadline = _clock.Now + 1 + (random.NextInt64(horizon) >> random.Next(40));
                    timers[which].Arm(deadline);
                    if (armed.Remove(which, out (long, long) old)) model.Remove(old);
                    armed[which] = (deadline, order);
                    model[(deadline, order++)] = which;
                }
            }
            if (random.Next(10) != 0) continue;

            if (_loop.NextDeadline is { } next && model.Count > 0) next.ShouldBeLessThanOrEqualTo(model.First().Key.Deadline);
            _clock.AdvanceTo(_clock.Now + (random.NextInt64(horizon) >> random.Next(40)));
            while (model.Count > 0 && model.First() is var first && first.Key.Deadline <= _clock.Now)
            {
                expected.Add(first.Value);
                armed.Remove(first.Value);
                model.Remove(first.Key);
            }
            _loop.RunDue();
            fired.SequenceEqual(expected).ShouldBeTrue($"step {step}: fired {string.Join(' ', fired)}, expected {string.Join(' ', expected)}");
            total += fired.Count;
            fired.Clear();
            expected.Clear();
        }
        total.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Jumping_from_deadline_to_deadline_fires_each_timer_at_exactly_its_time()
    {
        var random = new SeededRandom(9);
        var late = new List<long>();
        int fired = 0;
        using (_loop.Enter())
        {
            for (int i = 0; i < 5000; i++)
            {
                long deadline = random.NextInt64(1L << (10 + random.Next(45)));
                var timer = new StackTimer<long>(_loop, d =>
                {
                    fired++;
                    if (_clock.Now != d) late.Add(d);
                }, deadline);
                timer.Arm(deadline);
                if (i % 3 == 0) timer.Cancel();
            }
        }

        while (_loop.NextDeadline is { } next)
        {
            if (next > _clock.Now) _clock.AdvanceTo(next);
            _loop.RunDue();
        }

        late.ShouldBeEmpty();
        fired.ShouldBe(5000 - 1667);
    }

    [Fact]
    public void A_million_timers_wait_and_to_arm_and_cancel_among_them_allocates_nothing()
    {
        const int Million = 1_000_000;
        var random = new SeededRandom(3);
        var counter = new Counter();
        var timers = new StackTimer[Million];
        using (_loop.Enter())
        {
            for (int i = 0; i < Million; i++)
            {
                timers[i] = new StackTimer<Counter>(_loop, static c => c.Value++, counter);
                timers[i].Arm(random.NextInt64(7200 * StackClock.Second));
            }
            Allocations.Of(() =>
            {
                for (int i = 0; i < Million; i += 2) timers[i].ArmAfter(200 * StackClock.Millisecond + i);
                for (int i = 1; i < Million; i += 4) timers[i].Cancel();
            }).ShouldBe(0);
        }

        _clock.AdvanceTo(7200 * StackClock.Second);
        do _loop.RunDue();
        while (_loop.NextDeadline is not null);

        counter.Value.ShouldBe(Million * 3 / 4);
    }

    private StackTimer<string> Logger(string text) => new(_loop, _log.Add, text);

    private sealed class Counter
    {
        public int Value { get; set; }
    }

    private sealed class Beat(StackLoop loop, long period) : StackTimer(loop)
    {
        public List<long> Times { get; } = [];

        protected override void OnExpired()
        {
            Times.Add(Deadline);
            Arm(Deadline + period);
        }
    }
}
