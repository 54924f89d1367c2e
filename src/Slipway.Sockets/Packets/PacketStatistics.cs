namespace Slipway.Sockets;

/// <summary>What PACKET_STATISTICS tells: struct tpacket_stats, and struct tpacket_stats_v3 of a ring of blocks. To ask sets all to 0 (packet(7)).</summary>
/// <param name="Packets">Packets that came to the socket, those that it dropped included.</param>
/// <param name="Drops">Packets that were dropped for lack of room in the receive buffer or the ring.</param>
public readonly record struct PacketStatistics(uint Packets, uint Drops)
{
    /// <summary>tp_freeze_q_cnt: how often the ring stood still because the program had given no block back. Of sockets of TPACKET_V3 alone.</summary>
    public uint Freezes { get; init; }
}
