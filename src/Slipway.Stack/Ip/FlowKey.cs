using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The question to the routing: from where, to where, under which conditions.</summary>
/// <param name="Destination">Where to. Unspecified means this host itself, as Linux takes it.</param>
public readonly record struct FlowKey(IpAddress Destination)
{
    /// <summary>The source address, unspecified to have one chosen (RFC 6724; for IPv4 the route's preferred or the interface's primary address).</summary>
    public IpAddress Source { get; init; }

    /// <summary>The interface that must be used (SO_BINDTODEVICE, IP_UNICAST_IF, a scope id); 0 for any.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>
    /// Whether the interface decides only among routes that are as good as each other. In IPv6 it does where the source is known, the socket is not bound to it (SO_BINDTODEVICE), and
    /// the destination is not one that has a meaning on its link alone (Linux ip6_route_output_flags).
    /// </summary>
    internal bool IsInterfaceWish { get; init; }

    /// <summary>The upper protocol.</summary>
    public IpProtocolNumber Protocol { get; init; }

    /// <summary>Type of service or traffic class.</summary>
    public byte Tos { get; init; }

    /// <summary>Only hosts on the link (MSG_DONTROUTE, SO_DONTROUTE): routes through a gateway do not count.</summary>
    public bool DontRoute { get; init; }

    /// <summary>The source need not be an address of this host (IP_TRANSPARENT, IP_FREEBIND, raw sockets with their own header).</summary>
    public bool AnySource { get; init; }

    /// <summary>What to prefer in the choice of a source (IPV6_ADDR_PREFERENCES, RFC 5014).</summary>
    public SourcePreferences Preferences { get; init; }
}
