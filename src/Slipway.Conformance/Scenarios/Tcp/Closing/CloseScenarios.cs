using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>close of stream sockets: what the peer sees, lingering, the state that stays (section SHUT).</summary>
public static class CloseScenarios
{
    private const string NoChild = "a function cannot run in a child of the kernel: the row's own program showed it";

    /// <summary>close of one of several descriptors tells the peer nothing.</summary>
    [Scenario("SHUT-07")]
    public static void TheLastDescriptorCounts(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        using Socket copy = pair.Client.Duplicate();
        pair.Client.Dispose();
        copy.SendText("still open");
        Expect.Equal("still open", pair.Server.ReceiveReady());
        pair.Server.ExpectEmpty();
        copy.Dispose();
        pair.Server.ExpectEnd();
    }

    /// <summary>A child's copy keeps the connection as a duplicate does.</summary>
    [Scenario("SHUT-07", NotOnKernel = NoChild)]
    public static void AChildsCopyCounts(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        int descriptor = pair.Client.Descriptor;
        ChildProcess child = host.StartChild("child", process =>
        {
            process.Sleep(TimeSpan.FromSeconds(1));
            process.Sockets.SendTo(descriptor, "from the child"u8, MessageFlags.None, default);
        });
        pair.Client.Dispose();
        pair.Server.ExpectEmpty();
        Expect.Equal("from the child", pair.Server.ReceiveReady());
        child.Wait();
        pair.Server.ExpectEnd();
    }

    /// <summary>close with data unread is a reset, so that the peer learns that its data was lost.</summary>
    [Scenario("SHUT-10")]
    public static void UnreadDataMakesAReset(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        pair.Client.SendText("unread");
        pair.Server.WaitFor(PollEvents.POLLIN);
        pair.Server.Dispose();
        pair.Client.ExpectReset();
    }

    /// <summary>close returns at once; what was queued arrives all the same, then the end.</summary>
    [Scenario("SHUT-11")]
    public static void QueuedDataStillArrives(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        int sent = pair.Client.Fill(near);
        var clock = new ScenarioClock(near);
        pair.Client.Dispose();
        Expect.InRange(0, 10_000, (long)clock.Elapsed.TotalMilliseconds);
        Expect.Equal(sent, pair.Server.ReceiveToEnd().Length);
    }

    /// <summary>The side that closed first keeps its address in TIME_WAIT; the other side's is free at once.</summary>
    [Scenario("SHUT-11")]
    public static void TheFirstCloserKeepsTheAddress(HostProcess near, HostProcess far)
    {
        foreach (bool clientFirst in new[] { true, false })
        {
            StreamPair pair = near.TcpPair(far);
            InetAddress client = pair.Client.LocalAddress, server = pair.Server.LocalAddress;
            (Socket first, Socket second) = clientFirst ? (pair.Client, pair.Server) : (pair.Server, pair.Client);
            first.Dispose();
            second.ExpectEnd();
            second.Dispose();
            ((HostProcess Host, InetAddress Address) kept, (HostProcess Host, InetAddress Address) free) =
                clientFirst ? ((near, client), (far, server)) : ((far, server), (near, client));
            near.WaitUntil(() => CanBind(free.Host, free.Address), static () => "the address of the second closer stays taken");
            Expect.True(!CanBind(kept.Host, kept.Address));
        }
    }

    /// <summary>TIME_WAIT lasts sixty seconds.</summary>
    [Scenario("SHUT-11", NotOnKernel = "takes a minute of real time")]
    public static void TimeWaitEnds(HostProcess near, HostProcess far)
    {
        StreamPair pair = near.TcpPair(far);
        InetAddress client = pair.Client.LocalAddress;
        pair.Client.Dispose();
        pair.Server.ExpectEnd();
        pair.Server.Dispose();
        near.Sleep(TimeSpan.FromSeconds(59));
        Expect.True(!CanBind(near, client));
        near.Sleep(TimeSpan.FromSeconds(2));
        Expect.True(CanBind(near, client));
    }

    /// <summary>SO_LINGER with no time: close drops what is queued, resets, and leaves no TIME_WAIT.</summary>
    [Scenario("SHUT-12")]
    public static void LingerForNoTime(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        InetAddress client = pair.Client.LocalAddress;
        int sent = pair.Client.Fill(near);
        pair.Client.Abort();
        pair.Server.WaitFor(PollEvents.POLLERR);
        byte[] buffer = new byte[65536];
        int received = 0;
        CallResult result;
        for (; (result = pair.Server.TryReceive(buffer)).Value > 0; received += result.Value) { }
        Expect.Fails(Errno.ECONNRESET, result);
        Expect.True(received < sent);
        Expect.True(CanBind(near, client));
    }

    /// <summary>SO_LINGER with a time: close waits for the peer's acknowledgement, but no longer; it succeeds in either case, and waits on a non-blocking socket too.</summary>
    [Scenario("SHUT-13")]
    public static void LingerForATime(HostProcess near, HostProcess far)
    {
        foreach (bool nonBlocking in new[] { false, true })
        {
            using StreamPair pair = near.TcpPair(far);
            pair.Client.Fill(near); // the peer does not read: the last byte is never acknowledged
            pair.Client.SetLinger(1);
            pair.Client.NonBlocking = nonBlocking;
            var clock = new ScenarioClock(near);
            Expect.Success(near.Sockets.Close(pair.Client.Detach()));
            clock.ExpectElapsed(TimeSpan.FromSeconds(1), slack: TimeSpan.FromMilliseconds(125));
            pair.Server.Abort();
        }
        using StreamPair answered = near.TcpPair(far);
        answered.Client.SendText("acknowledged");
        answered.Client.SetLinger(30);
        var quick = new ScenarioClock(near);
        Expect.Success(near.Sockets.Close(answered.Client.Detach()));
        Expect.InRange(0, 10_000, (long)quick.Elapsed.TotalMilliseconds);
        Expect.Bytes("acknowledged"u8, answered.Server.ReceiveToEnd());
    }

    /// <summary>The end of a process closes without lingering; no time for it still is a reset.</summary>
    [Scenario("SHUT-15", NotOnKernel = NoChild)]
    public static void ExitDoesNotLinger(HostProcess host)
    {
        foreach (int seconds in new[] { 2, 0 })
        {
            using StreamPair pair = host.TcpPair();
            int sent = pair.Client.Fill(host);
            pair.Client.SetLinger(seconds);
            ChildProcess child = host.StartChild("child", static process => process.Sleep(TimeSpan.FromSeconds(1)));
            pair.Client.Dispose();
            var clock = new ScenarioClock(host);
            Expect.Equal(0, child.Wait());
            clock.ExpectElapsed(TimeSpan.FromSeconds(1));
            if (seconds > 0) Expect.Equal(sent, pair.Server.ReceiveToEnd().Length);
            else pair.Server.WaitFor(PollEvents.POLLERR);
        }
    }

    private static bool CanBind(HostProcess host, InetAddress address)
    {
        using Socket socket = host.Tcp();
        Errno error = socket.TryBind(address);
        if (error != Errno.EADDRINUSE) Expect.Success(error);
        return error == Errno.None;
    }
}
