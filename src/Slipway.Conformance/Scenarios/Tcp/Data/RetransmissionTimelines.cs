using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What becomes of data, and of a connection attempt, that nobody acknowledges (section KA, T-006, T-008).</summary>
public static class RetransmissionTimelines
{
    /// <summary>Retransmissions double their distance, and after tcp_retries2 of them comes ETIMEDOUT.</summary>
    [Scenario("KA-006", NotOnKernel = Waits.ExactTimes)]
    public static void HostCrashWhileSending(TimelineHosts hosts)
    {
        hosts.SetNear("ipv4/tcp_retries2", "3");
        (Socket client, Socket server) = hosts.Connect();
        using (client)
        using (server)
        {
            hosts.SetWire(WireState.Silent);
            double timeout = client.Info().RetransmissionTimeout / 1000.0;
            client.Send(new byte[10]);
            Expect.Fails(Errno.ETIMEDOUT, KeepAliveTimelines.Receive(client));
            double ended = hosts.Now;
            IReadOnlyList<TimelineSegment> sent = hosts.DataSentBy(hosts.Near);
            Expect.Equal(5, sent.Count, hosts.Trace()); // the data, the tail loss probe, three retransmissions
            Expect.True(sent.All(static segment => segment.Tcp is { Sequence: 1, Length: 10 }), hosts.Trace());
            double first = sent[2].At - sent[1].At;
            hosts.ExpectTime(timeout, first, "from the probe to the first retransmission");
            hosts.ExpectTime(2 * first, sent[3].At - sent[2].At, "to the second");
            hosts.ExpectTime(4 * first, sent[4].At - sent[3].At, "to the third");
            hosts.ExpectTime(8 * first, ended - sent[4].At, "to the end");
        }
    }

    /// <summary>With the fifteen retries of the system it takes about a quarter of an hour.</summary>
    [Scenario("KA-006", NotOnKernel = "it takes a quarter of an hour")]
    public static void FifteenRetries(TimelineHosts hosts)
    {
        if (hosts.Slack > TimeSpan.Zero) return;
        hosts.RoundTrip = TimeSpan.FromMilliseconds(2);
        (Socket client, Socket server) = hosts.Connect();
        using (client)
        using (server)
        {
            hosts.SetWire(WireState.Silent);
            client.Send(new byte[10]);
            Expect.Fails(Errno.ETIMEDOUT, KeepAliveTimelines.Receive(client));
            Expect.InRange(900_000, 1_800_000, (long)hosts.Now);
            Expect.Equal(1 + 1 + 15, hosts.DataSentBy(hosts.Near).Count, hosts.Trace());
        }
    }

    /// <summary>
    /// A router says that the host cannot be reached, of each retransmission: the connection survives that until the time of the retries is over, and then the router's error is told. Each
    /// message takes back one doubling (RFC 6069), so the segments follow each other at even distances, and the end comes earlier.
    /// </summary>
    [Scenario("KA-007", NotOnKernel = Waits.ExactTimes)]
    public static void UnreachableWhileSending(TimelineHosts hosts)
    {
        hosts.SetNear("ipv4/tcp_retries2", "3");
        foreach ((int code, Errno expected) in new[] { (1, Errno.EHOSTUNREACH), (0, Errno.ENETUNREACH) })
        {
            (Socket client, Socket server) = hosts.Connect();
            using (client)
            using (server)
            {
                hosts.SetWire(WireState.Unreachable, code);
                double timeout = client.Info().RetransmissionTimeout / 1000.0;
                client.Send(new byte[10]);
                Expect.Fails(expected, KeepAliveTimelines.Receive(client));
                double ended = hosts.Now;
                IReadOnlyList<TimelineSegment> sent = hosts.DataSentBy(hosts.Near);
                for (int i = 3; i < sent.Count; i++) hosts.ExpectTime(timeout, sent[i].At - sent[i - 1].At, $"retransmission {i}");
                // Three retries would have taken 200 + 400 + 800 + 1600 ms from the first on: so long it goes on, up to the timer after that.
                hosts.ExpectTime(timeout, ended - sent[^1].At, "from the last retransmission to the end");
                Expect.InRange(3000, 3000 + (long)timeout + 100, (long)(ended - sent[2].At), hosts.Trace());
            }
            hosts.SetWire(WireState.Open);
        }
    }

    /// <summary>The router recovers in time: the data arrives, and no error is ever told.</summary>
    [Scenario("KA-008", NotOnKernel = Waits.ExactTimes)]
    public static void RouterRecovers(TimelineHosts hosts)
    {
        (Socket client, Socket server) = hosts.Connect();
        using (client)
        using (server)
        {
            hosts.SetWire(WireState.Unreachable);
            client.SendText("hi");
            hosts.SleepUntil(2000);
            hosts.SetWire(WireState.Open);
            Expect.Equal("hi", server.ReceiveText());
            hosts.SleepUntil(4000);
            Expect.Equal(Errno.None, client.TakeError());
            Expect.Equal(0, client.Ask(IoControl.SIOCOUTQ));
        }
    }

    /// <summary>TCP_USER_TIMEOUT ends it at the limit, with the error that a router has told, or with ETIMEDOUT.</summary>
    [Scenario("KA-016", "T-006", NotOnKernel = Waits.ExactTimes)]
    public static void UserTimeout(TimelineHosts hosts)
    {
        foreach ((WireState state, Errno expected) in new[] { (WireState.Silent, Errno.ETIMEDOUT), (WireState.Unreachable, Errno.EHOSTUNREACH) })
        {
            (Socket client, Socket server) = hosts.Connect();
            using (client)
            using (server)
            {
                client.SetTcp(TCP_USER_TIMEOUT, 1500);
                hosts.SetWire(state);
                client.Send(new byte[10]);
                Expect.Fails(expected, KeepAliveTimelines.Receive(client));
                Expect.InRange(1500, 2400, (long)hosts.Now, hosts.Trace());
            }
            hosts.SetWire(WireState.Open);
        }
    }

    /// <summary>A half-open connection: the far host has forgotten it, and answers what we send with a reset.</summary>
    [Scenario("KA-018", NotOnKernel = Waits.ExactTimes)]
    public static void HalfOpen(TimelineHosts hosts)
    {
        (Socket client, Socket server) = hosts.Connect();
        using (client)
        {
            KeepAliveTimelines.Reboot(hosts, server);
            hosts.Begin();
            client.SendText("x");
            Expect.Fails(Errno.ECONNRESET, KeepAliveTimelines.Receive(client));
            hosts.ExpectNow(100);
            Expect.Fails(Errno.EPIPE, client.TrySend("y"));
        }
    }

    /// <summary>The first SYN, one retry at the same distance (tcp_syn_linear_timeouts), then doubling: with TCP_SYNCNT 1 at 0, 1 and 2 seconds; ETIMEDOUT at 3.</summary>
    [Scenario("KA-019", "T-008", NotOnKernel = Waits.ExactTimes)]
    public static void ConnectingInSilence(TimelineHosts hosts)
    {
        hosts.SetWire(WireState.Silent);
        using Socket client = hosts.Near.Tcp();
        client.SetTcp(TCP_SYNCNT, 1);
        hosts.Begin();
        Expect.Fails(Errno.ETIMEDOUT, client.TryConnect(new InetAddress(TimelineHosts.FarAddress, 9)));
        hosts.ExpectNow(3000);
        hosts.ExpectSegments(hosts.Near, (0, 0), (1000, 0), (2000, 0));
    }

    /// <summary>What connect says for each code of destination unreachable, after one round trip.</summary>
    [Scenario("KA-019", NotOnKernel = Waits.ExactTimes)]
    public static void ConnectingToTheUnreachable(TimelineHosts hosts)
    {
        foreach ((int code, Errno expected) in new[]
        {
            (0, Errno.ENETUNREACH), (1, Errno.EHOSTUNREACH), (2, Errno.ENOPROTOOPT), (3, Errno.ECONNREFUSED), (9, Errno.ENETUNREACH), (10, Errno.EHOSTUNREACH), (13, Errno.EHOSTUNREACH),
        })
        {
            hosts.SetWire(WireState.Unreachable, code);
            using Socket client = hosts.Near.Tcp();
            hosts.Begin();
            Expect.Fails(expected, client.TryConnect(new InetAddress(TimelineHosts.FarAddress, 9)), $"connect, code {code}");
            hosts.ExpectNow(100);
        }
    }
}
