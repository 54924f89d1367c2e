using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Puts group records into reports, as few as the MTU allows, and sends them (RFC 9776 §4.2.16).</summary>
internal sealed class ReportBuilder
{
    private const int HeaderRoom4 = Ipv4Header.MinimumLength + 4, HeaderRoom6 = Ipv6Header.Length + 8;

    private readonly GroupReporter _reporter;
    private readonly int _addressLength, _longest;
    private PacketBuffer? _report;
    private int _records;

    public ReportBuilder(GroupReporter reporter, bool isIPv4)
    {
        _reporter = reporter;
        _addressLength = isIPv4 ? 4 : 16;
        _longest = reporter.Device.Mtu - (isIPv4 ? HeaderRoom4 : HeaderRoom6);
    }

    /// <summary>Adds a record. A list of sources that is too long for one report is spread over several; where that would change its meaning, because all but the listed are heard, it is cut.</summary>
    public void Add(GroupRecordKind kind, IpAddress group, ReadOnlySpan<IpAddress> sources)
    {
        int fixedLength = GroupRecord.FixedLength + _addressLength;
        bool mayBeSpread = kind is not (GroupRecordKind.IsExclude or GroupRecordKind.ToExclude);
        do
        {
            int room = _longest - (_report?.Length ?? GroupReportView.HeaderLength) - fixedLength;
            if (_records > 0 && room < sources.Length * _addressLength && (room < _addressLength || !mayBeSpread || sources.IsEmpty))
            {
                Flush();
                continue;
            }
            int fit = Math.Min(sources.Length, room / _addressLength);
            _report ??= _reporter.Loop.Packets.Rent(GroupReportView.HeaderLength);
            if (_records++ == 0) _report.Span.Clear();
            GroupRecord.Write(_report.Append(fixedLength + fit * _addressLength), kind, group, sources[..fit]);
            sources = mayBeSpread ? sources[fit..] : default;
            if (sources.IsEmpty) return;
        }
        while (true);
    }

    /// <summary>Sends what has been added.</summary>
    public void Flush()
    {
        if (_report is not { } report) return;
        _report = null;
        int records = _records;
        _records = 0;
        _reporter.SendReport(report, records);
    }
}
