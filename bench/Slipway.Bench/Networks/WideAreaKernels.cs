using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Bench;

/// <summary>Two kernels, each a network namespace with a TUN device, and between them a router of the stack whose link has delay, rate and loss in real time.</summary>
internal sealed class WideAreaKernels : IDisposable
{
    /// <summary>The server's address.</summary>
    public const string ServerAddress = "10.91.2.1";

    private const string Device = "wan0";

    private readonly NetworkNamespace _client = NetworkNamespace.Create(), _server = NetworkNamespace.Create();
    private readonly RealTimeDriver _driver;
    private readonly StackLoop _loop;
    private readonly StackHost _router;
    private readonly List<PortDevice> _ports = [];

    /// <summary>Joins the kernels.</summary>
    public WideAreaKernels(LinkModel model, ulong seed)
    {
        var random = new SeededRandom(seed);
        _loop = new StackLoop(new TimeProviderClock(TimeProvider.System));
        _driver = new RealTimeDriver(_loop);
        _router = new StackHost(_loop, "router", random.Derive("router"));
        using (_loop.Enter()) StreamHosts.Require(_router.Sysctl.Set("net.ipv4.ip_forward", "1"), "net.ipv4.ip_forward");
        Attach(_client, "10.91.1.1/24", "10.91.1.254/24", LinkModel.Plain, random.Derive("client"));
        Attach(_server, $"{ServerAddress}/24", "10.91.2.254/24", model, random.Derive("server"));
    }

    /// <summary>Whether this process may make namespaces and TUN devices.</summary>
    public static bool IsPossible => Environment.IsPrivilegedProcess && File.Exists("/dev/net/tun");

    /// <summary>Sockets of the one kernel.</summary>
    public LinuxSystem Client => LinuxSystem.In(_client);

    /// <summary>Sockets of the other.</summary>
    public LinuxSystem Server => LinuxSystem.In(_server);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PortDevice port in _ports) port.Dispose();
        _driver.Dispose();
        _client.Dispose();
        _server.Dispose();
    }

    private void Attach(NetworkNamespace space, string kernelAddress, string routerAddress, LinkModel model, RandomSource random)
    {
        TunDevice tun = TunDevice.Open(new TunOptions { Name = Device, Namespace = space });
        tun.AddKernelAddress(IpPrefix.Parse(kernelAddress));
        tun.SetUp();
        space.AddRoute(new IpPrefix(IpAddress.AnyIPv4, 0), gateway: null, Device);
        using (_loop.Enter())
        {
            var port = new PortDevice(_loop, routerAddress[..^3], tun);
            _ports.Add(port);
            var link = new FaultDevice(port, random) { Outbound = model, Inbound = model };
            StreamHosts.Require(_router.AddInterface(link).AddAddress(IpPrefix.Parse(routerAddress)), "address of the router");
            port.Start();
        }
    }
}
