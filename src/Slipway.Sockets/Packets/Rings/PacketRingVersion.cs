namespace Slipway.Sockets;

/// <summary>How the rings of a packet socket are laid out (PACKET_VERSION).</summary>
public enum PacketRingVersion
{
    /// <summary>TPACKET_V1: slots of one size, times in microseconds. Its status is as wide as the machine's words.</summary>
    V1 = 0,

    /// <summary>TPACKET_V2: slots of one size, times in nanoseconds, VLAN tags.</summary>
    V2 = 1,

    /// <summary>TPACKET_V3: packets stand in blocks one after another, each as long as it is, and a block is handed over whole. To send, slots of one size.</summary>
    V3 = 2,
}
