using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Process descriptors: opened by id (pidfd_open(2)), got of a peer (SO_PEERPIDFD) and with a message (SO_PASSPIDFD), and used.</summary>
public static class UnixProcessScenarios
{
    private const int Nobody = 4_000_000;

    /// <summary>A descriptor of a process that lives: what it is, and what calls make of it.</summary>
    [Scenario("OPT-43")]
    public static void Descriptor(HostProcess host)
    {
        SocketSystem system = host.Sockets;
        Expect.Fails(Errno.EINVAL, system.OpenProcess(0));
        Expect.Fails(Errno.EINVAL, system.OpenProcess(-1));
        Expect.Fails(Errno.EINVAL, system.OpenProcess(host.Id, 1));
        Expect.Fails(Errno.EINVAL, system.OpenProcess(host.Id, FileControl.O_CLOEXEC));
        Expect.Fails(Errno.ESRCH, system.OpenProcess(Nobody));
        int own = Expect.Success(system.OpenProcess(host.Id)), other = Expect.Success(system.OpenProcess(host.Id, FileControl.O_NONBLOCK));
        Expect.Equal((FileControl.O_RDWR, FileControl.O_RDWR | FileControl.O_NONBLOCK), (system.Fcntl(own, FileControl.F_GETFL, 0).Value, system.Fcntl(other, FileControl.F_GETFL, 0).Value));
        Expect.Equal(FileControl.FD_CLOEXEC, Expect.Success(system.Fcntl(own, FileControl.F_GETFD, 0)));
        Expect.Success(system.Stat(own, out FileStatus status));
        Expect.Success(system.Stat(other, out FileStatus otherStatus));
        Expect.Equal((0x1C0u, 0L, status.Inode), (status.Mode, status.Size, otherStatus.Inode));
        PollEntry[] entries = [new PollEntry(own, (PollEvents)0x3FFF)];
        Expect.Equal(0, Expect.Success(system.Poll(entries, 0)));
        Expect.Fails(Errno.EINVAL, system.Read(own, new byte[4]));
        Expect.Fails(Errno.EINVAL, system.Write(own, new byte[4]));
        Expect.Fails(Errno.EINVAL, system.PRead(own, new byte[4], 0));
        Expect.Fails(Errno.ESPIPE, system.Seek(own, 0));
        Expect.Fails(Errno.ENOTTY, system.Ioctl(own, IoControl.FIONREAD, new byte[4]));
        Expect.Fails(Errno.EOPNOTSUPP, system.Truncate(own, 0));
        Expect.Fails(Errno.EOPNOTSUPP, system.ChangeMode(own, 0x180));
        Expect.Fails(Errno.EOPNOTSUPP, system.ChangeOwner(own, 0, 0));
        Expect.Fails(Errno.EINVAL, system.Sync(own));
        Expect.Fails(Errno.ENOTDIR, system.ChangeDirectory(own));
        Expect.Fails(Errno.ENOTSOCK, system.Listen(own, 1));
        Expect.Success(system.SignalProcess(own, Signal.None));
        Expect.Fails(Errno.EINVAL, system.SignalProcess(own, (Signal)65));
        Expect.Fails(Errno.ECHILD, system.WaitProcess(own));
        Expect.Fails(Errno.EINVAL, system.WaitProcess(-1));
        using Socket socket = host.Unix(SocketType.Stream);
        Expect.Fails(Errno.EBADF, system.WaitProcess(socket.Descriptor));
        Expect.Fails(Errno.EBADF, system.SignalProcess(socket.Descriptor, Signal.None));
        Expect.Success(system.Close(own));
        Expect.Success(system.Close(other));
        Expect.Fails(Errno.EBADF, system.SignalProcess(own, Signal.None));
    }

    /// <summary>A signal that goes through the descriptor comes as any other.</summary>
    [Scenario("OPT-43", OwnProcess = true)]
    public static void Signals(HostProcess host)
    {
        var log = new SignalLog(host, Signal.SIGUSR1);
        int own = Expect.Success(host.Sockets.OpenProcess(host.Id));
        Expect.Success(host.Sockets.SignalProcess(own, Signal.SIGUSR1));
        Expect.Equal(host.Id, log.Next().SenderId);
        Expect.Success(host.Sockets.Close(own));
    }

    /// <summary>SO_PEERPIDFD: each get opens a descriptor of who connected, listened or made the pair; what has no peer has no data.</summary>
    [Scenario("OPT-43")]
    public static void Peers(HostProcess host)
    {
        SocketSystem system = host.Sockets;
        int own = Expect.Success(system.OpenProcess(host.Id));
        Expect.Success(system.Stat(own, out FileStatus self));
        Expect.Success(system.Close(own));
        (Socket one, Socket other) = host.NonBlockingPair(SocketType.Datagram);
        using Socket first = one, second = other, listener = host.Unix(SocketType.Stream), client = host.Unix(SocketType.Stream), lone = host.Unix(SocketType.Stream), internet = host.Udp();
        listener.Bind(UnixAddress.Unnamed);
        listener.Listen(1);
        client.Connect(listener.LocalUnixAddress);
        using Socket server = listener.Accept();
        foreach (Socket socket in new[] { first, second, listener, client, server })
        {
            byte[] value = new byte[8];
            int length = value.Length;
            Expect.Success(system.GetSockOpt(socket.Descriptor, SOL_SOCKET, SO_PEERPIDFD, value, ref length));
            Expect.Equal(4, length);
            int peer = BinaryPrimitives.ReadInt32LittleEndian(value);
            Expect.Equal(FileControl.FD_CLOEXEC, Expect.Success(system.Fcntl(peer, FileControl.F_GETFD, 0)));
            Expect.Success(system.Stat(peer, out FileStatus status));
            Expect.Equal(self.Inode, status.Inode);
            Expect.Success(system.Close(peer));
        }
        foreach (Socket socket in new[] { lone, internet })
        {
            int length = 4;
            Expect.Fails(Errno.ENODATA, system.GetSockOpt(socket.Descriptor, SOL_SOCKET, SO_PEERPIDFD, new byte[4], ref length));
        }
        int negative = -1;
        Expect.Fails(Errno.EINVAL, system.GetSockOpt(client.Descriptor, SOL_SOCKET, SO_PEERPIDFD, new byte[4], ref negative));
        Expect.Fails(Errno.ENOPROTOOPT, client.TrySet(SOL_SOCKET, SO_PEERPIDFD, 1));
    }

    /// <summary>SO_PASSPIDFD: a descriptor of the sender comes behind the credentials and the descriptors of the message, where there is room for all of it.</summary>
    [Scenario("OPT-43")]
    public static void WithMessages(HostProcess host)
    {
        foreach (SocketType type in new[] { SocketType.Stream, SocketType.Datagram, SocketType.SequencedPacket })
        {
            (Socket one, Socket other) = host.NonBlockingPair(type);
            using Socket sender = one, receiver = other;
            Expect.Success(sender.TrySend("before"u8));
            Expect.Equal(0, receiver.GetSocketLevel(SO_PASSPIDFD));
            Expect.Success(receiver.TrySet(SOL_SOCKET, SO_PASSPIDFD, 5));
            Expect.Equal((1, 0), (receiver.GetSocketLevel(SO_PASSPIDFD), receiver.GetSocketLevel(SO_PASSCRED)));
            Expect.Equal(" 0x0", Receive(receiver, 100)); // nobody asked when it was sent
            Expect.Success(sender.TrySend("x"u8));
            Expect.Equal("4:4 0x0", Receive(receiver, 100));
            foreach ((int room, string seen) in new[] { (0, " 0x8"), (15, " 0x8"), (19, " 0x8"), (20, "4:4 0x0"), (24, "4:4 0x0") })
            {
                Expect.Success(sender.TrySend("x"u8));
                Expect.Equal(seen, Receive(receiver, room));
            }
            Expect.Success(receiver.TrySet(SOL_SOCKET, SO_PASSCRED, 1));
            Expect.Success(sender.TrySendDescriptors("y"u8, 0));
            Expect.Equal("2:12 1:4 4:4 0x0", Receive(receiver, 100));
            foreach ((int room, string seen) in new[] { (28, "2:12 0x8"), (32, "2:12 0x8"), (48, "2:12 0x8"), (51, "2:12 0x8"), (52, "2:12 4:4 0x0") })
            {
                Expect.Success(sender.TrySend("x"u8));
                Expect.Equal(seen, Receive(receiver, room));
            }
            Expect.Success(sender.TrySend("x"u8));
            Expect.Equal("2:12 4:4 0x0", Receive(receiver, 100, MessageFlags.MSG_PEEK));
            Expect.Equal("2:12 4:4 0x0", Receive(receiver, 100));
            Expect.Fails(Errno.EINVAL, SendProcess(sender));
        }
    }

    /// <summary>Who asks for it gets a name before it sends, and accepted sockets ask as their listener did. Data that come before accept know who sent them, for who asks later.</summary>
    [Scenario("OPT-43", "OPT-20")]
    public static void NamesAndListeners(HostProcess host)
    {
        using Socket listener = host.Unix(SocketType.Stream), client = host.Unix(SocketType.Stream), next = host.Unix(SocketType.Stream), datagram = host.Unix(SocketType.Datagram), named = host.Unix(SocketType.Datagram);
        listener.Bind(UnixAddress.Unnamed);
        listener.Listen(2);
        client.Connect(listener.LocalUnixAddress);
        client.SendText("early");
        using (Socket server = listener.Accept())
        {
            Expect.Equal(0, server.GetSocketLevel(SO_PASSPIDFD));
            Expect.Success(server.TrySet(SOL_SOCKET, SO_PASSPIDFD, 1));
            Expect.Success(server.TrySet(SOL_SOCKET, SO_PASSCRED, 1));
            Expect.Equal("2:12 4:4 0x0", Receive(server, 100));
            client.SendText("late");
            Expect.Equal("2:12 4:4 0x0", Receive(server, 100));
        }
        Expect.Success(listener.TrySet(SOL_SOCKET, SO_PASSPIDFD, 1));
        next.Connect(listener.LocalUnixAddress);
        using (Socket server = listener.Accept()) Expect.Equal(1, server.GetSocketLevel(SO_PASSPIDFD));
        named.Bind(UnixAddress.Unnamed);
        Expect.Success(datagram.TrySet(SOL_SOCKET, SO_PASSPIDFD, 1));
        datagram.Connect(named.LocalUnixAddress);
        Expect.Equal(5, datagram.LocalUnixAddress.AbstractName.Length);
        using Socket internet = host.Udp();
        Expect.Fails(Errno.EOPNOTSUPP, internet.TrySet(SOL_SOCKET, SO_PASSPIDFD, 1));
    }

    /// <summary>Types and lengths of the control messages of one receive, and its flags. Descriptors that came are closed.</summary>
    private static string Receive(Socket socket, int room, MessageFlags flags = MessageFlags.None)
    {
        var message = new ReceiveMessage { Buffer = new byte[16], Control = new byte[room] };
        Expect.Success(socket.System.RecvMsg(socket.Descriptor, ref message, flags));
        var seen = new List<string>();
        var reader = new ControlMessageReader(message.Control[..message.ControlLength]);
        while (reader.MoveNext())
        {
            seen.Add(FormattableString.Invariant($"{reader.Type}:{reader.Data.Length}"));
            if (reader.Type is ControlMessageType.SCM_PIDFD or ControlMessageType.SCM_RIGHTS)
            {
                int descriptor = BinaryPrimitives.ReadInt32LittleEndian(reader.Data);
                Expect.Equal(reader.Type == ControlMessageType.SCM_PIDFD ? FileControl.FD_CLOEXEC : 0, Expect.Success(socket.System.Fcntl(descriptor, FileControl.F_GETFD, 0)));
                Expect.Success(socket.System.Close(descriptor));
            }
        }
        return FormattableString.Invariant($"{string.Join(' ', seen)} 0x{(int)(message.Flags & (MessageFlags.MSG_CTRUNC | MessageFlags.MSG_TRUNC)):x}");
    }

    private static CallResult SendProcess(Socket socket)
    {
        byte[] control = new byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(control, 20);
        BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(8), SOL_SOCKET);
        BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(12), ControlMessageType.SCM_PIDFD);
        return socket.System.SendMsg(socket.Descriptor, new SendMessage { Buffer = "x"u8, Control = control }, MessageFlags.MSG_NOSIGNAL);
    }
}
