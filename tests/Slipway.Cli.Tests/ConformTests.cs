using System.Text.Json;
using Slipway.Conformance;

namespace Slipway.Cli.Tests;

/// <summary>What conform accounts for, and in which form. What the scenarios find is for their own tests to say.</summary>
public class ConformTests
{
    [Fact]
    public void Every_row_of_a_section_gets_its_line_with_the_promised_fields()
    {
        CliRun run = CliRun.Of("conform", "ord", "--json");
        JsonElement[] rows = [.. run.Lines.Select(static line => JsonDocument.Parse(line).RootElement)];
        rows.Select(static row => row.GetProperty("row").GetString()).ShouldBe(SpecCatalog.Default.WithPrefix("ORD").Select(static row => row.Id));
        foreach (JsonElement row in rows)
        {
            row.EnumerateObject().Select(static field => field.Name).ShouldBe(["row", "kernel", "stack", "reason"]);
            Outcomes.ShouldContain(row.GetProperty("kernel").GetString());
            Outcomes.ShouldContain(row.GetProperty("stack").GetString());
        }
        bool differs = rows.Any(static row => row.GetProperty("kernel").GetString() == "fail" || row.GetProperty("stack").GetString() == "fail");
        run.ExitCode.ShouldBe(differs ? ExitCode.Failed : ExitCode.Done);
    }

    [Fact]
    public void For_readers_a_section_is_a_row_of_a_table()
    {
        CliRun run = CliRun.Of("conform", "ORD");
        int rows = SpecCatalog.Default.WithPrefix("ORD").Count();
        run.Lines.ShouldContain(line => line.TrimStart().StartsWith("ORD ", StringComparison.Ordinal) && line.Contains($" {rows} ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_section_that_is_not_there_is_refused_with_those_that_are()
    {
        string line = CliRun.Of("conform", "FD", "XYZZY").ShouldBeRefused();
        line.ShouldContain("'XYZZY'");
        foreach (string prefix in SpecCatalog.Default.Prefixes) line.ShouldContain(prefix);
    }

    [Fact]
    public void A_summary_counts_each_row_once()
    {
        SpecRow[] spec = [.. SpecCatalog.Default.WithPrefix("FD").Take(5)];
        RowReport[] rows =
        [
            new(spec[0], Outcome.Pass, Outcome.Pass, ""),
            new(spec[1], Outcome.Pass, Outcome.Fail, "stack"),
            new(spec[2], Outcome.Pass, Outcome.Excluded, "TCP"),
            new(spec[3], Outcome.Missing, Outcome.Missing, "no scenario names it"),
            new(spec[4], Outcome.Excluded, Outcome.Excluded, "never"),
        ];
        SectionSummary summary = SectionSummary.Of(rows).ShouldHaveSingleItem();
        (summary.Prefix, summary.Passed, summary.Different, summary.Excluded, summary.Missing).ShouldBe(("FD", 1, 1, 2, 1));
    }

    private static readonly string[] Outcomes = ["pass", "fail", "missing", "excluded"];
}
