namespace Slipway.Conformance;

/// <summary>How a row or a scenario stands on one system. Ordered: of several scenarios of a row the greatest counts.</summary>
public enum Outcome
{
    /// <summary>No scenario names the row.</summary>
    Missing,

    /// <summary>Not run, and a reason says why.</summary>
    Excluded,

    /// <summary>What the row states was seen.</summary>
    Pass,

    /// <summary>Something else was seen.</summary>
    Fail,
}
