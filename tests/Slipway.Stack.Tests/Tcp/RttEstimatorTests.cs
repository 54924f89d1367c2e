using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>RFC 6298 with Linux's 200 ms floor under the variation.</summary>
public sealed class RttEstimatorTests
{
    private const long Ms = 1_000_000;

    [Fact]
    public void Before_the_first_measurement_the_timeout_is_a_second()
    {
        var rtt = new RttEstimator(now: 0);

        rtt.HasSample.ShouldBeFalse();
        rtt.RtoNanoseconds.ShouldBe(1000 * Ms);      // RFC 6298 section 2.1
        rtt.SmoothedMicroseconds.ShouldBe(0u);
        rtt.VariationMicroseconds.ShouldBe(250_000u); // what TCP_INFO of a fresh Linux socket shows
        rtt.MinRtt.ShouldBe(uint.MaxValue);
    }

    [Theory]
    [InlineData(100_000, 300)]   // 100 ms + max(200 ms, 4 · 50 ms)
    [InlineData(8_000, 208)]     // the floor of 200 ms lies on the variation
    [InlineData(1_000_000, 3000)] // 1 s + 4 · 500 ms, RFC 6298 section 2.2
    public void The_first_measurement_sets_both_terms(long microseconds, long expected)
    {
        var rtt = new RttEstimator(now: 0);

        rtt.Sample(microseconds, sndUna: 2, sndNxt: 2);

        rtt.SmoothedMicroseconds.ShouldBe((uint)microseconds);
        rtt.VariationMicroseconds.ShouldBe((uint)microseconds / 2);
        rtt.RtoNanoseconds.ShouldBe(expected * Ms);
    }

    [Fact]
    public void Later_measurements_weigh_an_eighth_and_a_quarter()
    {
        // RFC 6298 section 2.3: SRTT = 7/8 · 1 s + 1/8 · 2 s, RTTVAR = 3/4 · 500 ms + 1/4 · 1 s.
        var rtt = new RttEstimator(now: 0);
        rtt.Sample(1_000_000, 1, 100);

        rtt.Sample(2_000_000, 50, 150);

        rtt.SmoothedMicroseconds.ShouldBe(1_125_000u);
        rtt.VariationMicroseconds.ShouldBe(625_000u);
        rtt.RtoNanoseconds.ShouldBe((1125 + 2500) * Ms);
    }

    [Fact]
    public void A_round_trip_shorter_than_expected_raises_the_variation_by_an_eighth_of_that_only()
    {
        var rtt = new RttEstimator(now: 0);
        rtt.Sample(1_000_000, 1, 100);
        rtt.Sample(2_000_000, 50, 150);

        rtt.Sample(125_000, 60, 150); // a second less than the smoothed 1.125 s; by the RFC's formula RTTVAR would be 718.75 ms

        rtt.SmoothedMicroseconds.ShouldBe(1_000_000u);
        rtt.VariationMicroseconds.ShouldBe((2_500_000u + 46_875u) / 4);
        rtt.RtoNanoseconds.ShouldBe(3_546_875_000);
    }

    [Fact]
    public void The_variation_falls_once_a_round_trip_by_a_quarter_of_what_it_exceeds()
    {
        var rtt = new RttEstimator(now: 0);
        rtt.Sample(1_000_000, 1, 100);
        rtt.Sample(1_000_000, 101, 200);
        rtt.RtoNanoseconds.ShouldBe(3000 * Ms); // the first round's own deviation still counts

        rtt.Sample(1_000_000, 150, 200);
        rtt.RtoNanoseconds.ShouldBe(3000 * Ms); // the same round: nothing falls

        rtt.Sample(1_000_000, 201, 300);
        // Deviation 2 s → 1.5 → 1.125 → 0.84375; the round's largest was 1.125: 2 s less a quarter of 0.875.
        rtt.RtoNanoseconds.ShouldBe(1000 * Ms + 1_781_250_000);
    }

    [Fact]
    public void A_steady_path_comes_to_rest_at_the_floor()
    {
        var rtt = new RttEstimator(now: 0);
        for (uint round = 0; round < 200; round++) rtt.Sample(100_000, round * 10 + 1, round * 10 + 10);

        rtt.SmoothedMicroseconds.ShouldBe(100_000u);
        rtt.RtoNanoseconds.ShouldBe(300 * Ms);
    }

    [Fact]
    public void Sequence_numbers_wrap_between_rounds()
    {
        var rtt = new RttEstimator(now: 0);
        rtt.Sample(1_000_000, 0xFFFF_FF00, 0xFFFF_FFF0);
        rtt.Sample(1_000_000, 0xFFFF_FFF8, 0x10);
        rtt.Sample(1_000_000, 0x18, 0x20);

        rtt.RtoNanoseconds.ShouldBe(1000 * Ms + 1_781_250_000);
    }

    [Fact]
    public void The_timeout_doubles_up_to_two_minutes()
    {
        var rtt = new RttEstimator(now: 0);
        var seconds = new List<long>();
        for (int expiry = 0; expiry < 9; expiry++)
        {
            seconds.Add(rtt.BackedOffNanoseconds / (1000 * Ms));
            rtt.Backoff++;
        }

        seconds.ShouldBe([1, 2, 4, 8, 16, 32, 64, 120, 120]); // RFC 6298 section 5.5, TCP_RTO_MAX
        rtt.Backoff = byte.MaxValue;
        rtt.BackedOffNanoseconds.ShouldBe(120_000 * Ms);
        rtt.RtoNanoseconds.ShouldBe(1000 * Ms);
    }

    [Fact]
    public void A_measurement_ends_the_back_off()
    {
        var rtt = new RttEstimator(now: 0) { Backoff = 5 };

        rtt.Sample(100_000, 1, 1);

        rtt.BackedOffNanoseconds.ShouldBe(300 * Ms);
    }

    [Fact]
    public void A_handshake_that_gave_no_measurement_starts_data_with_three_seconds()
    {
        var rtt = new RttEstimator(now: 0) { Backoff = 2 };
        rtt.FallBack();
        rtt.BackedOffNanoseconds.ShouldBe(3000 * Ms); // RFC 6298 section 5.7

        var measured = new RttEstimator(now: 0);
        measured.Sample(50_000, 1, 1);
        measured.FallBack();
        measured.RtoNanoseconds.ShouldBe(250 * Ms);
    }

    [Fact]
    public void Floor_and_ceiling_are_the_owners_to_set()
    {
        var rtt = new RttEstimator(now: 0, minMicroseconds: 5_000, maxMicroseconds: 2_000_000);
        rtt.Sample(1_000, 1, 1);
        rtt.RtoNanoseconds.ShouldBe(6 * Ms);
        rtt.Backoff = 12;
        rtt.BackedOffNanoseconds.ShouldBe(2000 * Ms);
    }

    [Fact]
    public void A_round_trip_of_no_time_still_counts_as_measured()
    {
        var rtt = new RttEstimator(now: 0);

        rtt.Sample(0, 1, 1);
        rtt.SampleMinimum(now: 0, 0);

        rtt.HasSample.ShouldBeTrue();
        rtt.RtoNanoseconds.ShouldBe(200 * Ms);
        rtt.MinRtt.ShouldBe(1u);
    }

    [Fact]
    public void The_least_round_trip_counts_for_five_minutes()
    {
        var rtt = new RttEstimator(now: 0);
        rtt.SampleMinimum(0, 40_000);
        for (int second = 10; second <= 300; second += 10) rtt.SampleMinimum(second * 1000 * Ms, 50_000);
        rtt.MinRtt.ShouldBe(40_000u);

        rtt.SampleMinimum(310_000 * Ms, 60_000);

        rtt.MinRtt.ShouldBe(50_000u);
    }

    [Fact]
    public void An_ACK_that_may_have_been_delayed_can_only_lower_the_minimum()
    {
        var rtt = new RttEstimator(now: 0);
        rtt.SampleMinimum(0, 40_000);

        rtt.SampleMinimum(301_000 * Ms, 80_000, maybeDelayed: true);
        rtt.MinRtt.ShouldBe(40_000u);
        rtt.SampleMinimum(301_000 * Ms, 30_000, maybeDelayed: true);
        rtt.MinRtt.ShouldBe(30_000u);
    }
}
