using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// Tells those who listen to the groups of NETLINK_ROUTE of each change of links, addresses, routes and neighbours. Where nobody listens, a change costs a comparison.
/// </summary>
internal sealed class RouteChanges(NetlinkLayer layer)
{
    private readonly NetlinkWriter _writer = new();

    /// <summary>Changes with everything that a dump could have seen half: links, addresses, routes.</summary>
    public uint Generation { get; private set; }

    private uint Port => layer.Requester?.Port ?? 0;

    public void LinkChanged(NetworkInterface device) => Link(device, NetlinkMessageType.RTM_NEWLINK);

    public void LinkRemoved(NetworkInterface device) => Link(device, NetlinkMessageType.RTM_DELLINK);

    public void AddressAdded(LocalAddress address) => Address(address, NetlinkMessageType.RTM_NEWADDR);

    public void AddressRemoved(LocalAddress address) => Address(address, NetlinkMessageType.RTM_DELADDR);

    public void RouteAdded(Route route, bool replaces)
        => Route(route, NetlinkMessageType.RTM_NEWROUTE, replaces ? NetlinkFlags.NLM_F_REPLACE : (ushort)(NetlinkFlags.NLM_F_CREATE | NetlinkFlags.NLM_F_EXCL));

    public void RouteRemoved(Route route) => Route(route, NetlinkMessageType.RTM_DELROUTE, 0);

    public void NeighborChanged(NeighborEntry neighbor) => Neighbor(neighbor, NetlinkMessageType.RTM_NEWNEIGH);

    public void NeighborRemoved(NeighborEntry neighbor) => Neighbor(neighbor, NetlinkMessageType.RTM_DELNEIGH);

    private void Link(NetworkInterface device, ushort type)
    {
        Generation++;
        if (!layer.HasListeners(RouteGroup.RTNLGRP_LINK)) return;
        _writer.Clear();
        LinkMessages.Write(_writer, device, new MessageHead(type, 0, layer.RequestSequence, Port));
        layer.Notify(RouteGroup.RTNLGRP_LINK, _writer.Written.ToArray());
    }

    private void Address(LocalAddress address, ushort type)
    {
        Generation++;
        int group = address.Address.IsIPv4 ? RouteGroup.RTNLGRP_IPV4_IFADDR : RouteGroup.RTNLGRP_IPV6_IFADDR;
        if (!layer.HasListeners(group)) return;
        _writer.Clear();
        AddressMessages.Write(_writer, address, new MessageHead(type, 0, layer.RequestSequence, Port));
        layer.Notify(group, _writer.Written.ToArray());
    }

    private void Route(Route route, ushort type, ushort flags)
    {
        Generation++;
        int group = route.Destination.Address.IsIPv4 ? RouteGroup.RTNLGRP_IPV4_ROUTE : RouteGroup.RTNLGRP_IPV6_ROUTE;
        if (!layer.HasListeners(group)) return;
        _writer.Clear();
        RouteMessages.Write(_writer, route, new MessageHead(type, flags, layer.RequestSequence, Port));
        layer.Notify(group, _writer.Written.ToArray());
    }

    private void Neighbor(NeighborEntry neighbor, ushort type)
    {
        if (!layer.HasListeners(RouteGroup.RTNLGRP_NEIGH)) return;
        _writer.Clear();
        NeighborMessages.Write(_writer, neighbor, new MessageHead(type, 0, 0, 0));
        layer.Notify(RouteGroup.RTNLGRP_NEIGH, _writer.Written.ToArray());
    }
}
