using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack.Tests;

/// <summary>Two hosts in one loop on simulated time, 10.0.0.1 and 10.0.0.2 (fd00::1 and fd00::2), joined by a link; a process on each.</summary>
internal sealed class TwoHosts
{
    public TwoHosts(LinkModel? model = null, int mtu = 1500)
    {
        Loop = new StackLoop(Clock);
        var random = new SeededRandom(1);
        using (Loop.Enter())
        {
            Client = new StackHost(Loop, "client", random.Derive("client"));
            Server = new StackHost(Loop, "server", random.Derive("server"));
            var near = new PointToPointDevice(Loop, "ptp0", mtu);
            var far = new PointToPointDevice(Loop, "ptp0", mtu);
            Link = new VirtualLink(near, far, model ?? new LinkModel(), random.Derive("link"));
            NetworkInterface client = Client.AddInterface(near), server = Server.AddInterface(far);
            client.AddAddress(IpPrefix.Parse("10.0.0.1/24"));
            server.AddAddress(IpPrefix.Parse("10.0.0.2/24"));
            client.AddAddress(IpPrefix.Parse("fd00::1/64"));
            server.AddAddress(IpPrefix.Parse("fd00::2/64"));
        }
        ClientProcess = new TestProcess(Loop, Clock);
        ServerProcess = new TestProcess(Loop, Clock, id: 200);
        Near = new StackSocketSystem(Client, ClientProcess);
        Far = new StackSocketSystem(Server, ServerProcess);
    }

    public VirtualClock Clock { get; } = new();

    public StackLoop Loop { get; }

    public StackHost Client { get; }

    public StackHost Server { get; }

    public VirtualLink Link { get; }

    public TestProcess ClientProcess { get; }

    public TestProcess ServerProcess { get; }

    /// <summary>The calls of a process on 10.0.0.1.</summary>
    public StackSocketSystem Near { get; }

    /// <summary>The calls of a process on 10.0.0.2.</summary>
    public StackSocketSystem Far { get; }

    public static InetAddress NearAddress(ushort port = 0) => new("10.0.0.1", port);

    public static InetAddress FarAddress(ushort port = 0) => new("10.0.0.2", port);

    public static Socket Udp(SocketSystem system) => system.Open(AddressFamily.Inet, SocketType.Datagram);

    public static Socket Udp6(SocketSystem system) => system.Open(AddressFamily.Inet6, SocketType.Datagram);

    public static Socket Bound(SocketSystem system, InetAddress address)
    {
        Socket socket = system.Open(address.Family, SocketType.Datagram);
        socket.Bind(address);
        return socket;
    }

    /// <summary>Lets all happen that is due within the time.</summary>
    public void Run(TimeSpan time)
    {
        long end = Clock.Now + StackClock.ToNanoseconds(time);
        while (Loop.NextDeadline is { } next && next <= end)
        {
            Clock.AdvanceTo(next);
            Loop.RunDue();
        }
        Clock.AdvanceTo(end);
    }

    public static Errno ErrnoOf(Action action)
    {
        try
        {
            action();
            return Errno.None;
        }
        catch (SocketCallException e)
        {
            return e.Errno;
        }
    }
}
