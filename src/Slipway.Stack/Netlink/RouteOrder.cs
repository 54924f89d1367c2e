using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>The order in which Linux tells routes: IPv4 before IPv6, the main table before the local one, and within one as its tree is walked.</summary>
internal static class RouteOrder
{
    public static List<Route> Sort(IReadOnlyList<Route> routes)
    {
        var sorted = new List<Route>(routes);
        sorted.Sort(Compare);
        return sorted;
    }

    private static int Compare(Route a, Route b)
    {
        IpPrefix left = a.Destination, right = b.Destination;
        if (left.Address.IsIPv4 != right.Address.IsIPv4) return left.Address.IsIPv4 ? -1 : 1;
        int order = RouteMessages.TableOf(a).CompareTo(RouteMessages.TableOf(b));
        if (order != 0) return order;
        order = left.Address.IsIPv4 ? CompareIPv4(left, right) : CompareIPv6(left, right);
        if (order == 0) order = a.Metric.CompareTo(b.Metric);
        return order != 0 ? order : a.Order.CompareTo(b.Order);
    }

    /// <summary>By address; of one address the longest prefix first.</summary>
    private static int CompareIPv4(IpPrefix a, IpPrefix b)
    {
        int order = a.Address.CompareTo(b.Address);
        return order != 0 ? order : b.Length.CompareTo(a.Length);
    }

    /// <summary>By address, but a network behind all that lies in it: the walk comes to a fork after its branches.</summary>
    private static int CompareIPv6(IpPrefix a, IpPrefix b)
    {
        if (a.Length < b.Length && a.Contains(b.Address)) return 1;
        if (b.Length < a.Length && b.Contains(a.Address)) return -1;
        return a.Address.CompareTo(b.Address);
    }
}
