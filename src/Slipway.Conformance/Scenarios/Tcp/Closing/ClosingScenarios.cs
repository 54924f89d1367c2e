using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>close, SO_LINGER and shutdown of stream sockets: what does not depend on the milliseconds (section LG).</summary>
public static class ClosingScenarios
{
    /// <summary>close returns at once, and the peer gets all the data, then the end.</summary>
    [Scenario("LG-001", "LG-016")]
    public static void DataThenEnd(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (server)
        {
            client.Send(new byte[100]);
            Expect.Success(client.TryClose());
            server.WaitForBytes(host, 100);
            Expect.Equal(100, server.Receive(new byte[1000]));
            server.ExpectEnd();
        }
    }

    /// <summary>A lingering close returns when the peer's kernel has acknowledged data and FIN, whether its process reads or not; 0 in any case.</summary>
    [Scenario("LG-002", "LG-004")]
    public static void LingerDoesNotWaitForTheProcess(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (server)
        {
            client.SetLinger(5);
            client.Send(new byte[100]);
            Expect.Success(client.TryClose());
            Expect.Equal(100, server.Available);
        }
    }

    /// <summary>
    /// A linger time that is too short is no error: close returns 0 when it is over, and the data is not dropped. The peer's buffer is full here, so nothing more is acknowledged until it reads.
    /// </summary>
    [Scenario("LG-003", "LG-004")]
    public static void LingerTimesOut(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPairWith(
            listener: static socket => socket.SetSocketLevel(SO_RCVBUF, 4000), client: static socket => socket.SetSocketLevel(SO_SNDBUF, 20000));
        using (server)
        {
            int sent = client.Fill(host);
            client.SetLinger(1);
            var clock = new ScenarioClock(host);
            Expect.Success(client.TryClose());
            clock.ExpectElapsed(TimeSpan.FromSeconds(1));
            Expect.Equal(sent, server.Patient().ReceiveToEnd().Length);
        }
    }

    /// <summary>A socket that does not block lingers all the same.</summary>
    [Scenario("LG-006")]
    public static void NonBlockingLingers(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPairWith(
            listener: static socket => socket.SetSocketLevel(SO_RCVBUF, 4000), client: static socket => socket.SetSocketLevel(SO_SNDBUF, 20000));
        using (server)
        {
            client.Fill(host);
            client.SetLinger(1);
            client.NonBlocking = true;
            var clock = new ScenarioClock(host);
            Expect.Success(client.TryClose());
            clock.ExpectElapsed(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>A signal ends the lingering early: 0 again, the descriptor is gone, the data still arrives.</summary>
    [Scenario("LG-007", OwnProcess = true)]
    public static void SignalEndsLingering(HostProcess host)
    {
        var log = new SignalLog(host, Signal.SIGUSR1);
        (Socket client, Socket server) = host.TcpPairWith(
            listener: static socket => socket.SetSocketLevel(SO_RCVBUF, 4000), client: static socket => socket.SetSocketLevel(SO_SNDBUF, 20000));
        using (server)
        {
            int sent = client.Fill(host);
            client.SetLinger(60);
            int descriptor = client.Detach();
            Errno result = Errno.EIO;
            ProcessThread closing = host.StartThread("closing", () => result = host.Sockets.Close(descriptor));
            closing.WaitUntilBlocked();
            Expect.Success(closing.Interrupt(Signal.SIGUSR1));
            closing.Join();
            log.Next();
            Expect.Success(result);
            Expect.Fails(Errno.EBADF, host.Sockets.Close(descriptor));
            Expect.Equal(sent, server.Patient().ReceiveToEnd().Length);
        }
    }

    /// <summary>A linger time of zero: the peer is reset. What it has received already it can read first.</summary>
    [Scenario("LG-005", "LG-020")]
    public static void Abort(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (server)
        {
            client.Send(new byte[100]);
            server.WaitForBytes(host, 100);
            client.SetLinger(0);
            Expect.Success(client.TryClose());
            server.WaitFor(PollEvents.POLLERR);
            Expect.Equal(100, server.Receive(new byte[1000]));
            Expect.Fails(Errno.ECONNRESET, server.TryReceive(new byte[1]));
            Expect.Equal(0, Expect.Success(server.TryReceive(new byte[1])));
        }
    }

    /// <summary>shutdown(RD): what is buffered, and even what comes later, stays readable; then 0 instead of waiting. Sending goes on.</summary>
    [Scenario("LG-012")]
    public static void ShutdownOfReceiving(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            server.SendText("before");
            client.WaitForBytes(host, 6);
            client.Shutdown(ShutdownHow.Receive);
            server.SendText("after");
            client.WaitForBytes(host, 11);
            Expect.Equal("beforeafter", client.ReceiveText());
            Expect.Equal(0, client.Receive(new byte[1]));
            client.SendText("still sending");
            Expect.Equal("still sending", server.ReceiveReady());
            server.SendText("later");
            client.WaitForBytes(host, 5);
            Expect.Equal("later", client.ReceiveText());
        }
    }

    /// <summary>shutdown(WR): the data, then the end; receiving goes on; sending is EPIPE; doing it again is no error.</summary>
    [Scenario("LG-013")]
    public static void ShutdownOfSending(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            client.SendText("last words");
            client.Shutdown(ShutdownHow.Send);
            Expect.Equal("last words", server.ReceiveReady());
            server.ExpectEnd();
            server.SendText("an answer");
            Expect.Equal("an answer", client.ReceiveReady());
            Expect.Fails(Errno.EPIPE, client.TrySend("x"));
            client.Shutdown(ShutdownHow.Send);
        }
    }

    /// <summary>Sending after shutdown(WR) raises SIGPIPE, once a call, unless the call asks not to.</summary>
    [Scenario("LG-013", OwnProcess = true)]
    public static void ShutdownOfSendingSignals(HostProcess host)
    {
        var log = new SignalLog(host, Signal.SIGPIPE);
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            client.Shutdown(ShutdownHow.Send);
            Expect.Fails(Errno.EPIPE, client.TrySend("x"));
            log.ExpectCount(0);
            Expect.Throws(Errno.EPIPE, () => client.SendText("x"));
            Expect.Equal(Signal.SIGPIPE, log.Next().Signal);
            log.ExpectCount(0);
        }
    }

    /// <summary>shutdown(RDWR) is both, and no close: the descriptor and its address stay.</summary>
    [Scenario("LG-014")]
    public static void ShutdownOfBoth(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            InetAddress mine = client.LocalAddress;
            client.Shutdown(ShutdownHow.Both);
            Expect.Equal(mine, client.LocalAddress);
            Expect.Equal(0, client.Receive(new byte[1]));
            Expect.Fails(Errno.EPIPE, client.TrySend("x"));
            server.ExpectEnd();
        }
    }

    /// <summary>shutdown needs a connection, and one of three directions.</summary>
    [Scenario("LG-015")]
    public static void ShutdownErrors(HostProcess host)
    {
        using Socket unconnected = host.Tcp();
        Expect.Throws(Errno.ENOTCONN, () => unconnected.Shutdown(ShutdownHow.Send));
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            Expect.Fails(Errno.EINVAL, host.Sockets.Shutdown(client.Descriptor, (ShutdownHow)3));
        }
    }

    /// <summary>close of one of two descriptors sends nothing; close of the last one ends the connection.</summary>
    [Scenario("LG-016")]
    public static void LastReference(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (server)
        {
            using Socket copy = client.Duplicate();
            uint sent = client.Info().SegmentsOut;
            client.Dispose();
            Expect.Equal(sent, copy.Info().SegmentsOut);
            Expect.Equal(PollEvents.None, server.PollNow(PollEvents.POLLIN));
            copy.SendText("by the other");
            Expect.Equal("by the other", server.ReceiveReady());
            copy.Dispose();
            server.ExpectEnd();
        }
    }

    /// <summary>shutdown acts at once, however many descriptors there are.</summary>
    [Scenario("LG-017")]
    public static void ShutdownDespiteReferences(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        using (Socket copy = client.Duplicate())
        {
            client.Shutdown(ShutdownHow.Send);
            server.ExpectEnd();
            Expect.Fails(Errno.EPIPE, copy.TrySend("x"));
        }
    }

    /// <summary>close with data that was not read is a reset, after the data that goes out: the peer reads that, then ECONNRESET.</summary>
    [Scenario("LG-018", "LG-020")]
    public static void UnreadData(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (server)
        {
            server.SendText("unread");
            client.WaitForBytes(host, 6);
            client.SendText("0123456789");
            Expect.Success(client.TryClose());
            server.WaitFor(PollEvents.POLLERR);
            Expect.Equal("0123456789", server.ReceiveText());
            Expect.Fails(Errno.ECONNRESET, server.TryReceive(new byte[1]));
        }
    }

    /// <summary>A lingering socket with another descriptor does not wait: its close is not the last.</summary>
    [Scenario("LG-019")]
    public static void NoLingeringForACopy(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPairWith(
            listener: static socket => socket.SetSocketLevel(SO_RCVBUF, 4000), client: static socket => socket.SetSocketLevel(SO_SNDBUF, 20000));
        using (server)
        {
            client.Fill(host);
            client.SetLinger(60);
            using Socket copy = client.Duplicate();
            ProcessThread closing = host.StartThread("closing", client.Dispose);
            closing.Join(); // with its minute it would not return before the scenario's time is over
            Expect.Equal(PollEvents.None, copy.PollNow(PollEvents.POLLOUT));
            copy.Abort();
        }
    }
}
