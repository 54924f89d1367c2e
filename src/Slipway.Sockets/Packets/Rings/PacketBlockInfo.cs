namespace Slipway.Sockets;

/// <summary>What a block of a ring of V3 says of itself (struct tpacket_hdr_v1).</summary>
/// <param name="Status">Facts about the block: <see cref="PacketStatus.User"/>, <see cref="PacketStatus.BlockTimeout"/>, <see cref="PacketStatus.Losing"/>.</param>
/// <param name="Packets">Packets in it.</param>
/// <param name="Length">Bytes that it uses, its header included.</param>
/// <param name="Sequence">Its number, from 1.</param>
/// <param name="Began">When it was begun, nanoseconds since 1970.</param>
/// <param name="Ended">Time of its last packet, nanoseconds since 1970.</param>
public readonly record struct PacketBlockInfo(PacketStatus Status, int Packets, int Length, ulong Sequence, long Began, long Ended);
