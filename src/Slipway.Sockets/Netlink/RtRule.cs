namespace Slipway.Sockets;

/// <summary>A rule of policy routing as rtnetlink(7) tells of it (RTM_NEWRULE).</summary>
/// <param name="Family">AF_INET or AF_INET6.</param>
/// <param name="Priority">The order: the least first.</param>
/// <param name="Table">RT_TABLE_: the table that it looks into.</param>
public sealed record RtRule(AddressFamily Family, int Priority, int Table)
{
    /// <summary>Reads RTM_NEWRULE.</summary>
    public static RtRule Read(NetlinkReader message)
    {
        RtFixed fixedPart = new(message.Body, RtFixed.RuleLength);
        var rule = new RtRule((AddressFamily)fixedPart[0], 0, fixedPart[4]);
        NetlinkAttributeReader attributes = message.Attributes(RtFixed.RuleLength);
        while (attributes.MoveNext())
        {
            if (attributes.Type == RuleAttribute.FRA_PRIORITY) rule = rule with { Priority = (int)attributes.UInt32 };
            if (attributes.Type == RuleAttribute.FRA_TABLE) rule = rule with { Table = (int)attributes.UInt32 };
        }
        return rule;
    }
}
