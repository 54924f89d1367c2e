using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Listening, and the queue of connections that wait for accept (section LSN).</summary>
public static class ListenScenarios
{
    // struct tcp_info of a listener: tcpi_unacked is the length of its queue, tcpi_sacked the limit.
    private const int LimitOffset = 28;

    private const string Somaxconn = "/proc/sys/net/core/somaxconn";

    /// <summary>listen makes a stream socket passive, and gives it a port where it has none. A connected socket and a datagram socket refuse.</summary>
    [Scenario("LSN-01", "OPT-03")]
    public static void ListenMakesPassive(HostProcess host)
    {
        using Socket listener = host.Tcp(), datagrams = host.Udp();
        Expect.Equal(0, listener.GetSocketLevel(SO_ACCEPTCONN));
        listener.Listen(1);
        Expect.Equal(1, listener.GetSocketLevel(SO_ACCEPTCONN));
        Expect.Equal(InetAddress.AnyIPv4(listener.LocalAddress.Port), listener.LocalAddress);
        Expect.True(listener.LocalAddress.Port != 0);
        Expect.Throws(Errno.EOPNOTSUPP, () => datagrams.Listen(1));
        using StreamPair pair = host.TcpPair();
        Expect.Throws(Errno.EINVAL, () => pair.Client.Listen(1));
        Expect.Throws(Errno.EINVAL, () => pair.Server.Listen(1));
        Expect.Equal(0, pair.Server.GetSocketLevel(SO_ACCEPTCONN));
    }

    /// <summary>The backlog counts complete connections, and one more than it says fit.</summary>
    [Scenario("LSN-02")]
    public static void OneMoreThanTheBacklog(HostProcess host)
    {
        for (int backlog = 0; backlog < 4; backlog++)
        {
            using Socket listener = host.TcpListener(backlog);
            ExpectRoomFor(host, listener, backlog + 1);
        }
    }

    /// <summary>The backlog is cut to net.core.somaxconn; a negative one means the most.</summary>
    [Scenario("LSN-03")]
    public static void BacklogIsCut(HostProcess host)
    {
        Expect.Equal(4096, LimitAfter(host, 100_000));
        Expect.Equal(4096, LimitAfter(host, -1));
        Expect.Equal(7, LimitAfter(host, 7));
        Expect.True(host.Files.WriteText(Somaxconn, "2"));
        Expect.Equal(2, LimitAfter(host, 100_000));
        Expect.Equal(2, LimitAfter(host, -1));
        Expect.Equal(1, LimitAfter(host, 1));
    }

    /// <summary>listen on a listener changes the backlog and nothing else.</summary>
    [Scenario("LSN-04")]
    public static void ListenAgain(HostProcess host)
    {
        using Socket listener = host.TcpListener(backlog: 0);
        InetAddress address = listener.LocalAddress;
        listener.Listen(2);
        Expect.Equal(address, listener.LocalAddress);
        ExpectRoomFor(host, listener, 3);
        listener.Listen(0);
        Expect.Equal(0, Limit(listener));
    }

    /// <summary>With a full queue a SYN is dropped without a word: the client waits, and its second SYN a second later gets through once accept has made room.</summary>
    [Scenario("LSN-05")]
    public static void OverflowDropsTheSyn(HostProcess near, HostProcess far)
    {
        using Socket listener = far.TcpListenerAt(new InetAddress("10.0.0.2", 0), backlog: 0);
        using Socket queued = near.TcpTo(listener.LocalAddress), late = near.NonBlockingTcp();
        listener.WaitFor(PollEvents.POLLIN);
        var clock = new ScenarioClock(near);
        Expect.Fails(Errno.EINPROGRESS, late.TryConnect(listener.LocalAddress));
        Expect.Equal(PollEvents.None, late.Poll(StreamSockets.StreamEvents, TimeSpan.FromMilliseconds(200)));
        using Socket first = listener.Accept(out InetAddress from);
        Expect.Equal(queued.LocalAddress, from);
        Expect.Equal(PollEvents.POLLOUT, late.WaitFor(StreamSockets.StreamEvents));
        clock.ExpectElapsed(TimeSpan.FromSeconds(1), slack: TimeSpan.FromMilliseconds(100));
        using Socket second = listener.Accept(out from);
        Expect.Equal(late.LocalAddress, from);
    }

    /// <summary>accept takes connections in their order, each a new descriptor with the listener's address and the client's name; the listener stays.</summary>
    [Scenario("LSN-07", "FD-27")]
    public static void AcceptInOrder(HostProcess near, HostProcess far)
    {
        using Socket listener = far.TcpListenerAt(new InetAddress("10.0.0.2", 0));
        using Socket first = near.TcpTo(listener.LocalAddress);
        listener.WaitFor(PollEvents.POLLIN);
        using Socket second = near.TcpTo(listener.LocalAddress);
        foreach (Socket client in new[] { first, second })
        {
            using Socket accepted = listener.Accept(out InetAddress from);
            Expect.True(accepted.Descriptor != listener.Descriptor);
            Expect.Equal(client.LocalAddress, from);
            Expect.Equal(client.LocalAddress, accepted.RemoteAddress);
            Expect.Equal(listener.LocalAddress, accepted.LocalAddress);
            Expect.Equal(accepted.LocalAddress, client.RemoteAddress);
            foreach (int option in new[] { SO_DOMAIN, SO_TYPE, SO_PROTOCOL })
                Expect.Equal(listener.GetSocketLevel(option), accepted.GetSocketLevel(option));
            Expect.Equal((0, 1), (accepted.GetSocketLevel(SO_ACCEPTCONN), listener.GetSocketLevel(SO_ACCEPTCONN)));
        }
        using StreamPair another = new(near.TcpTo(listener.LocalAddress), listener.Accept());
        another.Client.SendText("the listener stays usable");
        Expect.Equal("the listener stays usable", another.Server.ReceiveReady());
    }

    /// <summary>An IPv6 listener on the wildcard takes IPv4 clients, by their mapped addresses.</summary>
    [Scenario("LSN-20", "CONN-32")]
    public static void DualStackListener(HostProcess near, HostProcess far)
    {
        using Socket listener = far.TcpListenerAt(InetAddress.AnyIPv6());
        using Socket client = near.TcpTo(new InetAddress("10.0.0.2", listener.LocalAddress.Port));
        byte[] address = new byte[128];
        int length = address.Length;
        using Socket server = new(far.Sockets, Expect.Success(far.Sockets.Accept(listener.Descriptor, address, ref length, SocketType.None)));
        Expect.Equal(28, length);
        Expect.Bytes(client.LocalAddress.MapToIPv6().ToSockAddr(), address.AsSpan(0, length));
        using Socket dual = near.Tcp(AddressFamily.Inet6), only = near.Tcp(AddressFamily.Inet6);
        only.SetOption(IPPROTO_IPV6, IPV6_V6ONLY, 1);
        InetAddress mapped = new InetAddress("10.0.0.2", listener.LocalAddress.Port).MapToIPv6();
        dual.Connect(mapped);
        Expect.Equal(mapped, dual.RemoteAddress);
        Expect.Throws(Errno.ENETUNREACH, () => only.Connect(mapped));
    }

    /// <summary>Closing the listener resets the connections that nobody accepted.</summary>
    [Scenario("LSN-16")]
    public static void CloseResetsTheQueue(HostProcess near, HostProcess far)
    {
        Socket listener = far.TcpListenerAt(new InetAddress("10.0.0.2", 0));
        using Socket first = near.TcpTo(listener.LocalAddress), second = near.TcpTo(listener.LocalAddress);
        second.SendText("unread");
        near.WaitUntil(() => second.Ask(IoControl.SIOCOUTQ) == 0, static () => "the data was not acknowledged");
        listener.Dispose();
        first.ExpectReset();
        second.ExpectReset();
    }

    /// <summary>A listener can neither be written nor read; poll reports a waiting connection as readable, and nothing on an idle one.</summary>
    [Scenario("LSN-17", "ASYNC-03", "IOCTL-05", "IOCTL-06", "IOCTL-07", OwnProcess = true)]
    public static void NotForData(HostProcess host)
    {
        var pipe = new SignalLog(host, Signal.SIGPIPE);
        using Socket listener = host.TcpListener();
        Expect.Fails(Errno.ENOTCONN, listener.TryReceive(new byte[1]));
        Expect.Throws(Errno.EPIPE, () => listener.SendText("x"));
        pipe.Next();
        Expect.Throws(Errno.EPIPE, () => listener.SendText("x", MessageFlags.MSG_NOSIGNAL));
        pipe.ExpectCount(0);
        const PollEvents All = (PollEvents)0x3FFF & ~PollEvents.POLLNVAL;
        Expect.Equal(PollEvents.None, listener.PollNow(All));
        using Socket client = host.TcpTo(listener.LocalAddress);
        listener.WaitFor(PollEvents.POLLIN);
        Expect.Equal(PollEvents.POLLIN | PollEvents.POLLRDNORM, listener.PollNow(All));
        Expect.Fails(Errno.EINVAL, host.Sockets.Ioctl(listener.Descriptor, IoControl.FIONREAD, new byte[4]));
        Expect.Fails(Errno.EINVAL, host.Sockets.Ioctl(listener.Descriptor, IoControl.SIOCOUTQ, new byte[4]));
        Expect.Equal(0, listener.Ask(IoControl.SIOCATMARK));
    }

    /// <summary>shutdown of the receiving side ends listening: a blocked accept fails, new connections are refused, and listen resumes at the same port.</summary>
    [Scenario("LSN-19", "SHUT-08")]
    public static void ShutdownStopsListening(HostProcess host)
    {
        var address = InetAddress.LoopbackIPv4(host.FreeTcpPort());
        using Socket listener = host.TcpAt(address, reuse: true); // listen checks the port again, and what the connections below leave would be in its way
        listener.Listen();
        foreach (ShutdownHow how in new[] { ShutdownHow.Both, ShutdownHow.Receive })
        {
            CallResult result = default;
            ProcessThread waiter = host.StartThread("accept", () => result = listener.TryAccept());
            waiter.WaitUntilBlocked();
            listener.Shutdown(how);
            waiter.Join();
            Expect.Fails(Errno.EINVAL, result);
            using Socket refused = host.Tcp(), taken = host.Tcp();
            Expect.Fails(Errno.ECONNREFUSED, refused.TryConnect(address));
            Expect.Fails(Errno.EADDRINUSE, taken.TryBind(address));
            listener.Listen();
            using Socket client = host.TcpTo(address), server = listener.Accept();
        }
        listener.Shutdown(ShutdownHow.Send);
        using Socket another = host.TcpTo(address), accepted = listener.Accept();
    }

    /// <summary>A port that bind did not name is given up with the listening.</summary>
    [Scenario("LSN-19")]
    public static void ShutdownGivesUpAnAutomaticPort(HostProcess host)
    {
        using Socket listener = host.TcpListener(), taker = host.Tcp();
        InetAddress address = listener.LocalAddress;
        listener.Shutdown(ShutdownHow.Both);
        taker.Bind(address);
        listener.Listen();
        Expect.True(listener.LocalAddress.Port != address.Port);
        using Socket client = host.TcpTo(listener.LocalAddress), server = listener.Accept();
    }

    /// <summary>So many connections are completed; the next one gets no answer.</summary>
    private static void ExpectRoomFor(HostProcess host, Socket listener, int count)
    {
        var clients = new List<Socket>();
        try
        {
            for (int i = 0; i < count; i++) clients.Add(host.TcpTo(listener.LocalAddress));
            Socket extra = host.NonBlockingTcp();
            clients.Add(extra);
            Expect.Fails(Errno.EINPROGRESS, extra.TryConnect(listener.LocalAddress));
            Expect.Equal(PollEvents.None, extra.Poll(StreamSockets.StreamEvents, TimeSpan.FromMilliseconds(100)));
        }
        finally
        {
            foreach (Socket client in clients) client.Dispose();
        }
    }

    private static int LimitAfter(HostProcess host, int backlog)
    {
        using Socket listener = host.TcpListener(backlog);
        return Limit(listener);
    }

    private static int Limit(Socket listener)
    {
        Span<byte> info = stackalloc byte[LimitOffset + 4];
        listener.GetOption(IPPROTO_TCP, TCP_INFO, info);
        return BinaryPrimitives.ReadInt32LittleEndian(info[LimitOffset..]);
    }
}
