using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.RouteAttribute;

namespace Slipway.Stack;

/// <summary>Writes a route as RTM_NEWROUTE has it: struct rtmsg and attributes in the kernel's order (fib_dump_info, rt6_fill_node).</summary>
internal static class RouteMessages
{
    public const int FixedLength = 12;
    public const uint TableDefault = 253, TableMain = 254, TableLocal = 255;
    public const byte ScopeUniverse = 0, ScopeLink = 253, ScopeHost = 254;

    /// <summary>RTNH_F_ONLINK and RTNH_F_LINKDOWN of rtm_flags.</summary>
    public const uint FlagOnLink = 4, FlagLinkDown = 16;

    private const int CacheInfoLength = 32;

    /// <summary>RTN_ANYCAST.</summary>
    private const byte Anycast = 4;

    /// <summary>RTN_: what the route does.</summary>
    public static byte TypeOf(RouteKind kind) => kind switch
    {
        RouteKind.Unicast => 1,
        RouteKind.Local => 2,
        RouteKind.Broadcast => 3,
        RouteKind.Multicast => 5,
        RouteKind.Blackhole => 6,
        RouteKind.Unreachable => 7,
        _ => 8,
    };

    /// <summary>RTN_: what the route does.</summary>
    public static byte TypeOf(Route route) => route.IsAnycast ? Anycast : TypeOf(route.Kind);

    /// <summary>Which table of Linux it is in.</summary>
    public static uint TableOf(Route route)
        => route.Kind is RouteKind.Local or RouteKind.Broadcast || route.Kind == RouteKind.Multicast && route.IsConnected ? TableLocal : TableMain;

    /// <summary>RT_SCOPE_: the distance to what an IPv4 route leads to; IPv6 has none.</summary>
    public static byte ScopeOf(Route route)
    {
        if (route.Destination.Address.IsIPv6) return ScopeUniverse;
        if (route.GivenScope is { } given) return given;
        return route.Kind switch
        {
            RouteKind.Local => ScopeHost,
            RouteKind.Broadcast or RouteKind.Multicast => ScopeLink,
            RouteKind.Unicast => route.HasGateway ? ScopeUniverse : ScopeLink,
            _ => ScopeUniverse,
        };
    }

    public static void Write(NetlinkWriter writer, Route route, in MessageHead head)
    {
        head.Begin(writer);
        bool isIPv4 = route.Destination.Address.IsIPv4;
        WriteFixed(writer, route, route.Destination.Length, 0, ScopeOf(route));
        if (route.Destination.Length != 0) writer.Attribute(RTA_DST, route.Destination.Address);
        IpAddress source = route.PreferredSource;
        if (isIPv4)
        {
            if (route.Metric != 0) writer.Attribute(RTA_PRIORITY, (uint)route.Metric);
            WriteMetrics(writer, route);
            if (!source.IsUnspecified) writer.Attribute(RTA_PREFSRC, source);
        }
        else
        {
            if (!source.IsUnspecified) writer.Attribute(RTA_PREFSRC, source);
            WriteMetrics(writer, route);
            writer.Attribute(RTA_PRIORITY, (uint)route.Metric);
        }
        if (route.HasGateway) writer.Attribute(RTA_GATEWAY, route.Gateway);
        if (!isIPv4 || IsDelivering(route)) writer.Attribute(RTA_OIF, (uint)route.Interface.Index);
        if (!isIPv4) WriteIPv6End(writer, route);
        writer.EndMessage();
    }

    /// <summary>struct rtmsg and RTA_TABLE, with which each message begins.</summary>
    public static void WriteFixed(NetlinkWriter writer, Route route, int destinationLength, int sourceLength, byte scope)
    {
        Span<byte> fixedPart = writer.Fixed(FixedLength);
        uint table = TableOf(route);
        fixedPart[0] = (byte)(route.Destination.Address.IsIPv4 ? AddressFamily.Inet : AddressFamily.Inet6);
        fixedPart[1] = (byte)destinationLength;
        fixedPart[2] = (byte)sourceLength;
        fixedPart[4] = (byte)table;
        fixedPart[5] = route.Protocol;
        fixedPart[6] = scope;
        fixedPart[7] = TypeOf(route);
        uint flags = (route.IsOnLink ? FlagOnLink : 0) | (IsDelivering(route) && !route.Interface.Device.HasCarrier ? FlagLinkDown : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(fixedPart[8..], flags);
        writer.Attribute(RTA_TABLE, table);
    }

    public static void WriteMetrics(NetlinkWriter writer, Route route)
    {
        if (route.Mtu == 0 && !route.IsMtuLocked) return;
        int metrics = writer.BeginNest(RTA_METRICS);
        if (route.IsMtuLocked) writer.Attribute(RTAX_LOCK, 1u << RTAX_MTU);
        if (route.Mtu != 0) writer.Attribute(RTAX_MTU, (uint)route.Mtu);
        writer.EndNest(metrics);
    }

    /// <summary>What is last for IPv6: struct rta_cacheinfo, in which only a route that ends has something to tell, in hundredths of a second, and the preference.</summary>
    public static void WriteIPv6End(NetlinkWriter writer, Route? route = null)
    {
        const int ExpiresOffset = 8;
        const byte High = 1, Low = 3; // ICMPV6_ROUTER_PREF_
        Span<byte> times = stackalloc byte[CacheInfoLength];
        times.Clear();
        if (route is { ValidUntil: not AddressLifetime.Forever })
            BinaryPrimitives.WriteInt32LittleEndian(times[ExpiresOffset..], (int)Math.Clamp((route.ValidUntil - route.Interface.Host.Loop.Now) / (StackClock.Second / 100), 0, int.MaxValue));
        writer.Attribute(RTA_CACHEINFO, times);
        writer.Attribute(RTA_PREF, route?.Preference switch { > 0 => High, < 0 => Low, _ => (byte)0 });
    }

    private static bool IsDelivering(Route route) => route.Kind is not (RouteKind.Blackhole or RouteKind.Unreachable or RouteKind.Prohibit);
}
