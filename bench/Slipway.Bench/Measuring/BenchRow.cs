namespace Slipway.Bench;

/// <summary>A row of a bench, or several that are measured together.</summary>
/// <param name="Name">The row's name; of several, what their names begin with.</param>
/// <param name="Measure">Measures it.</param>
internal sealed record BenchRow(string Name, Func<Measurement, IEnumerable<BenchResult>> Measure)
{
    /// <summary>A row that compares a workload on both systems.</summary>
    public static BenchRow Comparing(string name, string unit, Func<IWorkload> slipway, Func<IWorkload?> kernel, double perOperation = 1) => new(name, measurement =>
    {
        using IWorkload? ours = measurement.Options.KernelOnly ? null : slipway();
        using IWorkload? theirs = kernel();
        return ours is null && theirs is null ? [] : [measurement.Compare(name, unit, ours, theirs, perOperation)];
    });

    /// <summary>Measures rows one after the other.</summary>
    public static IEnumerable<BenchResult> Run(IReadOnlyList<BenchRow> rows, BenchOptions options, Action<int>? begun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var measurement = new Measurement(options, cancellationToken);
        for (int i = 0; i < rows.Count; i++)
        {
            if (!options.Wants(rows[i].Name)) continue;
            begun?.Invoke(i);
            foreach (BenchResult result in rows[i].Measure(measurement)) yield return result;
        }
    }
}
