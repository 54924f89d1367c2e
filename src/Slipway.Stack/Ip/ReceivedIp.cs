using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What the IP header of a received packet said, for the transport that gets the packet.</summary>
public readonly ref struct ReceivedIp
{
    /// <summary>Source address.</summary>
    public required IpAddress Source { get; init; }

    /// <summary>Destination address.</summary>
    public required IpAddress Destination { get; init; }

    /// <summary>The upper protocol.</summary>
    public required IpProtocolNumber Protocol { get; init; }

    /// <summary>The interface through which the packet came: the loopback for a packet of this host itself.</summary>
    public required NetworkInterface Interface { get; init; }

    /// <summary>What the destination is to this host: local, broadcast or multicast.</summary>
    public required RouteKind DestinationKind { get; init; }

    /// <summary>TTL or hop limit as it arrived.</summary>
    public required byte HopLimit { get; init; }

    /// <summary>Type of service or traffic class.</summary>
    public required byte Tos { get; init; }

    /// <summary>Flow label of IPv6.</summary>
    public int FlowLabel { get; init; }

    /// <summary>Bytes from the IP header to the transport header: options and extension headers included.</summary>
    public int HeaderLength { get; init; }

    /// <summary>Index of <see cref="Interface"/>.</summary>
    public int InterfaceIndex => Interface.Index;

    /// <summary>Whether the packet is IPv4.</summary>
    public bool IsIPv4 => Source.IsIPv4;

    /// <summary>Whether the destination is an address of this host.</summary>
    public bool IsUnicast => DestinationKind == RouteKind.Local;
}
