using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>Local sockets: types, names, finding one another (unix(7)).</summary>
public static class UnixNameScenarios
{
    /// <summary>The local domain has one protocol; a raw socket there is a datagram socket and no privilege.</summary>
    [Scenario("FD-12", "FD-07")]
    public static void Types(HostProcess host)
    {
        SocketSystem system = host.Sockets;
        foreach (SocketType type in new[] { SocketType.Stream, SocketType.Datagram, SocketType.SequencedPacket })
        {
            Expect.Success(system.Close(Expect.Success(system.Socket(AddressFamily.Unix, type, 0))));
            Expect.Success(system.Close(Expect.Success(system.Socket(AddressFamily.Unix, type, 1))));
            Expect.Fails(Errno.EPROTONOSUPPORT, system.Socket(AddressFamily.Unix, type, 2));
        }
        Expect.Fails(Errno.ESOCKTNOSUPPORT, system.Socket(AddressFamily.Unix, SocketType.ReliableDatagram, 0));
        using Socket raw = host.Unix(SocketType.Raw);
        Expect.Equal((2, 0, 1), (raw.GetSocketLevel(SocketOptionName.SO_TYPE), raw.GetSocketLevel(SocketOptionName.SO_PROTOCOL), raw.GetSocketLevel(SocketOptionName.SO_DOMAIN)));
    }

    /// <summary>bind makes the name; it stays when the socket closes, until unlink takes it away.</summary>
    [Scenario("BIND-27", "ADDR-20", "BIND-13")]
    public static void PathNames(HostProcess host)
    {
        UnixAddress path = host.UnixPath("bound");
        Socket first = host.BoundUnix(SocketType.Datagram, path);
        Expect.Equal(path, first.LocalUnixAddress);
        Expect.Equal(2 + path.Path!.Length + 1, first.LocalUnixAddress.StructureLength);
        using Socket other = host.Unix(SocketType.Stream);
        Expect.Fails(Errno.EADDRINUSE, other.TryBind(path));
        Expect.Fails(Errno.EINVAL, first.TryBind(host.UnixPath("again")));
        Expect.Fails(Errno.ENOENT, other.TryConnect(host.UnixPath("again")));
        first.Dispose();
        Expect.Fails(Errno.EADDRINUSE, other.TryBind(path));
        Expect.Fails(Errno.ECONNREFUSED, other.TryConnect(path));
        Expect.Success(host.Sockets.Unlink(path.Path!));
        Expect.Fails(Errno.ENOENT, host.Sockets.Unlink(path.Path!));
        Expect.Success(other.TryBind(path));
        host.Forget(path);
        Expect.Equal(path, other.LocalUnixAddress);
    }

    /// <summary>What is wrong with a path, by its parts.</summary>
    [Scenario("BIND-27")]
    public static void BadPaths(HostProcess host)
    {
        UnixAddress path = host.UnixPath("part");
        using Socket bound = host.BoundUnix(SocketType.Stream, path), socket = host.Unix(SocketType.Stream);
        Expect.Fails(Errno.ENOENT, socket.TryBind(UnixAddress.FromPath("/no-such-directory/name")));
        Expect.Fails(Errno.ENOTDIR, socket.TryBind(UnixAddress.FromPath(path.Path + "/below")));
        Expect.Fails(Errno.ENOTDIR, socket.TryConnect(UnixAddress.FromPath(path.Path + "/below")));
        Expect.Fails(Errno.ENOENT, socket.TryBind(UnixAddress.FromPath(path.Path + "x/")));
        Expect.Fails(Errno.EADDRINUSE, socket.TryBind(UnixAddress.FromPath("/tmp")));
        Expect.Fails(Errno.EADDRINUSE, socket.TryBind(UnixAddress.FromPath("/")));
        Expect.Fails(Errno.EADDRINUSE, socket.TryBind(UnixAddress.FromPath("/tmp/..")));
        Expect.Fails(Errno.ECONNREFUSED, socket.TryConnect(UnixAddress.FromPath("/tmp")));
        Expect.Fails(Errno.EISDIR, host.Sockets.Unlink("/tmp"));
        Expect.Success(socket.TryBind(UnixAddress.FromPath(path.Path!.Replace("/tmp/", "/tmp/.././tmp//", StringComparison.Ordinal) + "2")));
        host.Forget(path, UnixAddress.FromPath(path.Path + "2"));
    }

    /// <summary>Lengths that an address may have, and another family.</summary>
    [Scenario("ADDR-20", "BIND-13")]
    public static void BadAddresses(HostProcess host)
    {
        using Socket socket = host.Unix(SocketType.Stream);
        SocketSystem system = host.Sockets;
        Expect.Fails(Errno.EINVAL, system.Bind(socket.Descriptor, [1]));
        Expect.Fails(Errno.EINVAL, system.Bind(socket.Descriptor, [2, 0, (byte)'/', (byte)'a']));
        Expect.Fails(Errno.EINVAL, system.Bind(socket.Descriptor, new byte[111]));
        Expect.Fails(Errno.EINVAL, system.Connect(socket.Descriptor, [1, 0]));
        Expect.Fails(Errno.EINVAL, system.Connect(socket.Descriptor, new byte[16]));
        Expect.Fails(Errno.EINVAL, system.Connect(socket.Descriptor, new byte[111]));
        Expect.True(socket.LocalUnixAddress.IsUnnamed);
    }

    /// <summary>Abstract names: their own for each type, all bytes count, free again when the socket closes.</summary>
    [Scenario("ADDR-20")]
    public static void AbstractNames(HostProcess host)
    {
        UnixAddress name = UnixAddress.FromAbstract("slipway" + host.UnixPath("abstract").Path);
        Socket stream = host.Unix(SocketType.Stream);
        using Socket datagram = host.Unix(SocketType.Datagram), other = host.Unix(SocketType.Stream), packet = host.Unix(SocketType.SequencedPacket);
        Expect.Success(stream.TryBind(name));
        Expect.Success(datagram.TryBind(name));
        Expect.Equal(name, stream.LocalUnixAddress);
        Expect.Fails(Errno.EINVAL, stream.TryBind(name));
        Expect.Fails(Errno.EADDRINUSE, other.TryBind(name));
        Expect.Fails(Errno.ECONNREFUSED, packet.TryConnect(name));
        Expect.Fails(Errno.ECONNREFUSED, other.TryConnect(name));
        Expect.Success(packet.TryBind(UnixAddress.FromAbstract([.. name.AbstractName, 0])));
        stream.Dispose();
        Expect.Success(other.TryBind(name));
    }

    /// <summary>Without a name for it, bind makes one up; a socket that has one keeps it.</summary>
    [Scenario("ADDR-20")]
    public static void AutomaticNames(HostProcess host)
    {
        using Socket first = host.Unix(SocketType.Stream), second = host.Unix(SocketType.Stream);
        Expect.Success(first.TryBind(UnixAddress.Unnamed));
        Expect.Success(second.TryBind(UnixAddress.Unnamed));
        Expect.Equal(5, first.LocalUnixAddress.AbstractName.Length);
        Expect.True(first.LocalUnixAddress != second.LocalUnixAddress);
        UnixAddress kept = first.LocalUnixAddress;
        Expect.Success(first.TryBind(UnixAddress.Unnamed));
        Expect.Equal(kept, first.LocalUnixAddress);
    }

    /// <summary>connect by the state of what has the name: missing, not listening, of another type, full.</summary>
    [Scenario("CONN-33", "LSN-06")]
    public static void Connecting(HostProcess host)
    {
        UnixAddress path = host.UnixPath("listener");
        using Socket listener = host.BoundUnix(SocketType.Stream, path);
        using Socket one = host.Unix(SocketType.Stream | SocketType.NonBlocking), two = host.Unix(SocketType.Stream | SocketType.NonBlocking);
        using Socket three = host.Unix(SocketType.Stream | SocketType.NonBlocking), packet = host.Unix(SocketType.SequencedPacket), datagram = host.Unix(SocketType.Datagram);
        Expect.Fails(Errno.ENOENT, one.TryConnect(host.UnixPath("missing")));
        Expect.Fails(Errno.ECONNREFUSED, one.TryConnect(path));
        Expect.Fails(Errno.EPROTOTYPE, packet.TryConnect(path));
        Expect.Fails(Errno.EPROTOTYPE, datagram.TryConnect(path));
        listener.Listen(1);
        Expect.Success(one.TryConnect(path));
        Expect.Success(two.TryConnect(path));
        Expect.Fails(Errno.EAGAIN, three.TryConnect(path));
        three.NonBlocking = false;
        three.SetOption(SocketOptions.SendTimeout, TimeSpan.FromMilliseconds(20));
        Expect.Fails(Errno.EAGAIN, three.TryConnect(path));
        using Socket accepted = listener.Accept();
        Expect.Success(three.TryConnect(path));
        Expect.Fails(Errno.EAGAIN, three.TryConnect(path)); // the queue is looked at before the caller's own state
        using Socket next = listener.Accept();
        Expect.Fails(Errno.EISCONN, three.TryConnect(path));
        Expect.Fails(Errno.EINVAL, three.System.Listen(three.Descriptor, 1));
        host.Forget(path);
        Expect.Fails(Errno.ENOENT, three.TryConnect(path));
    }

    /// <summary>Who waits to connect goes on when there is room in the queue.</summary>
    [Scenario("LSN-06")]
    public static void ConnectWaits(HostProcess host)
    {
        UnixAddress path = host.UnixPath("full");
        using Socket listener = host.BoundUnix(SocketType.Stream, path), one = host.Unix(SocketType.Stream), two = host.Unix(SocketType.Stream);
        listener.Listen(0);
        one.Connect(path);
        ProcessThread waiting = host.StartThread("connect", () => two.Connect(path));
        using Socket first = listener.Accept();
        waiting.Join();
        using Socket second = listener.Accept();
        two.SendText("through");
        Expect.Equal("through", second.ReceiveText());
        host.Forget(path);
    }

    /// <summary>listen needs a name, a type that has connections, and a socket that has none.</summary>
    [Scenario("LSN-01")]
    public static void Listening(HostProcess host)
    {
        using Socket stream = host.Unix(SocketType.Stream), datagram = host.Unix(SocketType.Datagram), client = host.Unix(SocketType.Stream);
        Expect.Fails(Errno.EINVAL, host.Sockets.Listen(stream.Descriptor, 1));
        Expect.Fails(Errno.EOPNOTSUPP, host.Sockets.Listen(datagram.Descriptor, 1));
        Expect.Fails(Errno.EINVAL, stream.TryAccept());
        Expect.Fails(Errno.EOPNOTSUPP, datagram.TryAccept());
        stream.Bind(UnixAddress.Unnamed);
        stream.Listen(3);
        Expect.Equal(1, stream.GetSocketLevel(SocketOptionName.SO_ACCEPTCONN));
        stream.NonBlocking = true;
        Expect.Fails(Errno.EAGAIN, stream.TryAccept());
        Expect.Fails(Errno.ENOTCONN, stream.TrySend("x"u8));
        Expect.Fails(Errno.EINVAL, stream.TryReceive(new byte[1]));
        Expect.Equal(PollEvents.None, stream.PollNow((PollEvents)0x3FFF));
        client.Connect(stream.LocalUnixAddress);
        client.SendText("early");
        Expect.Equal(stream.LocalUnixAddress, client.RemoteUnixAddress);
        using Socket server = stream.Accept();
        Expect.Equal("early", server.ReceiveText());
        Expect.Equal(stream.LocalUnixAddress, server.LocalUnixAddress);
        Expect.True(server.RemoteUnixAddress.IsUnnamed);
        Expect.Success(host.Sockets.Shutdown(stream.Descriptor, ShutdownHow.Receive));
        Expect.Fails(Errno.EAGAIN, stream.TryAccept());
        stream.NonBlocking = false;
        Expect.Fails(Errno.EINVAL, stream.TryAccept());
        using Socket late = host.Unix(SocketType.Stream);
        Expect.Fails(Errno.ECONNREFUSED, late.TryConnect(stream.LocalUnixAddress));
    }

    /// <summary>A listener that closes resets those whom it did not accept.</summary>
    [Scenario("CONN-33")]
    public static void UnacceptedConnections(HostProcess host)
    {
        Socket listener = host.Unix(SocketType.Stream);
        listener.Bind(UnixAddress.Unnamed);
        listener.Listen(3);
        using Socket client = host.Unix(SocketType.Stream);
        client.Connect(listener.LocalUnixAddress);
        listener.Dispose();
        Expect.Fails(Errno.ECONNRESET, client.TryReceive(new byte[1]));
        Expect.Equal(0, Expect.Success(client.TryReceive(new byte[1])));
    }

    /// <summary>Who may not write to the name may not connect to it.</summary>
    [Scenario("CONN-33", OwnProcess = true)]
    public static void Permissions(HostProcess host)
    {
        UnixAddress path = host.UnixPath("mode");
        using Socket receiver = host.BoundUnix(SocketType.Datagram, path);
        using Socket sender = host.Unix(SocketType.Datagram);
        Expect.Success(host.Sockets.ChangeMode(path.Path!, 0x180));
        host.RunAsUser(1234, () => Expect.Fails(Errno.EACCES, sender.TryConnect(path)));
        Expect.Success(host.Sockets.ChangeMode(path.Path!, 0x1FF));
        host.RunAsUser(1234, () => Expect.Success(sender.TryConnect(path)));
        host.Forget(path);
    }
}
