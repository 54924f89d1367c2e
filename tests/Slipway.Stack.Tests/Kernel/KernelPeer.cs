using Slipway.Linux;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>
/// A host of the stack (10.0.0.2, fd00::2) on a TUN or TAP device, and at the device's other end the kernel (10.0.0.1, fd00::1) in a namespace of its own. Faults are done on the stack's side.
/// </summary>
internal sealed class KernelPeer : IDisposable
{
    public const string Device = "sw0";

    /// <summary>A call that waits longer has failed: a test shall end.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly StackLoop _loop = new(new TimeProviderClock(TimeProvider.System));
    private readonly RealTimeDriver _driver;
    private readonly PortDevice _port;
    private readonly StackSocketSystem _sockets;

    /// <param name="faults">What happens to packets, each way.</param>
    /// <param name="offload">Whether the device has offloads.</param>
    /// <param name="isEthernet">TAP; otherwise TUN.</param>
    /// <param name="mtu">The device's MTU; IPv6 is there from 1280 on.</param>
    public KernelPeer(LinkModel? faults = null, bool offload = true, bool isEthernet = false, int mtu = 1500)
    {
        _driver = new RealTimeDriver(_loop);
        bool hasIPv6 = mtu >= 1280;
        TunDevice device = TunDevice.Open(new TunOptions { Name = Device, Ethernet = isEthernet, Offload = offload, Mtu = mtu, Namespace = Namespace });
        device.SetUp();
        device.AddKernelAddress(IpPrefix.Parse("10.0.0.1/24"));
        if (hasIPv6) device.AddKernelAddress(IpPrefix.Parse("fd00::1/64"));
        Host = new StackHost(_loop, "host", new SeededRandom(7));
        using (_loop.Enter())
        {
            _port = new PortDevice(_loop, Device, device, isEthernet ? new MacAddress(0x0200_0000_0002u) : default);
            LinkDevice link = faults is null ? _port : new FaultDevice(_port, new SeededRandom(11)) { Outbound = faults, Inbound = faults };
            NetworkInterface added = Host.AddInterface(link);
            added.AddAddress(IpPrefix.Parse("10.0.0.2/24")).ShouldBe(Errno.None);
            if (hasIPv6) added.AddAddress(IpPrefix.Parse("fd00::2/64")).ShouldBe(Errno.None);
            Host.Routes.Add(IpPrefix.Parse("0.0.0.0/0"), isEthernet ? IpAddress.Parse("10.0.0.1") : default, added).ShouldBe(Errno.None);
            _port.Start();
        }
        _sockets = new StackSocketSystem(Host, new SimpleProcessContext());
    }

    public NetworkNamespace Namespace { get; } = NetworkNamespace.Create();

    public StackHost Host { get; }

    public SocketSystem Stack => _sockets;

    public SocketSystem Kernel => LinuxSystem.In(Namespace);

    /// <summary>A socket whose calls do not wait for ever.</summary>
    public static Socket Open(SocketSystem system, AddressFamily family = AddressFamily.Inet) => Bound(system.Open(family, SocketType.Stream));

    /// <summary>A connection from the kernel to the stack, or the other way, with both its ends.</summary>
    public (Socket Client, Socket Server) Connect(bool fromKernel, AddressFamily family = AddressFamily.Inet)
    {
        using Socket listener = Listen(fromKernel ? Stack : Kernel, family);
        Socket client = Open(fromKernel ? Kernel : Stack, family);
        client.Connect(AddressOf(!fromKernel, family, listener.LocalAddress.Port));
        return (client, Bound(listener.Accept()));
    }

    public static Socket Listen(SocketSystem system, AddressFamily family = AddressFamily.Inet, int backlog = 256)
    {
        Socket listener = Open(system, family);
        listener.Bind(new InetAddress(family == AddressFamily.Inet ? "0.0.0.0" : "::", 0));
        listener.Listen(backlog);
        return listener;
    }

    public static InetAddress AddressOf(bool kernel, AddressFamily family, int port)
        => new((family == AddressFamily.Inet ? "10.0.0." : "fd00::") + (kernel ? "1" : "2"), (ushort)port);

    /// <summary>Both ends send at once, say that it was all, and take what the other says to its end.</summary>
    public static void Exchange(Socket one, Socket other, int length)
    {
        byte[] fromOne = Bytes(length, 1), fromOther = Bytes(length, 2);
        Task[] sending = [Send(one, fromOne), Send(other, fromOther)];
        Task<byte[]> atOther = Receive(other), atOne = Receive(one);
        Task.WaitAll([.. sending, atOne, atOther]);
        atOther.Result.AsSpan().SequenceEqual(fromOne).ShouldBeTrue();
        atOne.Result.AsSpan().SequenceEqual(fromOther).ShouldBeTrue();
    }

    public static byte[] Bytes(int length, ulong seed)
    {
        byte[] bytes = new byte[length];
        new SeededRandom(seed).Fill(bytes);
        return bytes;
    }

    public static void SendAll(Socket socket, ReadOnlySpan<byte> data)
    {
        while (data.Length > 0) data = data[socket.Send(data[..Math.Min(data.Length, 1 << 16)])..];
    }

    public static byte[] ReceiveAll(Socket socket)
    {
        var all = new MemoryStream();
        byte[] room = new byte[1 << 16];
        for (int count; (count = socket.Receive(room)) > 0;) all.Write(room, 0, count);
        return all.ToArray();
    }

    public void Dispose()
    {
        _sockets.CloseAll();
        _port.Dispose();
        _driver.Dispose();
        Namespace.Dispose();
    }

    private static Socket Bound(Socket socket)
    {
        socket.SetOption(SocketOptions.ReceiveTimeout, s_patience);
        socket.SetOption(SocketOptions.SendTimeout, s_patience);
        return socket;
    }

    private static Task Send(Socket socket, byte[] data) => Task.Factory.StartNew(
        () =>
        {
            SendAll(socket, data);
            socket.Shutdown(ShutdownHow.Send);
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Task<byte[]> Receive(Socket socket)
        => Task.Factory.StartNew(() => ReceiveAll(socket), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
