using System.Security.Cryptography;
using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>
/// Two kernels, each in a namespace with a TUN or TAP device, and a host of the stack between them that forwards: 10.0.1.1 and fd01::1 on the left, 10.0.2.1 and fd02::1 on the
/// right.
/// </summary>
internal sealed class KernelPair : IDisposable
{
    private readonly StackLoop _loop = new(new TimeProviderClock(TimeProvider.System));
    private readonly NetworkNamespace _leftNetwork = NetworkNamespace.Create(), _rightNetwork = NetworkNamespace.Create();

    /// <param name="offloadLeft">Whether the left kernel's device has offloads.</param>
    /// <param name="offloadRight">Whether the right kernel's has.</param>
    /// <param name="isEthernet">TAP; otherwise TUN.</param>
    /// <param name="decorate">What to put around the left device; null for nothing.</param>
    public KernelPair(bool offloadLeft, bool offloadRight, bool isEthernet = false, Func<LinkDevice, LinkDevice>? decorate = null)
    {
        Left = Open(_leftNetwork, isEthernet, offloadLeft, here: 1, there: 2);
        Right = Open(_rightNetwork, isEthernet, offloadRight, here: 2, there: 1);
        using (_loop.Enter())
        {
            var router = new StackHost(_loop, "router", new SeededRandom(1));
            router.Sysctl.IPv4.Forward.Set(1);
            router.Sysctl.IPv6.All.Forwarding.Set(1);
            Attach(router, decorate is null ? Left : decorate(Left), here: 1);
            Attach(router, Right, here: 2);
        }
        Left.Start();
        Right.Start();
    }

    public PortDevice Left { get; }

    public PortDevice Right { get; }

    /// <summary>Sends bytes over the kernels' TCP, and compares their hash.</summary>
    /// <param name="fromLeft">Which way.</param>
    /// <param name="isIPv4">By which family.</param>
    /// <param name="length">How many.</param>
    public void Transfer(bool fromLeft, bool isIPv4, int length)
    {
        byte[] sent = new byte[length];
        new SeededRandom(5).Fill(sent);
        AddressFamily family = isIPv4 ? AddressFamily.Inet : AddressFamily.Inet6;
        InetAddress target = new(fromLeft ? isIPv4 ? "10.0.2.1" : "fd02::1" : isIPv4 ? "10.0.1.1" : "fd01::1", 9000);
        using Socket listener = LinuxSystem.In(fromLeft ? _rightNetwork : _leftNetwork).Open(family, SocketType.Stream);
        listener.SetOption(SocketLevel.SOL_SOCKET, SocketOptionName.SO_REUSEADDR, 1);
        listener.Bind(target);
        listener.Listen();
        using Socket sender = LinuxSystem.In(fromLeft ? _leftNetwork : _rightNetwork).Open(family, SocketType.Stream);
        var sending = new Thread(() =>
        {
            sender.Connect(target);
            for (int at = 0; at < length;) at += sender.Send(sent.AsSpan(at, Math.Min(1 << 16, length - at)));
            sender.Shutdown(ShutdownHow.Send);
        });
        sending.Start();
        using Socket receiver = listener.Accept();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] room = new byte[1 << 18];
        for (int count; (count = receiver.Receive(room)) > 0;) hash.AppendData(room, 0, count);
        sending.Join();
        hash.GetHashAndReset().ShouldBe(SHA256.HashData(sent));
    }

    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
        _leftNetwork.Dispose();
        _rightNetwork.Dispose();
        using (_loop.Enter()) _loop.Packets.Outstanding.ShouldBe(0, _loop.Packets.DescribeOutstanding());
    }

    private PortDevice Open(NetworkNamespace network, bool isEthernet, bool offload, int here, int there)
    {
        string name = "sw" + here;
        TunDevice device = TunDevice.Open(new TunOptions { Name = name, Ethernet = isEthernet, Offload = offload, Namespace = network });
        device.SetUp();
        device.AddKernelAddress(IpPrefix.Parse($"10.0.{here}.1/24"));
        device.AddKernelAddress(IpPrefix.Parse($"fd0{here}::1/64"));
        network.AddRoute(IpPrefix.Parse($"10.0.{there}.0/24"), IpAddress.Parse($"10.0.{here}.254"), name);
        network.AddRoute(IpPrefix.Parse($"fd0{there}::/64"), IpAddress.Parse($"fd0{here}::fe"), name);
        return new PortDevice(_loop, name, device, isEthernet ? new MacAddress(0x0200_0000_0000u + (uint)here) : default);
    }

    private static void Attach(StackHost router, LinkDevice device, int here)
    {
        NetworkInterface added = router.AddInterface(device);
        added.AddAddress(IpPrefix.Parse($"10.0.{here}.254/24")).ShouldBe(Errno.None);
        added.AddAddress(IpPrefix.Parse($"fd0{here}::fe/64")).ShouldBe(Errno.None);
    }
}
