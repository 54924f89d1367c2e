using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Options of TCP that few programs know (linux/tcp.h), and SO_MAX_PACING_RATE.</summary>
public static class TcpRareOptionScenarios
{
    /// <summary>Defaults and ranges; Linux keeps times in ticks, so those asked for here are whole ones.</summary>
    [Scenario("T-010", "OPG-03")]
    public static void Times(HostProcess host)
    {
        using Socket socket = host.Tcp();
        Check(socket, TCP_RTO_MAX_MS, 120_000, [1000, 5000, 120_000], [999, 120_001, 0, -1]);
        Check(socket, TCP_RTO_MIN_US, 200_000, [8000, 120_000, 200_000], [999, 200_001, 0, -1]);
        Check(socket, TCP_DELACK_MAX_US, 200_000, [8000, 120_000, 200_000], [999, 200_001, 0, -1]);
    }

    /// <summary>An accepted connection has the listener's times.</summary>
    [Scenario("T-010", "INH-004")]
    public static void TimesAreInherited(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPairWith(listener: static socket =>
        {
            socket.SetTcp(TCP_RTO_MAX_MS, 5000);
            socket.SetTcp(TCP_RTO_MIN_US, 120_000);
            socket.SetTcp(TCP_DELACK_MAX_US, 80_000);
        });
        using (client)
        using (server)
            Expect.Equal((5000, 120_000, 80_000), (server.GetTcp(TCP_RTO_MAX_MS), server.GetTcp(TCP_RTO_MIN_US), server.GetTcp(TCP_DELACK_MAX_US)));
    }

    /// <summary>Packets are held back; the loopback has no queue that would do it, but what is reckoned with is the same.</summary>
    [Scenario("T-013")]
    public static void TransmitDelay(HostProcess host)
    {
        using Socket fresh = host.Tcp();
        Check(fresh, TCP_TX_DELAY, 0, [0, 1, 1000, (1 << 28) - 1], [1 << 28, -1]);
        (Socket client, Socket server) = host.TcpPairWith(listener: static socket => socket.SetTcp(TCP_TX_DELAY, 20_000));
        using (client)
        using (server)
        {
            Expect.Equal((0, 20_000), (client.GetTcp(TCP_TX_DELAY), server.GetTcp(TCP_TX_DELAY)));
            // What was measured of a connection moves with it, and the minimum is measured anew.
            uint before = client.Info().RoundTrip;
            client.SetTcp(TCP_TX_DELAY, 30_000);
            Expect.InRange(before + 29_999, before + 30_001, client.Info().RoundTrip);
            Expect.Equal(uint.MaxValue, client.Info().LeastRoundTrip);
            client.SetTcp(TCP_TX_DELAY, 0);
            Expect.InRange(0, before + 1, client.Info().RoundTrip);
            // The earliest departure is told with stamps: of what is sent with the delay, of the bytes without.
            const TimestampingFlags Stamps = TimestampingFlags.SOF_TIMESTAMPING_SOFTWARE | TimestampingFlags.SOF_TIMESTAMPING_TX_SOFTWARE | TimestampingFlags.SOF_TIMESTAMPING_TX_SCHED
                | TimestampingFlags.SOF_TIMESTAMPING_TX_ACK | TimestampingFlags.SOF_TIMESTAMPING_OPT_TSONLY | TimestampingFlags.SOF_TIMESTAMPING_OPT_STATS;
            server.SetSocketLevel(SO_TIMESTAMPING, (int)Stamps);
            server.SendText("x");
            client.WaitFor(PollEvents.POLLIN);
            long[] departures = [DepartureOf(server), DepartureOf(server), DepartureOf(server)];
            Expect.Equal((0L, 20_000_000L), (departures[1] - departures[0], departures[0] - departures[2]));
        }
    }

    /// <summary>The earliest departure that the next stamp tells of, nanoseconds.</summary>
    private static long DepartureOf(Socket socket)
    {
        var attribute = new NetlinkAttributeReader(socket.ReceiveError().Data);
        while (attribute.MoveNext()) if (attribute.Type == TcpStatisticsAttribute.TCP_NLA_EDT) return BinaryPrimitives.ReadInt64LittleEndian(attribute.Value);
        throw new ExpectationException("no departure is told");
    }

    /// <summary>Without TCP_REPAIR its other options have no meaning.</summary>
    [Scenario("T-010")]
    public static void NoRepair(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using Socket fresh = host.Tcp();
        using (client)
        using (server)
        {
            foreach (Socket socket in new[] { fresh, client })
            {
                Expect.Equal(0, socket.GetTcp(TCP_REPAIR));
                Expect.Fails(Errno.EINVAL, socket.TryGet(IPPROTO_TCP, TCP_REPAIR_QUEUE));
                Expect.Fails(Errno.EINVAL, socket.TryGet(IPPROTO_TCP, TCP_QUEUE_SEQ));
                Expect.Fails(Errno.EINVAL, socket.TryGet(IPPROTO_TCP, TCP_REPAIR_WINDOW));
                Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(IPPROTO_TCP, TCP_REPAIR_OPTIONS));
                Expect.Fails(Errno.EPERM, socket.TrySetTcp(TCP_REPAIR_QUEUE, 1));
                Expect.Fails(Errno.EPERM, socket.TrySetTcp(TCP_REPAIR_WINDOW, 1));
                Expect.Fails(Errno.EINVAL, socket.TrySetTcp(TCP_REPAIR_OPTIONS, 1));
            }
            Expect.Fails(Errno.EINVAL, fresh.TrySetTcp(TCP_QUEUE_SEQ, 1));
            Expect.Fails(Errno.EPERM, client.TrySetTcp(TCP_QUEUE_SEQ, 1));
        }
    }

    /// <summary>No MPTCP, and nothing between the program and TCP.</summary>
    [Scenario("T-010")]
    public static void PlainTcp(HostProcess host)
    {
        using Socket socket = host.Tcp();
        Expect.Equal(0, socket.GetTcp(TCP_IS_MPTCP));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TrySetTcp(TCP_IS_MPTCP, 1));
        Expect.Equal(0, socket.GetOption(IPPROTO_TCP, TCP_ULP, new byte[16]));
        Expect.Fails(Errno.ENOENT, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_TCP, TCP_ULP, "nosuch"u8));
        Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_TCP, TCP_ULP, []));
    }

    /// <summary>TCP_CC_INFO: 20 bytes of BBR, none of the others.</summary>
    [Scenario("T-010")]
    public static void CongestionInfo(HostProcess host)
    {
        using Socket socket = host.Tcp();
        foreach ((string name, int length) in new[] { ("cubic", 0), ("reno", 0), ("bbr", 20) })
        {
            socket.SetOption(IPPROTO_TCP, TCP_CONGESTION, System.Text.Encoding.ASCII.GetBytes(name));
            Expect.Equal(length, socket.GetOption(IPPROTO_TCP, TCP_CC_INFO, new byte[64]), name);
        }
    }

    /// <summary>TCP_SAVE_SYN at the listener: an accepted connection gives the headers of its SYN once, to who has room for them.</summary>
    [Scenario("T-010")]
    public static void SavedSyn(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPairWith(listener: static socket => socket.SetTcp(TCP_SAVE_SYN, 1));
        using (client)
        using (server)
        {
            Expect.Fails(Errno.EINVAL, server.TrySetTcp(TCP_SAVE_SYN, 3));
            Expect.Fails(Errno.EINVAL, server.TryGet(IPPROTO_TCP, TCP_SAVED_SYN));
            byte[] headers = new byte[120];
            Expect.Equal(60, server.GetOption(IPPROTO_TCP, TCP_SAVED_SYN, headers));
            Expect.Equal((0x45, 6, 0xA0, 2), (headers[0], headers[9], headers[32], headers[33]));
            Expect.Equal(client.LocalAddress.Port, BinaryPrimitives.ReadUInt16BigEndian(headers.AsSpan(20)));
            Expect.Equal(0, server.GetOption(IPPROTO_TCP, TCP_SAVED_SYN, headers));
            Expect.Equal(0, client.GetOption(IPPROTO_TCP, TCP_SAVED_SYN, headers));
        }
    }

    /// <summary>TCP_INQ: each receive tells what is left; at the end of the stream there is one more to come.</summary>
    [Scenario("T-010")]
    public static void Inquiry(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPair();
        using (client)
        using (server)
        {
            server.SetTcp(TCP_INQ, 1);
            Expect.Equal(1, server.GetTcp(TCP_INQ));
            Expect.Fails(Errno.EINVAL, server.TrySetTcp(TCP_INQ, 2));
            client.Send(new byte[100]);
            server.WaitForBytes(host, 100);
            Expect.Equal((30, 70), ReceiveAndAsk(server, 30));
            Expect.Equal((70, 0), ReceiveAndAsk(server, 100));
            client.Shutdown(ShutdownHow.Send);
            Expect.Equal((0, 1), ReceiveAndAsk(server, 100));
        }
    }

    /// <summary>SO_MAX_PACING_RATE: 4 or 8 bytes; -1 in 4 is no limit; a rate beyond 32 bits reads as the greatest number of 4.</summary>
    [Scenario("OPG-03", "OPG-08")]
    public static void PacingRate(HostProcess host)
    {
        foreach (Socket socket in new[] { host.Tcp(), host.Udp() })
        {
            using (socket)
            {
                Expect.Equal((8, ulong.MaxValue), ReadRate(socket, 8));
                Expect.Equal((4, uint.MaxValue), ReadRate(socket, 4));
                socket.SetOption(SOL_SOCKET, SO_MAX_PACING_RATE, 1_000_000);
                Expect.Equal((8, 1_000_000ul), ReadRate(socket, 8));
                byte[] wide = new byte[8];
                BinaryPrimitives.WriteUInt64LittleEndian(wide, 10_000_000_000);
                socket.SetOption(SOL_SOCKET, SO_MAX_PACING_RATE, wide);
                Expect.Equal((8, 10_000_000_000ul), ReadRate(socket, 8));
                Expect.Equal((4, uint.MaxValue), ReadRate(socket, 4));
                socket.SetOption(SOL_SOCKET, SO_MAX_PACING_RATE, -1);
                Expect.Equal((8, ulong.MaxValue), ReadRate(socket, 8));
            }
        }
    }

    private static (int Length, ulong Rate) ReadRate(Socket socket, int room)
    {
        byte[] bytes = new byte[8];
        int length = socket.GetOption(SOL_SOCKET, SO_MAX_PACING_RATE, bytes.AsSpan(0, room));
        return (length, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
    }

    private static (int Received, int Left) ReceiveAndAsk(Socket socket, int room)
    {
        var message = new ReceiveMessage { Buffer = new byte[room], Control = new byte[64] };
        int received = socket.ReceiveMessage(ref message);
        var reader = new ControlMessageReader(message.Control[..message.ControlLength]);
        return (received, reader.MoveNext() && reader.Is(IPPROTO_TCP, TCP_INQ) ? reader.Int32 : -1);
    }

    private static void Check(Socket socket, int name, int preset, int[] good, int[] bad)
    {
        Expect.Equal(preset, socket.GetTcp(name), $"option {name}");
        foreach (int value in good)
        {
            socket.SetTcp(name, value);
            Expect.Equal(value, socket.GetTcp(name), $"option {name}");
        }
        foreach (int value in bad) Expect.Fails(Errno.EINVAL, socket.TrySetTcp(name, value), $"option {name} set to {value}");
    }
}
