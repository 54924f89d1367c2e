using System.Buffers.Binary;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Those who see the frames of one interface. There is none where nobody looks, so that the path of data pays one comparison with null.</summary>
/// <param name="device">The interface.</param>
/// <param name="all">Those who see all protocols, and what is sent too.</param>
/// <param name="some">Those who see one protocol.</param>
internal sealed class PacketTaps(NetworkInterface device, IPacketTap[] all, IPacketTap[] some)
{
    /// <summary>Shows a frame that the device received. Borrowed.</summary>
    public void ShowReceived(PacketBuffer packet)
    {
        PacketBuffer? made = device.IsLoopback ? WithHeader(packet, 0) : null;
        PacketBuffer shown = made ?? packet;
        if (!device.HasLinkAddresses && !device.IsLoopback)
        {
            Show(shown, BareProtocol(shown), 0, default, 0);
            return;
        }
        ushort protocol = TapFrame.ProtocolOf(shown.Span);
        if (!TapFrame.IsVlan(protocol)) Show(shown, protocol, TapFrame.HeaderLength, default, 0);
        else if (shown.Length >= TapFrame.HeaderLength + TapFrame.TagLength + 2)
        {
            ushort tag = BinaryPrimitives.ReadUInt16BigEndian(shown.Span[TapFrame.HeaderLength..]);
            PacketBuffer untagged = Untag(shown);
            Show(untagged, TapFrame.ProtocolOf(untagged.Span), TapFrame.HeaderLength, tag, protocol);
            untagged.Release();
        }
        made?.Release();
    }

    /// <summary>Shows a packet that goes to the device now, to those who see all protocols. Borrowed.</summary>
    /// <param name="packet">As the device gets it.</param>
    /// <param name="protocol">What its sender says that it carries; 0 for what it says itself.</param>
    /// <param name="sender">The packet socket that sent it, which does not see it.</param>
    public void ShowOutgoing(PacketBuffer packet, ushort protocol, PacketSocket? sender)
    {
        if (!device.Device.IsUp || !device.Device.HasCarrier || !IsOutgoingWanted(sender)) return;
        PacketBuffer? made = device.IsLoopback ? WithHeader(packet, protocol) : null;
        PacketBuffer shown = made ?? packet;
        int network = 0;
        if (device.IsLoopback || device.HasLinkAddresses)
        {
            if (protocol == 0) protocol = TapFrame.TypeOf(shown.Span);
            ushort inner = protocol;
            network = TapFrame.NetworkOffsetOf(shown.Span, ref inner);
        }
        else if (protocol == 0) protocol = BareProtocol(shown);
        var frame = new TapFrame { Packet = shown, Interface = device, Type = LinkPacketType.Outgoing, Protocol = protocol, NetworkOffset = network, Time = device.Host.Loop.Now };
        foreach (IPacketTap tap in all)
        {
            if (!tap.IgnoresOutgoing && (sender is null || !tap.Includes(sender))) tap.See(frame);
        }
        made?.Release();
    }

    private bool IsOutgoingWanted(PacketSocket? sender)
    {
        foreach (IPacketTap tap in all)
        {
            if (!tap.IgnoresOutgoing && (sender is null || !tap.Includes(sender))) return true;
        }
        return false;
    }

    private void Show(PacketBuffer packet, ushort protocol, int networkOffset, ushort vlanTag, ushort vlanProtocol)
    {
        var frame = new TapFrame
        {
            Packet = packet,
            Interface = device,
            Type = (LinkPacketType)packet.Destination, // the numbers are the kernel's
            Protocol = protocol,
            NetworkOffset = networkOffset,
            Time = packet.ReceivedAt,
            VlanTag = vlanTag,
            VlanProtocol = vlanProtocol,
        };
        foreach (IPacketTap tap in all) tap.See(frame);
        if (vlanProtocol != 0)
        {
            // There are no devices of VLANs here: a frame of one is for nobody, and those behind this point know nothing of its tag (__netif_receive_skb_core).
            const ushort NumberMask = 0xFFF;
            frame = frame with { VlanTag = 0, VlanProtocol = 0, Type = (vlanTag & NumberMask) != 0 ? LinkPacketType.OtherHost : frame.Type };
        }
        foreach (IPacketTap tap in some)
        {
            if (tap.TapProtocol == protocol) tap.See(frame);
        }
    }

    private static ushort BareProtocol(PacketBuffer packet) => (packet.Length == 0 ? 0 : packet.Span[0] >> 4) switch
    {
        4 => EthernetProtocol.ETH_P_IP,
        6 => EthernetProtocol.ETH_P_IPV6,
        _ => 0,
    };

    /// <summary>A packet of the loopback with its Ethernet header: the one that a packet socket sent it with, else one of zeros, as the kernel's.</summary>
    private static PacketBuffer WithHeader(PacketBuffer packet, ushort protocol)
    {
        PacketBuffer framed = packet.Clone();
        if (packet.HasLinkOffset)
        {
            framed.RestoreStart(-packet.LinkOffset);
            return framed;
        }
        // What a raw socket of IPv4 sends is IPv4, whatever it says of itself.
        ushort type = protocol != 0 ? protocol : BareProtocol(packet) is var own and not 0 ? own : EthernetProtocol.ETH_P_IP;
        Span<byte> header = framed.Prepend(TapFrame.HeaderLength);
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[(TapFrame.HeaderLength - 2)..], type);
        return framed;
    }

    private static PacketBuffer Untag(PacketBuffer packet)
    {
        const int Addresses = 2 * MacAddress.Length;
        PacketBuffer copy = packet.Copy();
        copy.Span[..Addresses].CopyTo(copy.Span[TapFrame.TagLength..]);
        copy.TrimStart(TapFrame.TagLength);
        return copy;
    }
}
