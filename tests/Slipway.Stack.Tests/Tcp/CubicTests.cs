using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>RFC 9438.</summary>
public sealed class CubicTests
{
    [Theory]
    [InlineData(0ul, 0u)]
    [InlineData(1ul, 1u)]
    [InlineData(7ul, 1u)]
    [InlineData(8ul, 2u)]
    [InlineData(26ul, 2u)]
    [InlineData(27ul, 3u)]
    [InlineData(80_452_070_310ul, 4316u)] // 2^40 / 410 · 30: K for 30 packets, 4.217 s in 1/1024 s
    [InlineData(999_999_999_999_999ul, 99_999u)]
    [InlineData(1_000_000_000_000_000ul, 100_000u)]
    [InlineData(ulong.MaxValue, 2_642_245u)]
    public void The_cube_root_is_exact(ulong value, uint root) => Cubic.CubeRoot(value).ShouldBe(root);

    [Fact]
    public void Loss_takes_three_tenths()
    {
        var flow = new CongestionFlow(new Cubic(), window: 1000);
        flow.Reduce();
        flow.Window.Window.ShouldBe(700u); // section 4.6, β = 717/1024
        new Cubic().SlowStartThreshold(CongestionWindow.Create(2, 0), 0).ShouldBe(2u);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public void The_window_follows_the_cubic_function_of_time(double rtt)
    {
        // W(t) = 0.4 (t − K)³ + W_max with K = ∛(W_max (1 − β) / C) (section 4.2, equations 1 and 2).
        const double Maximum = 1000;
        var flow = new CongestionFlow(new Cubic(), window: (uint)Maximum);
        flow.Round(rtt);
        flow.Window.Window = (uint)Maximum;
        flow.Reduce();
        double k = Math.Cbrt((Maximum - flow.Window.Window) / 0.4), start = flow.Seconds;

        while (flow.Seconds - start < k + 6)
        {
            flow.Round(rtt);
            double t = flow.Seconds - start, expected = 0.4 * Math.Pow(t - k, 3) + Maximum;
            ((double)flow.Window.Window).ShouldBeInRange(expected - 15, expected + 15, $"after {t} s");
        }
        k.ShouldBe(9.09, tolerance: 0.01);
    }

    [Fact]
    public void Where_Reno_would_be_faster_it_keeps_up_with_Reno()
    {
        // A short path with a small window (section 4.3): 0.53 packets a round trip up to the old window, a packet from there.
        var flow = new CongestionFlow(new Cubic(), window: 20);
        flow.Reduce();
        flow.Window.Window.ShouldBe(14u);

        flow.Rounds(11, 10);
        flow.Window.Window.ShouldBeInRange(18u, 20u);
        flow.Rounds(4, 10);
        uint before = flow.Window.Window;
        flow.Rounds(20, 10);
        flow.Window.Window.ShouldBeInRange(before + 17, before + 21);
        flow.Seconds.ShouldBeLessThan(0.4); // the cubic function alone would still be below 20 for two seconds
    }

    [Fact]
    public void A_second_loss_below_the_last_maximum_yields_room_to_others()
    {
        // Fast convergence (section 4.7): the plateau is at 800 · (1 + β)/2 = 680, not at 800.
        var flow = new CongestionFlow(new Cubic(), window: 1000);
        flow.Reduce();
        flow.Window.Window = 800;
        flow.Reduce();
        flow.Window.Window.ShouldBe(560u);
        double k = Math.Cbrt((680 - 560) / 0.4);

        while (flow.Seconds < k) flow.Round(200);

        ((double)flow.Window.Window).ShouldBeInRange(672, 688);
    }

    [Fact]
    public void The_window_grows_by_half_a_round_trip_at_most()
    {
        // Far beyond the plateau the curve is steeper than any network is (section 4.2: the target is at most 1.5 windows).
        var flow = new CongestionFlow(new Cubic(), window: 10);
        flow.Reduce();
        for (int i = 0; i < 40; i++)
        {
            uint before = flow.Window.Window;
            flow.Round(2000);
            flow.Window.Window.ShouldBeLessThanOrEqualTo(before + before / 2 + 1);
            if (before > 20_000) break;
        }
        flow.Window.Window.ShouldBeGreaterThan(1000u);
    }

    [Fact]
    public void Time_without_data_does_not_move_along_the_curve()
    {
        // Section 5.8: ten idle seconds would otherwise put the target hundreds of packets up.
        var busy = new CongestionFlow(new Cubic(), window: 100);
        var idle = new CongestionFlow(new Cubic(), window: 100);
        foreach (CongestionFlow flow in (CongestionFlow[])[busy, idle])
        {
            flow.Reduce();
            flow.Rounds(10, 200);
        }
        idle.Idle(10);
        busy.Rounds(5, 200);
        idle.Rounds(5, 200);

        ((int)idle.Window.Window).ShouldBeInRange((int)busy.Window.Window - 1, (int)busy.Window.Window + 1);
    }

    [Fact]
    public void After_a_timeout_slow_start_leads_to_the_threshold_and_the_curve_starts_there()
    {
        var flow = new CongestionFlow(new Cubic(), window: 100);
        flow.TimeOut();
        flow.Window.Window.ShouldBe(1u);
        flow.Window.SlowStartThreshold.ShouldBe(70u);
        flow.Rounds(7, 200);
        flow.Window.Window.ShouldBeInRange(70u, 72u);

        // K = 0 (section 4.8): C t³ on top of the window found, and 5 % a round trip at least.
        uint before = flow.Window.Window;
        flow.Rounds(5, 200);
        ((double)flow.Window.Window).ShouldBeInRange(before * 1.2, before * 1.3);
    }

    [Fact]
    public void What_exceeds_the_threshold_counts_for_avoidance()
    {
        var flow = new CongestionFlow(new Cubic(), window: 10);
        flow.Window.SlowStartThreshold = 12;
        flow.Ack(10, 100_000_000, 10);
        flow.Window.Window.ShouldBe(12u);
        flow.Window.WindowCount.ShouldBe(8u);
    }

    [Fact]
    public void A_sender_that_does_not_use_its_window_does_not_grow_it()
    {
        var flow = new CongestionFlow(new Cubic());
        flow.Window.IsWindowLimited = false;
        flow.Rounds(20, 100).Window.Window.ShouldBe(10u);
    }

    [Fact]
    public void Its_state_is_small_and_acks_allocate_nothing()
    {
        CongestionControl? control = null;
        Allocations.Of(() => control = CongestionRegistry.Create("cubic")).ShouldBeLessThanOrEqualTo(96);
        var flow = new CongestionFlow(control!, window: 100);
        flow.Reduce();
        Allocations.Of(() => flow.Rounds(3, 100)).ShouldBe(0);
    }
}
