using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.EthernetProtocol;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Packet sockets (packet(7)): what they are, their names, and the calls that they have not.</summary>
public static class PacketSocketScenarios
{
    /// <summary>Raw and datagram; the protocol is the low 16 bits in network order; what it is called.</summary>
    [Scenario("PKT-01")]
    public static void TypesAndProtocols(HostProcess host)
    {
        foreach (SocketType type in new[] { SocketType.Stream, SocketType.SequencedPacket, (SocketType)4 })
            Expect.Fails(Errno.ESOCKTNOSUPPORT, host.Sockets.Socket(AddressFamily.Packet, type, 0x300));
        Expect.Fails(Errno.EINVAL, host.Sockets.Socket(AddressFamily.Packet, (SocketType)11, 0x300));
        foreach ((int protocol, int expected) in new[] { (0x300, 3), (0, 0), (0x10300, 3), (0x7FFF_FFFF, 0xFFFF), (8, 0x800) })
        {
            foreach (SocketType type in new[] { SocketType.Raw, SocketType.Datagram })
            {
                using var socket = new Socket(host.Sockets, Expect.Success(host.Sockets.Socket(AddressFamily.Packet, type, protocol)));
                Expect.Equal((ushort)expected, socket.LocalLinkAddress.Protocol);
                Expect.Equal((int)type, socket.GetSocketLevel(SO_TYPE));
                Expect.Equal(17, socket.GetSocketLevel(SO_DOMAIN));
                Expect.Equal(0, socket.GetSocketLevel(SO_PROTOCOL));
            }
        }
    }

    /// <summary>Packet sockets are a privilege, which is looked at before the type.</summary>
    [Scenario("FD-11", "PKT-01", OwnProcess = true)]
    public static void PacketSocketsArePrivileged(HostProcess host)
    {
        host.RunAsUser(1234, () =>
        {
            foreach (SocketType type in new[] { SocketType.Raw, SocketType.Datagram, SocketType.Stream })
                Expect.Fails(Errno.EPERM, host.Sockets.Socket(AddressFamily.Packet, type, 0));
        });
        using Socket socket = host.Packet();
        Expect.Equal((int)SocketType.Raw, socket.GetSocketLevel(SO_TYPE));
    }

    /// <summary>What bind takes, and the name that follows: as long as the device's address makes it.</summary>
    [Scenario("PKT-02")]
    public static void NamesAndBinding(HostProcess host)
    {
        using Socket socket = host.Packet(SocketType.Raw, ETH_P_ALL);
        Expect.Bytes([17, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0], NameOf(socket));
        byte[] address = new byte[24];
        new LinkLayerAddress(Loopback, ETH_P_IP).Write(address);
        foreach (int length in new[] { 2, 12, 18, 19 }) Expect.Fails(Errno.EINVAL, host.Sockets.Bind(socket.Descriptor, address.AsSpan(0, length)));
        Expect.Success(host.Sockets.Bind(socket.Descriptor, address));
        Expect.Bytes([17, 0, 8, 0, 1, 0, 0, 0, 4, 3, 0, 6, 0, 0, 0, 0, 0, 0], NameOf(socket));
        Expect.Fails(Errno.ENODEV, socket.TryBind(new LinkLayerAddress(99, ETH_P_ALL)));
        Expect.Fails(Errno.ENODEV, socket.TryBind(new LinkLayerAddress(-1, ETH_P_ALL)));
        address[0] = 2;
        Expect.Fails(Errno.EINVAL, host.Sockets.Bind(socket.Descriptor, address));
        Expect.Bytes([17, 0, 8, 0, 1, 0, 0, 0, 4, 3, 0, 6, 0, 0, 0, 0, 0, 0], NameOf(socket));
        // Bound again, to all interfaces; a protocol of 0 leaves the one that it has.
        socket.Bind(new LinkLayerAddress(0, 0));
        Expect.Bytes([17, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], NameOf(socket));
    }

    /// <summary>Without peers and connections: what the calls say.</summary>
    [Scenario("PKT-03")]
    public static void CallsThatItHasNot(HostProcess host)
    {
        using Socket socket = host.PacketOn(Loopback);
        SocketSystem system = host.Sockets;
        byte[] address = new byte[LinkLayerAddress.StructureLength];
        new LinkLayerAddress(Loopback, Experiment).Write(address);
        int length = address.Length;
        Expect.Fails(Errno.EOPNOTSUPP, system.GetPeerName(socket.Descriptor, address, ref length));
        Expect.Fails(Errno.EOPNOTSUPP, system.Connect(socket.Descriptor, address));
        Expect.Fails(Errno.EOPNOTSUPP, system.Listen(socket.Descriptor, 1));
        length = address.Length;
        Expect.Fails(Errno.EOPNOTSUPP, system.Accept(socket.Descriptor, address, ref length, SocketType.None));
        foreach (ShutdownHow how in new[] { ShutdownHow.Receive, ShutdownHow.Send, ShutdownHow.Both }) Expect.Fails(Errno.EOPNOTSUPP, system.Shutdown(socket.Descriptor, how));
        Expect.Fails(Errno.EOPNOTSUPP, socket.TrySet(SOL_SOCKET, SO_PEEK_OFF, 0));
        Expect.Fails(Errno.EOPNOTSUPP, socket.TrySet(SOL_SOCKET, SO_REUSEPORT, 1));
        foreach (int level in new[] { IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP, SOL_RAW, 999 })
        {
            Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(level, 1, 0));
            Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(level, 1));
        }
        using Socket udp = host.Udp();
        Expect.Fails(Errno.ENOPROTOOPT, udp.TrySet(SOL_PACKET, PACKET_AUXDATA, 1));
    }

    /// <summary>Options of SOL_PACKET: the lengths that they take, and what a new socket reads.</summary>
    [Scenario("PKT-04")]
    public static void OptionsAndTheirLengths(HostProcess host)
    {
        using Socket socket = host.PacketOn(Loopback);
        Span<byte> value = stackalloc byte[8];
        value.Clear();
        foreach (int option in new[] { PACKET_AUXDATA, PACKET_ORIGDEV, PACKET_VNET_HDR, PACKET_VNET_HDR_SZ })
        {
            foreach (int length in new[] { 0, 2, 3 }) Expect.Fails(Errno.EINVAL, socket.TrySetPacket(option, value[..length]));
            Expect.Success(socket.TrySetPacket(option, value[..4]));
            Expect.Success(socket.TrySetPacket(option, value));
            Expect.Equal(0, Expect.Success(socket.TryGet(SOL_PACKET, option)));
        }
        foreach (int option in new[] { PACKET_QDISC_BYPASS, PACKET_IGNORE_OUTGOING })
        {
            foreach (int length in new[] { 0, 2, 3, 8 }) Expect.Fails(Errno.EINVAL, socket.TrySetPacket(option, value[..length]));
            Expect.Success(socket.TrySetPacket(option, value[..4]));
            Expect.Equal(0, Expect.Success(socket.TryGet(SOL_PACKET, option)));
        }
        Expect.Success(socket.TrySet(SOL_PACKET, PACKET_AUXDATA, 7));
        Expect.Equal(1, socket.GetOption(SOL_PACKET, PACKET_AUXDATA));
        Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_PACKET, PACKET_IGNORE_OUTGOING, 2));
        Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_PACKET, PACKET_VNET_HDR_SZ, 11));
        Expect.Success(socket.TrySet(SOL_PACKET, PACKET_VNET_HDR_SZ, 12));
        Expect.Equal(1, socket.GetOption(SOL_PACKET, PACKET_VNET_HDR));
        Expect.Success(socket.TrySet(SOL_PACKET, PACKET_VNET_HDR, 5));
        Expect.Equal(10, socket.GetOption(SOL_PACKET, PACKET_VNET_HDR_SZ));
        foreach (int option in new[] { 0, 3, 4, PACKET_TX_TIMESTAMP, 25, 99 })
        {
            Expect.Fails(Errno.ENOPROTOOPT, socket.TrySetPacket(option, value));
            Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(SOL_PACKET, option));
        }
        Expect.Fails(Errno.ENOPROTOOPT, socket.TrySetPacket(PACKET_STATISTICS, value));
        Expect.Fails(Errno.EINVAL, socket.TryGet(SOL_PACKET, PACKET_ROLLOVER_STATS));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(SOL_PACKET, PACKET_FANOUT_DATA));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(SOL_PACKET, PACKET_ADD_MEMBERSHIP));
        int room = -1;
        Expect.Fails(Errno.EINVAL, host.Sockets.GetSockOpt(socket.Descriptor, SOL_PACKET, PACKET_AUXDATA, value, ref room));
        room = 2;
        Expect.Success(host.Sockets.GetSockOpt(socket.Descriptor, SOL_PACKET, PACKET_AUXDATA, value[..2], ref room));
        Expect.Equal(2, room);
        using Socket datagram = host.PacketOn(Loopback, Experiment, SocketType.Datagram);
        Expect.Fails(Errno.EINVAL, datagram.TrySet(SOL_PACKET, PACKET_VNET_HDR, 1));
    }

    /// <summary>PACKET_ADD_MEMBERSHIP: which structures it takes. Dropping what one has not is no error.</summary>
    [Scenario("PKT-15")]
    public static void Memberships(HostProcess one, HostProcess two)
    {
        int link = one.Link();
        using Socket socket = one.PacketOn(link);
        foreach ((Errno expected, int index, int type, int length) in new[]
        {
            (Errno.None, link, 1, 0), (Errno.None, link, 1, 0), (Errno.ENODEV, 99, 1, 0), (Errno.ENODEV, 0, 1, 0), (Errno.None, link, 0, 6), (Errno.EINVAL, link, 0, 5), (Errno.EINVAL, link, 0, 7),
            (Errno.None, link, 2, 0), (Errno.EINVAL, link, 2, 9), (Errno.None, link, 3, 6), (Errno.EINVAL, link, 3, 4), (Errno.None, link, 9, 0), (Errno.None, Loopback, 1, 6),
        })
            Expect.Fails(expected, socket.TrySetPacket(PACKET_ADD_MEMBERSHIP, Request(index, type, length)), $"interface {index}, type {type}, length {length}");
        Expect.Fails(Errno.EINVAL, socket.TrySetPacket(PACKET_ADD_MEMBERSHIP, Request(link, 1, 0).AsSpan(0, 15)));
        Expect.Success(socket.TrySetPacket(PACKET_DROP_MEMBERSHIP, Request(55, 1, 0)));
        Expect.Success(socket.TrySetPacket(PACKET_DROP_MEMBERSHIP, Request(link, 1, 0)));
        Expect.Fails(Errno.EINVAL, socket.TrySetPacket(PACKET_DROP_MEMBERSHIP, Request(link, 1, 9)));
        socket.AddPacketMembership(link, PacketMembership.Multicast, Group);
        socket.DropPacketMembership(link, PacketMembership.Multicast, Group);
    }

    /// <summary>An interface goes down: who is bound to it learns of it once, and sees its frames again when it is up.</summary>
    [Scenario("PKT-23")]
    public static void AnInterfaceGoesDownAndComesUp(HostProcess host)
    {
        using var network = new NetlinkRoute(host.Sockets);
        using Socket bound = host.PacketOn(Loopback), everywhere = host.PacketOn(0), sender = host.Packet();
        byte[] frame = Frame(Nobody, Experiment, "again");
        var to = new LinkLayerAddress(Loopback, Experiment);
        network.SetLink(Loopback, up: false);
        Expect.Equal(PollEvents.POLLERR | PollEvents.POLLOUT, bound.PollNow(PollEvents.POLLIN | PollEvents.POLLOUT));
        Expect.Fails(Errno.ENETDOWN, bound.TryReceive(new byte[10]));
        Expect.Fails(Errno.EAGAIN, bound.TryReceive(new byte[10]));
        Expect.Fails(Errno.EAGAIN, everywhere.TryReceive(new byte[10]));
        Expect.Fails(Errno.ENETDOWN, sender.TrySendTo(frame, to));
        using Socket late = host.PacketOn(Loopback);
        Expect.Equal((int)Errno.ENETDOWN, late.GetSocketLevel(SO_ERROR));
        Expect.Equal(0, late.GetSocketLevel(SO_ERROR));
        network.SetLink(Loopback, up: true);
        Expect.Equal(frame.Length, sender.SendTo(frame, to));
        foreach (Socket socket in new[] { bound, everywhere, late }) Expect.Equal("again", socket.ReceiveFrame().Text);
    }

    private static byte[] Request(int index, int type, int length)
    {
        byte[] request = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(request, index);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(4), (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(6), (ushort)length);
        return request;
    }

    private static byte[] NameOf(Socket socket)
    {
        byte[] name = new byte[64];
        int length = name.Length;
        Expect.Success(socket.System.GetSockName(socket.Descriptor, name, ref length));
        return name[..length];
    }
}
