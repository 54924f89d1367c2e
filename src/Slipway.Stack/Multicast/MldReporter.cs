using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The part of a host in MLD: version 2 (RFC 9777) with the fall-back to 1 (RFC 2710).</summary>
internal sealed class MldReporter : GroupReporter
{
    private const int OldLength = 24;

    private static readonly IpAddress AllNodes = new(0xFF02_0000_0000_0000, 1), AllRouters = new(0xFF02_0000_0000_0000, 2), AllReporters = new(0xFF02_0000_0000_0000, 0x16);

    private long _version1Until = -1;

    public MldReporter(NetworkInterface device, GroupTable table) : base(device, table, "mld")
    {
    }

    /// <summary>The version that is spoken on the link.</summary>
    public int Version => Forced switch
    {
        1 => 1,
        2 => 2,
        _ => Loop.Now < _version1Until ? 1 : 2,
    };

    public override bool SpeaksNewest => Version == 2;

    protected override bool IsIPv4 => false;

    protected override int DefaultRobustness => Device.Host.Sysctl.IPv6.MldQrv.Value;

    protected override long UnsolicitedInterval
    {
        get
        {
            IPv6Conf conf = Device.Settings.IPv6;
            return (SpeaksNewest ? conf.Mldv2UnsolicitedReportInterval : conf.Mldv1UnsolicitedReportInterval).Value * StackClock.Millisecond;
        }
    }

    private int Forced
    {
        get
        {
            int all = Device.Host.Sysctl.IPv6.All.ForceMldVersion.Value;
            return all != 0 ? all : Device.Settings.IPv6.ForceMldVersion.Value;
        }
    }

    /// <summary>Takes a query.</summary>
    public void ReceiveQuery(GroupQueryView query)
    {
        long longest = StackClock.ToNanoseconds(query.MaxResponse);
        if (query.Version == 1)
        {
            if (Forced == 2) return;
            bool wasNewest = SpeaksNewest;
            _version1Until = Loop.Now + OlderVersionTimeout;
            if (wasNewest) CancelAll();
        }
        else if (Version == 2)
        {
            TakeVariables(query);
            if (query.Group.IsUnspecified && query.SourceCount > 0) return;
        }
        ScheduleAnswer(query.Group, query, Math.Max(longest, StackClock.Millisecond));
    }

    /// <summary>Hears another host's report of version 1.</summary>
    public void ReceiveReport(IpAddress group) => HearReport(group);

    public override void Restart()
    {
        _version1Until = -1;
        base.Restart();
    }

    protected internal override void SendReport(PacketBuffer report, int records)
    {
        Span<byte> message = report.Span;
        message[0] = (byte)Icmpv6Type.MulticastListenerReportV2;
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], (ushort)records);
        Device.Host.Mld.Send(Device, report, AllReporters);
    }

    /// <summary>RFC 9777 §6: all but ff02::1 and what stays on the interface.</summary>
    protected override bool IsReported(IpAddress group) => group != AllNodes && (group.High >> 48 & 0xF) >= AddressPolicy.LinkScope;

    protected override void SendJoin(IpAddress group) => Send(Icmpv6Type.MulticastListenerReport, group, group);

    protected override void SendLeave(IpAddress group) => Send(Icmpv6Type.MulticastListenerDone, group, AllRouters);

    private void Send(Icmpv6Type type, IpAddress group, IpAddress destination)
    {
        PacketBuffer packet = Loop.Packets.Rent(OldLength);
        Span<byte> message = packet.Span;
        message.Clear();
        message[0] = (byte)type;
        group.WriteIPv6(message[8..]);
        Device.Host.Mld.Send(Device, packet, destination);
    }
}
