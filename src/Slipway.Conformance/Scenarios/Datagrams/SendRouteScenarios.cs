using System.Buffers.Binary;
using System.Text;
using Slipway.Sockets;
using static Slipway.Sockets.MessageFlags;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What stands between a datagram and its way: the send buffer for its fragments, the interface that IPV6_PKTINFO keeps, a source that has gone (section EXT).</summary>
public static class SendRouteScenarios
{
    private const int NoInterface = 77;

    /// <summary>Each fragment of 1500 bytes costs 2304: of a buffer of 4608 twice, four may be made, and no fifth.</summary>
    [Scenario("EXT-21")]
    public static void Fragments(HostProcess host)
    {
        foreach ((AddressFamily family, int most) in new[] { (AddressFamily.Inet, 4 * 1480 - 8), (AddressFamily.Inet6, 4 * 1448 - 8) })
        {
            (Socket sender, Socket receiver) = host.UdpPair(family);
            using (sender)
            using (receiver)
            {
                Request(host, sender, IoControl.SIOCSIFMTU, 1500);
                sender.SetSocketLevel(SO_SNDBUF, 0);
                Expect.Equal(4608, sender.GetSocketLevel(SO_SNDBUF));
                Expect.Success(host.Sockets.SendTo(sender.Descriptor, new byte[most], MSG_DONTWAIT, default));
                Expect.Fails(Errno.ENOBUFS, host.Sockets.SendTo(sender.Descriptor, new byte[most + 1], MSG_DONTWAIT, default), $"{family}");
                Expect.Success(host.Sockets.SendTo(sender.Descriptor, new byte[most], MSG_DONTWAIT, default));
                // What is held back is lost with the call that finds no room.
                Expect.Success(host.Sockets.SendTo(sender.Descriptor, new byte[100], MSG_MORE, default));
                Expect.Fails(Errno.ENOBUFS, host.Sockets.SendTo(sender.Descriptor, new byte[20_000], MSG_DONTWAIT, default), $"{family}");
                Expect.Success(host.Sockets.SendTo(sender.Descriptor, new byte[3], MSG_DONTWAIT, default));
                byte[] buffer = new byte[8000];
                foreach (int length in new[] { most, most, 3 }) Expect.Equal(length, Expect.Success(host.Sockets.Read(receiver.Descriptor, buffer)));
            }
        }
    }

    /// <summary>The interface of IPV6_PKTINFO binds a socket without a source; with one it only chooses among routes, but for what is on the link or the loopback.</summary>
    [Scenario("EXT-22")]
    public static void KeptInterface(HostProcess near, HostProcess far)
    {
        InetAddress other = new("fd00::2", 9), own = new("fd00::1", 9), loopback = new("::1", 9);
        foreach (bool isBound in new[] { false, true })
        {
            foreach (InetAddress to in new[] { other, own, loopback })
            {
                using Socket socket = near.Udp(AddressFamily.Inet6);
                if (isBound) socket.Bind(new InetAddress("fd00::1", 0));
                Keep(socket, "::", NoInterface);
                bool isFree = isBound && !to.Equals(loopback);
                ExpectThat(isFree, near.Sockets.SendTo(socket.Descriptor, [1], MSG_DONTWAIT, to.ToSockAddr()), $"send to {to}");
                ExpectThat(isFree, near.Sockets.Connect(socket.Descriptor, to.ToSockAddr()), $"connect to {to}");
            }
        }
        using Socket connected = near.Udp(AddressFamily.Inet6), told = near.Udp(AddressFamily.Inet6);
        Expect.Success(near.Sockets.Connect(connected.Descriptor, loopback.ToSockAddr()));
        Keep(connected, "::", NoInterface);
        Expect.Fails(Errno.ENETUNREACH, near.Sockets.SendTo(connected.Descriptor, [1], MSG_DONTWAIT, default));
        // The address is kept, told, and not used.
        told.Bind(new InetAddress("fd00::1", 0));
        using Socket sender = near.Udp(AddressFamily.Inet6);
        Keep(sender, "::1", 0);
        Expect.Success(near.Sockets.SendTo(sender.Descriptor, [1], MSG_DONTWAIT, told.LocalAddress.ToSockAddr()));
        Expect.Equal(1, told.ReceiveFrom(new byte[8], out InetAddress from));
        Expect.Equal(new InetAddress("fd00::1", sender.LocalAddress.Port), from);
    }

    /// <summary>IPv6 does not ask whether the source is still an address of the host: only the way to ::1 is gone with the loopback.</summary>
    [Scenario("EXT-23")]
    public static void SourceThatIsGone(HostProcess near, HostProcess far)
    {
        using Socket socket = near.Udp(AddressFamily.Inet6);
        socket.Bind(new InetAddress("::1", 0));
        Request(near, socket, IoControl.SIOCSIFFLAGS, 0x8);
        Expect.Fails(Errno.ENETUNREACH, near.Sockets.SendTo(socket.Descriptor, [1], MSG_DONTWAIT, new InetAddress("::1", 9).ToSockAddr()));
        Expect.Fails(Errno.ENETUNREACH, near.Sockets.Connect(socket.Descriptor, new InetAddress("::1", 9).ToSockAddr()));
        Expect.Success(near.Sockets.SendTo(socket.Descriptor, [1], MSG_DONTWAIT, new InetAddress("fd00::2", 9).ToSockAddr()));
    }

    /// <summary>A socket of IPv6 that is connected to a mapped address: an address without a family leads to no way, whatever the length.</summary>
    [Scenario("EXT-24")]
    public static void AddressWithoutFamily(HostProcess host)
    {
        using Socket receiver = host.Udp(), socket = host.Udp(AddressFamily.Inet6);
        receiver.Bind(new InetAddress("127.0.0.1", 0));
        Expect.Success(host.Sockets.Connect(socket.Descriptor, new InetAddress("::ffff:127.0.0.1", receiver.LocalAddress.Port).ToSockAddr()));
        foreach (int length in new[] { 1, 65508 })
            Expect.Fails(Errno.ENETUNREACH, host.Sockets.SendTo(socket.Descriptor, new byte[length], MSG_DONTWAIT, new byte[28]), $"{length}");
        Expect.Equal(1, socket.SendText("x"));
        Expect.Equal("x", receiver.ReceiveText());
    }

    private static void ExpectThat(bool succeeds, CallResult result, string what)
    {
        if (succeeds) Expect.Success(result, what);
        else Expect.Fails(Errno.ENETUNREACH, result, what);
    }

    private static void Keep(Socket socket, string source, int index)
    {
        byte[] value = new byte[20];
        System.Net.IPAddress.Parse(source).TryWriteBytes(value, out _);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(16), index);
        socket.SetOption(SocketOptions.IPv6StickyPacketInfo, value);
    }

    private static void Request(HostProcess host, Socket socket, uint request, int value)
    {
        byte[] argument = new byte[40];
        Encoding.ASCII.GetBytes("lo", argument);
        BinaryPrimitives.WriteInt32LittleEndian(argument.AsSpan(16), value);
        Expect.Success(host.Sockets.Ioctl(socket.Descriptor, request, argument));
    }
}
