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
        Taps?.ShowReceived(packet);
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
            packet.ForgetLinkHeader();
            Hand(packet);
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
        Hand(packet);
    }

    private void Hand(PacketBuffer packet)
    {
        packet.Stamp?.ReportScheduled(packet, this);
        // The loopback has no queue.
        if (packet.DepartsAt > Host.Loop.Now && !IsLoopback) (_departures ??= new DepartureQueue(this)).Hold(packet);
        else Depart(packet);
    }

    private DepartureQueue? _departures;

    /// <summary>Gives a packet to the device. Ownership moves.</summary>
    internal void Depart(PacketBuffer packet)
    {
        packet.DepartsAt = 0;
        ReportSent(packet);
        Device.Send(packet, Taps);
    }

    private void ReportSent(PacketBuffer packet)
    {
        if (packet.Stamp is not { } stamp) return;
        packet.Stamp = null;
        stamp.ReportSent(packet, this);
    }

    /// <summary>Sends a frame that a packet socket made. Ownership moves.</summary>
    /// <param name="packet">From the link header on, where the link has one; on the loopback too.</param>
    /// <param name="protocol">What its sender says that it carries; 0 for what it says itself.</param>
    /// <param name="sender">The socket.</param>
    internal void SendFrame(PacketBuffer packet, ushort protocol, PacketSocket sender)
    {
        if (!sender.BypassesQueue) packet.Stamp?.ReportScheduled(packet, this);
        ReportSent(packet);
        if (IsLoopback)
        {
            // The device has no headers: this one goes along, as what is not IP has nothing else to be told by.
            MacAddress destination = MacAddress.Read(packet.Span);
            packet.Destination = destination.Value == 0 ? LinkDestination.Host : destination.IsMulticast ? LinkDestination.Multicast : LinkDestination.Other;
            packet.LinkOffset = 0;
            packet.TrimStart(TapFrame.HeaderLength);
        }
        Device.Send(packet, sender.BypassesQueue ? null : Taps, protocol, sender);
    }

    private void ReceiveBare(PacketBuffer packet)
    {
        if (IsLoopback && packet.HasLinkOffset && !IsForHost(packet))
        {
            packet.Release();
            return;
        }
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

    /// <summary>Whether a packet that a packet socket put on the loopback is IP, and for this host. Unlike what IP itself sent here, addresses of the host in IPv4 are taken for forged.</summary>
    private bool IsForHost(PacketBuffer packet)
    {
        if (packet.Destination == LinkDestination.Other || packet.Length < Ipv4Header.MinimumLength) return false;
        ReadOnlySpan<byte> ip = packet.Span;
        var type = (EtherType)TapFrame.TypeOf(packet.FromLinkHeader);
        if (ip[0] >> 4 != 4) return type == EtherType.Ipv6;
        IpAddress source = IpAddress.ReadIPv4(ip[12..]), destination = IpAddress.ReadIPv4(ip[16..]);
        bool isForged = Host.Interfaces.FindAddress(source) is not null || (source.IsLoopback || destination.IsLoopback) && !RoutesLocalnet;
        return type == EtherType.Ipv4 && !isForged;
    }
}
