using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Requests of ioctl on datagram sockets and interfaces (sections IOCTL and FC).</summary>
public static class RequestScenarios
{
    /// <summary>FIONREAD tells the length of the first datagram, not of all.</summary>
    [Scenario("IOCTL-05", "FC-013")]
    public static void LengthOfTheFirst(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(0, receiver.Available);
            sender.SendText("abc");
            sender.SendText("defgh");
            Expect.Equal(3, receiver.Available);
            receiver.ReceiveText();
            Expect.Equal(5, receiver.Available);
        }
    }

    /// <summary>SIOCOUTQ: nothing stays in the send queue of a datagram that was delivered.</summary>
    [Scenario("IOCTL-06", "FC-014")]
    public static void SendQueue(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            byte[] value = new byte[4];
            sender.Ioctl(IoControl.SIOCOUTQ, value);
            Expect.Equal(0, BinaryPrimitives.ReadInt32LittleEndian(value));
            sender.SendText("abc");
            receiver.ReceiveText();
            sender.Ioctl(IoControl.SIOCOUTQ, value);
            Expect.Equal(0, BinaryPrimitives.ReadInt32LittleEndian(value));
        }
    }

    /// <summary>SIOCGSTAMP fails before the first packet; asking turns stamps on.</summary>
    [Scenario("IOCTL-01")]
    public static void StampOfTheLastPacket(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            byte[] stamp = new byte[16];
            Expect.Fails(Errno.ENOENT, host.Sockets.Ioctl(receiver.Descriptor, IoControl.SIOCGSTAMP, stamp));
            sender.SendText("x");
            receiver.ReceiveText();
            foreach (uint request in new[] { IoControl.SIOCGSTAMP, IoControl.SIOCGSTAMPNS })
            {
                Expect.Success(host.Sockets.Ioctl(receiver.Descriptor, request, stamp));
                Expect.InRange(-2, 2, host.Time.GetUtcNow().ToUnixTimeSeconds() - BinaryPrimitives.ReadInt64LittleEndian(stamp));
            }
        }
    }

    /// <summary>While SO_TIMESTAMP is on, SIOCGSTAMP keeps its old stamp.</summary>
    [Scenario("IOCTL-02")]
    public static void StampIsKept(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            byte[] first = new byte[16], second = new byte[16];
            sender.SendText("x");
            receiver.ReceiveText();
            host.Sockets.Ioctl(receiver.Descriptor, IoControl.SIOCGSTAMP, first);
            receiver.SetSocketLevel(SO_TIMESTAMP, 1);
            host.Sleep(TimeSpan.FromMilliseconds(5));
            sender.SendText("y");
            var message = new ReceiveMessage { Buffer = new byte[4], Control = new byte[64] };
            receiver.ReceiveMessage(ref message);
            host.Sockets.Ioctl(receiver.Descriptor, IoControl.SIOCGSTAMP, second);
            Expect.Bytes(first, second);
        }
    }

    /// <summary>Unknown requests.</summary>
    [Scenario("IOCTL-08")]
    public static void Unknown(HostProcess host)
    {
        using Socket socket = host.Udp();
        byte[] room = new byte[64];
        Expect.Fails(Errno.ENOTTY, host.Sockets.Ioctl(socket.Descriptor, 0x1234, room));
        Expect.Fails(Errno.ENOTTY, host.Sockets.Ioctl(socket.Descriptor, 0x89AA, room));
        Expect.Fails(Errno.ENODEV, host.Sockets.Ioctl(socket.Descriptor, 0x89F0, room));
        Expect.Fails(Errno.ENODEV, host.Sockets.Ioctl(socket.Descriptor, 0x89FF, room));
    }

    /// <summary>The urgent mark is a thing of streams.</summary>
    [Scenario("OOB-09", "IOCTL-07")]
    public static void NoMark(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Fails(Errno.ENOTTY, host.Sockets.Ioctl(socket.Descriptor, IoControl.SIOCATMARK, new byte[4]));
    }

    /// <summary>Name, index, flags, addresses and MTU of an interface by struct ifreq.</summary>
    [Scenario("FC-023")]
    public static void InterfaceRequests(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp();
        int index = near.Sockets.InterfaceIndex("eth0");
        Expect.Equal(index, BinaryPrimitives.ReadInt32LittleEndian(Ask(near, socket, IoControl.SIOCGIFINDEX, "eth0").AsSpan(16)));
        byte[] byIndex = new byte[40];
        BinaryPrimitives.WriteInt32LittleEndian(byIndex.AsSpan(16), index);
        Expect.Success(near.Sockets.Ioctl(socket.Descriptor, IoControl.SIOCGIFNAME, byIndex));
        Expect.Equal("eth0", Encoding.ASCII.GetString(byIndex, 0, 4));
        Expect.Equal(1500, BinaryPrimitives.ReadInt32LittleEndian(Ask(near, socket, IoControl.SIOCGIFMTU, "eth0").AsSpan(16)));
        Expect.Bytes([10, 0, 0, 1], Ask(near, socket, IoControl.SIOCGIFADDR, "eth0").AsSpan(20, 4));
        Expect.Bytes([255, 255, 255, 0], Ask(near, socket, IoControl.SIOCGIFNETMASK, "eth0").AsSpan(20, 4));
        Expect.Bytes([10, 0, 0, 255], Ask(near, socket, IoControl.SIOCGIFBRDADDR, "eth0").AsSpan(20, 4));
        short flags = BinaryPrimitives.ReadInt16LittleEndian(Ask(near, socket, IoControl.SIOCGIFFLAGS, "eth0").AsSpan(16));
        Expect.Equal(0x1 | 0x2 | 0x40 | 0x1000, flags & (0x1 | 0x2 | 0x8 | 0x40 | 0x1000)); // up, broadcast, running, multicast; no loopback
        byte[] unknown = new byte[40];
        "nodev"u8.CopyTo(unknown);
        Expect.Fails(Errno.ENODEV, near.Sockets.Ioctl(socket.Descriptor, IoControl.SIOCGIFMTU, unknown));
    }

    /// <summary>SIOCGIFCONF: a struct ifreq for each IPv4 address, whole ones only; without room the bytes that are needed.</summary>
    [Scenario("FC-022")]
    public static void InterfaceConfiguration(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(AddressFamily.Inet6);
        byte[] room = new byte[200];
        Array.Fill(room, (byte)0xEE);
        Expect.Equal(80, Expect.Success(near.Sockets.Ioctl(socket.Descriptor, IoControl.SIOCGIFCONF, default)));
        Expect.Equal(80, Expect.Success(near.Sockets.Ioctl(socket.Descriptor, IoControl.SIOCGIFCONF, room)));
        foreach ((int at, string name, string address) in new[] { (0, "lo", "127.0.0.1"), (40, "eth0", "10.0.0.1") })
        {
            Expect.Bytes(Encoding.ASCII.GetBytes(name.PadRight(16, '\0')), room.AsSpan(at, 16));
            Expect.Bytes(new InetAddress(address, 0).ToSockAddr(), room.AsSpan(at + 16, 16));
        }
        Expect.Equal(0xEE, room[80]);
        foreach ((int length, int used) in new[] { (39, 0), (40, 40), (50, 40), (79, 40), (80, 80) })
        {
            Array.Fill(room, (byte)0xEE);
            Expect.Equal(used, Expect.Success(near.Sockets.Ioctl(socket.Descriptor, IoControl.SIOCGIFCONF, room.AsSpan(0, length))));
            Expect.Equal(0xEE, room[used]);
        }
    }

    private static byte[] Ask(HostProcess host, Socket socket, uint request, string name)
    {
        byte[] structure = new byte[40];
        Encoding.ASCII.GetBytes(name, structure);
        Expect.Success(host.Sockets.Ioctl(socket.Descriptor, request, structure));
        return structure;
    }
}
