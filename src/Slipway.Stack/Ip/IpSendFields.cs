using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What a sender puts into the IP header beside the addresses.</summary>
/// <param name="Protocol">The upper protocol.</param>
public readonly record struct IpSendFields(IpProtocolNumber Protocol)
{
    /// <summary>Hops the packet may make, 1 to 255 (0 is allowed and stays on this host); -1 for the default of the system and of the destination's kind.</summary>
    public int HopLimit { get; init; } = -1;

    /// <summary>Type of service or traffic class.</summary>
    public byte Tos { get; init; }

    /// <summary>How the path MTU is treated.</summary>
    public PathMtuMode PathMtu { get; init; } = PathMtuMode.Want;

    /// <summary>IPV6_DONTFRAG: an IPv6 packet that does not fit is EMSGSIZE instead of being fragmented.</summary>
    public bool DontFragment { get; init; }

    /// <summary>MSG_CONFIRM: the peer has answered lately, the neighbour needs no probe.</summary>
    public bool Confirm { get; init; }

    /// <summary>A multicast packet is not to come back to this host's own members (IP_MULTICAST_LOOP off).</summary>
    public bool NoMulticastLoop { get; init; }

    /// <summary>Flow label of IPv6, 20 bits.</summary>
    public int FlowLabel { get; init; }

    /// <summary>Largest fragment the sender wants (IPV6_MTU), 0 for none; at least 1280 for IPv6.</summary>
    public int FragmentSize { get; init; }

    /// <summary>IPv4 options or IPv6 extension headers; null for none.</summary>
    public IpOptions? Options { get; init; }
}
