namespace Slipway.Lab;

/// <summary>A piece of a lab file, with its place.</summary>
internal abstract record LabNode(int Line, int Column)
{
    /// <summary>What it is, for a message.</summary>
    public abstract string Kind { get; }
}
