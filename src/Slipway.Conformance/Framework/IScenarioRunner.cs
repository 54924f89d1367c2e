namespace Slipway.Conformance;

/// <summary>A system that scenarios are played on.</summary>
public interface IScenarioRunner
{
    /// <summary><c>kernel</c> or <c>stack</c>.</summary>
    string Name { get; }

    /// <summary>Plays a scenario on fresh hosts. Never throws: a failure is a result.</summary>
    ScenarioResult Run(Scenario scenario);
}
