namespace Slipway.Lab;

/// <summary>A value.</summary>
internal sealed record LabScalar(int Line, int Column, string Text, bool IsEmpty) : LabNode(Line, Column)
{
    public override string Kind => IsEmpty ? "nothing" : $"'{Text}'";
}
