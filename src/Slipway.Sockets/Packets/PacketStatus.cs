namespace Slipway.Sockets;

/// <summary>tp_status of struct tpacket_auxdata (linux/if_packet.h).</summary>
[Flags]
public enum PacketStatus : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>TP_STATUS_USER: always set.</summary>
    User = 0x1,

    /// <summary>TP_STATUS_CSUMNOTREADY: the transport checksum is left to the device, the field holds only the pseudo header's sum.</summary>
    ChecksumNotReady = 0x8,

    /// <summary>TP_STATUS_VLAN_VALID: the tag was taken off, and stands in the auxiliary data.</summary>
    VlanValid = 0x10,

    /// <summary>TP_STATUS_VLAN_TPID_VALID: the tag's EtherType stands there too.</summary>
    VlanProtocolValid = 0x40,

    /// <summary>TP_STATUS_CSUM_VALID: the transport checksum has been verified.</summary>
    ChecksumValid = 0x80,

    /// <summary>TP_STATUS_GSO_TCP: it stands for several TCP segments.</summary>
    TcpSegmentation = 0x100,
}
