namespace Slipway.Conformance;

/// <summary>How a row of the specification stands.</summary>
/// <param name="Row">The row.</param>
/// <param name="Kernel">On the machine's kernel.</param>
/// <param name="Stack">On the stack.</param>
/// <param name="Reason">Why it failed or was excluded, for each system that has one; empty if there is nothing to say.</param>
public sealed record RowReport(SpecRow Row, Outcome Kernel, Outcome Stack, string Reason)
{
    /// <summary>A difference: one of the systems failed.</summary>
    public bool IsDifference => Kernel == Outcome.Fail || Stack == Outcome.Fail;
}
