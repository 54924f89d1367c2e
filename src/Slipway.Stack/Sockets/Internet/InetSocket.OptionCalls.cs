using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>What options tell of the route.</summary>
internal abstract partial class InetSocket
{
    /// <summary>An option has taken the route of the connection away (sk_dst_reset): it tells of none until something is sent.</summary>
    public bool HasLostRoute { get; set; }

    /// <inheritdoc/>
    public override void OnRouteLost() => HasLostRoute = true;

    /// <summary>Whether there is a peer whose path MTU can be told: a stream that has ended keeps its route.</summary>
    protected virtual bool KnowsPeer => IsConnected;

    /// <summary>The path MTU to the peer (IP_MTU, IPV6_MTU); -1 while not connected or without a route.</summary>
    public int ConnectedMtu
    {
        get
        {
            if (!KnowsPeer || HasLostRoute) return -1;
            FlowKey flow = FlowTo(PeerAddress, 0, 0, default, dontRoute: false);
            return Host.Ip.Route(flow, out RouteDecision decision) == Errno.None ? decision.Mtu : -1;
        }
    }
}
