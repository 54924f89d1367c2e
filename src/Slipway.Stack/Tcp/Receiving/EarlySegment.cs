namespace Slipway.Stack;

/// <summary>Data that came before what is missing in front of it.</summary>
internal sealed class EarlySegment
{
    public EarlySegment? Next, Previous;
    public PacketBuffer? Data;
    public uint Sequence, EndSequence;
    public bool HasFin;
}
