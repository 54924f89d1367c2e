namespace Slipway.Sockets;

/// <summary>A group of packet sockets of one host that share the packets of their interface and protocol (PACKET_FANOUT, packet(7)).</summary>
/// <param name="Id">The number that members name.</param>
/// <param name="Mode">How it shares out.</param>
/// <param name="Flags">What else it does.</param>
public readonly record struct PacketFanout(ushort Id, PacketFanoutMode Mode, PacketFanoutFlags Flags = PacketFanoutFlags.None)
{
    /// <summary>Most members of the group; 0 for the system's choice, 256. Given by its first member.</summary>
    public int MaxMembers { get; init; }

    /// <summary>The option's value: identifier, mode and flags.</summary>
    internal uint Value => Id | (uint)Mode << 16 | (uint)Flags << 16;

    internal static PacketFanout FromValue(uint value) => new((ushort)value, (PacketFanoutMode)(value >> 16), (PacketFanoutFlags)(value >> 16 & 0xFF00));
}
