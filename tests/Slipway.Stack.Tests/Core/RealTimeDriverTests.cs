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
}
