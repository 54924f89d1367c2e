using Slipway.Sockets;
using Slipway.Wire;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Keepalive, to the millisecond (section KA). The far host crashes without a word, cannot be reached, or has lost its connections.</summary>
public static class KeepAliveTimelines
{
    /// <summary>Probes after the idle time and then at intervals; when as many as allowed had no answer, ETIMEDOUT, and a reset to whoever may be there.</summary>
    [Scenario("KA-010", "KA-011", "S-005", "T-003", NotOnKernel = Waits.ExactTimes)]
    public static void HostCrash(TimelineHosts hosts)
    {
        using StreamPair pair = hosts.Connect();
        (Socket client, Socket server) = pair;
        hosts.SetWire(WireState.Silent);
        KeepAlive(hosts, client, 2, 1, 3);
        Expect.Fails(Errno.ETIMEDOUT, Receive(client));
        hosts.ExpectNow(5000);
        IReadOnlyList<TimelineSegment> sent = hosts.SentBy(hosts.Near);
        Expect.Equal(4, sent.Count, hosts.Trace());
        for (int i = 0; i < 3; i++) hosts.ExpectTime(2000 + 1000 * i, sent[i].At, $"probe {i + 1}");
        hosts.ExpectTime(5000, sent[3].At, "reset");
        Expect.True(sent[3].Tcp.Flags.HasFlag(TcpFlags.Rst), hosts.Trace());
        Expect.Equal(0, Expect.Success(Receive(client)));
        Expect.Fails(Errno.EPIPE, client.TrySend("x"));
    }

    /// <summary>With the times of the system it takes two hours and nine probes of 75 seconds.</summary>
    [Scenario("KA-010", "T-003", NotOnKernel = "it takes more than two hours")]
    public static void HostCrashWithTheUsualTimes(TimelineHosts hosts)
    {
        if (hosts.Slack > TimeSpan.Zero) return;
        using StreamPair pair = hosts.Connect();
        (Socket client, Socket server) = pair;
        hosts.SetWire(WireState.Silent);
        client.SetSocketLevel(SO_KEEPALIVE, 1);
        hosts.Begin();
        Expect.Fails(Errno.ETIMEDOUT, Receive(client));
        hosts.ExpectNow(7_875_000);
        Expect.Equal(9 + 1, hosts.SentBy(hosts.Near).Count, hosts.Trace());
    }

    /// <summary>A router says that the host cannot be reached: Linux takes no notice, for the probe's sequence number lies before the window. ETIMEDOUT, not EHOSTUNREACH.</summary>
    [Scenario("KA-012", NotOnKernel = Waits.ExactTimes)]
    public static void Unreachable(TimelineHosts hosts)
    {
        using StreamPair pair = hosts.Connect();
        (Socket client, Socket server) = pair;
        hosts.SetWire(WireState.Unreachable);
        KeepAlive(hosts, client, 2, 1, 3);
        Expect.Fails(Errno.ETIMEDOUT, Receive(client));
        hosts.ExpectNow(5000);
    }

    /// <summary>A probe that is answered: the next one comes after another idle time, and the program notices nothing. It has no data, the number before the window, and changes no counter.</summary>
    [Scenario("KA-013", "KA-015", NotOnKernel = Waits.ExactTimes)]
    public static void Answered(TimelineHosts hosts)
    {
        using StreamPair pair = hosts.Connect();
        (Socket client, Socket server) = pair;
        client.SendText("x");
        server.ReceiveText();
        hosts.Near.Sleep(TimeSpan.FromMilliseconds(500));
        KeepAlive(hosts, client, 1, 1, 3);
        hosts.SleepUntil(3500);
        IReadOnlyList<TimelineSegment> probes = hosts.SentBy(hosts.Near), answers = hosts.SentBy(hosts.Far);
        Expect.Equal((3, 3), (probes.Count, answers.Count), hosts.Trace());
        for (int i = 0; i < 3; i++)
        {
            Expect.Equal((TcpFlags.Ack, 1u, 0), (probes[i].Tcp.Flags, probes[i].Tcp.Sequence, probes[i].Tcp.Length), hosts.Trace());
            Expect.Equal((TcpFlags.Ack, 2u, 0), (answers[i].Tcp.Flags, answers[i].Tcp.Acknowledgment, answers[i].Tcp.Length), hosts.Trace());
            hosts.ExpectTime(1000 + 1100 * i, probes[i].At, $"probe {i + 1}"); // the time begins with the answer
        }
        Expect.Equal((1ul, 1ul), (client.Info().BytesSent, server.Info().BytesReceived));
        client.ExpectEmpty();
    }

    /// <summary>The far host has lost its connections: it answers the probe with a reset, and recv says ECONNRESET. A mere crash of the process would have shown by a FIN.</summary>
    [Scenario("KA-014", "KA-020", NotOnKernel = Waits.ExactTimes)]
    public static void Rebooted(TimelineHosts hosts)
    {
        (Socket client, Socket server) = hosts.Connect();
        using (client)
        {
            Reboot(hosts, server);
            KeepAlive(hosts, client, 1, 1, 3);
            Expect.Fails(Errno.ECONNRESET, Receive(client));
            hosts.ExpectNow(1100);
        }
    }

    /// <summary>As long as data is not acknowledged retransmission governs, and keepalive does nothing: three seconds would be enough for it to end the connection.</summary>
    [Scenario("KA-017", NotOnKernel = Waits.ExactTimes)]
    public static void NotWithDataOutstanding(TimelineHosts hosts)
    {
        using StreamPair pair = hosts.Connect();
        (Socket client, Socket server) = pair;
        hosts.SetWire(WireState.Silent);
        KeepAlive(hosts, client, 1, 1, 2);
        client.SendText("x");
        client.LimitReceive(TimeSpan.FromMilliseconds(4500));
        Expect.Fails(Errno.EAGAIN, Receive(client));
        hosts.ExpectNow(4500);
        Expect.True(hosts.SentBy(hosts.Near).All(static segment => segment.Tcp.Length == 1), hosts.Trace());
        client.SetLinger(0);
    }

    /// <summary>Without keepalive a connection over which nothing is to be sent lasts for ever, whatever becomes of the other host: ten days here, and not a packet.</summary>
    [Scenario("KA-009", NotOnKernel = "it takes ten days")]
    public static void ForEver(TimelineHosts hosts)
    {
        if (hosts.Slack > TimeSpan.Zero) return;
        using StreamPair pair = hosts.Connect();
        (Socket client, Socket server) = pair;
        foreach (WireState state in new[] { WireState.Silent, WireState.Unreachable })
        {
            hosts.SetWire(state);
            hosts.Begin();
            client.LimitReceive(TimeSpan.FromDays(10));
            Expect.Fails(Errno.EAGAIN, Receive(client));
            Expect.Equal("", hosts.Trace());
        }
        hosts.SetWire(WireState.Open);
        server.SendText("still there");
        Expect.Equal("still there", client.ReceiveText());
    }

    /// <summary>Loses the far end of a connection without a word on the wire.</summary>
    internal static void Reboot(TimelineHosts hosts, Socket server)
    {
        hosts.SetWire(WireState.Silent);
        server.Abort();
        hosts.Near.Sleep(2 * hosts.RoundTrip);
        hosts.SetWire(WireState.Open);
    }

    internal static CallResult Receive(Socket socket) => socket.System.Read(socket.Descriptor, new byte[5]);

    private static void KeepAlive(TimelineHosts hosts, Socket socket, int idle, int interval, int count)
    {
        socket.SetTcp(TCP_KEEPIDLE, idle);
        socket.SetTcp(TCP_KEEPINTVL, interval);
        socket.SetTcp(TCP_KEEPCNT, count);
        // The idle time counts from the last segment that came; so one comes now.
        socket.SetSocketLevel(SO_KEEPALIVE, 1);
        hosts.Begin();
    }
}
