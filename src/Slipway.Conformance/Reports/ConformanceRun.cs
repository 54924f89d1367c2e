namespace Slipway.Conformance;

/// <summary>Plays the scenarios of some rows on both systems and accounts for each row.</summary>
public static class ConformanceRun
{
    /// <summary>Plays every scenario that names one of the rows, first on the kernel, then on the stack.</summary>
    /// <param name="rows">The rows to account for.</param>
    /// <param name="progress">Told of each scenario before it is played: how many are done, how many there are, its name.</param>
    /// <param name="cancellationToken">Ends the run between two scenarios.</param>
    public static IReadOnlyList<RowReport> Play(
        IReadOnlyCollection<SpecRow> rows, Action<int, int, string>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var wanted = rows.Select(static r => r.Id).ToHashSet(StringComparer.Ordinal);
        Scenario[] scenarios = [.. ScenarioCatalog.All.Where(s => s.Rows.Any(wanted.Contains))];
        var kernel = new KernelRunner();
        var stack = new StackRunner();
        var results = new List<(Scenario, ScenarioResult, ScenarioResult)>();
        foreach (Scenario scenario in scenarios)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Invoke(results.Count, scenarios.Length, scenario.Name);
            results.Add((scenario, kernel.Run(scenario), stack.Run(scenario)));
        }
        return ConformanceReport.Combine(rows, results);
    }
}
