using System.Text.RegularExpressions;

namespace Slipway.Architecture.Tests;

/// <summary>The rows of processes have no scenario, because the stack has no part in them: so each must be named by a test on the kernel.</summary>
public partial class ProcessRowTests
{
    [Fact]
    public void Every_row_of_processes_and_IPC_is_named_by_a_test()
    {
        string[] rows = [.. RowPattern().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/spec/process-ipc.md"))).Select(static match => match.Groups["row"].Value)];
        string[] named =
        [
            .. new[] { "Slipway.Linux.Tests", "Slipway.Cli.Tests" }
                .SelectMany(static project => Repository.SourcesOf("tests", project))
                .SelectMany(static file => TraitPattern().Matches(File.ReadAllText(file)).Select(static match => match.Groups["row"].Value)),
        ];
        rows.Length.ShouldBeGreaterThan(100);
        rows.ShouldBeSubsetOf(named);
    }

    [GeneratedRegex(@"^\| (?<row>P-[0-9A-Z-]+) \|", RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex RowPattern();

    [GeneratedRegex(@"\[Trait\(""Row"", ""(?<row>P-[0-9A-Z-]+)""\)\]", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex TraitPattern();
}
