using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>ARP (RFC 826) as Linux does it: asks for IPv4 neighbours, answers for this host's addresses, learns from what it hears.</summary>
internal sealed class ArpProtocol(StackHost host) : INeighborProtocol
{
    /// <summary>An entry that changed less than this ago stays: of several answers the first counts (locktime).</summary>
    private const long LockTime = StackClock.Second;

    public void Solicit(NeighborEntry entry, PacketBuffer? cause, bool unicast)
    {
        IpAddress source = SourceFor(entry, cause);
        if (source.IsUnspecified) return;
        MacAddress destination = unicast ? entry.LinkAddress : MacAddress.Broadcast;
        Send(entry.Interface, destination, new ArpHeader(ArpOperation.Request, entry.Interface.Device.Address, source, default, entry.Address));
    }

    public void ReportUnreachable(NeighborEntry entry, PacketBuffer packet) => host.Icmp.ReportLinkFailure(packet);

    /// <summary>Takes an ARP packet, from its header on. Ownership moves.</summary>
    public void Receive(NetworkInterface device, PacketBuffer packet)
    {
        if (packet.Destination != LinkDestination.Other && ArpView.TryParse(packet.Span, out ArpView arp, out _)) Process(device, arp, packet.Destination == LinkDestination.Host);
        packet.Release();
    }

    private void Process(NetworkInterface device, ArpView arp, bool isForUs)
    {
        IpAddress sender = arp.SenderProtocol, target = arp.TargetProtocol;
        if (arp.Operation is not (ArpOperation.Request or ArpOperation.Reply)) return;
        if (target.IsMulticast || target.IsLoopback && !device.RoutesLocalnet) return;
        if (sender.IsUnspecified)
        {
            // A probe for duplicates (RFC 5227 §2.1.1): answered, not learnt from.
            if (arp.Operation == ArpOperation.Request && host.Interfaces.IsLocal(target)) Reply(device, arp);
            return;
        }
        if (sender.IsMulticast || sender.IsLoopback || sender.IsLimitedBroadcast || host.Interfaces.IsLocal(sender)) return;
        if (arp.Operation == ArpOperation.Request && host.Interfaces.IsLocal(target))
        {
            device.Neighbors.GetOrAdd(sender)?.Update(arp.SenderHardware, NeighborState.Stale, mayOverride: true);
            Reply(device, arp);
            return;
        }
        Learn(device, arp, isForUs);
    }

    /// <summary>What was not asked of us only updates what we know already; only an answer to us says that the neighbour can be reached.</summary>
    private void Learn(NetworkInterface device, ArpView arp, bool isForUs)
    {
        if (!device.Neighbors.TryGet(arp.SenderProtocol, out NeighborEntry? entry)) return;
        bool mayOverride = arp.IsGratuitous || host.Loop.Now > entry.Updated + LockTime;
        NeighborState state = arp.Operation == ArpOperation.Reply && isForUs ? NeighborState.Reachable : NeighborState.Stale;
        entry.Update(arp.SenderHardware, state, mayOverride);
    }

    private static void Reply(NetworkInterface device, ArpView request)
        => Send(device, request.SenderHardware, new ArpHeader(ArpOperation.Reply, device.Device.Address, request.TargetProtocol, request.SenderHardware, request.SenderProtocol));

    /// <summary>arp_announce 0: the source of the packet that waits, if it is ours; else the interface's own address for the target.</summary>
    private IpAddress SourceFor(NeighborEntry entry, PacketBuffer? cause)
    {
        if (cause is { HasNetworkOffset: true } && Ipv4View.TryParseQuoted(cause.FromNetworkHeader, out Ipv4View ip, out _) && host.Interfaces.FindAddress(ip.Source) is not null)
            return ip.Source;
        return SourceSelection.PrimaryIPv4(entry.Interface, entry.Address, AddressScope.Link);
    }

    private static void Send(NetworkInterface device, MacAddress destination, ArpHeader arp)
    {
        PacketBuffer packet = device.Host.Loop.Packets.Rent(ArpHeader.Length);
        arp.Write(packet.Span);
        device.TransmitTo(packet, destination, EtherType.Arp);
    }
}
