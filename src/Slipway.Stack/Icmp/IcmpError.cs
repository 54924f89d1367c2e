using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>An ICMP error about a packet that this host sent, as a transport gets it.</summary>
public readonly ref struct IcmpError
{
    /// <summary>Whether it is ICMP for IPv4.</summary>
    public required bool IsIPv4 { get; init; }

    /// <summary>The ICMP type: an <see cref="Icmpv4Type"/> or <see cref="Icmpv6Type"/>.</summary>
    public required byte Type { get; init; }

    /// <summary>The ICMP code.</summary>
    public required byte Code { get; init; }

    /// <summary>MTU of the next hop with fragmentation needed and packet too big, the pointer with a parameter problem, else 0 (sock_extended_err's ee_info).</summary>
    public required uint Info { get; init; }

    /// <summary>The errno of Linux's icmp_err_convert and icmpv6_err_convert.</summary>
    public required Errno Errno { get; init; }

    /// <summary>Whether it ends a connection attempt or is shown to a connected socket without IP_RECVERR; the others are hints.</summary>
    public required bool IsFatal { get; init; }

    /// <summary>Who sent it.</summary>
    public required IpAddress Offender { get; init; }

    /// <summary>Source of the packet in question: an address of this host.</summary>
    public required IpAddress Source { get; init; }

    /// <summary>Destination of the packet in question.</summary>
    public required IpAddress Destination { get; init; }

    /// <summary>Its upper protocol.</summary>
    public required IpProtocolNumber Protocol { get; init; }

    /// <summary>Its transport header, eight bytes at least, and what else was quoted. Valid during the call.</summary>
    public required ReadOnlySpan<byte> Transport { get; init; }

    /// <summary>The whole quotation from its IP header on. Valid during the call.</summary>
    public required ReadOnlySpan<byte> Packet { get; init; }

    /// <summary>The interface through which the error came.</summary>
    public required NetworkInterface Interface { get; init; }

    /// <summary>The IP header of the message itself, without options. Valid during the call.</summary>
    public required ReadOnlySpan<byte> Header { get; init; }

    /// <summary>It tells a path MTU: fragmentation needed, or packet too big.</summary>
    public bool IsPathMtu => IsIPv4
        ? Type == (byte)Icmpv4Type.DestinationUnreachable && Code == (byte)Icmpv4UnreachableCode.FragmentationNeeded
        : Type == (byte)Icmpv6Type.PacketTooBig;
}
