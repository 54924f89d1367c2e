using System.Globalization;
using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Bench;

/// <summary>Virtual hosts in one loop and in real time: a client and a server on a plain link, or with a router between.</summary>
internal sealed class VirtualHosts : IDisposable
{
    private const ushort Port = 7;

    private readonly RealTimeDriver _driver;
    private readonly StackLoop _loop;
    private readonly SeededRandom _random = new(1);
    private readonly List<StackSocketSystem> _systems = [];
    private ulong _lastMac = 0x0200_0000_0000;

    private VirtualHosts()
    {
        _loop = new StackLoop(new TimeProviderClock(TimeProvider.System));
        _driver = new RealTimeDriver(_loop);
    }

    /// <summary>A client and a server on one link.</summary>
    public static UdpPair Pair()
    {
        var network = new VirtualHosts();
        StackHost client = network.AddHost("client"), server = network.AddHost("server");
        network.Link(client, "10.0.0.1/24", server, "10.0.0.2/24");
        return network.Sockets(client, server, "10.0.0.2");
    }

    /// <summary>A client and a server with a router between.</summary>
    public static UdpPair Routed()
    {
        var network = new VirtualHosts();
        StackHost client = network.AddHost("client"), router = network.AddHost("router"), server = network.AddHost("server");
        network.Link(client, "10.0.1.1/24", router, "10.0.1.254/24");
        network.Link(router, "10.0.2.254/24", server, "10.0.2.1/24");
        using (network._loop.Enter())
        {
            Require(router.Sysctl.Set("net.ipv4.ip_forward", "1"));
            Require(client.Routes.Add(IpPrefix.Parse("0.0.0.0/0"), IpAddress.Parse("10.0.1.254")));
            Require(server.Routes.Add(IpPrefix.Parse("0.0.0.0/0"), IpAddress.Parse("10.0.2.254")));
        }
        return network.Sockets(client, server, "10.0.2.1");
    }

    /// <summary>A client and a server on one link, for streams.</summary>
    /// <param name="kind">The link.</param>
    /// <param name="descriptors">Descriptors that each may have.</param>
    public static StreamHosts Streams(VirtualLinkKind kind = VirtualLinkKind.Plain, int descriptors = 1024)
    {
        var network = new VirtualHosts();
        StackHost client = network.AddHost("client"), server = network.AddHost("server");
        network.Link(client, "10.0.0.1/24", server, "10.0.0.2/24", kind);
        return new StreamHosts(network.Open(client, descriptors), network.Open(server, descriptors), new InetAddress("10.0.0.2", 0), network);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (StackSocketSystem system in _systems) system.CloseAll();
        _driver.Dispose();
    }

    private StackHost AddHost(string name) => new(_loop, name, _random.Derive(name));

    private void Link(StackHost a, string addressOfA, StackHost b, string addressOfB, VirtualLinkKind kind = VirtualLinkKind.Plain)
    {
        using (_loop.Enter())
        {
            var deviceOfA = new VirtualEthernetDevice(_loop, $"to-{b.Name}", new MacAddress(++_lastMac));
            var deviceOfB = new VirtualEthernetDevice(_loop, $"to-{a.Name}", new MacAddress(++_lastMac));
            _ = new VirtualLink(deviceOfA, deviceOfB, LinkModel.Plain, _random.Derive(string.Create(CultureInfo.InvariantCulture, $"link {_lastMac}")));
            Require(a.AddInterface(Wrap(deviceOfA, kind)).AddAddress(IpPrefix.Parse(addressOfA)));
            Require(b.AddInterface(Wrap(deviceOfB, kind)).AddAddress(IpPrefix.Parse(addressOfB)));
        }
    }

    private static LinkDevice Wrap(VirtualEthernetDevice device, VirtualLinkKind kind) => kind == VirtualLinkKind.RealPackets ? new RealPacketDevice(device) : device;

    private StackSocketSystem Open(StackHost host, int descriptors = 1024)
    {
        var system = new StackSocketSystem(host, new SimpleProcessContext(descriptorLimit: descriptors, inlineContinuations: true, blocker: new ThreadBlocker(static () => new FutexGate())));
        _systems.Add(system);
        return system;
    }

    private UdpPair Sockets(StackHost client, StackHost server, string address)
    {
        return new UdpPair(Open(client), Open(server), new InetAddress(address, Port), this);
    }

    private static void Require(Errno error)
    {
        if (error != Errno.None) throw new InvalidOperationException($"the network cannot be built: {error.Name()}");
    }
}
