using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Sends ICMP errors of IPv4 about packets, where RFC 1122 §3.2.2 and RFC 1812 §4.3.2 allow it.</summary>
internal sealed class Icmpv4Errors(StackHost host, IcmpRateLimiter limiter)
{
    /// <summary>Longest message with its IP header (RFC 1812 §4.3.2.3).</summary>
    private const int MaxMessage = 576;

    /// <summary>Precedence of ICMP errors: internetwork control (RFC 1812 §4.3.2.5).</summary>
    private const byte InternetControl = 0xC0;

    /// <summary>Sends an error about a packet, which stays the caller's.</summary>
    public void Send(PacketBuffer packet, Icmpv4Header header)
    {
        if (packet.Destination != LinkDestination.Host) return;
        Span<byte> original = packet.FromNetworkHeader;
        if (!Ipv4View.TryParse(original, out Ipv4View ip, out _) || !IsEligible(ip)) return;
        IpAddress source = SourceFor(packet, ip.Destination);
        var flow = new FlowKey(ip.Source) { Source = source, Protocol = IpProtocolNumber.Icmpv4, Tos = TosOf(ip.Tos) };
        if (host.Ip.Route(flow, out RouteDecision decision) != Errno.None) return;
        if (!limiter.Allow4(header.Type, header.Code, ip.Source, decision.Interface)) return;
        Transmit(header, ip.Packet, decision, TosOf(ip.Tos));
    }

    /// <summary>Sends a redirect where the kernel would (ip_rt_send_redirect): the source is a neighbour, and so is the better hop.</summary>
    public void SendRedirect(NetworkInterface device, PacketBuffer packet, Ipv4View ip, IpAddress nextHop)
    {
        if (!device.Settings.IPv4.SendRedirects.IsOn && !host.Sysctl.IPv4.All.SendRedirects.IsOn) return;
        if (!device.HasLinkAddresses || packet.Destination != LinkDestination.Host || !IsEligible(ip)) return;
        if (host.Routes.Find(ip.Source, device.Index, onLinkOnly: true) is not { Kind: RouteKind.Unicast }) return;
        if (host.Routes.Find(nextHop, device.Index, onLinkOnly: true) is not { Kind: RouteKind.Unicast } || ip.Source == nextHop) return;
        IpAddress own = SourceSelection.PrimaryIPv4(device, ip.Source, AddressScope.Link);
        var flow = new FlowKey(ip.Source) { Source = own, InterfaceIndex = device.Index, Protocol = IpProtocolNumber.Icmpv4 };
        if (own.IsUnspecified || host.Ip.Route(flow, out RouteDecision decision) != Errno.None || !limiter.AllowRedirect(ip.Source)) return;
        Transmit(Icmpv4Header.Redirect(nextHop), ip.Packet, decision, TosOf(ip.Tos));
    }

    private void Transmit(Icmpv4Header header, ReadOnlySpan<byte> original, in RouteDecision decision, byte tos)
    {
        int room = Math.Min(decision.Mtu, MaxMessage) - Ipv4Header.MinimumLength - Icmpv4Header.Length;
        ReadOnlySpan<byte> quoted = original[..Math.Min(original.Length, room)];
        PacketBuffer message = host.Loop.Packets.Rent(Icmpv4Header.Length + quoted.Length);
        PartialSum sum = InternetChecksum.CopyAndSum(quoted, message.Span[Icmpv4Header.Length..]);
        header.Write(message.Span, sum);
        message.Checksum = PacketChecksum.Trusted;
        host.Counters.Icmp(IcmpCounter.OutMsgs)++;
        host.Counters.IcmpOut((byte)header.Type)++;
        host.Ip.Send(message, decision, new IpSendFields(IpProtocolNumber.Icmpv4) { Tos = tos, PathMtu = PathMtuMode.Dont });
    }

    /// <summary>Never about a fragment other than the first, a packet to or from many, or an ICMP message that is not a query (RFC 1122 §3.2.2).</summary>
    private bool IsEligible(Ipv4View ip)
    {
        if (ip.FragmentOffset != 0) return false;
        IpAddress source = ip.Source, destination = ip.Destination;
        if (source.IsUnspecified || source.IsMulticast || source.IsLimitedBroadcast || destination.IsMulticast || destination.IsLimitedBroadcast) return false;
        if (host.Routes.Find(source) is { Kind: RouteKind.Broadcast } || host.Routes.Find(destination) is { Kind: RouteKind.Broadcast }) return false;
        return ip.Protocol != IpProtocolNumber.Icmpv4 || ip.Payload.Length > 0 && IsQuery((Icmpv4Type)ip.Payload[0]);
    }

    private static bool IsQuery(Icmpv4Type type) => type is Icmpv4Type.Echo or Icmpv4Type.EchoReply or Icmpv4Type.Timestamp or Icmpv4Type.TimestampReply
        or Icmpv4Type.InformationRequest or Icmpv4Type.InformationReply or Icmpv4Type.AddressMaskRequest or Icmpv4Type.AddressMaskReply;

    /// <summary>The address that was spoken to if it is ours; else the route back decides, or the interface that the packet came by.</summary>
    private IpAddress SourceFor(PacketBuffer packet, IpAddress destination)
    {
        // What a route brought here under another's address gets no answer: that cannot be a source.
        if (packet.IsRoutedHere || host.Interfaces.IsLocal(destination)) return destination;
        if (!host.Sysctl.IPv4.IcmpErrorsUseInboundIfaddr.IsOn || packet.Device is not { } device || host.Interfaces.Find(device.Index) is not { } inbound) return IpAddress.AnyIPv4;
        return SourceSelection.PrimaryIPv4(inbound, IpAddress.AnyIPv4, AddressScope.Link);
    }

    private static byte TosOf(byte tos) => (byte)(tos & 0x1E | InternetControl);
}
