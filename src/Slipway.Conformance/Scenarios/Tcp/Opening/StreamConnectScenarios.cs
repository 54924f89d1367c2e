using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Connecting stream sockets: the handshake, names, and connecting anew (section CONN).</summary>
public static class StreamConnectScenarios
{
    /// <summary>The second host's, in both families.</summary>
    private static readonly string[] Addresses = ["10.0.0.2", "fd00::2"];

    /// <summary>connect returns when the handshake is done, before accept; data may be sent at once.</summary>
    [Scenario("CONN-01")]
    public static void BeforeAccept(HostProcess near, HostProcess far)
    {
        foreach (string address in Addresses)
        {
            using Socket listener = far.TcpListenerAt(new InetAddress(address, 0));
            using Socket client = near.TcpTo(listener.LocalAddress);
            Expect.Equal(listener.LocalAddress, client.RemoteAddress);
            Expect.Equal(5, client.SendText("early"));
            near.WaitUntil(() => client.Ask(IoControl.SIOCOUTQ) == 0, static () => "nobody acknowledged data sent before accept");
            using Socket server = listener.Accept();
            Expect.Equal("early", server.ReceiveReady());
            server.SendText("late");
            Expect.Equal("late", client.ReceiveReady());
        }
    }

    /// <summary>Nobody listens at the port, a socket is bound there and does not listen, or the port is 0: refused.</summary>
    [Scenario("CONN-02")]
    public static void Refused(HostProcess near, HostProcess far)
    {
        foreach (string address in Addresses)
        {
            using Socket bound = far.TcpAt(new InetAddress(address, 0));
            ushort free = far.FreeTcpPort();
            foreach (ushort port in new ushort[] { free, bound.LocalAddress.Port, 0 })
            {
                using Socket socket = near.Tcp(bound.LocalAddress.Family);
                Expect.Fails(Errno.ECONNREFUSED, socket.TryConnect(new InetAddress(address, port)));
            }
        }
    }

    /// <summary>Broadcast and multicast addresses cannot be connected to, even with SO_BROADCAST.</summary>
    [Scenario("CONN-07", "OPT-07")]
    public static void NotToMany(HostProcess near, HostProcess far)
    {
        foreach (string address in new[] { "10.0.0.255", "255.255.255.255", "224.0.0.1" })
        {
            using Socket plain = near.Tcp(), allowed = near.Tcp();
            allowed.SetSocketLevel(SO_BROADCAST, 1);
            Expect.Fails(Errno.ENETUNREACH, plain.TryConnect(new InetAddress(address, 7)));
            Expect.Fails(Errno.ENETUNREACH, allowed.TryConnect(new InetAddress(address, 7)));
        }
    }

    /// <summary>A sockaddr of another family, or too short.</summary>
    [Scenario("CONN-08")]
    public static void BadAddress(HostProcess host)
    {
        using Socket socket = host.Tcp();
        Expect.Fails(Errno.EAFNOSUPPORT, socket.TryConnect(InetAddress.LoopbackIPv6(7)));
        Expect.Fails(Errno.EINVAL, host.Sockets.Connect(socket.Descriptor, InetAddress.LoopbackIPv4(7).ToSockAddr().AsSpan(0, 8)));
    }

    /// <summary>A connected socket and a listener cannot connect.</summary>
    [Scenario("CONN-09")]
    public static void AlreadyConnected(HostProcess host)
    {
        using Socket listener = host.TcpListener(), other = host.TcpListener();
        using Socket client = host.TcpTo(listener.LocalAddress), server = listener.Accept();
        Expect.Fails(Errno.EISCONN, client.TryConnect(listener.LocalAddress));
        Expect.Fails(Errno.EISCONN, client.TryConnect(other.LocalAddress));
        Expect.Fails(Errno.EISCONN, server.TryConnect(other.LocalAddress));
        Expect.Fails(Errno.EISCONN, listener.TryConnect(other.LocalAddress));
        client.SendText("unharmed");
        Expect.Equal("unharmed", server.ReceiveReady());
    }

    /// <summary>The wildcard as a destination means the loopback address.</summary>
    [Scenario("CONN-10")]
    public static void WildcardMeansLoopback(HostProcess host)
    {
        foreach (AddressFamily family in new[] { AddressFamily.Inet, AddressFamily.Inet6 })
        {
            using Socket listener = host.TcpListener(family: family);
            ushort port = listener.LocalAddress.Port;
            using Socket client = host.TcpTo(family == AddressFamily.Inet ? InetAddress.AnyIPv4(port) : InetAddress.AnyIPv6(port));
            Expect.Equal(listener.LocalAddress, client.RemoteAddress);
            Expect.Equal(ScenarioSockets.Loopback(family, client.LocalAddress.Port), client.LocalAddress);
        }
    }

    /// <summary>After a refusal the same socket connects to a live port, and keeps no error.</summary>
    [Scenario("CONN-11")]
    public static void TryAgain(HostProcess host)
    {
        using Socket listener = host.TcpListener(), socket = host.Tcp();
        Expect.Fails(Errno.ECONNREFUSED, socket.TryConnect(InetAddress.LoopbackIPv4(host.FreeTcpPort())));
        socket.Connect(listener.LocalAddress);
        Expect.Equal(Errno.None, socket.TakeError());
        using Socket server = listener.Accept();
        socket.SendText("the same socket");
        Expect.Equal("the same socket", server.ReceiveReady());
    }

    /// <summary>connect with AF_UNSPEC dissolves the connection, which the peer sees as a reset; the socket may connect anew.</summary>
    [Scenario("CONN-12")]
    public static void Disconnect(HostProcess host)
    {
        using Socket listener = host.TcpListener();
        using Socket client = host.TcpTo(listener.LocalAddress), server = listener.Accept();
        client.Disconnect();
        Expect.Throws(Errno.ENOTCONN, () => _ = client.RemoteAddress);
        server.ExpectReset();
        client.Connect(listener.LocalAddress);
        using Socket again = listener.Accept(out InetAddress from);
        Expect.Equal(client.LocalAddress, from);
        client.SendText("anew");
        Expect.Equal("anew", again.ReceiveReady());
    }

    /// <summary>The source address follows the route, unless bind has chosen one.</summary>
    [Scenario("CONN-13")]
    public static void SourceAddress(HostProcess near, HostProcess far)
    {
        using Socket remote = far.TcpListenerAt(InetAddress.AnyIPv4()), local = near.TcpListener();
        using Socket routed = near.TcpTo(new InetAddress("10.0.0.2", remote.LocalAddress.Port)), accepted = remote.Accept(out InetAddress from);
        Expect.Equal(new InetAddress("10.0.0.1", routed.LocalAddress.Port), from);
        Expect.Equal(new InetAddress("10.0.0.2", remote.LocalAddress.Port), accepted.LocalAddress);
        using Socket bound = near.TcpAt(new InetAddress("127.0.0.9", 0));
        bound.Connect(local.LocalAddress);
        using Socket server = local.Accept(out from);
        Expect.Equal(new InetAddress("127.0.0.9", bound.LocalAddress.Port), from);
    }

    /// <summary>Two sockets at one local address cannot both connect to the same peer.</summary>
    [Scenario("CONN-14")]
    public static void SameFourTuple(HostProcess host)
    {
        using Socket listener = host.TcpListener(), other = host.TcpListener();
        using Socket first = host.TcpAt(InetAddress.LoopbackIPv4(), reuse: true);
        using Socket second = host.TcpAt(first.LocalAddress, reuse: true);
        first.Connect(listener.LocalAddress);
        Expect.Fails(Errno.EADDRNOTAVAIL, second.TryConnect(listener.LocalAddress));
        second.Connect(other.LocalAddress);
    }

    /// <summary>A socket that connects to its own address is connected with itself: the handshake is a simultaneous open.</summary>
    [Scenario("CONN-15")]
    public static void WithItself(HostProcess host)
    {
        using Socket socket = host.TcpAt(InetAddress.LoopbackIPv4());
        socket.Connect(socket.LocalAddress);
        Expect.Equal(socket.LocalAddress, socket.RemoteAddress);
        socket.SendText("to myself");
        Expect.Equal("to myself", socket.ReceiveReady());
        socket.Shutdown(ShutdownHow.Send);
        socket.ExpectEnd();
    }
}
