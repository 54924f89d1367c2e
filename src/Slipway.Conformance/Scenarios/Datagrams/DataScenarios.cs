using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.MessageFlags;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Sending and receiving datagrams (section DATA).</summary>
public static class DataScenarios
{
    /// <summary>Six calls of one effect: write and read, send and recv, sendto and recvfrom, sendmsg and recvmsg.</summary>
    [Scenario("DATA-01", "DATA-02")]
    public static void SixCalls(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            SocketSystem system = host.Sockets;
            Expect.Equal(1, Expect.Success(system.Write(sender.Descriptor, "1"u8)));
            Expect.Equal(1, sender.SendText("2"));
            Expect.Equal(1, sender.SendTextTo("3", receiver.LocalAddress));
            Expect.Equal(1, sender.SendMessage(new SendMessage { Buffer = "4"u8 }));
            byte[] buffer = new byte[8];
            Expect.Equal(1, Expect.Success(system.Read(receiver.Descriptor, buffer)));
            Expect.Bytes("1"u8, buffer.AsSpan(0, 1));
            Expect.Equal("2", receiver.ReceiveText());
            Expect.Equal(1, receiver.ReceiveFrom(buffer, out InetAddress from));
            Expect.Equal(sender.LocalAddress, from);
            var message = new ReceiveMessage { Buffer = buffer, Address = new byte[16] };
            Expect.Equal(1, receiver.ReceiveMessage(ref message));
            Expect.Bytes("4"u8, buffer.AsSpan(0, 1));
            Expect.Equal(16, message.AddressLength);
            Expect.Equal(MessageFlags.None, message.Flags);
        }
    }

    /// <summary>A datagram without a destination.</summary>
    [Scenario("DATA-04")]
    public static void NoDestination(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Throws(Errno.EDESTADDRREQ, () => socket.SendText("x"));
    }

    /// <summary>The destination's sockaddr: too short, of another family, AF_UNSPEC as AF_INET.</summary>
    [Scenario("DATA-06")]
    public static void DestinationAddress(HostProcess host)
    {
        using Socket receiver = host.UdpOnLoopback(), sender = host.Udp();
        byte[] address = receiver.LocalAddress.ToSockAddr();
        Expect.Fails(Errno.EINVAL, host.Sockets.SendTo(sender.Descriptor, "x"u8, MessageFlags.None, address.AsSpan(0, 8)));
        Expect.Fails(Errno.EAFNOSUPPORT, host.Sockets.SendTo(sender.Descriptor, "x"u8, MessageFlags.None, InetAddress.LoopbackIPv6(9).ToSockAddr()));
        address[0] = 0;
        Expect.Success(host.Sockets.SendTo(sender.Descriptor, "unspecified"u8, MessageFlags.None, address));
        Expect.Equal("unspecified", receiver.ReceiveText());
    }

    /// <summary>The greatest datagram arrives whole, one byte more is refused and nothing is sent.</summary>
    [Scenario("DATA-07")]
    public static void GreatestDatagram(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            byte[] data = new byte[65508], buffer = new byte[65536];
            for (int i = 0; i < data.Length; i++) data[i] = (byte)(i * 7);
            Expect.Throws(Errno.EMSGSIZE, () => sender.Send(data));
            Expect.Equal(65507, sender.Send(data.AsSpan(0, 65507)));
            Expect.Equal(65507, receiver.Receive(buffer));
            Expect.Bytes(data.AsSpan(0, 65507), buffer.AsSpan(0, 65507));
            receiver.ExpectEmpty();
        }
    }

    /// <summary>The greatest datagram over IPv6.</summary>
    [Scenario("DATA-07")]
    public static void GreatestDatagramOverIPv6(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair(AddressFamily.Inet6);
        using (sender)
        using (receiver)
        {
            Expect.Throws(Errno.EMSGSIZE, () => sender.Send(new byte[65528]));
            Expect.Equal(65527, sender.Send(new byte[65527]));
            Expect.Equal(65527, receiver.Receive(new byte[65536]));
        }
    }

    /// <summary>MSG_CONFIRM, MSG_EOR, MSG_FIN, MSG_NOSIGNAL and unknown bits change nothing that a receiver sees.</summary>
    [Scenario("DATA-10", "DATA-13", "DATA-14", "DATA-16", "DATA-18")]
    public static void FlagsWithoutEffectOnTheData(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            foreach (MessageFlags flag in new[] { MSG_CONFIRM, MSG_EOR, MSG_FIN, MSG_NOSIGNAL, (MessageFlags)0x800000, MSG_DONTROUTE })
            {
                Expect.Equal(3, sender.SendText("abc", flag));
                byte[] buffer = new byte[8];
                var message = new ReceiveMessage { Buffer = buffer };
                Expect.Equal(3, receiver.ReceiveMessage(ref message));
                Expect.Equal(MessageFlags.None, message.Flags);
                Expect.Bytes("abc"u8, buffer.AsSpan(0, 3));
            }
        }
    }

    /// <summary>MSG_DONTROUTE and SO_DONTROUTE reach neighbours only: a routed destination is unreachable.</summary>
    [Scenario("DATA-11", "OPT-13", "S-003")]
    public static void OnlyNeighbours(RoutedHosts hosts)
    {
        using Socket socket = hosts.Near.Udp();
        var far = new InetAddress("10.0.2.1", 5000);
        Expect.Equal(1, socket.SendTextTo("x", far));
        Expect.Throws(Errno.ENETUNREACH, () => socket.SendTextTo("x", far, MSG_DONTROUTE));
        Expect.Equal(1, socket.SendTextTo("x", new InetAddress("10.0.1.254", 5000), MSG_DONTROUTE));
        Expect.Equal(0, socket.GetSocketLevel(SO_DONTROUTE));
        socket.SetSocketLevel(SO_DONTROUTE, 1);
        Expect.Throws(Errno.ENETUNREACH, () => socket.SendTextTo("x", far));
        Expect.Equal(1, socket.SendTextTo("x", new InetAddress("10.0.1.254", 5000)));
    }

    /// <summary>MSG_DONTWAIT makes one call non-blocking and leaves the status flags alone.</summary>
    [Scenario("DATA-12", "ASYNC-01")]
    public static void OneCallThatDoesNotWait(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        Expect.Fails(Errno.EAGAIN, socket.TryReceive(new byte[1]));
        Expect.Equal(FileControl.O_RDWR, socket.Fcntl(FileControl.F_GETFL));
    }

    /// <summary>MSG_MORE joins pieces into one datagram, which a send without it ends.</summary>
    [Scenario("DATA-15")]
    public static void More(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(2, sender.SendText("ab", MSG_MORE));
            receiver.ExpectEmpty();
            Expect.Equal(2, sender.SendText("cd"));
            Expect.Equal("abcd", receiver.ReceiveText());
            receiver.ExpectEmpty();
        }
    }

    /// <summary>Datagrams have no urgent data.</summary>
    [Scenario("DATA-17", "OOB-01")]
    public static void NoUrgentData(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Throws(Errno.EOPNOTSUPP, () => sender.SendText("x", MSG_OOB));
            Expect.Fails(Errno.EAGAIN, receiver.TryReceive(new byte[1], MSG_OOB));
        }
    }

    /// <summary>sendmsg gathers in order, recvmsg scatters in order.</summary>
    [Scenario("DATA-19")]
    public static void GatherAndScatter(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            var pieces = new ReadOnlyMemory<byte>[] { "ab"u8.ToArray(), "cde"u8.ToArray() };
            Expect.Equal(5, sender.SendMessage(new SendMessage { Vectors = pieces }));
            byte[] head = new byte[2], tail = new byte[3];
            var message = new ReceiveMessage { Vectors = new Memory<byte>[] { head, tail } };
            Expect.Equal(5, receiver.ReceiveMessage(ref message));
            Expect.Bytes("ab"u8, head);
            Expect.Bytes("cde"u8, tail);
        }
    }

    /// <summary>More than 1024 pieces are refused, none at all is an empty datagram; malformed control data is refused.</summary>
    [Scenario("DATA-21")]
    public static void LimitsOfAMessage(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            var pieces = new ReadOnlyMemory<byte>[1025];
            Expect.Fails(Errno.EMSGSIZE, host.Sockets.SendMsg(sender.Descriptor, new SendMessage { Vectors = pieces }, MessageFlags.None));
            Expect.Equal(0, sender.SendMessage(new SendMessage { Vectors = pieces.AsSpan(0, 1024) }));
            Expect.Equal(0, sender.SendMessage(default));
            Expect.Equal(0, receiver.Receive(new byte[1]));
            Expect.Equal(0, receiver.Receive(new byte[1]));

            byte[] control = new byte[24];
            BinaryPrimitives.WriteInt64LittleEndian(control, 4); // cmsg_len below the header's own 16 bytes
            BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(8), SOL_SOCKET);
            Expect.Fails(Errno.EINVAL, host.Sockets.SendMsg(sender.Descriptor, new SendMessage { Buffer = "x"u8, Control = control }, MessageFlags.None));
            BinaryPrimitives.WriteInt64LittleEndian(control, 20);
            BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(12), 9999); // a type that SOL_SOCKET does not have
            Expect.Fails(Errno.EINVAL, host.Sockets.SendMsg(sender.Descriptor, new SendMessage { Buffer = "x"u8, Control = control }, MessageFlags.None));
            receiver.ExpectEmpty();
        }
    }

    /// <summary>msg_flags is output: recvmsg overwrites it.</summary>
    [Scenario("DATA-22")]
    public static void FlagsAreOutput(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SendText("x");
            var message = new ReceiveMessage { Buffer = new byte[4], Flags = (MessageFlags)0x7FFF };
            receiver.ReceiveMessage(ref message);
            Expect.Equal(MessageFlags.None, message.Flags);
        }
    }

    /// <summary>recvfrom gives the source; a room that is too small gets its beginning, and the true length.</summary>
    [Scenario("DATA-24", "ADDR-17")]
    public static void SourceAddress(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SendText("x");
            sender.SendText("y");
            byte[] address = new byte[16], cut = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
            int length = 16, cutLength = 4;
            Expect.Success(host.Sockets.RecvFrom(receiver.Descriptor, new byte[1], MessageFlags.None, address, ref length));
            Expect.Equal(16, length);
            Expect.Bytes(sender.LocalAddress.ToSockAddr(), address);
            Expect.Success(host.Sockets.RecvFrom(receiver.Descriptor, new byte[1], MessageFlags.None, cut, ref cutLength));
            Expect.Equal(16, cutLength);
            Expect.Bytes(address.AsSpan(0, 4), cut.AsSpan(0, 4));
            Expect.Equal((byte)0xFF, cut[4]);
        }
    }

    /// <summary>Names are cut to the room given, the true length comes back; a negative room is refused.</summary>
    [Scenario("ADDR-17", "ADDR-18")]
    public static void LengthsOfNames(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback();
        byte[] whole = socket.LocalAddress.ToSockAddr();
        foreach (int room in new[] { 0, 4, 16, 100 })
        {
            byte[] name = new byte[100];
            int length = room;
            Expect.Success(host.Sockets.GetSockName(socket.Descriptor, name, ref length));
            Expect.Equal(16, length);
            int copied = Math.Min(room, 16);
            Expect.Bytes(whole.AsSpan(0, copied), name.AsSpan(0, copied));
            Expect.True(name.AsSpan(copied).IndexOfAnyExcept((byte)0) < 0);
        }
        int negative = -1;
        Expect.Fails(Errno.EINVAL, host.Sockets.GetSockName(socket.Descriptor, new byte[16], ref negative));
    }

    /// <summary>A datagram that is longer than the room is cut and its rest lost; MSG_TRUNC says so, and as a flag gives the true length.</summary>
    [Scenario("DATA-25", "DATA-26")]
    public static void Truncation(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SendText("abcdef");
            Expect.Equal(3, receiver.Receive(new byte[3]));
            receiver.ExpectEmpty();
            sender.SendText("abcdef");
            var message = new ReceiveMessage { Buffer = new byte[3] };
            Expect.Equal(3, receiver.ReceiveMessage(ref message));
            Expect.Equal(MSG_TRUNC, message.Flags);
            sender.SendText("abcdef");
            Expect.Equal(6, receiver.Receive(new byte[3], MSG_TRUNC));
        }
    }

    /// <summary>MSG_PEEK leaves the datagram; with MSG_TRUNC and no room it tells the size.</summary>
    [Scenario("DATA-27")]
    public static void Peek(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SendText("abcdef");
            Expect.Equal(6, receiver.Receive([], MSG_PEEK | MSG_TRUNC));
            Expect.Equal("abcdef", receiver.ReceiveText(flags: MSG_PEEK));
            Expect.Equal("abcdef", receiver.ReceiveText(flags: MSG_PEEK));
            Expect.Equal("abcdef", receiver.ReceiveText());
            receiver.ExpectEmpty();
        }
    }

    /// <summary>MSG_WAITALL does not make a datagram wait.</summary>
    [Scenario("DATA-28")]
    public static void WaitAll(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SendText("ab");
            Expect.Equal("ab", receiver.ReceiveText(4, MSG_WAITALL));
        }
    }

    /// <summary>MSG_CMSG_CLOEXEC shows in msg_flags.</summary>
    [Scenario("DATA-29")]
    public static void CloseOnExecFlagShows(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SendText("x");
            var message = new ReceiveMessage { Buffer = new byte[4] };
            receiver.ReceiveMessage(ref message, MSG_CMSG_CLOEXEC);
            Expect.Equal(MSG_CMSG_CLOEXEC, message.Flags);
        }
    }

    /// <summary>With IP_RECVERR an ICMP error queues with the payload, the destination and its origin; reading it clears the pending error.</summary>
    [Scenario("DATA-30", "I4-015", "OPT-41")]
    public static void ErrorQueue(HostProcess host)
    {
        InetAddress closed;
        using (Socket probe = host.UdpOnLoopback()) closed = probe.LocalAddress;
        using Socket socket = host.Udp();
        Expect.Equal(0, socket.GetOption(IPPROTO_IP, IP_RECVERR));
        socket.SetOption(IPPROTO_IP, IP_RECVERR, 1);
        socket.Connect(closed);
        socket.SendText("pay");
        Expect.True((socket.PollNow(PollEvents.POLLIN) & PollEvents.POLLERR) != PollEvents.None);

        byte[] buffer = new byte[16], control = new byte[128];
        var message = new ReceiveMessage { Buffer = buffer, Control = control, Address = new byte[28] };
        Expect.Equal(3, socket.ReceiveMessage(ref message, MSG_ERRQUEUE));
        Expect.Equal(MSG_ERRQUEUE, message.Flags);
        Expect.Bytes("pay"u8, buffer.AsSpan(0, 3));
        Expect.True(InetAddress.TryRead(message.Address[..message.AddressLength], out InetAddress destination));
        Expect.Equal(closed, destination);
        Expect.Equal((IPPROTO_IP, IP_RECVERR), (BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(8)), BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(12))));
        ReadOnlySpan<byte> error = control.AsSpan(16); // struct sock_extended_err, then the offender's address
        Expect.Equal((int)Errno.ECONNREFUSED, BinaryPrimitives.ReadInt32LittleEndian(error));
        Expect.Equal((2, 3, 3), (error[4], error[5], error[6])); // SO_EE_ORIGIN_ICMP, destination unreachable, port
        Expect.True(InetAddress.TryRead(error.Slice(16, 16), out InetAddress offender));
        Expect.Equal(InetAddress.LoopbackIPv4(), offender);

        Expect.Equal(0, socket.GetSocketLevel(SO_ERROR));
        var empty = new ReceiveMessage { Buffer = buffer };
        Expect.Fails(Errno.EAGAIN, host.Sockets.RecvMsg(socket.Descriptor, ref empty, MSG_ERRQUEUE));
    }

    /// <summary>Control data that does not fit is cut, and MSG_CTRUNC says so.</summary>
    [Scenario("DATA-31", "OPT-35")]
    public static void ControlTruncation(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(0, receiver.GetSocketLevel(SO_TIMESTAMP));
            receiver.SetSocketLevel(SO_TIMESTAMP, 1);
            foreach (int room in new[] { 0, 20, 64 })
            {
                sender.SendText("x");
                byte[] control = new byte[64];
                var message = new ReceiveMessage { Buffer = new byte[4], Control = control.AsSpan(0, room) };
                receiver.ReceiveMessage(ref message);
                Expect.Equal(room < 32 ? MSG_CTRUNC : MessageFlags.None, message.Flags);
                if (room < 64) continue;
                Expect.Equal(32, message.ControlLength);
                Expect.Equal(32L, BinaryPrimitives.ReadInt64LittleEndian(control));
                Expect.Equal((SOL_SOCKET, SO_TIMESTAMP), (BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(8)), BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(12))));
                long seconds = BinaryPrimitives.ReadInt64LittleEndian(control.AsSpan(16));
                Expect.InRange(-2, 2, host.Time.GetUtcNow().ToUnixTimeSeconds() - seconds);
                Expect.InRange(0, 999_999, BinaryPrimitives.ReadInt64LittleEndian(control.AsSpan(24)));
            }
        }
    }

    /// <summary>A receive that fails for the length of its address has taken the datagram all the same.</summary>
    [Scenario("DATA-32")]
    public static void FailedReceiveConsumes(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SendText("first");
            sender.SendText("second");
            int length = -1;
            Expect.Fails(Errno.EINVAL, host.Sockets.RecvFrom(receiver.Descriptor, new byte[16], MessageFlags.None, new byte[16], ref length));
            Expect.Equal("second", receiver.ReceiveText());
        }
    }

    /// <summary>A broadcast reaches sockets of the wildcard and of the broadcast address, not those of the unicast address.</summary>
    [Scenario("DATA-37", "BIND-20", "RU-015")]
    public static void WhoHearsABroadcast(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Udp(), wildcard = far.Udp(), second = far.Udp(), broadcast = far.Udp(), unicast = far.Udp();
        foreach (Socket socket in new[] { wildcard, second, broadcast, unicast }) socket.SetSocketLevel(SO_REUSEADDR, 1);
        wildcard.Bind(InetAddress.AnyIPv4(5000));
        second.Bind(InetAddress.AnyIPv4(5000));
        broadcast.Bind(new InetAddress("10.0.0.255", 5000));
        unicast.Bind(new InetAddress("10.0.0.2", 5000));
        sender.SetSocketLevel(SO_BROADCAST, 1);
        sender.SendTextTo("to all", new InetAddress("10.0.0.255", 5000));
        foreach (Socket socket in new[] { wildcard, second, broadcast })
        {
            socket.LimitReceive(TimeSpan.FromSeconds(2));
            Expect.Equal("to all", socket.ReceiveText());
            socket.ExpectEmpty();
        }
        unicast.ExpectEmpty();
    }
}
