namespace Slipway.Stack;

/// <summary>What a route does with its packets, and what kind of destination an address is (rtnetlink(7), rtm_type).</summary>
public enum RouteKind
{
    /// <summary>To a host on the link or to a gateway.</summary>
    Unicast,

    /// <summary>To this host itself.</summary>
    Local,

    /// <summary>To all on the link.</summary>
    Broadcast,

    /// <summary>To a group.</summary>
    Multicast,

    /// <summary>Dropped in silence; a local sender gets EINVAL.</summary>
    Blackhole,

    /// <summary>Refused with ICMP host unreachable (IPv6: no route); a local sender gets EHOSTUNREACH.</summary>
    Unreachable,

    /// <summary>Refused with ICMP administratively prohibited; a local sender gets EACCES.</summary>
    Prohibit,
}
