using Slipway.Wire;

namespace Slipway.Fuzz;

/// <summary>Reads what hosts and routers say of groups: queries and reports of IGMP and MLD.</summary>
internal static class GroupViews
{
    internal static void Read(ReadOnlySpan<byte> bytes, ref Digest digest)
    {
        foreach (bool isIPv4 in (ReadOnlySpan<bool>)[true, false])
        {
            if (GroupQueryView.TryParse(bytes, isIPv4, out GroupQueryView query, out WireError error)) Read(query, ref digest);
            digest.Add((long)error);
            if (GroupReportView.TryParse(bytes, isIPv4, out GroupReportView report, out error))
            {
                int count = 0;
                foreach (GroupRecord record in report)
                {
                    count++;
                    digest.Add((long)record.Kind);
                    digest.Add(record.Group);
                    for (int i = 0; i < record.SourceCount; i++) digest.Add(record.Source(i));
                }
                if (count != report.Count) throw new BrokenPromiseException("a report has another number of records than it says");
            }
            digest.Add((long)error);
        }
    }

    /// <summary>What a query says must come back when it is said again.</summary>
    internal static void CheckQuery(ReadOnlySpan<byte> input, bool isIPv4)
    {
        if (!GroupQueryView.TryParse(input, isIPv4, out GroupQueryView query, out _)) return;
        // Of IPv6 an address that stands for one of IPv4 has another form, and is no group.
        if (query.Group.IsIPv4 != isIPv4) return;
        var sources = new IpAddress[query.SourceCount];
        for (int i = 0; i < sources.Length; i++) sources[i] = query.Source(i);
        var said = new GroupQuery(query.Version, query.Group)
        {
            MaxResponse = query.MaxResponse, Robustness = query.Robustness, Interval = query.Interval, SuppressesRouters = query.SuppressesRouters,
        };
        byte[] bytes = new byte[said.LengthWith(sources.Length)];
        said.Write(bytes, sources);
        bool isRead = GroupQueryView.TryParse(bytes, isIPv4, out GroupQueryView again, out _);
        bool isSame = isRead && again.Version == query.Version && again.Group == query.Group && again.MaxResponse == query.MaxResponse && again.Robustness == query.Robustness
            && again.Interval == query.Interval && again.SuppressesRouters == query.SuppressesRouters && again.SourceCount == sources.Length;
        for (int i = 0; isSame && i < sources.Length; i++) isSame = again.Source(i) == sources[i];
        if (!isSame) throw new BrokenPromiseException("a query that was read cannot be said again");
    }

    private static void Read(GroupQueryView query, ref Digest digest)
    {
        digest.Add((long)query.Version);
        digest.Add(query.Group);
        digest.Add(query.MaxResponse.Ticks);
        digest.Add(query.SuppressesRouters);
        digest.Add((long)query.Robustness);
        digest.Add(query.Interval.Ticks);
        for (int i = 0; i < query.SourceCount; i++) digest.Add(query.Source(i));
    }
}
