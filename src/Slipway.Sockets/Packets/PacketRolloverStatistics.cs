namespace Slipway.Sockets;

/// <summary>What PACKET_ROLLOVER_STATS tells of a member of a group that rolls over (packet(7)).</summary>
/// <param name="All">Packets that went to another member because this one was full.</param>
/// <param name="Huge">Those among them that went because their flow takes more than its share.</param>
/// <param name="Failed">Times that no other member had room.</param>
public readonly record struct PacketRolloverStatistics(ulong All, ulong Huge, ulong Failed);
