namespace Slipway.Stack;

/// <summary>How the neighbours of one family are asked for: ARP or neighbour discovery.</summary>
internal interface INeighborProtocol
{
    /// <summary>Sends one solicitation.</summary>
    /// <param name="entry">The neighbour.</param>
    /// <param name="cause">A packet that waits for it, borrowed; null if none does.</param>
    /// <param name="unicast">To the known address rather than to all.</param>
    void Solicit(NeighborEntry entry, PacketBuffer? cause, bool unicast);

    /// <summary>The neighbour does not answer: tells the sender of a packet that waited for it. Ownership moves.</summary>
    void ReportUnreachable(NeighborEntry entry, PacketBuffer packet);
}
