using System.Text;
using Slipway.Sockets;
using static Slipway.Conformance.RawSockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>IPV6_ADDRFORM: sockets of IPv6 that become sockets of IPv4 (section EXT).</summary>
public static class AddressFormScenarios
{
    private const int Inet = (int)AddressFamily.Inet, Inet6 = (int)AddressFamily.Inet6;

    /// <summary>UDP and TCP have it, while they are connected to an address of IPv4; there is no way back.</summary>
    [Scenario("EXT-14")]
    public static void Refused(HostProcess host)
    {
        using Socket udp = host.Udp(AddressFamily.Inet6), native = host.UdpOnLoopback(AddressFamily.Inet6), raw = host.Raw(Experiment, AddressFamily.Inet6), tcp = host.Tcp(AddressFamily.Inet6), only = host.Udp(AddressFamily.Inet6);
        foreach (Socket socket in new[] { udp, raw, tcp })
        {
            foreach (int value in new[] { 0, Inet6, -1 }) Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_ADDRFORM, value));
            Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_ADDRFORM, [Inet]));
            Errno expected = socket == raw ? Errno.ENOPROTOOPT : Errno.ENOTCONN;
            Expect.Fails(expected, socket.TrySet(IPPROTO_IPV6, IPV6_ADDRFORM, Inet));
            Expect.Fails(expected, socket.TryGet(IPPROTO_IPV6, IPV6_ADDRFORM));
        }
        udp.Connect(native.LocalAddress);
        Expect.Equal(Inet6, udp.GetOption(IPPROTO_IPV6, IPV6_ADDRFORM));
        Expect.Fails(Errno.EADDRNOTAVAIL, udp.TrySet(IPPROTO_IPV6, IPV6_ADDRFORM, Inet));
        udp.SetOption(IPPROTO_UDP, UDP_CORK, 1);
        udp.SendText("held");
        Expect.Fails(Errno.EBUSY, udp.TrySet(IPPROTO_IPV6, IPV6_ADDRFORM, Inet));
        Expect.Equal(Inet6, udp.GetOption(IPPROTO_IPV6, IPV6_ADDRFORM));

        (Socket client, Socket server) = host.TcpPair(AddressFamily.Inet6);
        using (client)
        using (server) Expect.Fails(Errno.EADDRNOTAVAIL, client.TrySet(IPPROTO_IPV6, IPV6_ADDRFORM, Inet));
    }

    /// <summary>A datagram socket: its names, its options and its addresses are those of IPv4 from then on; what is queued or held back stays.</summary>
    [Scenario("EXT-15")]
    public static void Datagrams(HostProcess host)
    {
        using Socket peer = host.UdpOnLoopback(), socket = host.Udp(AddressFamily.Inet6);
        foreach (int option in new[] { IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT }) socket.SetOption(IPPROTO_IPV6, option, 1);
        foreach (int option in new[] { IP_PKTINFO, IP_RECVTTL }) socket.SetOption(IPPROTO_IP, option, 1);
        socket.SetOption(SocketOptions.IPv4Ttl, 77);
        socket.Bind(new InetAddress("::", 0));
        ushort port = (ushort)socket.LocalAddress.Port;
        InetAddress mapped = new("::ffff:127.0.0.1", (ushort)peer.LocalAddress.Port);
        socket.Connect(mapped);
        Expect.Equal(new InetAddress("::ffff:127.0.0.1", port), socket.LocalAddress);
        peer.SendTextTo("before", InetAddress.LoopbackIPv4(port));
        socket.SetOption(IPPROTO_UDP, UDP_CORK, 1);
        socket.SendText("held ");

        Expect.Equal(Inet6, socket.GetOption(IPPROTO_IPV6, IPV6_ADDRFORM));
        socket.SetOption(IPPROTO_IPV6, IPV6_ADDRFORM, Inet);
        Expect.Fails(Errno.EOPNOTSUPP, socket.TryGet(IPPROTO_IPV6, IPV6_ADDRFORM));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(IPPROTO_IPV6, IPV6_ADDRFORM, Inet));
        Expect.Fails(Errno.EOPNOTSUPP, socket.TryGet(IPPROTO_IPV6, IPV6_RECVPKTINFO));
        Expect.Equal((Inet, 77), (socket.GetSocketLevel(SO_DOMAIN), socket.GetOption(SocketOptions.IPv4Ttl)));
        Expect.Equal((InetAddress.LoopbackIPv4(port), peer.LocalAddress), (socket.LocalAddress, socket.RemoteAddress));

        socket.SendText("back");
        socket.SetOption(IPPROTO_UDP, UDP_CORK, 0);
        byte[] buffer = new byte[16];
        int length = peer.ReceiveFrom(buffer, out InetAddress from);
        Expect.Equal(("held back", InetAddress.LoopbackIPv4(port)), (Encoding.ASCII.GetString(buffer, 0, length), from));
        Received received = socket.ReceiveWhole();
        Expect.Equal(("before", "0/8 0/2", 16), (Encoding.ASCII.GetString(received.Data), received.Order, received.AddressLength));
        peer.SendTextTo("after", InetAddress.LoopbackIPv4(port));
        Expect.Equal("after", socket.ReceiveText());

        // Its addresses are others now.
        Expect.Throws(Errno.EAFNOSUPPORT, () => socket.Connect(mapped));
        Expect.Fails(Errno.EAFNOSUPPORT, socket.TrySendTo("x"u8, mapped));
        socket.Disconnect();
        Expect.Equal(new InetAddress("0.0.0.0", 0), socket.LocalAddress);
        socket.Connect(peer.LocalAddress);
        socket.SendText("again");
        Expect.Equal("again", peer.ReceiveText());
    }

    /// <summary>A stream, the opener's and the accepted one, while both directions are open.</summary>
    [Scenario("EXT-16")]
    public static void Streams(HostProcess host)
    {
        using Socket listener = host.Tcp(AddressFamily.Inet6), client = host.Tcp(AddressFamily.Inet6);
        listener.Bind(new InetAddress("::", 0));
        listener.Listen();
        Expect.Fails(Errno.ENOTCONN, listener.TrySet(IPPROTO_IPV6, IPV6_ADDRFORM, Inet));
        ushort port = (ushort)listener.LocalAddress.Port;
        client.Connect(new InetAddress("::ffff:127.0.0.1", port));
        using Socket server = listener.Accept(out InetAddress peer);
        Expect.Equal(AddressFamily.Inet6, peer.Family);
        client.SendText("one");
        foreach (Socket socket in new[] { client, server })
        {
            Expect.Equal(Inet6, socket.GetOption(IPPROTO_IPV6, IPV6_ADDRFORM));
            socket.SetOption(IPPROTO_IPV6, IPV6_ADDRFORM, Inet);
            Expect.Equal(Inet, socket.GetSocketLevel(SO_DOMAIN));
            Expect.Equal((AddressFamily.Inet, AddressFamily.Inet), (socket.LocalAddress.Family, socket.RemoteAddress.Family));
            Expect.Fails(Errno.EOPNOTSUPP, socket.TryGet(IPPROTO_IPV6, IPV6_V6ONLY));
        }
        Expect.Equal(InetAddress.LoopbackIPv4(port), client.RemoteAddress);
        server.SendText("two");
        Expect.Equal(("one", "two"), (server.ReceiveText(), client.ReceiveText()));

        // An end that came is no established connection any more.
        using Socket second = host.Tcp();
        second.Connect(InetAddress.LoopbackIPv4(port));
        using Socket accepted = listener.Accept(out _);
        second.Dispose();
        accepted.Receive(new byte[1]);
        Expect.Fails(Errno.ENOTCONN, accepted.TrySet(IPPROTO_IPV6, IPV6_ADDRFORM, Inet));
        client.Disconnect();
        Expect.Throws(Errno.EAFNOSUPPORT, () => client.Connect(new InetAddress("::ffff:127.0.0.1", port)));
        client.Connect(InetAddress.LoopbackIPv4(port));
        Expect.Equal(AddressFamily.Inet, client.LocalAddress.Family);
    }
}
