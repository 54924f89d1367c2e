using Slipway.Sockets;
using static Slipway.Sockets.FileControl;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What an accepted socket takes over from its listener (section INH).</summary>
public static class InheritanceScenarios
{
    private static readonly (int Level, int Name, int Value)[] Inherited =
    [
        (SOL_SOCKET, SO_DEBUG, 1), (SOL_SOCKET, SO_DONTROUTE, 1), (SOL_SOCKET, SO_KEEPALIVE, 1), (SOL_SOCKET, SO_OOBINLINE, 1), (SOL_SOCKET, SO_RCVLOWAT, 77),
        (IPPROTO_TCP, TCP_NODELAY, 1),
        (SOL_SOCKET, SO_REUSEADDR, 1), (SOL_SOCKET, SO_REUSEPORT, 1), (SOL_SOCKET, SO_BROADCAST, 1),
        (IPPROTO_TCP, TCP_CORK, 1), (IPPROTO_TCP, TCP_KEEPIDLE, 33), (IPPROTO_TCP, TCP_KEEPINTVL, 11), (IPPROTO_TCP, TCP_KEEPCNT, 4),
        (IPPROTO_TCP, TCP_USER_TIMEOUT, 12345), (IPPROTO_TCP, TCP_LINGER2, 7), (IPPROTO_TCP, TCP_SYNCNT, 3),
        (IPPROTO_IP, IP_TTL, 33), (IPPROTO_IP, IP_TOS, 0x10), (IPPROTO_IP, IP_PKTINFO, 1), (IPPROTO_IP, IP_RECVTTL, 1), (IPPROTO_IP, IP_MTU_DISCOVER, 0),
    ];

    /// <summary>Each option that is set on a listener before the handshake is there on the accepted socket, and is not what a new socket has.</summary>
    [Scenario("INH-001", "INH-004", "KA-021", "S-002", "S-003", "S-005", "S-007", "S-014", "S-015")]
    public static void SetOnTheListener(HostProcess host)
    {
        foreach ((int level, int name, int value) in Inherited)
        {
            using Socket fresh = host.Tcp();
            Expect.True(fresh.GetOption(level, name) != value);
            (Socket client, Socket server) = host.TcpPairWith(listener: socket => socket.SetOption(level, name, value));
            using (client)
            using (server)
                Expect.Equal(value, server.GetOption(level, name), $"option {name} of level {level} on the accepted socket");
        }
    }

    /// <summary>The sizes of both buffers, as they were stored: doubled once, not twice.</summary>
    [Scenario("INH-001", "S-008", "S-009")]
    public static void Buffers(HostProcess host)
    {
        foreach (int name in new[] { SO_RCVBUF, SO_SNDBUF })
        {
            (Socket client, Socket server) = host.TcpPairWith(listener: socket => socket.SetSocketLevel(name, 30000));
            using (client)
            using (server)
                Expect.Equal(60000, server.GetSocketLevel(name));
        }
    }

    /// <summary>SO_LINGER with its seconds, and both timeouts.</summary>
    [Scenario("INH-001", "INH-004", "S-006", "S-012", "S-013")]
    public static void Structures(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPairWith(listener: static socket =>
        {
            socket.SetLinger(5);
            socket.SetOption(SocketOptions.ReceiveTimeout, TimeSpan.FromSeconds(3));
            socket.SetOption(SocketOptions.SendTimeout, TimeSpan.FromSeconds(4));
        });
        using (client)
        using (server)
        {
            Expect.Equal(new LingerOption(IsOn: true, 5), server.GetOption(SocketOptions.Linger));
            Expect.Equal(TimeSpan.FromSeconds(3), server.GetOption(SocketOptions.ReceiveTimeout));
            Expect.Equal(TimeSpan.FromSeconds(4), server.GetOption(SocketOptions.SendTimeout));
        }
    }

    /// <summary>SO_SNDLOWAT is 1 and cannot be set, so there is nothing to inherit.</summary>
    [Scenario("INH-002", "S-011")]
    public static void SendLowWaterMark(HostProcess host)
    {
        using Socket listener = host.TcpListener();
        Expect.Fails(Errno.ENOPROTOOPT, listener.TrySet(SOL_SOCKET, SO_SNDLOWAT, 2048));
        Expect.Equal(1, listener.GetSocketLevel(SO_SNDLOWAT));
    }

    /// <summary>TCP_MAXSEG is inherited, but the accepted socket tells what was agreed on: twelve bytes of time stamps less.</summary>
    [Scenario("INH-003", "MS-002")]
    public static void MaximumSegment(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPairWith(listener: static socket => socket.SetTcp(TCP_MAXSEG, 1000));
        using (client)
        using (server)
        {
            Expect.Equal(988, server.GetTcp(TCP_MAXSEG));
            Expect.Equal(988, client.GetTcp(TCP_MAXSEG));
        }
    }

    /// <summary>The priority is not inherited, nor what belongs to the descriptor: O_NONBLOCK, O_ASYNC, FD_CLOEXEC; nor the owner, which BSD hands on.</summary>
    [Scenario("INH-005", "INH-006", "FC-030", OwnProcess = true)]
    public static void NotInherited(HostProcess host)
    {
        Expect.Success(host.Signals.Ignore(Signal.SIGIO));
        using Socket listener = host.TcpListener();
        Expect.Equal(0, listener.Fcntl(F_GETOWN));
        listener.SetSocketLevel(SO_PRIORITY, 4);
        listener.Fcntl(F_SETOWN, host.Id);
        using Socket client = host.TcpTo(listener.LocalAddress);
        listener.Fcntl(F_SETFD, FD_CLOEXEC);
        listener.Fcntl(F_SETFL, O_RDWR | O_NONBLOCK | O_ASYNC);
        Expect.Equal(host.Id, listener.Fcntl(F_GETOWN));
        using Socket server = listener.Accept();
        Expect.Equal(0, server.GetSocketLevel(SO_PRIORITY));
        Expect.Equal(O_RDWR, server.Fcntl(F_GETFL));
        Expect.Equal(0, server.Fcntl(F_GETFD));
        Expect.Equal(0, server.Fcntl(F_GETOWN));
    }

    /// <summary>accept4 sets O_NONBLOCK and FD_CLOEXEC of the new descriptor.</summary>
    [Scenario("INH-005", "FC-005")]
    public static void AcceptFlags(HostProcess host)
    {
        using Socket listener = host.TcpListener(), client = host.TcpTo(listener.LocalAddress);
        using Socket server = listener.Accept(out _, SocketType.NonBlocking | SocketType.CloseOnExec);
        Expect.Equal(O_RDWR | O_NONBLOCK, server.Fcntl(F_GETFL));
        Expect.Equal(FD_CLOEXEC, server.Fcntl(F_GETFD));
    }

    /// <summary>The options are copied when the handshake is complete, not at accept: what is set in between comes too late.</summary>
    [Scenario("INH-007")]
    public static void CopiedAtTheHandshake(HostProcess host)
    {
        using Socket listener = host.TcpListener(), client = host.TcpTo(listener.LocalAddress);
        listener.WaitFor(PollEvents.POLLIN);
        listener.SetSocketLevel(SO_KEEPALIVE, 1);
        using Socket early = listener.Accept();
        Expect.Equal(0, early.GetSocketLevel(SO_KEEPALIVE));
        using Socket second = host.TcpTo(listener.LocalAddress), late = listener.Accept();
        Expect.Equal(1, late.GetSocketLevel(SO_KEEPALIVE));
    }
}
