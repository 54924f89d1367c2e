namespace Slipway.Sockets;

/// <summary>What a frame carries, as packet sockets name it (linux/if_ether.h): EtherTypes in host order, and numbers below 0x0600 that only Linux has.</summary>
public static class EthernetProtocol
{
    /// <summary>A frame of IEEE 802.3 whose payload begins with 0xFFFF, as Novell's does.</summary>
    public const ushort ETH_P_802_3 = 0x0001;

    /// <summary>To receive: every protocol, and what this host sends too. To send raw: the protocol that the header says.</summary>
    public const ushort ETH_P_ALL = 0x0003;

    /// <summary>A frame of IEEE 802.3 with a header of IEEE 802.2: its type field is a length.</summary>
    public const ushort ETH_P_802_2 = 0x0004;

    /// <summary>IPv4 (RFC 894).</summary>
    public const ushort ETH_P_IP = 0x0800;

    /// <summary>Address resolution (RFC 826).</summary>
    public const ushort ETH_P_ARP = 0x0806;

    /// <summary>VLAN tag (IEEE 802.1Q).</summary>
    public const ushort ETH_P_8021Q = 0x8100;

    /// <summary>IPv6 (RFC 2464).</summary>
    public const ushort ETH_P_IPV6 = 0x86DD;

    /// <summary>Service VLAN tag (IEEE 802.1ad).</summary>
    public const ushort ETH_P_8021AD = 0x88A8;
}
