using Slipway.Sockets;
using static Slipway.Sockets.FileControl;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Descriptors and types (section FD).</summary>
public static class DescriptorScenarios
{
    /// <summary>A new socket takes the lowest free number, blocks, survives exec, and may be read and written.</summary>
    [Scenario("FD-01")]
    public static void LowestFreeNumber(HostProcess host)
    {
        using Socket first = host.Udp(), second = host.Udp(), third = host.Udp();
        int freed = second.Descriptor;
        second.Dispose();
        using Socket again = host.Udp();
        Expect.Equal(freed, again.Descriptor);
        Expect.Equal(O_RDWR, again.Fcntl(F_GETFL));
        Expect.Equal(0, again.Fcntl(F_GETFD));
    }

    /// <summary>Domains have Linux's numbers; AF_UNSPEC makes no socket.</summary>
    [Scenario("FD-02")]
    public static void Domains(HostProcess host)
    {
        Expect.Equal((0, 1, 2, 10), ((int)AddressFamily.Unspecified, (int)AddressFamily.Unix, (int)AddressFamily.Inet, (int)AddressFamily.Inet6));
        Expect.Equal((4, 5, 16, 17), ((int)AddressFamily.Ipx, (int)AddressFamily.AppleTalk, (int)AddressFamily.Netlink, (int)AddressFamily.Packet));
        Expect.Fails(Errno.EAFNOSUPPORT, host.Sockets.Socket(AddressFamily.Unspecified, SocketType.Datagram, 0));
    }

    /// <summary>Types have Linux's numbers, and SO_TYPE gives the type back.</summary>
    [Scenario("FD-03")]
    public static void Types(HostProcess host)
    {
        Expect.Equal((1, 2, 3), ((int)SocketType.Stream, (int)SocketType.Datagram, (int)SocketType.Raw));
        Expect.Equal((4, 5), ((int)SocketType.ReliableDatagram, (int)SocketType.SequencedPacket));
        using Socket socket = host.Udp();
        Expect.Equal((int)SocketType.Datagram, socket.GetSocketLevel(SO_TYPE));
    }

    /// <summary>Protocols have their IANA numbers.</summary>
    [Scenario("FD-04")]
    public static void Protocols(HostProcess host)
    {
        Expect.Equal((0, 1, 6, 17), ((int)IpProtocol.Ip, (int)IpProtocol.Icmp, (int)IpProtocol.Tcp, (int)IpProtocol.Udp));
        Expect.Equal((41, 58, 255, 263), ((int)IpProtocol.IPv6, (int)IpProtocol.IcmpV6, (int)IpProtocol.Raw, (int)IpProtocol.Max));
        using Socket socket = host.Sockets.Open(AddressFamily.Inet, SocketType.Datagram, IpProtocol.Udp);
        Expect.Equal((int)IpProtocol.Udp, socket.GetSocketLevel(SO_PROTOCOL));
    }

    /// <summary>Protocol 0 of a datagram socket is UDP, in both families, and reads back as UDP.</summary>
    [Scenario("FD-05")]
    public static void DefaultProtocolOfDatagrams(HostProcess host)
    {
        foreach (AddressFamily family in new[] { AddressFamily.Inet, AddressFamily.Inet6 })
        {
            using Socket socket = host.Udp(family);
            Expect.Equal((int)IpProtocol.Udp, socket.GetSocketLevel(SO_PROTOCOL));
        }
    }

    /// <summary>A domain that does not exist.</summary>
    [Scenario("FD-06")]
    public static void UnknownDomain(HostProcess host)
    {
        Expect.Fails(Errno.EAFNOSUPPORT, host.Sockets.Socket((AddressFamily)999, SocketType.Stream, 0));
        Expect.Fails(Errno.EAFNOSUPPORT, host.Sockets.Socket((AddressFamily)(-1), SocketType.Stream, 0));
    }

    /// <summary>A type that the internet domain lacks.</summary>
    [Scenario("FD-07")]
    public static void TypeThatTheDomainLacks(HostProcess host)
    {
        foreach (int type in new[] { 0, 4, 5, 7 })
            Expect.Fails(Errno.ESOCKTNOSUPPORT, host.Sockets.Socket(AddressFamily.Inet, (SocketType)type, 0));
    }

    /// <summary>A type out of range, and flags that do not exist.</summary>
    [Scenario("FD-08")]
    public static void TypeOutOfRange(HostProcess host)
    {
        Expect.Fails(Errno.EINVAL, host.Sockets.Socket(AddressFamily.Inet, (SocketType)99, 0));
        Expect.Fails(Errno.EINVAL, host.Sockets.Socket(AddressFamily.Inet, SocketType.Datagram | (SocketType)0x100000, 0));
    }

    /// <summary>A protocol of another type.</summary>
    [Scenario("FD-09")]
    public static void ProtocolOfAnotherType(HostProcess host)
    {
        Expect.Fails(Errno.EPROTONOSUPPORT, host.Sockets.Socket(AddressFamily.Inet, SocketType.Stream, (int)IpProtocol.Udp));
        Expect.Fails(Errno.EPROTONOSUPPORT, host.Sockets.Socket(AddressFamily.Inet, SocketType.Datagram, (int)IpProtocol.Tcp));
        Expect.Fails(Errno.EPROTONOSUPPORT, host.Sockets.Socket(AddressFamily.Inet, SocketType.Raw, 0));
        Expect.Fails(Errno.EPROTONOSUPPORT, host.Sockets.Socket(AddressFamily.Inet, SocketType.Datagram, (int)IpProtocol.Raw));
    }

    /// <summary>A protocol number out of range.</summary>
    [Scenario("FD-10")]
    public static void ProtocolOutOfRange(HostProcess host)
    {
        Expect.Fails(Errno.EINVAL, host.Sockets.Socket(AddressFamily.Inet, SocketType.Datagram, -1));
        Expect.Fails(Errno.EINVAL, host.Sockets.Socket(AddressFamily.Inet, SocketType.Datagram, 300));
    }

    /// <summary>The two flags of the type set O_NONBLOCK and FD_CLOEXEC.</summary>
    [Scenario("FD-13")]
    public static void FlagsOfTheType(HostProcess host)
    {
        using Socket socket = host.Sockets.Open(AddressFamily.Inet, SocketType.Datagram | SocketType.NonBlocking | SocketType.CloseOnExec);
        Expect.Equal(O_RDWR | O_NONBLOCK, socket.Fcntl(F_GETFL));
        Expect.Equal(FD_CLOEXEC, socket.Fcntl(F_GETFD));
    }

    /// <summary>The internet domains have no socketpair.</summary>
    [Scenario("FD-14")]
    public static void NoInternetPairs(HostProcess host)
    {
        Expect.Fails(Errno.EOPNOTSUPP, host.Sockets.SocketPair(AddressFamily.Inet, SocketType.Datagram, 0, out _, out _));
        Expect.Fails(Errno.EOPNOTSUPP, host.Sockets.SocketPair(AddressFamily.Inet6, SocketType.Datagram, 0, out _, out _));
    }

    /// <summary>The receive buffer overflows: the sender learns nothing, the oldest datagrams stay.</summary>
    [Scenario("FD-17")]
    public static void OverflowIsSilent(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(212992, receiver.GetSocketLevel(SO_RCVBUF));
            for (int i = 0; i < 5000; i++) Expect.Equal(1, sender.Send([(byte)i]));
            Span<byte> one = stackalloc byte[1];
            int kept = 0;
            for (; receiver.TryReceive(one).Succeeded; kept++) Expect.Equal((byte)kept, one[0]);
            Expect.Equal(256, kept);
        }
    }

    /// <summary>The process has no descriptor left.</summary>
    [Scenario("FD-18", OwnProcess = true)]
    public static void OutOfDescriptors(HostProcess host)
    {
        using Socket last = host.Udp();
        Open(host, last); // once with room, so that all the code is loaded: the runtime's own files count too
        Expect.Success(host.LimitDescriptors(last.Descriptor + 1));
        (CallResult opened, CallResult duplicated, CallResult above) = Open(host, last);
        Expect.Success(host.LimitDescriptors(1024));
        Expect.Fails(Errno.EMFILE, opened);
        Expect.Fails(Errno.EMFILE, duplicated);
        Expect.Fails(Errno.EINVAL, above);

        static (CallResult Opened, CallResult Duplicated, CallResult Above) Open(HostProcess host, Socket last)
        {
            CallResult opened = host.Sockets.Socket(AddressFamily.Inet, SocketType.Datagram, 0);
            CallResult duplicated = host.Sockets.Duplicate(last.Descriptor);
            CallResult above = last.TryFcntl(F_DUPFD, last.Descriptor + 1);
            foreach (CallResult result in new[] { opened, duplicated, above })
                if (result.Succeeded) host.Sockets.Close(result.Value);
            return (opened, duplicated, above);
        }
    }

    /// <summary>A raw socket is a privilege.</summary>
    [Scenario("FD-11", OwnProcess = true)]
    public static void RawSocketsArePrivileged(HostProcess host)
    {
        host.RunAsUser(1234, () => Expect.Fails(Errno.EPERM, host.Sockets.Socket(AddressFamily.Inet, SocketType.Raw, (int)IpProtocol.Icmp)));
        using Socket socket = host.Sockets.Open(AddressFamily.Inet, SocketType.Raw, IpProtocol.Icmp);
        Expect.Equal((int)SocketType.Raw, socket.GetSocketLevel(SO_TYPE));
    }

    /// <summary>What the calls on files do with a socket.</summary>
    [Scenario("FD-19", "FD-20")]
    public static void FileCallsOnASocket(HostProcess host)
    {
        using Socket socket = host.Udp();
        SocketSystem system = host.Sockets;
        int descriptor = socket.Descriptor;
        Expect.Fails(Errno.ESPIPE, system.Seek(descriptor, 0));
        Expect.Fails(Errno.ESPIPE, system.PRead(descriptor, new byte[4], 0));
        Expect.Fails(Errno.ESPIPE, system.PRead(descriptor, new byte[4], 7));
        Expect.Fails(Errno.ESPIPE, system.PWrite(descriptor, new byte[4], 0));
        Expect.Fails(Errno.EINVAL, system.Sync(descriptor));
        Expect.Fails(Errno.EINVAL, system.Truncate(descriptor, 0));
        Expect.Fails(Errno.ENOTDIR, system.ChangeDirectory(descriptor));
        Expect.Success(system.ChangeMode(descriptor, 0x180));
        Expect.Success(system.ChangeOwner(descriptor, -1, -1));
    }

    /// <summary>fstat sees a socket of size 0, with an inode of its own.</summary>
    [Scenario("FD-21")]
    public static void StatusOfASocket(HostProcess host)
    {
        using Socket one = host.Udp(), other = host.Udp();
        Expect.Success(host.Sockets.Stat(one.Descriptor, out FileStatus status));
        Expect.Success(host.Sockets.Stat(other.Descriptor, out FileStatus otherStatus));
        Expect.True(status.IsSocket);
        Expect.Equal(0xC1FFu, status.Mode); // 0140777
        Expect.Equal(0L, status.Size);
        Expect.True(status.Inode != otherStatus.Inode);
    }

    /// <summary>writev gathers into one datagram, readv scatters it.</summary>
    [Scenario("FD-22")]
    public static void VectorsOnASocket(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(4, Expect.Success(host.Sockets.WriteV(sender.Descriptor, new ReadOnlyMemory<byte>[] { "ab"u8.ToArray(), "cd"u8.ToArray() })));
            byte[] head = new byte[1], tail = new byte[5];
            Expect.Equal(4, Expect.Success(host.Sockets.ReadV(receiver.Descriptor, new Memory<byte>[] { head, tail })));
            Expect.Bytes("a"u8, head);
            Expect.Bytes("bcd"u8, tail.AsSpan(0, 3));
        }
    }

    /// <summary>sendfile sends a file's bytes as a datagram.</summary>
    [Scenario("FD-22")]
    public static void SendFileOnASocket(HostProcess host)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "from a file");
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
            (Socket sender, Socket receiver) = host.UdpPair();
            using (sender)
            using (receiver)
            {
                long offset = 5;
                Expect.Equal(6, Expect.Success(host.Sockets.SendFile(sender.Descriptor, file, ref offset, 100)));
                Expect.Equal(11L, offset);
                Expect.Equal("a file", receiver.ReceiveText());
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>read with no room takes nothing; recv with no room takes a datagram whole.</summary>
    [Scenario("FD-23")]
    public static void NoRoom(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            sender.SendText("first");
            sender.SendText("second");
            Expect.Equal(0, Expect.Success(host.Sockets.Read(receiver.Descriptor, [])));
            Expect.Equal(0, receiver.Receive([]));
            Expect.Equal("second", receiver.ReceiveText());
        }
    }

    /// <summary>An empty datagram is a datagram: 0 bytes arrive, and that is not the end.</summary>
    [Scenario("FD-24")]
    public static void EmptyDatagram(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(0, Expect.Success(host.Sockets.Write(sender.Descriptor, [])));
            Expect.Equal(0, sender.Send([]));
            Expect.Equal(PollEvents.POLLIN, receiver.PollNow(PollEvents.POLLIN));
            Expect.Equal(0, receiver.Receive(new byte[8]));
            Expect.Equal(0, receiver.Receive(new byte[8]));
            receiver.ExpectEmpty();
        }
    }

    /// <summary>Calls on a closed number, and on a descriptor that is no socket.</summary>
    [Scenario("FD-25", OwnProcess = true)] // a closed number may be anybody's the moment after
    public static void NotASocket(HostProcess host)
    {
        SocketSystem system = host.Sockets;
        int closed = host.Udp().Detach();
        Expect.Success(system.Close(closed));
        int length = 16;
        Expect.Fails(Errno.EBADF, system.Bind(closed, InetAddress.AnyIPv4().ToSockAddr()));
        Expect.Fails(Errno.EBADF, system.Listen(closed, 1));
        Expect.Fails(Errno.EBADF, system.GetSockName(closed, new byte[16], ref length));
        Expect.Fails(Errno.EBADF, system.RecvFrom(closed, new byte[1], MessageFlags.None, default, ref length));
        Expect.Fails(Errno.EBADF, system.Close(closed));
        Expect.Fails(Errno.EBADF, system.Fcntl(closed, F_GETFD, 0));
        Expect.Fails(Errno.ENOTSOCK, system.Bind(0, InetAddress.AnyIPv4().ToSockAddr()));
        Expect.Fails(Errno.ENOTSOCK, system.SendTo(0, new byte[1], MessageFlags.None, default));
        Expect.Fails(Errno.ENOTSOCK, system.Shutdown(0, ShutdownHow.Both));
    }

    /// <summary>Duplicates share status flags and owner, not the descriptor flags; the socket lives until the last is closed.</summary>
    [Scenario("FD-26", "ASYNC-24")]
    public static void DuplicatesShareTheSocket(HostProcess host)
    {
        Socket original = host.UdpOnLoopback();
        InetAddress address = original.LocalAddress;
        using Socket copy = original.Duplicate(), sender = host.Udp();
        original.NonBlocking = true;
        original.Fcntl(F_SETOWN, host.Id);
        original.Fcntl(F_SETFD, FD_CLOEXEC);
        Expect.True(copy.NonBlocking);
        Expect.Equal(host.Id, copy.Fcntl(F_GETOWN));
        Expect.Equal(0, copy.Fcntl(F_GETFD));
        original.Dispose();
        sender.SendTextTo("still here", address);
        Expect.Equal("still here", copy.ReceiveText());
    }

    /// <summary>dup2 and dup3 land on an exact number and close what was there.</summary>
    [Scenario("FD-19", "FD-26")]
    public static void DuplicateOntoANumber(HostProcess host)
    {
        using Socket socket = host.UdpOnLoopback(), other = host.Udp();
        SocketSystem system = host.Sockets;
        Expect.Equal(other.Descriptor, Expect.Success(system.Duplicate2(socket.Descriptor, other.Descriptor)));
        Expect.Equal(socket.LocalAddress, other.LocalAddress);
        Expect.Equal(socket.Descriptor, Expect.Success(system.Duplicate2(socket.Descriptor, socket.Descriptor)));
        Expect.Fails(Errno.EINVAL, system.Duplicate3(socket.Descriptor, socket.Descriptor, 0));
        Expect.Fails(Errno.EBADF, system.Duplicate2(socket.Descriptor, -1));
        Expect.Success(system.Duplicate3(socket.Descriptor, other.Descriptor, O_CLOEXEC));
        Expect.Equal(FD_CLOEXEC, other.Fcntl(F_GETFD));
        int above = Expect.Success(system.Fcntl(socket.Descriptor, F_DUPFD_CLOEXEC, 50));
        Expect.True(above >= 50);
        Expect.Equal(FD_CLOEXEC, Expect.Success(system.Fcntl(above, F_GETFD, 0)));
        Expect.Success(system.Close(above));
    }
}
