using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The part of a host in IGMP: version 3 (RFC 9776) with the fall-back to 2 (RFC 2236) and 1 (RFC 1112).</summary>
internal sealed class IgmpReporter : GroupReporter
{
    private const int OldLength = 8;

    /// <summary>How long a router of version 1 waits for answers: its queries do not say (RFC 1112 appendix I).</summary>
    private const long Version1Response = 10 * StackClock.Second;

    private static readonly IpAddress AllHosts = IpAddress.FromIPv4(224, 0, 0, 1), AllRouters = IpAddress.FromIPv4(224, 0, 0, 2), AllReporters = IpAddress.FromIPv4(224, 0, 0, 22);

    private long _version1Until = -1, _version2Until = -1;

    public IgmpReporter(NetworkInterface device, GroupTable table) : base(device, table, "igmp")
    {
    }

    /// <summary>The version that is spoken on the link.</summary>
    public int Version
    {
        get
        {
            int all = Device.Host.Sysctl.IPv4.All.ForceIgmpVersion.Value, own = Device.Settings.IPv4.ForceIgmpVersion.Value;
            if (all == 1 || own == 1 || Loop.Now < _version1Until) return 1;
            return all == 2 || own == 2 || Loop.Now < _version2Until ? 2 : 3;
        }
    }

    public override bool SpeaksNewest => Version == 3;

    protected override bool IsIPv4 => true;

    protected override int DefaultRobustness => Device.Host.Sysctl.IPv4.IgmpQrv.Value;

    protected override long UnsolicitedInterval
    {
        get
        {
            IPv4Conf conf = Device.Settings.IPv4;
            return (SpeaksNewest ? conf.Igmpv3UnsolicitedReportInterval : conf.Igmpv2UnsolicitedReportInterval).Value * StackClock.Millisecond;
        }
    }

    /// <summary>Takes a query.</summary>
    public void ReceiveQuery(GroupQueryView query)
    {
        IpAddress group = query.Group;
        long longest = StackClock.ToNanoseconds(query.MaxResponse);
        if (!query.IsNewest)
        {
            int before = Version;
            if (query.Version == 1) _version1Until = Loop.Now + OlderVersionTimeout;
            else _version2Until = Loop.Now + OlderVersionTimeout;
            if (Version != before) CancelAll();
        }
        if (query.Version == 1 || Version == 1)
        {
            // Version 1 asks about all groups only.
            group = IpAddress.AnyIPv4;
            longest = Version1Response;
        }
        else if (query.IsNewest && Version == 3)
        {
            TakeVariables(query);
            if (group.IsUnspecified && query.SourceCount > 0) return;
        }
        ScheduleAnswer(group, query, Math.Max(longest, StackClock.Millisecond));
    }

    /// <summary>Hears another host's report of version 1 or 2.</summary>
    public void ReceiveReport(IpAddress group) => HearReport(group);

    public override void Restart()
    {
        _version1Until = _version2Until = -1;
        base.Restart();
    }

    protected internal override void SendReport(PacketBuffer report, int records)
    {
        Span<byte> message = report.Span;
        message[0] = (byte)IgmpType.MembershipReportV3;
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], (ushort)records);
        Device.Host.Igmp.Send(Device, report, AllReporters);
    }

    /// <summary>224.0.0.1 is everybody's, and the other groups that routers never forward are reported where that is wanted (igmp_link_local_mcast_reports), for switches that snoop.</summary>
    protected override bool IsReported(IpAddress group) => group != AllHosts && (!group.IsLinkScopeMulticast || Device.Host.Sysctl.IPv4.IgmpLinkLocalMcastReports.IsOn);

    protected override void SendJoin(IpAddress group) => Send(Version == 1 ? IgmpType.MembershipReportV1 : IgmpType.MembershipReportV2, group, group);

    protected override void SendLeave(IpAddress group)
    {
        if (Version == 2) Send(IgmpType.LeaveGroup, group, AllRouters);
    }

    private void Send(IgmpType type, IpAddress group, IpAddress destination)
    {
        PacketBuffer packet = Loop.Packets.Rent(OldLength);
        Span<byte> message = packet.Span;
        message.Clear();
        message[0] = (byte)type;
        group.WriteIPv4(message[4..]);
        Device.Host.Igmp.Send(Device, packet, destination);
    }
}
