using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>TCP_INFO (row T-009): what it says of a socket in each state, and of what a connection has done.</summary>
public static class TcpInfoScenarios
{
    /// <summary>A new socket: CLOSE, and the values that a connection would begin with.</summary>
    [Scenario("T-009", "OPG-09")]
    public static void NewSocket(HostProcess host)
    {
        using Socket socket = host.Tcp();
        TcpInfoBlock info = socket.Info();
        Expect.Equal(TcpInfoBlock.Length, info.Given);
        Expect.Equal(TcpInfoBlock.Closed, info.State);
        Expect.Equal((0u, 0u, 0u, 0ul), (info.SegmentsOut, info.SegmentsIn, info.TotalRetransmissions, info.BytesSent));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TrySetTcp(TCP_INFO, 1));
    }

    /// <summary>A shorter buffer gets the head of the structure.</summary>
    [Scenario("T-009", "OPG-08")]
    public static void ShortBuffer(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            byte[] head = new byte[104];
            Expect.Equal(104, client.GetOption(SocketLevel.IPPROTO_TCP, TCP_INFO, head));
            Expect.Equal(TcpInfoBlock.Established, head[0]);
            byte[] more = new byte[1000];
            Expect.Equal(TcpInfoBlock.Length, client.GetOption(SocketLevel.IPPROTO_TCP, TCP_INFO, more));
        }
    }

    /// <summary>The states that a connection goes through, at both ends.</summary>
    [Scenario("T-009")]
    public static void States(HostProcess host)
    {
        using Socket listener = host.TcpListener();
        Expect.Equal(TcpInfoBlock.Listen, listener.Info().State);
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            Expect.Equal((TcpInfoBlock.Established, TcpInfoBlock.Established), (client.Info().State, server.Info().State));
            client.Shutdown(ShutdownHow.Send);
            server.ExpectEnd();
            host.WaitUntil(() => client.Info().State == TcpInfoBlock.FinWait2, () => $"state {client.Info().State}");
            Expect.Equal(TcpInfoBlock.CloseWait, server.Info().State);
            server.Shutdown(ShutdownHow.Send);
            client.ExpectEnd();
            host.WaitUntil(() => server.Info().State == TcpInfoBlock.Closed, () => $"state {server.Info().State}");
            Expect.Equal(TcpInfoBlock.Closed, client.Info().State); // what is left of it is a TIME_WAIT of its own, apart from the socket
        }
    }

    /// <summary>A connection without data: what the handshake agreed on.</summary>
    [Scenario("T-009", "MS-001")]
    public static void AfterTheHandshake(HostProcess near, HostProcess far)
    {
        (Socket client, Socket server) = near.TcpPairWith(far);
        using (client)
        using (server)
        {
            foreach (Socket end in new[] { client, server })
            {
                TcpInfoBlock info = end.Info();
                Expect.Equal(TcpInfoBlock.Timestamps | TcpInfoBlock.SelectiveAcknowledgements | TcpInfoBlock.WindowScaling, info.Options & 0xF);
                Expect.Equal((1448u, 1448u, 1500u), (info.SendMss, info.AnnouncedMss, info.PathMtu));
                Expect.Equal(536u, info.ReceiveMss);
                Expect.Equal(10u, info.CongestionWindow);
                Expect.Equal((0u, 0u, 0u, 0u), (info.Unacknowledged, info.TotalRetransmissions, info.DataSegmentsOut, info.DataSegmentsIn));
                Expect.Equal((0ul, 0ul), (info.BytesSent, info.BytesReceived));
            }
            Expect.Equal((1ul, 0ul), (client.Info().BytesAcknowledged, server.Info().BytesAcknowledged));
            Expect.Equal((2u, 1u), (client.Info().SegmentsOut, client.Info().SegmentsIn));
            Expect.Equal((0u, 2u), (server.Info().SegmentsOut, server.Info().SegmentsIn)); // the SYN-ACK was sent before there was a connection to count it
        }
    }

    /// <summary>What was sent and received is counted at both ends.</summary>
    [Scenario("T-009")]
    public static void AfterData(HostProcess near, HostProcess far)
    {
        (Socket client, Socket server) = near.TcpPairWith(far);
        using (client)
        using (server)
        {
            client.Send(new byte[1000]);
            server.WaitForBytes(near, 1000);
            Expect.Equal(1000, server.Receive(new byte[1000]));
            server.Send(new byte[300]);
            client.WaitForBytes(near, 300);
            TcpInfoBlock sender = client.Info(), receiver = server.Info();
            Expect.Equal((1000ul, 1001ul, 300ul), (sender.BytesSent, sender.BytesAcknowledged, sender.BytesReceived));
            Expect.Equal((1000ul, 300ul), (receiver.BytesReceived, receiver.BytesSent));
            Expect.Equal((1u, 1u), (sender.DataSegmentsOut, sender.DataSegmentsIn));
            Expect.Equal((1u, 1u), (receiver.DataSegmentsOut, receiver.DataSegmentsIn));
            Expect.Equal((0u, 0u, 0ul), (sender.Unacknowledged, sender.TotalRetransmissions, sender.BytesRetransmitted));
            Expect.Equal(1000u, receiver.ReceiveMss);
            Expect.InRange(200_000, 1_000_000, sender.RetransmissionTimeout);
            Expect.Equal(0u, sender.BytesNotSent);
        }
    }

    /// <summary>What is corked is not sent yet.</summary>
    [Scenario("T-009", "T-004")]
    public static void NotSent(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            client.SetTcp(TCP_CORK, 1);
            client.Send(new byte[70]);
            Expect.Equal((70u, 0ul), (client.Info().BytesNotSent, client.Info().BytesSent));
            Expect.Equal(0, server.Available);
            client.SetTcp(TCP_CORK, 0);
            server.WaitForBytes(host, 70);
            Expect.Equal((0u, 70ul), (client.Info().BytesNotSent, client.Info().BytesSent));
        }
    }

    /// <summary>
    /// 100 bytes that nobody acknowledges, after the probe and one timeout: both count as retransmitted and as sent, the timeout alone as a vain one. The connection's times begin with
    /// the handshake, and the pacing rate is told where nothing is paced: two windows of ten segments a round trip in slow start.
    /// </summary>
    [Scenario("T-009", NotOnKernel = Waits.ExactTimes)]
    public static void AfterRetransmissions(TimelineHosts hosts)
    {
        (Socket client, Socket server) = hosts.Connect(near: static socket => socket.SetOption(SocketLevel.IPPROTO_TCP, TCP_CONGESTION, "cubic"u8));
        using (client)
        using (server)
        {
            Expect.InRange(350, 500, client.Info().LastDataReceived);
            Expect.InRange(240_000, 2 * 10 * 1448 * 10, (long)client.Info().PacingRate);
            hosts.SetWire(WireState.Silent);
            client.Send(new byte[100]);
            hosts.SleepUntil(900);
            TcpInfoBlock info = client.Info();
            Expect.Equal((2u, 1, 1), (info.TotalRetransmissions, info.Retransmits, info.Backoff), hosts.Trace());
            Expect.Equal((300ul, 200ul, 3u, 1u), (info.BytesSent, info.BytesRetransmitted, info.DataSegmentsOut, info.Unacknowledged), hosts.Trace());
            Expect.InRange(200, 400, info.LastDataSent); // the second one went about 600 ms after the first
            (int count, int recoveries, uint time) = info.Timeouts;
            Expect.Equal((1, 1), (count, recoveries));
            Expect.InRange(200, 400, time);
            Expect.InRange(800_000, 1_000_000, (long)info.Times.Busy);
        }
    }

    /// <summary>A listener tells how many connections wait, and how many may.</summary>
    [Scenario("T-009")]
    public static void Listener(HostProcess host)
    {
        using Socket listener = host.TcpListener(backlog: 5);
        Expect.Equal((0u, 5u), (listener.Info().Unacknowledged, listener.Info().Sacked));
        using Socket first = host.TcpTo(listener.LocalAddress), second = host.TcpTo(listener.LocalAddress);
        host.WaitUntil(() => listener.Info().Unacknowledged == 2, () => $"{listener.Info().Unacknowledged} connections wait");
        using Socket accepted = listener.Accept();
        Expect.Equal(1u, listener.Info().Unacknowledged);
    }

    /// <summary>A listener and a socket that was never connected tell what they would begin with.</summary>
    [Scenario("T-009")]
    public static void BeforeAnyConnection(HostProcess host)
    {
        using Socket fresh = host.Tcp(), listener = host.TcpListener(backlog: 5);
        foreach (Socket socket in new[] { fresh, listener })
        {
            TcpInfoBlock info = socket.Info();
            Expect.Equal((10u, 3u), (info.CongestionWindow, info.Reordering));
            Expect.Equal((ulong.MaxValue, ulong.MaxValue), (info.PacingRate, info.MaxPacingRate));
            Expect.Equal((0ul, 0ul, 0ul), info.Times);
            Expect.Equal((0, 0, 0u), info.Timeouts);
        }
    }

    /// <summary>While data wait for the peer's window, the time counts as limited by it; with all of it read and acknowledged no time counts any more.</summary>
    [Scenario("T-009")]
    public static void TimeByPeerWindow(HostProcess near, HostProcess far)
    {
        (Socket client, Socket server) = near.TcpPairWith(far, listener: static socket => socket.SetOption(SocketLevel.SOL_SOCKET, SO_RCVBUF, 8192));
        using (client)
        using (server)
        {
            client.NonBlocking = true;
            int sent = client.Send(new byte[60_000]);
            near.WaitUntil(() => client.Info().Times.ByPeerWindow >= 20_000, () => $"{client.Info().Times}");
            (ulong busy, ulong byPeer, ulong byBuffer) = client.Info().Times;
            Expect.True(busy >= byPeer && byBuffer == 0, $"{client.Info().Times}");
            for (byte[] room = new byte[sent]; sent > 0;) sent -= server.Receive(room);
            near.WaitUntil(() => client.Info().Unacknowledged == 0, () => $"{client.Info().Unacknowledged} segments are under way");
            busy = client.Info().Times.Busy;
            near.WaitUntil(() => client.Info().LastDataSent >= 30, () => $"{client.Info().LastDataSent}");
            Expect.Equal(busy, client.Info().Times.Busy);
        }
    }
}
