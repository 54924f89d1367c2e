namespace Slipway.Lab;

/// <summary>A list.</summary>
internal sealed record LabSequence(int Line, int Column, List<LabNode> Items) : LabNode(Line, Column)
{
    public override string Kind => "a list";
}
