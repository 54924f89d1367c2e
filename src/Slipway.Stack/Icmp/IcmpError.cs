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

    /// <summary>The whole quotation from its IP header on, with what came behind it (RFC 4884). Valid during the call.</summary>
    public required ReadOnlySpan<byte> Packet { get; init; }

    /// <summary>The interface through which the error came.</summary>
    public required NetworkInterface Interface { get; init; }

    /// <summary>The IP header of the message itself, with options or extension headers. Valid during the call.</summary>
    public required ReadOnlySpan<byte> Header { get; init; }

    /// <summary>The message. Valid during the call.</summary>
    internal ReadOnlySpan<byte> Message { get; init; }

    /// <summary>Bytes of the largest fragment that it came in; 0 if it came whole.</summary>
    internal int LargestFragment { get; init; }

    /// <summary>It tells a path MTU: fragmentation needed, or packet too big.</summary>
    public bool IsPathMtu => IsIPv4
        ? Type == (byte)Icmpv4Type.DestinationUnreachable && Code == (byte)Icmpv4UnreachableCode.FragmentationNeeded
        : Type == (byte)Icmpv6Type.PacketTooBig;

    /// <summary>Puts together what a message says.</summary>
    /// <param name="packet">Borrowed: the message, with its IP header before it.</param>
    /// <param name="info">What came with it.</param>
    /// <param name="quoted">The packet in question, from its payload.</param>
    /// <param name="told"><see cref="Info"/>.</param>
    /// <param name="errno">What it comes to.</param>
    /// <param name="isFatal">Whether that is no mere hint.</param>
    internal static IcmpError Of(PacketBuffer packet, in ReceivedIp info, QuotedPacketView quoted, uint told, Errno errno = Errno.None, bool isFatal = false)
    {
        ReadOnlySpan<byte> message = packet.Span, quotation = message[Icmpv4Header.Length..];
        return new IcmpError
        {
            IsIPv4 = info.IsIPv4,
            Type = message[0],
            Code = message[1],
            Info = told,
            Errno = errno,
            IsFatal = isFatal,
            Offender = info.Source,
            Source = quoted.Source,
            Destination = quoted.Destination,
            Protocol = quoted.Protocol,
            Transport = quotation[(quoted.Packet.Length - quoted.Transport.Length)..],
            Packet = quotation,
            Interface = info.Interface,
            Header = packet.FromNetworkHeader[..info.HeaderLength],
            Message = message,
            LargestFragment = packet.LargestFragment,
        };
    }
}
