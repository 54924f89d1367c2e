using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class ClockTests
{
    [Fact]
    public void A_virtual_clock_stands_still_until_it_is_moved()
    {
        var clock = new VirtualClock(new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero));

        clock.Now.ShouldBe(0);
        clock.AdvanceTo(1_500_000_000);
        clock.Advance(TimeSpan.FromMilliseconds(250));

        clock.Now.ShouldBe(1_750_000_000);
        clock.WallTime.ShouldBe(new DateTimeOffset(2026, 2, 3, 4, 5, 7, 750, TimeSpan.Zero));
    }

    [Fact]
    public void A_virtual_clock_that_would_go_back_stops_everything()
    {
        var clock = new VirtualClock();
        clock.AdvanceTo(100);

        Should.Throw<InvalidOperationException>(() => clock.AdvanceTo(99));
        Should.Throw<InvalidOperationException>(() => clock.Advance(TimeSpan.FromTicks(-1)));

        clock.AdvanceTo(100);
        clock.Now.ShouldBe(100);
    }

    [Fact]
    public void Captures_get_nanoseconds_since_1970()
    {
        var clock = new VirtualClock(DateTimeOffset.UnixEpoch.AddSeconds(10));
        clock.AdvanceTo(7);

        clock.UnixNanoseconds.ShouldBe(10_000_000_007);
    }

    [Fact]
    public void A_time_provider_clock_counts_from_its_making_whatever_the_providers_frequency()
    {
        var provider = new TestTimeProvider(frequency: 3_000_000) { Timestamp = 12_345 };
        var clock = new TimeProviderClock(provider);

        clock.Now.ShouldBe(0);
        provider.Timestamp += 3_000_000L * 3600 * 24 * 365;
        provider.Timestamp += 3;

        clock.Now.ShouldBe(365L * 24 * 3600 * StackClock.Second + 1000);
        clock.WallTime.ShouldBe(provider.GetUtcNow());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 100)]
    [InlineData(long.MaxValue, long.MaxValue)]
    [InlineData(long.MinValue, long.MinValue)]
    public void Time_spans_become_nanoseconds_and_never_wrap(long ticks, long nanoseconds)
        => StackClock.ToNanoseconds(new TimeSpan(ticks)).ShouldBe(nanoseconds);

    private sealed class TestTimeProvider(long frequency) : TimeProvider
    {
        public long Timestamp { get; set; }

        public override long TimestampFrequency => frequency;

        public override long GetTimestamp() => Timestamp;

        public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
