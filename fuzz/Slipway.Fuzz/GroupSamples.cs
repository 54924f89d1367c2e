using System.Buffers.Binary;
using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>Messages of IGMP and MLD, one of every kind.</summary>
internal static class GroupSamples
{
    private const int ReportHeader = GroupReportView.HeaderLength;

    internal static IEnumerable<(string Name, byte[] Message)> BuildIPv4()
    {
        IpAddress group = IpAddress.Parse("239.1.2.3"), all = IpAddress.AnyIPv4;
        IpAddress[] sources = [IpAddress.Parse("192.0.2.1"), IpAddress.Parse("192.0.2.2")];
        yield return ("igmp v1 query", Finish4(Query(new GroupQuery(1, all), [])));
        yield return ("igmp v2 query", Finish4(Query(new GroupQuery(2, group) { MaxResponse = TimeSpan.FromSeconds(1) }, [])));
        yield return ("igmp v3 query", Finish4(Query(new GroupQuery(3, group) { MaxResponse = TimeSpan.FromSeconds(100), Robustness = 2, Interval = TimeSpan.FromSeconds(300) }, sources)));
        yield return ("igmp v2 report", Finish4([(byte)IgmpType.MembershipReportV2, 0, 0, 0, 239, 1, 2, 3]));
        yield return ("igmp leave", Finish4([(byte)IgmpType.LeaveGroup, 0, 0, 0, 239, 1, 2, 3]));
        yield return ("igmp v3 report", Finish4(Report((byte)IgmpType.MembershipReportV3, group, sources)));
    }

    internal static IEnumerable<(string Name, byte[] Message)> BuildIPv6(IpAddress from, IpAddress to)
    {
        IpAddress group = IpAddress.Parse("ff15::7"), all = IpAddress.AnyIPv6;
        IpAddress[] sources = [IpAddress.Parse("2001:db8::1"), IpAddress.Parse("2001:db8::2")];
        yield return ("mld v1 query", Finish6(Query(new GroupQuery(1, all) { MaxResponse = TimeSpan.FromSeconds(10) }, []), from, to));
        yield return ("mld v2 query", Finish6(Query(new GroupQuery(2, group) { MaxResponse = TimeSpan.FromSeconds(60), Robustness = 2, Interval = TimeSpan.FromSeconds(125) }, sources), from, to));
        yield return ("mld v2 report", Finish6(Report((byte)Icmpv6Type.MulticastListenerReportV2, group, sources), from, to));
    }

    private static byte[] Query(GroupQuery query, IpAddress[] sources)
    {
        byte[] message = new byte[query.LengthWith(sources.Length)];
        query.Write(message, sources);
        return message;
    }

    /// <summary>A report of two records.</summary>
    private static byte[] Report(byte type, IpAddress group, IpAddress[] sources)
    {
        byte[] message = new byte[ReportHeader + 2 * (GroupRecord.FixedLength + group.Length) + sources.Length * group.Length];
        message[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), 2);
        int at = ReportHeader + GroupRecord.Write(message.AsSpan(ReportHeader), GroupRecordKind.AllowNewSources, group, sources);
        GroupRecord.Write(message.AsSpan(at), GroupRecordKind.ToExclude, group, []);
        return message;
    }

    private static byte[] Finish4(byte[] message)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.Compute(message));
        return message;
    }

    private static byte[] Finish6(byte[] message, IpAddress from, IpAddress to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), PartialSum.PseudoHeader(from, to, IpProtocolNumber.Icmpv6, message.Length).Add(message).Checksum);
        return message;
    }
}
