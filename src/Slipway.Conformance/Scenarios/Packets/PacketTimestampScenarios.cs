using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;
using static Slipway.Sockets.TimestampingFlags;

namespace Slipway.Conformance;

/// <summary>SO_TIMESTAMPING on sockets that are not of the internet (linux/Documentation/networking/timestamping.rst).</summary>
public static class PacketTimestampScenarios
{
    private const TimestampingFlags Sends = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    private const string Arrival = "1/37", Sent = "1/37 263/16";

    /// <summary>Which flags are taken, and how they are read, is the same on all.</summary>
    [Scenario("PKT-29", "TS-013")]
    public static void FlagsOfOtherFamilies(HostProcess host)
    {
        foreach (Func<Socket> open in new Func<Socket>[]
        {
            () => host.Packet(), () => host.Sockets.Open(AddressFamily.Unix, SocketType.Datagram), () => host.Sockets.Open(AddressFamily.Unix, SocketType.Stream),
            () => host.Sockets.Open(AddressFamily.Netlink, SocketType.Raw),
        })
        {
            using Socket socket = open();
            foreach (int unknown in (int[])[1 << 19, -1]) Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_SOCKET, SO_TIMESTAMPING, unknown));
            Expect.Fails(Errno.EINVAL, Set(socket, SOF_TIMESTAMPING_OPT_ID_TCP));
            Expect.Fails(Errno.EINVAL, Set(socket, SOF_TIMESTAMPING_OPT_STATS));
            Expect.Fails(Errno.EOPNOTSUPP, Set(socket, SOF_TIMESTAMPING_BIND_PHC));
            Expect.Fails(Errno.EINVAL, socket.System.SetSockOpt(socket.Descriptor, SOL_SOCKET, SO_TIMESTAMPING, new byte[3]));
            Expect.Success(Set(socket, SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_STATS | SOF_TIMESTAMPING_OPT_TSONLY));
            Expect.Success(Set(socket, Sends | SOF_TIMESTAMPING_OPT_ID));
            Expect.Equal((int)(Sends | SOF_TIMESTAMPING_OPT_ID), socket.GetSocketLevel(SO_TIMESTAMPING));
            Expect.Equal(0, socket.GetSocketLevel(SO_TIMESTAMPING_NEW));
            Expect.Equal(8, socket.GetOption(SOL_SOCKET, SO_TIMESTAMPING, new byte[20]));
            Expect.Success(socket.TrySet(SOL_SOCKET, SO_TIMESTAMPING_NEW, (int)SOF_TIMESTAMPING_SOFTWARE));
            Expect.Equal((int)SOF_TIMESTAMPING_SOFTWARE, socket.GetSocketLevel(SO_TIMESTAMPING_NEW));
        }
    }

    /// <summary>Times of arrival, alone and beside those of SO_TIMESTAMP.</summary>
    [Scenario("PKT-29")]
    public static void ArrivalsOfPackets(HostProcess host)
    {
        using Socket sender = host.Packet(), receiver = host.PacketOn(Loopback);
        // The kernel begins to take times a little after it is asked to.
        ScenarioClock clock = new(host);
        while (Next(SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE).Length == 0) Expect.True(clock.Elapsed < TimeSpan.FromSeconds(5));
        using Socket keeper = host.Packet();
        Set(keeper, SOF_TIMESTAMPING_RX_SOFTWARE);
        Expect.Equal("", Next(SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_RX_FILTER));
        Expect.Equal("", Next(SOF_TIMESTAMPING_RX_SOFTWARE));
        Expect.Equal(Arrival, Next(SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE));
        receiver.SetSocketLevel(SO_TIMESTAMPNS, 1);
        Expect.Equal("1/35 " + Arrival, Next(SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE));
        receiver.SetSocketLevel(SO_TIMESTAMPNS, 0);
        Expect.Success(receiver.TrySet(SOL_SOCKET, SO_TIMESTAMPING_NEW, (int)(SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE)));
        sender.SendOnLoopback("x");
        ControlItem item = receiver.ReceiveWhole().Items.Single();
        Expect.Equal((SO_TIMESTAMPING_NEW, 48), (item.Type, item.Data.Length));
        Expect.True(BinaryPrimitives.ReadInt64LittleEndian(item.Data) > 0);
        Expect.Bytes(new byte[32], item.Data.AsSpan(16));

        string Next(TimestampingFlags flags)
        {
            Expect.Success(Set(receiver, flags));
            sender.SendOnLoopback("x");
            return receiver.ReceiveWhole().Order;
        }
    }

    /// <summary>The times at which packets are sent come by the error queue, with the frames.</summary>
    [Scenario("PKT-29")]
    public static void SentPackets(HostProcess host)
    {
        using Socket socket = host.Packet();
        Set(socket, Sends);
        byte[] frame = Frame(Nobody, Experiment, "hello");
        socket.SendTo(frame, new LinkLayerAddress(Loopback, Experiment));
        Received stamp = socket.ReceiveError();
        Expect.Bytes(frame, stamp.Data);
        Expect.Equal((MessageFlags.MSG_ERRQUEUE, 0, Sent), (stamp.Flags, stamp.AddressLength, stamp.Order));
        Expect.Equal(16, stamp.Items[^1].Data.Length);
        ExpectStamp(stamp, 0, 0);
        Expect.Equal(0, socket.GetSocketLevel(SO_ERROR));
        socket.ExpectNoError();

        // Without SOFTWARE they are queued and tell no time; what does not fit is cut.
        Set(socket, SOF_TIMESTAMPING_TX_SOFTWARE);
        socket.SendTo(frame, new LinkLayerAddress(Loopback, Experiment));
        socket.Poll(PollEvents.POLLERR, TimeSpan.FromSeconds(5));
        Expect.Equal(PollEvents.POLLERR | PollEvents.POLLOUT, socket.PollNow(PollEvents.POLLPRI | PollEvents.POLLOUT));
        socket.SetSocketLevel(SO_SELECT_ERR_QUEUE, 1);
        Expect.Equal(PollEvents.POLLERR | PollEvents.POLLPRI, socket.PollNow(PollEvents.POLLPRI));
        var message = new ReceiveMessage { Buffer = new byte[10], Control = new byte[100] };
        Expect.Equal(10, Expect.Success(socket.System.RecvMsg(socket.Descriptor, ref message, MessageFlags.MSG_ERRQUEUE | MessageFlags.MSG_DONTWAIT)));
        Expect.Equal(MessageFlags.MSG_ERRQUEUE | MessageFlags.MSG_TRUNC, message.Flags);

        // Both moments; the queue before the device is passed by.
        const TimestampingFlags Numbered = Sends | SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
        Set(socket, Numbered);
        for (uint i = 0; i < 2; i++)
        {
            socket.SendTo(frame, new LinkLayerAddress(Loopback, Experiment));
            ExpectBare(socket.ReceiveError(), 1, i);
            ExpectBare(socket.ReceiveError(), 0, i);
        }
        socket.SetOption(SocketOptions.PacketQueueBypass, true);
        socket.SendTo(frame, new LinkLayerAddress(Loopback, Experiment));
        ExpectBare(socket.ReceiveError(), 0, 2);
        socket.ExpectNoError();
    }

    /// <summary>Stamps for one message, by a control message.</summary>
    [Scenario("PKT-29")]
    public static void OnePacket(HostProcess host)
    {
        const TimestampingFlags Reports = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
        using Socket socket = host.PacketOn(Loopback, Experiment + 1);
        string frame = new('\0', 20);
        Set(socket, Reports);
        Expect.Fails(Errno.EINVAL, socket.SendWith(frame, SOL_SOCKET, ControlMessageType.SCM_TS_OPT_ID, 7));
        Expect.Fails(Errno.EINVAL, socket.SendWith(frame, SOL_SOCKET, SO_TIMESTAMPING, (int)SOF_TIMESTAMPING_SOFTWARE));
        Expect.Fails(Errno.EINVAL, socket.SendWith(frame, SOL_SOCKET, SO_TIMESTAMPING, 2, 0));
        Expect.Success(socket.SendWith(frame, SOL_SOCKET, SO_TIMESTAMPING, (int)SOF_TIMESTAMPING_TX_SOFTWARE));
        ExpectBare(socket.ReceiveError(), 0, 0);
        Set(socket, Reports | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_TX_SOFTWARE);
        Expect.Success(socket.SendWith(frame, SOL_SOCKET, SO_TIMESTAMPING_NEW, 0));
        socket.ExpectNoError();
        Expect.Success(socket.SendWith(frame, SOL_SOCKET, ControlMessageType.SCM_TS_OPT_ID, 77));
        ExpectBare(socket.ReceiveError(), 0, 77);
        Expect.Success(socket.TrySend(new byte[20]));
        ExpectBare(socket.ReceiveError(), 0, 0);
    }

    /// <summary>What is sent from a ring is stamped as well.</summary>
    [Scenario("PKT-29", "PKT-28")]
    public static void SlotsAreStamped(HostProcess host)
    {
        using Socket socket = host.PacketOn(Loopback, Experiment + 1);
        Set(socket, Sends | SOF_TIMESTAMPING_OPT_ID);
        using PacketSendRing ring = socket.OpenSendRing(PacketRings.Pages(PacketRingVersion.V2, 1));
        byte[] frame = Frame(Nobody, Experiment, "slot");
        for (int i = 0; i < 2; i++)
        {
            Expect.True(ring.TryReserve(out Span<byte> room));
            frame.CopyTo(room);
            ring.Commit(frame.Length);
        }
        Expect.Equal(36, ring.Send());
        for (uint i = 0; i < 2; i++)
        {
            Received stamp = socket.ReceiveError();
            Expect.Bytes(frame, stamp.Data);
            ExpectStamp(stamp, 0, i);
        }
        Expect.Equal(PacketSendStatus.Available, ring[0]);
    }

    /// <summary>Local datagrams tell of their arrival only beside SO_TIMESTAMP; local streams, netlink and sends never.</summary>
    [Scenario("TS-013")]
    public static void LocalAndNetlink(HostProcess host)
    {
        (Socket first, Socket second) = host.Sockets.OpenPair(SocketType.Datagram);
        using (first)
        using (second)
        {
            Set(first, Sends | SOF_TIMESTAMPING_RX_SOFTWARE);
            Set(second, Sends | SOF_TIMESTAMPING_RX_SOFTWARE);
            Expect.Equal("", Next());
            second.SetSocketLevel(SO_TIMESTAMP, 1);
            Expect.Equal("1/29 " + Arrival, Next());
            Set(second, SOF_TIMESTAMPING_RX_SOFTWARE);
            Expect.Equal("1/29", Next());
            Set(second, SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_RX_FILTER);
            Expect.Equal("1/29", Next());
            Set(second, SOF_TIMESTAMPING_SOFTWARE);
            Expect.Equal("1/29 " + Arrival, Next());
            Expect.Fails(Errno.EINVAL, first.SendWith("x", SOL_SOCKET, SO_TIMESTAMPING, (int)SOF_TIMESTAMPING_TX_SOFTWARE));
            Expect.Equal(PollEvents.POLLOUT, first.PollNow(PollEvents.POLLOUT));

            string Next()
            {
                first.SendText("x");
                return second.ReceiveWhole().Order;
            }
        }
        (first, second) = host.Sockets.OpenPair(SocketType.Stream);
        using (first)
        using (second)
        {
            Set(second, Sends | SOF_TIMESTAMPING_RX_SOFTWARE);
            second.SetSocketLevel(SO_TIMESTAMP, 1);
            first.SendText("x");
            Expect.Equal("", second.ReceiveWhole().Order);
        }
        using Socket netlink = host.Sockets.Open(AddressFamily.Netlink, SocketType.Raw);
        Set(netlink, Sends | SOF_TIMESTAMPING_RX_SOFTWARE);
        netlink.SetSocketLevel(SO_TIMESTAMP, 1);
        // NLMSG_NOOP with a wish for an answer.
        Expect.Success(netlink.TrySend([16, 0, 0, 0, 1, 0, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0]));
        Expect.Equal("", netlink.ReceiveWhole().Order);
        Expect.Fails(Errno.EINVAL, netlink.SendWith(new string('\0', 16), SOL_SOCKET, SO_TIMESTAMPING, (int)SOF_TIMESTAMPING_TX_SOFTWARE));
    }

    private static Errno Set(Socket socket, TimestampingFlags flags) => socket.TrySet(SOL_SOCKET, SO_TIMESTAMPING, (int)flags);

    private static void ExpectBare(Received stamp, uint moment, uint number)
    {
        Expect.Equal(0, stamp.Data.Length);
        ExpectStamp(stamp, moment, number);
    }

    private static void ExpectStamp(Received stamp, uint moment, uint number)
    {
        ReadOnlySpan<byte> error = stamp.Items[^1].Data;
        Expect.Equal(((int)Errno.ENOMSG, ExtendedSocketError.OriginTimestamping, moment, number),
            (BinaryPrimitives.ReadInt32LittleEndian(error), error[4], BinaryPrimitives.ReadUInt32LittleEndian(error[8..]), BinaryPrimitives.ReadUInt32LittleEndian(error[12..])));
    }
}
