namespace Slipway.Conformance;

/// <summary>How a scenario went on one system.</summary>
/// <param name="Outcome">Passed, failed, or not run.</param>
/// <param name="Reason">Why it failed or was not run; null if it passed.</param>
public readonly record struct ScenarioResult(Outcome Outcome, string? Reason)
{
    /// <summary>It passed.</summary>
    public static ScenarioResult Pass => new(Outcome.Pass, null);

    /// <summary>It failed.</summary>
    public static ScenarioResult Fail(string reason) => new(Outcome.Fail, reason);

    /// <summary>It was not run.</summary>
    public static ScenarioResult NotRun(string reason) => new(Outcome.Excluded, reason);
}
