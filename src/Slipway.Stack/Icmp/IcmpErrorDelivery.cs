using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Takes in ICMP errors: finds what they are about, lowers path MTUs, tells the transport.</summary>
internal sealed class IcmpErrorDelivery(StackHost host)
{
    // Values of ip_no_pmtu_disc (the kernel's Documentation/networking/ip-sysctl.rst).
    private const int Disabled = 1, IgnoreAll = 2, OnlyValidated = 3;

    /// <summary>Likely MTUs, for routers that do not tell theirs (RFC 1191 §7.1).</summary>
    private static readonly int[] Plateaus = [32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68];

    /// <returns>False if the message makes no sense.</returns>
    public bool Deliver4(PacketBuffer packet, Icmpv4View message, in ReceivedIp info)
    {
        if (!QuotedPacketView.TryParse(message.Payload, out QuotedPacketView quoted, out _) || !quoted.Source.IsIPv4 || message.Payload[0] >> 4 != 4) return false;
        Errno errno = IcmpErrors.Convert4(message.Type, message.Code, out bool isFatal);
        bool isPathMtu = message.Type == Icmpv4Type.DestinationUnreachable && message.Code == (byte)Icmpv4UnreachableCode.FragmentationNeeded;
        if (message.Type == Icmpv4Type.DestinationUnreachable && message.Code > (byte)Icmpv4UnreachableCode.PrecedenceCutoff || errno == Errno.None) return true;
        if (!IsOurs(quoted)) return true;
        int mode = host.Sysctl.IPv4.NoPmtuDisc.Value;
        if (isPathMtu && (mode == IgnoreAll || mode == OnlyValidated && quoted.Protocol != IpProtocolNumber.Tcp)) return true;
        uint told = isPathMtu ? (uint)message.Mtu : message.Type == Icmpv4Type.ParameterProblem ? message.Pointer : 0u;
        if (isPathMtu && mode == Disabled) told = 0;
        else if (isPathMtu && told == 0) told = Plateau(message.Payload);
        Tell(quoted, info, IcmpError.Of(packet, info, quoted, told, errno, isFatal));
        return true;
    }

    /// <returns>False if the message makes no sense.</returns>
    public bool Deliver6(PacketBuffer packet, Icmpv6View message, in ReceivedIp info)
    {
        if (message.Payload.IsEmpty || message.Payload[0] >> 4 != 6 || !QuotedPacketView.TryParse(message.Payload, out QuotedPacketView quoted, out _)) return false;
        Errno errno = IcmpErrors.Convert6(message.Type, message.Code, out bool isFatal);
        if (!IsOurs(quoted) || quoted.Destination.IsIPv4) return true;
        bool isPathMtu = message.Type == Icmpv6Type.PacketTooBig;
        uint told = isPathMtu || message.Type == Icmpv6Type.ParameterProblem ? message.Rest : 0u;
        Tell(quoted, info, IcmpError.Of(packet, info, quoted, told, errno, isFatal));
        return true;
    }

    /// <summary>Only packets that this host can have sent (RFC 5927 §4): from one of its addresses, to somebody else or itself, and with a transport header to tell by.</summary>
    private bool IsOurs(QuotedPacketView quoted)
        => quoted.HasTransport && host.Interfaces.IsLocal(quoted.Source) && !quoted.Destination.IsLimitedBroadcast
            && host.Routes.Find(quoted.Destination)?.Kind != RouteKind.Broadcast;

    private void Tell(QuotedPacketView quoted, in ReceivedIp info, in IcmpError error)
    {
        ITransport? transport = host.Ip.TransportOf(quoted.Protocol);
        if (error.IsPathMtu && (transport is null || transport.AcceptsPathMtu(error))) LowerPathMtu(quoted, info, error.Info);
        host.Raw.ReceiveError(error);
        transport?.ReceiveError(error);
    }

    private void LowerPathMtu(QuotedPacketView quoted, in ReceivedIp info, uint told)
    {
        bool isIPv4 = info.IsIPv4;
        int scope = quoted.Destination.IsLinkLocal ? info.Interface.Index : 0;
        if (host.Routes.Find(quoted.Destination, isIPv4 ? 0 : scope) is not { } route || route is { Kind: not (RouteKind.Unicast or RouteKind.Multicast) } or { IsMtuLocked: true }) return;
        int current = RouteResolver.InterfaceMtu(route.Interface, route, isIPv4);
        if (host.PathMtu.TryGet(quoted.Destination, out int known, out _)) current = Math.Min(current, known);
        host.PathMtu.Lower(quoted.Destination, (int)Math.Min(told, int.MaxValue), current);
    }

    /// <summary>The greatest plateau below the length of the packet that was too long.</summary>
    private static uint Plateau(ReadOnlySpan<byte> quotedPacket)
    {
        int length = quotedPacket[2] << 8 | quotedPacket[3];
        foreach (int plateau in Plateaus)
        {
            if (plateau < length) return (uint)plateau;
        }
        return (uint)Plateaus[^1];
    }
}
