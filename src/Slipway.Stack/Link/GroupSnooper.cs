using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What a switch learns from IGMP and MLD that passes through it (RFC 4541): behind which ports groups are listened to, and behind which routers ask.</summary>
/// <param name="loop">The loop whose time this is.</param>
internal sealed class GroupSnooper(StackLoop loop)
{
    /// <summary>Groups that are kept; what is sent to others goes to all ports.</summary>
    private const int MostGroups = 4096;

    /// <summary>RFC 9776 §8.4 and §8.5 with the default variables.</summary>
    private const long MembershipTime = 260 * StackClock.Second, QuerierTime = 255 * StackClock.Second;

    /// <summary>Questions about a group that a router sends before it gives it up (RFC 9776 §8.8).</summary>
    private const int LastMemberQueries = 2;

    private static readonly IpAddress AllNodes = new(0xFF02_0000_0000_0000, 1);

    private readonly Dictionary<IpAddress, SnoopedGroup> _groups = [];
    private readonly SnoopedGroup _routers = new();
    private long _asked4 = -1, _asked6 = -1;

    public IReadOnlyList<LinkDevice> RouterPorts => _routers.At(loop.Now);

    public IReadOnlyList<LinkDevice> ListenersOf(IpAddress group) => _groups.TryGetValue(group, out SnoopedGroup? found) ? found.At(loop.Now) : [];

    /// <summary>Looks at a frame to a group, and says where it goes.</summary>
    public SnoopedDelivery Look(LinkDevice from, ReadOnlySpan<byte> frame)
    {
        if (!EthernetView.TryParse(frame, out EthernetView ethernet, out _) || ethernet.IsTagged) return SnoopedDelivery.Everywhere;
        return ethernet.Type switch
        {
            EtherType.Ipv4 => Look4(from, ethernet.Payload),
            EtherType.Ipv6 => Look6(from, ethernet.Payload),
            _ => SnoopedDelivery.Everywhere,
        };
    }

    /// <summary>Whether a port gets a frame that does not go to all.</summary>
    public bool Wants(LinkDevice port, SnoopedDelivery delivery) => _routers.Has(port, loop.Now) || delivery.Group is { } group && group.Has(port, loop.Now);

    /// <summary>The port is gone or has lost its carrier.</summary>
    public void Forget(LinkDevice port)
    {
        _routers.Forget(port);
        foreach (SnoopedGroup group in _groups.Values) group.Forget(port);
    }

    private SnoopedDelivery Look4(LinkDevice from, ReadOnlySpan<byte> packet)
    {
        if (!Ipv4View.TryParse(packet, out Ipv4View ip, out _) || !ip.Destination.IsMulticast) return SnoopedDelivery.Everywhere;
        if (ip.Protocol != IpProtocolNumber.Igmp || ip.IsFragment) return Data(ip.Destination, isForEverybody: ip.Destination.IsLinkScopeMulticast, loop.Now < _asked4);
        ReadOnlySpan<byte> message = ip.Payload;
        if (message.Length < 8 || InternetChecksum.Compute(message) != 0) return SnoopedDelivery.Everywhere;
        switch ((IgmpType)message[0])
        {
            case IgmpType.MembershipQuery:
                if (GroupQueryView.TryParse(message, isIPv4: true, out GroupQueryView query, out _)) TakeQuery(from, query, ip.Source, ref _asked4);
                return SnoopedDelivery.Everywhere;
            case IgmpType.MembershipReportV1 or IgmpType.MembershipReportV2:
                Hear(from, IpAddress.ReadIPv4(message[4..]));
                return Reports(loop.Now < _asked4);
            case IgmpType.MembershipReportV3:
                if (GroupReportView.TryParse(message, isIPv4: true, out GroupReportView report, out _)) TakeReport(from, report);
                return Reports(loop.Now < _asked4);
            case IgmpType.LeaveGroup:
                return Reports(loop.Now < _asked4);
            default:
                return SnoopedDelivery.Everywhere;
        }
    }

    private SnoopedDelivery Look6(LinkDevice from, ReadOnlySpan<byte> packet)
    {
        if (!Ipv6View.TryParse(packet, out Ipv6View ip, out _) || !ip.Destination.IsMulticast) return SnoopedDelivery.Everywhere;
        Ipv6ExtensionWalker walker = ip.WalkExtensions();
        bool isMessage = ip.NextHeader == IpProtocolNumber.HopByHop && walker.MoveToEnd() && walker.Next == IpProtocolNumber.Icmpv6 && walker.Payload.Length >= 8;
        bool isAsked = loop.Now < _asked6;
        if (!isMessage) return Data(ip.Destination, isForEverybody: ip.Destination == AllNodes, isAsked);
        ReadOnlySpan<byte> message = walker.Payload;
        if (!PartialSum.PseudoHeader(ip.Source, ip.Destination, IpProtocolNumber.Icmpv6, message.Length).Add(message).IsValid) return SnoopedDelivery.Everywhere;
        switch ((Icmpv6Type)message[0])
        {
            case Icmpv6Type.MulticastListenerQuery:
                if (GroupQueryView.TryParse(message, isIPv4: false, out GroupQueryView query, out _)) TakeQuery(from, query, ip.Source, ref _asked6);
                return SnoopedDelivery.Everywhere;
            case Icmpv6Type.MulticastListenerReport when message.Length >= 24:
                Hear(from, IpAddress.ReadIPv6(message[8..]));
                return Reports(isAsked);
            case Icmpv6Type.MulticastListenerReportV2:
                if (GroupReportView.TryParse(message, isIPv4: false, out GroupReportView report, out _)) TakeReport(from, report);
                return Reports(isAsked);
            case Icmpv6Type.MulticastListenerDone:
                return Reports(isAsked);
            default:
                return Data(ip.Destination, isForEverybody: ip.Destination == AllNodes, isAsked);
        }
    }

    /// <summary>RFC 4541 §2.1.1: hosts are not to hear each other's reports, or those of older versions would hold back their own.</summary>
    private static SnoopedDelivery Reports(bool isAsked) => isAsked ? SnoopedDelivery.Routers : SnoopedDelivery.Everywhere;

    /// <summary>RFC 4541 §2.1.2: 224.0.0.0/24 and ff02::1 go to all, as hosts need not report them; groups that nobody has joined go to routers.</summary>
    private SnoopedDelivery Data(IpAddress group, bool isForEverybody, bool isAsked)
    {
        if (isForEverybody || !isAsked) return SnoopedDelivery.Everywhere;
        if (_groups.TryGetValue(group, out SnoopedGroup? found)) return new SnoopedDelivery(false, found);
        return _groups.Count >= MostGroups ? SnoopedDelivery.Everywhere : SnoopedDelivery.Routers;
    }

    private void TakeQuery(LinkDevice from, GroupQueryView query, IpAddress source, ref long askedUntil)
    {
        // A query from nowhere is one of a switch that stands in for a router: it is answered, but no router is there.
        if (!source.IsUnspecified) _routers.Hear(from, loop.Now + QuerierTime);
        askedUntil = loop.Now + QuerierTime;
        if (query.Group.IsUnspecified || query.SourceCount > 0 || !_groups.TryGetValue(query.Group, out SnoopedGroup? group)) return;
        group.Limit(loop.Now + LastMemberQueries * StackClock.ToNanoseconds(query.MaxResponse));
    }

    private void TakeReport(LinkDevice from, GroupReportView report)
    {
        foreach (GroupRecord record in report)
        {
            bool isListening = record.Kind is GroupRecordKind.IsExclude or GroupRecordKind.ToExclude
                || record.SourceCount > 0 && record.Kind is GroupRecordKind.IsInclude or GroupRecordKind.ToInclude or GroupRecordKind.AllowNewSources;
            if (isListening) Hear(from, record.Group);
        }
    }

    private void Hear(LinkDevice port, IpAddress group)
    {
        if (!group.IsMulticast) return;
        if (!_groups.TryGetValue(group, out SnoopedGroup? found))
        {
            if (_groups.Count >= MostGroups) Sweep();
            if (_groups.Count >= MostGroups) return;
            _groups[group] = found = new SnoopedGroup();
        }
        found.Hear(port, loop.Now + MembershipTime);
    }

    private void Sweep()
    {
        foreach ((IpAddress address, SnoopedGroup group) in _groups)
        {
            group.ForgetOlder(loop.Now);
            if (group.IsEmpty) _groups.Remove(address);
        }
    }
}
