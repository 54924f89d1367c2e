namespace Slipway.Stack;

/// <summary>The settings of one interface, in both families; see <see cref="Sysctl.AddInterface"/>.</summary>
public sealed class InterfaceSysctl
{
    internal InterfaceSysctl(Sysctl tree, string name)
    {
        Name = name;
        IPv4 = new IPv4Conf(tree, name);
        IPv4.InheritFrom(tree.IPv4.Default);
        IPv6 = new IPv6Conf(tree, name);
        IPv6.InheritFrom(tree.IPv6.Default);
        NeighborIPv4 = new NeighborConf(tree, "ipv4", name);
        NeighborIPv4.InheritFrom(tree.IPv4.NeighborDefault);
        NeighborIPv6 = new NeighborConf(tree, "ipv6", name);
        NeighborIPv6.InheritFrom(tree.IPv6.NeighborDefault);
    }

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <summary><c>net.ipv4.conf.NAME</c>.</summary>
    public IPv4Conf IPv4 { get; }

    /// <summary><c>net.ipv6.conf.NAME</c>.</summary>
    public IPv6Conf IPv6 { get; }

    /// <summary><c>net.ipv4.neigh.NAME</c>.</summary>
    public NeighborConf NeighborIPv4 { get; }

    /// <summary><c>net.ipv6.neigh.NAME</c>.</summary>
    public NeighborConf NeighborIPv6 { get; }
}
