using Slipway.Sockets;
using static Slipway.Sockets.FileControl;
using static Slipway.Sockets.MessageFlags;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Local sockets: descriptors and credentials that travel with messages (unix(7)).</summary>
public static class UnixControlScenarios
{
    private static SocketType[] Types { get; } = [SocketType.Stream, SocketType.Datagram, SocketType.SequencedPacket];

    /// <summary>A descriptor arrives as another number of the same open socket, with FD_CLOEXEC where it was asked for.</summary>
    [Scenario("DATA-29")]
    public static void DescriptorsArrive(HostProcess host)
    {
        foreach (SocketType type in Types)
        {
            (Socket a, Socket b) = host.NonBlockingPair(type);
            using (a)
            using (b)
            using (Socket udp = host.UdpOnLoopback())
            {
                Expect.Equal(2, Expect.Success(a.TrySendDescriptors("fd"u8, udp.Descriptor)));
                UnixReceipt got = b.ReceiveAll();
                Expect.Equal(("fd", 1), (got.Text, got.Descriptors.Count));
                using var copy = new Socket(host.Sockets, got.Descriptors[0]);
                Expect.True(copy.Descriptor != udp.Descriptor);
                Expect.Equal(udp.LocalAddress, copy.LocalAddress);
                Expect.Equal(0, copy.Fcntl(F_GETFD));
                a.TrySendDescriptors("fd"u8, udp.Descriptor);
                got = b.ReceiveAll(flags: MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
                Expect.Equal(MSG_CMSG_CLOEXEC, got.Flags);
                using var other = new Socket(host.Sockets, got.Descriptors[0]);
                Expect.Equal(FD_CLOEXEC, other.Fcntl(F_GETFD));
            }
        }
    }

    /// <summary>Room for fewer descriptors than came: the others are closed, and MSG_CTRUNC says so.</summary>
    [Scenario("DATA-29")]
    public static void TooLittleRoom(HostProcess host)
    {
        foreach (SocketType type in Types)
        {
            (Socket a, Socket b) = host.NonBlockingPair(type);
            using (a)
            using (b)
            {
                foreach ((int room, int count) in new[] { (0, 0), (16, 0), (19, 0), (20, 1), (23, 1), (24, 2), (32, 2) })
                {
                    Expect.Success(a.TrySendDescriptors("x"u8, a.Descriptor, b.Descriptor));
                    UnixReceipt got = b.ReceiveAll(controlRoom: room);
                    Expect.Equal((count, count < 2 ? MSG_CTRUNC : MessageFlags.None), (got.Descriptors.Count, got.Flags));
                    Close(host, got);
                }
            }
        }
    }

    /// <summary>What a send with descriptors is refused for.</summary>
    [Scenario("DATA-29")]
    public static void BadDescriptors(HostProcess host)
    {
        foreach (SocketType type in Types)
        {
            (Socket a, Socket b) = host.NonBlockingPair(type);
            using (a)
            using (b)
            {
                int[] many = new int[254];
                Expect.Fails(Errno.EBADF, a.TrySendDescriptors("x"u8, -1));
                Expect.Fails(Errno.EINVAL, a.TrySendDescriptors("x"u8, many));
                Expect.Success(a.TrySendDescriptors("x"u8, many.AsSpan(0, 253)));
                UnixReceipt got = b.ReceiveAll();
                Expect.Equal(253, got.Descriptors.Count);
                Close(host, got);
                b.SetSocketLevel(SO_PASSRIGHTS, 0);
                Expect.Fails(Errno.EPERM, a.TrySendDescriptors("x"u8, 0));
                b.ExpectEmpty();
            }
        }
    }

    /// <summary>A read of a stream ends with the descriptors that it took; a peek gets some of its own.</summary>
    [Scenario("DATA-29")]
    public static void DescriptorsInAStream(HostProcess host)
    {
        (Socket a, Socket b) = host.NonBlockingPair(SocketType.Stream);
        using (a)
        using (b)
        {
            a.SendText("aa");
            a.TrySendDescriptors("bb"u8, 0, 1);
            a.TrySendDescriptors("cc"u8, 2);
            a.SendText("dd");
            foreach ((MessageFlags flags, string text, int count) in new[] { (MSG_PEEK, "aabb", 2), (MessageFlags.None, "aabb", 2), (MessageFlags.None, "cc", 1), (MessageFlags.None, "dd", 0) })
            {
                UnixReceipt got = b.ReceiveAll(flags: MSG_DONTWAIT | flags);
                Expect.Equal((text, count), (got.Text, got.Descriptors.Count));
                Close(host, got);
            }
            a.TrySendDescriptors("abcd"u8, 0);
            UnixReceipt part = b.ReceiveAll(room: 2);
            Expect.Equal(("ab", 1), (part.Text, part.Descriptors.Count));
            Close(host, part);
            Expect.Equal(0, b.ReceiveAll().Descriptors.Count);
        }
    }

    /// <summary>A socket in flight stays open without a descriptor; sockets in flight that nobody can receive are closed.</summary>
    [Scenario("DATA-29")]
    public static void SocketsInFlight(HostProcess host)
    {
        (Socket a, Socket b) = host.NonBlockingPair(SocketType.Stream);
        (Socket c, Socket d) = host.NonBlockingPair(SocketType.Stream);
        a.TrySendDescriptors("c"u8, c.Descriptor);
        c.Dispose();
        Expect.Equal(PollEvents.None, d.PollNow(PollEvents.POLLHUP));
        UnixReceipt got = b.ReceiveAll();
        using (var again = new Socket(host.Sockets, got.Descriptors[0]))
        {
            again.SendText("open");
            Expect.Equal("open", d.ReceiveText());
            // It waits in its own queue, and with its last descriptor goes the way to it.
            d.TrySendDescriptors("self"u8, again.Descriptor);
        }
        a.Dispose(); // a close of a local socket is what has Linux look for such
        b.Dispose();
        Expect.Equal(PollEvents.POLLHUP, d.Poll(PollEvents.POLLHUP, TimeSpan.FromSeconds(5)));
        d.Dispose();
    }

    /// <summary>Who asks for credentials gets those of the sender; a message sent before that has none.</summary>
    [Scenario("OPT-20", "OPT-22")]
    public static void Credentials(HostProcess host)
    {
        var me = new PeerCredentials(host.Id, 0, 0);
        foreach (SocketType type in Types)
        {
            (Socket a, Socket b) = host.NonBlockingPair(type);
            using (a)
            using (b)
            {
                a.SendText("1");
                b.SetSocketLevel(SO_PASSCRED, 1);
                Expect.Equal(1, b.GetSocketLevel(SO_PASSCRED));
                a.SendText("2");
                UnixReceipt first = b.ReceiveAll(), second = b.ReceiveAll();
                Expect.Equal(("1", new PeerCredentials(0, 65534, 65534)), (first.Text, first.Credentials!.Value));
                Expect.Equal(("2", me), (second.Text, second.Credentials!.Value));
                a.SendText("3");
                Expect.Equal(MSG_CTRUNC, b.ReceiveAll(controlRoom: 0).Flags);
                var other = new PeerCredentials(host.Id, 5, 6);
                Expect.Success(a.TrySendCredentials("4"u8, other));
                Expect.Success(a.TrySendCredentials("5"u8, me));
                UnixReceipt fourth = b.ReceiveAll();
                Expect.Equal(("4", other), (fourth.Text, fourth.Credentials!.Value));
                Expect.Equal("5", b.ReceiveText());
                Expect.Fails(Errno.ESRCH, a.TrySendCredentials("6"u8, new PeerCredentials(99_999_999, 0, 0)));
                Expect.Fails(Errno.EINVAL, a.TrySendCredentials("6"u8, new PeerCredentials(host.Id, -1, 0)));
            }
        }
        using Socket fresh = host.Unix(SocketType.Stream);
        Expect.Equal(new PeerCredentials(0, -1, -1), PeerCredentials.Read(fresh.GetOption(SocketOptions.PeerCredentials)));
    }

    /// <summary>Without privilege nobody else's credentials may be claimed.</summary>
    [Scenario("OPT-20", OwnProcess = true)]
    public static void ClaimedCredentials(HostProcess host)
    {
        (Socket a, Socket b) = host.NonBlockingPair(SocketType.Datagram);
        using (a)
        using (b)
        {
            host.RunAsUser(1234, () =>
            {
                Expect.Fails(Errno.EPERM, a.TrySendCredentials("x"u8, new PeerCredentials(1, 1234, 0)));
                Expect.Fails(Errno.EPERM, a.TrySendCredentials("x"u8, new PeerCredentials(host.Id, 4321, 0)));
            });
        }
    }

    /// <summary>SO_PEEK_OFF on local sockets, by type.</summary>
    [Scenario("OPT-21")]
    public static void PeekOffset(HostProcess host)
    {
        foreach (SocketType type in Types)
        {
            (Socket a, Socket b) = host.NonBlockingPair(type);
            using (a)
            using (b)
            {
                b.SetSocketLevel(SO_PEEK_OFF, 0);
                a.SendText("aabb");
                a.SendText("ccdd");
                string[] expected = type == SocketType.Stream ? ["aab", "bcc", "dd"] : ["aab", "b", "ccd", "d"];
                foreach (string text in expected) Expect.Equal(text, b.ReceiveText(3, MSG_PEEK));
                Expect.Equal(8, b.GetSocketLevel(SO_PEEK_OFF));
                Expect.Fails(Errno.EAGAIN, b.TryReceive(new byte[3], MSG_PEEK));
                Expect.Equal("aa", b.ReceiveText(2));
                Expect.Equal(type == SocketType.Stream ? 6 : 4, b.GetSocketLevel(SO_PEEK_OFF));
            }
        }
    }

    /// <summary>Levels and options that local sockets have, and those that they do not.</summary>
    [Scenario("OPT-00", "OPG-10", "OPT-31", "OPG-09")]
    public static void Options(HostProcess host)
    {
        foreach (SocketType type in Types)
        {
            using Socket socket = host.Unix(type);
            foreach (int level in new[] { IPPROTO_IP, IPPROTO_TCP, IPPROTO_IPV6, 77 })
            {
                Expect.Fails(Errno.EOPNOTSUPP, socket.TryGet(level, 1));
                Expect.Fails(Errno.EOPNOTSUPP, socket.TrySet(level, 1, 1));
            }
            Expect.Fails(Errno.EOPNOTSUPP, socket.TrySet(SOL_SOCKET, SO_REUSEPORT, 1));
            Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(SOL_SOCKET, SO_PEERCRED, 1));
            Expect.Fails(Errno.ENODATA, socket.TryGet(SOL_SOCKET, SO_PEERGROUPS));
            Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(SOL_SOCKET, SO_INQ));
            Expect.Fails(type == SocketType.Stream ? Errno.None : Errno.ENOPROTOOPT, socket.TrySet(SOL_SOCKET, SO_INQ, 1));
            Expect.Equal((0, 1, 212992), (socket.GetSocketLevel(SO_PASSCRED), socket.GetSocketLevel(SO_PASSRIGHTS), socket.GetSocketLevel(SO_SNDBUF)));
            socket.SetSocketLevel(SO_KEEPALIVE, 1);
            Expect.Equal(1, socket.GetSocketLevel(SO_KEEPALIVE));
        }
    }

    /// <summary>A filter judges messages by their data, cuts or drops them, and the sender learns nothing of it; a stream passes it by.</summary>
    [Scenario("OPT-04")]
    public static void Filters(HostProcess host)
    {
        foreach (SocketType type in Types)
        {
            (Socket a, Socket b) = host.NonBlockingPair(type);
            using (a)
            using (b)
            {
                b.AttachFilter(ClassicFilter.Assemble("ldb [0]\n jeq #120, drop\n ret #3\n drop: ret #0"));
                Expect.Equal(5, a.SendText("xxxxx"));
                Expect.Equal(5, a.SendText("abcde"));
                Expect.Equal(type == SocketType.Stream ? "xxxxxabcde" : "abc", b.ReceiveText());
                b.ExpectEmpty();
                Expect.Equal(0, a.Ask(IoControl.SIOCOUTQ));
                b.DetachFilter();
                a.SendText("xyz");
                Expect.Equal("xyz", b.ReceiveText());
            }
        }
    }

    /// <summary>SO_INQ tells with each read of a stream what is left.</summary>
    [Scenario("OPT-00")]
    public static void BytesLeft(HostProcess host)
    {
        (Socket a, Socket b) = host.NonBlockingPair(SocketType.Stream);
        using (a)
        using (b)
        {
            b.SetSocketLevel(SO_INQ, 1);
            a.SendText("abcdef");
            Expect.Equal(4, b.ReceiveAll(room: 2).Left!.Value);
            Expect.Equal(0, b.ReceiveAll().Left!.Value);
        }
    }

    private static void Close(HostProcess host, UnixReceipt receipt)
    {
        foreach (int descriptor in receipt.Descriptors) Expect.Success(host.Sockets.Close(descriptor));
    }
}
