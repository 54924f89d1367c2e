using Slipway.Sockets;
using static Slipway.Conformance.StreamSockets;
using static Slipway.Sockets.FileControl;

namespace Slipway.Conformance;

/// <summary>poll, SIGIO and SIGPIPE of stream sockets (section ASYNC).</summary>
public static class StreamReadinessScenarios
{
    private const PollEvents All = (PollEvents)0x3FFF & ~PollEvents.POLLNVAL;

    /// <summary>A socket without a connection reports that it is hung up; a listener without a client, nothing.</summary>
    [Scenario("ASYNC-11")]
    public static void WithoutAConnection(HostProcess host)
    {
        const PollEvents Unconnected = PollEvents.POLLOUT | PollEvents.POLLHUP;
        using Socket idle = host.Tcp(), bound = host.TcpAt(InetAddress.LoopbackIPv4()), listener = host.TcpListener();
        Expect.Equal(Unconnected, idle.PollNow(StreamEvents));
        Expect.Equal(Unconnected | PollEvents.POLLWRNORM, idle.PollNow(All));
        Expect.Equal(PollEvents.POLLHUP, idle.PollNow(PollEvents.None));
        Expect.Equal(Unconnected, bound.PollNow(StreamEvents));
        Expect.Equal(PollEvents.None, listener.PollNow(All));
    }

    /// <summary>A connection can be written, and read when data is there.</summary>
    [Scenario("ASYNC-02", "ASYNC-06")]
    public static void PollMasks(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        Expect.Equal(PollEvents.POLLOUT | PollEvents.POLLWRNORM, pair.Server.PollNow(All));
        pair.Client.SendText("x");
        pair.Server.WaitFor(PollEvents.POLLIN);
        Expect.Equal(PollEvents.POLLIN | PollEvents.POLLRDNORM | PollEvents.POLLOUT | PollEvents.POLLWRNORM, pair.Server.PollNow(All));
        pair.Server.ReceiveText();
        Expect.Equal(PollEvents.POLLOUT | PollEvents.POLLWRNORM, pair.Server.PollNow(All));
    }

    /// <summary>A full stream is writable again only when a third of its buffer has become free, not with the first byte.</summary>
    [Scenario("ASYNC-06")]
    public static void RoomToWrite(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPairWith(far, client: static c => c.SetSocketLevel(SocketOptionName.SO_SNDBUF, 100_000)); // a buffer that was set does not grow
        int total = pair.Client.Fill(near), full = pair.Client.Ask(IoControl.SIOCOUTQ), read = 0;
        Expect.Equal(PollEvents.None, pair.Client.PollNow(StreamEvents));
        byte[] buffer = new byte[4096];
        while (pair.Client.PollNow(PollEvents.POLLOUT) == PollEvents.None && read < total)
        {
            read += pair.Server.Receive(buffer);
            near.Sleep(TimeSpan.FromMilliseconds(1)); // the acknowledgement is on its way
        }
        Expect.Equal(PollEvents.POLLOUT, pair.Client.PollNow(StreamEvents));
        Expect.InRange(1, full * 3L / 4, pair.Client.Ask(IoControl.SIOCOUTQ));
    }

    /// <summary>SIGIO tells each arrival of data, the peer's end, a connection at a listener, and that a connect is done.</summary>
    [Scenario("ASYNC-16", "ASYNC-17", OwnProcess = true)]
    public static void SignalsOfAStream(HostProcess host)
    {
        var seen = new SignalLog(host, Signal.SIGIO);
        using Socket listener = host.TcpListener(), client = host.TcpTo(listener.LocalAddress), server = listener.Accept();
        using Socket second = host.Tcp(), third = host.NonBlockingTcp();
        Own(listener);
        second.Connect(listener.LocalAddress);
        seen.Next();
        listener.Fcntl(F_SETFL, 0);
        Own(third);
        Expect.Fails(Errno.EINPROGRESS, third.TryConnect(listener.LocalAddress));
        seen.Next();
        third.WaitFor(PollEvents.POLLOUT);
        seen.ExpectCount(0);

        Own(server);
        client.SendText("1");
        seen.Next();
        client.SendText("2, though the first is unread");
        seen.Next();
        client.Shutdown(ShutdownHow.Send);
        seen.Next();
        seen.ExpectCount(0);

        void Own(Socket socket)
        {
            socket.Fcntl(F_SETOWN, host.Id);
            socket.Fcntl(F_SETFL, socket.Fcntl(F_GETFL) | O_ASYNC);
        }
    }

    /// <summary>Every call that writes into a shut stream fails with EPIPE and sends SIGPIPE, also one without a byte.</summary>
    [Scenario("ASYNC-22", OwnProcess = true)]
    public static void SignalOfABrokenPipe(HostProcess host)
    {
        var pipe = new SignalLog(host, Signal.SIGPIPE);
        using StreamPair pair = host.TcpPair();
        pair.Client.Shutdown(ShutdownHow.Send);
        (SocketSystem system, int descriptor) = (host.Sockets, pair.Client.Descriptor);
        foreach (Func<CallResult> write in new Func<CallResult>[]
        {
            () => system.Write(descriptor, "x"u8),
            () => system.SendTo(descriptor, "x"u8, MessageFlags.None, default),
            () => system.SendTo(descriptor, [], MessageFlags.None, default),
            () => system.SendMsg(descriptor, new SendMessage { Buffer = "x"u8 }, MessageFlags.None),
            () => system.WriteV(descriptor, new ReadOnlyMemory<byte>[] { "x"u8.ToArray() }),
        })
        {
            Expect.Fails(Errno.EPIPE, write());
            pipe.Next();
        }
        pipe.ExpectCount(0);
    }

    /// <summary>SIGPIPE that nobody handles ends the process.</summary>
    [Scenario("ASYNC-22", NotOnKernel = "a function cannot run in a child of the kernel: the row's own program showed it")]
    public static void BrokenPipeKills(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Client.Shutdown(ShutdownHow.Send);
        ChildProcess child = host.StartChild("child", process => process.Sockets.Write(pair.Client.Descriptor, "x"u8));
        Expect.Equal(128 + (int)Signal.SIGPIPE, child.Wait());
    }
}
