using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.TimestampingFlags;

namespace Slipway.Conformance;

/// <summary>Times of arrival and of sending (SO_TIMESTAMPING).</summary>
public static class TimestampScenarios
{
    private const int EthernetHeader = 14, SiocGetHardwareTimestamps = 0x89B1, SiocSetHardwareTimestamps = 0x89B0;
    private const TimestampingFlags Sends = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    private static readonly AddressFamily[] Families = [AddressFamily.Inet, AddressFamily.Inet6];

    /// <summary>Which flags are taken.</summary>
    [Scenario("TS-001")]
    public static void Flags(HostProcess host)
    {
        using Socket socket = host.Udp(), stream = host.Tcp();
        foreach (int unknown in (int[])[1 << 19, 1 << 20, -1]) Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_SOCKET, SO_TIMESTAMPING, unknown));
        Expect.Fails(Errno.EINVAL, Set(socket, SOF_TIMESTAMPING_OPT_ID_TCP));
        Expect.Fails(Errno.EINVAL, Set(socket, SOF_TIMESTAMPING_OPT_STATS));
        Expect.Fails(Errno.EOPNOTSUPP, Set(socket, SOF_TIMESTAMPING_BIND_PHC));
        Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, SOL_SOCKET, SO_TIMESTAMPING, new byte[2]));
        const TimestampingFlags Hardware = SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_SYS_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE
            | SOF_TIMESTAMPING_OPT_PKTINFO | SOF_TIMESTAMPING_OPT_TX_SWHW | SOF_TIMESTAMPING_OPT_RX_FILTER | SOF_TIMESTAMPING_TX_COMPLETION;
        Expect.Success(Set(socket, Hardware));
        byte[] value = new byte[20];
        Expect.Equal(8, socket.GetOption(SOL_SOCKET, SO_TIMESTAMPING, value));
        Expect.Equal((int)Hardware, BinaryPrimitives.ReadInt32LittleEndian(value));
        Expect.Equal(0, socket.GetSocketLevel(SO_TIMESTAMPING_NEW));
        socket.SetOption(SOL_SOCKET, SO_TIMESTAMPING_NEW, [16, 0, 0, 0, 0, 0, 0, 0]);
        Expect.Equal(16, socket.GetSocketLevel(SO_TIMESTAMPING_NEW));
        Expect.Equal(16, socket.GetSocketLevel(SO_TIMESTAMPING));
        Expect.Fails(Errno.EINVAL, Set(stream, SOF_TIMESTAMPING_OPT_ID));
    }

    /// <summary>When a datagram came.</summary>
    [Scenario("TS-002")]
    public static void Arrival(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Set(receiver, SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE);
            // A kernel begins to stamp a little after it was asked.
            Received? stamped = null;
            for (int i = 0; i < 200 && stamped is not { Items.Count: > 0 }; i++)
            {
                if (i > 0) host.Sleep(TimeSpan.FromMilliseconds(5));
                sender.SendText("x");
                stamped = receiver.ReceiveWhole();
            }
            Expect.Equal("1/37", stamped!.Order);
            byte[] times = stamped.Items[0].Data;
            Expect.Equal(48, times.Length);
            long now = (long)(host.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
            Expect.InRange(now - 60, now + 1, BinaryPrimitives.ReadInt64LittleEndian(times));
            Expect.Bytes(new byte[32], times.AsSpan(16));
            Set(receiver, SOF_TIMESTAMPING_RX_SOFTWARE);
            sender.SendText("x");
            Expect.Equal("", receiver.ReceiveWhole().Order);
            receiver.SetSocketLevel(SO_TIMESTAMP, 1);
            Set(receiver, SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE);
            sender.SendText("x");
            Expect.Equal("1/29 1/37", receiver.ReceiveWhole().Order);
            receiver.SetOption(SOL_SOCKET, SO_TIMESTAMPING_NEW, (int)(SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE));
            sender.SendText("x");
            Expect.Equal("1/63 1/65", receiver.ReceiveWhole().Order);
        }
    }

    /// <summary>When a datagram left, with the datagram.</summary>
    [Scenario("TS-003", "TS-010")]
    public static void Departure(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            (Socket sender, Socket receiver) = host.UdpPair(family);
            using (sender)
            using (receiver)
            {
                Set(sender, Sends);
                sender.SendText("hello");
                Received stamp = sender.ReceiveError();
                int headers = EthernetHeader + (family == AddressFamily.Inet ? 20 : 40) + 8;
                Expect.Equal(headers + 5, stamp.Data.Length);
                Expect.Bytes("hello"u8, stamp.Data.AsSpan(headers));
                Expect.Bytes(new byte[12], stamp.Data.AsSpan(0, 12));
                Expect.Equal(family == AddressFamily.Inet ? 0x0800 : 0x86DD, BinaryPrimitives.ReadUInt16BigEndian(stamp.Data.AsSpan(12)));
                Expect.Equal(MessageFlags.MSG_ERRQUEUE, stamp.Flags);
                Expect.Equal(0, stamp.AddressLength);
                Expect.Equal(family == AddressFamily.Inet ? "1/37 0/11" : "1/37 41/25", stamp.Order);
                ExpectStamp(stamp, 0, 0);
                Expect.Equal(0, sender.GetSocketLevel(SO_ERROR));
                sender.ExpectNoError();
                Set(sender, SOF_TIMESTAMPING_TX_SOFTWARE);
                sender.SendText("hello");
                sender.Poll(PollEvents.POLLERR, TimeSpan.FromSeconds(5));
                Expect.Equal(PollEvents.POLLERR, sender.PollNow(PollEvents.POLLPRI));
                sender.SetSocketLevel(SO_SELECT_ERR_QUEUE, 1);
                Expect.Equal(PollEvents.POLLERR | PollEvents.POLLPRI, sender.PollNow(PollEvents.POLLPRI));
                Expect.Equal(1, sender.ReceiveError().Items.Count);
            }
        }
    }

    /// <summary>Two moments, numbers, and stamps alone.</summary>
    [Scenario("TS-004")]
    public static void Numbers(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            (Socket sender, Socket receiver) = host.UdpPair(family);
            using (sender)
            using (receiver)
            {
                const TimestampingFlags Numbered = Sends | SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
                Set(sender, Numbered);
                for (uint i = 0; i < 3; i++)
                {
                    sender.SendText("hello");
                    ExpectBare(sender.ReceiveError(), 1, i);
                    ExpectBare(sender.ReceiveError(), 0, i);
                    if (i == 1) Set(sender, Numbered | SOF_TIMESTAMPING_RX_SOFTWARE);
                }
                Set(sender, TimestampingFlags.None);
                sender.SendText("hello");
                sender.ExpectNoError();
                Set(sender, Sends | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY);
                sender.SendText("hello");
                ExpectBare(sender.ReceiveError(), 0, 0);
            }
        }
    }

    /// <summary>Stamps for one message.</summary>
    [Scenario("TS-005", "TS-006")]
    public static void OneMessage(HostProcess host)
    {
        foreach (AddressFamily family in Families)
        {
            (Socket sender, Socket receiver) = host.UdpPair(family);
            using (sender)
            using (receiver)
            {
                const TimestampingFlags Reports = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
                Set(sender, Reports);
                Expect.Fails(Errno.EINVAL, sender.SendWith("x", SOL_SOCKET, ControlMessageType.SCM_TS_OPT_ID, 7));
                Set(sender, Reports | SOF_TIMESTAMPING_OPT_ID);
                Expect.Success(sender.SendWith("x", SOL_SOCKET, SO_TIMESTAMPING, (int)SOF_TIMESTAMPING_TX_SOFTWARE));
                ExpectBare(sender.ReceiveError(), 0, 0);
                Expect.Success(sender.SendWith("x", SOL_SOCKET, SO_TIMESTAMPING_NEW, (int)SOF_TIMESTAMPING_TX_SOFTWARE));
                ExpectBare(sender.ReceiveError(), 0, 1);
                Expect.Fails(Errno.EINVAL, sender.SendWith("x", SOL_SOCKET, SO_TIMESTAMPING, (int)SOF_TIMESTAMPING_SOFTWARE));
                Expect.Fails(Errno.EINVAL, sender.SendWith("x", SOL_SOCKET, SO_TIMESTAMPING, 2, 0));
                Expect.Fails(Errno.EINVAL, sender.SendWith("x", SOL_SOCKET, ControlMessageType.SCM_TS_OPT_ID, 1, 2, 3, 4, 5, 6, 7, 8));
                Set(sender, Reports | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_TX_SOFTWARE);
                Expect.Success(sender.SendWith("x", SOL_SOCKET, SO_TIMESTAMPING, 0));
                sender.ExpectNoError();
                Expect.Success(sender.SendWith("x", SOL_SOCKET, ControlMessageType.SCM_TS_OPT_ID, 77));
                ExpectBare(sender.ReceiveError(), 0, 77);
                sender.SendText("x");
                ExpectBare(sender.ReceiveError(), 0, 2);
            }
        }
    }

    /// <summary>By which interface it left.</summary>
    [Scenario("TS-007")]
    public static void ControlMessagesOfTheStamp(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SetOption(IPPROTO_IP, IP_PKTINFO, 1);
            Set(sender, Sends);
            sender.SendText("x");
            Expect.Equal(null, sender.ReceiveError().Find(IPPROTO_IP, IP_PKTINFO));
            Set(sender, Sends | SOF_TIMESTAMPING_OPT_CMSG);
            sender.SendText("x");
            Received stamp = sender.ReceiveError();
            Expect.Equal("1/37 0/8 0/11", stamp.Order);
            Expect.Bytes([1, 0, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1], stamp.Items[1].Data);
            Expect.Equal(InetAddress.LoopbackIPv4(0), stamp.Error.Offender);
            Set(sender, Sends | SOF_TIMESTAMPING_OPT_CMSG | SOF_TIMESTAMPING_OPT_TSONLY);
            sender.SendText("x");
            Expect.Equal("1/37 0/11", sender.ReceiveError().Order);
        }
        (sender, receiver) = host.UdpPair(AddressFamily.Inet6);
        using (sender)
        using (receiver)
        {
            sender.SetOption(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
            Set(sender, Sends);
            sender.SendText("x");
            Received stamp = sender.ReceiveError();
            Expect.Equal("1/37 41/50 41/25", stamp.Order);
            Expect.Equal(InetAddress.LoopbackIPv6(0), stamp.Error.Offender);
        }
    }

    /// <summary>The last byte of a send: when it leaves, and when the peer has it.</summary>
    [Scenario("TS-008")]
    public static void Streams(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        const TimestampingFlags All = Sends | SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
        Expect.Success(Set(pair.Client, All));
        pair.Client.Send(new byte[1000]);
        pair.Server.Receive(new byte[1000]);
        foreach (uint moment in (uint[])[1, 0, 2]) ExpectBare(pair.Client.ReceiveError(), moment, 999);
        pair.Client.Send(new byte[500]);
        pair.Server.Receive(new byte[1000]);
        foreach (uint moment in (uint[])[1, 0, 2]) ExpectBare(pair.Client.ReceiveError(), moment, 1499);
        Set(pair.Client, TimestampingFlags.None);
        Expect.Success(Set(pair.Client, SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_ID_TCP | SOF_TIMESTAMPING_OPT_TSONLY));
        Expect.Success(pair.Client.SendWith("hello", SOL_SOCKET, SO_TIMESTAMPING, (int)(SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_ACK)));
        pair.Server.Receive(new byte[1000]);
        foreach (uint moment in (uint[])[0, 2]) ExpectBare(pair.Client.ReceiveError(), moment, 4);
        Expect.Fails(Errno.EINVAL, pair.Client.SendWith("x", SOL_SOCKET, ControlMessageType.SCM_TS_OPT_ID, 7));
        Expect.Fails(Errno.EINVAL, pair.Client.SendWith("x", SOL_SOCKET, 99, 7));
        Expect.Success(pair.Client.SendWith("x", IPPROTO_IP, IP_TTL, 7));
        // With the bytes: as they left, and as they were acknowledged.
        Set(pair.Client, Sends | SOF_TIMESTAMPING_TX_ACK);
        pair.Client.SendText("twenty bytes of data");
        Received sent = pair.Client.ReceiveError(), acknowledged = pair.Client.ReceiveError();
        Expect.Bytes("twenty bytes of data"u8, sent.Data.AsSpan(sent.Data.Length - 20));
        Expect.Equal(EthernetHeader + 20 + 32 + 20, sent.Data.Length);
        Expect.Bytes("twenty bytes of data"u8, acknowledged.Data);
    }

    /// <summary>When the segment came that was read.</summary>
    [Scenario("TS-009")]
    public static void StreamArrival(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        pair.Server.SetSocketLevel(SO_TIMESTAMP, 1);
        Received? stamped = null;
        for (int i = 0; i < 200 && stamped is not { Items.Count: > 0 }; i++)
        {
            if (i > 0) host.Sleep(TimeSpan.FromMilliseconds(5));
            pair.Client.SendText("x");
            stamped = pair.Server.ReceiveWhole();
        }
        Expect.Equal("1/29", stamped!.Order);
        Set(pair.Server, SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE);
        pair.Client.SendText("x");
        Expect.Equal("1/29 1/37", pair.Server.ReceiveWhole().Order);
        pair.Server.SetSocketLevel(SO_TIMESTAMP, 0);
        pair.Client.SendText("x");
        Expect.Equal("1/37", pair.Server.ReceiveWhole().Order);
    }

    /// <summary>Clocks of devices.</summary>
    [Scenario("TS-011")]
    public static void NoClockInTheDevice(HostProcess host)
    {
        using Socket socket = host.Udp();
        byte[] request = new byte[40];
        "lo"u8.CopyTo(request);
        Expect.Fails(Errno.EOPNOTSUPP, host.Sockets.Ioctl(socket.Descriptor, SiocGetHardwareTimestamps, request));
        request[0] = (byte)'?';
        Expect.Fails(Errno.ENODEV, host.Sockets.Ioctl(socket.Descriptor, SiocGetHardwareTimestamps, request));
        Expect.True(!host.Sockets.Ioctl(socket.Descriptor, SiocSetHardwareTimestamps, request).Succeeded);
    }

    internal static Errno Set(Socket socket, TimestampingFlags flags) => socket.TrySet(SOL_SOCKET, SO_TIMESTAMPING, (int)flags);

    private static void ExpectBare(Received stamp, uint moment, uint number)
    {
        Expect.Equal(0, stamp.Data.Length);
        ExpectStamp(stamp, moment, number);
    }

    internal static void ExpectStamp(Received stamp, uint moment, uint number)
    {
        ExtendedSocketError error = stamp.Error;
        Expect.Equal(Errno.ENOMSG, error.Error);
        Expect.Equal(ExtendedSocketError.OriginTimestamping, error.Origin);
        Expect.Equal(moment, error.Info);
        Expect.Equal(number, error.Data);
    }
}
