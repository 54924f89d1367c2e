using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A prefix that a router advertises (RFC 4861 §6.2.1, AdvPrefixList).</summary>
/// <param name="Prefix">The prefix; hosts make addresses only of one of 64 bits.</param>
public sealed record AdvertisedPrefix(IpPrefix Prefix)
{
    /// <summary>Addresses of the prefix are neighbours (L flag).</summary>
    public bool IsOnLink { get; init; } = true;

    /// <summary>Hosts make addresses from it (A flag).</summary>
    public bool IsAutonomous { get; init; } = true;

    /// <summary>How long it counts; at most 2^32 - 2 s; <see cref="TimeSpan.MaxValue"/> for ever. 30 days by default.</summary>
    public TimeSpan ValidLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long addresses from it are preferred; not longer than <see cref="ValidLifetime"/>. 7 days by default.</summary>
    public TimeSpan PreferredLifetime { get; init; } = TimeSpan.FromDays(7);

    internal PrefixInformation ToOption() => new(Prefix, IsOnLink, IsAutonomous, Seconds(ValidLifetime), Seconds(PreferredLifetime));

    private static uint Seconds(TimeSpan time) => time == TimeSpan.MaxValue ? uint.MaxValue : (uint)Math.Min(time.TotalSeconds, uint.MaxValue - 1);
}
