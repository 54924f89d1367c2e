using Slipway.Sockets;
using static Slipway.Sockets.MessageFlags;

namespace Slipway.Conformance;

/// <summary>Sending on streams: how much is taken, when it waits, what flags do (section DATA).</summary>
public static class StreamDataScenarios
{
    /// <summary>Without a connection a send finds a broken pipe, with an address or without; a receive says what is missing.</summary>
    [Scenario("DATA-03", OwnProcess = true)]
    public static void WithoutAConnection(HostProcess host)
    {
        var pipe = new SignalLog(host, Signal.SIGPIPE);
        using Socket socket = host.Tcp(), listener = host.TcpListener();
        Expect.Throws(Errno.EPIPE, () => socket.SendText("x"));
        pipe.Next();
        Expect.Throws(Errno.EPIPE, () => socket.SendTextTo("x", listener.LocalAddress));
        pipe.Next();
        Expect.Throws(Errno.EPIPE, () => socket.SendText("x", MSG_NOSIGNAL));
        Expect.Fails(Errno.ENOTCONN, socket.TryReceive(new byte[1]));
        pipe.ExpectCount(0);
    }

    /// <summary>The address of a sendto on a connection is ignored.</summary>
    [Scenario("DATA-05")]
    public static void AddressIsIgnored(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        Expect.Equal(5, pair.Client.SendTextTo("hello", new InetAddress("203.0.113.9", 9)));
        Expect.Equal("hello", pair.Server.ReceiveReady());
    }

    /// <summary>A blocking send waits until all of it is queued, and returns the full count.</summary>
    [Scenario("DATA-08")]
    public static void BlockingSendTakesAll(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        byte[] data = Pattern(8 << 20);
        int sent = 0;
        ProcessThread sender = near.StartThread("sender", () =>
        {
            sent = pair.Client.Send(data);
            pair.Client.Shutdown(ShutdownHow.Send);
        });
        sender.WaitUntilBlocked(); // far more than both buffers hold
        Expect.Equal(0, sent);
        Expect.Bytes(data, pair.Server.ReceiveToEnd());
        sender.Join();
        Expect.Equal(data.Length, sent);
    }

    /// <summary>Time ends a blocking send: the count is what was queued, and with nothing queued the call fails.</summary>
    [Scenario("DATA-08")]
    public static void TimedSend(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        byte[] data = new byte[64 << 20];
        pair.Client.LimitSend(TimeSpan.FromMilliseconds(150));
        Expect.InRange(1, data.Length - 1, pair.Client.Send(data));
        pair.Client.Fill(near);
        var clock = new ScenarioClock(near);
        Expect.Throws(Errno.EAGAIN, () => pair.Client.Send(data));
        clock.ExpectElapsed(TimeSpan.FromMilliseconds(150));
    }

    /// <summary>A signal ends a blocking send with the count of what was queued, and with EINTR where that is nothing.</summary>
    [Scenario("DATA-08", OwnProcess = true)]
    public static void InterruptedSend(HostProcess near, HostProcess far)
    {
        var seen = new SignalLog(near, Signal.SIGUSR1);
        using StreamPair pair = near.TcpPair(far);
        byte[] data = new byte[64 << 20];
        Expect.InRange(1, data.Length - 1, Expect.Success(Interrupted()));
        pair.Client.Fill(near);
        Expect.Fails(Errno.EINTR, Interrupted());

        CallResult Interrupted()
        {
            CallResult result = default;
            ProcessThread sender = near.StartThread("sender", () => result = near.Sockets.SendTo(pair.Client.Descriptor, data, MessageFlags.None, default));
            sender.WaitUntilBlocked();
            Expect.Success(sender.Interrupt(Signal.SIGUSR1));
            seen.Next();
            sender.Join();
            return result;
        }
    }

    /// <summary>A non-blocking send takes what there is room for, and fails where there is none; reading makes room again.</summary>
    [Scenario("DATA-09")]
    public static void NonBlockingSend(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.NonBlocking = true;
        byte[] data = new byte[64 << 20];
        int total = pair.Client.Send(data);
        Expect.InRange(1, data.Length - 1, total);
        total += pair.Client.Fill(host);
        Expect.Throws(Errno.EAGAIN, () => pair.Client.Send(data));
        Expect.Equal(PollEvents.None, pair.Client.PollNow(PollEvents.POLLOUT));
        byte[] buffer = new byte[65536];
        int received = 0;
        while (received < total) received += pair.Server.Receive(buffer);
        Expect.Equal(total, received);
        pair.Client.WaitFor(PollEvents.POLLOUT);
        Expect.InRange(1, data.Length - 1, pair.Client.Send(data));
    }

    /// <summary>MSG_MORE holds data back until more comes; alone it goes after a fifth of a second.</summary>
    [Scenario("DATA-15")]
    public static void More(HostProcess host)
    {
        using StreamPair joined = host.TcpPair(), alone = host.TcpPair();
        joined.Client.SendText("ab", MSG_MORE);
        joined.Server.ExpectEmpty();
        joined.Client.SendText("cd");
        Expect.Equal("abcd", joined.Server.ReceiveReady());

        var clock = new ScenarioClock(host);
        alone.Client.SendText("ab", MSG_MORE);
        Expect.Equal("ab", alone.Server.ReceiveReady());
        clock.ExpectElapsed(TimeSpan.FromMilliseconds(200), slack: TimeSpan.FromMilliseconds(25));
    }

    /// <summary>MSG_CONFIRM, MSG_EOR, MSG_FIN, MSG_NOSIGNAL and unknown bits: the bytes arrive, and nothing else happens.</summary>
    [Scenario("DATA-13", "DATA-14", "DATA-18", "DATA-22")]
    public static void FlagsWithoutEffect(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        byte[] buffer = new byte[8];
        foreach (MessageFlags flag in new[] { MSG_CONFIRM, MSG_EOR, MSG_FIN, MSG_NOSIGNAL, (MessageFlags)0x800000 })
        {
            Expect.Equal(3, pair.Client.SendText("abc", flag));
            pair.Server.WaitFor(PollEvents.POLLIN);
            var message = new ReceiveMessage { Buffer = buffer, Flags = (MessageFlags)0x7FFF };
            Expect.Equal(3, pair.Server.ReceiveMessage(ref message));
            Expect.Equal(MessageFlags.None, message.Flags);
            pair.Server.ExpectEmpty();
        }
    }

    /// <summary>SIGPIPE can be kept away for one call, or for the process.</summary>
    [Scenario("ASYNC-23", "DATA-16", OwnProcess = true)]
    public static void WithoutTheSignal(HostProcess host)
    {
        var pipe = new SignalLog(host, Signal.SIGPIPE);
        using StreamPair pair = host.TcpPair();
        pair.Client.Shutdown(ShutdownHow.Send);
        Expect.Throws(Errno.EPIPE, () => pair.Client.SendText("x", MSG_NOSIGNAL));
        pipe.ExpectCount(0);
        Expect.Throws(Errno.EPIPE, () => pair.Client.SendText("x"));
        pipe.Next();
        Expect.Success(host.Signals.Ignore(Signal.SIGPIPE));
        Expect.Throws(Errno.EPIPE, () => pair.Client.SendText("x"));
        pipe.ExpectCount(0);
    }

    /// <summary>A stream has no borders: a thousand pieces of any size arrive whole and in order, however they are read.</summary>
    [Scenario("FD-15")]
    public static void NoBorders(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        byte[] data = Pattern(1 << 20);
        ProcessThread sender = near.StartThread("sender", () =>
        {
            uint state = 15;
            int sent = 0;
            for (int piece = 0; piece < 1000; piece++) sent += pair.Client.Send(data.AsSpan(sent, Math.Min(Next(ref state, 2000), data.Length - sent)));
            pair.Client.Send(data.AsSpan(sent));
            pair.Client.Shutdown(ShutdownHow.Send);
        });
        byte[] received = new byte[data.Length + 1];
        uint sizes = 77;
        int count = 0;
        for (int got; (got = pair.Server.Receive(received.AsSpan(count, Math.Min(Next(ref sizes, 5000), received.Length - count)))) > 0;) count += got;
        sender.Join();
        Expect.Bytes(data, received.AsSpan(0, count));
    }

    /// <summary>Bytes that differ from place to place.</summary>
    private static byte[] Pattern(int length)
    {
        byte[] data = new byte[length];
        uint state = 1;
        for (int i = 0; i < length; i++) data[i] = (byte)Next(ref state, 256);
        return data;
    }

    // A linear congruence: the same sizes in every run. 1 to limit.
    private static int Next(ref uint state, int limit)
    {
        state = unchecked(state * 1_664_525 + 1_013_904_223);
        return (int)((state >> 8) % (uint)limit) + 1;
    }
}
