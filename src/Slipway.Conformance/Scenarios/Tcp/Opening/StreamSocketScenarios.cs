using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What of names, ports and options of SOL_SOCKET is special to stream sockets (sections FD, BIND, OPT).</summary>
public static class StreamSocketScenarios
{
    /// <summary>Protocol 0 of a stream socket is TCP, in both families.</summary>
    [Scenario("FD-03", "FD-05")]
    public static void DefaultProtocol(HostProcess host)
    {
        foreach (AddressFamily family in new[] { AddressFamily.Inet, AddressFamily.Inet6 })
        {
            using Socket socket = host.Tcp(family);
            Expect.Equal((int)family, socket.GetSocketLevel(SO_DOMAIN));
            Expect.Equal(((int)SocketType.Stream, (int)IpProtocol.Tcp), (socket.GetSocketLevel(SO_TYPE), socket.GetSocketLevel(SO_PROTOCOL)));
        }
    }

    /// <summary>A name is given once: not after bind, listen, or connect.</summary>
    [Scenario("BIND-06")]
    public static void BoundOnce(HostProcess host)
    {
        using Socket bound = host.TcpAt(InetAddress.LoopbackIPv4()), listener = host.Tcp();
        listener.Listen();
        using StreamPair pair = host.TcpPair();
        foreach (Socket socket in new[] { bound, listener, pair.Client, pair.Server })
            Expect.Fails(Errno.EINVAL, socket.TryBind(InetAddress.LoopbackIPv4()));
    }

    /// <summary>TCP and UDP count their ports apart.</summary>
    [Scenario("BIND-08")]
    public static void PortsOfTheirOwn(HostProcess host)
    {
        using Socket listener = host.TcpListener(), datagrams = host.Udp(), another = host.Tcp();
        datagrams.Bind(listener.LocalAddress);
        Expect.Equal(listener.LocalAddress, datagrams.LocalAddress);
        Expect.Fails(Errno.EADDRINUSE, another.TryBind(listener.LocalAddress));
    }

    /// <summary>A broadcast or multicast address can be bound.</summary>
    [Scenario("BIND-12")]
    public static void ToManyCanBeBound(HostProcess host)
    {
        foreach (string address in new[] { "127.255.255.255", "224.0.0.5" })
        {
            using Socket socket = host.TcpAt(new InetAddress(address, 0));
            Expect.Equal(new InetAddress(address, socket.LocalAddress.Port), socket.LocalAddress);
        }
    }

    /// <summary>There is a peer's name from the handshake until the connection has ended at both sides or was reset.</summary>
    [Scenario("BIND-15")]
    public static void NameOfThePeer(HostProcess host)
    {
        (Socket listener, Socket queued) = host.FullListener();
        using (listener)
        using (queued)
        {
            using Socket idle = host.Tcp(), pending = host.NonBlockingTcp();
            pending.TryConnect(listener.LocalAddress);
            foreach (Socket socket in new[] { idle, listener, pending }) Expect.Throws(Errno.ENOTCONN, () => _ = socket.RemoteAddress);
        }
        using StreamPair finished = host.TcpPair(), reset = host.TcpPair();
        finished.Client.Shutdown(ShutdownHow.Send);
        finished.Server.ExpectEnd();
        Expect.Equal(finished.Client.LocalAddress, finished.Server.RemoteAddress);
        Expect.Equal(finished.Server.LocalAddress, finished.Client.RemoteAddress);
        reset.Client.Abort();
        reset.Server.ExpectReset();
        Expect.Throws(Errno.ENOTCONN, () => _ = reset.Server.RemoteAddress);
    }

    /// <summary>listen and connect give an unbound socket a port; connect the address of the route too.</summary>
    [Scenario("BIND-16")]
    public static void AutomaticNames(HostProcess near, HostProcess far)
    {
        using Socket idle = near.Tcp(), listener = far.Tcp();
        Expect.Equal(InetAddress.AnyIPv4(), idle.LocalAddress);
        listener.Listen();
        Expect.Equal(InetAddress.AnyIPv4(listener.LocalAddress.Port), listener.LocalAddress);
        idle.Connect(new InetAddress("10.0.0.2", listener.LocalAddress.Port));
        Expect.Equal(new InetAddress("10.0.0.1", idle.LocalAddress.Port), idle.LocalAddress);
        Expect.InRange(32768, 60999, idle.LocalAddress.Port);
        Expect.InRange(32768, 60999, listener.LocalAddress.Port);
    }

    /// <summary>SO_REUSEPORT spreads connections over the listeners: each of four gets a share of two hundred.</summary>
    [Scenario("BIND-22")]
    public static void SharedPort(HostProcess host)
    {
        var group = new List<Socket>();
        InetAddress address = InetAddress.LoopbackIPv4();
        for (int i = 0; i < 4; i++)
        {
            Socket member = host.NonBlockingTcp();
            member.SetSocketLevel(SO_REUSEPORT, 1);
            member.Bind(address);
            member.Listen(200);
            address = member.LocalAddress;
            group.Add(member);
        }
        var clients = new List<Socket>();
        for (int i = 0; i < 200; i++) clients.Add(host.TcpTo(address));
        int all = 0;
        foreach (Socket member in group)
        {
            int share = 0;
            for (CallResult accepted; (accepted = member.TryAccept()).Succeeded; share++) host.Sockets.Close(accepted.Value);
            Expect.InRange(20, 100, share);
            all += share;
            member.Dispose();
        }
        Expect.Equal(200, all);
        foreach (Socket client in clients) client.Dispose();
    }

    /// <summary>SO_PEEK_OFF: MSG_PEEK starts at the offset and moves it on, a read moves it back.</summary>
    [Scenario("OPT-21")]
    public static void PeekFromAnOffset(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        Expect.Equal(-1, pair.Server.GetSocketLevel(SO_PEEK_OFF));
        pair.Server.SetSocketLevel(SO_PEEK_OFF, 4);
        pair.Client.SendText("aabbccddeeff");
        pair.Server.WaitForBytes(host, 12);
        Expect.Equal("cc", Peek());
        Expect.Equal(6, pair.Server.GetSocketLevel(SO_PEEK_OFF));
        Expect.Equal("dd", Peek());
        Expect.Equal(8, pair.Server.GetSocketLevel(SO_PEEK_OFF));
        Expect.Equal("aa", pair.Server.ReceiveText(2));
        Expect.Equal(6, pair.Server.GetSocketLevel(SO_PEEK_OFF));
        Expect.Equal("ee", Peek());
        pair.Server.SetSocketLevel(SO_PEEK_OFF, -1);
        Expect.Equal("bb", Peek());

        string Peek() => pair.Server.ReceiveText(2, MessageFlags.MSG_PEEK);
    }

    /// <summary>A peer over the network has no process: SO_PEERCRED names nobody, and cannot be set.</summary>
    [Scenario("OPT-22")]
    public static void NoCredentials(HostProcess host)
    {
        using StreamPair pair = host.TcpPair();
        byte[] credentials = new byte[12];
        Expect.Equal(12, pair.Client.GetOption(SOL_SOCKET, SO_PEERCRED, credentials));
        Expect.Equal((0, -1, -1), (Field(0), Field(4), Field(8)));
        Expect.Fails(Errno.ENOPROTOOPT, host.Sockets.SetSockOpt(pair.Client.Descriptor, SOL_SOCKET, SO_PEERCRED, credentials));

        int Field(int offset) => BinaryPrimitives.ReadInt32LittleEndian(credentials.AsSpan(offset));
    }
}
