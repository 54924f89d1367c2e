using Slipway.Sockets;
using static Slipway.Sockets.MessageFlags;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>The urgent mark: a place in the stream that no read crosses (section OOB).</summary>
public static class UrgentMarkScenarios
{
    /// <summary>A receive stops at the mark though more follows; the next one starts behind the urgent byte.</summary>
    [Scenario("OOB-06", "DATA-39", "OOB-09")]
    public static void ReadsStopAtTheMark(HostProcess host)
    {
        using StreamPair pair = Marked(host);
        Expect.Equal(0, Mark(pair.Server));
        Expect.Equal("12", pair.Server.ReceiveText());
        Expect.Equal(1, Mark(pair.Server));
        Expect.Equal("34", pair.Server.ReceiveText());
        Expect.Equal(0, Mark(pair.Server));
    }

    /// <summary>Reading past the mark throws the byte away, and the notice with it.</summary>
    [Scenario("OOB-07")]
    public static void PassingDiscardsTheByte(HostProcess host)
    {
        using StreamPair pair = Marked(host);
        Expect.Equal("12", pair.Server.ReceiveText());
        Expect.Equal(PollEvents.POLLPRI, pair.Server.PollNow(PollEvents.POLLPRI));
        Expect.Equal("34", pair.Server.ReceiveText());
        Expect.Equal(PollEvents.None, pair.Server.PollNow(PollEvents.POLLPRI));
        Expect.Fails(Errno.EINVAL, pair.Server.TryReceive(new byte[1], MSG_OOB));
    }

    /// <summary>A receive that finds the urgent byte alone has nothing to read, and throws it away.</summary>
    [Scenario("OOB-07")]
    public static void TheByteAloneIsDiscarded(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.SendText("U", MSG_OOB);
        pair.Server.WaitFor(PollEvents.POLLPRI);
        Expect.Fails(Errno.EAGAIN, pair.Server.TryReceive(new byte[9]));
        Expect.Equal(PollEvents.None, pair.Server.PollNow(PollEvents.POLLPRI | PollEvents.POLLIN));
        Expect.Fails(Errno.EINVAL, pair.Server.TryReceive(new byte[1], MSG_OOB));
    }

    /// <summary>SO_OOBINLINE leaves the byte in the stream; a receive stops before it all the same.</summary>
    [Scenario("OOB-08", "OPT-19")]
    public static void Inline(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Server.SetSocketLevel(SO_OOBINLINE, 1);
        SendMarked(pair, host, 5);
        Expect.Equal("12", pair.Server.ReceiveText());
        Expect.Equal(1, Mark(pair.Server));
        Expect.Equal(PollEvents.POLLIN | PollEvents.POLLPRI, pair.Server.PollNow(PollEvents.POLLIN | PollEvents.POLLPRI));
        Expect.Equal("X34", pair.Server.ReceiveText());
        Expect.Equal(0, Mark(pair.Server));
    }

    /// <summary>sockatmark: not on a fresh connection, at the mark also when the byte was fetched, not behind it; only of streams.</summary>
    [Scenario("OOB-09", "IOCTL-07")]
    public static void AtTheMark(HostProcess host)
    {
        using Socket idle = host.Tcp();
        Expect.Equal(0, Mark(idle));
        using StreamPair pair = host.TcpPair();
        Expect.Equal(0, Mark(pair.Server));
        pair.Client.SendText("abc", MSG_OOB);
        pair.Server.WaitFor(PollEvents.POLLPRI);
        Expect.Equal("c", pair.Server.ReceiveText(1, MSG_OOB));
        Expect.Equal(0, Mark(pair.Server));
        Expect.Equal("ab", pair.Server.ReceiveText());
        Expect.Equal(1, Mark(pair.Server));
        pair.Client.SendText("de");
        Expect.Equal("de", pair.Server.ReceiveReady());
        Expect.Equal(0, Mark(pair.Server));
    }

    /// <summary>A second urgent byte: only the newest is urgent. The older one turns into normal data where unread data lies before it.</summary>
    [Scenario("OOB-10")]
    public static void OnlyTheNewest(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.SendText("ab");
        pair.Client.SendText("A", MSG_OOB);
        pair.Client.SendText("cd");
        pair.Client.SendText("B", MSG_OOB);
        pair.Server.WaitForBytes(host, 5);
        Expect.Equal("B", pair.Server.ReceiveText(1, MSG_OOB));
        Expect.Equal("abAcd", pair.Server.ReceiveText());
        pair.Server.ExpectEmpty();
    }

    /// <summary>The older urgent byte is lost where it is the next to be read.</summary>
    [Scenario("OOB-10")]
    public static void AnOlderByteAtTheHeadIsLost(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.SendText("A", MSG_OOB);
        pair.Server.WaitFor(PollEvents.POLLPRI);
        pair.Client.SendText("B", MSG_OOB);
        host.WaitUntil(() => pair.Server.ReceiveText(1, MSG_OOB | MSG_PEEK) == "B", static () => "the second urgent byte did not come");
        Expect.Equal("B", pair.Server.ReceiveText(1, MSG_OOB));
        pair.Server.ExpectEmpty();
    }

    /// <summary>FIONREAD does not count the urgent byte at the mark.</summary>
    [Scenario("OOB-14", "IOCTL-05")]
    public static void NotCounted(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.SendText("abU", MSG_OOB);
        pair.Server.WaitFor(PollEvents.POLLPRI);
        Expect.Equal(2, pair.Server.Available);
        Expect.Equal("U", pair.Server.ReceiveText(1, MSG_OOB));
        Expect.Equal(2, pair.Server.Available);
    }

    /// <summary>MSG_WAITALL and MSG_PEEK stop at the mark too.</summary>
    [Scenario("OOB-15", "DATA-28")]
    public static void WaitingAndPeekingStop(HostProcess host)
    {
        using StreamPair pair = Marked(host);
        Expect.Equal("12", pair.Server.ReceiveText(9, MSG_PEEK));
        Expect.Equal("12", pair.Server.ReceiveText(3, MSG_WAITALL));
        Expect.Equal("34", pair.Server.ReceiveText(2, MSG_WAITALL));
    }

    /// <summary>"12", an urgent X, "34".</summary>
    private static StreamPair Marked(HostProcess host)
    {
        StreamPair pair = host.TcpPair();
        SendMarked(pair, host, 2);
        return pair;
    }

    private static void SendMarked(StreamPair pair, HostProcess host, int available)
    {
        pair.Client.SendText("12");
        pair.Client.SendText("X", MSG_OOB);
        pair.Client.SendText("34");
        pair.Server.WaitFor(PollEvents.POLLPRI);
        host.WaitUntil(() => pair.Client.Ask(IoControl.SIOCOUTQ) == 0, static () => "the data did not arrive");
        Expect.True(pair.Server.Available >= available);
    }

    private static int Mark(Socket socket) => socket.Ask(IoControl.SIOCATMARK);
}
