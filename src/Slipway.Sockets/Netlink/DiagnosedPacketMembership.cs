namespace Slipway.Sockets;

/// <summary>What a packet socket has a device let in (struct packet_diag_mclist).</summary>
/// <param name="Interface">The device.</param>
/// <param name="Count">How often it was asked for.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Address">The link-layer address, where it is one.</param>
public readonly record struct DiagnosedPacketMembership(int Interface, int Count, PacketMembership Kind, ReadOnlyMemory<byte> Address);
