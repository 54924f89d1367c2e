using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Bench;

/// <summary>The machine's kernel: its loopback, or hosts in network namespaces.</summary>
internal static class KernelHosts
{
    /// <summary>Two sockets on the loopback device.</summary>
    public static UdpPair Loopback() => new(LinuxSystem.Current, LinuxSystem.Current, InetAddress.LoopbackIPv4(0));

    /// <summary>The congestion control that the kernel is measured with: a machine's default may be bbr, whose pacing costs its loopback a quarter.</summary>
    public const string Congestion = "cubic";

    /// <summary>Streams over the loopback device; in a namespace of their own, where this process may make one, so that no connection of an earlier row is in the way.</summary>
    public static StreamHosts Streams()
    {
        NetworkNamespace? space = Environment.IsPrivilegedProcess ? NetworkNamespace.Create() : null;
        space?.WriteSysctl("net.ipv4.ip_local_port_range", "1024 65535");
        LinuxSystem system = space is null ? LinuxSystem.Current : LinuxSystem.In(space);
        return new StreamHosts(system, system, InetAddress.LoopbackIPv4(0), space) { ClientCongestion = Congestion, ServerCongestion = Congestion };
    }

    /// <summary>A client and a server in namespaces of their own with a router between; null where this process may not make namespaces.</summary>
    public static UdpPair? Routed()
    {
        if (!Environment.IsPrivilegedProcess) return null;
        var network = new LinuxNetwork();
        LinuxHost client = network.AddHost("client"), router = network.AddHost("router"), server = network.AddHost("server");
        network.Connect(client, ["10.0.1.1/24"], router, ["10.0.1.254/24"]);
        network.Connect(router, ["10.0.2.254/24"], server, ["10.0.2.1/24"]);
        router.EnableForwarding();
        client.AddDefaultRoute(IpAddress.Parse("10.0.1.254"));
        server.AddDefaultRoute(IpAddress.Parse("10.0.2.254"));
        var pair = new UdpPair(client.Sockets, server.Sockets, new InetAddress("10.0.2.1", 0), network);
        pair.WaitUntilReached();
        return pair;
    }
}
