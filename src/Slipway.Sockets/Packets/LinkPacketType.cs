namespace Slipway.Sockets;

/// <summary>For whom a frame was, or where it went: sll_pkttype (packet(7)).</summary>
public enum LinkPacketType : byte
{
    /// <summary>PACKET_HOST: for this host.</summary>
    Host = 0,

    /// <summary>PACKET_BROADCAST: for all on the link.</summary>
    Broadcast = 1,

    /// <summary>PACKET_MULTICAST: for a group on the link.</summary>
    Multicast = 2,

    /// <summary>PACKET_OTHERHOST: for another host; the device took it all the same.</summary>
    OtherHost = 3,

    /// <summary>PACKET_OUTGOING: this host sent it. Only sockets of <see cref="EthernetProtocol.ETH_P_ALL"/> see it.</summary>
    Outgoing = 4,
}
