using System.Text;
using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>
/// The telnet example: characters typed at intervals over a long round trip, each echoed at once, with Nagle's algorithm and without (section NG). The echoing side has TCP_NODELAY, as the model says:
/// it answers the instant a segment arrives.
/// </summary>
public static class NagleTimelines
{
    private static readonly TimeSpan Telnet = TimeSpan.FromMilliseconds(600);

    /// <summary>"hello" without Nagle: every character is a segment of its own, and the last echo is there at 4 * 250 + 600.</summary>
    [Scenario("NG-001", "NG-004", "T-002", NotOnKernel = Waits.ExactTimes)]
    public static void HelloWithoutNagle(TimelineHosts hosts)
    {
        double last = Type(hosts, "hello", Telnet, 250, noDelay: true);
        hosts.ExpectTime(1600, last, "last echo");
        hosts.ExpectData(hosts.Near, (0, 1), (250, 1), (500, 1), (750, 1), (1000, 1));
        hosts.ExpectData(hosts.Far, (300, 1), (550, 1), (800, 1), (1050, 1), (1300, 1));
    }

    /// <summary>"hello" with Nagle: what is typed within a round trip goes together.</summary>
    [Scenario("NG-002", "NG-004", NotOnKernel = Waits.ExactTimes)]
    public static void HelloWithNagle(TimelineHosts hosts)
    {
        double last = Type(hosts, "hello", Telnet, 250, noDelay: false);
        hosts.ExpectTime(1800, last, "last echo");
        hosts.ExpectData(hosts.Near, (0, 1), (600, 2), (1200, 2));
        hosts.ExpectData(hosts.Far, (300, 1), (900, 2), (1500, 2));
    }

    /// <summary>"hello!", the six characters that the figures of the example belong to: 1850 without, 2400 with.</summary>
    [Scenario("NG-003", "NG-004", NotOnKernel = Waits.ExactTimes)]
    public static void SixCharacters(TimelineHosts hosts)
    {
        hosts.ExpectTime(1850, Type(hosts, "hello!", Telnet, 250, noDelay: true), "last echo without Nagle");
        hosts.ExpectData(hosts.Near, (0, 1), (250, 1), (500, 1), (750, 1), (1000, 1), (1250, 1));
        Expect.Equal(6, hosts.DataSentBy(hosts.Far).Count);
        hosts.ExpectTime(2400, Type(hosts, "hello!", Telnet, 250, noDelay: false), "last echo with Nagle");
        hosts.ExpectData(hosts.Near, (0, 1), (600, 2), (1200, 2), (1800, 1));
        Expect.Equal(4, hosts.DataSentBy(hosts.Far).Count);
    }

    /// <summary>Whether the client acknowledges each echo at once or late changes nothing.</summary>
    [Scenario("NG-005", NotOnKernel = Waits.ExactTimes)]
    public static void AcknowledgementsOfEchoes(TimelineHosts hosts)
    {
        foreach (int quick in new[] { 0, 1 })
        {
            hosts.ExpectTime(1600, Type(hosts, "hello", Telnet, 250, noDelay: true, quickAck: quick), $"last echo without Nagle, TCP_QUICKACK {quick}");
            hosts.ExpectTime(1800, Type(hosts, "hello", Telnet, 250, noDelay: false, quickAck: quick), $"last echo with Nagle, TCP_QUICKACK {quick}");
        }
    }

    /// <summary>
    /// The rule in general, for n characters each g milliseconds over a round trip of R: (n - 1) g + R without Nagle, and with Nagle where g is at least R; otherwise the smallest multiple of R
    /// at which all has been typed, and R. No g k = i R here, where keystroke and acknowledgement would fall together.
    /// </summary>
    [Scenario("NG-006", "NG-008", NotOnKernel = Waits.ExactTimes)]
    public static void AnyIntervals(TimelineHosts hosts)
    {
        foreach ((int count, int gap, int roundTrip) in new[] { (5, 250, 600), (9, 70, 600), (7, 130, 480), (9, 31, 900), (4, 333, 100), (6, 250, 1), (3, 700, 600), (10, 11, 210) })
        {
            var roundTripTime = TimeSpan.FromMilliseconds(roundTrip);
            string text = new('k', count);
            int typed = (count - 1) * gap;
            hosts.ExpectTime(typed + roundTrip, Type(hosts, text, roundTripTime, gap, noDelay: true), $"{count} keys each {gap} over {roundTrip}, without Nagle");
            int total = gap >= roundTrip ? typed + roundTrip : (typed + roundTrip - 1) / roundTrip * roundTrip + roundTrip;
            hosts.ExpectTime(total, Type(hosts, text, roundTripTime, gap, noDelay: false), $"{count} keys each {gap} over {roundTrip}, with Nagle");
            if (gap >= roundTrip) Expect.Equal(count, hosts.DataSentBy(hosts.Near).Count);
        }
    }

    /// <summary>Only small segments are held: after a small one that is not acknowledged three full ones go at once, and the byte that is left waits.</summary>
    [Scenario("NG-007", NotOnKernel = Waits.ExactTimes)]
    public static void FullSegmentsAreNotHeld(TimelineHosts hosts)
    {
        (Socket client, Socket server) = hosts.Connect();
        using (client)
        using (server)
        {
            int full = client.GetTcp(TCP_MAXSEG);
            client.Send(new byte[10]);
            client.Send(new byte[3 * full + 1]);
            hosts.SleepUntil(40);
            IReadOnlyList<TimelineSegment> sent = hosts.DataSentBy(hosts.Near);
            Expect.Equal(10 + 3 * full, sent.Sum(static segment => segment.Tcp.Length), hosts.Trace());
            hosts.SleepUntil(300);
            TimelineSegment rest = hosts.DataSentBy(hosts.Near)[^1];
            Expect.Equal(1, rest.Tcp.Length, hosts.Trace());
            hosts.ExpectTime(100, rest.At, "the byte that was left");
        }
    }

    /// <summary>Switching TCP_NODELAY on sends at once what is held.</summary>
    [Scenario("NG-009", "T-002", NotOnKernel = Waits.ExactTimes)]
    public static void NoDelayFlushes(TimelineHosts hosts)
    {
        hosts.RoundTrip = TimeSpan.FromMilliseconds(400);
        (Socket client, Socket server) = hosts.Connect();
        using (client)
        using (server)
        {
            client.SendText("a");
            client.SendText("b");
            hosts.SleepUntil(50);
            client.SetTcp(TCP_NODELAY, 1);
            hosts.SleepUntil(100);
            hosts.ExpectData(hosts.Near, (0, 1), (50, 1));
        }
    }

    /// <summary>Five characters are five packets, each with its headers of 20 + 20 bytes: 205 bytes on the wire; with Nagle three packets, 125.</summary>
    [Scenario("NG-010", NotOnKernel = Waits.ExactTimes)]
    public static void Overhead(TimelineHosts hosts)
    {
        foreach ((bool noDelay, int packets) in new[] { (true, 5), (false, 3) })
        {
            Type(hosts, "hello", Telnet, 250, noDelay);
            IReadOnlyList<TimelineSegment> sent = hosts.DataSentBy(hosts.Near);
            Expect.Equal(packets, sent.Count);
            Expect.Equal(packets * 40 + 5, sent.Sum(static segment => 40 + segment.Tcp.Length));
        }
    }

    /// <summary>TCP_NODELAY overrides Nagle alone: MSG_MORE and TCP_CORK hold the data all the same, until the timer of the window probes lets it go: one RTO, 200 ms at least.</summary>
    [Scenario("NG-011", "T-004", NotOnKernel = Waits.ExactTimes)]
    public static void MoreHoldsDespiteNoDelay(TimelineHosts hosts)
    {
        foreach (bool corks in new[] { false, true })
        {
            (Socket client, Socket server) = hosts.Connect(near: static socket => socket.SetTcp(TCP_NODELAY, 1));
            using (client)
            using (server)
            {
                if (corks) client.SetTcp(TCP_CORK, 1);
                client.SendText("a", corks ? MessageFlags.None : MessageFlags.MSG_MORE);
                double timeout = client.Info().RetransmissionTimeout / 1000.0;
                hosts.SleepUntil(timeout - 10);
                hosts.ExpectData(hosts.Near);
                hosts.SleepUntil(timeout + 100);
                hosts.ExpectData(hosts.Near, (timeout, 1));
            }
        }
    }

    /// <summary>Types a text over a new connection whose far end echoes.</summary>
    /// <returns>Milliseconds from the first key to the last echo.</returns>
    private static double Type(TimelineHosts hosts, string text, TimeSpan roundTrip, int gap, bool noDelay, int? quickAck = null)
    {
        hosts.RoundTrip = roundTrip;
        (Socket client, Socket server) = hosts.Connect(far: static socket => socket.SetTcp(TCP_NODELAY, 1));
        using (server)
        using (client)
        {
            if (noDelay) client.SetTcp(TCP_NODELAY, 1);
            ProcessThread echo = hosts.Far.StartThread("echo", () => Echo(server));
            double last = 0;
            ProcessThread screen = hosts.Near.StartThread("screen", () =>
            {
                byte[] echoed = new byte[text.Length];
                for (int got = 0; got < text.Length;)
                {
                    if (quickAck is { } value) client.SetTcp(TCP_QUICKACK, value);
                    got += client.Receive(echoed.AsSpan(got));
                    last = hosts.Now;
                }
                Expect.Equal(text, Encoding.ASCII.GetString(echoed));
            });
            for (int i = 0; i < text.Length; i++)
            {
                hosts.SleepUntil((double)i * gap);
                client.SendText(text[i..(i + 1)]);
            }
            screen.Join();
            client.Shutdown(ShutdownHow.Send);
            echo.Join();
            return last;
        }
    }

    private static void Echo(Socket server)
    {
        byte[] buffer = new byte[100];
        for (int length; (length = server.Receive(buffer)) > 0;) server.Send(buffer.AsSpan(0, length));
    }
}
