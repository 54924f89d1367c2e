using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>The arithmetic of the window: RFC 5681 section 3.1, idle restart (section 4.1), validation (RFC 7661).</summary>
public sealed class CongestionWindowTests
{
    private const long Ms = 1_000_000;

    [Fact]
    public void Slow_start_adds_what_was_acknowledged_up_to_the_threshold_and_returns_the_rest()
    {
        CongestionWindow w = CongestionWindow.Create(10, 0);
        w.GrowSlowStart(10).ShouldBe(0u);
        w.Window.ShouldBe(20u);

        w.SlowStartThreshold = 23;
        w.InSlowStart.ShouldBeTrue();
        w.GrowSlowStart(10).ShouldBe(7u);
        w.Window.ShouldBe(23u);
        w.InSlowStart.ShouldBeFalse();
    }

    [Fact]
    public void The_clamp_holds_in_both_phases()
    {
        CongestionWindow w = CongestionWindow.Create(10, 0);
        w.Clamp = 12;
        w.GrowSlowStart(10);
        w.Window.ShouldBe(12u);
        w.GrowAvoidance(1, 5);
        w.Window.ShouldBe(12u);
    }

    [Fact]
    public void Conservative_slow_start_takes_four_acknowledged_packets_for_one()
    {
        CongestionWindow w = CongestionWindow.Create(10, 0);
        for (int i = 0; i < 7; i++) w.GrowSlowStart(1, 4);
        w.Window.ShouldBe(11u);
        w.GrowSlowStart(9, 4); // 3 left over and 9 are 12
        w.Window.ShouldBe(14u);
        w.WindowCount.ShouldBe(0u);
    }

    [Fact]
    public void Avoidance_adds_a_packet_for_each_window_acknowledged_whatever_the_acks_carry()
    {
        CongestionWindow one = CongestionWindow.Create(10, 0), stretched = CongestionWindow.Create(10, 0);
        for (int i = 0; i < 9; i++) one.GrowAvoidance(10, 1);
        one.Window.ShouldBe(10u);
        one.GrowAvoidance(10, 1);
        one.Window.ShouldBe(11u);

        stretched.GrowAvoidance(10, 25);
        stretched.Window.ShouldBe(12u);
        stretched.WindowCount.ShouldBe(5u);
    }

    [Fact]
    public void Credit_from_a_slower_pace_is_one_packet_not_a_burst()
    {
        CongestionWindow w = CongestionWindow.Create(100, 0);
        w.GrowAvoidance(100, 90);
        w.GrowAvoidance(10, 1);
        w.Window.ShouldBe(101u);
        w.WindowCount.ShouldBe(1u);
    }

    [Theory]
    [InlineData(199, 40)]
    [InlineData(201, 20)]  // more than one RTO
    [InlineData(401, 10)]
    [InlineData(60_000, 10)] // not below the restart window
    public void An_idle_connection_halves_its_window_for_each_RTO(long idleMs, uint expected)
    {
        CongestionWindow w = CongestionWindow.Create(40, 0);
        w.SlowStartThreshold = 20;
        w.LastSent = 5 * Ms;

        w.RestartAfterIdle(CongestionState.Open, initialWindow: 10, now: (5 + idleMs) * Ms, rto: 200 * Ms);

        w.Window.ShouldBe(expected);
        w.SlowStartThreshold.ShouldBe(30u); // three quarters of the window: where slow start may take it again
    }

    [Fact]
    public void A_window_smaller_than_the_initial_one_does_not_grow_by_idling()
    {
        CongestionWindow w = CongestionWindow.Create(4, 0);
        w.RestartAfterIdle(CongestionState.Open, 10, 10_000 * Ms, 200 * Ms);
        w.Window.ShouldBe(4u);
    }

    [Fact]
    public void In_slow_start_to_use_half_of_the_window_is_enough_to_grow_it()
    {
        CongestionWindow w = CongestionWindow.Create(10, 0);
        w.NoteUse(limited: false, packetsOut: 5, 1, 6, 0, 200 * Ms);
        w.IsLimiting.ShouldBeFalse();
        w.NoteUse(limited: false, packetsOut: 6, 1, 7, 0, 200 * Ms);
        w.IsLimiting.ShouldBeTrue();

        w.SlowStartThreshold = 10;
        w.IsLimiting.ShouldBeFalse();
        w.NoteUse(limited: true, packetsOut: 10, 1, 11, 0, 200 * Ms);
        w.IsLimiting.ShouldBeTrue();
    }

    [Fact]
    public void To_have_filled_the_window_counts_until_that_data_is_acknowledged()
    {
        CongestionWindow w = CongestionWindow.Create(10, 0);
        w.SlowStartThreshold = 10;
        w.NoteUse(limited: true, packetsOut: 10, sndUna: 1, sndNxt: 100, 0, 200 * Ms);

        w.NoteUse(limited: false, packetsOut: 3, sndUna: 50, sndNxt: 120, 10 * Ms, 200 * Ms);
        w.IsLimiting.ShouldBeTrue();
        w.NoteUse(limited: false, packetsOut: 3, sndUna: 100, sndNxt: 130, 20 * Ms, 200 * Ms);
        w.IsLimiting.ShouldBeFalse();
    }

    [Fact]
    public void A_window_unused_for_an_RTO_moves_half_way_to_what_was_used()
    {
        CongestionWindow w = CongestionWindow.Create(100, 0);
        w.SlowStartThreshold = 50;
        w.NoteUse(false, 20, 1, 100, 100 * Ms, 200 * Ms).ShouldBeFalse();
        w.NoteUse(false, 12, 100, 200, 200 * Ms, 200 * Ms).ShouldBeTrue();

        w.DecayUnused(CongestionState.Open, initialWindow: 10, 200 * Ms);

        w.Window.ShouldBe(60u); // (100 + 20) / 2
        w.SlowStartThreshold.ShouldBe(75u);
        w.NoteUse(false, 12, 200, 300, 300 * Ms, 200 * Ms).ShouldBeFalse(); // the time starts anew
    }

    [Fact]
    public void During_a_reduction_the_window_does_not_decay_too()
    {
        CongestionWindow w = CongestionWindow.Create(100, 0);
        w.DecayUnused(CongestionState.Recovery, 10, 0);
        w.Window.ShouldBe(100u);
        w.SlowStartThreshold = 70;
        w.CurrentThreshold(CongestionState.Recovery).ShouldBe(70u);
        w.CurrentThreshold(CongestionState.Open).ShouldBe(75u);
    }
}
