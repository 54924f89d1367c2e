namespace Slipway.Sockets;

/// <summary>Flags of SO_TIMESTAMPING (linux/net_tstamp.h; the kernel's Documentation/networking/timestamping.rst).</summary>
[Flags]
public enum TimestampingFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>Make a stamp in the device when a packet is sent. Taken; without such a device there is none.</summary>
    SOF_TIMESTAMPING_TX_HARDWARE = 1 << 0,

    /// <summary>Make a stamp when the host hands a packet to the device.</summary>
    SOF_TIMESTAMPING_TX_SOFTWARE = 1 << 1,

    /// <summary>Make a stamp in the device when a packet is received. Taken; without such a device there is none.</summary>
    SOF_TIMESTAMPING_RX_HARDWARE = 1 << 2,

    /// <summary>Make a stamp when a packet is received.</summary>
    SOF_TIMESTAMPING_RX_SOFTWARE = 1 << 3,

    /// <summary>Report stamps of the host's clock.</summary>
    SOF_TIMESTAMPING_SOFTWARE = 1 << 4,

    /// <summary>Not used any more, but taken.</summary>
    SOF_TIMESTAMPING_SYS_HARDWARE = 1 << 5,

    /// <summary>Report stamps of a device's clock.</summary>
    SOF_TIMESTAMPING_RAW_HARDWARE = 1 << 6,

    /// <summary>Number the packets: <see cref="ExtendedSocketError.Data"/> says which send a stamp belongs to, on streams by its last byte.</summary>
    SOF_TIMESTAMPING_OPT_ID = 1 << 7,

    /// <summary>Make a stamp when a packet enters the device's queue.</summary>
    SOF_TIMESTAMPING_TX_SCHED = 1 << 8,

    /// <summary>Make a stamp when the data of a stream is acknowledged.</summary>
    SOF_TIMESTAMPING_TX_ACK = 1 << 9,

    /// <summary>Also give the control messages that the socket asks for, such as IP_PKTINFO, with stamps of IPv4 packets.</summary>
    SOF_TIMESTAMPING_OPT_CMSG = 1 << 10,

    /// <summary>Give the stamp without the packet.</summary>
    SOF_TIMESTAMPING_OPT_TSONLY = 1 << 11,

    /// <summary>Statistics of the connection with the stamp. Only together with <see cref="SOF_TIMESTAMPING_OPT_TSONLY"/>.</summary>
    SOF_TIMESTAMPING_OPT_STATS = 1 << 12,

    /// <summary>With a device's stamp, which device it was and how long the packet is.</summary>
    SOF_TIMESTAMPING_OPT_PKTINFO = 1 << 13,

    /// <summary>Stamps of both clocks for one packet.</summary>
    SOF_TIMESTAMPING_OPT_TX_SWHW = 1 << 14,

    /// <summary>Stamps of a certain clock of the device: EOPNOTSUPP without such a device.</summary>
    SOF_TIMESTAMPING_BIND_PHC = 1 << 15,

    /// <summary>Numbers count from the next byte to be written on, not from the first that is not acknowledged. Only together with <see cref="SOF_TIMESTAMPING_OPT_ID"/>.</summary>
    SOF_TIMESTAMPING_OPT_ID_TCP = 1 << 16,

    /// <summary>Report stamps of arrival only where this socket asked for them to be made.</summary>
    SOF_TIMESTAMPING_OPT_RX_FILTER = 1 << 17,

    /// <summary>Make a stamp when the device says that a packet is sent. Taken; devices that do not say so make none.</summary>
    SOF_TIMESTAMPING_TX_COMPLETION = 1 << 18,
}
