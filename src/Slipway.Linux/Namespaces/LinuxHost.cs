using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Linux;

/// <summary>A host on the kernel: a network namespace and the processes whose sockets open in it.</summary>
public sealed class LinuxHost
{
    private readonly List<string> _links = [];

    internal LinuxHost(string name, NetworkNamespace networkNamespace)
    {
        Name = name;
        Namespace = networkNamespace;
        Sockets = LinuxSystem.In(networkNamespace);
    }

    /// <summary>The host's name.</summary>
    public string Name { get; }

    /// <summary>Its interfaces, addresses, routes and sysctls.</summary>
    public NetworkNamespace Namespace { get; }

    /// <summary>System calls whose sockets open in the host.</summary>
    public LinuxSystem Sockets { get; }

    /// <summary>Its links to other hosts in the order in which they were made: <c>eth0</c>, <c>eth1</c> …</summary>
    public IReadOnlyList<string> Links => _links;

    /// <summary>A process on the host.</summary>
    public LinuxProcess CreateProcess(LinuxProcessOptions? options = null)
        => new((options ?? new LinuxProcessOptions()) with { Sockets = Sockets, HostName = Name });

    /// <summary>Adds the default route of the gateway's family.</summary>
    public void AddDefaultRoute(IpAddress gateway)
        => Namespace.AddRoute(new IpPrefix(gateway.IsIPv4 ? IpAddress.AnyIPv4 : IpAddress.AnyIPv6, 0), gateway);

    /// <summary>Lets the host forward packets of both families.</summary>
    public void EnableForwarding()
    {
        Namespace.WriteSysctl("net.ipv4.ip_forward", "1");
        Namespace.WriteSysctl("net.ipv6.conf.all.forwarding", "1");
    }

    internal string NextLink()
    {
        string name = $"eth{_links.Count}";
        _links.Add(name);
        return name;
    }
}
