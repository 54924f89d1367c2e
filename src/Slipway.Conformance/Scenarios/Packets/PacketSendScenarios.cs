using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Conformance.PacketSockets;
using static Slipway.Sockets.EthernetProtocol;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Frames that programs send by packet sockets.</summary>
public static class PacketSendScenarios
{
    /// <summary>Which sizes a raw socket sends: from a header to the MTU behind it, and a VLAN tag more.</summary>
    [Scenario("PKT-13")]
    public static void SizesOfRawFrames(HostProcess one, HostProcess two)
    {
        int link = one.Link();
        using Socket socket = one.Packet();
        byte[] frame = Frame(Everybody, Experiment, new byte[2000]), tagged = Frame(Everybody, ETH_P_8021Q, [0, 5, 0x88, 0xB5, .. new byte[2000]]);
        var to = new LinkLayerAddress(link, Experiment);
        foreach (int length in new[] { 0, 1, 13 }) Expect.Fails(Errno.EINVAL, socket.TrySendTo(frame.AsSpan(0, length), to));
        foreach (int length in new[] { 14, 15, 1514 }) Expect.Equal(length, Expect.Success(socket.TrySendTo(frame.AsSpan(0, length), to)));
        foreach (int length in new[] { 1515, 1518, 1519, 2014 }) Expect.Fails(Errno.EMSGSIZE, socket.TrySendTo(frame.AsSpan(0, length), to));
        foreach (int length in new[] { 14, 17, 18, 1514, 1515, 1518 }) Expect.Equal(length, Expect.Success(socket.TrySendTo(tagged.AsSpan(0, length), to)));
        Expect.Fails(Errno.EMSGSIZE, socket.TrySendTo(tagged.AsSpan(0, 1519), to));
        byte[] large = new byte[65551];
        Expect.Equal(65550, Expect.Success(socket.TrySendTo(large.AsSpan(0, 65550), new LinkLayerAddress(Loopback, ETH_P_ALL))));
        Expect.Fails(Errno.EMSGSIZE, socket.TrySendTo(large, new LinkLayerAddress(Loopback, ETH_P_ALL)));
    }

    /// <summary>Where to: the address, or what the socket is bound to.</summary>
    [Scenario("PKT-13")]
    public static void WhereTo(HostProcess host)
    {
        using Socket unbound = host.Packet(), bound = host.PacketOn(Loopback), everywhere = host.PacketOn(0);
        byte[] frame = Frame(Nobody, Experiment, "x");
        Expect.Fails(Errno.ENXIO, unbound.TrySend(frame));
        Expect.Fails(Errno.ENXIO, everywhere.TrySend(frame));
        Expect.Equal(frame.Length, bound.Send(frame));
        foreach (int index in new[] { 0, 77, -1 }) Expect.Fails(Errno.ENXIO, unbound.TrySendTo(frame, new LinkLayerAddress(index, Experiment)));
        foreach (int length in new[] { 1, 12, 18, 19 }) Expect.Fails(Errno.EINVAL, unbound.TrySendTo(frame, new LinkLayerAddress(Loopback, Experiment), length));
        Expect.Equal(frame.Length, Expect.Success(unbound.TrySendTo(frame, new LinkLayerAddress(Loopback, Experiment), 24)));
        byte[] address = new byte[LinkLayerAddress.StructureLength];
        new LinkLayerAddress(Loopback, Experiment, Nobody).Write(address);
        // The length of the address inside may not reach beyond the structure; its family is not looked at.
        address[11] = 9;
        Expect.Fails(Errno.EINVAL, host.Sockets.SendTo(unbound.Descriptor, frame, MessageFlags.None, address));
        address[11] = 8;
        address[0] = 2;
        Expect.Equal(frame.Length, Expect.Success(host.Sockets.SendTo(unbound.Descriptor, frame, MessageFlags.None, address)));
        foreach (MessageFlags flag in new[] { MessageFlags.MSG_OOB, MessageFlags.MSG_DONTROUTE, MessageFlags.MSG_EOR, MessageFlags.MSG_CONFIRM, MessageFlags.MSG_MORE })
            Expect.Equal(frame.Length, bound.Send(frame, flag));
    }

    /// <summary>Of a datagram socket the device makes the header; the protocol and the destination are the address's.</summary>
    [Scenario("PKT-14")]
    public static void TheDeviceMakesTheHeader(HostProcess one, HostProcess two)
    {
        int link = one.Link();
        using Socket socket = one.Packet(SocketType.Datagram), bound = one.PacketOn(link, Experiment, SocketType.Datagram), receiver = two.PacketOn(two.Link());
        var to = new LinkLayerAddress(link, Experiment, Everybody);
        foreach (int length in new[] { 0, 1, 1500 })
        {
            byte[] data = new byte[length];
            Expect.Equal(length, socket.SendTo(data, to));
            Expect.Bytes(Frame(Everybody, Experiment, data, one.LinkAddress(link)), receiver.ReceiveFrame().Data);
        }
        Expect.Fails(Errno.EMSGSIZE, socket.TrySendTo(new byte[1501], to));
        Expect.Fails(Errno.EINVAL, socket.TrySendTo("x"u8, to, 18));
        // A length of the address that the device has not does not matter; none at all does.
        Expect.Success(socket.TrySendTo("x"u8, new LinkLayerAddress(link, Experiment)));
        Expect.Bytes(Frame(Nobody, Experiment, "x", one.LinkAddress(link)), receiver.ReceiveFrame().Data);
        Expect.Fails(Errno.EINVAL, bound.TrySend("x"u8));
        // The numbers for IEEE 802.3 stand for the length.
        using Socket all = two.PacketOn(two.Link(), ETH_P_802_2);
        socket.SendTo("abc"u8, new LinkLayerAddress(link, ETH_P_802_2, Everybody));
        Expect.Bytes(Frame(Everybody, 3, "abc", one.LinkAddress(link)), all.ReceiveFrame().Data);
        using Socket loopback = one.PacketOn(Loopback, Experiment, SocketType.Datagram);
        Expect.Equal(1, loopback.Send("x"u8));
        Expect.Bytes("x"u8, loopback.ReceiveFrame().Data);
    }

    /// <summary>A datagram made by hand arrives at a socket of the other host, and an ARP request is answered.</summary>
    [Scenario("PKT-14")]
    public static void TheOtherHostTakesThem(HostProcess one, HostProcess two)
    {
        int link = one.Link();
        byte[] here = one.LinkAddress(link), there = two.LinkAddress(two.Link());
        InetAddress from = new("10.0.0.1", 0), to = new("10.0.0.2", 0);
        using Socket udp = two.Udp(), cooked = one.Packet(SocketType.Datagram), arp = one.PacketOn(link, ETH_P_ARP);
        udp.Bind(to);
        udp.LimitReceive(TimeSpan.FromSeconds(10));
        cooked.SendTo(IPv4(17, from, to, Udp(4242, udp.LocalAddress.Port, "by hand"u8)), new LinkLayerAddress(link, ETH_P_IP, there));
        byte[] text = new byte[20];
        Expect.Equal(7, udp.ReceiveFrom(text, out InetAddress sender));
        Expect.Equal(new InetAddress("10.0.0.1", 4242), sender);

        byte[] request = [0, 1, 8, 0, 6, 4, 0, 1, .. here, 10, 0, 0, 1, .. Nobody, 10, 0, 0, 2];
        arp.Send(Frame(Everybody, ETH_P_ARP, request, here));
        // Neighbours may ask as well: the answer is the one that says it is.
        PacketReceipt answer = arp.ReceiveFrame();
        while (BinaryPrimitives.ReadUInt16BigEndian(answer.Data.AsSpan(20)) != 2) answer = arp.ReceiveFrame();
        Expect.Bytes(there, answer.Data.AsSpan(6, 6));
        Expect.Bytes([0, 1, 8, 0, 6, 4, 0, 2, .. there, 10, 0, 0, 2, .. here, 10, 0, 0, 1], answer.Data.AsSpan(14, 28));
    }

    /// <summary>Control messages: those of SOL_SOCKET are checked, others passed over.</summary>
    [Scenario("PKT-13")]
    public static void ControlMessages(HostProcess host)
    {
        using Socket socket = host.PacketOn(Loopback);
        byte[] frame = Frame(Nobody, Experiment, "x");
        Expect.Equal(frame.Length, Expect.Success(Send(SocketLevel.SOL_SOCKET, SO_MARK, 4)));
        Expect.Fails(Errno.EINVAL, Send(SocketLevel.SOL_SOCKET, SO_MARK, 2));
        Expect.Fails(Errno.EINVAL, Send(SocketLevel.SOL_SOCKET, 99, 4));
        Expect.Equal(frame.Length, Expect.Success(Send(SocketLevel.SOL_PACKET, 99, 4)));
        Expect.Equal(frame.Length, Expect.Success(Send(SocketLevel.IPPROTO_IP, IP_TTL, 4)));

        CallResult Send(int level, int type, int length)
        {
            byte[] control = new byte[24];
            BinaryPrimitives.WriteInt64LittleEndian(control, 16 + length);
            BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(8), level);
            BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(12), type);
            return host.Sockets.SendMsg(socket.Descriptor, new SendMessage { Buffer = frame, Control = control }, MessageFlags.None);
        }
    }

    /// <summary>SO_NOFCS: devices that make the checksum of frames themselves do not take one.</summary>
    [Scenario("PKT-30")]
    public static void ChecksumsOfFrames(HostProcess host)
    {
        using Socket socket = host.PacketOn(Loopback, Experiment + 1), udp = host.Udp(), receiver = host.PacketOn(Loopback);
        foreach (Socket any in new[] { socket, udp })
        {
            Expect.Equal(0, any.GetSocketLevel(SocketOptionName.SO_NOFCS));
            any.SetSocketLevel(SocketOptionName.SO_NOFCS, 5);
            Expect.Equal(1, any.GetSocketLevel(SocketOptionName.SO_NOFCS));
        }
        byte[] frame = Frame(Nobody, Experiment, "x");
        Expect.Fails(Errno.EPROTONOSUPPORT, socket.TrySend(frame));
        Expect.Fails(Errno.EPROTONOSUPPORT, socket.TrySend(new byte[100_000]));
        Expect.Fails(Errno.EPROTONOSUPPORT, socket.TrySend([]));
        Expect.Fails(Errno.ENXIO, socket.TrySendTo(frame, new LinkLayerAddress(99, Experiment)));
        Expect.Success(udp.TrySendTo([], new InetAddress("127.0.0.1", 9)));
        using PacketSendRing ring = socket.OpenSendRing(PacketRings.Pages(PacketRingVersion.V2, 1));
        Expect.True(ring.TryReserve(out Span<byte> room));
        frame.CopyTo(room);
        ring.Commit(frame.Length);
        Expect.Equal(frame.Length, ring.Send());
        Expect.Equal("x", receiver.TakeTexts());
    }
}
