using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>
/// When close, shutdown and the reads after them return, and what they prove (section LG). A sends 100 bytes at 0 and closes in some way; the process of B reads at T. R is the round trip, d half of it,
/// D = 40 ms the delay of an acknowledgement.
/// </summary>
public static class ClosingTimelines
{
    private const double D = 40;

    /// <summary>Figure 1, close as usual: it returns at 0, data and FIN leave at 0; B's FIN leaves when its process has read and closed.</summary>
    [Scenario("LG-001", NotOnKernel = Waits.ExactTimes)]
    public static void UsualClose(TimelineHosts hosts)
    {
        (Socket a, Socket b) = hosts.Connect();
        using (b)
        {
            a.Send(new byte[100]);
            Expect.Success(a.TryClose());
            hosts.ExpectNow(0);
            hosts.SleepUntil(300);
            Expect.Equal(100, b.Receive(new byte[1000]));
            Expect.Equal(0, b.Receive(new byte[1000]));
            b.Dispose();
            hosts.SleepUntil(600);
            hosts.ExpectTime(0, Fin(hosts, hosts.Near).At, "A's FIN");
            hosts.ExpectTime(300, Fin(hosts, hosts.Far).At, "B's FIN");
            hosts.ExpectTime(350, hosts.SentBy(hosts.Near)[^1].At, "A's acknowledgement");
        }
    }

    /// <summary>Figure 2, a linger time that is long enough: close returns when B's kernel has acknowledged the FIN, which it delays; B's process has not read a byte.</summary>
    [Scenario("LG-002", "LG-022", "S-006", NotOnKernel = Waits.ExactTimes)]
    public static void LongLinger(TimelineHosts hosts)
    {
        foreach (bool acknowledgedBefore in new[] { false, true })
        {
            (Socket a, Socket b) = hosts.Connect();
            using (b)
            {
                a.SetLinger(5);
                a.Send(new byte[100]);
                if (acknowledgedBefore)
                {
                    hosts.SleepUntil(300);
                    Expect.Equal(0, a.Ask(IoControl.SIOCOUTQ));
                    hosts.Begin();
                }
                Expect.Success(a.TryClose());
                hosts.ExpectNow(100 + D);
                Expect.Equal(100, b.Available);
            }
        }
    }

    /// <summary>Figure 3, a linger time that is too short: close returns 0 when it is over, and the data arrives all the same, later.</summary>
    [Scenario("LG-003", "LG-004", NotOnKernel = Waits.ExactTimes)]
    public static void ShortLinger(TimelineHosts hosts)
    {
        (Socket a, Socket b) = hosts.Connect();
        using (b)
        {
            hosts.SetWire(WireState.Silent);
            a.SetLinger(1);
            a.Send(new byte[100]);
            Expect.Success(a.TryClose());
            hosts.ExpectNow(1000);
            hosts.SetWire(WireState.Open);
            Expect.Equal(100, b.Patient().Receive(new byte[1000]));
            Expect.Equal(0, b.Receive(new byte[1000]));
        }
    }

    /// <summary>A socket that does not block lingers all the same.</summary>
    [Scenario("LG-006", NotOnKernel = Waits.ExactTimes)]
    public static void NonBlockingLinger(TimelineHosts hosts)
    {
        (Socket a, Socket b) = hosts.Connect();
        using (b)
        {
            a.SetLinger(5);
            a.NonBlocking = true;
            a.Send(new byte[100]);
            Expect.Success(a.TryClose());
            hosts.ExpectNow(100 + D);
        }
    }

    /// <summary>{1, 0}: a reset at once, no FIN; B may still read what had been sent, then ECONNRESET.</summary>
    [Scenario("LG-005", NotOnKernel = Waits.ExactTimes)]
    public static void Abort(TimelineHosts hosts)
    {
        (Socket a, Socket b) = hosts.Connect();
        using (b)
        {
            a.SetLinger(0);
            a.Send(new byte[100]);
            Expect.Success(a.TryClose());
            hosts.ExpectNow(0);
            hosts.SleepUntil(200);
            Expect.Equal(100, b.Receive(new byte[1000]));
            Expect.Fails(Errno.ECONNRESET, b.TryReceive(new byte[1]));
            hosts.ExpectSegments(hosts.Near, (0, 100), (0, 0), (100, 0)); // the last one answers the acknowledgement of a connection that is no more
            Expect.True(hosts.SentBy(hosts.Near)[1].Tcp.Flags.HasFlag(TcpFlags.Rst), hosts.Trace());
        }
    }

    /// <summary>Figure 4, shutdown and read: shutdown returns at 0, the read when B's FIN comes, d after its process has closed.</summary>
    [Scenario("LG-008", NotOnKernel = Waits.ExactTimes)]
    public static void ShutdownAndRead(TimelineHosts hosts)
    {
        (Socket a, Socket b) = hosts.Connect();
        using (a)
        {
            ProcessThread reader = ReadAt(hosts, b, 300, static socket => socket.Dispose());
            a.Send(new byte[100]);
            a.Shutdown(ShutdownHow.Send);
            hosts.ExpectNow(0);
            Expect.Equal(0, a.Receive(new byte[10]));
            hosts.ExpectNow(350);
            a.Dispose();
            hosts.ExpectNow(350);
            reader.Join();
        }
    }

    /// <summary>Figure 5, an acknowledgement by the program: B writes a byte when it has read all, and A reads it at T + d.</summary>
    [Scenario("LG-009", NotOnKernel = Waits.ExactTimes)]
    public static void ProgramAcknowledges(TimelineHosts hosts)
    {
        (Socket a, Socket b) = hosts.Connect();
        using (a)
        using (b)
        {
            ProcessThread reader = ReadAt(hosts, b, 300, static socket => socket.SendText("A"));
            a.Send(new byte[100]);
            Expect.Equal("A", a.ReceiveText(1));
            hosts.ExpectNow(350);
            reader.Join();
        }
    }

    /// <summary>B's process is killed after its kernel has acknowledged and before it has read. close and lingering close report success; only shutdown and read, and the program's acknowledgement, notice.</summary>
    [Scenario("LG-010", NotOnKernel = Waits.ExactTimes)]
    public static void WhoNoticesThatTheProcessDied(TimelineHosts hosts)
    {
        const double Killed = 120;
        foreach ((string way, double returned, Errno expected) in new[]
        {
            ("close", 0.0, Errno.None), ("linger", 100 + D, Errno.None), ("shutdown", Killed + 50, Errno.ECONNRESET), ("acknowledgement", Killed + 50, Errno.ECONNRESET),
        })
        {
            (Socket a, Socket b) = hosts.Connect();
            using (a)
            {
                ProcessThread killer = hosts.Far.StartThread("killer", () =>
                {
                    hosts.SleepUntil(Killed, hosts.Far);
                    b.Dispose();
                });
                if (way == "linger") a.SetLinger(5);
                a.Send(new byte[100]);
                if (way == "shutdown") a.Shutdown(ShutdownHow.Send);
                Errno result = way is "close" or "linger" ? a.TryClose() : KeepAliveTimelines.Receive(a).Error;
                hosts.ExpectTime(returned, hosts.Now, way);
                Expect.Fails(expected, result, way);
                killer.Join();
            }
        }
    }

    /// <summary>What each way waits for, for any R, and any T later than the acknowledgement: nothing, R + D, T + d, T + d.</summary>
    [Scenario("LG-011", NotOnKernel = Waits.ExactTimes)]
    public static void WhatEachWaitsFor(TimelineHosts hosts)
    {
        foreach ((int roundTrip, int time) in new[] { (20, 100), (100, 300), (300, 200), (460, 300) })
        {
            hosts.RoundTrip = TimeSpan.FromMilliseconds(roundTrip);
            foreach ((string way, double expected) in new[] { ("close", 0.0), ("linger", roundTrip + D), ("shutdown", time + roundTrip / 2.0), ("acknowledgement", time + roundTrip / 2.0) })
            {
                (Socket a, Socket b) = hosts.Connect();
                using (a)
                using (b)
                {
                    bool answers = way == "acknowledgement";
                    ProcessThread reader = ReadAt(hosts, b, time, socket =>
                    {
                        if (answers) socket.SendText("A");
                        else if (socket.Receive(new byte[1]) == 0) socket.Dispose();
                    });
                    if (way == "linger") a.SetLinger(5);
                    a.Send(new byte[100]);
                    if (way == "shutdown") a.Shutdown(ShutdownHow.Send);
                    if (way is "close" or "linger") Expect.Success(a.TryClose());
                    else Expect.Equal(answers ? 1 : 0, a.Receive(new byte[1]));
                    hosts.ExpectTime(expected, hosts.Now, $"{way}, R = {roundTrip}, T = {time}");
                    reader.Join();
                }
            }
        }
    }

    /// <summary>shutdown(RD) sends nothing, and what the peer sends is still acknowledged.</summary>
    [Scenario("LG-012", NotOnKernel = Waits.ExactTimes)]
    public static void ShutdownOfReceivingSendsNothing(TimelineHosts hosts)
    {
        (Socket a, Socket b) = hosts.Connect();
        using (a)
        using (b)
        {
            a.Shutdown(ShutdownHow.Receive);
            hosts.SleepUntil(200);
            Expect.Equal("", hosts.Trace());
            b.SendText("after");
            hosts.SleepUntil(500);
            Expect.Equal(0, b.Ask(IoControl.SIOCOUTQ));
        }
    }

    /// <summary>close with data unread: the data that was written goes out, then a reset instead of a FIN.</summary>
    [Scenario("LG-018", NotOnKernel = Waits.ExactTimes)]
    public static void UnreadData(TimelineHosts hosts)
    {
        (Socket a, Socket b) = hosts.Connect();
        using (b)
        {
            b.SendText("unread");
            hosts.SleepUntil(100);
            a.SendText("0123456789");
            a.Dispose();
            hosts.SleepUntil(300);
            IReadOnlyList<TimelineSegment> sent = hosts.SentBy(hosts.Near);
            hosts.ExpectTime(100, sent.First(static segment => segment.Tcp.Flags.HasFlag(TcpFlags.Rst)).At, "reset");
            Expect.True(sent.All(static segment => !segment.Tcp.Flags.HasFlag(TcpFlags.Fin)), hosts.Trace());
            Expect.Equal("0123456789", b.ReceiveText());
            Expect.Fails(Errno.ECONNRESET, b.TryReceive(new byte[1]));
        }
    }

    /// <summary>close of one of two descriptors sends nothing and lingers over nothing; the last one's sends the FIN. shutdown sends it at once.</summary>
    [Scenario("LG-016", "LG-017", "LG-019", NotOnKernel = Waits.ExactTimes)]
    public static void TwoDescriptors(TimelineHosts hosts)
    {
        (Socket a, Socket b) = hosts.Connect();
        using (b)
        {
            Socket copy = a.Duplicate();
            a.SetLinger(5);
            a.Dispose();
            hosts.ExpectNow(0);
            hosts.SleepUntil(100);
            Expect.Equal("", hosts.Trace());
            copy.SetOption(SocketOptions.Linger, new LingerOption(IsOn: false, 0));
            copy.Dispose();
            hosts.SleepUntil(300);
            hosts.ExpectTime(100, Fin(hosts, hosts.Near).At, "FIN of the last close");
        }
        (Socket c, Socket d) = hosts.Connect();
        using (c)
        using (d)
        using (Socket copy = c.Duplicate())
        {
            c.Shutdown(ShutdownHow.Send);
            hosts.SleepUntil(100);
            hosts.ExpectTime(0, Fin(hosts, hosts.Near).At, "FIN of the shutdown");
        }
    }

    /// <summary>B's process crashes at 100, and A's recv returns 0 exactly d later.</summary>
    [Scenario("KA-004", "KA-005", NotOnKernel = Waits.ExactTimes)]
    public static void CrashWhileReceiving(TimelineHosts hosts)
    {
        foreach (int keepAlive in new[] { 0, 1 })
        {
            (Socket a, Socket b) = hosts.Connect(near: socket => socket.SetSocketLevel(SO_KEEPALIVE, keepAlive));
            using (a)
            {
                ProcessThread killer = hosts.Far.StartThread("killer", () =>
                {
                    hosts.SleepUntil(100, hosts.Far);
                    b.Dispose();
                });
                Expect.Equal(0, a.Receive(new byte[1]));
                hosts.ExpectNow(150);
                killer.Join();
                hosts.SleepUntil(400);
                Expect.Equal((1, 1), (hosts.SentBy(hosts.Near).Count, hosts.SentBy(hosts.Far).Count), hosts.Trace());
            }
        }
    }

    private static TimelineSegment Fin(TimelineHosts hosts, HostProcess from)
        => hosts.SentBy(from).FirstOrDefault(static segment => segment.Tcp.Flags.HasFlag(TcpFlags.Fin)) ?? throw new ExpectationException($"no FIN\n{hosts.Trace()}");

    /// <summary>B's process: reads the 100 bytes at a time, then does something.</summary>
    private static ProcessThread ReadAt(TimelineHosts hosts, Socket socket, double time, Action<Socket> then) => hosts.Far.StartThread("reader", () =>
    {
        hosts.SleepUntil(time, hosts.Far);
        Expect.Equal(100, socket.Receive(new byte[100], MessageFlags.MSG_WAITALL));
        then(socket);
    });
}
