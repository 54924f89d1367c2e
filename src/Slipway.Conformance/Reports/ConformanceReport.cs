namespace Slipway.Conformance;

/// <summary>Accounts for every row: passed, failed, excluded with a reason, or missing.</summary>
public static class ConformanceReport
{
    /// <summary>Combines the results of scenarios into one line a row.</summary>
    /// <param name="rows">The rows to report on.</param>
    /// <param name="results">Each scenario that was played, with its result on the kernel and on the stack.</param>
    public static IReadOnlyList<RowReport> Combine(IEnumerable<SpecRow> rows, IReadOnlyCollection<(Scenario Scenario, ScenarioResult Kernel, ScenarioResult Stack)> results)
    {
        ILookup<string, (Scenario Scenario, ScenarioResult Kernel, ScenarioResult Stack)> byRow = results
            .SelectMany(static r => r.Scenario.Rows, static (r, id) => (Id: id, Result: r))
            .ToLookup(static p => p.Id, static p => p.Result, StringComparer.Ordinal);
        return [.. rows.Select(row => Report(row, [.. byRow[row.Id]]))];
    }

    private static RowReport Report(SpecRow row, (Scenario Scenario, ScenarioResult Kernel, ScenarioResult Stack)[] results)
    {
        Exclusion? exclusion = Exclusions.All.FirstOrDefault(e => e.Covers(row));
        if (results.Length == 0)
            return exclusion is null
                ? new RowReport(row, Outcome.Missing, Outcome.Missing, "no scenario names it")
                : new RowReport(row, Outcome.Excluded, Outcome.Excluded, exclusion.Reason);
        var reasons = new List<string>();
        Outcome kernel = Worst("kernel", results.Select(static r => (r.Scenario, r.Kernel)), reasons);
        Outcome stack = Worst("stack", results.Select(static r => (r.Scenario, r.Stack)), reasons);
        if (exclusion is not null) reasons.Add("in part: " + exclusion.Reason);
        return new RowReport(row, kernel, stack, string.Join("; ", reasons));
    }

    private static Outcome Worst(string system, IEnumerable<(Scenario Scenario, ScenarioResult Result)> results, List<string> reasons)
    {
        Outcome worst = Outcome.Missing;
        foreach ((Scenario scenario, ScenarioResult result) in results)
        {
            if (result.Outcome > worst) worst = result.Outcome;
            if (result.Reason is { } reason) reasons.Add($"{system}, {scenario.Name}: {reason}");
        }
        return worst;
    }
}
