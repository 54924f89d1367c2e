namespace Slipway.Sockets;

/// <summary>Attributes of a route (rtnetlink(7)).</summary>
public static class RouteAttribute
{
    /// <summary>Where it leads.</summary>
    public const ushort RTA_DST = 1;

    /// <summary>For which sources.</summary>
    public const ushort RTA_SRC = 2;

    /// <summary>Where the packet came in.</summary>
    public const ushort RTA_IIF = 3;

    /// <summary>The link, by its index.</summary>
    public const ushort RTA_OIF = 4;

    /// <summary>The gateway.</summary>
    public const ushort RTA_GATEWAY = 5;

    /// <summary>The metric.</summary>
    public const ushort RTA_PRIORITY = 6;

    /// <summary>The source address to use.</summary>
    public const ushort RTA_PREFSRC = 7;

    /// <summary>MTU and the like, nested.</summary>
    public const ushort RTA_METRICS = 8;

    /// <summary>Several ways.</summary>
    public const ushort RTA_MULTIPATH = 9;

    /// <summary>A realm.</summary>
    public const ushort RTA_FLOW = 11;

    /// <summary>Age and use.</summary>
    public const ushort RTA_CACHEINFO = 12;

    /// <summary>The table, 32 bits.</summary>
    public const ushort RTA_TABLE = 15;

    /// <summary>The mark of the packet.</summary>
    public const ushort RTA_MARK = 16;

    /// <summary>A gateway of another family.</summary>
    public const ushort RTA_VIA = 18;

    /// <summary>Preference of a router (RFC 4191).</summary>
    public const ushort RTA_PREF = 20;

    /// <summary>What packets are wrapped in.</summary>
    public const ushort RTA_ENCAP_TYPE = 21;

    /// <summary>When it goes.</summary>
    public const ushort RTA_EXPIRES = 23;

    /// <summary>For which user.</summary>
    public const ushort RTA_UID = 25;

    /// <summary>For which protocol.</summary>
    public const ushort RTA_IP_PROTO = 27;

    /// <summary>For which source port.</summary>
    public const ushort RTA_SPORT = 28;

    /// <summary>For which destination port.</summary>
    public const ushort RTA_DPORT = 29;

    /// <summary>A next hop that has a number.</summary>
    public const ushort RTA_NH_ID = 30;

    /// <summary>In RTA_METRICS: a bit for each metric that must not change.</summary>
    public const ushort RTAX_LOCK = 1;

    /// <summary>In RTA_METRICS: the MTU.</summary>
    public const ushort RTAX_MTU = 2;
}
