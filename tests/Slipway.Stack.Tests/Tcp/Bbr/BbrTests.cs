using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>One flow over 100 Mbit/s and 50 ms there and back, which hold 416 packets, with room for more in a queue.</summary>
public sealed class BbrTests
{
    /// <summary>What of the link's rate is left for payload: 1448 of 1500 bytes.</summary>
    private const double Payload = BbrFlow.Rate * BbrFlow.Payload / 1500;

    [Fact]
    public void Startup_doubles_until_the_rate_is_found_and_drain_empties_the_queue()
    {
        var flow = new BbrFlow();
        flow.RunUntil(3, () => flow.Bbr.Bandwidth * 8 > Payload * 0.95);
        // From 10 packets a round trip to 416 the rate doubles six times; each is measured a round trip after it was sent.
        flow.Bbr.Mode.ShouldBe(BbrMode.Startup);
        flow.Bbr.Rounds.ShouldBeInRange(7u, 9u);

        flow.RunUntil(3, () => flow.Bbr.Mode == BbrMode.Drain);
        // Three more without growth prove it; those do not count in which the program was slower than that.
        flow.Bbr.HasFoundRate.ShouldBeTrue();
        flow.Bbr.Rounds.ShouldBeInRange(11u, 14u);
        (flow.Bbr.Bandwidth * 8.0).ShouldBe(Payload, Payload * 0.02);
        flow.Sender.InFlight.ShouldBeGreaterThan((uint)(BbrFlow.Product * 2)); // the queue that this made

        flow.RunUntil(3, () => flow.Bbr.Mode == BbrMode.ProbeBandwidth);
        ((double)flow.Sender.InFlight).ShouldBeInRange(BbrFlow.Product * 0.9, BbrFlow.Product + 30);
        flow.Seconds.ShouldBeLessThan(1.6);
        flow.Sender.TotalRetransmitted.ShouldBe(0u);
    }

    [Theory]
    [InlineData(0, 1.5)]
    [InlineData(0.01, 2)]
    [InlineData(0.05, 8)]
    public void The_path_is_used_whatever_it_loses(double loss, double settled)
    {
        var flow = new BbrFlow(loss);
        flow.RunUntil(settled);

        double arrived = flow.ThroughputUntil(settled + 3);

        arrived.ShouldBeGreaterThan(BbrFlow.Rate * (1 - loss) * 0.9);
        flow.Bbr.IsPoliced.ShouldBeFalse();
    }

    [Fact]
    public void Cubic_on_the_same_path_shows_what_one_percent_costs_it()
    {
        var flow = new BbrFlow(0.01, algorithm: "cubic");
        flow.RunUntil(2);
        flow.ThroughputUntil(6).ShouldBeLessThan(BbrFlow.Rate * 0.2);
    }

    [Fact]
    public void The_queue_stays_small_and_packets_leave_one_at_a_time()
    {
        var flow = new BbrFlow();
        flow.RunUntil(2);
        uint most = 0, sent = flow.Sender.DataSegmentsOut, burst = 0;
        flow.RunUntil(6, () =>
        {
            most = Math.Max(most, flow.Sender.InFlight);
            burst = Math.Max(burst, flow.Sender.DataSegmentsOut - sent);
            sent = flow.Sender.DataSegmentsOut;
            return false;
        });

        // A quarter more than the path holds while more rate is sought, and what the ends hold.
        ((double)most).ShouldBeLessThan(BbrFlow.Product * 1.4);
        flow.Sender.Rtt.SmoothedMicroseconds.ShouldBeLessThan(50_000u * 5 / 4);
        // A millisecond of data at 5/4 of the rate: ten segments.
        burst.ShouldBeLessThanOrEqualTo(10u);
        flow.Link.ForthCounters.Overflowed.ShouldBe(0);
    }

    [Fact]
    public void A_queue_of_a_quarter_of_what_the_path_holds_is_enough()
    {
        var flow = new BbrFlow(queuePackets: 100);
        flow.RunUntil(4);
        flow.ThroughputUntil(7).ShouldBeGreaterThan(BbrFlow.Rate * 0.9);
    }

    [Fact]
    public void Every_ten_seconds_the_path_runs_empty_for_200_ms()
    {
        var flow = new BbrFlow(rate: 20e6);
        flow.RunUntil(15, () => flow.Bbr.Mode == BbrMode.ProbeRtt);
        double began = flow.Seconds;
        began.ShouldBeInRange(9, 13);
        uint before = flow.Sender.Window.PriorWindow, least = uint.MaxValue;
        flow.RunUntil(20, () =>
        {
            least = Math.Min(least, flow.Sender.InFlight);
            flow.Sender.Window.Window.ShouldBeLessThanOrEqualTo(flow.Bbr.Mode == BbrMode.ProbeRtt ? 4u : uint.MaxValue);
            return flow.Bbr.Mode != BbrMode.ProbeRtt;
        });

        least.ShouldBeLessThanOrEqualTo(4u);
        (flow.Seconds - began).ShouldBeInRange(0.2, 0.35);
        flow.Bbr.Mode.ShouldBe(BbrMode.ProbeBandwidth);
        flow.Bbr.MinRtt.ShouldBeInRange(50_000u, 51_500u);
        flow.Sender.Window.Window.ShouldBeGreaterThan(100u); // what it was before
        flow.ThroughputUntil(flow.Seconds + 1).ShouldBeGreaterThan(20e6 * 0.9);
    }

    [Fact]
    public void A_program_that_sends_little_does_not_lower_the_estimate()
    {
        var flow = new BbrFlow();
        flow.RunUntil(2);
        ulong known = flow.Bbr.Bandwidth;

        // Two seconds, and forty round trips, of 4 Mbit/s.
        flow.ToWrite = 0;
        flow.RunUntil(2.5);
        for (double at = 2.52; at < 4.5; at += 0.02)
        {
            flow.ToWrite = 10_000;
            flow.RunUntil(at);
        }
        ((ICongestionPath)flow.Sender).IsAppLimited.ShouldBeTrue();
        ((double)flow.Bbr.Bandwidth).ShouldBe(known, known * 0.02);

        // So the path is full again at once.
        flow.ToWrite = long.MaxValue;
        flow.RunUntil(4.7);
        flow.ThroughputUntil(6).ShouldBeGreaterThan(BbrFlow.Rate * 0.9);
    }

    [Fact]
    public void It_may_be_chosen_and_left_in_the_middle_of_a_connection()
    {
        var flow = new BbrFlow(0.01, algorithm: "cubic");
        flow.RunUntil(3);
        flow.Choose("bbr");
        flow.RunUntil(6);
        flow.ThroughputUntil(8).ShouldBeGreaterThan(BbrFlow.Rate * 0.9 * 0.99);

        flow.Choose("reno");
        flow.RunUntil(10);
        flow.ThroughputUntil(12).ShouldBeLessThan(BbrFlow.Rate * 0.3);
        flow.Sender.IsPaced.ShouldBeTrue(); // as Linux, which never stops to pace
    }

    [Fact]
    public void Two_runs_are_the_same()
    {
        static (long, uint, ulong) Run()
        {
            var flow = new BbrFlow(0.02);
            flow.RunUntil(2);
            return (flow.Received, flow.Sender.DataSegmentsOut, flow.Bbr.Bandwidth);
        }

        Run().ShouldBe(Run());
    }

    [Fact]
    public void Its_state_is_small_and_only_connections_that_use_it_have_one()
    {
        GC.KeepAlive(CongestionRegistry.Create("bbr"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        CongestionControl? made = CongestionRegistry.Create("bbr");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThanOrEqualTo(168); // with the header of the object
        GC.KeepAlive(made);
    }
}
