using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class PacingTests
{
    private const long Ms = 1_000_000;
    private const uint HundredMs = 100_000 << 3; // eighths of a microsecond

    [Fact]
    public void Slow_start_is_paced_at_twice_the_window_a_round_trip()
    {
        CongestionWindow window = CongestionWindow.Create(10, 0);
        Pacing.ComputeRate(window, 0, 1448, HundredMs).ShouldBe(2UL * 10 * 1448 * 10);

        window.SlowStartThreshold = 20; // not below half of the threshold any more
        Pacing.ComputeRate(window, 0, 1448, HundredMs).ShouldBe(12UL * 10 * 1448);
    }

    [Fact]
    public void More_in_flight_than_the_window_paces_by_the_flight_and_the_socket_sets_the_most()
    {
        CongestionWindow window = CongestionWindow.Create(10, 0);
        window.SlowStartThreshold = 10;
        Pacing.ComputeRate(window, 30, 1000, HundredMs).ShouldBe(12UL * 30 * 1000);
        Pacing.ComputeRate(window, 30, 1000, HundredMs, maxRate: 5000).ShouldBe(5000UL);
    }

    [Fact]
    public void The_largest_windows_do_not_overflow()
    {
        CongestionWindow window = CongestionWindow.Create(uint.MaxValue, 0);
        window.SlowStartThreshold = 2;
        Pacing.ComputeRate(window, 0, 65_535, 0).ShouldBe(ulong.MaxValue);
    }

    [Fact]
    public void Segments_leave_at_the_distance_of_their_size()
    {
        var pacing = new Pacing { Rate = 1_000_000 };
        pacing.OnSent(1000, now: 10 * Ms, segmentsSent: 10);
        pacing.NextSend.ShouldBe(11 * Ms - 500_000); // the first is late by all of the time before: half of its cost is forgiven
        pacing.MaySend(10 * Ms).ShouldBeFalse();

        pacing.OnSent(1000, now: pacing.NextSend, segmentsSent: 11);
        pacing.NextSend.ShouldBe(11 * Ms + 500_000);
        // 200 µs late: the next is due as if it had left in time.
        pacing.OnSent(1000, now: 11 * Ms + 700_000, segmentsSent: 12);
        pacing.NextSend.ShouldBe(12 * Ms + 500_000);
        pacing.MaySend(12 * Ms + 500_000).ShouldBeTrue();
    }

    [Fact]
    public void The_first_ten_segments_and_an_unlimited_rate_are_not_held_back()
    {
        var pacing = new Pacing { Rate = 1000 };
        pacing.OnSent(1000, now: 5, segmentsSent: 9);
        pacing.MaySend(5).ShouldBeTrue();

        pacing.Rate = Pacing.Unlimited;
        pacing.OnSent(1000, now: 5, segmentsSent: 90);
        pacing.MaySend(5).ShouldBeTrue();
    }
}
