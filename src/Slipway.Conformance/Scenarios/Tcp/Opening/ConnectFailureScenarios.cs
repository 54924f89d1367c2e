using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Connecting where nobody answers, or a router does: how long it is tried, and what ends it (section CONN).</summary>
public static class ConnectFailureScenarios
{
    /// <summary>Without a route connect fails at once; the errors of ICMP that answer a SYN end the attempt.</summary>
    [Scenario("CONN-06")]
    public static void Unreachable(RoutedHosts hosts)
    {
        using Socket toNowhere = hosts.Router.Tcp(), toNetwork = hosts.Near.Tcp(), toHost = hosts.Near.Tcp();
        Expect.Fails(Errno.ENETUNREACH, toNowhere.TryConnect(new InetAddress("198.51.100.9", 7)));
        Expect.Fails(Errno.ENETUNREACH, toNetwork.TryConnect(new InetAddress("203.0.113.1", 7)));
        Expect.Fails(Errno.EHOSTUNREACH, toHost.TryConnect(new InetAddress("10.0.2.77", 7)));
    }

    /// <summary>ICMP errors about an established connection are no event; should it time out later, they are the reason that it gives.</summary>
    /// <remarks>The router says that the packets' time is exceeded, since the sender gives them one hop; that counts as an unreachable host.</remarks>
    [Scenario("CONN-06")]
    public static void SoftError(RoutedHosts hosts)
    {
        using Socket listener = hosts.Far.TcpListenerAt(new InetAddress("10.0.2.1", 0));
        using Socket client = hosts.Near.TcpTo(listener.LocalAddress), server = listener.Accept();
        client.SetOption(IPPROTO_TCP, TCP_USER_TIMEOUT, 2000);
        client.SetOption(IPPROTO_IP, IP_TTL, 1);
        var clock = new ScenarioClock(hosts.Near);
        client.SendText("never arrives");
        Expect.Equal(PollEvents.None, client.Poll(PollEvents.POLLIN | PollEvents.POLLRDHUP, TimeSpan.FromMilliseconds(500)));
        client.WaitFor(PollEvents.POLLERR);
        clock.ExpectElapsed(TimeSpan.FromMilliseconds(2400), slack: TimeSpan.FromMilliseconds(100)); // the two seconds begin with the first retransmission by timeout
        Expect.Equal(StreamSockets.Broken, client.PollNow(StreamSockets.StreamEvents));
        Expect.Fails(Errno.EHOSTUNREACH, client.TryReceive(new byte[1]));
        server.ExpectEmpty();
    }

    /// <summary>A SYN that nobody answers is sent ten times more, then the attempt has timed out.</summary>
    [Scenario("CONN-03", NotOnKernel = "takes 131 seconds of real time")]
    public static void NobodyAnswers(HostProcess host)
    {
        (Socket listener, Socket queued) = host.FullListener();
        using (listener)
        using (queued)
        {
            using Socket socket = host.Tcp();
            var clock = new ScenarioClock(host);
            Expect.Fails(Errno.ETIMEDOUT, socket.TryConnect(listener.LocalAddress));
            clock.ExpectElapsed(TimeSpan.FromSeconds(131), slack: TimeSpan.FromSeconds(3));
            Expect.Equal(Errno.None, socket.TakeError());
        }
    }

    /// <summary>TCP_SYNCNT 1: given up after three seconds.</summary>
    [Scenario("CONN-04")]
    public static void FewerTries(HostProcess host) => ExpectTimeout(host, IPPROTO_TCP, TCP_SYNCNT, 1, TimeSpan.FromSeconds(3));

    /// <summary>TCP_SYNCNT 2, 3 and 4: the first timer after so many retransmissions, or so much time.</summary>
    [Scenario("CONN-04", NotOnKernel = "takes a minute of real time")]
    public static void MoreTries(HostProcess host)
    {
        foreach ((int count, int seconds) in new[] { (2, 7), (3, 19), (4, 35) }) ExpectTimeout(host, IPPROTO_TCP, TCP_SYNCNT, count, TimeSpan.FromSeconds(seconds));
    }

    /// <summary>TCP_USER_TIMEOUT limits connect too.</summary>
    [Scenario("CONN-05")]
    public static void UserTimeout(HostProcess host) => ExpectTimeout(host, IPPROTO_TCP, TCP_USER_TIMEOUT, 1500, TimeSpan.FromMilliseconds(1500));

    /// <summary>SO_SNDTIMEO ends the call, not the attempt.</summary>
    [Scenario("CONN-28")]
    public static void SendTimeout(HostProcess host)
    {
        (Socket listener, Socket queued) = host.FullListener();
        using (listener)
        using (queued)
        {
            using Socket socket = host.Tcp();
            socket.LimitSend(TimeSpan.FromMilliseconds(200));
            var clock = new ScenarioClock(host);
            Expect.Fails(Errno.EINPROGRESS, socket.TryConnect(listener.LocalAddress));
            clock.ExpectElapsed(TimeSpan.FromMilliseconds(200));
            Expect.Fails(Errno.EALREADY, socket.TryConnect(listener.LocalAddress));
            using Socket first = listener.Accept();
            Expect.Equal(PollEvents.POLLOUT, socket.WaitFor(StreamSockets.StreamEvents));
            Expect.Success(socket.TryConnect(listener.LocalAddress));
            Expect.Fails(Errno.EISCONN, socket.TryConnect(listener.LocalAddress));
        }
    }

    /// <summary>A signal ends the call with EINTR, not the attempt; with SO_SNDTIMEO even under SA_RESTART.</summary>
    [Scenario("CONN-29", OwnProcess = true)]
    public static void Interrupted(HostProcess host)
    {
        foreach ((bool restart, bool timeout) in new[] { (false, false), (true, true) })
        {
            var seen = new SignalLog(host, Signal.SIGUSR1, restart);
            (Socket listener, Socket queued) = host.FullListener();
            using (listener)
            using (queued)
            {
                using Socket socket = host.Tcp();
                if (timeout) socket.LimitSend(TimeSpan.FromSeconds(60));
                Errno result = default;
                ProcessThread caller = host.StartThread("connect", () => result = socket.TryConnect(listener.LocalAddress));
                caller.WaitUntilBlocked();
                Expect.Success(caller.Interrupt(Signal.SIGUSR1));
                seen.Next();
                caller.Join();
                Expect.Fails(Errno.EINTR, result);
                socket.NonBlocking = true;
                Expect.Fails(Errno.EALREADY, socket.TryConnect(listener.LocalAddress));
                using Socket first = listener.Accept();
                socket.WaitFor(PollEvents.POLLOUT);
                Expect.Success(socket.TryConnect(listener.LocalAddress));
            }
        }
    }

    // The machine's timer wheel rounds long waits up, by an eighth at most.
    private static void ExpectTimeout(HostProcess host, int level, int option, int value, TimeSpan expected)
    {
        (Socket listener, Socket queued) = host.FullListener();
        using (listener)
        using (queued)
        {
            using Socket socket = host.Tcp();
            socket.SetOption(level, option, value);
            var clock = new ScenarioClock(host);
            Expect.Fails(Errno.ETIMEDOUT, socket.TryConnect(listener.LocalAddress));
            clock.ExpectElapsed(expected, slack: expected / 8);
        }
    }
}
