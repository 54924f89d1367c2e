namespace Slipway.Sockets;

/// <summary>A route as rtnetlink(7) tells of it (RTM_NEWROUTE), or the way to one destination.</summary>
/// <param name="Family">AF_INET or AF_INET6.</param>
/// <param name="Destination">Where it leads; null for everywhere.</param>
/// <param name="PrefixLength">Length of the destination's prefix.</param>
public sealed record RtRoute(AddressFamily Family, InetAddress? Destination, int PrefixLength)
{
    /// <summary>The gateway; null for hosts on the link.</summary>
    public InetAddress? Gateway { get; init; }

    /// <summary>The link; 0 for a route that sends nothing.</summary>
    public int Index { get; init; }

    /// <summary>Source address for packets whose sender leaves it open; null for the usual choice.</summary>
    public InetAddress? PreferredSource { get; init; }

    /// <summary>The source that a way was asked for; null for any.</summary>
    public InetAddress? Source { get; init; }

    /// <summary>The least wins; 0 for none told.</summary>
    public int Metric { get; init; }

    /// <summary>MTU in bytes; 0 for the link's.</summary>
    public int Mtu { get; init; }

    /// <summary>RT_TABLE_: 254 main, 255 local.</summary>
    public int Table { get; init; } = 254;

    /// <summary>RTPROT_: who made it; 2 the kernel, 3 boot, 4 an administrator.</summary>
    public int Protocol { get; init; } = 4;

    /// <summary>RT_SCOPE_: 0 everywhere, 253 the link, 254 this host.</summary>
    public int Scope { get; init; }

    /// <summary>RTN_: 1 unicast, 2 local, 3 broadcast, 5 multicast, 6 blackhole, 7 unreachable, 8 prohibit.</summary>
    public int Type { get; init; } = 1;

    /// <summary>rtm_flags: 4 on the link whatever the addresses say, 0x200 an answer for one destination.</summary>
    public uint Flags { get; init; }

    /// <summary>RTA_PREF of IPv6: 0 medium, 1 high, 3 low; null where none is told.</summary>
    public int? Preference { get; init; }

    /// <summary>RTA_UID: the user that a way was asked for; null where none is told.</summary>
    public uint? User { get; init; }

    /// <summary>Whether there is a path MTU in RTA_METRICS that must not change.</summary>
    public bool IsMtuLocked { get; init; }

    /// <summary>Reads RTM_NEWROUTE or RTM_DELROUTE.</summary>
    public static RtRoute Read(NetlinkReader message)
    {
        RtFixed fixedPart = new(message.Body, RtFixed.RouteLength);
        var route = new RtRoute((AddressFamily)fixedPart[0], null, fixedPart[1])
        {
            Table = fixedPart[4], Protocol = fixedPart[5], Scope = fixedPart[6], Type = fixedPart[7], Flags = (uint)fixedPart.Int32(8),
        };
        NetlinkAttributeReader attributes = message.Attributes(RtFixed.RouteLength);
        while (attributes.MoveNext())
        {
            route = attributes.Type switch
            {
                RouteAttribute.RTA_DST => route with { Destination = attributes.Address },
                RouteAttribute.RTA_SRC => route with { Source = attributes.Address },
                RouteAttribute.RTA_GATEWAY => route with { Gateway = attributes.Address },
                RouteAttribute.RTA_OIF => route with { Index = (int)attributes.UInt32 },
                RouteAttribute.RTA_PREFSRC => route with { PreferredSource = attributes.Address },
                RouteAttribute.RTA_PRIORITY => route with { Metric = (int)attributes.UInt32 },
                RouteAttribute.RTA_TABLE => route with { Table = (int)attributes.UInt32 },
                RouteAttribute.RTA_PREF => route with { Preference = attributes.Byte },
                RouteAttribute.RTA_UID => route with { User = attributes.UInt32 },
                RouteAttribute.RTA_METRICS => route.WithMetrics(attributes.Nest),
                _ => route,
            };
        }
        return route;
    }

    private RtRoute WithMetrics(NetlinkAttributeReader metrics)
    {
        RtRoute route = this;
        while (metrics.MoveNext())
        {
            if (metrics.Type == RouteAttribute.RTAX_MTU) route = route with { Mtu = (int)metrics.UInt32 };
            if (metrics.Type == RouteAttribute.RTAX_LOCK) route = route with { IsMtuLocked = (metrics.UInt32 >> RouteAttribute.RTAX_MTU & 1) != 0 };
        }
        return route;
    }
}
