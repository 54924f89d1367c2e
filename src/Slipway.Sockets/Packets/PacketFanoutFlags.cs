namespace Slipway.Sockets;

/// <summary>What a group of packet sockets does beside its mode (packet(7)).</summary>
[Flags]
public enum PacketFanoutFlags : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>PACKET_FANOUT_FLAG_ROLLOVER: a packet for a full member goes to another one.</summary>
    Rollover = 0x1000,

    /// <summary>PACKET_FANOUT_FLAG_UNIQUEID: the system chooses an identifier that no group has; the one given must be 0.</summary>
    UniqueId = 0x2000,

    /// <summary>PACKET_FANOUT_FLAG_IGNORE_OUTGOING: the group does not see what the host sends.</summary>
    IgnoreOutgoing = 0x4000,

    /// <summary>PACKET_FANOUT_FLAG_DEFRAG: IPv4 fragments are put together first.</summary>
    Defragment = 0x8000,
}
