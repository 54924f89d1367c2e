using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The answer of the routing. Keep it as long as <see cref="Generation"/> equals <see cref="StackHost.RoutingGeneration"/>.</summary>
public readonly record struct RouteDecision
{
    /// <summary>The interface that sends; the loopback for an address of this host.</summary>
    public required NetworkInterface Interface { get; init; }

    /// <summary>The source address: the one asked for, or the one chosen.</summary>
    public required IpAddress Source { get; init; }

    /// <summary>The destination.</summary>
    public required IpAddress Destination { get; init; }

    /// <summary>The neighbour that gets the packet: the gateway, or the destination itself.</summary>
    public required IpAddress NextHop { get; init; }

    /// <summary>What kind of destination it is: unicast, local, broadcast or multicast.</summary>
    public required RouteKind Kind { get; init; }

    /// <summary>Largest IP packet in bytes: the path's as far as it is known, at most the interface's.</summary>
    public required int Mtu { get; init; }

    /// <summary>The path MTU is not to be lowered by ICMP, and packets go without the don't-fragment bit unless a socket insists (the route's <c>mtu lock</c>, or a path below min_pmtu).</summary>
    public bool IsMtuLocked { get; init; }

    /// <summary>State of the routing when this was decided.</summary>
    public required uint Generation { get; init; }

    /// <summary>The route that was used; null for a destination that is taken to be on the link without one.</summary>
    public Route? Route { get; init; }

    /// <summary>Whether the packet goes through a gateway.</summary>
    public bool IsViaGateway => NextHop != Destination;
}
