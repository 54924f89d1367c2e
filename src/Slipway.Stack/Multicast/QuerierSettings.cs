namespace Slipway.Stack;

/// <summary>How a router asks who listens to which groups (RFC 9776 §8, RFC 9777 §9).</summary>
public sealed record QuerierSettings
{
    /// <summary>The version of IGMP that it speaks, 1 to 3; 0 for none.</summary>
    public int IgmpVersion { get; init; } = 3;

    /// <summary>The version of MLD that it speaks, 1 or 2; 0 for none.</summary>
    public int MldVersion { get; init; } = 2;

    /// <summary>How many lost packets in a row do no harm (Robustness Variable), at least 1.</summary>
    public int Robustness { get; init; } = 2;

    /// <summary>Time between two questions about all groups (Query Interval).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(125);

    /// <summary>Longest time until the answer (Query Response Interval), less than the interval.</summary>
    public TimeSpan Response { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time until the answer to the question whether anybody is left in a group (Last Member Query Interval).</summary>
    public TimeSpan LastMemberInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Throws where the values do not fit each other.</summary>
    /// <exception cref="ArgumentException">A version that there is not, a robustness below 1, or times that are not in order.</exception>
    internal void Check()
    {
        if (IgmpVersion is < 0 or > 3) throw new ArgumentException($"There is no IGMP version {IgmpVersion}.");
        if (MldVersion is < 0 or > 2) throw new ArgumentException($"There is no MLD version {MldVersion}.");
        if (Robustness < 1) throw new ArgumentException("The robustness of a querier is at least 1.");
        if (LastMemberInterval <= TimeSpan.Zero || Response <= TimeSpan.Zero || Interval <= Response) throw new ArgumentException("A querier's response times are more than 0, and its interval is longer than its response time.");
    }
}
