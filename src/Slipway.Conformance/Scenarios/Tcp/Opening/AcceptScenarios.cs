using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.FileControl;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>The call accept: its address, flags, errors, what the new socket inherits, and clients that have gone (section LSN).</summary>
public static class AcceptScenarios
{
    /// <summary>The address is cut to the room that is given, and the true length comes back; no room at all is allowed.</summary>
    [Scenario("LSN-08")]
    public static void AddressIsCut(HostProcess host)
    {
        foreach ((AddressFamily family, int whole) in new[] { (AddressFamily.Inet, 16), (AddressFamily.Inet6, 28) })
        {
            using Socket listener = host.TcpListener(family: family);
            foreach (int room in new[] { 0, 8, whole, 128 })
            {
                using Socket client = host.TcpTo(listener.LocalAddress);
                byte[] address = new byte[128];
                address.AsSpan().Fill(0xEE);
                int length = room;
                using Socket server = new(host.Sockets, Expect.Success(host.Sockets.Accept(listener.Descriptor, address, ref length, SocketType.None)));
                Expect.Equal(whole, length);
                int written = Math.Min(room, whole);
                Expect.Bytes(client.LocalAddress.ToSockAddr().AsSpan(0, written), address.AsSpan(0, written));
                Expect.Equal(0xEE, address[written]);
            }
            using Socket unnamed = host.TcpTo(listener.LocalAddress);
            using Socket accepted = new(host.Sockets, Expect.Success(listener.TryAccept()));
            Expect.Equal(unnamed.LocalAddress, accepted.RemoteAddress);
        }
    }

    /// <summary>accept waits for a connection; with O_NONBLOCK it fails instead.</summary>
    [Scenario("LSN-09")]
    public static void AcceptWaits(HostProcess host)
    {
        using Socket listener = host.TcpListener();
        CallResult accepted = default;
        ProcessThread waiter = host.StartThread("accept", () => accepted = listener.TryAccept());
        waiter.WaitUntilBlocked();
        using Socket client = host.TcpTo(listener.LocalAddress);
        waiter.Join();
        using Socket server = new(host.Sockets, Expect.Success(accepted));
        Expect.Equal(client.LocalAddress, server.RemoteAddress);
        listener.NonBlocking = true;
        Expect.Fails(Errno.EAGAIN, listener.TryAccept());
    }

    /// <summary>Only a listener accepts.</summary>
    [Scenario("LSN-10")]
    public static void NotAListener(HostProcess host)
    {
        using Socket idle = host.Tcp(), datagrams = host.Udp();
        using StreamPair pair = host.TcpPair();
        Expect.Fails(Errno.EINVAL, idle.TryAccept());
        Expect.Fails(Errno.EINVAL, pair.Client.TryAccept());
        Expect.Fails(Errno.EOPNOTSUPP, datagrams.TryAccept());
        int none = 0;
        Expect.Fails(Errno.ENOTSOCK, host.Sockets.Accept(0, default, ref none, SocketType.None));
    }

    /// <summary>The new socket has the listener's socket options; flags of the descriptor, owner and priority it has not.</summary>
    [Scenario("LSN-11", "ASYNC-24", OwnProcess = true)]
    public static void Inherited(HostProcess host)
    {
        var signals = new SignalLog(host, Signal.SIGIO);
        using Socket listener = host.Tcp();
        var options = new (int Level, int Name, int Value)[]
        {
            (SOL_SOCKET, SO_REUSEADDR, 1), (SOL_SOCKET, SO_KEEPALIVE, 1), (SOL_SOCKET, SO_OOBINLINE, 1), (SOL_SOCKET, SO_RCVLOWAT, 3),
            (SOL_SOCKET, SO_MARK, 77), (SOL_SOCKET, SO_TIMESTAMP, 1), (IPPROTO_TCP, TCP_NODELAY, 1),
        };
        foreach ((int level, int name, int value) in options) listener.SetOption(level, name, value);
        listener.SetSocketLevel(SO_RCVBUF, 30_000);
        listener.SetLinger(5);
        listener.LimitReceive(TimeSpan.FromSeconds(7));
        listener.SetSocketLevel(SO_PRIORITY, 3);
        listener.Bind(InetAddress.LoopbackIPv4());
        listener.Listen();
        listener.Fcntl(F_SETFL, O_NONBLOCK | O_ASYNC);
        listener.Fcntl(F_SETFD, FD_CLOEXEC);
        listener.Fcntl(F_SETOWN, host.Id);

        using Socket client = host.TcpTo(listener.LocalAddress);
        signals.Next(); // the connection's arrival
        using Socket accepted = listener.Accept();
        foreach ((int level, int name, int value) in options) Expect.Equal(value, accepted.GetOption(level, name), $"option {level}, {name}");
        Expect.Equal(60_000, accepted.GetSocketLevel(SO_RCVBUF));
        byte[] linger = new byte[8], timeout = new byte[16];
        accepted.GetOption(SOL_SOCKET, SO_LINGER, linger);
        Expect.Bytes([1, 0, 0, 0, 5, 0, 0, 0], linger);
        accepted.GetOption(SOL_SOCKET, SO_RCVTIMEO, timeout);
        Expect.Equal(7L, BinaryPrimitives.ReadInt64LittleEndian(timeout));
        Expect.Equal(0, accepted.GetSocketLevel(SO_PRIORITY));
        Expect.Equal((O_RDWR, 0, 0), (accepted.Fcntl(F_GETFL), accepted.Fcntl(F_GETFD), accepted.Fcntl(F_GETOWN)));
    }

    /// <summary>accept4 sets O_NONBLOCK and FD_CLOEXEC on the new descriptor; other flags are refused and the connection stays.</summary>
    [Scenario("LSN-12")]
    public static void FlagsOfAccept(HostProcess host)
    {
        using Socket listener = host.TcpListener();
        using Socket client = host.TcpTo(listener.LocalAddress);
        int none = 0;
        Expect.Fails(Errno.EINVAL, host.Sockets.Accept(listener.Descriptor, default, ref none, SocketType.NonBlocking | (SocketType)0x1));
        Expect.Fails(Errno.EINVAL, host.Sockets.Accept(listener.Descriptor, default, ref none, (SocketType)0x100000));
        using Socket both = listener.Accept(out _, SocketType.NonBlocking | SocketType.CloseOnExec);
        Expect.Equal((O_RDWR | O_NONBLOCK, FD_CLOEXEC), (both.Fcntl(F_GETFL), both.Fcntl(F_GETFD)));
        using Socket another = host.TcpTo(listener.LocalAddress), plain = listener.Accept();
        Expect.Equal((O_RDWR, 0), (plain.Fcntl(F_GETFL), plain.Fcntl(F_GETFD)));
    }

    /// <summary>The client resets before accept: accept succeeds and names it, the reset is the new socket's first error.</summary>
    [Scenario("LSN-13")]
    public static void ResetBeforeAccept(HostProcess near, HostProcess far)
    {
        using Socket listener = far.TcpListenerAt(new InetAddress("10.0.0.2", 0));
        Socket client = near.TcpTo(listener.LocalAddress);
        InetAddress name = client.LocalAddress;
        listener.WaitFor(PollEvents.POLLIN);
        client.Abort();
        using Socket server = listener.Accept(out InetAddress from);
        Expect.Equal(name, from);
        server.ExpectReset();
        Expect.Throws(Errno.ENOTCONN, () => _ = server.RemoteAddress);
    }

    /// <summary>The client sends and finishes before accept: the data is there, then the end.</summary>
    [Scenario("LSN-14")]
    public static void FinishedBeforeAccept(HostProcess near, HostProcess far)
    {
        using Socket listener = far.TcpListenerAt(new InetAddress("10.0.0.2", 0));
        using (Socket client = near.TcpTo(listener.LocalAddress)) client.SendText("bye");
        listener.WaitFor(PollEvents.POLLIN);
        using Socket server = listener.Accept();
        Expect.Equal("bye", server.ReceiveReady());
        server.ExpectEnd();
        server.ExpectEnd();
    }

    /// <summary>Without a free descriptor accept fails and the connection stays in the queue.</summary>
    [Scenario("LSN-15", OwnProcess = true)]
    public static void OutOfDescriptors(HostProcess host)
    {
        using Socket listener = host.TcpListener();
        using Socket first = host.TcpTo(listener.LocalAddress), second = host.TcpTo(listener.LocalAddress);
        listener.WaitFor(PollEvents.POLLIN);
        listener.NonBlocking = true;
        host.Sockets.Close(Expect.Success(listener.TryAccept())); // once with room, so that all the code is loaded: the runtime's own files count too
        Expect.Success(host.LimitDescriptors(second.Descriptor + 1));
        CallResult refused = listener.TryAccept(), again = listener.TryAccept();
        Expect.Success(host.LimitDescriptors(1024));
        Expect.Fails(Errno.EMFILE, refused);
        Expect.Fails(Errno.EMFILE, again);
        using Socket server = listener.Accept(out InetAddress from);
        Expect.Equal(second.LocalAddress, from);
    }

    /// <summary>SO_RCVTIMEO limits accept.</summary>
    [Scenario("LSN-18")]
    public static void TimedAccept(HostProcess host)
    {
        using Socket listener = host.TcpListener();
        listener.LimitReceive(TimeSpan.FromMilliseconds(200));
        var clock = new ScenarioClock(host);
        Expect.Fails(Errno.EAGAIN, listener.TryAccept());
        clock.ExpectElapsed(TimeSpan.FromMilliseconds(200));
    }

    /// <summary>A signal ends accept with EINTR; SA_RESTART goes on, unless a timeout is set.</summary>
    [Scenario("LSN-18", OwnProcess = true)]
    public static void InterruptedAccept(HostProcess host)
    {
        foreach ((bool restart, bool timeout, bool interrupted) in new[] { (false, false, true), (true, false, false), (true, true, true) })
        {
            var seen = new SignalLog(host, Signal.SIGUSR1, restart);
            using Socket listener = host.TcpListener();
            if (timeout) listener.LimitReceive(TimeSpan.FromSeconds(60));
            CallResult result = default;
            ProcessThread waiter = host.StartThread("accept", () => result = listener.TryAccept());
            waiter.WaitUntilBlocked();
            Expect.Success(waiter.Interrupt(Signal.SIGUSR1));
            seen.Next();
            if (interrupted)
            {
                waiter.Join();
                Expect.Fails(Errno.EINTR, result);
                continue;
            }
            waiter.WaitUntilBlocked();
            using Socket client = host.TcpTo(listener.LocalAddress);
            waiter.Join();
            host.Sockets.Close(Expect.Success(result));
        }
    }
}
