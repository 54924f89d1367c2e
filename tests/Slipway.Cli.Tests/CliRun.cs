namespace Slipway.Cli.Tests;

/// <summary>One call of the command line, in this process.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    /// <summary>What was printed, line by line.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What was told as a failure, line by line.</summary>
    public string[] Complaints => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs it to its end.</summary>
    public static CliRun Of(params string[] words)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int exitCode = CommandLine.RunAsync(words, new CommandConsole(output, error), CancellationToken.None).GetAwaiter().GetResult();
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Nothing on standard output, one line on standard error, and this exit code.</summary>
    /// <returns>The line.</returns>
    public string ShouldBeRefused(int exitCode = Cli.ExitCode.WrongWords)
    {
        ExitCode.ShouldBe(exitCode, Error);
        Output.ShouldBeEmpty();
        return Complaints.ShouldHaveSingleItem();
    }
}
