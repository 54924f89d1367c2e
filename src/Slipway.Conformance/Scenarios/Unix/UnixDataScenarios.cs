using Slipway.Sockets;
using static Slipway.Sockets.MessageFlags;
using static Slipway.Sockets.PollEvents;

namespace Slipway.Conformance;

/// <summary>Local sockets: sending, receiving, ending (unix(7)).</summary>
public static class UnixDataScenarios
{
    private const PollEvents All = (PollEvents)0x3FFF;
    private const PollEvents In = POLLIN | POLLRDNORM, Out = POLLOUT | POLLWRNORM | POLLWRBAND;

    /// <summary>socketpair makes two nameless peers of each type.</summary>
    [Scenario("FD-14", "OPT-22")]
    public static void Pairs(HostProcess host)
    {
        foreach (SocketType type in Types)
        {
            (Socket a, Socket b) = host.NonBlockingPair(type);
            using (a)
            using (b)
            {
                Expect.True(a.LocalUnixAddress.IsUnnamed);
                Expect.Equal(UnixAddress.Unnamed, a.RemoteUnixAddress);
                Expect.Equal(Out, a.PollNow(All));
                a.SendText("there");
                Expect.Equal(In | Out, b.PollNow(All));
                Expect.Equal("there", b.ReceiveText());
                b.SendText("back");
                Expect.Equal("back", a.ReceiveText());
                Expect.Equal(new PeerCredentials(host.Id, 0, 0), PeerCredentials.Read(a.GetOption(SocketOptions.PeerCredentials)));
            }
        }
        Expect.Fails(Errno.ESOCKTNOSUPPORT, host.Sockets.SocketPair(AddressFamily.Unix, SocketType.ReliableDatagram, 0, out _, out _));
        Expect.Fails(Errno.EPROTONOSUPPORT, host.Sockets.SocketPair(AddressFamily.Unix, SocketType.Stream, 2, out _, out _));
    }

    /// <summary>Sequenced packets keep their borders; streams run together.</summary>
    [Scenario("FD-16", "DATA-14")]
    public static void Borders(HostProcess host)
    {
        foreach (SocketType type in Types)
        {
            (Socket a, Socket b) = host.NonBlockingPair(type);
            using (a)
            using (b)
            {
                a.SendText("ab", MSG_EOR);
                a.SendText("cd");
                UnixReceipt first = b.ReceiveAll(room: 4, flags: MSG_WAITALL | MSG_DONTWAIT);
                Expect.Equal((type == SocketType.Stream ? "abcd" : "ab", None), (first.Text, first.Flags));
                if (type != SocketType.Stream) Expect.Equal("cd", b.ReceiveText());
                b.ExpectEmpty();
            }
        }
    }

    /// <summary>An address on a connected socket: ignored, refused or followed, by the type.</summary>
    [Scenario("DATA-05")]
    public static void SendToOnAConnection(HostProcess host)
    {
        (Socket a, Socket b) = host.NonBlockingPair(SocketType.SequencedPacket);
        (Socket c, Socket d) = host.NonBlockingPair(SocketType.Stream);
        (Socket e, Socket f) = host.NonBlockingPair(SocketType.Datagram);
        UnixAddress missing = host.UnixPath("nowhere");
        Expect.Equal(5, Expect.Success(a.TrySendTo("12345"u8, missing)));
        Expect.Fails(Errno.EISCONN, c.TrySendTo("12345"u8, missing));
        Expect.Fails(Errno.ENOENT, e.TrySendTo("12345"u8, missing));
        using Socket stream = host.Unix(SocketType.Stream), packet = host.Unix(SocketType.SequencedPacket), datagram = host.Unix(SocketType.Datagram);
        Expect.Fails(Errno.EOPNOTSUPP, stream.TrySendTo("1"u8, missing));
        Expect.Fails(Errno.ENOTCONN, stream.TrySend("1"u8));
        Expect.Fails(Errno.ENOTCONN, packet.TrySendTo("1"u8, missing));
        Expect.Fails(Errno.ENOTCONN, datagram.TrySend("1"u8));
        Expect.Fails(Errno.EINVAL, stream.TryReceive(new byte[1]));
        Expect.Fails(Errno.ENOTCONN, packet.TryReceive(new byte[1]));
        datagram.ExpectEmpty();
        foreach (Socket socket in new[] { a, b, c, d, e, f }) socket.Dispose();
    }

    /// <summary>The urgent byte is for streams alone; what it does there.</summary>
    [Scenario("OOB-01")]
    public static void UrgentByte(HostProcess host)
    {
        foreach (SocketType type in new[] { SocketType.Datagram, SocketType.SequencedPacket })
        {
            (Socket one, Socket other) = host.NonBlockingPair(type);
            Expect.Fails(Errno.EOPNOTSUPP, one.TrySend("x"u8, MSG_OOB));
            Expect.Fails(Errno.EOPNOTSUPP, other.TryReceive(new byte[1], MSG_OOB));
            one.Dispose();
            other.Dispose();
        }
        (Socket a, Socket b) = host.NonBlockingPair(SocketType.Stream);
        using (a)
        using (b)
        {
            Expect.Fails(Errno.EOPNOTSUPP, a.TrySend([], MSG_OOB));
            Expect.Fails(Errno.EINVAL, b.TryReceive(new byte[1], MSG_OOB));
            a.SendText("abc");
            a.SendText("de", MSG_OOB);
            a.SendText("fg");
            Expect.Equal(In | Out | POLLPRI, b.PollNow(All));
            Expect.Equal(0, b.Ask(IoControl.SIOCATMARK));
            Expect.Equal("abcd", b.ReceiveText());
            Expect.Equal(1, b.Ask(IoControl.SIOCATMARK));
            Expect.Equal("e", b.ReceiveText(1, MSG_OOB | MSG_PEEK));
            Expect.Equal("e", b.ReceiveText(1, MSG_OOB));
            Expect.Equal(1, b.Ask(IoControl.SIOCATMARK));
            Expect.Equal(In | Out, b.PollNow(All));
            Expect.Equal("fg", b.ReceiveText());
            Expect.Equal(0, b.Ask(IoControl.SIOCATMARK));
            Expect.Fails(Errno.EINVAL, b.TryReceive(new byte[1], MSG_OOB));
        }
    }

    /// <summary>A second urgent byte makes the first a plain one; a read that begins at the mark passes over it, unless it is inline.</summary>
    [Scenario("OOB-01")]
    public static void UrgentMarks(HostProcess host)
    {
        (Socket a, Socket b) = host.NonBlockingPair(SocketType.Stream);
        using (a)
        using (b)
        {
            a.SendText("abX", MSG_OOB);
            a.SendText("cdY", MSG_OOB);
            a.SendText("ef");
            Expect.Equal("abXcd", b.ReceiveText());
            Expect.Equal(1, b.Ask(IoControl.SIOCATMARK));
            Expect.Equal("ef", b.ReceiveText(flags: MSG_PEEK));
            Expect.Equal("ef", b.ReceiveText());
            Expect.Fails(Errno.EINVAL, b.TryReceive(new byte[1], MSG_OOB));
            a.SendText("abX", MSG_OOB);
            a.SendText("cd");
            b.SetSocketLevel(SocketOptionName.SO_OOBINLINE, 1);
            Expect.Fails(Errno.EINVAL, b.TryReceive(new byte[1], MSG_OOB));
            Expect.Equal("ab", b.ReceiveText());
            Expect.Equal("Xcd", b.ReceiveText());
            b.SetSocketLevel(SocketOptionName.SO_OOBINLINE, 0);
            a.SendText("Z", MSG_OOB);
            Expect.Equal("Z", b.ReceiveText(1, MSG_OOB));
            a.SendText("pqW", MSG_OOB);
            a.SendText("rs");
            Expect.Equal("pq", b.ReceiveText());
            Expect.Equal("W", b.ReceiveText(1, MSG_OOB));
            Expect.Equal("rs", b.ReceiveText());
        }
    }

    /// <summary>The peer is gone, the message too long, the queue full.</summary>
    [Scenario("DATA-38")]
    public static void DatagramLimits(HostProcess host)
    {
        UnixAddress path = host.UnixPath("queue");
        Socket receiver = host.BoundUnix(SocketType.Datagram, path);
        using Socket sender = host.Unix(SocketType.Datagram | SocketType.NonBlocking);
        receiver.NonBlocking = true;
        int sent = 0;
        while (sender.TrySendTo("x"u8, path).Succeeded) sent++;
        Expect.Equal(11, sent);
        Expect.Fails(Errno.EAGAIN, sender.TrySendTo("x"u8, path));
        sender.Connect(path);
        Expect.Equal(None2, sender.PollNow(All));
        Expect.Fails(Errno.EAGAIN, sender.TrySend("x"u8));
        Expect.Equal("x", receiver.ReceiveText());
        Expect.Equal(Out, sender.PollNow(All));
        Expect.Equal(1, Expect.Success(sender.TrySend("x"u8)));
        Expect.Fails(Errno.EMSGSIZE, sender.TrySend(new byte[212992 - 31]));
        receiver.Dispose();
        Expect.Fails(Errno.ECONNREFUSED, sender.TrySend("x"u8));
        Expect.Fails(Errno.ENOTCONN, sender.TrySend("x"u8));
        Expect.Fails(Errno.ECONNREFUSED, sender.TrySendTo("x"u8, path));
        host.Forget(path);
        Expect.Fails(Errno.ENOENT, sender.TrySendTo("x"u8, path));
    }

    /// <summary>A sender waits for the receiver of a full queue, and goes on when it reads.</summary>
    [Scenario("DATA-38")]
    public static void DatagramSenderWaits(HostProcess host)
    {
        using Socket receiver = host.Unix(SocketType.Datagram), sender = host.Unix(SocketType.Datagram);
        receiver.Bind(UnixAddress.Unnamed);
        sender.Connect(receiver.LocalUnixAddress);
        for (int i = 0; i < 11; i++) sender.SendText("x");
        ProcessThread waiting = host.StartThread("send", () => sender.SendText("last"));
        for (int i = 0; i < 11; i++) Expect.Equal("x", receiver.ReceiveText());
        waiting.Join();
        Expect.Equal("last", receiver.ReceiveText());
    }

    /// <summary>Only the peer may send to a connected datagram socket.</summary>
    [Scenario("DATA-38")]
    public static void OnlyThePeer(HostProcess host)
    {
        using Socket one = host.Unix(SocketType.Datagram), two = host.Unix(SocketType.Datagram), three = host.Unix(SocketType.Datagram);
        one.Bind(UnixAddress.Unnamed);
        two.Bind(UnixAddress.Unnamed);
        one.Connect(two.LocalUnixAddress);
        Expect.Fails(Errno.EPERM, three.TrySendTo("x"u8, one.LocalUnixAddress));
        Expect.Fails(Errno.EPERM, three.TryConnect(one.LocalUnixAddress));
        Expect.Equal(1, Expect.Success(two.TrySendTo("x"u8, one.LocalUnixAddress)));
        UnixReceipt got = one.ReceiveAll();
        Expect.Equal(("x", two.LocalUnixAddress), (got.Text, got.From));
        one.Disconnect();
        Expect.Success(three.TryConnect(one.LocalUnixAddress));
    }

    /// <summary>What is sent costs the sender's buffer until it is read: the kernel's sizes, and when the socket is writable again.</summary>
    [Scenario("ASYNC-06")]
    public static void SendBuffer(HostProcess host)
    {
        foreach (SocketType type in Types)
        {
            (Socket a, Socket b) = host.NonBlockingPair(type);
            using (a)
            using (b)
            {
                a.Send(new byte[5000]);
                Expect.Equal(type == SocketType.Stream ? 6400 : 8448, a.Ask(IoControl.SIOCOUTQ));
                Expect.Equal(5000, b.Ask(IoControl.FIONREAD));
                b.ReceiveAll(room: 6000);
                int count = 0;
                while (a.TrySend("x"u8).Succeeded) count++;
                Expect.Equal((278, 213504), (count, a.Ask(IoControl.SIOCOUTQ)));
                Expect.Equal(None2, a.PollNow(All));
                int read = 0;
                for (; (a.PollNow(All) & POLLOUT) == 0; read++) b.ReceiveText(1);
                Expect.Equal(209, read);
            }
        }
        (Socket c, Socket d) = host.NonBlockingPair(SocketType.Stream);
        using (c)
        using (d)
        {
            Expect.Equal(219264, c.Send(new byte[1 << 20]));
            byte[] room = new byte[1 << 20];
            Expect.Equal(219264, d.Receive(room));
            c.SetSocketLevel(SocketOptionName.SO_SNDBUF, 4608);
            Expect.Equal(9088, c.Send(new byte[1 << 20]));
        }
    }

    /// <summary>A write that waits for room goes on as the peer reads.</summary>
    [Scenario("ASYNC-06")]
    public static void WriterWaits(HostProcess host)
    {
        (Socket a, Socket b) = host.Sockets.OpenPair(SocketType.Stream);
        using (a)
        using (b)
        {
            byte[] sent = new byte[1_000_000], got = new byte[1_000_000];
            for (int i = 0; i < sent.Length; i++) sent[i] = (byte)(i * 7 >> 3);
            ProcessThread writer = host.StartThread("write", () => Expect.Equal(sent.Length, a.Send(sent)));
            Expect.Equal(got.Length, b.Receive(got, MSG_WAITALL));
            writer.Join();
            Expect.Bytes(sent, got);
        }
    }

    /// <summary>What the other end sees of shutdown and of close, with data unread and without.</summary>
    [Scenario("ASYNC-11")]
    public static void Ending(HostProcess host)
    {
        foreach (SocketType type in new[] { SocketType.Stream, SocketType.SequencedPacket })
        {
            using Socket fresh = host.Unix(type);
            Expect.Equal(Out | POLLHUP, fresh.PollNow(All));
            (Socket a, Socket b) = host.NonBlockingPair(type);
            a.SendText("before");
            Expect.Success(host.Sockets.Shutdown(a.Descriptor, ShutdownHow.Send));
            Expect.Fails(Errno.EPIPE, a.TrySend("x"u8));
            Expect.Equal(In | Out | POLLRDHUP, b.PollNow(All));
            Expect.Equal("before", b.ReceiveText());
            Expect.Equal(0, b.Receive(new byte[1]));
            b.SendText("still");
            Expect.Equal("still", a.ReceiveText());
            a.Dispose();
            Expect.Equal(In | Out | POLLHUP | POLLRDHUP, b.PollNow(All));
            Expect.Fails(Errno.EPIPE, b.TrySend("x"u8));
            Expect.True(b.RemoteUnixAddress.IsUnnamed);
            b.Dispose();
            (a, b) = host.NonBlockingPair(type);
            b.SendText("unread");
            a.Dispose();
            Expect.Equal(In | Out | POLLHUP | POLLRDHUP | POLLERR, b.PollNow(All));
            Expect.Fails(type == SocketType.Stream ? Errno.EPIPE : Errno.ECONNRESET, b.TrySend("x"u8));
            Expect.Fails(Errno.EPIPE, b.TrySend("x"u8));
            if (type == SocketType.Stream) Expect.Fails(Errno.ECONNRESET, b.TryReceive(new byte[1]));
            Expect.Equal(0, b.Receive(new byte[1]));
            b.Dispose();
        }
        (Socket c, Socket d) = host.NonBlockingPair(SocketType.Datagram);
        d.SendText("x");
        c.SendText("lost");
        c.Dispose();
        Expect.Equal(In | Out, d.PollNow(All));
        Expect.Fails(Errno.ECONNREFUSED, d.TrySend("x"u8));
        d.ExpectEmpty();
        Expect.Fails(Errno.ENOTCONN, d.TrySend("x"u8));
        d.Dispose();
    }

    private static SocketType[] Types { get; } = [SocketType.Stream, SocketType.Datagram, SocketType.SequencedPacket];

    private const MessageFlags None = MessageFlags.None;
    private const PollEvents None2 = PollEvents.None;
}
