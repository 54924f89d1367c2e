namespace Slipway.Conformance;

/// <summary>Rows without a scenario, and why. A row that gets its scenario leaves this list.</summary>
public static class Exclusions
{
    /// <summary>Every exclusion, by reason.</summary>
    public static IReadOnlyList<Exclusion> All { get; } =
    [
        new("waits for TCP", ["LSN-*", "OOB-*", "KA-*", "LG-*", "INH-*", "LW-*", "MS-*", "NG-*", "DA-*", "T-*"]),
        new("waits for the process library", ["P-*", "P-SIG-*"]),
    ];
}
