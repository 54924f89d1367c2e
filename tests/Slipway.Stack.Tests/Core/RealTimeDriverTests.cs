using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class RealTimeDriverTests
{
    [Fact]
    public void The_driver_fires_timers_in_order_without_anybody_entering_the_loop()
    {
        var loop = new StackLoop(new TimeProviderClock(TimeProvider.System));
        using var driver = new RealTimeDriver(loop);
        using var done = new ManualResetEventSlim();
        var fired = new List<int>();
        StackTimer Timer(int number) => new StackTimer<int>(loop, n =>
        {
            fired.Add(n);
            if (fired.Count == 3) done.Set();
        }, number);
        StackTimer late = Timer(3), soon = Timer(1), between = Timer(2);

        using (loop.Enter())
        {
            // The driver sleeps towards the late one when the earlier ones are armed: it must be woken.
            late.ArmAfter(TimeSpan.FromMilliseconds(30));
        }
        using (loop.Enter())
        {
            between.ArmAfter(TimeSpan.FromMilliseconds(12));
            soon.ArmAfter(TimeSpan.FromMicroseconds(300));
        }

        done.Wait(TimeSpan.FromMinutes(1)).ShouldBeTrue();
        fired.ShouldBe([1, 2, 3]);
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
