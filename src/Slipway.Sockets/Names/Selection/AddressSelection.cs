using System.Numerics;

namespace Slipway.Sockets;

/// <summary>
/// Destination address selection: the order in which to try the addresses of a host (RFC 6724 §6). Rules 3, 4 and 7 (deprecated, home and tunnelled addresses)
/// never decide: the hosts here have no such addresses.
/// </summary>
public static class AddressSelection
{
    /// <summary>Sorts candidates, the best first. Equal ones keep their order (rule 10).</summary>
    public static void Sort(Span<AddressCandidate> candidates, AddressSelectionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        // By insertion: lists are short, and the result is the same however the rules relate three addresses.
        for (int next = 1; next < candidates.Length; next++)
        {
            AddressCandidate candidate = candidates[next];
            int place = next;
            for (; place > 0 && Compare(candidate, candidates[place - 1], policy) < 0; place--) candidates[place] = candidates[place - 1];
            candidates[place] = candidate;
        }
    }

    /// <summary>Compares two candidates: negative where the first is to be preferred, 0 where no rule decides.</summary>
    public static int Compare(AddressCandidate left, AddressCandidate right, AddressSelectionPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        // Rule 1: avoid destinations that cannot be reached.
        if ((left.Source is null) != (right.Source is null)) return left.Source is null ? 1 : -1;
        int leftScope = policy.Scope(left.Destination), rightScope = policy.Scope(right.Destination);
        if (left.Source is { } leftSource && right.Source is { } rightSource)
        {
            // Rule 2: prefer a source of the destination's scope.
            bool leftMatches = policy.Scope(leftSource.Address) == leftScope, rightMatches = policy.Scope(rightSource.Address) == rightScope;
            if (leftMatches != rightMatches) return leftMatches ? -1 : 1;
            // Rule 5: prefer a source with the destination's label.
            leftMatches = policy.Label(leftSource.Address) == policy.Label(left.Destination);
            rightMatches = policy.Label(rightSource.Address) == policy.Label(right.Destination);
            if (leftMatches != rightMatches) return leftMatches ? -1 : 1;
        }
        // Rule 6: prefer higher precedence.
        int byPrecedence = policy.Precedence(right.Destination).CompareTo(policy.Precedence(left.Destination));
        if (byPrecedence != 0) return byPrecedence;
        // Rule 8: prefer smaller scope.
        return leftScope != rightScope ? leftScope.CompareTo(rightScope) : ComparePrefixes(left, right);
    }

    // Rule 9: prefer the longest prefix that source and destination share. For IPv4 it counts only within the source's own network, as glibc has it: elsewhere
    // the likeness of two addresses says nothing about their distance.
    private static int ComparePrefixes(AddressCandidate left, AddressCandidate right)
    {
        if (left.Source is not { } leftSource || right.Source is not { } rightSource || left.Destination.Family != right.Destination.Family) return 0;
        return SharedBits(right.Destination, rightSource).CompareTo(SharedBits(left.Destination, leftSource));
    }

    private static int SharedBits(InetAddress destination, SourceAddress source)
    {
        if (destination.Family == AddressFamily.Inet6)
        {
            UInt128 difference = destination.Bits ^ source.Address.MapToIPv6().Bits;
            return (int)UInt128.LeadingZeroCount(difference);
        }
        int shared = BitOperations.LeadingZeroCount(destination.IPv4Bits ^ source.Address.IPv4Bits);
        return shared >= source.PrefixLength ? shared : 0;
    }
}
