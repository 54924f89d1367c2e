using System.Text.RegularExpressions;

namespace Slipway.Architecture.Tests;

/// <summary>The table of TCP's requirements is whole, and the tests that it names exist.</summary>
public partial class TcpConformanceTests
{
    private static readonly string[] Statuses = ["yes", "as Linux", "no"];

    private static string[][] Rows { get; } =
        [.. File.ReadLines(Path.Combine(Repository.Root, "docs", "tcp-conformance.md"))
            .Where(static line => Label().IsMatch(line))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])];

    [Fact]
    public void Every_label_of_the_standard_stands_in_the_table_once()
    {
        string[] labels = [.. Labels("MUST", 69), .. Labels("SHLD", 31), .. Labels("MAY", 18), "REC-1"];
        Rows.Select(static row => row[0]).ShouldBe(labels, ignoreOrder: true);
    }

    [Fact]
    public void Every_row_has_a_status_and_a_test_or_a_reason()
    {
        foreach (string[] row in Rows)
        {
            row.Length.ShouldBe(5, row[0]);
            Statuses.ShouldContain(row[2], row[0]);
            if (row[2] != "yes") row[3].ShouldNotBeEmpty(row[0]);
            if (row[2] != "no") row[4].ShouldNotBeEmpty(row[0]);
        }
    }

    [Fact]
    public void Every_test_that_it_names_exists()
    {
        string[] named = [.. Rows.Select(static row => row[4].Trim('`')).Where(static name => name.Length > 0).Distinct()];
        string[] missing = [.. named.Where(static name => !Exists(name))];
        missing.ShouldBeEmpty();
    }

    private static bool Exists(string name)
    {
        string[] parts = name.Split('.');
        return Repository.SourcesOf("tests", "Slipway.Stack.Tests")
            .Where(file => Path.GetFileNameWithoutExtension(file) == parts[0])
            .Any(file => File.ReadAllText(file).Contains($" void {parts[1]}(", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Labels(string kind, int count) => Enumerable.Range(1, count).Select(i => $"{kind}-{i}");

    [GeneratedRegex(@"^\| (MUST|SHLD|MAY|REC)-\d+ \|", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Label();
}
