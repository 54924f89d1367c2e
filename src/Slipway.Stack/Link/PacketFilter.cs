namespace Slipway.Stack;

/// <summary>Looks at a packet and may change its bytes; they are the packet's own, with complete checksums. It borrows the packet.</summary>
/// <param name="packet">The packet.</param>
/// <param name="number">Its number in this direction, from 1.</param>
public delegate FaultVerdict PacketFilter(PacketBuffer packet, long number);
