using Slipway.Sockets;
using static Slipway.Sockets.MessageFlags;

namespace Slipway.Conformance;

/// <summary>Writers of local sockets that wait for room when the other end goes away.</summary>
public static class UnixBlockedScenarios
{
    /// <summary>Closing a connection with data unread resets it: the writer that waits is told, and the next one finds a broken pipe.</summary>
    [Scenario("ASYNC-11")]
    public static void WritersOfConnections(HostProcess host)
    {
        foreach (SocketType type in new[] { SocketType.Stream, SocketType.SequencedPacket })
        {
            (Socket writer, Socket other) = host.Sockets.OpenPair(type);
            using (writer)
            {
                Fill(writer);
                CallResult result = Blocked(host, writer, other.Dispose);
                Expect.Fails(Errno.ECONNRESET, result, $"the {type} that waited");
                Expect.Fails(Errno.EPIPE, writer.TrySend("x"u8), $"the next send of a {type}");
                Expect.Equal(Errno.None, writer.TakeError());
            }
        }
    }

    /// <summary>A stream's writer that has got a part in is told of that part, and the reset is told to nobody.</summary>
    [Scenario("ASYNC-11")]
    public static void WritersOfAPart(HostProcess host)
    {
        (Socket writer, Socket other) = host.Sockets.OpenPair(SocketType.Stream);
        using (writer)
        {
            byte[] whole = new byte[1 << 20];
            int queued = Expect.Success(writer.TrySend(whole, MSG_DONTWAIT | MSG_NOSIGNAL));
            byte[] taken = new byte[queued];
            Expect.Equal(queued, other.Receive(taken, MSG_WAITALL));
            CallResult result = Blocked(host, writer, other.Dispose, whole);
            Expect.Equal(queued, Expect.Success(result));
            Expect.Fails(Errno.EPIPE, writer.TrySend("x"u8));
            Expect.Equal(Errno.None, writer.TakeError());
        }
    }

    /// <summary>Datagrams have no connection to reset: the one that waits is refused, and the sender has no peer any more.</summary>
    [Scenario("ASYNC-11", "DATA-38")]
    public static void WritersOfDatagrams(HostProcess host)
    {
        foreach (bool isPair in new[] { true, false })
        {
            (Socket writer, Socket other) = isPair ? host.Sockets.OpenPair(SocketType.Datagram) : OneWay(host);
            using (writer)
            {
                Fill(writer);
                CallResult result = Blocked(host, writer, other.Dispose);
                Expect.Fails(Errno.ECONNREFUSED, result, isPair ? "of a pair" : "one way");
                Expect.Fails(Errno.ENOTCONN, writer.TrySend("x"u8));
                Expect.Equal(Errno.None, writer.TakeError());
            }
        }
    }

    private static (Socket Writer, Socket Other) OneWay(HostProcess host)
    {
        Socket other = host.Unix(SocketType.Datagram), writer = host.Unix(SocketType.Datagram);
        other.Bind(UnixAddress.Unnamed);
        writer.Connect(other.LocalUnixAddress);
        return (writer, other);
    }

    private static void Fill(Socket socket)
    {
        CallResult sent;
        do sent = socket.TrySend(new byte[1000], MSG_DONTWAIT | MSG_NOSIGNAL);
        while (sent.Succeeded);
        Expect.Fails(Errno.EAGAIN, sent);
    }

    /// <summary>What a send gets that waits until something happens.</summary>
    private static CallResult Blocked(HostProcess host, Socket socket, Action happens, byte[]? data = null)
    {
        CallResult result = default;
        ProcessThread thread = host.StartThread("writer", () => result = socket.TrySend(data ?? new byte[1000]));
        thread.WaitUntilBlocked();
        happens();
        thread.Join();
        return result;
    }
}
