using Slipway.Conformance;

namespace Slipway.Cli;

/// <summary>How the rows of one section stand.</summary>
/// <param name="Prefix">The letters that its IDs begin with.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record SectionSummary(string Prefix, IReadOnlyList<RowReport> Rows)
{
    /// <summary>Rows that hold on both systems.</summary>
    public int Passed => Rows.Count(static row => row is { Kernel: Outcome.Pass, Stack: Outcome.Pass });

    /// <summary>Rows where one of the systems does something else.</summary>
    public int Different => Rows.Count(static row => row.IsDifference);

    /// <summary>Rows that no scenario names.</summary>
    public int Missing => Rows.Count(IsMissing);

    /// <summary>Rows that are not played on one of the systems, for a reason.</summary>
    public int Excluded => Rows.Count(static row => !row.IsDifference && !IsMissing(row) && (row.Kernel == Outcome.Excluded || row.Stack == Outcome.Excluded));

    /// <summary>Whether no scenario names the row.</summary>
    public static bool IsMissing(RowReport row) => !row.IsDifference && (row.Kernel == Outcome.Missing || row.Stack == Outcome.Missing);

    /// <summary>Rows by section, in the order of the specification.</summary>
    public static IReadOnlyList<SectionSummary> Of(IEnumerable<RowReport> rows) =>
        [.. rows.GroupBy(static row => row.Row.Prefix, StringComparer.Ordinal).Select(static section => new SectionSummary(section.Key, [.. section]))];
}
