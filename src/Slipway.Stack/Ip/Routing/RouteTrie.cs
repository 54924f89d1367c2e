using System.Runtime.CompilerServices;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The routes of one family by prefix: a path-compressed binary trie. A lookup goes from the shortest matching prefix to the longest and remembers the last
/// usable route, so conditions (an interface that must be used) need no way back.
/// </summary>
internal sealed class RouteTrie
{
    private Node? _root;

    public Route? Find(IpAddress destination, int interfaceIndex, bool onLinkOnly)
    {
        Route? best = null;
        for (Node? node = _root; node is not null && node.Matches(destination); node = node.Child(destination))
        {
            for (Route? route = node.First; route is not null; route = route.NextSamePrefix)
            {
                if (interfaceIndex != 0 && route.Interface.Index != interfaceIndex || onLinkOnly && route.HasGateway) continue;
                best = route is { IsLearnt: true, HasGateway: true } ? BestRouter(route, interfaceIndex) : route;
                break;
            }
        }
        return best;
    }

    /// <summary>Adds a route behind those of the same prefix that have its metric or less, and among those of its metric behind those that are preferred like it or more.</summary>
    public void Add(Route route)
    {
        Node node = FindOrAddNode(route.Destination);
        ref Route? link = ref node.First;
        while (link is not null && (link.Metric < route.Metric || link.Metric == route.Metric && link.Preference >= route.Preference)) link = ref link.NextSamePrefix;
        route.NextSamePrefix = link;
        link = route;
    }

    /// <summary>RFC 4861 §6.3.6, RFC 4191 §3.2: of the default routers the most preferred that is not known to be unreachable; if all are, the first.</summary>
    private static Route BestRouter(Route first, int interfaceIndex)
    {
        for (Route? route = first; route is not null && route.Metric == first.Metric; route = route.NextSamePrefix)
        {
            if (interfaceIndex != 0 && route.Interface.Index != interfaceIndex) continue;
            if (!route.Interface.Neighbors.TryGet(route.Gateway, out NeighborEntry? router) || router.State != NeighborState.Failed) return route;
        }
        return first;
    }

    public void Remove(Route route)
    {
        int bits = Bits(route.Destination);
        ref Node? place = ref _root;
        while (place is not null && place.Bits < bits) place = ref place.ChildPlace(route.Destination.Address);
        if (place is null) return;
        ref Route? link = ref place.First;
        while (link is not null && !ReferenceEquals(link, route)) link = ref link.NextSamePrefix;
        if (link is null) return;
        link = route.NextSamePrefix;
        route.NextSamePrefix = null;
        // A fork that has come to hold nothing may remain above: it costs a step and goes with its last branch.
        if (place.First is null && (place.Zero is null || place.One is null)) place = place.Zero ?? place.One;
    }

    /// <summary>The first route of exactly this prefix; the others follow it.</summary>
    public Route? FirstOf(IpPrefix prefix)
    {
        int bits = Bits(prefix);
        Node? node = _root;
        while (node is not null && node.Bits < bits && node.Matches(prefix.Address)) node = node.Child(prefix.Address);
        return node is not null && node.Bits == bits && node.Matches(prefix.Address) ? node.First : null;
    }

    private Node FindOrAddNode(IpPrefix prefix)
    {
        int bits = Bits(prefix);
        ref Node? place = ref _root;
        while (true)
        {
            if (place is null) return place = new Node(prefix.Address, bits);
            int common = Math.Min(Math.Min(CommonBits(place.Prefix, prefix.Address), place.Bits), bits);
            if (common == place.Bits)
            {
                if (common == bits) return place;
                place = ref place.ChildPlace(prefix.Address);
                continue;
            }
            var fork = new Node(prefix.Address, common);
            fork.ChildPlace(place.Prefix) = place;
            place = fork;
            if (common == bits) return fork;
        }
    }

    private static int Bits(IpPrefix prefix) => prefix.Address.IsIPv4 ? prefix.Length + 96 : prefix.Length;

    private static int CommonBits(IpAddress left, IpAddress right)
        => left.High != right.High
            ? System.Numerics.BitOperations.LeadingZeroCount(left.High ^ right.High)
            : 64 + System.Numerics.BitOperations.LeadingZeroCount(left.Low ^ right.Low);

    private sealed class Node
    {
        public readonly IpAddress Prefix;
        public readonly int Bits;
        public Route? First;
        public Node? Zero, One;
        private readonly ulong _maskHigh, _maskLow;

        public Node(IpAddress address, int bits)
        {
            Bits = bits;
            _maskHigh = bits >= 64 ? ulong.MaxValue : bits == 0 ? 0 : ulong.MaxValue << (64 - bits);
            _maskLow = bits <= 64 ? 0 : bits == 128 ? ulong.MaxValue : ulong.MaxValue << (128 - bits);
            Prefix = new IpAddress(address.High & _maskHigh, address.Low & _maskLow);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Matches(IpAddress address) => ((address.High ^ Prefix.High) & _maskHigh | (address.Low ^ Prefix.Low) & _maskLow) == 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Node? Child(IpAddress address) => Bits == 128 ? null : HasBit(address) ? One : Zero;

        public ref Node? ChildPlace(IpAddress address)
        {
            if (HasBit(address)) return ref One;
            return ref Zero;
        }

        private bool HasBit(IpAddress address) => (Bits < 64 ? address.High >> (63 - Bits) & 1 : address.Low >> (127 - Bits) & 1) != 0;
    }
}
