using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>The model without a network: round trips of 100 packets in 50 ms, of which a token bucket drops a fourth.</summary>
public sealed class BbrPolicerTests
{
    private const uint Packets = 100;
    private readonly FakePath _path = new();
    private readonly Bbr _bbr = new();
    private CongestionWindow _window = CongestionWindow.Create(10, 0);

    public BbrPolicerTests()
    {
        _bbr.Attach(_path);
        _bbr.Initialize(ref _window, 0);
    }

    [Fact]
    public void Two_lossy_intervals_of_one_rate_are_a_policer_and_its_rate_is_used_for_48_round_trips()
    {
        // The bucket is full: for a while the path is four times as fast.
        Rounds(12, Packets * 4, lost: 0);
        ulong burst = _bbr.Bandwidth;
        _bbr.Mode.ShouldBe(BbrMode.ProbeBandwidth);

        Rounds(12, Packets, lost: 34);

        _bbr.IsPoliced.ShouldBeTrue();
        _bbr.Gains.ShouldBe((256, 512)); // no more rate is sought
        double policed = Packets * 1448 / 0.05;
        ((double)_bbr.Bandwidth).ShouldBe(policed, policed * 0.05);
        _bbr.Bandwidth.ShouldBeLessThan(burst / 3);

        int rounds = 0;
        while (_bbr.IsPoliced && rounds < 100)
        {
            Rounds(1, Packets, lost: 0);
            rounds++;
        }
        rounds.ShouldBeInRange(40, 48);
    }

    [Fact]
    public void A_loss_of_a_tenth_is_no_policer()
    {
        Rounds(12, Packets * 4, lost: 0);
        Rounds(60, Packets, lost: 10);
        _bbr.IsPoliced.ShouldBeFalse();
    }

    [Fact]
    public void Losses_at_rates_that_differ_are_no_policer()
    {
        Rounds(12, Packets * 4, lost: 0);
        for (uint i = 0; i < 8; i++) Rounds(5, Packets * (1 + i % 2), lost: 80);
        _bbr.IsPoliced.ShouldBeFalse();
    }

    [Fact]
    public void A_program_that_pauses_ends_the_search()
    {
        Rounds(12, Packets * 4, lost: 0);
        for (int i = 0; i < 10; i++)
        {
            Rounds(4, Packets, lost: 34);
            Round(Packets, 34, isAppLimited: true);
        }
        _bbr.IsPoliced.ShouldBeFalse();
    }

    private void Rounds(int count, uint packets, uint lost)
    {
        for (int i = 0; i < count; i++) Round(packets, lost, isAppLimited: false);
    }

    /// <summary>One ACK for all that a round trip delivered.</summary>
    private void Round(uint packets, uint lost, bool isAppLimited)
    {
        uint before = _path.Delivered;
        _path.Now += 50 * StackClock.Millisecond;
        _path.DeliveredAt = _path.Now;
        _path.Delivered += packets;
        _path.LostTotal += lost;
        var sample = new RateSample
        {
            Delivered = (int)packets, Interval = 50 * StackClock.Millisecond, PriorDelivered = before, Losses = lost, Acked = packets, PriorInFlight = packets,
            Rtt = 50 * StackClock.Millisecond, IsAppLimited = isAppLimited,
        };
        _bbr.OnRateSample(ref _window, sample);
    }

    private sealed class FakePath : ICongestionPath
    {
        private Pacing _pacing;

        public long Now { get; set; }

        public ref Pacing Pacing => ref _pacing;

        public ulong MaxPacingRate => ulong.MaxValue;

        public uint Delivered { get; set; }

        public long DeliveredAt { get; set; }

        public uint LostTotal { get; set; }

        public uint InFlight => 0;

        public uint SegmentSize => 1448;

        public uint SmoothedRtt => 50_000;

        public uint MinRtt => 50_000;

        public CongestionState State => CongestionState.Open;

        public bool IsAppLimited => false;

        public void MarkAppLimited()
        {
        }

        public int Choose(int bound) => 0;
    }
}
