using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Bench;

/// <summary>A host of the stack on a TUN device, and the kernel, in a network namespace, at its other end.</summary>
internal sealed class TunHosts : IDisposable
{
    private const string Device = "bench0", KernelAddress = "10.92.0.1", StackAddress = "10.92.0.2";

    private readonly NetworkNamespace _space = NetworkNamespace.Create();
    private readonly RealTimeDriver _driver;
    private readonly PortDevice _port;
    private readonly StackSocketSystem _sockets;

    private TunHosts(bool offload)
    {
        var loop = new StackLoop(new TimeProviderClock(TimeProvider.System));
        _driver = new RealTimeDriver(loop);
        TunDevice tun = TunDevice.Open(new TunOptions { Name = Device, Namespace = _space, Offload = offload });
        tun.AddKernelAddress(IpPrefix.Parse($"{KernelAddress}/24"));
        tun.SetUp();
        var host = new StackHost(loop, "host", new SeededRandom(1));
        using (loop.Enter())
        {
            _port = new PortDevice(loop, Device, tun);
            StreamHosts.Require(host.AddInterface(_port).AddAddress(IpPrefix.Parse($"{StackAddress}/24")), "address of the host");
            _port.Start();
        }
        _sockets = new StackSocketSystem(host, new SimpleProcessContext());
    }

    /// <summary>The kernel connects to the stack, and so sends into it.</summary>
    public static StreamHosts? IntoStack(bool offload)
    {
        if (!WideAreaKernels.IsPossible) return null;
        var network = new TunHosts(offload);
        return new StreamHosts(LinuxSystem.In(network._space), network._sockets, new InetAddress(StackAddress, 0), network) { ClientCongestion = KernelHosts.Congestion };
    }

    /// <summary>The stack connects to the kernel, and sends into it.</summary>
    public static StreamHosts? OutOfStack(bool offload)
    {
        if (!WideAreaKernels.IsPossible) return null;
        var network = new TunHosts(offload);
        return new StreamHosts(network._sockets, LinuxSystem.In(network._space), new InetAddress(KernelAddress, 0), network) { ServerCongestion = KernelHosts.Congestion };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sockets.CloseAll();
        _port.Dispose();
        _driver.Dispose();
        _space.Dispose();
    }
}
