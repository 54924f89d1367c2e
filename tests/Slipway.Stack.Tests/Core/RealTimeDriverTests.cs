using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class RealTimeDriverTests
{
    [Fact]
    public void The_driver_is_woken_from_a_long_sleep_for_earlier_timers_and_fires_them_in_order()
    {
        var loop = new StackLoop(new TimeProviderClock(TimeProvider.System));
        using var driver = new RealTimeDriver(loop);
        using var done = new ManualResetEventSlim();
        var fired = new List<int>();
        StackTimer<int> Timer(int number) => new(loop, n =>
        {
            fired.Add(n);
            if (fired.Count == 2) done.Set();
        }, number);
        StackTimer<int> never = Timer(3), second = Timer(2), first = Timer(1);

        using (loop.Enter()) never.ArmAfter(TimeSpan.FromHours(1));
        using (loop.Enter())
        {
            second.ArmAfter(TimeSpan.FromMilliseconds(5));
            first.ArmAfter(TimeSpan.FromMicroseconds(300));
        }

        done.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        using (loop.Enter()) fired.ShouldBe([1, 2]);
    }

    [Fact]
    public void A_loop_has_one_driver_at_a_time()
    {
        var loop = new StackLoop(new TimeProviderClock(TimeProvider.System));
        using (new RealTimeDriver(loop)) Should.Throw<InvalidOperationException>(() => new RealTimeDriver(loop));

        using var next = new RealTimeDriver(loop);
        loop.DeadlineMoved.ShouldNotBeNull();
    }

    [Fact]
    public void A_loop_in_virtual_time_takes_no_driver()
        => Should.Throw<ArgumentException>(() => new RealTimeDriver(new StackLoop(new VirtualClock())));

    [Fact]
    public void A_driver_may_go_while_others_use_the_loop()
    {
        var loop = new StackLoop(new TimeProviderClock(TimeProvider.System));
        int fired = 0;
        var timer = new StackTimer<int>(loop, _ => fired++, 0);

        Parallel.Invoke(
            () =>
            {
                for (int i = 0; i < 200; i++) new RealTimeDriver(loop).Dispose();
            },
            () =>
            {
                for (int i = 0; i < 20_000; i++)
                {
                    using (loop.Enter()) timer.ArmAfter(i % 7 * 1000);
                }
            });

        using var last = new RealTimeDriver(loop);
        using var done = new ManualResetEventSlim();
        var end = new StackTimer<ManualResetEventSlim>(loop, static signal => signal.Set(), done);
        using (loop.Enter()) end.ArmAfter(1);
        done.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        using (loop.Enter()) fired.ShouldBeGreaterThan(0);
    }
}
