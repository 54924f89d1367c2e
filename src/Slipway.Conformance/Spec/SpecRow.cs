namespace Slipway.Conformance;

/// <summary>One row of the specification: a statement about Linux that a test can check.</summary>
/// <param name="Id">The row's name, such as <c>FD-01</c>; unique over all files and never reused.</param>
/// <param name="Section">The section that the row stands in.</param>
/// <param name="Line">The line of the file, counted from 1.</param>
/// <param name="Statement">What holds. Rows that have a name of their own (an option, an operation) begin with it.</param>
/// <param name="Expected">The result that Linux gives, where the table has it apart from the statement; else empty.</param>
/// <param name="HowToTest">How the row can be tested; empty where the table does not say.</param>
/// <param name="Evidence">What the row rests on.</param>
public sealed record SpecRow(
    string Id, SpecSection Section, int Line, string Statement, string Expected, string HowToTest, SpecEvidence Evidence)
{
    /// <summary>The part of the ID before the last hyphen: <c>FD</c> of <c>FD-01</c>, <c>P-SIG</c> of <c>P-SIG-001</c>.</summary>
    public string Prefix => Id[..Id.LastIndexOf('-')];
}
