using System.Buffers.Binary;

namespace Slipway.Sockets;

/// <summary>Links, addresses, routes and neighbours of a host by rtnetlink(7): reads them, changes them (CAP_NET_ADMIN) and tells of changes. It works on the kernel and on hosts of a lab alike.</summary>
/// <example><code>
/// using var network = new NetlinkRoute(process.Sockets);
/// foreach (RtAddress address in network.Addresses()) Console.WriteLine($"{address.Address}/{address.PrefixLength}");
/// network.AddRoute(new RtRoute(AddressFamily.Inet, null, 0) { Gateway = new InetAddress("10.0.0.254", 0) });
/// </code></example>
public sealed class NetlinkRoute : IDisposable
{
    private const uint Up = 1;

    private readonly SocketSystem _system;
    private readonly NetlinkClient _client;
    private readonly NetlinkWriter _request = new();

    /// <summary>Opens a socket.</summary>
    /// <exception cref="SocketCallException">The system has no rtnetlink.</exception>
    public NetlinkRoute(SocketSystem system)
    {
        _system = system;
        _client = new NetlinkClient(system, NetlinkProtocol.NETLINK_ROUTE);
    }

    /// <summary>The socket that asks.</summary>
    public NetlinkClient Client => _client;

    /// <summary>All links.</summary>
    public List<RtLink> Links()
    {
        Begin(NetlinkMessageType.RTM_GETLINK, 0, RtFixed.LinkLength);
        return _client.Dump(_request, nameof(NetlinkMessageType.RTM_GETLINK), RtLink.Read);
    }

    /// <summary>One link.</summary>
    /// <exception cref="NetlinkException">ENODEV: there is none of that name.</exception>
    public RtLink Link(string name)
    {
        Begin(NetlinkMessageType.RTM_GETLINK, 0, RtFixed.LinkLength);
        _request.Attribute(LinkAttribute.IFLA_IFNAME, name);
        return _client.Ask(_request, nameof(NetlinkMessageType.RTM_GETLINK), RtLink.Read);
    }

    /// <summary>All addresses, of one family or of both.</summary>
    public List<RtAddress> Addresses(AddressFamily family = AddressFamily.Unspecified)
    {
        Begin(NetlinkMessageType.RTM_GETADDR, 0, RtFixed.AddressLength)[0] = (byte)family;
        return _client.Dump(_request, nameof(NetlinkMessageType.RTM_GETADDR), RtAddress.Read);
    }

    /// <summary>All routes, of one family or of both, in all tables.</summary>
    public List<RtRoute> Routes(AddressFamily family = AddressFamily.Unspecified)
    {
        Begin(NetlinkMessageType.RTM_GETROUTE, 0, RtFixed.RouteLength)[0] = (byte)family;
        return _client.Dump(_request, nameof(NetlinkMessageType.RTM_GETROUTE), RtRoute.Read);
    }

    /// <summary>The way to one destination.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="source">From which address; null for any.</param>
    /// <param name="index">By which link; 0 for any.</param>
    /// <exception cref="NetlinkException">ENETUNREACH: there is none.</exception>
    public RtRoute RouteTo(InetAddress destination, InetAddress? source = null, int index = 0)
    {
        const uint LookUpTable = 0x1000;
        Span<byte> fixedPart = Begin(NetlinkMessageType.RTM_GETROUTE, 0, RtFixed.RouteLength);
        int bits = destination.Family == AddressFamily.Inet ? 32 : 128;
        fixedPart[0] = (byte)destination.Family;
        fixedPart[1] = (byte)bits;
        fixedPart[2] = source is null ? (byte)0 : (byte)bits;
        BinaryPrimitives.WriteUInt32LittleEndian(fixedPart[8..], LookUpTable);
        _request.Attribute(RouteAttribute.RTA_DST, destination);
        if (source is { } from) _request.Attribute(RouteAttribute.RTA_SRC, from);
        if (index != 0) _request.Attribute(RouteAttribute.RTA_OIF, (uint)index);
        return _client.Ask(_request, nameof(NetlinkMessageType.RTM_GETROUTE), RtRoute.Read);
    }

    /// <summary>All neighbours, of one family or of both.</summary>
    public List<RtNeighbor> Neighbors(AddressFamily family = AddressFamily.Unspecified)
    {
        Begin(NetlinkMessageType.RTM_GETNEIGH, 0, RtFixed.NeighborLength)[0] = (byte)family;
        return _client.Dump(_request, nameof(NetlinkMessageType.RTM_GETNEIGH), RtNeighbor.Read);
    }

    /// <summary>The rules of policy routing, of one family or of all.</summary>
    public List<RtRule> Rules(AddressFamily family = AddressFamily.Unspecified)
    {
        Begin(NetlinkMessageType.RTM_GETRULE, 0, RtFixed.RuleLength)[0] = (byte)family;
        return _client.Dump(_request, nameof(NetlinkMessageType.RTM_GETRULE), RtRule.Read);
    }

    /// <summary>Changes a link.</summary>
    /// <param name="index">The link.</param>
    /// <param name="up">Up or down; null to leave it.</param>
    /// <param name="mtu">Largest packet in bytes; null to leave it.</param>
    /// <param name="address">The link-layer address; empty to leave it.</param>
    /// <param name="queueLength">How many packets may wait to be sent; null to leave it.</param>
    /// <exception cref="NetlinkException">EPERM; ENODEV; EINVAL: the MTU is out of range; EADDRNOTAVAIL: no address of a card.</exception>
    public void SetLink(int index, bool? up = null, int? mtu = null, ReadOnlySpan<byte> address = default, int? queueLength = null)
    {
        Span<byte> fixedPart = Begin(NetlinkMessageType.RTM_NEWLINK, 0, RtFixed.LinkLength);
        BinaryPrimitives.WriteInt32LittleEndian(fixedPart[4..], index);
        if (up is { } state)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(fixedPart[8..], state ? Up : 0);
            BinaryPrimitives.WriteUInt32LittleEndian(fixedPart[12..], Up);
        }
        if (mtu is { } bytes) _request.Attribute(LinkAttribute.IFLA_MTU, (uint)bytes);
        if (!address.IsEmpty) _request.Attribute(LinkAttribute.IFLA_ADDRESS, address);
        if (queueLength is { } packets) _request.Attribute(LinkAttribute.IFLA_TXQLEN, (uint)packets);
        _client.Execute(_request, nameof(NetlinkMessageType.RTM_NEWLINK));
    }

    /// <summary>Adds an address.</summary>
    /// <exception cref="NetlinkException">EPERM; ENODEV; EEXIST.</exception>
    public void AddAddress(RtAddress address)
        => Change(NetlinkMessageType.RTM_NEWADDR, nameof(NetlinkMessageType.RTM_NEWADDR), NetlinkFlags.NLM_F_CREATE | NetlinkFlags.NLM_F_EXCL, address);

    /// <summary>Removes an address.</summary>
    /// <exception cref="NetlinkException">EPERM; ENODEV; EADDRNOTAVAIL.</exception>
    public void RemoveAddress(RtAddress address)
        => Change(NetlinkMessageType.RTM_DELADDR, nameof(NetlinkMessageType.RTM_DELADDR), 0, address);

    /// <summary>Adds a route.</summary>
    /// <param name="route">The route.</param>
    /// <param name="replace">Whether it takes the place of one of the same destination and metric.</param>
    /// <exception cref="NetlinkException">EPERM; EEXIST; ENETUNREACH: the gateway is on no link; ENODEV; ENETDOWN.</exception>
    public void AddRoute(RtRoute route, bool replace = false)
        => Change(NetlinkMessageType.RTM_NEWROUTE, nameof(NetlinkMessageType.RTM_NEWROUTE), (ushort)(NetlinkFlags.NLM_F_CREATE | (replace ? NetlinkFlags.NLM_F_REPLACE : NetlinkFlags.NLM_F_EXCL)), route);

    /// <summary>Removes a route.</summary>
    /// <exception cref="NetlinkException">EPERM; ESRCH: there is none.</exception>
    public void RemoveRoute(RtRoute route)
        => Change(NetlinkMessageType.RTM_DELROUTE, nameof(NetlinkMessageType.RTM_DELROUTE), 0, route);

    /// <summary>Sets a neighbour.</summary>
    /// <param name="neighbor">The neighbour.</param>
    /// <param name="isNew">Whether it must not be known yet.</param>
    /// <exception cref="NetlinkException">EPERM; ENODEV; EINVAL; EEXIST.</exception>
    public void SetNeighbor(RtNeighbor neighbor, bool isNew = false)
        => Change(NetlinkMessageType.RTM_NEWNEIGH, nameof(NetlinkMessageType.RTM_NEWNEIGH), (ushort)(NetlinkFlags.NLM_F_CREATE | (isNew ? NetlinkFlags.NLM_F_EXCL : NetlinkFlags.NLM_F_REPLACE)), neighbor);

    /// <summary>Forgets a neighbour.</summary>
    /// <exception cref="NetlinkException">EPERM; ENODEV; ENOENT: it is not known.</exception>
    public void RemoveNeighbor(RtNeighbor neighbor)
        => Change(NetlinkMessageType.RTM_DELNEIGH, nameof(NetlinkMessageType.RTM_DELNEIGH), 0, neighbor);

    /// <summary>Opens a socket of its own that hears of changes.</summary>
    /// <param name="groups">Of <see cref="RouteGroup"/>; none for all of links, addresses, routes and neighbours.</param>
    public NetlinkWatch Watch(params ReadOnlySpan<int> groups) => new(_system, groups);

    /// <summary>Closes the socket.</summary>
    public void Dispose() => _client.Dispose();

    private Span<byte> Begin(ushort type, ushort flags, int fixedLength)
    {
        _request.Clear();
        _request.BeginMessage(type, flags);
        Span<byte> fixedPart = _request.Fixed(fixedLength);
        _request.EndMessage();
        return fixedPart;
    }

    private void Change(ushort type, string name, ushort flags, RtAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> fixedPart = Begin(type, flags, RtFixed.AddressLength);
        fixedPart[0] = (byte)address.Address.Family;
        fixedPart[1] = (byte)address.PrefixLength;
        fixedPart[2] = (byte)address.Flags;
        fixedPart[3] = (byte)address.Scope;
        BinaryPrimitives.WriteInt32LittleEndian(fixedPart[4..], address.Index);
        _request.Attribute(AddressAttribute.IFA_LOCAL, address.Address);
        _request.Attribute(AddressAttribute.IFA_ADDRESS, address.Peer ?? address.Address);
        if (address.Broadcast is { } broadcast) _request.Attribute(AddressAttribute.IFA_BROADCAST, broadcast);
        if (address.Label is { } label) _request.Attribute(AddressAttribute.IFA_LABEL, label);
        if (address.Flags > byte.MaxValue) _request.Attribute(AddressAttribute.IFA_FLAGS, address.Flags);
        if (address.Metric != 0) _request.Attribute(AddressAttribute.IFA_RT_PRIORITY, (uint)address.Metric);
        if (type == NetlinkMessageType.RTM_NEWADDR && address is not { PreferredSeconds: RtAddress.Forever, ValidSeconds: RtAddress.Forever })
        {
            Span<byte> times = stackalloc byte[16];
            times.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(times, address.PreferredSeconds);
            BinaryPrimitives.WriteUInt32LittleEndian(times[4..], address.ValidSeconds);
            _request.Attribute(AddressAttribute.IFA_CACHEINFO, times);
        }
        _client.Execute(_request, name);
    }

    private void Change(ushort type, string name, ushort flags, RtRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        Span<byte> fixedPart = Begin(type, flags, RtFixed.RouteLength);
        fixedPart[0] = (byte)route.Family;
        fixedPart[1] = (byte)route.PrefixLength;
        fixedPart[4] = (byte)route.Table;
        fixedPart[5] = (byte)route.Protocol;
        fixedPart[6] = (byte)route.Scope;
        fixedPart[7] = (byte)route.Type;
        BinaryPrimitives.WriteUInt32LittleEndian(fixedPart[8..], route.Flags);
        if (route.Table > byte.MaxValue) _request.Attribute(RouteAttribute.RTA_TABLE, (uint)route.Table);
        if (route.Destination is { } destination) _request.Attribute(RouteAttribute.RTA_DST, destination);
        if (route.Gateway is { } gateway) _request.Attribute(RouteAttribute.RTA_GATEWAY, gateway);
        if (route.Index != 0) _request.Attribute(RouteAttribute.RTA_OIF, (uint)route.Index);
        if (route.PreferredSource is { } source) _request.Attribute(RouteAttribute.RTA_PREFSRC, source);
        if (route.Metric != 0) _request.Attribute(RouteAttribute.RTA_PRIORITY, (uint)route.Metric);
        if (route.Mtu != 0)
        {
            int metrics = _request.BeginNest(RouteAttribute.RTA_METRICS);
            if (route.IsMtuLocked) _request.Attribute(RouteAttribute.RTAX_LOCK, 1u << RouteAttribute.RTAX_MTU);
            _request.Attribute(RouteAttribute.RTAX_MTU, (uint)route.Mtu);
            _request.EndNest(metrics);
        }
        _client.Execute(_request, name);
    }

    private void Change(ushort type, string name, ushort flags, RtNeighbor neighbor)
    {
        ArgumentNullException.ThrowIfNull(neighbor);
        Span<byte> fixedPart = Begin(type, flags, RtFixed.NeighborLength);
        fixedPart[0] = (byte)neighbor.Address.Family;
        BinaryPrimitives.WriteInt32LittleEndian(fixedPart[4..], neighbor.Index);
        BinaryPrimitives.WriteUInt16LittleEndian(fixedPart[8..], (ushort)neighbor.State);
        fixedPart[10] = (byte)neighbor.Flags;
        _request.Attribute(NeighborAttribute.NDA_DST, neighbor.Address);
        if (!neighbor.LinkAddress.IsEmpty) _request.Attribute(NeighborAttribute.NDA_LLADDR, neighbor.LinkAddress.Span);
        _client.Execute(_request, name);
    }
}
