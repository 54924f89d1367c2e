namespace Slipway.Lab;

/// <summary>Keys with values. Keys that come twice are kept, so that all of them can be told.</summary>
internal sealed record LabMapping(int Line, int Column, List<KeyValuePair<LabScalar, LabNode>> Entries) : LabNode(Line, Column)
{
    public override string Kind => "a mapping";
}
