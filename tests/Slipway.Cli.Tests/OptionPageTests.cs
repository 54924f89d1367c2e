namespace Slipway.Cli.Tests;

/// <summary>docs/options.md says what the table says. After a change of the table that is meant, run <c>SLIPWAY_ACCEPT=1 ./test Cli</c> and commit the page.</summary>
public class OptionPageTests
{
    [Fact]
    public void The_page_is_the_table()
    {
        CliRun run = CliRun.Of("options", "--markdown");
        run.ExitCode.ShouldBe(ExitCode.Done);
        run.Error.ShouldBeEmpty();
        string page = Path.Combine(DifferencePageTests.Root(), "docs", "options.md");
        if (Environment.GetEnvironmentVariable("SLIPWAY_ACCEPT") == "1") File.WriteAllText(page, run.Output);
        run.Output.ShouldBe(File.ReadAllText(page));
    }
}
