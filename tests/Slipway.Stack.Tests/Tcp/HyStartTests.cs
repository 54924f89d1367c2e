using Slipway.Stack;

namespace Slipway.Stack.Tests;

/// <summary>RFC 9406, through CUBIC, whose slow start it ends.</summary>
public sealed class HyStartTests
{
    private readonly CongestionFlow _flow = new(new Cubic());

    private bool Left => _flow.Window.SlowStartThreshold != CongestionWindow.InfiniteThreshold;

    [Fact]
    public void As_long_as_round_trips_do_not_grow_slow_start_goes_on()
    {
        _flow.Rounds(6, 50);

        _flow.Window.Window.ShouldBe(640u);
        Left.ShouldBeFalse();
    }

    [Fact]
    public void Longer_round_trips_slow_it_to_a_quarter_for_five_rounds_then_it_ends()
    {
        _flow.Rounds(3, 50);
        _flow.Window.Window.ShouldBe(80u);

        // 57 ms ≥ 50 + 50/8: the eighth sample of a round begins the trial (section 4.2). Growth was whole until then and is a quarter from there;
        // without the trial the window would be 160.
        _flow.Round(57);
        _flow.Window.Window.ShouldBeInRange(80u + 7 + (80 - 7) / 4, 80u + 16 + (80 - 16) / 4);
        for (int round = 2; round <= 5; round++)
        {
            Left.ShouldBeFalse();
            uint before = _flow.Window.Window;
            _flow.Round(57);
            _flow.Window.Window.ShouldBeInRange(before + before / 4 - 1, before + before / 4 + 1);
        }
        _flow.Round(57); // the first ACK of what follows ends the fifth round
        Left.ShouldBeTrue();
        _flow.Window.SlowStartThreshold.ShouldBeInRange(256u, 339u); // from 105 · 1.25⁴ to 111 · 1.25⁵; 2560 without the trial
    }

    [Fact]
    public void If_round_trips_fall_again_it_was_jitter_and_slow_start_resumes()
    {
        _flow.Rounds(3, 50).Round(60);
        uint before = _flow.Window.Window;

        _flow.Round(50); // the eighth sample of this round disproves the trial

        _flow.Window.Window.ShouldBeInRange(before * 2 - 8, before * 2);
        _flow.Rounds(1, 50);
        Left.ShouldBeFalse();
    }

    [Theory]
    [InlineData(1.0, 4.9, false)]    // MIN_RTT_THRESH: less than 4 ms more is no sign
    [InlineData(1.0, 5.0, true)]
    [InlineData(80.0, 89.9, false)]  // an eighth
    [InlineData(80.0, 90.0, true)]
    [InlineData(300.0, 315.9, false)] // MAX_RTT_THRESH: 16 ms are one on any path
    [InlineData(300.0, 316.0, true)]
    public void The_threshold_is_an_eighth_between_4_and_16_ms(double first, double then, bool sign)
    {
        _flow.Rounds(2, first);
        uint before = _flow.Window.Window;

        _flow.Round(then);

        bool slowed = _flow.Window.Window < before * 2;
        slowed.ShouldBe(sign);
    }

    [Fact]
    public void Fewer_than_eight_samples_tell_nothing()
    {
        var flow = new CongestionFlow(new Cubic(), window: 3);
        flow.Round(50).Round(80); // 3 samples, then 6
        flow.Window.Window.ShouldBe(12u);
    }

    [Fact]
    public void A_later_slow_start_ends_at_its_threshold_without_it()
    {
        _flow.Rounds(3, 50);
        _flow.TimeOut();
        _flow.Window.SlowStartThreshold.ShouldBe(56u); // 0.7 · 80

        _flow.Rounds(3, 50).Round(100); // longer round trips do not matter now (section 4.3)

        _flow.Window.Window.ShouldBe(16u);
    }

    [Fact]
    public void A_threshold_set_from_elsewhere_ends_the_trial()
    {
        _flow.Rounds(3, 50).Round(60);
        _flow.Window.SlowStartThreshold = 10_000;
        uint before = _flow.Window.Window;

        _flow.Round(60);

        _flow.Window.Window.ShouldBe(before * 2);
    }
}
