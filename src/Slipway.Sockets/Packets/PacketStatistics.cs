namespace Slipway.Sockets;

/// <summary>What PACKET_STATISTICS tells: struct tpacket_stats. To ask sets both to 0 (packet(7)).</summary>
/// <param name="Packets">Packets that came to the socket, those that it dropped included.</param>
/// <param name="Drops">Packets that were dropped for lack of room in the receive buffer.</param>
public readonly record struct PacketStatistics(uint Packets, uint Drops);
