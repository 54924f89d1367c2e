using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A group that a socket has joined on an interface.</summary>
internal sealed class SocketMembership : GroupListener
{
    public required IpAddress Group { get; init; }

    public required int InterfaceIndex { get; init; }

    /// <summary>The address that named the interface; unspecified where an index or the routing did (IPv4 only).</summary>
    public IpAddress InterfaceAddress { get; init; } = IpAddress.AnyIPv4;

    /// <summary>Option memory that it is charged with (net.core.optmem_max), as Linux counts it.</summary>
    public int Memory => BaseMemory(Group) + (Filter.Count == 0 ? 0 : SourceMemory(Group, Filter.Count));

    /// <summary>Memory of a membership: struct ip_mc_socklist, ipv6_mc_socklist.</summary>
    public static int BaseMemory(IpAddress group) => group.IsIPv4 ? 48 : 56;

    /// <summary>Memory of a list of sources, which grows by ten: struct ip_sf_socklist, ip6_sf_socklist.</summary>
    public static int SourceMemory(IpAddress group, int count) => 24 + (count + 9) / 10 * 10 * group.Length;
}
