using Slipway.Sockets;
using static Slipway.Conformance.StreamSockets;

namespace Slipway.Conformance;

/// <summary>shutdown of stream sockets (section SHUT).</summary>
public static class StreamShutdownScenarios
{
    /// <summary>Without a connection there is nothing to shut; directions outside the three do not exist.</summary>
    [Scenario("SHUT-01", "SHUT-02")]
    public static void WithoutAConnection(HostProcess host)
    {
        using Socket socket = host.Tcp();
        foreach (ShutdownHow how in new[] { ShutdownHow.Receive, ShutdownHow.Send, ShutdownHow.Both })
            Expect.Fails(Errno.ENOTCONN, host.Sockets.Shutdown(socket.Descriptor, how));
        using StreamPair pair = host.TcpPair();
        Expect.Fails(Errno.EINVAL, host.Sockets.Shutdown(pair.Client.Descriptor, (ShutdownHow)3));
        Expect.Fails(Errno.EINVAL, host.Sockets.Shutdown(pair.Client.Descriptor, (ShutdownHow)(-1)));
        Expect.Fails(Errno.EAGAIN, pair.Server.TryReceive(new byte[1]));
    }

    /// <summary>SHUT_WR ends one direction after the data in it: no more sends, and the other direction goes on.</summary>
    [Scenario("SHUT-03", "SHUT-06", OwnProcess = true)]
    public static void HalfClose(HostProcess near, HostProcess far)
    {
        var pipe = new SignalLog(near, Signal.SIGPIPE);
        using StreamPair pair = near.TcpPair(far);
        using Socket copy = pair.Client.Duplicate();
        pair.Client.SendText("before");
        pair.Client.Shutdown(ShutdownHow.Send);
        Expect.Throws(Errno.EPIPE, () => pair.Client.SendText("after"));
        pipe.Next();
        Expect.Fails(Errno.EPIPE, copy.TrySend("after")); // on a duplicate too: it is the socket that is shut
        Expect.Success(near.Sockets.Shutdown(pair.Client.Descriptor, ShutdownHow.Send));
        Expect.Bytes("before"u8, pair.Server.ReceiveToEnd());
        pair.Server.SendText("the other way");
        Expect.Equal("the other way", pair.Client.ReceiveReady());
        pipe.ExpectCount(0);
    }

    /// <summary>SHUT_RD tells the peer nothing: what it sends later is acknowledged and can still be read, only waiting is over.</summary>
    [Scenario("SHUT-04")]
    public static void ReceivingShut(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        pair.Server.Shutdown(ShutdownHow.Receive);
        Expect.Equal(0, pair.Server.Receive(new byte[4]));
        Expect.Equal(PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLRDHUP, pair.Server.PollNow(StreamEvents));
        Expect.Equal(PollEvents.POLLOUT, pair.Client.PollNow(StreamEvents));
        Expect.Equal(4, pair.Client.SendText("late"));
        near.WaitUntil(() => pair.Client.Ask(IoControl.SIOCOUTQ) == 0, static () => "nobody acknowledged data sent after SHUT_RD");
        Expect.Equal("late", pair.Server.ReceiveText());
        Expect.Equal(0, pair.Server.Receive(new byte[4]));
    }

    /// <summary>SHUT_RDWR: the peer reads the end; what it sends then is answered by a reset.</summary>
    [Scenario("SHUT-05")]
    public static void BothShut(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        pair.Server.Shutdown(ShutdownHow.Both);
        pair.Client.ExpectEnd();
        Expect.Equal(1, Expect.Success(pair.Client.TrySend("x")));
        pair.Client.WaitFor(PollEvents.POLLERR);
        Expect.Fails(Errno.EPIPE, pair.Client.TrySend("x"));
        pair.Server.ExpectReset(); // the data that nobody can read ended the connection at this side too
    }

    /// <summary>shutdown by another thread wakes a blocked receive with 0.</summary>
    [Scenario("SHUT-08")]
    public static void WakesABlockedReceive(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        int received = -1;
        ProcessThread reader = host.StartThread("reader", () => received = pair.Client.Receive(new byte[4]));
        reader.WaitUntilBlocked();
        pair.Client.Shutdown(ShutdownHow.Receive);
        reader.Join();
        Expect.Equal(0, received);
    }

    /// <summary>close by another thread does not wake it: the call holds the socket open.</summary>
    [Scenario("SHUT-08")]
    public static void CloseDoesNotWake(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        string? received = null;
        ProcessThread reader = host.StartThread("reader", () => received = pair.Client.ReceiveText());
        reader.WaitUntilBlocked();
        host.Sockets.Close(pair.Client.Detach());
        pair.Server.SendText("after the close");
        reader.Join();
        Expect.Equal("after the close", received);
    }

    /// <summary>When both directions have ended there is no peer any more, at neither end.</summary>
    [Scenario("SHUT-16", "ASYNC-09")]
    public static void NoPeerAfterTheEnd(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        Expect.Equal(pair.Client.LocalAddress, pair.Server.RemoteAddress);
        pair.Client.Shutdown(ShutdownHow.Send);
        pair.Server.ExpectEnd();
        Expect.Equal(pair.Client.LocalAddress, pair.Server.RemoteAddress);
        Expect.Equal(PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLRDHUP, pair.Server.PollNow(StreamEvents)); // no POLLHUP while one's own direction is open
        pair.Server.Shutdown(ShutdownHow.Send);
        foreach (Socket socket in new[] { pair.Client, pair.Server })
        {
            socket.WaitForMask(near, PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLHUP | PollEvents.POLLRDHUP);
            near.WaitUntil(() => HasNoPeer(socket), static () => "the socket still names its peer");
        }
    }

    /// <summary>The peer finishes: readable, with POLLRDHUP for who asks, and no POLLHUP.</summary>
    [Scenario("ASYNC-04")]
    public static void PeerFinished(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        Expect.Equal(PollEvents.POLLOUT, pair.Server.PollNow(StreamEvents));
        pair.Client.Shutdown(ShutdownHow.Send);
        pair.Server.WaitForMask(near, PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLRDHUP);
        Expect.Equal(PollEvents.POLLIN, pair.Server.PollNow(PollEvents.POLLIN));
        Expect.Equal(PollEvents.None, pair.Server.PollNow(PollEvents.None));
        Expect.Equal(0, pair.Server.Receive(new byte[1]));
        Expect.Equal(PollEvents.POLLOUT, pair.Client.PollNow(StreamEvents)); // its own end says nothing
    }

    /// <summary>With SO_LINGER shutdown returns at once.</summary>
    [Scenario("SHUT-14")]
    public static void DoesNotLinger(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.SetLinger(30);
        pair.Client.Fill(host);
        var clock = new ScenarioClock(host);
        pair.Client.Shutdown(ShutdownHow.Both);
        Expect.InRange(0, 10_000, (long)clock.Elapsed.TotalMilliseconds);
        pair.Client.Abort();
    }

    /// <summary>SO_LINGER with no time makes close a reset, and leaves shutdown what it is.</summary>
    [Scenario("SHUT-12")]
    public static void ShutdownIsNoReset(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        pair.Client.SetLinger(0);
        pair.Client.SendText("whole");
        pair.Client.Shutdown(ShutdownHow.Send);
        Expect.Bytes("whole"u8, pair.Server.ReceiveToEnd());
    }

    private static bool HasNoPeer(Socket socket)
    {
        int length = 0;
        return socket.System.GetPeerName(socket.Descriptor, default, ref length) == Errno.ENOTCONN;
    }
}
