using Slipway.Bench;

namespace Slipway.Cli.Tests;

/// <summary>That every row of the bench runs, on both systems. How fast is for the bench itself to say.</summary>
public class BenchTests
{
    [Fact]
    public void Every_row_is_measured()
    {
        var options = new BenchOptions { Rounds = 1, Round = TimeSpan.FromMilliseconds(1), WarmUp = TimeSpan.FromMilliseconds(1) };
        BenchResult[] rows = [.. UdpBenches.Run(options)];
        rows.Select(static row => row.Name).ShouldBe(UdpBenches.Names);
        rows.ShouldAllBe(static row => row.Slipway > 0 && row.Unit.EndsWith("/s", StringComparison.Ordinal));
        rows.Single(static row => row.Name == "udp.rate64").Kernel.ShouldNotBeNull().ShouldBeGreaterThan(0);
        rows.Single(static row => row.Name == "udp.roundtrip").Ratio.ShouldNotBeNull().ShouldBeGreaterThan(0);
        rows.Single(static row => row.Name == "timers.arm").Kernel.ShouldBeNull();
    }

    [Fact]
    public void A_refused_word_lists_what_can_be_measured() => CliRun.Of("bench", "pigeons").ShouldBeRefused().ShouldContain("'udp'");
}
