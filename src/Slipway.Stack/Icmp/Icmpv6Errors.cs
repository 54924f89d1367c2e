using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Sends ICMPv6 errors about packets, where RFC 4443 §2.4 allows it.</summary>
internal sealed class Icmpv6Errors(StackHost host, IcmpRateLimiter limiter)
{
    /// <summary>Sends an error about a packet, which stays the caller's.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="header">The error.</param>
    /// <param name="evenToMulticast">One of the two kinds that may also be about packets to many (RFC 4443 §2.4 e.3).</param>
    public void Send(PacketBuffer packet, Icmpv6Header header, bool evenToMulticast = false)
    {
        if (!Ipv6View.TryParse(packet.FromNetworkHeader, out Ipv6View ip, out _)) return;
        IpAddress source = ip.Source, destination = ip.Destination;
        if ((destination.IsMulticast || packet.Destination != LinkDestination.Host) && !evenToMulticast) return;
        if (source.IsUnspecified || source.IsMulticast || source.IsIPv4 || destination.IsIPv4 || IsAboutIneligible(ip)) return;
        int scope = source.IsLinkLocal && packet.Device is { Kind: not LinkKind.Loopback } device ? device.Index : 0;
        var flow = new FlowKey(source)
        {
            Source = IsOwn(destination) ? destination : default,
            InterfaceIndex = scope,
            Protocol = IpProtocolNumber.Icmpv6,
        };
        if (host.Ip.Route(flow, out RouteDecision decision) != Errno.None) return;
        if (!limiter.Allow6(header.Type, source, decision.Interface, decision.Route?.Destination.Length ?? 128)) return;
        Transmit(header, ip.Packet, decision);
    }

    /// <summary>Tells the source of a packet that is sent on by the interface it came by of the better first hop (RFC 4861 §8.2; the kernel's ndisc_send_redirect).</summary>
    public void SendRedirect(NetworkInterface device, PacketBuffer packet, Ipv6View ip, IpAddress nextHop)
    {
        IpAddress source = ip.Source, own = device.LinkLocalAddress;
        if (!device.HasLinkAddresses || packet.Destination != LinkDestination.Host || own.IsUnspecified || source.IsUnspecified || source.IsMulticast) return;
        // A better router is named by its link-local address, or nobody would believe it.
        if (nextHop != ip.Destination && !nextHop.IsLinkLocal) return;
        if (host.Routes.Find(source, device.Index) is not { Kind: RouteKind.Unicast, HasGateway: false } || source == nextHop || !limiter.AllowRedirect(source)) return;
        host.Neighbors.Discovery.Redirect(device, own, ip, nextHop);
    }

    private bool IsOwn(IpAddress destination) => !destination.IsMulticast && host.Interfaces.IsLocal(destination);

    private void Transmit(Icmpv6Header header, ReadOnlySpan<byte> original, in RouteDecision decision)
    {
        // As much as fits the least MTU there is (RFC 4443 §2.4 c).
        ReadOnlySpan<byte> quoted = original[..Math.Min(original.Length, Ipv6Header.MinimumMtu - Ipv6Header.Length - Icmpv6Header.Length)];
        PacketBuffer message = host.Loop.Packets.Rent(Icmpv6Header.Length + quoted.Length);
        PartialSum sum = InternetChecksum.CopyAndSum(quoted, message.Span[Icmpv6Header.Length..]);
        header.Write(message.Span, decision.Source, decision.Destination, sum, quoted.Length);
        message.Checksum = PacketChecksum.Trusted;
        host.Counters.Icmp6(IcmpCounter.OutMsgs)++;
        host.Counters.Icmp6Out((byte)header.Type)++;
        host.Ip.Send(message, decision, new IpSendFields(IpProtocolNumber.Icmpv6) { FlowLabel = host.FlowLabels.OfMessage(decision, header.Type, header.Code) });
    }

    /// <summary>Never about an ICMPv6 error or a redirect (RFC 4443 §2.4 e.1, e.2). A later fragment cannot be told and may be answered: RFC 8200 §4.5 wants it.</summary>
    private static bool IsAboutIneligible(Ipv6View ip)
    {
        Ipv6ExtensionWalker walker = ip.WalkExtensions();
        walker.MoveToEnd();
        if (walker.Error != WireError.None || walker.IsLaterFragment || walker.Next != IpProtocolNumber.Icmpv6) return false;
        return walker.Payload.IsEmpty || walker.Payload[0] < 128 || walker.Payload[0] == (byte)Icmpv6Type.Redirect;
    }
}
