using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>RFC 8985: RACK's order of sending, its reordering window, and the tail loss probe.</summary>
public sealed class RackStateTests
{
    private const long Ms = 1_000_000;
    private const uint MinRtt = 100_000, Srtt = 120_000; // microseconds

    [Fact]
    public void Segments_of_one_instant_stand_in_the_order_of_their_sequence()
    {
        RackState.SentAfter(2, 10, 1, 20).ShouldBeTrue();
        RackState.SentAfter(1, 20, 2, 10).ShouldBeFalse();
        RackState.SentAfter(5, 20, 5, 10).ShouldBeTrue();
        RackState.SentAfter(5, 10, 5, 10).ShouldBeFalse();
        RackState.SentAfter(5, 5, 5, 0xFFFF_FFF0).ShouldBeTrue(); // across the wrap
    }

    [Fact]
    public void A_segment_is_lost_a_reordering_window_after_a_later_one_was_delivered()
    {
        // Segments 1 and 2 leave at 0 and 10 ms; 2 is selectively acknowledged at 110 ms, 1 is not (RFC 8985 section 6.2, step 5).
        RackState rack = RackState.Create();
        rack.Remaining(sentAt: 0, order: 1000, now: 0, reorderWindow: 0).ShouldBe(RackState.Unknown);
        rack.Advance(retransmitted: false, 10 * Ms, 2000, now: 110 * Ms, MinRtt);

        rack.Advanced.ShouldBeTrue();
        rack.Rtt.ShouldBe(100 * Ms);
        rack.Remaining(0, 1000, now: 110 * Ms, reorderWindow: 25 * Ms).ShouldBe(15 * Ms); // sent 110 ms ago, allowed 125
        rack.Remaining(0, 1000, now: 125 * Ms, reorderWindow: 25 * Ms).ShouldBe(0);
        rack.Remaining(0, 1000, now: 110 * Ms, reorderWindow: 0).ShouldBe(-10 * Ms);
        rack.Remaining(20 * Ms, 3000, now: 500 * Ms, reorderWindow: 0).ShouldBe(RackState.Unknown); // sent later than what was delivered
    }

    [Fact]
    public void A_lost_retransmission_is_found_as_well()
    {
        // Segment 1 was retransmitted at 130 ms; a segment sent at 131 ms is delivered at 231 ms, the retransmission is not.
        RackState rack = RackState.Create();
        rack.Advance(false, 131 * Ms, 9000, 231 * Ms, MinRtt);

        rack.Remaining(130 * Ms, 1000, 231 * Ms, 0).ShouldBe(-1 * Ms);
    }

    [Fact]
    public void An_ack_faster_than_any_round_trip_is_the_originals_not_the_retransmissions()
    {
        RackState rack = RackState.Create();
        rack.Advance(retransmitted: true, 100 * Ms, 1000, now: 150 * Ms, MinRtt);
        rack.HasDelivery.ShouldBeFalse();
        rack.Advanced.ShouldBeFalse();

        rack.Advance(retransmitted: false, 100 * Ms, 1000, now: 150 * Ms, MinRtt); // never retransmitted: a shorter path
        rack.Rtt.ShouldBe(50 * Ms);
    }

    [Fact]
    public void The_latest_sent_stays_when_an_earlier_one_is_delivered_later()
    {
        RackState rack = RackState.Create();
        rack.Advance(false, 20 * Ms, 3000, 120 * Ms, MinRtt);
        rack.Advance(false, 10 * Ms, 2000, 121 * Ms, MinRtt);

        rack.SentAt.ShouldBe(20 * Ms);
        rack.Order.ShouldBe(3000u);
    }

    [Theory]
    [InlineData(false, (int)CongestionState.Open, 0u, 25)]     // a quarter of the minimal round trip
    [InlineData(false, (int)CongestionState.Disorder, 2u, 25)]
    [InlineData(false, (int)CongestionState.Disorder, 3u, 0)]  // the classic threshold of three, and no reordering known
    [InlineData(false, (int)CongestionState.Recovery, 1u, 0)]
    [InlineData(false, (int)CongestionState.Loss, 0u, 0)]
    [InlineData(true, (int)CongestionState.Disorder, 3u, 25)]
    [InlineData(true, (int)CongestionState.Recovery, 9u, 25)]
    public void Patience_depends_on_whether_the_path_reorders(bool seen, int state, uint sacked, long expectedMs)
    {
        RackState rack = RackState.Create();
        rack.ReorderWindow(seen, (CongestionState)state, sacked, 3, MinRtt, Srtt).ShouldBe(expectedMs * Ms);
    }

    [Fact]
    public void Each_needless_retransmission_widens_the_window_by_a_quarter_once_a_round_trip_up_to_the_smoothed_one()
    {
        RackState rack = RackState.Create();
        uint delivered = 100;
        long[] windows = new long[6];
        for (int i = 0; i < windows.Length; i++)
        {
            rack.DsackSeen = true;
            rack.UpdateReorderWindow(priorDelivered: delivered, delivered: delivered + 10);
            // Within the same round trip (sent before the widening) another D-SACK is disregarded.
            rack.DsackSeen = true;
            rack.UpdateReorderWindow(priorDelivered: delivered + 5, delivered: delivered + 15);
            rack.DsackSeen.ShouldBeFalse();
            delivered += 20;
            windows[i] = rack.ReorderWindow(true, CongestionState.Open, 0, 3, MinRtt, Srtt) / Ms;
        }

        windows.ShouldBe([50, 75, 100, 120, 120, 120]);
    }

    [Fact]
    public void A_widened_window_is_kept_for_sixteen_recoveries()
    {
        RackState rack = RackState.Create();
        rack.DsackSeen = true;
        rack.UpdateReorderWindow(100, 110);
        for (uint i = 0; i < 15; i++)
        {
            rack.OnRecoveryEnd();
            rack.UpdateReorderWindow(200 + i, 210 + i);
        }
        rack.OnRecoveryUndone(); // a recovery that D-SACKs undid does not count
        rack.OnRecoveryEnd();
        rack.UpdateReorderWindow(300, 310);
        rack.ReorderSteps.ShouldBe((byte)2);

        rack.OnRecoveryEnd();
        rack.UpdateReorderWindow(400, 410);
        rack.ReorderSteps.ShouldBe((byte)1);
    }

    [Theory]
    [InlineData(100_000u, 5u, 0, 208)]    // 2 · SRTT, and two ticks
    [InlineData(100_000u, 1u, 0, 400)]    // a lone segment: its ACK may be delayed by 200 ms
    [InlineData(0u, 1u, 0, 1000)]         // nothing measured: a second
    [InlineData(100_000u, 5u, 150, 150)]  // not after the retransmission timer
    [InlineData(100_000u, 5u, 300, 208)]
    public void The_tail_loss_probe_comes_after_two_round_trips(uint srtt, uint packetsOut, long rtoMs, long expectedMs) =>
        TailLossProbe.Timeout(srtt << 3, packetsOut, maxAckDelay: 200 * Ms, rtoMs * Ms).ShouldBe(expectedMs * Ms); // RFC 8985 section 7.2
}
