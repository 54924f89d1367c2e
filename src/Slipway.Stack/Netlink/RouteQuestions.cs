using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.RouteAttribute;

namespace Slipway.Stack;

/// <summary>RTM_GETROUTE without a dump: which way to one destination (Linux inet_rtm_getroute, inet6_rtm_getroute).</summary>
internal sealed class RouteQuestions(StackHost host)
{
    private const uint FlagCloned = 0x200, FlagEntry = 0x2000;
    private const uint CacheLocal = 0x8000_0000, CacheMulticast = 0x2000_0000, CacheBroadcast = 0x1000_0000;
    private const int CacheInfoLength = 32;
    private const byte NobodysProtocol = 0;

    public NetlinkRefusal Answer(in NetlinkRequest request)
    {
        var family = (AddressFamily)request.Body[0];
        if (family is not (AddressFamily.Inet or AddressFamily.Inet6)) return Errno.EOPNOTSUPP;
        if (request.Body.Length < RouteMessages.FixedLength) return new(Errno.EINVAL, "Invalid header for route get request");
        var attributes = new RequestAttributes(request.Reader.Attributes(RouteMessages.FixedLength));
        if (attributes.Has(RTA_IIF)) return new(Errno.EOPNOTSUPP, "Ways of packets that came in are not told");
        IpAddress any = family == AddressFamily.Inet ? IpAddress.AnyIPv4 : IpAddress.AnyIPv6;
        IpAddress destination = attributes.Address(RTA_DST, family) ?? any;
        IpAddress? source = attributes.Address(RTA_SRC, family);
        int index = (int)(attributes.UInt32(RTA_OIF) ?? 0);
        uint user = attributes.UInt32(RTA_UID) ?? (uint)request.Process.UserId;
        if (attributes.IsTooShort) return RequestAttributes.TooShort;
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(request.Body[8..]);
        Errno error = host.Ip.Route(new FlowKey(destination) { Source = source ?? default, InterfaceIndex = index }, out RouteDecision decision);
        if (error != Errno.None) return error;
        var writer = new NetlinkWriter();
        MessageHead head = MessageHead.OfAnswer(NetlinkMessageType.RTM_NEWROUTE, request);
        if ((flags & FlagEntry) != 0 && decision.Route is { } entry) RouteMessages.Write(writer, entry, head);
        else if (family == AddressFamily.Inet) WriteIPv4(writer, head, decision, source, user);
        else WriteIPv6(writer, head, decision, source ?? any);
        return request.Socket.Reply(writer);
    }

    private void WriteIPv4(NetlinkWriter writer, in MessageHead head, in RouteDecision decision, IpAddress? source, uint user)
    {
        head.Begin(writer);
        Span<byte> fixedPart = writer.Fixed(RouteMessages.FixedLength);
        bool isLocal = decision.Kind == RouteKind.Local;
        // Linux looks into the local table through the main one as long as nobody has made rules, and tells that one (RTM_F_LOOKUP_TABLE or not).
        const uint Table = RouteMessages.TableMain;
        fixedPart[0] = (byte)AddressFamily.Inet;
        fixedPart[1] = 32;
        fixedPart[2] = source is null ? (byte)0 : (byte)32;
        fixedPart[4] = (byte)Table;
        fixedPart[5] = NobodysProtocol;
        fixedPart[7] = RouteMessages.TypeOf(decision.Kind);
        uint cache = isLocal ? CacheLocal : decision.Kind == RouteKind.Broadcast ? CacheBroadcast : decision.Kind == RouteKind.Multicast ? CacheMulticast : 0;
        BinaryPrimitives.WriteUInt32LittleEndian(fixedPart[8..], FlagCloned | cache);
        writer.Attribute(RTA_TABLE, Table);
        writer.Attribute(RTA_DST, decision.Destination);
        if (source is { } given) writer.Attribute(RTA_SRC, given);
        writer.Attribute(RTA_OIF, (uint)decision.Interface.Index);
        if (source != decision.Source) writer.Attribute(RTA_PREFSRC, decision.Source);
        if (decision.IsViaGateway) writer.Attribute(RTA_GATEWAY, decision.NextHop);
        WriteMtu(writer, decision);
        writer.Attribute(RTA_UID, user);
        writer.Attribute(RTA_CACHEINFO, stackalloc byte[CacheInfoLength]);
        writer.EndMessage();
    }

    private static void WriteIPv6(NetlinkWriter writer, in MessageHead head, in RouteDecision decision, IpAddress source)
    {
        Route route = decision.Route!;
        head.Begin(writer);
        RouteMessages.WriteFixed(writer, route, 128, 128, RouteMessages.ScopeUniverse);
        writer.Attribute(RTA_DST, decision.Destination);
        writer.Attribute(RTA_SRC, source);
        writer.Attribute(RTA_PREFSRC, decision.Source);
        RouteMessages.WriteMetrics(writer, route);
        writer.Attribute(RTA_PRIORITY, (uint)route.Metric);
        if (decision.IsViaGateway) writer.Attribute(RTA_GATEWAY, decision.NextHop);
        writer.Attribute(RTA_OIF, (uint)route.Interface.Index);
        RouteMessages.WriteIPv6End(writer);
        writer.EndMessage();
    }

    /// <summary>The MTU that was learnt of the path, or the route's.</summary>
    private void WriteMtu(NetlinkWriter writer, in RouteDecision decision)
    {
        int mtu = host.PathMtu.TryGet(decision.Destination, out int learnt, out bool isLocked) ? learnt : 0;
        if (mtu == 0)
        {
            if (decision.Route is { } route) RouteMessages.WriteMetrics(writer, route);
            return;
        }
        int metrics = writer.BeginNest(RTA_METRICS);
        if (isLocked) writer.Attribute(RTAX_LOCK, 1u << RTAX_MTU);
        writer.Attribute(RTAX_MTU, (uint)mtu);
        writer.EndNest(metrics);
    }
}
