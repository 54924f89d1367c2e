using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What a program sees when its peer's process or host has failed: what does not depend on the milliseconds (section KA). A process that crashes has its sockets closed by its kernel.</summary>
public static class PeerFailureScenarios
{
    private const PollEvents Asked = PollEvents.POLLIN | PollEvents.POLLPRI | PollEvents.POLLOUT;

    /// <summary>
    /// The peer's process crashes while we send. The socket is readable and writable; the first send succeeds and is answered by a reset; the second fails with EPIPE. All that time
    /// reading says: the end, never ECONNRESET; and once EPIPE was told no error is left.
    /// </summary>
    [Scenario("KA-001", "KA-002")]
    public static void CrashWhileSending(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        {
            server.Dispose();
            client.WaitFor(PollEvents.POLLIN);
            Expect.Equal(PollEvents.POLLIN | PollEvents.POLLOUT, client.PollNow(Asked));
            Expect.Equal(1, Expect.Success(client.TrySend("1")));
            client.WaitFor(PollEvents.POLLERR);
            Expect.Equal(PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLERR | PollEvents.POLLHUP, client.PollNow(Asked));
            Expect.Fails(Errno.EPIPE, client.TrySend("2"));
            Expect.Equal(0, Expect.Success(client.TryReceive(new byte[5])));
            Expect.Equal(Errno.None, client.TakeError());
        }
    }

    /// <summary>Whoever reads first after the reset reads the end; the error is still there for the next send.</summary>
    [Scenario("KA-002")]
    public static void ReadingAfterTheReset(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        {
            server.Dispose();
            client.ExpectEnd();
            client.TrySend("1");
            client.WaitFor(PollEvents.POLLERR);
            Expect.Equal(0, Expect.Success(client.TryReceive(new byte[5])));
            Expect.Equal(0, Expect.Success(client.TryReceive(new byte[5])));
            Expect.Fails(Errno.EPIPE, client.TrySend("3"));
        }
    }

    /// <summary>The send that fails with EPIPE raises SIGPIPE, unless it asks not to.</summary>
    [Scenario("KA-001", OwnProcess = true)]
    public static void CrashRaisesSigpipe(HostProcess host)
    {
        var log = new SignalLog(host, Signal.SIGPIPE);
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        {
            server.Dispose();
            client.WaitFor(PollEvents.POLLIN);
            client.SendText("1");
            client.WaitFor(PollEvents.POLLERR);
            Expect.Throws(Errno.EPIPE, () => client.SendText("2"));
            Expect.Equal(Signal.SIGPIPE, log.Next().Signal);
            Expect.Fails(Errno.EPIPE, client.TrySend("3"));
            log.ExpectCount(0);
        }
    }

    /// <summary>The peer's process crashes with data that it has not read: a reset at once, no FIN. ECONNRESET is told once, then EPIPE and the end.</summary>
    [Scenario("KA-003")]
    public static void CrashWithUnreadData(HostProcess host)
    {
        foreach (bool sendsFirst in new[] { true, false })
        {
            (Socket client, Socket server) = host.TcpPair();
            using (client)
            {
                client.SendText("data");
                server.WaitForBytes(host, 4);
                server.Dispose();
                client.WaitFor(PollEvents.POLLERR);
                Expect.Fails(Errno.ECONNRESET, sendsFirst ? client.TrySend("q") : client.TryReceive(new byte[1]));
                Expect.Fails(Errno.EPIPE, client.TrySend("q"));
                Expect.Equal(0, Expect.Success(client.TryReceive(new byte[1])));
            }
        }
    }

    /// <summary>The peer's process crashes while we wait in recv: it returns 0.</summary>
    [Scenario("KA-004")]
    public static void CrashWhileReceiving(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        {
            int received = -1;
            ProcessThread reader = host.StartThread("reader", () => received = client.Receive(new byte[5]));
            reader.WaitUntilBlocked();
            server.Dispose();
            reader.Join();
            Expect.Equal(0, received);
        }
    }

    /// <summary>The peer's process crashes while the connection is idle: keepalive adds nothing.</summary>
    [Scenario("KA-005")]
    public static void CrashWhileIdle(HostProcess host)
    {
        foreach (int keepAlive in new[] { 0, 1 })
        {
            (Socket client, Socket server) = host.TcpPair();
            using (client)
            {
                client.SetSocketLevel(SO_KEEPALIVE, keepAlive);
                uint sent = client.Info().SegmentsOut;
                server.Dispose();
                client.ExpectEnd();
                Expect.InRange(sent, sent + 1, client.Info().SegmentsOut); // the acknowledgement of the FIN at most, which may be delayed
            }
        }
    }

    /// <summary>SO_KEEPALIVE is off on both ends of a new connection.</summary>
    [Scenario("KA-021", "S-005")]
    public static void KeepAliveIsOff(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            Expect.Equal((0, 0), (client.GetSocketLevel(SO_KEEPALIVE), server.GetSocketLevel(SO_KEEPALIVE)));
        }
    }

    /// <summary>connect ends at once when a router says that network or host cannot be reached.</summary>
    [Scenario("KA-019")]
    public static void UnreachableWhileConnecting(RoutedHosts hosts)
    {
        using Socket toNetwork = hosts.Near.Tcp(), toHost = hosts.Near.Tcp();
        Expect.Fails(Errno.ENETUNREACH, toNetwork.TryConnect(new InetAddress("203.0.113.1", 9)));
        Expect.Fails(Errno.EHOSTUNREACH, toHost.TryConnect(new InetAddress("10.0.2.77", 9)));
    }
}
