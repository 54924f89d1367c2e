using Slipway.Sockets;
using static Slipway.Sockets.MessageFlags;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Several messages in one call (sendmmsg(2), recvmmsg(2)).</summary>
public static class BatchScenarios
{
    /// <summary>There and back.</summary>
    [Scenario("MM-001", "MM-002")]
    public static void ThereAndBack(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            OutgoingMessage[] sent = [Out("one"), Out("three"), new() { Vectors = new ReadOnlyMemory<byte>[] { "fo"u8.ToArray(), default, "ur"u8.ToArray() } }, Out("")];
            Expect.Equal(4, Expect.Success(host.Sockets.SendMMsg(sender.Descriptor, sent, None)));
            Expect.Equal("3 5 4 0", string.Join(' ', sent.Select(static m => m.Sent)));
            receiver.SetOption(IPPROTO_IP, IP_RECVTTL, 1);
            IncomingMessage[] received = [In(10), In(2), In(10), In(10), In(10)];
            TimeSpan? forever = null;
            Expect.Equal(4, Expect.Success(host.Sockets.RecvMMsg(receiver.Descriptor, received, MSG_DONTWAIT, ref forever)));
            Expect.Equal("3 2 4 0 0", string.Join(' ', received.Select(static m => m.Received)));
            Expect.Bytes("one"u8, received[0].Buffer.Span[..3]);
            Expect.Bytes("four"u8, received[2].Buffer.Span[..4]);
            Expect.Equal(None, received[0].Flags);
            Expect.Equal(MSG_TRUNC, received[1].Flags);
            Expect.Equal(16, received[0].AddressLength);
            var reader = new ControlMessageReader(received[0].Control.Span[..received[0].ControlLength]);
            Expect.True(reader.MoveNext() && reader.Is(IPPROTO_IP, IP_TTL) && reader.Int32 == 64);
            InetAddress.TryRead(received[0].Address.Span, out InetAddress from);
            Expect.Equal(sender.LocalAddress, from);
            Expect.Fails(Errno.EAGAIN, host.Sockets.RecvMMsg(receiver.Descriptor, received, MSG_DONTWAIT, ref forever));
        }
    }

    /// <summary>How many at most, and none.</summary>
    [Scenario("MM-001")]
    public static void Most(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            receiver.SetSocketLevel(SO_RCVBUFFORCE, 10_000_000);
            var sent = new OutgoingMessage[1100];
            Array.Fill(sent, Out("x"));
            Expect.Equal(1024, Expect.Success(host.Sockets.SendMMsg(sender.Descriptor, sent, None)));
            Expect.Equal(0, Expect.Success(host.Sockets.SendMMsg(sender.Descriptor, [], None)));
            Expect.Fails(Errno.EBADF, host.Sockets.SendMMsg(999, sent, None));
            Expect.Fails(Errno.EBADF, host.Sockets.SendMMsg(999, [], None));
            TimeSpan? forever = null;
            Expect.Equal(0, Expect.Success(host.Sockets.RecvMMsg(receiver.Descriptor, [], None, ref forever)));
            Expect.Fails(Errno.EBADF, host.Sockets.RecvMMsg(999, [In(1)], None, ref forever));
        }
    }

    /// <summary>Errors after the first message, and before.</summary>
    [Scenario("MM-003", "MM-004")]
    public static void Errors(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            OutgoingMessage tooLong = new() { Buffer = new byte[70000] };
            Expect.Equal(1, Expect.Success(host.Sockets.SendMMsg(sender.Descriptor, [Out("x"), tooLong, Out("y")], None)));
            Expect.Equal(0, sender.GetSocketLevel(SO_ERROR));
            Expect.Fails(Errno.EMSGSIZE, host.Sockets.SendMMsg(sender.Descriptor, [tooLong, Out("y")], None));
            receiver.ReceiveText();
            sender.SendText("x");
            sender.SendText("y");
            TimeSpan? forever = null;
            IncomingMessage tooMany = new() { Vectors = new Memory<byte>[2000] };
            Expect.Equal(1, Expect.Success(host.Sockets.RecvMMsg(receiver.Descriptor, [In(5), tooMany, In(5)], MSG_DONTWAIT, ref forever)));
            Expect.Equal((int)Errno.EMSGSIZE, receiver.GetSocketLevel(SO_ERROR));
            Expect.Equal("y", receiver.ReceiveText());
        }
        using Socket closed = host.UdpOnLoopback(), socket = host.Udp();
        socket.Connect(closed.LocalAddress);
        closed.Dispose();
        socket.SendText("x");
        TimeSpan? none = null;
        Expect.Fails(Errno.ECONNREFUSED, host.Sockets.RecvMMsg(socket.Descriptor, [In(5)], MSG_DONTWAIT, ref none));
        Expect.Fails(Errno.EAGAIN, host.Sockets.RecvMMsg(socket.Descriptor, [In(5)], MSG_DONTWAIT, ref none));
        socket.SendText("x");
        Expect.Fails(Errno.ECONNREFUSED, host.Sockets.SendMMsg(socket.Descriptor, [Out("x"), Out("y")], None));
    }

    /// <summary>Waiting: for the first only, and as long as the time lasts.</summary>
    [Scenario("MM-005", "MM-006")]
    public static void Waiting(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SendText("x");
            sender.SendText("y");
            TimeSpan? time = null;
            Expect.Equal(2, Expect.Success(host.Sockets.RecvMMsg(receiver.Descriptor, [In(5), In(5), In(5)], MSG_WAITFORONE, ref time)));
            sender.SendText("x");
            sender.SendText("y");
            time = TimeSpan.Zero;
            Expect.Equal(1, Expect.Success(host.Sockets.RecvMMsg(receiver.Descriptor, [In(5), In(5), In(5)], None, ref time)));
            Expect.Equal(TimeSpan.Zero, time);
            sender.SendText("z");
            time = TimeSpan.FromSeconds(60);
            Expect.Equal(2, Expect.Success(host.Sockets.RecvMMsg(receiver.Descriptor, [In(5), In(5)], None, ref time)));
            Expect.InRange(30, 60, (long)time!.Value.TotalSeconds);
            time = TimeSpan.FromSeconds(-1);
            Expect.Fails(Errno.EINVAL, host.Sockets.RecvMMsg(receiver.Descriptor, [In(5)], MSG_DONTWAIT, ref time));
            // The time is looked at only when a message has come: until then the call waits.
            ProcessThread later = host.StartThread("later", () =>
            {
                host.Sleep(TimeSpan.FromMilliseconds(50));
                sender.SendText("late");
            });
            time = TimeSpan.FromMilliseconds(1);
            Expect.Equal(1, Expect.Success(host.Sockets.RecvMMsg(receiver.Descriptor, [In(5), In(5)], None, ref time)));
            Expect.Equal(TimeSpan.Zero, time);
            later.Join();
        }
    }

    private static OutgoingMessage Out(string text) => new() { Buffer = System.Text.Encoding.ASCII.GetBytes(text) };

    private static IncomingMessage In(int room) => new() { Buffer = new byte[room], Address = new byte[16], Control = new byte[64] };
}
