namespace Slipway.Sockets;

/// <summary>What a packet socket has a device let in, by PACKET_ADD_MEMBERSHIP (packet(7)). It lasts until it is dropped as often, or the socket is closed.</summary>
public enum PacketMembership : ushort
{
    /// <summary>PACKET_MR_MULTICAST: a group's link-layer address.</summary>
    Multicast = 0,

    /// <summary>PACKET_MR_PROMISC: all frames.</summary>
    Promiscuous = 1,

    /// <summary>PACKET_MR_ALLMULTI: all groups.</summary>
    AllMulticast = 2,

    /// <summary>PACKET_MR_UNICAST: another link-layer address of one host.</summary>
    Unicast = 3,
}
