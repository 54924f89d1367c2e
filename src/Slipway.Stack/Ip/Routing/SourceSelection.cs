using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>Which address of the host a packet carries when its sender leaves that open.</summary>
internal static class SourceSelection
{
    /// <summary>
    /// Linux's inet_select_addr: the interface's first primary address in the destination's network, else its first primary address, else one of another
    /// interface that reaches far enough. Unspecified if there is none.
    /// </summary>
    public static IpAddress PrimaryIPv4(NetworkInterface device, IpAddress destination, AddressScope scope)
    {
        IpAddress first = IpAddress.AnyIPv4;
        foreach (LocalAddress local in device.Addresses)
        {
            if (!local.Address.IsIPv4 || local.IsSecondary || local.Scope > scope) continue;
            if (destination.IsUnspecified || local.Prefix.Contains(destination)) return local.Address;
            if (first.IsUnspecified) first = local.Address;
        }
        if (!first.IsUnspecified) return first;
        foreach (NetworkInterface other in device.Host.Interfaces)
        {
            foreach (LocalAddress local in other.Addresses)
            {
                if (local.Address.IsIPv4 && !local.IsSecondary && local.Scope != AddressScope.Link && local.Scope <= scope) return local.Address;
            }
        }
        return IpAddress.AnyIPv4;
    }

    /// <summary>RFC 6724 §5 over the candidates of §4: for a multicast or link-local destination those of the outgoing interface, else those of all.</summary>
    /// <returns>Unspecified if there is none.</returns>
    public static IpAddress SelectIPv6(NetworkInterface device, IpAddress destination, SourcePreferences preferences)
    {
        bool onlyDevice = destination.IsMulticast || AddressPolicy.ScopeOf(destination) <= AddressPolicy.LinkScope;
        LocalAddress? best = null;
        foreach (NetworkInterface candidate in device.Host.Interfaces)
        {
            if (onlyDevice && !ReferenceEquals(candidate, device) || !candidate.IsUp) continue;
            foreach (LocalAddress local in candidate.Addresses)
            {
                if (local.Address.IsIPv4 || local.IsTentative) continue;
                if (best is null || IsBetter(local, best, device, destination, preferences)) best = local;
            }
        }
        return best?.Address ?? IpAddress.AnyIPv6;
    }

    /// <summary>Whether <paramref name="a"/> is to be preferred to <paramref name="b"/>, which stood first. The numbers are those of RFC 6724's rules.</summary>
    private static bool IsBetter(LocalAddress a, LocalAddress b, NetworkInterface device, IpAddress destination, SourcePreferences preferences)
    {
        if (a.Address == destination || b.Address == destination) return a.Address == destination; // 1: same address
        int scopeA = AddressPolicy.ScopeOf(a.Address), scopeB = AddressPolicy.ScopeOf(b.Address);
        if (scopeA != scopeB) // 2: appropriate scope
        {
            int wanted = AddressPolicy.ScopeOf(destination);
            return scopeA < scopeB ? scopeA >= wanted : scopeB < wanted;
        }
        bool avoidA = IsAvoided(a), avoidB = IsAvoided(b);
        if (avoidA != avoidB) return avoidB; // 3: avoid deprecated; 4, home addresses, are of Mobile IP
        bool hereA = ReferenceEquals(a.Interface, device), hereB = ReferenceEquals(b.Interface, device);
        if (hereA != hereB) return hereA; // 5: outgoing interface
        int label = AddressPolicy.LabelOf(destination);
        bool labelA = AddressPolicy.LabelOf(a.Address) == label, labelB = AddressPolicy.LabelOf(b.Address) == label;
        if (labelA != labelB) return labelA; // 6: matching label
        // 7: RFC 6724 prefers temporary addresses; Linux does where the socket or use_tempaddr says so (RFC 5014).
        bool fitsA = IsOfPreferredKind(a, preferences), fitsB = IsOfPreferredKind(b, preferences);
        if (fitsA != fitsB) return fitsA;
        int commonA = Math.Min(a.Address.CommonPrefixLength(destination), a.Prefix.Length);
        int commonB = Math.Min(b.Address.CommonPrefixLength(destination), b.Prefix.Length);
        if (commonA != commonB) return commonA > commonB; // 8: longest matching prefix
        return b.IsOptimistic && !a.IsOptimistic; // Linux: what has been checked is better still
    }

    private static bool IsAvoided(LocalAddress address) => address.IsDeprecated || address.IsOptimistic && !address.Interface.UsesOptimistic;

    private static bool IsOfPreferredKind(LocalAddress address, SourcePreferences preferences)
        => address.IsTemporary == (preferences == SourcePreferences.None ? address.Interface.Settings.IPv6.UseTempAddr.Value >= 2 : (preferences & SourcePreferences.Temporary) != 0);
}
