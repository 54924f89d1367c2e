using Slipway.Sockets;
using static Slipway.Sockets.FileControl;
using static Slipway.Sockets.IoControl;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Control calls of stream sockets: how much can be read, the urgent mark, the signals (section FC).</summary>
public static class UrgentControlScenarios
{
    /// <summary>FIONREAD counts what can be read, not the urgent byte that is out of line, nor the end; a listener has no such thing.</summary>
    [Scenario("FC-012")]
    public static void ReadableBytes(HostProcess host)
    {
        using Socket listener = host.TcpListener();
        Expect.Throws(Errno.EINVAL, () => listener.Ask(FIONREAD));
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            client.Send(new byte[123]);
            server.WaitForBytes(host, 123);
            Expect.Equal(123, server.Ask(FIONREAD));
            Expect.Equal(23, server.Receive(new byte[23]));
            Expect.Equal(100, server.Ask(FIONREAD));
            client.SendText("X", MessageFlags.MSG_OOB);
            server.WaitFor(PollEvents.POLLPRI);
            Expect.Equal(100, server.Ask(FIONREAD));
            client.Shutdown(ShutdownHow.Send);
            server.WaitFor(PollEvents.POLLRDHUP);
            Expect.Equal(100, server.Ask(FIONREAD));
        }
    }

    /// <summary>SIOCOUTQ counts what is sent or waits to be, as long as it is not acknowledged.</summary>
    [Scenario("FC-014")]
    public static void UnacknowledgedBytes(HostProcess host)
    {
        using Socket listener = host.TcpListener();
        Expect.Throws(Errno.EINVAL, () => listener.Ask(SIOCOUTQ));
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            Expect.Equal(0, client.Ask(SIOCOUTQ));
            client.SetOption(SocketLevel.IPPROTO_TCP, TCP_CORK, 1);
            client.Send(new byte[300]);
            Expect.Equal(300, client.Ask(SIOCOUTQ));
            client.SetOption(SocketLevel.IPPROTO_TCP, TCP_CORK, 0);
            server.WaitForBytes(host, 300);
            host.WaitUntil(() => client.Ask(SIOCOUTQ) == 0, () => $"{client.Ask(SIOCOUTQ)} bytes are not acknowledged");
        }
    }

    /// <summary>abc, an urgent X, de: reading stops at the mark, X comes by MSG_OOB, once.</summary>
    [Scenario("FC-015", "FC-016")]
    public static void Mark(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            SendAround(client, server, host);
            Expect.Equal(0, server.Ask(SIOCATMARK));
            Expect.Equal("abc", server.ReceiveText());
            Expect.Equal(1, server.Ask(SIOCATMARK));
            Expect.Equal("X", server.ReceiveText(flags: MessageFlags.MSG_OOB));
            Expect.Equal("de", server.ReceiveText());
            Expect.Equal(0, server.Ask(SIOCATMARK));
            Expect.Fails(Errno.EINVAL, server.TryReceive(new byte[1], MessageFlags.MSG_OOB));
        }
    }

    /// <summary>The same in line: the urgent byte is the first after the mark, and MSG_OOB has nothing.</summary>
    [Scenario("FC-015", "FC-017", "S-007")]
    public static void MarkInLine(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            server.SetSocketLevel(SO_OOBINLINE, 1);
            SendAround(client, server, host);
            Expect.Equal("abc", server.ReceiveText());
            Expect.Equal(1, server.Ask(SIOCATMARK));
            Expect.Fails(Errno.EINVAL, server.TryReceive(new byte[1], MessageFlags.MSG_OOB));
            Expect.Equal("Xde", server.ReceiveText());
            Expect.Equal(0, server.Ask(SIOCATMARK));
        }
    }

    /// <summary>Only the last urgent byte is kept apart; the one before becomes a byte like any other.</summary>
    [Scenario("FC-018")]
    public static void LastUrgentByte(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            client.SendText("a");
            client.SendText("X", MessageFlags.MSG_OOB);
            client.SendText("b");
            client.SendText("Y", MessageFlags.MSG_OOB);
            client.SendText("c");
            WaitForAll(server, host, 5);
            Expect.Equal("Y", server.ReceiveText(flags: MessageFlags.MSG_OOB));
            Expect.Equal("aXb", server.ReceiveText());
            Expect.Equal("c", server.ReceiveText());
        }
    }

    /// <summary>SIGURG goes to the owner, O_ASYNC or not; poll reports POLLPRI and select an exception.</summary>
    [Scenario("FC-019", OwnProcess = true)]
    public static void UrgentSignal(HostProcess host)
    {
        var log = new SignalLog(host, Signal.SIGURG);
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            client.SendText("1", MessageFlags.MSG_OOB);
            server.WaitFor(PollEvents.POLLPRI);
            log.ExpectCount(0); // nobody owns the socket
            server.Fcntl(F_SETOWN, host.Id);
            client.SendText("2", MessageFlags.MSG_OOB);
            Expect.Equal(Signal.SIGURG, log.Next().Signal);
            var exceptional = new DescriptorSet();
            exceptional.Add(server.Descriptor);
            Expect.Equal(1, Expect.Success(host.Sockets.Select(server.Descriptor + 1, null, null, exceptional, TimeSpan.Zero)));
            log.ExpectCount(0);
        }
    }

    private static void SendAround(Socket client, Socket server, HostProcess host)
    {
        client.SendText("abc");
        client.SendText("X", MessageFlags.MSG_OOB);
        client.SendText("de");
        WaitForAll(server, host, 6);
    }

    /// <summary>FIONREAD counts up to the mark only; TCP_INFO has all that came.</summary>
    private static void WaitForAll(Socket server, HostProcess host, ulong count)
        => host.WaitUntil(() => server.Info().BytesReceived == count, () => $"{server.Info().BytesReceived} bytes came, waited for {count}");
}
