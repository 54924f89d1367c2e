using System.Text;

namespace Slipway.Wire;

/// <summary>The part of <see cref="FramePrinter"/> that reads what hosts and routers say of groups (IGMP and MLD).</summary>
internal static class MulticastPrinter
{
    internal static void AppendIgmp(StringBuilder text, ReadOnlySpan<byte> message, bool verify)
    {
        text.Append("IGMP ");
        if (message.IsEmpty)
        {
            text.Append("[truncated], length 0");
            return;
        }
        switch ((IgmpType)message[0])
        {
            case IgmpType.MembershipQuery:
                text.Append("membership query");
                AppendQuery(text, message, isIPv4: true);
                break;
            case IgmpType.MembershipReportV1:
                text.Append("v1 membership report");
                AppendGroup(text, message, 4);
                break;
            case IgmpType.MembershipReportV2:
                text.Append("v2 membership report");
                AppendGroup(text, message, 4);
                break;
            case IgmpType.LeaveGroup:
                text.Append("leave group");
                AppendGroup(text, message, 4);
                break;
            case IgmpType.MembershipReportV3:
                text.Append("v3 membership report");
                AppendRecords(text, message, isIPv4: true);
                break;
            default:
                text.Append($"type 0x{message[0]:x2}");
                break;
        }
        text.Append($", length {message.Length}");
        if (verify && InternetChecksum.Compute(message) != 0) text.Append(" [bad checksum]");
    }

    internal static void AppendMld(StringBuilder text, ReadOnlySpan<byte> message)
    {
        switch ((Icmpv6Type)message[0])
        {
            case Icmpv6Type.MulticastListenerQuery:
                text.Append("multicast listener query");
                AppendQuery(text, message, isIPv4: false);
                break;
            case Icmpv6Type.MulticastListenerReport:
                text.Append("multicast listener report");
                AppendGroup(text, message, 16);
                break;
            case Icmpv6Type.MulticastListenerDone:
                text.Append("multicast listener done");
                AppendGroup(text, message, 16);
                break;
            default:
                text.Append("multicast listener report v2");
                AppendRecords(text, message, isIPv4: false);
                break;
        }
    }

    private static void AppendQuery(StringBuilder text, ReadOnlySpan<byte> message, bool isIPv4)
    {
        if (!GroupQueryView.TryParse(message, isIPv4, out GroupQueryView query, out WireError error))
        {
            text.Append($" [{error}]");
            return;
        }
        text.Append($" v{query.Version}");
        if (!query.Group.IsUnspecified) text.Append($", {query.Group}");
        for (int i = 0; i < query.SourceCount; i++) text.Append($"{(i == 0 ? " {" : " ")}{query.Source(i)}");
        if (query.SourceCount > 0) text.Append('}');
        if (query.MaxResponse > TimeSpan.Zero) text.Append(System.Globalization.CultureInfo.InvariantCulture, $", max {query.MaxResponse.TotalSeconds:0.###}s");
    }

    private static void AppendGroup(StringBuilder text, ReadOnlySpan<byte> message, int addressLength)
    {
        int offset = addressLength == 4 ? 4 : 8;
        if (message.Length < offset + addressLength) text.Append(" [truncated]");
        else text.Append($" {GroupRecord.Read(message[offset..], addressLength)}");
    }

    private static void AppendRecords(StringBuilder text, ReadOnlySpan<byte> message, bool isIPv4)
    {
        if (!GroupReportView.TryParse(message, isIPv4, out GroupReportView report, out WireError error))
        {
            text.Append($" [{error}]");
            return;
        }
        foreach (GroupRecord record in report)
        {
            text.Append($", {record.Group} {Name(record.Kind)} {{");
            for (int i = 0; i < record.SourceCount; i++) text.Append($"{(i == 0 ? "" : " ")}{record.Source(i)}");
            text.Append('}');
        }
    }

    private static string Name(GroupRecordKind kind) => kind switch
    {
        GroupRecordKind.IsInclude => "is_in",
        GroupRecordKind.IsExclude => "is_ex",
        GroupRecordKind.ToInclude => "to_in",
        GroupRecordKind.ToExclude => "to_ex",
        GroupRecordKind.AllowNewSources => "allow",
        GroupRecordKind.BlockOldSources => "block",
        _ => $"record {(byte)kind}",
    };
}
