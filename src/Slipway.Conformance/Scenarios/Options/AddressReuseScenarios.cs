using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>SO_REUSEADDR and SO_REUSEPORT of stream sockets, and what TIME_WAIT has to do with them (section RU).</summary>
public static class AddressReuseScenarios
{
    /// <summary>The three servers of the text: A at any address, B and C at one of two more addresses of the host.</summary>
    private static readonly InetAddress A = InetAddress.AnyIPv4(8080), B = new("127.0.0.128", 8080), C = new("127.0.0.129", 8080);

    /// <summary>
    /// A server has gone, a connection of it lives on. Its port can be bound anew only if both the listener then and the one now have SO_REUSEADDR.
    /// </summary>
    [Scenario("RU-001", "S-014")]
    public static void LivingConnection(HostProcess host)
    {
        foreach ((bool then, bool now, Errno expected) in new[] { (true, true, Errno.None), (true, false, Errno.EADDRINUSE), (false, true, Errno.EADDRINUSE), (false, false, Errno.EADDRINUSE) })
        {
            InetAddress address;
            Socket client, server;
            using (Socket listener = host.TcpAt(InetAddress.LoopbackIPv4(), reuse: then))
            {
                listener.Listen();
                address = listener.LocalAddress;
                client = host.TcpTo(address);
                server = listener.Accept();
            }
            using (client)
            using (server)
            using (Socket again = host.Tcp())
            {
                if (now) again.SetSocketLevel(SO_REUSEADDR, 1);
                Expect.Fails(expected, again.TryBind(address), $"bind with SO_REUSEADDR {now}, after a listener with {then}");
                if (expected == Errno.None) again.Listen();
            }
        }
    }

    /// <summary>The server closed first: TIME_WAIT is on its port, and only SO_REUSEADDR gets past it.</summary>
    [Scenario("RU-002", "RU-021", "S-014")]
    public static void TimeWait(HostProcess host)
    {
        using Socket listener = host.TcpAt(InetAddress.LoopbackIPv4(), reuse: true);
        listener.Listen();
        InetAddress address = listener.LocalAddress;
        using (Socket client = host.TcpTo(address))
        {
            listener.Accept().Dispose();
            listener.Dispose();
            client.ExpectEnd();
        }
        using Socket without = host.Tcp(), with = host.Tcp();
        Expect.Fails(Errno.EADDRINUSE, without.TryBind(address));
        with.SetSocketLevel(SO_REUSEADDR, 1);
        Expect.Success(with.TryBind(address));
        with.Listen();
        using Socket again = host.TcpTo(address);
    }

    /// <summary>The client closed first: TIME_WAIT is on its port, and the server's is free.</summary>
    [Scenario("RU-021")]
    public static void TimeWaitIsWithTheFirstToClose(HostProcess host)
    {
        Socket listener = host.TcpListener();
        InetAddress address = listener.LocalAddress;
        Socket client = host.TcpTo(address), server = listener.Accept();
        InetAddress mine = client.LocalAddress;
        client.Dispose();
        server.ExpectEnd();
        server.Dispose();
        listener.Dispose();
        using Socket atTheServer = host.Tcp(), atTheClient = host.Tcp();
        Expect.Success(atTheServer.TryBind(address));
        Expect.Fails(Errno.EADDRINUSE, atTheClient.TryBind(mine));
    }

    /// <summary>A connection that was reset leaves no TIME_WAIT: the same four numbers can be used at once.</summary>
    [Scenario("RU-023", "LG-005")]
    public static void ResetLeavesNothing(HostProcess host)
    {
        using Socket listener = host.TcpListener(), client = host.TcpTo(listener.LocalAddress);
        InetAddress mine = client.LocalAddress;
        using Socket server = listener.Accept();
        client.Abort();
        server.ExpectReset();
        server.Dispose();
        using Socket again = host.TcpAt(mine);
        again.Connect(listener.LocalAddress);
        using Socket accepted = listener.Accept();
        Expect.Equal(mine, accepted.RemoteAddress);
    }

    /// <summary>SO_REUSEADDR never lets two sockets listen at one address and port: the second bind fails where one listens already.</summary>
    [Scenario("RU-003", "RU-012")]
    public static void TwoListeners(HostProcess host)
    {
        using Socket first = host.TcpAt(InetAddress.LoopbackIPv4(), reuse: true), second = host.Tcp();
        first.Listen();
        second.SetSocketLevel(SO_REUSEADDR, 1);
        Expect.Fails(Errno.EADDRINUSE, second.TryBind(first.LocalAddress));
    }

    /// <summary>Both may be bound as long as neither listens; the first listen wins.</summary>
    [Scenario("RU-003", "RU-004")]
    public static void FirstListenWins(HostProcess host)
    {
        using Socket first = host.TcpAt(InetAddress.LoopbackIPv4(), reuse: true), second = host.TcpAt(first.LocalAddress, reuse: true);
        second.Listen();
        Expect.Fails(Errno.EADDRINUSE, host.Sockets.Listen(first.Descriptor, 5));
    }

    /// <summary>Three servers with SO_REUSEADDR: whichever comes first, a wildcard that listens and an address that listens exclude each other.</summary>
    [Scenario("RU-006")]
    public static void ThreeServersInAnyOrder(HostProcess host)
    {
        foreach (InetAddress[] order in new InetAddress[][] { [A, B, C], [B, C, A], [C, A, B] })
        {
            var servers = new List<Socket>();
            bool wildcard = false, specific = false;
            foreach (InetAddress address in order)
            {
                Socket server = host.Tcp();
                servers.Add(server);
                server.SetSocketLevel(SO_REUSEADDR, 1);
                bool conflicts = address == A ? specific : wildcard;
                Expect.Fails(conflicts ? Errno.EADDRINUSE : Errno.None, server.TryBind(address), $"bind to {address} in the order {string.Join(", ", order)}");
                if (conflicts) continue;
                server.Listen();
                if (address == A) wildcard = true;
                else specific = true;
            }
            foreach (Socket server in servers) server.Dispose();
        }
    }

    /// <summary>With SO_REUSEPORT all three start, and a connection goes to the most specific address, whichever came first.</summary>
    [Scenario("RU-007", "RU-008", "S-015")]
    public static void MostSpecificServer(HostProcess host)
    {
        foreach (InetAddress[] order in new InetAddress[][] { [A, B, C], [B, C, A], [C, A, B] })
        {
            var servers = new Dictionary<InetAddress, Socket>();
            foreach (InetAddress address in order) servers.Add(address, SharedListener(host, address));
            foreach ((string asked, InetAddress expected) in new[] { ("127.0.0.128", B), ("127.0.0.129", C), ("127.0.0.2", A), ("127.0.0.1", A) })
            {
                using Socket client = host.TcpTo(new InetAddress(asked, 8080)), accepted = servers[expected].Accept();
                Expect.Equal(client.LocalAddress, accepted.RemoteAddress);
                Expect.Equal(new InetAddress(asked, 8080), accepted.LocalAddress);
                accepted.Abort(); // the client is to leave no TIME_WAIT that would be in the way of the next order
            }
            foreach (Socket server in servers.Values) server.Dispose();
        }
    }

    /// <summary>Two addresses without a wildcard need no option at all.</summary>
    [Scenario("RU-009", "RU-011")]
    public static void TwoAddresses(HostProcess host)
    {
        using Socket b = host.TcpListenerAt(B), c = host.TcpListenerAt(C), client = host.TcpTo(C), accepted = c.Accept();
        Expect.Equal(C, accepted.LocalAddress);
        Expect.Fails(Errno.EAGAIN, TryAcceptNow(b));
    }

    /// <summary>When B has gone, connections to its address go to the wildcard; the one that B had lives on.</summary>
    [Scenario("RU-010")]
    public static void WildcardTakesOver(HostProcess host)
    {
        using Socket a = SharedListener(host, A), b = SharedListener(host, B), first = host.TcpTo(B), atB = b.Accept();
        b.Dispose();
        using Socket second = host.TcpTo(B), atA = a.Accept();
        Expect.Equal(second.LocalAddress, atA.RemoteAddress);
        first.SendText("still here");
        Expect.Equal("still here", atB.ReceiveText());
    }

    /// <summary>A connection that waits in B's queue when B goes is reset: it is not handed to the wildcard.</summary>
    [Scenario("RU-010")]
    public static void QueuedConnectionIsReset(HostProcess host)
    {
        using Socket a = SharedListener(host, A), b = SharedListener(host, B), client = host.TcpTo(B);
        b.WaitFor(PollEvents.POLLIN);
        b.Dispose();
        client.ExpectReset();
        Expect.Fails(Errno.EAGAIN, TryAcceptNow(a));
    }

    /// <summary>SO_REUSEPORT must be set on every socket before bind; and it may be set on one that shares nothing.</summary>
    [Scenario("BIND-21", "RU-013", "RU-020", "S-015")]
    public static void SharedByAll(HostProcess host)
    {
        using Socket first = SharedListener(host, InetAddress.LoopbackIPv4()), second = SharedListener(host, first.LocalAddress), without = host.Tcp();
        Expect.Fails(Errno.EADDRINUSE, without.TryBind(first.LocalAddress));
        using Socket alone = host.TcpListener(), late = host.Tcp();
        late.SetSocketLevel(SO_REUSEPORT, 1);
        Expect.Fails(Errno.EADDRINUSE, late.TryBind(alone.LocalAddress));
    }

    /// <summary>Another user does not get in, SO_REUSEPORT or not.</summary>
    [Scenario("BIND-21", "RU-013", OwnProcess = true)]
    public static void NotByAnotherUser(HostProcess host)
    {
        using Socket first = SharedListener(host, InetAddress.LoopbackIPv4());
        host.RunAsUser(1234, () =>
        {
            using Socket second = host.Tcp();
            second.SetSocketLevel(SO_REUSEPORT, 1);
            Expect.Fails(Errno.EADDRINUSE, second.TryBind(first.LocalAddress));
        });
    }

    /// <summary>Who binds to the address itself takes the datagrams of the wildcard on the same port: anybody's with SO_REUSEADDR, nobody's with SO_REUSEPORT or of a listener.</summary>
    [Scenario("RU-019", OwnProcess = true)]
    public static void StealingFromTheWildcard(HostProcess host)
    {
        using Socket wildcard = Bound(host.Udp(), SO_REUSEADDR), sender = host.Udp();
        InetAddress address = InetAddress.LoopbackIPv4(wildcard.LocalAddress.Port);
        sender.SendTextTo("mine", address);
        Expect.Equal("mine", wildcard.ReceiveText());
        host.RunAsUser(1234, () =>
        {
            using Socket thief = host.Udp();
            thief.SetSocketLevel(SO_REUSEADDR, 1);
            Expect.Success(thief.TryBind(address));
            sender.SendTextTo("stolen", address);
            Expect.Equal("stolen", thief.ReceiveText());
            wildcard.ExpectEmpty();
        });
        using Socket shared = Bound(host.Udp(), SO_REUSEPORT), listener = Bound(host.Tcp(), SO_REUSEADDR);
        listener.Listen();
        host.RunAsUser(1234, () =>
        {
            using Socket thief = host.Udp(), stream = host.Tcp();
            thief.SetSocketLevel(SO_REUSEPORT, 1);
            Expect.Fails(Errno.EADDRINUSE, thief.TryBind(InetAddress.LoopbackIPv4(shared.LocalAddress.Port)));
            thief.SetSocketLevel(SO_REUSEADDR, 1);
            Expect.Fails(Errno.EADDRINUSE, thief.TryBind(InetAddress.LoopbackIPv4(shared.LocalAddress.Port)));
            stream.SetSocketLevel(SO_REUSEADDR, 1);
            Expect.Fails(Errno.EADDRINUSE, stream.TryBind(InetAddress.LoopbackIPv4(listener.LocalAddress.Port)));
        });
    }

    private static Socket Bound(Socket socket, int option)
    {
        socket.SetSocketLevel(option, 1);
        socket.Bind(new InetAddress("0.0.0.0", 0));
        return socket;
    }

    /// <summary>A listener that shares its port (SO_REUSEPORT).</summary>
    private static Socket SharedListener(HostProcess host, InetAddress address)
    {
        Socket listener = host.Tcp();
        listener.SetSocketLevel(SO_REUSEPORT, 1);
        listener.Bind(address);
        listener.Listen();
        return listener;
    }

    private static CallResult TryAcceptNow(Socket listener)
    {
        listener.NonBlocking = true;
        return listener.TryAccept();
    }
}
