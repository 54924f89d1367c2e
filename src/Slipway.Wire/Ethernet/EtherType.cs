namespace Slipway.Wire;

/// <summary>What an Ethernet frame carries (IEEE 802, IANA "IEEE 802 Numbers"). Values below 0x0600 are lengths (IEEE 802.3).</summary>
public enum EtherType : ushort
{
    /// <summary>IPv4 (RFC 894).</summary>
    Ipv4 = 0x0800,

    /// <summary>Address resolution (RFC 826).</summary>
    Arp = 0x0806,

    /// <summary>VLAN tag (IEEE 802.1Q).</summary>
    Vlan = 0x8100,

    /// <summary>IPv6 (RFC 2464).</summary>
    Ipv6 = 0x86DD,

    /// <summary>Service VLAN tag (IEEE 802.1ad).</summary>
    ServiceVlan = 0x88A8,

    /// <summary>Link layer discovery (IEEE 802.1AB).</summary>
    Lldp = 0x88CC,
}
