using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>How long what is left of a connection lives: TIME_WAIT, FIN_WAIT_2 (RU-021, T-007), and what a window allows in a round trip (BUF-010, BUF-011).</summary>
public static class LifetimeTimelines
{
    /// <summary>TIME_WAIT lasts sixty seconds, at the end that closed first: so long its port is taken, and then it is free.</summary>
    [Scenario("RU-021", NotOnKernel = "it takes a minute")]
    public static void TimeWait(TimelineHosts hosts)
    {
        if (hosts.Slack > TimeSpan.Zero) return;
        (Socket a, Socket b) = hosts.Connect();
        InetAddress mine = a.LocalAddress;
        a.Dispose();
        Expect.Equal(0, b.Receive(new byte[1]));
        b.Dispose();
        hosts.SleepUntil(100);
        hosts.Begin(); // B's FIN has just come, and TIME_WAIT begins
        foreach ((double time, Errno expected) in new[] { (59_999.0, Errno.EADDRINUSE), (60_001.0, Errno.None) })
        {
            hosts.SleepUntil(time);
            using Socket again = hosts.Near.Tcp();
            Expect.Fails(expected, again.TryBind(mine), $"bind after {time} ms");
        }
    }

    /// <summary>In TIME_WAIT a FIN that comes again is acknowledged again: here the first acknowledgement is lost.</summary>
    [Scenario("RU-022", NotOnKernel = Waits.ExactTimes)]
    public static void TimeWaitAcknowledgesAgain(TimelineHosts hosts)
    {
        (Socket a, Socket b) = hosts.Connect();
        a.Dispose();
        Expect.Equal(0, b.Receive(new byte[1]));
        hosts.Near.Sleep(TimeSpan.FromMilliseconds(300));
        hosts.Begin();
        double timeout = b.Info().RetransmissionTimeout / 1000.0;
        b.Dispose();
        hosts.SleepUntil(20); // the FIN is on its way: it arrives at 50, and its acknowledgement is lost
        hosts.SetWire(WireState.Silent);
        hosts.SleepUntil(150);
        hosts.SetWire(WireState.Open);
        hosts.SleepUntil(timeout + 500);
        hosts.ExpectSegments(hosts.Far, (0, 0), (timeout, 0));
        hosts.ExpectSegments(hosts.Near, (50, 0), (timeout + 50, 0));
    }

    /// <summary>A closed socket whose peer never closes is gone when TCP_LINGER2 is over: what comes then is answered by a reset. Before, the data of the peer is not.</summary>
    [Scenario("T-007", NotOnKernel = Waits.ExactTimes)]
    public static void FinWait2(TimelineHosts hosts)
    {
        (Socket a, Socket b) = hosts.Connect(near: static socket => socket.SetTcp(TCP_LINGER2, 2));
        using (b)
        {
            InetAddress mine = a.LocalAddress;
            a.Dispose();
            hosts.SleepUntil(1500);
            using (Socket early = hosts.Near.Tcp()) Expect.Fails(Errno.EADDRINUSE, early.TryBind(mine));
            hosts.SleepUntil(2500);
            using Socket late = hosts.Near.Tcp();
            Expect.Success(late.TryBind(mine));
            b.TrySend("x");
            hosts.SleepUntil(2700);
            Expect.Fails(Errno.EPIPE, b.TrySend("y"));
        }
    }

    /// <summary>
    /// One segment is lost. The classic advice is a buffer of four segments and more, so that three duplicate acknowledgements can come; with RACK (RFC 8985) one segment behind it is
    /// enough, and also the smallest buffer costs no retransmission timeout.
    /// </summary>
    [Scenario("BUF-010", NotOnKernel = Waits.ExactTimes)]
    public static void OneLossIsRepaired(TimelineHosts hosts)
    {
        foreach (int segments in new[] { 2, 8 })
        {
            (Socket a, Socket b) = hosts.Connect(near: static socket => socket.SetTcp(TCP_NODELAY, 1), far: socket => socket.SetSocketLevel(SO_RCVBUF, segments * 1448));
            using (a)
            using (b)
            {
                double timeout = a.Info().RetransmissionTimeout / 1000.0;
                hosts.SetWire(WireState.Silent);
                a.Send(new byte[1448]);
                hosts.SleepUntil(60);
                hosts.SetWire(WireState.Open);
                a.Send(new byte[(segments - 1) * 1448]);
                b.WaitForBytes(hosts.Near, segments * 1448);
                TimelineSegment again = hosts.DataSentBy(hosts.Near).Skip(1).First(static segment => segment.Tcp.Sequence == 1);
                Expect.InRange(160, (long)timeout - 10, (long)again.At, $"retransmission with {segments} segments of buffer\n{hosts.Trace()}");
            }
        }
    }

    /// <summary>A window of 64 KiB and a round trip of 100 ms allow 655360 bytes a second, and no more, however fast the wire is; and it gets there, but for the slow start.</summary>
    [Scenario("BUF-011", "T-010", NotOnKernel = Waits.ExactTimes)]
    public static void WindowBoundsThroughput(TimelineHosts hosts)
    {
        const int Window = 65535, Windows = 20;
        (Socket a, Socket b) = hosts.Connect(far: static socket => socket.SetTcp(TCP_WINDOW_CLAMP, Window));
        using (b)
        using (a)
        {
            a.SetSocketLevel(SO_SNDBUF, 8 * Window);
            ProcessThread sender = hosts.Near.StartThread("sender", () =>
            {
                byte[] data = new byte[Windows * Window];
                for (int sent = 0; sent < data.Length;) sent += a.Send(data.AsSpan(sent));
                a.Shutdown(ShutdownHow.Send);
            });
            Expect.Equal(Windows * Window, b.ReceiveToEnd().Length);
            sender.Join();
            Expect.InRange((Windows - 1) * 100, (Windows + 5) * 100, (long)hosts.Now);
        }
    }
}
