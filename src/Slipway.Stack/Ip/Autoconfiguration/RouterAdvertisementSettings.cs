using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>What a router advertises on a link, and how often (RFC 4861 §6.2.1, whose names they have there).</summary>
public sealed record RouterAdvertisementSettings
{
    /// <summary>Longest time between two advertisements that nobody asked for, 4 s to 1800 s (MaxRtrAdvInterval).</summary>
    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Shortest time, 3 s to three quarters of <see cref="MaxInterval"/> (MinRtrAdvInterval); null for a third of that, but 3 s at least.</summary>
    public TimeSpan? MinInterval { get; init; }

    /// <summary>How long hosts may use it as their default router, 0 (not at all) to 9000 s (AdvDefaultLifetime); null for three times <see cref="MaxInterval"/>.</summary>
    public TimeSpan? RouterLifetime { get; init; }

    /// <summary>Among several default routers: 1 high, 0 medium, -1 low (RFC 4191).</summary>
    public int Preference { get; init; }

    /// <summary>Hop limit that hosts shall use (AdvCurHopLimit); 0 not to say.</summary>
    public byte HopLimit { get; init; } = 64;

    /// <summary>MTU of the link (AdvLinkMTU), bytes; 0 not to say.</summary>
    public int Mtu { get; init; }

    /// <summary>How long a neighbour counts as reachable (AdvReachableTime); zero not to say.</summary>
    public TimeSpan ReachableTime { get; init; }

    /// <summary>Time between solicitations of neighbours (AdvRetransTimer); zero not to say.</summary>
    public TimeSpan RetransmitTimer { get; init; }

    /// <summary>The prefixes; null for the networks of the interface's addresses, link-local ones apart.</summary>
    public IReadOnlyList<AdvertisedPrefix>? Prefixes { get; init; }

    /// <summary>How long prefixes that are found so count; 30 days by default.</summary>
    public TimeSpan ValidLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long addresses from them are preferred, not longer than that; 7 days by default.</summary>
    public TimeSpan PreferredLifetime { get; init; } = TimeSpan.FromDays(7);

    internal TimeSpan LeastInterval => MinInterval ?? TimeSpan.FromTicks(Math.Max(MaxInterval.Ticks / 3, TimeSpan.FromSeconds(3).Ticks));

    internal TimeSpan Lifetime => RouterLifetime ?? MaxInterval * 3;

    /// <summary>Whether the settings fit each other.</summary>
    /// <exception cref="ArgumentException">They do not; the message says why.</exception>
    public void Check()
    {
        static void Require(bool holds, string what)
        {
            if (!holds) throw new ArgumentException(what);
        }
        Require(MaxInterval >= TimeSpan.FromSeconds(4) && MaxInterval <= TimeSpan.FromSeconds(1800), $"{nameof(MaxInterval)} {MaxInterval} is not between 4 s and 1800 s");
        Require(LeastInterval >= TimeSpan.FromSeconds(3) && (MinInterval is null || LeastInterval <= MaxInterval * 0.75), $"{nameof(MinInterval)} {MinInterval} is not between 3 s and three quarters of {MaxInterval}");
        Require(Lifetime == TimeSpan.Zero || Lifetime >= MaxInterval && Lifetime <= TimeSpan.FromSeconds(9000), $"{nameof(RouterLifetime)} {RouterLifetime} is neither 0 nor between {MaxInterval} and 9000 s");
        Require(Preference is >= -1 and <= 1, $"{nameof(Preference)} {Preference} is not -1, 0 or 1");
        Require(Mtu is 0 or >= IPv6Conf.MinMtu, $"{nameof(Mtu)} {Mtu} is less than {IPv6Conf.MinMtu}");
        Require(ReachableTime >= TimeSpan.Zero && ReachableTime <= TimeSpan.FromHours(1), $"{nameof(ReachableTime)} {ReachableTime} is not between 0 and an hour");
        Require(RetransmitTimer >= TimeSpan.Zero && RetransmitTimer <= TimeSpan.FromHours(1), $"{nameof(RetransmitTimer)} {RetransmitTimer} is not between 0 and an hour");
        Require(PreferredLifetime >= TimeSpan.Zero && PreferredLifetime <= ValidLifetime, $"{nameof(PreferredLifetime)} {PreferredLifetime} is not between 0 and {nameof(ValidLifetime)} {ValidLifetime}");
        foreach (AdvertisedPrefix prefix in Prefixes ?? [])
        {
            Require(prefix.Prefix.Address is { IsIPv6: true, IsMulticast: false, IsLinkLocal: false }, $"{prefix.Prefix} is no prefix to advertise");
            Require(prefix.PreferredLifetime >= TimeSpan.Zero && prefix.PreferredLifetime <= prefix.ValidLifetime, $"the preferred lifetime of {prefix.Prefix} is not between 0 and its valid lifetime");
        }
    }
}
