namespace Slipway.Cli.Tests;

/// <summary>What is said to words that mean nothing.</summary>
public class WordTests
{
    [Fact]
    public void Without_a_command_the_commands_are_listed_and_the_call_counts_as_wrong()
    {
        CliRun run = CliRun.Of();
        run.ExitCode.ShouldBe(ExitCode.WrongWords);
        run.Output.ShouldBeEmpty();
        foreach (string command in Commands) run.Error.ShouldContain($"  {command} ");
    }

    [Fact]
    public void Help_is_a_result_and_goes_to_standard_output()
    {
        CliRun run = CliRun.Of("--help");
        run.ExitCode.ShouldBe(ExitCode.Done);
        run.Error.ShouldBeEmpty();
        foreach (string command in Commands) run.Output.ShouldContain($"  {command} ");
    }

    [Theory]
    [InlineData("launch")]
    [InlineData("--launch")]
    [InlineData("bench")]
    [InlineData("bench", "pigeons")]
    [InlineData("bench", "udp", "--seconds", "0")]
    [InlineData("bench", "udp", "--seconds", "soon")]
    [InlineData("options", "now")]
    [InlineData("options", "--system", "windows")]
    [InlineData("options", "--system")]
    [InlineData("options", "--compare", "--system", "linux")]
    public void A_wrong_word_is_told_in_one_line(params string[] words) =>
        CliRun.Of(words).ShouldBeRefused().ShouldStartWith("slipway: ");

    [Fact]
    public void A_refused_choice_lists_what_is_allowed()
    {
        string line = CliRun.Of("options", "--system", "windows").ShouldBeRefused();
        line.ShouldContain("'windows'");
        line.ShouldContain("'linux'");
        line.ShouldContain("'slipway'");
    }

    private static readonly string[] Commands = ["bench", "options", "findsvc", "ruptime", "ruptimed"];
}
