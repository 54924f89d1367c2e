namespace Slipway.Stack;

/// <summary>A place in a chain of sockets.</summary>
internal struct ChainLink
{
    public PortSocket? Next, Previous;
    public uint Hash;
    public bool IsLinked;
}
