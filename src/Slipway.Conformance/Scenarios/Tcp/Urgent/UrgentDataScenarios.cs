using Slipway.Sockets;
using static Slipway.Conformance.StreamSockets;
using static Slipway.Sockets.MessageFlags;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>The urgent byte: sending it, fetching it, and who hears of it (section OOB).</summary>
public static class UrgentDataScenarios
{
    /// <summary>The last byte of a send is the urgent one, the rest is normal data.</summary>
    [Scenario("OOB-01", "OOB-02")]
    public static void TheLastByteIsUrgent(HostProcess near, HostProcess far)
    {
        using StreamPair pair = near.TcpPair(far);
        Expect.Equal(3, pair.Client.SendText("abc", MSG_OOB));
        pair.Server.WaitFor(PollEvents.POLLPRI);
        Expect.Equal("c", pair.Server.ReceiveText(9, MSG_OOB));
        Expect.Equal("ab", pair.Server.ReceiveReady());
        pair.Server.ExpectEmpty();
    }

    /// <summary>Urgent data does not overtake: while the peer's window is full not even the notice goes out, and a full send buffer has no room for the byte.</summary>
    [Scenario("OOB-03", OwnProcess = true)]
    public static void DoesNotOvertake(HostProcess near, HostProcess far)
    {
        var urgent = new SignalLog(far, Signal.SIGURG, waiter: near);
        using StreamPair pair = SmallWindow(near, far);
        pair.Server.Fcntl(FileControl.F_SETOWN, far.Id);
        int normal = pair.Client.Send(new byte[150_000]);
        pair.Client.WaitForFullWindow(near);
        Expect.Equal(1, Expect.Success(pair.Client.TrySend("U", MSG_OOB)));
        near.Sleep(TimeSpan.FromSeconds(1)); // the window is probed meanwhile, and the probes say nothing of a byte so far ahead
        urgent.ExpectCount(0);
        Expect.Equal(PollEvents.None, pair.Server.PollNow(PollEvents.POLLPRI));
        Expect.Fails(Errno.EINVAL, pair.Server.TryReceive(new byte[1], MSG_OOB));

        // Reading makes room: the byte comes at its place, behind all that was sent before it.
        byte[] buffer = new byte[65536];
        int read = 0;
        while (read < normal) read += pair.Server.Receive(buffer);
        Expect.Equal(normal, read);
        urgent.Next();
        pair.Server.WaitFor(PollEvents.POLLPRI);
        Expect.Equal("U", pair.Server.ReceiveText(1, MSG_OOB));

        pair.Client.Fill(near);
        Expect.Fails(Errno.EAGAIN, pair.Client.TrySend("U", MSG_OOB));
    }

    /// <summary>The notice may come early: where the byte is near, the probe of a full window carries it. Until the byte is there a fetch would have to wait.</summary>
    [Scenario("OOB-03", "OOB-05", OwnProcess = true)]
    public static void NoticeBeforeTheByte(HostProcess near, HostProcess far)
    {
        var urgent = new SignalLog(far, Signal.SIGURG, waiter: near);
        using StreamPair pair = SmallWindow(near, far);
        pair.Server.Fcntl(FileControl.F_SETOWN, far.Id);
        int normal = pair.Client.Send(new byte[30_000]);
        pair.Client.SendText("U", MSG_OOB);
        urgent.Next();
        Expect.Fails(Errno.EAGAIN, pair.Server.TryReceive(new byte[1], MSG_OOB));
        Expect.Equal(PollEvents.None, pair.Server.PollNow(PollEvents.POLLPRI));
        byte[] buffer = new byte[65536];
        int read = 0;
        while (read < normal) read += pair.Server.Receive(buffer);
        Expect.Equal(normal, read);
        pair.Server.WaitFor(PollEvents.POLLPRI);
        Expect.Equal("U", pair.Server.ReceiveText(1, MSG_OOB));
        urgent.ExpectCount(0);
    }

    /// <summary>The byte can be looked at, and fetched once; recvmsg says what it is.</summary>
    [Scenario("OOB-04", "DATA-31")]
    public static void FetchedOnce(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        SendUrgent(pair, "U");
        Expect.Equal("U", pair.Server.ReceiveText(1, MSG_OOB | MSG_PEEK));
        byte[] buffer = new byte[9];
        var message = new ReceiveMessage { Buffer = buffer };
        Expect.Equal(1, pair.Server.ReceiveMessage(ref message, MSG_OOB));
        Expect.Equal(((byte)'U', MSG_OOB), (buffer[0], message.Flags));
        Expect.Fails(Errno.EINVAL, pair.Server.TryReceive(buffer, MSG_OOB));
    }

    /// <summary>Fetching without room takes the byte away.</summary>
    [Scenario("OOB-04")]
    public static void FetchedWithoutRoom(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        SendUrgent(pair, "U");
        Expect.Equal(0, pair.Server.Receive([], MSG_OOB));
        Expect.Fails(Errno.EINVAL, pair.Server.TryReceive(new byte[1], MSG_OOB));
    }

    /// <summary>There is nothing to fetch: none sent, none on a socket without a connection, none while it is in the stream, none after the end.</summary>
    [Scenario("OOB-05")]
    public static void NothingToFetch(HostProcess host)
    {
        using Socket idle = host.Tcp();
        Expect.Fails(Errno.EINVAL, idle.TryReceive(new byte[1], MSG_OOB));
        using StreamPair pair = host.TcpPair();
        Expect.Fails(Errno.EINVAL, pair.Server.TryReceive(new byte[1], MSG_OOB));
        pair.Server.SetSocketLevel(SO_OOBINLINE, 1);
        SendUrgent(pair, "U");
        Expect.Fails(Errno.EINVAL, pair.Server.TryReceive(new byte[1], MSG_OOB));
        pair.Client.Shutdown(ShutdownHow.Send);
        pair.Server.WaitFor(PollEvents.POLLRDHUP);
        Expect.Fails(Errno.EINVAL, pair.Server.TryReceive(new byte[1], MSG_OOB));
    }

    /// <summary>Each notice sends SIGURG to the owner; without an owner nobody gets it, and O_ASYNC is not needed.</summary>
    [Scenario("OOB-11", "ASYNC-10", OwnProcess = true)]
    public static void SignalOfTheNotice(HostProcess host)
    {
        var urgent = new SignalLog(host, Signal.SIGURG);
        using StreamPair pair = host.TcpPair();
        SendUrgent(pair, "1");
        urgent.ExpectCount(0);
        pair.Server.Fcntl(FileControl.F_SETOWN, host.Id);
        pair.Client.SendText("2", MSG_OOB);
        Expect.Equal(Signal.SIGURG, urgent.Next().Signal);
        pair.Client.SendText("3", MSG_OOB);
        Expect.Equal(Signal.SIGURG, urgent.Next().Signal);
        pair.Client.SendText("normal");
        urgent.ExpectCount(0);
    }

    /// <summary>SIGURG that nobody handles is ignored.</summary>
    [Scenario("OOB-11")]
    public static void SignalIsIgnored(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Server.Fcntl(FileControl.F_SETOWN, host.Id);
        SendUrgent(pair, "U");
        Expect.Equal("U", pair.Server.ReceiveText(1, MSG_OOB));
    }

    /// <summary>A process group as the owner: each of its members gets SIGURG.</summary>
    [Scenario("OOB-12", NotOnKernel = "a function cannot run in a child of the kernel: the row's own program showed it")]
    public static void SignalForAGroup(HostProcess host)
    {
        Expect.Success(host.SetProcessGroup(0));
        var urgent = new SignalLog(host, Signal.SIGURG);
        using StreamPair pair = host.TcpPair();
        ChildProcess child = host.StartChild("member", static process =>
        {
            int seen = 0;
            process.Signals.Handle(Signal.SIGURG, _ => seen++);
            process.Sleep(TimeSpan.FromSeconds(60));
            process.ExitCode = seen;
        });
        host.Sleep(TimeSpan.FromSeconds(1));
        pair.Server.Fcntl(FileControl.F_SETOWN, -host.ProcessGroup);
        pair.Client.SendText("U", MSG_OOB);
        urgent.Next();
        Expect.Equal(1, child.Wait());
        urgent.ExpectCount(0);
    }

    /// <summary>poll reports POLLPRI and select its third set until the byte is fetched; without normal data there is nothing to read.</summary>
    [Scenario("OOB-13", "ASYNC-10")]
    public static void ReadinessOfTheNotice(HostProcess host)
    {
        using StreamPair withData = host.TcpPair(), alone = host.TcpPair();
        SendUrgent(withData, "abU");
        Expect.Equal(PollEvents.POLLIN | PollEvents.POLLPRI | PollEvents.POLLOUT, withData.Server.PollNow(StreamEvents));
        DescriptorSet read = new(), except = new();
        read.Add(withData.Server.Descriptor);
        except.Add(withData.Server.Descriptor);
        Expect.Equal(2, Expect.Success(host.Sockets.Select(withData.Server.Descriptor + 1, read, null, except, TimeSpan.Zero)));
        Expect.Equal("U", withData.Server.ReceiveText(1, MSG_OOB));
        Expect.Equal(PollEvents.POLLIN | PollEvents.POLLOUT, withData.Server.PollNow(StreamEvents));

        SendUrgent(alone, "U");
        Expect.Equal(PollEvents.POLLPRI | PollEvents.POLLOUT, alone.Server.PollNow(StreamEvents));
        Expect.Equal("U", alone.Server.ReceiveText(1, MSG_OOB));
        Expect.Equal(PollEvents.POLLOUT, alone.Server.PollNow(StreamEvents));
    }

    /// <summary>send, sendto and sendmsg can all be urgent; with no byte there is nothing urgent.</summary>
    [Scenario("OOB-16")]
    public static void SendingCalls(HostProcess host)
    {
        var sends = new Func<Socket, int>[]
        {
            static s => s.Send("1"u8, MSG_OOB),
            static s => s.SendTo("2"u8, s.RemoteAddress, MSG_OOB),
            static s => s.SendMessage(new SendMessage { Buffer = "3"u8 }, MSG_OOB),
        };
        for (int i = 0; i < sends.Length; i++)
        {
            using StreamPair pair = host.TcpPair();
            Expect.Equal(1, sends[i](pair.Client));
            pair.Server.WaitFor(PollEvents.POLLPRI);
            Expect.Equal($"{i + 1}", pair.Server.ReceiveText(1, MSG_OOB));
        }
        using StreamPair nothing = host.TcpPair();
        Expect.Equal(0, nothing.Client.Send([], MSG_OOB));
        nothing.Client.SendText("normal");
        nothing.Server.WaitFor(PollEvents.POLLIN);
        Expect.Equal(PollEvents.None, nothing.Server.PollNow(PollEvents.POLLPRI));
        Expect.Equal("normal", nothing.Server.ReceiveReady());
    }

    /// <summary>A connection whose receiver takes a few kilobytes, and whose sender holds what does not fit.</summary>
    private static StreamPair SmallWindow(HostProcess near, HostProcess far)
    {
        using Socket listener = far.TcpAt(new InetAddress("10.0.0.2", 0));
        listener.SetSocketLevel(SO_RCVBUF, 4096);
        listener.Listen();
        Socket client = near.Tcp();
        client.SetSocketLevel(SO_SNDBUF, 212_992);
        client.Connect(listener.LocalAddress);
        return new StreamPair(client, listener.Accept());
    }

    private static void SendUrgent(StreamPair pair, string text)
    {
        pair.Client.SendText(text, MSG_OOB);
        pair.Server.WaitFor(PollEvents.POLLPRI);
    }
}
