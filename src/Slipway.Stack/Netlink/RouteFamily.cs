using Slipway.Sockets;
using static Slipway.Sockets.NetlinkMessageType;

namespace Slipway.Stack;

/// <summary>NETLINK_ROUTE: looks at the type of a request and at who sends it, and hands it to the one who knows (Linux rtnetlink_rcv_msg).</summary>
internal sealed class RouteFamily(StackHost host) : INetlinkFamily
{
    /// <summary>RTM_MAX, with the types that are not made yet.</summary>
    private const int LastType = 123;

    private const int KindGet = 2;

    private readonly LinkRequests _links = new(host);
    private readonly AddressRequests _addresses = new(host);
    private readonly RouteRequests _routes = new(host);
    private readonly NeighborRequests _neighbors = new(host);

    /// <summary>RTNLGRP_MAX of Linux 6.18.</summary>
    public int Groups => 39;

    /// <inheritdoc/>
    public NetlinkRefusal Serve(in NetlinkRequest request)
    {
        if (request.Type > LastType) return Errno.EOPNOTSUPP;
        if (request.Body.IsEmpty) return Errno.None;
        // The types come in fours: new, del, get, set. Asking is free.
        bool isQuestion = (request.Type & 3) == KindGet;
        if (!isQuestion && !request.Process.HasCapability(Capability.NetAdmin)) return Errno.EPERM;
        bool isDump = isQuestion && request.IsDump;
        return request.Type switch
        {
            RTM_GETLINK => isDump ? _links.Dump(request) : _links.Get(request),
            RTM_NEWLINK or RTM_SETLINK => _links.Change(request),
            RTM_DELLINK => _links.Remove(request),
            RTM_GETADDR => isDump ? _addresses.Dump(request) : _addresses.Get(request),
            RTM_NEWADDR => _addresses.Add(request),
            RTM_DELADDR => _addresses.Remove(request),
            RTM_GETROUTE => isDump ? _routes.Dump(request) : _routes.Get(request),
            RTM_NEWROUTE => _routes.Add(request),
            RTM_DELROUTE => _routes.Remove(request),
            RTM_GETNEIGH => isDump ? _neighbors.Dump(request) : _neighbors.Get(request),
            RTM_NEWNEIGH => _neighbors.Add(request),
            RTM_DELNEIGH => _neighbors.Remove(request),
            RTM_GETRULE when isDump => RuleRequests.Dump(request),
            _ => Errno.EOPNOTSUPP,
        };
    }
}
