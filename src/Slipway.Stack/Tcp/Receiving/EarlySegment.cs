namespace Slipway.Stack;

/// <summary>Data that came before what is missing in front of it: a member of the list and of the tree of <see cref="EarlyData"/>.</summary>
internal sealed class EarlySegment
{
    public EarlySegment? Next, Previous;

    /// <summary>Its place in the <see cref="EarlyTree"/>.</summary>
    public EarlySegment? Parent, Left, Right;
    public uint Priority;
    public PacketBuffer? Data;
    public uint Sequence, EndSequence;
    public bool HasFin;
}
