namespace Slipway.Sockets;

/// <summary>Attributes of a link (rtnetlink(7), linux/if_link.h).</summary>
public static class LinkAttribute
{
    /// <summary>Its link-layer address.</summary>
    public const ushort IFLA_ADDRESS = 1;

    /// <summary>The link-layer address that reaches all.</summary>
    public const ushort IFLA_BROADCAST = 2;

    /// <summary>The name.</summary>
    public const ushort IFLA_IFNAME = 3;

    /// <summary>Largest packet in bytes.</summary>
    public const ushort IFLA_MTU = 4;

    /// <summary>The link that it stands on, or its other end.</summary>
    public const ushort IFLA_LINK = 5;

    /// <summary>The queueing discipline.</summary>
    public const ushort IFLA_QDISC = 6;

    /// <summary>Counters of 32 bits.</summary>
    public const ushort IFLA_STATS = 7;

    /// <summary>Length of the send queue in packets.</summary>
    public const ushort IFLA_TXQLEN = 13;

    /// <summary>Memory and interrupt of the hardware.</summary>
    public const ushort IFLA_MAP = 14;

    /// <summary>State of RFC 2863: 0 unknown, 2 down, 6 up.</summary>
    public const ushort IFLA_OPERSTATE = 16;

    /// <summary>Who decides about that state.</summary>
    public const ushort IFLA_LINKMODE = 17;

    /// <summary>Kind of the link, and what goes with it.</summary>
    public const ushort IFLA_LINKINFO = 18;

    /// <summary>The network namespace to move to, by a process.</summary>
    public const ushort IFLA_NET_NS_PID = 19;

    /// <summary>Counters of 64 bits.</summary>
    public const ushort IFLA_STATS64 = 23;

    /// <summary>Settings by family.</summary>
    public const ushort IFLA_AF_SPEC = 26;

    /// <summary>The group of links.</summary>
    public const ushort IFLA_GROUP = 27;

    /// <summary>The network namespace to move to, by a descriptor.</summary>
    public const ushort IFLA_NET_NS_FD = 28;

    /// <summary>What the answer shall hold or leave out.</summary>
    public const ushort IFLA_EXT_MASK = 29;

    /// <summary>How many asked for all frames.</summary>
    public const ushort IFLA_PROMISCUITY = 30;

    /// <summary>Send queues.</summary>
    public const ushort IFLA_NUM_TX_QUEUES = 31;

    /// <summary>Receive queues.</summary>
    public const ushort IFLA_NUM_RX_QUEUES = 32;

    /// <summary>Whether the cable works.</summary>
    public const ushort IFLA_CARRIER = 33;

    /// <summary>How often that changed.</summary>
    public const ushort IFLA_CARRIER_CHANGES = 35;

    /// <summary>The network namespace of the link's other end, by its number here.</summary>
    public const ushort IFLA_LINK_NETNSID = 37;

    /// <summary>Held down by a protocol.</summary>
    public const ushort IFLA_PROTO_DOWN = 39;

    /// <summary>Most segments in a packet to be cut.</summary>
    public const ushort IFLA_GSO_MAX_SEGS = 40;

    /// <summary>Longest packet to be cut.</summary>
    public const ushort IFLA_GSO_MAX_SIZE = 41;

    /// <summary>How often the cable came to work.</summary>
    public const ushort IFLA_CARRIER_UP_COUNT = 47;

    /// <summary>How often it failed.</summary>
    public const ushort IFLA_CARRIER_DOWN_COUNT = 48;

    /// <summary>Least MTU.</summary>
    public const ushort IFLA_MIN_MTU = 50;

    /// <summary>Greatest MTU; 0 for no bound.</summary>
    public const ushort IFLA_MAX_MTU = 51;

    /// <summary>Another name.</summary>
    public const ushort IFLA_ALT_IFNAME = 53;

    /// <summary>How many asked for all groups.</summary>
    public const ushort IFLA_ALLMULTI = 61;
}
