namespace Slipway.Sockets;

/// <summary>tp_status of struct tpacket_auxdata, and of packets and blocks in a ring (linux/if_packet.h).</summary>
[Flags]
public enum PacketStatus : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>TP_STATUS_USER: always set; in a ring, it is the program's.</summary>
    User = 0x1,

    /// <summary>TP_STATUS_COPY: it is longer than its slot, and waits whole in the receive queue (PACKET_COPY_THRESH).</summary>
    Copied = 0x2,

    /// <summary>TP_STATUS_LOSING: packets were lost since the statistics were last read.</summary>
    Losing = 0x4,

    /// <summary>TP_STATUS_CSUMNOTREADY: the transport checksum is left to the device, the field holds only the pseudo header's sum.</summary>
    ChecksumNotReady = 0x8,

    /// <summary>TP_STATUS_VLAN_VALID: the tag was taken off, and stands in the auxiliary data.</summary>
    VlanValid = 0x10,

    /// <summary>TP_STATUS_BLK_TMO: a block that was handed over because its time was up, not because it was full.</summary>
    BlockTimeout = 0x20,

    /// <summary>TP_STATUS_VLAN_TPID_VALID: the tag's EtherType stands there too.</summary>
    VlanProtocolValid = 0x40,

    /// <summary>TP_STATUS_CSUM_VALID: the transport checksum has been verified.</summary>
    ChecksumValid = 0x80,

    /// <summary>TP_STATUS_GSO_TCP: it stands for several TCP segments.</summary>
    TcpSegmentation = 0x100,

    /// <summary>TP_STATUS_TS_SOFTWARE: its time was taken where it came to the host, not where it came to the ring.</summary>
    SoftwareTimestamp = 0x2000_0000,

    /// <summary>TP_STATUS_TS_RAW_HARDWARE: its time is of the device's clock.</summary>
    HardwareTimestamp = 0x8000_0000,
}
