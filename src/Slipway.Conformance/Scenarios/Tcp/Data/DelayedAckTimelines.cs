using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>
/// A request of 4 + 396 bytes and its reply: what Nagle's algorithm and delayed acknowledgements make of two writes (section DA). R is the round trip, D = 40 ms the delay of an acknowledgement.
/// </summary>
public static class DelayedAckTimelines
{
    private const int Head = 4, Body = 396, Whole = Head + Body, Reply = 10;
    private const double D = 40;

    private static readonly byte[] HeadBytes = new byte[Head], BodyBytes = new byte[Body];

    /// <summary>Two writes and a read take 2R + D, except the first time: a new connection acknowledges quickly, and it is 2R.</summary>
    [Scenario("DA-001", "DA-002", NotOnKernel = Waits.ExactTimes)]
    public static void WriteWriteRead(TimelineHosts hosts)
    {
        foreach (int roundTrip in new[] { 20, 100, 300 })
        {
            double[] times = Exchange(hosts, roundTrip, 4, WriteTwice);
            hosts.ExpectTime(2 * roundTrip, times[0], $"first exchange, R = {roundTrip}");
            foreach (double time in times[1..]) hosts.ExpectTime(2 * roundTrip + D, time, $"later exchange, R = {roundTrip}");
        }
    }

    /// <summary>
    /// The whole trace of a later exchange with R = 100: the server's acknowledgement leaves 40 ms after the head came, and only then the body goes. The timer has told the server that it does not
    /// answer at once: so the body is acknowledged as soon as it is read, and the reply follows right behind. The acknowledgement of the reply before rides on the request.
    /// </summary>
    [Scenario("DA-003", "DA-010", NotOnKernel = Waits.ExactTimes)]
    public static void TraceOfAnExchange(TimelineHosts hosts)
    {
        Exchange(hosts, 100, 3, WriteTwice, beginWith: 2);
        hosts.ExpectSegments(hosts.Near, (0, Head), (140, Body));
        hosts.ExpectSegments(hosts.Far, (90, 0), (190, 0), (190, Reply));
    }

    /// <summary>One segment, and the reply after R: by writev, by one buffer, by MSG_MORE, by a cork.</summary>
    [Scenario("DA-004", "DA-006", "T-004", NotOnKernel = Waits.ExactTimes)]
    public static void OneSegment(TimelineHosts hosts)
    {
        foreach (Action<Socket> write in new Action<Socket>[] { WriteGathered, WriteOnce, WriteMore, WriteCorked })
        {
            double[] times = Exchange(hosts, 100, 3, write, beginWith: 2);
            foreach (double time in times) hosts.ExpectTime(100, time, write.Method.Name);
            hosts.ExpectData(hosts.Near, (0, Whole));
            hosts.ExpectData(hosts.Far, (50, Reply));
        }
    }

    /// <summary>Two segments, both at once, and the reply after R: TCP_NODELAY.</summary>
    [Scenario("DA-005", NotOnKernel = Waits.ExactTimes)]
    public static void TwoSegmentsWithoutDelay(TimelineHosts hosts)
    {
        double[] times = Exchange(hosts, 100, 3, WriteTwice, beginWith: 2, noDelay: true);
        foreach (double time in times) hosts.ExpectTime(100, time, "exchange");
        hosts.ExpectData(hosts.Near, (0, Head), (0, Body));
    }

    /// <summary>In bytes on the wire: one segment of 400 + 40, or two of 4 + 40 and 396 + 40; so the gathering write is the best.</summary>
    [Scenario("DA-012", NotOnKernel = Waits.ExactTimes)]
    public static void Ranking(TimelineHosts hosts)
    {
        Exchange(hosts, 100, 2, WriteGathered, beginWith: 1);
        Expect.Equal(440, Bytes(hosts));
        Exchange(hosts, 100, 2, WriteTwice, beginWith: 1, noDelay: true);
        Expect.Equal(480, Bytes(hosts));

        static int Bytes(TimelineHosts hosts) => hosts.DataSentBy(hosts.Near).Sum(static segment => segment.Tcp.Length + 40);
    }

    /// <summary>
    /// A server that reads and never answers: the first pair of small writes waits R + D, for the server still takes the connection for a dialogue; the timer has taught it better, and
    /// later pairs wait R, for it acknowledges what it reads. With TCP_NODELAY none waits.
    /// </summary>
    [Scenario("DA-009", NotOnKernel = Waits.ExactTimes)]
    public static void WithoutAnswers(TimelineHosts hosts)
    {
        foreach (bool noDelay in new[] { false, true })
        {
            (Socket client, Socket server) = hosts.Connect();
            using (server)
            using (client)
            {
                LeaveQuickAcknowledgement(hosts, client, server);
                if (noDelay) client.SetTcp(TCP_NODELAY, 1);
                ProcessThread reader = hosts.Far.StartThread("reader", () => server.ReceiveToEnd());
                var expected = new List<(double, int)>();
                for (int pair = 0; pair < 5; pair++)
                {
                    double start = pair * 300;
                    hosts.SleepUntil(start);
                    client.Send(HeadBytes);
                    client.Send(HeadBytes);
                    expected.Add((start, Head));
                    expected.Add((start + (noDelay ? 0 : pair == 0 ? 100 + D : 100), Head));
                }
                hosts.SleepUntil(1600);
                hosts.ExpectData(hosts.Near, [.. expected]);
                client.Shutdown(ShutdownHow.Send);
                reader.Join();
            }
        }
    }

    /// <summary>The delayed acknowledgement goes after D if nothing takes it along.</summary>
    [Scenario("DA-007", "DA-011", NotOnKernel = Waits.ExactTimes)]
    public static void AfterTheTimer(TimelineHosts hosts)
    {
        (Socket client, Socket server) = hosts.Connect();
        using (client)
        using (server)
        {
            LeaveQuickAcknowledgement(hosts, client, server);
            client.SendText("x");
            hosts.SleepUntil(300);
            hosts.ExpectSegments(hosts.Far, (50 + D, 0));
        }
    }

    /// <summary>Data that goes out takes the acknowledgement along.</summary>
    [Scenario("DA-007", "DA-008", NotOnKernel = Waits.ExactTimes)]
    public static void WithData(TimelineHosts hosts)
    {
        (Socket client, Socket server) = hosts.Connect(far: static socket => socket.SetTcp(TCP_NODELAY, 1));
        using (client)
        using (server)
        {
            LeaveQuickAcknowledgement(hosts, client, server);
            for (int key = 0; key < 5; key++)
            {
                client.SendText("k");
                server.SendText(server.ReceiveText(1));
                client.ReceiveText(1);
            }
            hosts.SleepUntil(1000);
            Expect.Equal(5, hosts.SentBy(hosts.Far).Count, hosts.Trace());
            Expect.Equal(5, hosts.DataSentBy(hosts.Far).Count, hosts.Trace());
        }
    }

    /// <summary>The second full segment is acknowledged at once.</summary>
    [Scenario("DA-007", "DA-011", NotOnKernel = Waits.ExactTimes)]
    public static void AtTheSecondFullSegment(TimelineHosts hosts)
    {
        (Socket client, Socket server) = hosts.Connect();
        using (client)
        using (server)
        {
            LeaveQuickAcknowledgement(hosts, client, server);
            client.Send(new byte[2 * client.GetTcp(TCP_MAXSEG)]);
            hosts.SleepUntil(300);
            TimelineSegment acknowledgement = hosts.SentBy(hosts.Far)[0];
            hosts.ExpectTime(50, acknowledgement.At, "acknowledgement");
        }
    }

    /// <summary>Data out of order is acknowledged at once: here the first of two segments is lost.</summary>
    [Scenario("DA-007", NotOnKernel = Waits.ExactTimes)]
    public static void AtDataOutOfOrder(TimelineHosts hosts)
    {
        (Socket client, Socket server) = hosts.Connect(near: static socket => socket.SetTcp(TCP_NODELAY, 1));
        using (client)
        using (server)
        {
            LeaveQuickAcknowledgement(hosts, client, server);
            hosts.SetWire(WireState.Silent);
            client.SendText("lost");
            hosts.SleepUntil(60); // it has reached the far end of the wire, and nothing is there
            hosts.SetWire(WireState.Open);
            client.SendText("early");
            hosts.SleepUntil(130);
            hosts.ExpectSegments(hosts.Far, (110, 0));
            Expect.Equal(0, server.Available);
        }
    }

    /// <summary>TCP_QUICKACK ends the delay at once, for as long as the connection does not go over to it again.</summary>
    [Scenario("T-005", NotOnKernel = Waits.ExactTimes)]
    public static void QuickAcknowledgement(TimelineHosts hosts)
    {
        (Socket client, Socket server) = hosts.Connect();
        using (client)
        using (server)
        {
            LeaveQuickAcknowledgement(hosts, client, server);
            Expect.Equal(0, server.GetTcp(TCP_QUICKACK));
            client.SendText("x");
            hosts.SleepUntil(70); // the byte came at 50 and, read or not, waits for its acknowledgement
            server.ReceiveText(1);
            server.SetTcp(TCP_QUICKACK, 1);
            hosts.SleepUntil(200);
            hosts.ExpectSegments(hosts.Far, (70, 0));
        }
    }

    /// <summary>Exchanges as many requests and replies over a new connection.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="roundTrip">R.</param>
    /// <param name="count">How many.</param>
    /// <param name="write">Writes a request.</param>
    /// <param name="beginWith">Time zero is when this exchange, counted from 0, begins.</param>
    /// <param name="noDelay">TCP_NODELAY of the client.</param>
    /// <returns>How long each took.</returns>
    private static double[] Exchange(TimelineHosts hosts, int roundTrip, int count, Action<Socket> write, int beginWith = 0, bool noDelay = false)
    {
        hosts.RoundTrip = TimeSpan.FromMilliseconds(roundTrip);
        (Socket client, Socket server) = hosts.Connect();
        using (server)
        using (client)
        {
            if (noDelay) client.SetTcp(TCP_NODELAY, 1);
            ProcessThread serving = hosts.Far.StartThread("server", () => Serve(server));
            double[] times = new double[count];
            for (int i = 0; i < count; i++)
            {
                if (i == beginWith) hosts.Begin();
                double began = hosts.Now;
                write(client);
                Expect.Equal(Reply, client.Receive(new byte[100]));
                times[i] = hosts.Now - began;
            }
            // What a trace is to show must not be followed by the close: that begins with the next scenario's connection.
            hosts.Freeze();
            client.Shutdown(ShutdownHow.Send);
            serving.Join();
            return times;
        }
    }

    private static void Serve(Socket server)
    {
        byte[] request = new byte[Whole];
        while (true)
        {
            for (int got = 0; got < Whole;)
            {
                int length = server.Receive(request.AsSpan(got));
                if (length == 0) return;
                got += length;
            }
            server.Send(new byte[Reply]);
        }
    }

    /// <summary>One exchange: from then on the server delays its acknowledgements. All is quiet afterwards, and time zero is now.</summary>
    private static void LeaveQuickAcknowledgement(TimelineHosts hosts, Socket client, Socket server)
    {
        for (int i = 0; i < 3; i++)
        {
            client.SendText("?");
            server.ReceiveText(1);
            server.SendText("!");
            client.ReceiveText(1);
        }
        hosts.Near.Sleep(TimeSpan.FromMilliseconds(300));
        hosts.Begin();
    }

    private static void WriteTwice(Socket client)
    {
        client.Send(HeadBytes);
        client.Send(BodyBytes);
    }

    private static void WriteOnce(Socket client) => client.Send(new byte[Whole]);

    private static void WriteGathered(Socket client) => client.SendMessage(new SendMessage { Vectors = new ReadOnlyMemory<byte>[] { HeadBytes, BodyBytes } });

    private static void WriteMore(Socket client)
    {
        client.Send(HeadBytes, MessageFlags.MSG_MORE);
        client.Send(BodyBytes);
    }

    private static void WriteCorked(Socket client)
    {
        client.SetTcp(TCP_CORK, 1);
        client.Send(HeadBytes);
        client.Send(BodyBytes);
        client.SetTcp(TCP_CORK, 0);
    }
}
