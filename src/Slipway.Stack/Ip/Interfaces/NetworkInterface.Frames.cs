using Slipway.Wire;

namespace Slipway.Stack;

/// <content>What comes from the device and what goes to it.</content>
public sealed partial class NetworkInterface
{
    /// <summary>Whether 127.0.0.0/8 may pass (route_localnet of all or of this interface).</summary>
    internal bool RoutesLocalnet => Settings.IPv4.RouteLocalnet.IsOn || Host.Sysctl.IPv4.All.RouteLocalnet.IsOn;

    /// <summary>Whether the link can carry IPv6 (RFC 8200 §5) and nobody has switched it off.</summary>
    internal bool HasIPv6 => Mtu >= Ipv6Header.MinimumMtu && !Settings.IPv6.DisableIPv6.IsOn;

    /// <summary>Takes a packet from the device. Ownership moves.</summary>
    void ILinkReceiver.Receive(LinkDevice device, PacketBuffer packet)
    {
        if (!HasLinkAddresses)
        {
            ReceiveBare(packet);
            return;
        }
        if (packet.Destination == LinkDestination.Other || !EthernetView.TryParse(packet.Span, out EthernetView frame, out _) || frame.IsTagged)
        {
            packet.Release();
            return;
        }
        EtherType type = frame.Type;
        packet.LinkOffset = 0;
        packet.TrimStart(EthernetHeader.UntaggedLength);
        switch (type)
        {
            case EtherType.Ipv4:
                Host.Ip.Input4.Receive(this, packet);
                break;
            case EtherType.Ipv6:
                Host.Ip.Input6.Receive(this, packet);
                break;
            case EtherType.Arp:
                Host.Neighbors.Arp.Receive(this, packet);
                break;
            default:
                packet.Release();
                break;
        }
    }

    /// <summary>Sends an IP packet. Ownership moves.</summary>
    /// <param name="packet">The packet, from its IP header on.</param>
    /// <param name="nextHop">The neighbour that gets it, or the group or broadcast address.</param>
    /// <param name="kind">What <paramref name="nextHop"/> is.</param>
    internal void Output(PacketBuffer packet, IpAddress nextHop, RouteKind kind)
    {
        if (!HasLinkAddresses)
        {
            Device.Send(packet);
            return;
        }
        EtherType type = nextHop.IsIPv4 ? EtherType.Ipv4 : EtherType.Ipv6;
        switch (kind)
        {
            case RouteKind.Multicast:
                TransmitTo(packet, MacAddress.ForMulticast(nextHop), type);
                return;
            case RouteKind.Broadcast:
                TransmitTo(packet, MacAddress.Broadcast, type);
                return;
        }
        if (Neighbors.GetOrAdd(nextHop) is not { } neighbor)
        {
            packet.Release();
            return;
        }
        if (neighbor.PrepareToSend(packet)) TransmitTo(packet, neighbor.LinkAddress, type);
    }

    /// <summary>Puts the Ethernet header on and sends. Ownership moves.</summary>
    internal void TransmitTo(PacketBuffer packet, MacAddress destination, EtherType type)
    {
        new EthernetHeader(destination, Device.Address, type).Write(packet.Prepend(EthernetHeader.UntaggedLength));
        Device.Send(packet);
    }

    private void ReceiveBare(PacketBuffer packet)
    {
        switch (packet.Length == 0 ? 0 : packet.Span[0] >> 4)
        {
            case 4:
                Host.Ip.Input4.Receive(this, packet);
                break;
            case 6:
                Host.Ip.Input6.Receive(this, packet);
                break;
            default:
                packet.Release();
                break;
        }
    }
}
