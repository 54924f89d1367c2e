using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.RouteAttribute;

namespace Slipway.Stack;

/// <summary>A route as a request describes it (struct rtmsg with attributes; Linux rtm_to_fib_config, rtm_to_fib6_config).</summary>
internal readonly record struct RouteReader
{
    private const byte LastType = 11, TypeUnspecified = 0, ScopeNowhere = 255;

    /// <summary>Metrics that a user may say something of; the last is RTAX_MAX.</summary>
    private const ushort LastMetric = 17;

    public IpPrefix Destination { get; private init; }

    public uint Table { get; private init; }

    private IpAddress Gateway { get; init; }

    private int Index { get; init; }

    private int Metric { get; init; }

    private IpAddress Source { get; init; }

    private int Mtu { get; init; }

    private bool IsMtuLocked { get; init; }

    private byte Protocol { get; init; }

    private byte Scope { get; init; }

    private byte Type { get; init; }

    private bool IsOnLink { get; init; }

    private bool IsIPv4 => Destination.Address.IsIPv4;

    public static NetlinkRefusal Read(StackHost host, in NetlinkRequest request, out RouteReader read)
    {
        read = default;
        ReadOnlySpan<byte> body = request.Body;
        var family = (AddressFamily)body[0];
        if (family is not (AddressFamily.Inet or AddressFamily.Inet6)) return Errno.EOPNOTSUPP;
        if (body.Length < RouteMessages.FixedLength) return new(Errno.EINVAL, "Invalid header length");
        bool isIPv4 = family == AddressFamily.Inet;
        if (body[1] > (isIPv4 ? 32 : 128)) return new(Errno.EINVAL, "Invalid prefix length");
        if (body[7] > LastType) return new(Errno.EINVAL, "Invalid route type");
        var attributes = new RequestAttributes(request.Reader.Attributes(RouteMessages.FixedLength));
        if (attributes.HasOtherThan(RTA_DST, RTA_OIF, RTA_GATEWAY, RTA_PRIORITY, RTA_PREFSRC, RTA_METRICS, RTA_TABLE, RTA_PREF, RTA_CACHEINFO) || body[2] != 0 || body[3] != 0)
            return new(Errno.EOPNOTSUPP, "Routes of this host lead to one gateway, by the destination alone");
        if (attributes.TryFind(RTA_PREF, out ReadOnlySpan<byte> preference) && preference.ContainsAnyExcept((byte)0)) return Errno.EOPNOTSUPP;
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(body[8..]);
        NetlinkRefusal refusal = ReadMetrics(attributes, out int mtu, out bool isLocked);
        if (refusal.Error != Errno.None) return refusal;
        IpAddress any = isIPv4 ? IpAddress.AnyIPv4 : IpAddress.AnyIPv6;
        uint table = attributes.UInt32(RTA_TABLE) ?? body[4];
        read = new RouteReader
        {
            Destination = new IpPrefix(attributes.Address(RTA_DST, family) ?? any, body[1]),
            Table = table == 0 ? RouteMessages.TableMain : table,
            Gateway = attributes.Address(RTA_GATEWAY, family) ?? default,
            Index = (int)(attributes.UInt32(RTA_OIF) ?? 0),
            Metric = (int)(attributes.UInt32(RTA_PRIORITY) ?? 0),
            Source = attributes.Address(RTA_PREFSRC, family) ?? default,
            Mtu = mtu,
            IsMtuLocked = isLocked,
            Protocol = body[5],
            Scope = body[6],
            Type = body[7],
            IsOnLink = (flags & RouteMessages.FlagOnLink) != 0,
        };
        if (attributes.IsTooShort) return RequestAttributes.TooShort;
        return read.Index != 0 && host.Interfaces.Find(read.Index) is null ? Errno.ENODEV : Errno.None;
    }

    /// <summary>The route to be added.</summary>
    public NetlinkRefusal ToRoute(StackHost host, out Route? route)
    {
        route = null;
        if (Destination.Network != Destination) return new(Errno.EINVAL, "Invalid prefix for given prefix length");
        if (KindOf(Type) is not { } kind) return new(Errno.EOPNOTSUPP, "Routes of this type are not of this host");
        bool delivers = kind is not (RouteKind.Blackhole or RouteKind.Unreachable or RouteKind.Prohibit);
        NetworkInterface? device = delivers ? host.Interfaces.Find(Index) : host.Loopback;
        if (device is null)
        {
            if (Gateway.IsUnspecified) return new(Errno.ENODEV, "Egress device not specified");
            if (Gateway.IsIPv6 && Gateway.IsLinkLocal) return new(Errno.EINVAL, "Gateway can not be a link local address without a device");
            device = host.Routes.Find(Gateway, 0, onLinkOnly: true)?.Interface;
            if (device is null) return new(IsIPv4 ? Errno.ENETUNREACH : Errno.EHOSTUNREACH, "Nexthop has invalid gateway");
        }
        var made = new Route
        {
            Destination = Destination,
            Interface = device,
            Kind = kind,
            Gateway = Gateway,
            Metric = Metric == 0 && !IsIPv4 ? Route.DefaultIPv6Metric : Metric,
            PreferredSource = Source,
            Mtu = Mtu,
            IsMtuLocked = IsMtuLocked,
            IsOnLink = IsOnLink,
            Protocol = Protocol,
            GivenScope = IsIPv4 ? Scope : null,
        };
        if (RouteMessages.TableOf(made) != Table) return new(Errno.EOPNOTSUPP, "Routes of this type are in one table");
        route = made;
        return Errno.None;
    }

    /// <summary>Whether a request to remove means this route: what it leaves open fits all.</summary>
    public bool Matches(Route route)
        => RouteMessages.TableOf(route) == Table
        && (Metric == 0 || Metric == route.Metric)
        && (Gateway.IsUnspecified || Gateway == route.Gateway)
        && (Index == 0 || Index == route.Interface.Index)
        && (Protocol == 0 || Protocol == route.Protocol)
        && (Type == TypeUnspecified || Type == RouteMessages.TypeOf(route))
        && (Source.IsUnspecified || Source == route.PreferredSource)
        && (!IsIPv4 || Scope == ScopeNowhere || Scope == RouteMessages.ScopeOf(route));

    private static RouteKind? KindOf(byte type)
    {
        for (RouteKind kind = RouteKind.Unicast; kind <= RouteKind.Prohibit; kind++)
        {
            if (RouteMessages.TypeOf(kind) == type) return kind;
        }
        return null;
    }

    private static NetlinkRefusal ReadMetrics(in RequestAttributes attributes, out int mtu, out bool isLocked)
    {
        mtu = 0;
        isLocked = false;
        if (!attributes.TryFind(RTA_METRICS, out ReadOnlySpan<byte> bytes)) return Errno.None;
        var metrics = new NetlinkAttributeReader(bytes);
        while (metrics.MoveNext())
        {
            if (metrics.Type is 0 or > LastMetric) return new(Errno.EINVAL, "Invalid metric type");
            if (metrics.Type == RTAX_MTU) mtu = (int)Math.Min(metrics.UInt32, int.MaxValue);
            else if (metrics.Type == RTAX_LOCK && (metrics.UInt32 & ~(1u << RTAX_MTU)) == 0) isLocked = metrics.UInt32 != 0;
            else return new(Errno.EOPNOTSUPP, "Of all metrics routes of this host have the MTU");
        }
        return Errno.None;
    }
}
