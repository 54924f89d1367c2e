namespace Slipway.Conformance;

/// <summary>A reason why rows have no scenario yet, or never will.</summary>
/// <param name="Reason">One clause: <c>waits for TCP</c>, <c>a span is no pointer: C# cannot pass a bad one</c>.</param>
/// <param name="Rows">IDs, or a prefix with a star (<c>LSN-*</c>).</param>
public sealed record Exclusion(string Reason, IReadOnlyList<string> Rows)
{
    /// <summary>Whether the row is meant.</summary>
    public bool Covers(SpecRow row)
        => Rows.Any(r => r.EndsWith('*') ? row.Prefix == r[..^2] : row.Id == r);
}
