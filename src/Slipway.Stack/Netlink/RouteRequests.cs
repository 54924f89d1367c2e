using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.RouteAttribute;

namespace Slipway.Stack;

/// <summary>RTM_NEWROUTE, RTM_DELROUTE and the dump of RTM_GETROUTE (Linux inet_rtm_newroute, inet6_rtm_newroute and their kin).</summary>
internal sealed class RouteRequests(StackHost host)
{
    private const uint FlagCloned = 0x200, FlagPrefix = 0x800;

    private readonly RouteQuestions _questions = new(host);

    public NetlinkRefusal Get(in NetlinkRequest request) => _questions.Answer(request);

    public NetlinkRefusal Dump(in NetlinkRequest request)
    {
        var family = (AddressFamily)request.Body[0];
        RouteFilter filter = default;
        bool hasFixed = request.Body.Length >= RouteMessages.FixedLength;
        if (hasFixed && (BinaryPrimitives.ReadUInt32LittleEndian(request.Body[8..]) & FlagCloned) != 0) filter.IsForNone = true;
        if (request.IsStrict)
        {
            NetlinkRefusal refusal = ReadFilter(request, family, ref filter);
            if (refusal.Error != Errno.None) return refusal;
        }
        MessageHead head = MessageHead.OfDump(NetlinkMessageType.RTM_NEWROUTE, request);
        if (filter.IsUsed) head = head with { Flags = (ushort)(head.Flags | NetlinkFlags.NLM_F_DUMP_FILTERED) };
        var writer = new NetlinkWriter();
        foreach (Route route in RouteOrder.Sort(host.Routes.List()))
        {
            bool isWanted = route.Destination.Address.IsIPv4 ? family != AddressFamily.Inet6 : family != AddressFamily.Inet;
            if (isWanted && filter.Takes(route)) RouteMessages.Write(writer, route, head);
        }
        return request.Socket.StartDump(request, writer, host.Netlink.Changes.Generation);
    }

    public NetlinkRefusal Add(in NetlinkRequest request)
    {
        NetlinkRefusal refusal = RouteReader.Read(host, request, out RouteReader read);
        if (refusal.Error != Errno.None) return refusal;
        refusal = read.ToRoute(host, out Route? route);
        if (refusal.Error != Errno.None) return refusal;
        Errno error = host.Routes.Check(route!);
        if (error != Errno.None) return new(error, error is Errno.ENETUNREACH or Errno.EHOSTUNREACH ? "Nexthop has invalid gateway" : null);
        Route? first = null;
        foreach (Route other in host.Routes.OfPrefix(route!.Destination))
        {
            if (other.Metric != route.Metric || RouteMessages.TableOf(other) != read.Table) continue;
            if (request.Has(NetlinkFlags.NLM_F_EXCL)) return Errno.EEXIST;
            first ??= other;
            bool isSame = other.Gateway == route.Gateway && ReferenceEquals(other.Interface, route.Interface) && other.Kind == route.Kind;
            if (isSame && !request.Has(NetlinkFlags.NLM_F_REPLACE)) return Errno.EEXIST;
        }
        if (first is not null && request.Has(NetlinkFlags.NLM_F_REPLACE)) host.Routes.Replace(first, route);
        else if (!request.Has(NetlinkFlags.NLM_F_CREATE)) return Errno.ENOENT;
        else host.Routes.Insert(route);
        return Errno.None;
    }

    public NetlinkRefusal Remove(in NetlinkRequest request)
    {
        NetlinkRefusal refusal = RouteReader.Read(host, request, out RouteReader read);
        if (refusal.Error != Errno.None) return refusal;
        if (read.Destination.Network != read.Destination) return new(Errno.EINVAL, "Invalid prefix for given prefix length");
        foreach (Route route in host.Routes.OfPrefix(read.Destination))
        {
            if (!read.Matches(route)) continue;
            host.Routes.Remove(route);
            return Errno.None;
        }
        return Errno.ESRCH;
    }

    /// <summary>NETLINK_GET_STRICT_CHK: what the header and the attributes say narrows the dump.</summary>
    private NetlinkRefusal ReadFilter(in NetlinkRequest request, AddressFamily family, ref RouteFilter filter)
    {
        if (request.Body.Length < RouteMessages.FixedLength) return new(Errno.EINVAL, "Invalid header for FIB dump request");
        ReadOnlySpan<byte> body = request.Body;
        if (body[1..4].ContainsAnyExcept((byte)0) || body[6] != 0) return new(Errno.EINVAL, "Invalid values in header for FIB dump request");
        if ((BinaryPrimitives.ReadUInt32LittleEndian(body[8..]) & ~(FlagCloned | FlagPrefix)) != 0) return new(Errno.EINVAL, "Invalid flags for FIB dump request");
        var attributes = new RequestAttributes(request.Reader.Attributes(RouteMessages.FixedLength));
        if (attributes.HasOtherThan(RTA_TABLE, RTA_OIF)) return new(Errno.EINVAL, "Unsupported attribute in dump request");
        filter.Table = attributes.UInt32(RTA_TABLE) ?? body[4];
        filter.Protocol = body[5];
        filter.Type = body[7];
        filter.Index = (int)(attributes.UInt32(RTA_OIF) ?? 0);
        if (attributes.IsTooShort) return RequestAttributes.TooShort;
        if (filter.Index != 0 && host.Interfaces.Find(filter.Index) is null) return Errno.ENODEV;
        // Where all families are asked, one without the table is passed over.
        if (filter.Table is not (0 or RouteMessages.TableMain or RouteMessages.TableLocal or RouteMessages.TableDefault) && family != AddressFamily.Unspecified)
            return new(Errno.ENOENT, family == AddressFamily.Inet6 ? "ipv6: FIB table does not exist" : "ipv4: FIB table does not exist");
        return Errno.None;
    }
}
