using Slipway.Stack;

namespace Slipway.Stack.Tests;

public sealed class WindowedMinimumTests
{
    [Fact]
    public void When_the_best_grows_too_old_the_next_best_takes_its_place()
    {
        var filter = new WindowedMinimum(0, 50);
        filter.Update(300, 10, 60).ShouldBe(50u);
        filter.Update(300, 100, 70).ShouldBe(50u); // a quarter of the window later: the second best
        filter.Update(300, 160, 65).ShouldBe(50u); // better than it
        filter.Update(300, 290, 80).ShouldBe(50u); // past the half: the third
        filter.Update(300, 301, 90).ShouldBe(65u);
        filter.Update(300, 461, 95).ShouldBe(80u);
    }

    [Fact]
    public void A_new_minimum_is_taken_at_once_and_an_equal_one_renews_it()
    {
        var filter = new WindowedMinimum(0, 50);
        filter.Update(300, 290, 50).ShouldBe(50u);
        filter.Update(300, 500, 60).ShouldBe(50u); // still young
        filter.Update(300, 501, 49).ShouldBe(49u);
    }

    [Fact]
    public void After_a_silence_longer_than_the_window_only_the_new_value_counts()
    {
        var filter = new WindowedMinimum(0, 50);
        filter.Update(300, 301, 500).ShouldBe(500u);
    }

    [Fact]
    public void The_clock_may_wrap()
    {
        var filter = new WindowedMinimum(uint.MaxValue - 10, 50);
        filter.Update(300, 200, 60).ShouldBe(50u);
        filter.Update(300, 295, 70).ShouldBe(60u);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_answer_is_always_a_value_of_the_window_and_never_below_its_minimum(ulong seed)
    {
        var random = new SeededRandom(seed);
        var seen = new List<(uint Time, uint Value)> { (0, 500) };
        var filter = new WindowedMinimum(0, 500);
        uint time = 0;
        for (int i = 0; i < 2000; i++)
        {
            time += (uint)random.Next(40);
            uint value = 100 + (uint)random.Next(1000);
            seen.Add((time, value));
            uint answer = filter.Update(300, time, value);
            uint[] current = [.. seen.Where(s => time - s.Time <= 300).Select(s => s.Value)];
            current.ShouldContain(answer);
            answer.ShouldBeGreaterThanOrEqualTo(current.Min());
        }
    }
}
