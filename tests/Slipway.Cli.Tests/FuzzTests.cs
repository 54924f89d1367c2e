using System.Text.Json;
using Slipway.Conformance;

namespace Slipway.Cli.Tests;

/// <summary>Random calls give the same on the kernel and on the stack. <c>slipway fuzz</c> makes 200,000 of them; here a few thousand of one seed.</summary>
public class FuzzTests
{
    [NamespaceFact]
    public void A_few_thousand_random_calls_give_the_same_on_both_systems()
    {
        CliRun run = CliRun.Of("fuzz", "--calls", "6000", "--seed", "4");
        run.ExitCode.ShouldBe(ExitCode.Done, run.Output);
        run.Error.ShouldBeEmpty();
        run.Lines[0].ShouldContain("calls of seed 4");
        run.Lines[0].ShouldContain("0 differences that nothing explains");
    }

    [NamespaceFact]
    public void Every_difference_that_is_explained_names_its_entry()
    {
        CliRun run = CliRun.Of("fuzz", "--calls", "2000", "--seed", "9", "--json");
        string?[] reasons = [.. run.Lines.Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("reason").GetString())];
        reasons.ShouldNotBeEmpty();
        reasons.ShouldAllBe(static reason => LinuxDifference.All.Any(difference => difference.ToString() == reason));
    }

    [Fact]
    public void What_is_no_number_is_refused()
    {
        CliRun.Of("fuzz", "--seed", "x").ExitCode.ShouldBe(ExitCode.WrongWords);
        CliRun.Of("options", "--markdown", "--json").ExitCode.ShouldBe(ExitCode.WrongWords);
    }
}
