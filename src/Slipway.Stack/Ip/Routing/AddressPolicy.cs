using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Scopes (RFC 6724 §3.1) and the labels of the policy table (§2.1) of IPv6 addresses.</summary>
internal static class AddressPolicy
{
    public const int LinkScope = 2;
    public const int SiteScope = 5;
    public const int GlobalScope = 14;

    private static readonly (IpPrefix Prefix, int Label)[] Labels =
    [
        (IpPrefix.Parse("::1/128"), 0),
        (IpPrefix.Parse("::/96"), 3),
        (IpPrefix.Parse("2001::/32"), 5),
        (IpPrefix.Parse("2002::/16"), 2),
        (IpPrefix.Parse("3ffe::/16"), 12),
        (IpPrefix.Parse("fec0::/10"), 11),
        (IpPrefix.Parse("fc00::/7"), 13),
    ];

    /// <summary>The scope in the numbers of RFC 4291 §2.7; the loopback counts as link-local (RFC 6724 §3.4).</summary>
    public static int ScopeOf(IpAddress address)
    {
        if (address.IsIPv4) return address.IsLoopback || address.IsLinkLocal ? LinkScope : GlobalScope;
        if (address.IsMulticast) return (int)(address.High >> 48) & 0xF;
        if (address.IsLoopback || address.IsLinkLocal) return LinkScope;
        return address.High >> 54 == 0x3FB ? SiteScope : GlobalScope;
    }

    /// <summary>The label; those of equal label belong together.</summary>
    public static int LabelOf(IpAddress address)
    {
        if (address.IsIPv4) return 4;
        int best = 1, length = 0;
        foreach ((IpPrefix prefix, int label) in Labels)
        {
            if (prefix.Length <= length || !prefix.Contains(address)) continue;
            best = label;
            length = prefix.Length;
        }
        return best;
    }
}
