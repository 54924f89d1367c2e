using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What comes with datagrams and with errors, in which order.</summary>
public static class ControlMessageScenarios
{
    /// <summary>All at once.</summary>
    [Scenario("CM-001", "CM-002")]
    public static void Order(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            foreach (int option in (int[])[SO_TIMESTAMP, SO_RXQ_OVFL, SO_RCVMARK, SO_RCVPRIORITY]) receiver.SetSocketLevel(option, 1);
            foreach (int option in (int[])[IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVORIGDSTADDR, IP_CHECKSUM, IP_RECVFRAGSIZE]) receiver.SetOption(IPPROTO_IP, option, 1);
            receiver.SetOption(IPPROTO_UDP, UDP_GRO, 1);
            sender.SetSocketLevel(SO_MARK, 7);
            sender.SetSocketLevel(SO_PRIORITY, 5);
            sender.SetOption(IPPROTO_UDP, UDP_SEGMENT, 10);
            sender.Send(new byte[25]);
            Received received = receiver.ReceiveWhole();
            Expect.Equal("1/29 1/36 1/12 17/104 0/8 0/2 0/1 0/20", received.Order);
            Expect.Equal(7, received.Find(SOL_SOCKET, SO_MARK)!.Int32);
            Expect.Equal(5, received.Find(SOL_SOCKET, SO_PRIORITY)!.Int32);
            Expect.Success(sender.SendWith("x", SOL_SOCKET, SO_MARK, 9));
            Expect.Equal(9, receiver.ReceiveWhole().Find(SOL_SOCKET, SO_MARK)!.Int32);
            Expect.Success(sender.SendWith("x", SOL_SOCKET, SO_PRIORITY, 3));
            Expect.Equal(3, receiver.ReceiveWhole().Find(SOL_SOCKET, SO_PRIORITY)!.Int32);
            Expect.Success(sender.SendWith("x", IPPROTO_IP, IP_TOS, 0x10));
            Expect.Equal(6, receiver.ReceiveWhole().Find(SOL_SOCKET, SO_PRIORITY)!.Int32);
        }
    }

    /// <summary>All at once over IPv6.</summary>
    [Scenario("CM-001")]
    public static void OrderOverIPv6(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair(AddressFamily.Inet6);
        using (sender)
        using (receiver)
        {
            foreach (int option in (int[])[SO_TIMESTAMP, SO_RCVMARK, SO_RCVPRIORITY]) receiver.SetSocketLevel(option, 1);
            foreach (int option in (int[])[IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IPV6_ORIGDSTADDR, IPV6_RECVFRAGSIZE]) receiver.SetOption(IPPROTO_IPV6, option, 1);
            sender.SendText("x");
            Expect.Equal("1/29 1/36 1/12 41/50 41/52 41/67 41/74", receiver.ReceiveWhole().Order);
        }
    }

    /// <summary>Datagrams in pieces, over a link of 1500 bytes.</summary>
    [Scenario("CM-003")]
    public static void FragmentSize(HostProcess near, HostProcess far)
    {
        foreach ((string address, int level, int option, int longest) in ((string, int, int, int)[])[("10.0.0.2", IPPROTO_IP, IP_RECVFRAGSIZE, 1500), ("fd00::2", IPPROTO_IPV6, IPV6_RECVFRAGSIZE, 1496)])
        {
            AddressFamily family = level == IPPROTO_IP ? AddressFamily.Inet : AddressFamily.Inet6;
            using Socket receiver = far.Udp(family), sender = near.Udp(family);
            receiver.Bind(new InetAddress(address, 0));
            receiver.LimitReceive(TimeSpan.FromSeconds(5));
            receiver.SetOption(level, option, 1);
            sender.SendTo(new byte[4000], receiver.LocalAddress);
            Received received = receiver.ReceiveWhole();
            Expect.Equal($"{level}/{option}", received.Order);
            Expect.Equal(longest, received.Items[0].Int32);
            sender.SendTo(new byte[40], receiver.LocalAddress);
            Expect.Equal("", receiver.ReceiveWhole().Order);
        }
        using Socket stream = near.Tcp();
        Expect.Fails(Errno.EINVAL, stream.TrySet(IPPROTO_IP, IP_RECVFRAGSIZE, 1));
    }

    /// <summary>The header of an ICMP error.</summary>
    [Scenario("CM-004")]
    public static void WithAnIcmpError(HostProcess host)
    {
        using Socket free = host.UdpOnLoopback(), socket = host.UdpOnLoopback();
        InetAddress closed = free.LocalAddress;
        free.Dispose();
        foreach (int option in (int[])[IP_RECVERR, IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVORIGDSTADDR]) if (option != IP_RECVORIGDSTADDR) socket.SetOption(IPPROTO_IP, option, 1);
        socket.SendTextTo("err", closed);
        Received error = socket.ReceiveError();
        Expect.Equal("0/8 0/2 0/1 0/11", error.Order);
        Expect.Bytes([1, 0, 0, 0, 0, 0, 0, 0, 127, 0, 0, 1], error.Items[0].Data);
        Expect.Equal(64, error.Items[1].Int32);
        Expect.Equal(0xC0, error.Items[2].Int32);
        Expect.Bytes("err"u8, error.Data);
        Expect.Equal(InetAddress.LoopbackIPv4(0), error.Error.Offender);
        using Socket free6 = host.UdpOnLoopback(AddressFamily.Inet6), socket6 = host.UdpOnLoopback(AddressFamily.Inet6);
        InetAddress closed6 = free6.LocalAddress;
        free6.Dispose();
        foreach (int option in (int[])[IPV6_RECVERR, IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS]) socket6.SetOption(IPPROTO_IPV6, option, 1);
        socket6.SendTextTo("err", closed6);
        error = socket6.ReceiveError();
        Expect.Equal("41/50 41/52 41/67 41/25", error.Order);
        Expect.Equal(1, BinaryPrimitives.ReadInt32LittleEndian(error.Items[0].Data.AsSpan(16)));
    }

    /// <summary>What this host finds itself.</summary>
    [Scenario("CM-005")]
    public static void LocalError(HostProcess host)
    {
        using Socket receiver = host.UdpOnLoopback(), socket = host.UdpOnLoopback();
        foreach (int option in (int[])[IP_RECVERR, IP_PKTINFO, IP_RECVTTL]) socket.SetOption(IPPROTO_IP, option, 1);
        Expect.Throws(Errno.EMSGSIZE, () => socket.SendTo(new byte[65508], receiver.LocalAddress));
        Received error = socket.ReceiveError();
        Expect.Equal("0/11", error.Order);
        Expect.Equal(ExtendedSocketError.OriginLocal, error.Error.Origin);
        InetAddress.TryRead(error.Address.AsSpan(0, error.AddressLength), out InetAddress told);
        Expect.Equal(InetAddress.LoopbackIPv4(0), told);
        socket.Connect(receiver.LocalAddress);
        Expect.Throws(Errno.EMSGSIZE, () => socket.Send(new byte[65508]));
        error = socket.ReceiveError();
        InetAddress.TryRead(error.Address.AsSpan(0, error.AddressLength), out told);
        Expect.Equal(receiver.LocalAddress, told);
    }

    /// <summary>The time at which a packet is to leave.</summary>
    [Scenario("CM-006")]
    public static void SendTime(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            byte[] time = new byte[8];
            Expect.Fails(Errno.EINVAL, sender.SendWith("x", SOL_SOCKET, SO_TXTIME, time));
            Expect.Fails(Errno.EINVAL, sender.TrySet(SOL_SOCKET, SO_TXTIME, 1));
            Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(sender.Descriptor, SOL_SOCKET, SO_TXTIME, [1, 0, 0, 0, 4, 0, 0, 0]));
            Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(sender.Descriptor, SOL_SOCKET, SO_TXTIME, [77, 0, 0, 0, 1, 0, 0, 0]));
            foreach (byte clock in (byte[])[0, 11, 1]) sender.SetOption(SOL_SOCKET, SO_TXTIME, [clock, 0, 0, 0, 3, 0, 0, 0]);
            byte[] value = new byte[16];
            Expect.Equal(8, sender.GetOption(SOL_SOCKET, SO_TXTIME, value));
            Expect.Bytes([1, 0, 0, 0, 3, 0, 0, 0], value.AsSpan(0, 8));
            Expect.Fails(Errno.EINVAL, sender.SendWith("x", SOL_SOCKET, SO_TXTIME, 1, 2, 3, 4));
            Expect.Success(sender.SendWith("x", SOL_SOCKET, SO_TXTIME, time));
            Expect.Equal("x", receiver.ReceiveText());
        }
    }

    /// <summary>Options of queues and devices.</summary>
    [Scenario("CM-007")]
    public static void Queueing(HostProcess host)
    {
        using Socket socket = host.Udp(), stream = host.Tcp();
        foreach (Socket each in (Socket[])[socket, stream])
        {
            foreach (int flag in (int[])[SO_WIFI_STATUS, SO_PREFER_BUSY_POLL, SO_RCVMARK, SO_RCVPRIORITY])
            {
                Expect.Equal(0, each.GetSocketLevel(flag));
                each.SetSocketLevel(flag, -4);
                Expect.Equal(1, each.GetSocketLevel(flag));
            }
            Expect.Fails(Errno.EINVAL, each.TrySet(SOL_SOCKET, SO_BUF_LOCK, 4));
            each.SetSocketLevel(SO_BUF_LOCK, 3);
            Expect.Equal(3, each.GetSocketLevel(SO_BUF_LOCK));
            each.SetSocketLevel(SO_BUF_LOCK, 0);
            each.SetSocketLevel(SO_RCVBUF, 10000);
            Expect.Equal(2, each.GetSocketLevel(SO_BUF_LOCK));
            Expect.Fails(Errno.EINVAL, each.TrySet(SOL_SOCKET, SO_BUSY_POLL_BUDGET, 65536));
            Expect.Fails(Errno.EINVAL, each.TrySet(SOL_SOCKET, SO_BUSY_POLL_BUDGET, -1));
            Expect.Success(each.TrySet(SOL_SOCKET, SO_BUSY_POLL_BUDGET, 64));
            Expect.Fails(Errno.ENOPROTOOPT, each.TryGet(SOL_SOCKET, SO_BUSY_POLL_BUDGET));
            Expect.Fails(Errno.EINVAL, each.TrySet(SOL_SOCKET, SO_RESERVE_MEM, -1));
            Expect.Equal(0, each.GetSocketLevel(SO_RESERVE_MEM));
            Expect.Success(each.TrySet(SOL_SOCKET, SO_CNX_ADVICE, 1));
            Expect.Fails(Errno.ENOPROTOOPT, each.TryGet(SOL_SOCKET, SO_CNX_ADVICE));
            Expect.Fails(Errno.EINVAL, each.TryGet(SOL_SOCKET, SO_NETNS_COOKIE));
            byte[] cookie = new byte[8];
            Expect.Equal(8, each.GetOption(SOL_SOCKET, SO_NETNS_COOKIE, cookie));
            Expect.True(BinaryPrimitives.ReadUInt64LittleEndian(cookie) != 0);
            Expect.Fails(Errno.ENOTCONN, each.TryGet(SOL_SOCKET, SO_PEERNAME));
        }
        using Socket peer = host.UdpOnLoopback();
        socket.Connect(peer.LocalAddress);
        byte[] name = new byte[16];
        Expect.Equal(16, socket.GetOption(SOL_SOCKET, SO_PEERNAME, name));
        Expect.Bytes(peer.LocalAddress.ToSockAddr(), name);
        Expect.Fails(Errno.EINVAL, TryGet(socket, SO_PEERNAME, 17));
    }

    private static Errno TryGet(Socket socket, int name, int room)
    {
        int length = room;
        return socket.System.GetSockOpt(socket.Descriptor, SOL_SOCKET, name, new byte[room], ref length);
    }
}
