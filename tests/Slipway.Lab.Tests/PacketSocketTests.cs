using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab.Tests;

/// <summary>Packet sockets where the kernel that judges has no such link: without a link header.</summary>
public class PacketSocketTests
{
    [Fact]
    public void A_link_without_headers_shows_bare_packets_and_takes_them()
    {
        using var net = new VirtualNetwork(seed: 5);
        Host left = net.AddHost("left"), right = net.AddHost("right");
        net.ConnectPointToPoint(left.On(null, "10.0.0.1/24"), right.On(null, "10.0.0.2/24"));
        LinkLayerAddress seenFrom = default, bound = default;
        byte[] seen = [], arrived = [];
        Errno empty = Errno.None, tooLong = Errno.None, membership = Errno.None;

        right.Start("watch", process =>
        {
            int index = process.Sockets.GetInterfaces().Single(static device => !device.IsLoopback).Index;
            using Socket socket = process.Sockets.Open(AddressFamily.Packet, SocketType.Raw);
            socket.Bind(new LinkLayerAddress(index, EthernetProtocol.ETH_P_IP));
            bound = socket.LocalLinkAddress;
            byte[] buffer = new byte[100];
            seen = buffer[..socket.ReceiveFromLink(buffer, out seenFrom)];
            using Socket udp = process.Sockets.Open(AddressFamily.Inet, SocketType.Datagram);
            udp.Bind(new InetAddress("10.0.0.2", 9));
            arrived = buffer[..udp.Receive(buffer)];
        });
        left.Start("send", process =>
        {
            process.Sleep(TimeSpan.FromMilliseconds(1));
            int index = process.Sockets.GetInterfaces().Single(static device => !device.IsLoopback).Index;
            using Socket socket = process.Sockets.Open(AddressFamily.Packet, SocketType.Datagram);
            // IPv4 of UDP to port 9 with two bytes, without a checksum: twice, once for each who waits.
            byte[] packet = [0x45, 0, 0, 30, 0, 0, 0, 0, 64, 17, 0x66, 0xCD, 10, 0, 0, 1, 10, 0, 0, 2, 0, 7, 0, 9, 0, 10, 0, 0, (byte)'h', (byte)'i'];
            var to = new LinkLayerAddress(index, EthernetProtocol.ETH_P_IP);
            socket.SendTo(packet, to);
            process.Sleep(TimeSpan.FromMilliseconds(1));
            socket.SendTo(packet, to);
            empty = Should.Throw<SocketCallException>(() => socket.SendTo([], to)).Errno;
            tooLong = Should.Throw<SocketCallException>(() => socket.SendTo(new byte[1505], to)).Errno;
            membership = Should.Throw<SocketCallException>(() => socket.AddPacketMembership(index, PacketMembership.Multicast, [1, 0, 0x5E, 0, 0, 1])).Errno;
        });
        net.Run();

        bound.HardwareType.ShouldBe(HardwareType.ARPHRD_NONE);
        bound.AddressLength.ShouldBe(0);
        seen.Length.ShouldBe(30);
        seen[0].ShouldBe((byte)0x45);
        seenFrom.ShouldBe(new LinkLayerAddress(bound.InterfaceIndex, EthernetProtocol.ETH_P_IP, HardwareType.ARPHRD_NONE, LinkPacketType.Host, []));
        arrived.ShouldBe("hi"u8.ToArray());
        (empty, tooLong, membership).ShouldBe((Errno.EINVAL, Errno.EMSGSIZE, Errno.EINVAL));
    }
}
