using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>IPv4 and IPv6 options of datagram sockets, and what they put into control messages (sections I4, I6, V6).</summary>
public static class InternetOptionScenarios
{
    /// <summary>IP_TTL: 64, 1 to 255, -1 for the default.</summary>
    [Scenario("I4-007", "OPT-41")]
    public static void TimeToLive(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Equal(64, socket.GetOption(IPPROTO_IP, IP_TTL));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IP, IP_TTL, 0));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IP, IP_TTL, 256));
        socket.SetOption(IPPROTO_IP, IP_TTL, 33);
        Expect.Equal(33, socket.GetOption(IPPROTO_IP, IP_TTL));
        socket.SetOption(IPPROTO_IP, IP_TTL, -1);
        Expect.Equal(64, socket.GetOption(IPPROTO_IP, IP_TTL));
    }

    /// <summary>IP_TOS keeps all eight bits on a datagram socket.</summary>
    [Scenario("I4-006", "OPT-41")]
    public static void TypeOfService(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(0, sender.GetOption(IPPROTO_IP, IP_TOS));
            sender.SetOption(IPPROTO_IP, IP_TOS, 255);
            Expect.Equal(255, sender.GetOption(IPPROTO_IP, IP_TOS));
            receiver.SetOption(IPPROTO_IP, IP_RECVTOS, 1);
            sender.SendText("x");
            byte[] control = new byte[64];
            Expect.Equal(24, ReceiveControl(receiver, control));
            Expect.Equal((17L, IPPROTO_IP, IP_TOS), Header(control));
            Expect.Equal((byte)255, control[16]);
        }
    }

    /// <summary>IP_RECVTTL tells the hop count that arrived.</summary>
    [Scenario("I4-008")]
    public static void ReceivedTimeToLive(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Udp(), receiver = far.Udp();
        receiver.Bind(new InetAddress("10.0.0.2", 5000));
        receiver.LimitReceive(TimeSpan.FromSeconds(2));
        Expect.Equal(0, receiver.GetOption(IPPROTO_IP, IP_RECVTTL));
        receiver.SetOption(IPPROTO_IP, IP_RECVTTL, 1);
        sender.SetOption(IPPROTO_IP, IP_TTL, 33);
        sender.SendTextTo("x", new InetAddress("10.0.0.2", 5000));
        byte[] control = new byte[64];
        ReceiveControl(receiver, control);
        Expect.Equal((20L, IPPROTO_IP, IP_TTL), Header(control));
        Expect.Equal(33, BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(16)));
    }

    /// <summary>IP_PKTINFO tells the interface and the address that the datagram was sent to, and chooses the source of one that is sent.</summary>
    [Scenario("I4-005", "RU-011")]
    public static void PacketInfo(HostProcess host)
    {
        using Socket server = host.Udp(), client = host.UdpOnLoopback();
        server.Bind(InetAddress.AnyIPv4());
        server.SetOption(IPPROTO_IP, IP_PKTINFO, 1);
        client.SendTextTo("x", new InetAddress("127.0.0.5", server.LocalAddress.Port));
        byte[] control = new byte[64];
        ReceiveControl(server, control);
        Expect.Equal((28L, IPPROTO_IP, IP_PKTINFO), Header(control));
        Expect.Equal(host.Sockets.InterfaceIndex("lo"), BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(16)));
        Expect.Bytes([127, 0, 0, 5], control.AsSpan(20, 4)); // ipi_spec_dst
        Expect.Bytes([127, 0, 0, 5], control.AsSpan(24, 4)); // ipi_addr

        byte[] source = new byte[32];
        BinaryPrimitives.WriteInt64LittleEndian(source, 28);
        BinaryPrimitives.WriteInt32LittleEndian(source.AsSpan(8), IPPROTO_IP);
        BinaryPrimitives.WriteInt32LittleEndian(source.AsSpan(12), IP_PKTINFO);
        new byte[] { 127, 0, 0, 7 }.CopyTo(source, 20);
        server.SendMessage(new SendMessage { Buffer = "back"u8, Address = client.LocalAddress.ToSockAddr(), Control = source });
        client.ReceiveFrom(new byte[8], out InetAddress from);
        Expect.Equal(new InetAddress("127.0.0.7", server.LocalAddress.Port), from);
    }

    /// <summary>A wildcard server that is asked at one address answers from the address that the route prefers.</summary>
    [Scenario("RU-011")]
    public static void WildcardAnswersFromTheRoute(HostProcess host)
    {
        using Socket server = host.Udp(), client = host.UdpOnLoopback();
        server.Bind(InetAddress.AnyIPv4());
        client.SendTextTo("x", new InetAddress("127.0.0.9", server.LocalAddress.Port));
        byte[] buffer = new byte[8];
        server.ReceiveFrom(buffer, out InetAddress from);
        server.SendTextTo("y", from);
        client.ReceiveFrom(buffer, out InetAddress answered);
        Expect.Equal(InetAddress.LoopbackIPv4(server.LocalAddress.Port), answered);
    }

    /// <summary>IP_OPTIONS: 40 bytes at most, checked, padded to words, and cleared by no bytes.</summary>
    [Scenario("I4-002")]
    public static void HeaderOptions(HostProcess host)
    {
        using Socket socket = host.Udp();
        byte[] value = new byte[64];
        Expect.Equal(0, socket.GetOption(IPPROTO_IP, IP_OPTIONS, value));
        byte[] noOperations = new byte[44];
        Array.Fill(noOperations, (byte)1);
        Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_OPTIONS, noOperations));
        Expect.Success(host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_OPTIONS, noOperations.AsSpan(0, 40)));
        Expect.Equal(40, socket.GetOption(IPPROTO_IP, IP_OPTIONS, value));
        Expect.Fails(Errno.EINVAL, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_OPTIONS, [7, 1, 0, 0])); // record route of length 1
        Expect.Success(host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_OPTIONS, [1, 1, 1]));
        Expect.Equal(4, socket.GetOption(IPPROTO_IP, IP_OPTIONS, value));
        Expect.Success(host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, IP_OPTIONS, []));
        Expect.Equal(0, socket.GetOption(IPPROTO_IP, IP_OPTIONS, value));
    }

    /// <summary>IP_MTU_DISCOVER takes its six modes; IP_MTU needs a connection and is read-only.</summary>
    [Scenario("I4-014", "OPT-41", "OPG-09")]
    public static void MtuModes(HostProcess host)
    {
        using Socket socket = host.Udp(), peer = host.UdpOnLoopback();
        Expect.Equal(1, socket.GetOption(IPPROTO_IP, IP_MTU_DISCOVER));
        for (int mode = 0; mode <= 5; mode++)
        {
            socket.SetOption(IPPROTO_IP, IP_MTU_DISCOVER, mode);
            Expect.Equal(mode, socket.GetOption(IPPROTO_IP, IP_MTU_DISCOVER));
        }
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IP, IP_MTU_DISCOVER, 6));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IP, IP_MTU_DISCOVER, -1));
        Expect.Fails(Errno.ENOTCONN, socket.TryGet(IPPROTO_IP, IP_MTU));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(IPPROTO_IP, IP_MTU, 1500));
        socket.Connect(peer.LocalAddress);
        Expect.Equal(65535, socket.GetOption(IPPROTO_IP, IP_MTU)); // the device has 65536; an IPv4 packet cannot be longer than 65535
    }

    /// <summary>IP_HDRINCL belongs to raw sockets.</summary>
    [Scenario("I4-001", "OPT-41")]
    public static void NoHeaderIncluded(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(IPPROTO_IP, IP_HDRINCL, 1));
    }

    /// <summary>IPV6_UNICAST_HOPS: 64, 0 to 255, -1 for the default.</summary>
    [Scenario("I6-012")]
    public static void UnicastHops(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        Expect.Equal(64, socket.GetOption(IPPROTO_IPV6, IPV6_UNICAST_HOPS));
        foreach (int bad in new[] { -2, 256 }) Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_UNICAST_HOPS, bad));
        foreach (int good in new[] { 0, 255 })
        {
            socket.SetOption(IPPROTO_IPV6, IPV6_UNICAST_HOPS, good);
            Expect.Equal(good, socket.GetOption(IPPROTO_IPV6, IPV6_UNICAST_HOPS));
        }
        socket.SetOption(IPPROTO_IPV6, IPV6_UNICAST_HOPS, -1);
        Expect.Equal(64, socket.GetOption(IPPROTO_IPV6, IPV6_UNICAST_HOPS));
    }

    /// <summary>The flags that ask for IPv6 control messages are off at first, and normalise.</summary>
    [Scenario("I6-006", "I6-009", "I6-011", "OPG-07")]
    public static void ReceiveFlags(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        foreach (int name in new[] { IPV6_RECVHOPLIMIT, IPV6_RECVPKTINFO, IPV6_RECVTCLASS, IPV6_RECVPATHMTU, IPV6_RECVERR })
        {
            Expect.Equal(0, socket.GetOption(IPPROTO_IPV6, name));
            socket.SetOption(IPPROTO_IPV6, name, -1);
            Expect.Equal(1, socket.GetOption(IPPROTO_IPV6, name));
        }
    }

    /// <summary>Hop limit, traffic class, destination and interface of a datagram, each as its control message.</summary>
    [Scenario("I6-006", "I6-009", "I6-011")]
    public static void ControlMessagesOfIPv6(HostProcess near, HostProcess far)
    {
        var to = new InetAddress("fd00::2", 5000);
        using Socket sender = near.Udp(AddressFamily.Inet6), receiver = far.Udp(AddressFamily.Inet6);
        receiver.Bind(to);
        receiver.LimitReceive(TimeSpan.FromSeconds(2));
        sender.SetOption(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 44);
        sender.SetOption(IPPROTO_IPV6, IPV6_TCLASS, 0x20);
        byte[] control = new byte[128];
        foreach ((int ask, int type, long length) in new[] { (IPV6_RECVHOPLIMIT, IPV6_HOPLIMIT, 20L), (IPV6_RECVTCLASS, IPV6_TCLASS, 20L), (IPV6_RECVPKTINFO, IPV6_PKTINFO, 36L) })
        {
            receiver.SetOption(IPPROTO_IPV6, ask, 1);
            sender.SendTextTo("x", to);
            ReceiveControl(receiver, control);
            Expect.Equal((length, IPPROTO_IPV6, type), Header(control));
            if (type == IPV6_HOPLIMIT) Expect.Equal(44, BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(16)));
            if (type == IPV6_TCLASS) Expect.Equal(0x20, BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(16)));
            if (type == IPV6_PKTINFO)
            {
                byte[] address = new byte[16];
                to.WriteAddress(address);
                Expect.Bytes(address, control.AsSpan(16, 16));
                Expect.Equal(far.Sockets.InterfaceIndex("eth0"), BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(32)));
            }
            receiver.SetOption(IPPROTO_IPV6, ask, 0);
        }
    }

    /// <summary>IPV6_TCLASS: 0 to 255.</summary>
    [Scenario("I6-017")]
    public static void TrafficClass(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        Expect.Equal(0, socket.GetOption(IPPROTO_IPV6, IPV6_TCLASS));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_TCLASS, 256));
        socket.SetOption(IPPROTO_IPV6, IPV6_TCLASS, 0xB8);
        Expect.Equal(0xB8, socket.GetOption(IPPROTO_IPV6, IPV6_TCLASS));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(IPPROTO_IPV6, IPV6_HOPLIMIT, 5));
    }

    /// <summary>IPV6_DONTFRAG: a datagram above the MTU is refused; IPV6_RECVPATHMTU then tells the MTU, without making the socket readable.</summary>
    [Scenario("I6-002", "I6-008")]
    public static void DoNotFragment(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(AddressFamily.Inet6);
        Expect.Equal(0, socket.GetOption(IPPROTO_IPV6, IPV6_DONTFRAG));
        socket.SetOption(IPPROTO_IPV6, IPV6_DONTFRAG, 1);
        socket.SetOption(IPPROTO_IPV6, IPV6_RECVPATHMTU, 1);
        socket.Connect(new InetAddress("fd00::2", 5000));
        Expect.Throws(Errno.EMSGSIZE, () => socket.Send(new byte[3000]));
        Expect.Equal(PollEvents.POLLOUT, socket.PollNow(PollEvents.POLLIN | PollEvents.POLLOUT));
        byte[] control = new byte[64];
        var message = new ReceiveMessage { Buffer = new byte[16], Control = control };
        Expect.Equal(0, Expect.Success(near.Sockets.RecvMsg(socket.Descriptor, ref message, MessageFlags.MSG_DONTWAIT)));
        Expect.Equal((48L, IPPROTO_IPV6, IPV6_PATHMTU), Header(control));
        Expect.Equal(1500, BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(16 + 28)));
    }

    /// <summary>IPV6_PATHMTU: of a connected socket, 32 bytes, read-only.</summary>
    [Scenario("I6-004", "OPG-08", "OPG-09")]
    public static void PathMtu(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(AddressFamily.Inet6);
        byte[] info = new byte[32];
        int length = 32;
        Expect.Fails(Errno.ENOTCONN, near.Sockets.GetSockOpt(socket.Descriptor, IPPROTO_IPV6, IPV6_PATHMTU, info, ref length));
        socket.Connect(new InetAddress("fd00::2", 5000));
        Expect.Equal(32, socket.GetOption(IPPROTO_IPV6, IPV6_PATHMTU, info));
        Expect.Equal(1500, BinaryPrimitives.ReadInt32LittleEndian(info.AsSpan(28)));
        length = 4;
        Expect.Fails(Errno.EINVAL, near.Sockets.GetSockOpt(socket.Descriptor, IPPROTO_IPV6, IPV6_PATHMTU, info, ref length));
        Expect.Fails(Errno.ENOPROTOOPT, near.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IPV6, IPV6_PATHMTU, info));
    }

    /// <summary>IPV6_NEXTHOP is numbered and refused.</summary>
    [Scenario("I6-003")]
    public static void NoNextHop(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(IPPROTO_IPV6, IPV6_NEXTHOP, 1));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(IPPROTO_IPV6, IPV6_NEXTHOP));
    }

    /// <summary>IPV6_CHECKSUM belongs to raw sockets.</summary>
    [Scenario("I6-001")]
    public static void NoChecksumOffset(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(IPPROTO_IPV6, IPV6_CHECKSUM, 4));
    }

    private static int ReceiveControl(Socket socket, byte[] control)
    {
        var message = new ReceiveMessage { Buffer = new byte[64], Control = control };
        socket.ReceiveMessage(ref message);
        return message.ControlLength;
    }

    private static (long Length, int Level, int Type) Header(ReadOnlySpan<byte> control)
        => (BinaryPrimitives.ReadInt64LittleEndian(control), BinaryPrimitives.ReadInt32LittleEndian(control[8..]), BinaryPrimitives.ReadInt32LittleEndian(control[12..]));
}
