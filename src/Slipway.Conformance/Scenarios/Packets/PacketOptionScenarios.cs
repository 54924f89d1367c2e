using Slipway.Sockets;
using static Slipway.Conformance.RawSockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>What a stream tells of the packets it came in: IP_PKTOPTIONS and IPV6_2292PKTOPTIONS (section EXT).</summary>
public static class PacketOptionScenarios
{
    private const string Loopback6 = "00000000000000000000000000000001", Mapped = "00000000000000000000FFFF7F000001", Nobody6 = "00000000000000000000000000000000";

    private static readonly int[] Asked4 = [IP_PKTINFO, IP_RECVTTL, IP_RECVTOS], Asked6 = [IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IPV6_FLOWINFO];

    /// <summary>Streams alone have them, and nobody sets IP_PKTOPTIONS.</summary>
    [Scenario("EXT-17")]
    public static void OfStreamsAlone(HostProcess host)
    {
        using Socket udp = host.Udp(AddressFamily.Inet6), raw = host.Raw(), tcp = host.Tcp();
        foreach (Socket socket in new[] { udp, raw })
        {
            Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(IPPROTO_IP, IP_PKTOPTIONS));
            Expect.Fails(Errno.ENOPROTOOPT, socket.TrySet(IPPROTO_IP, IP_PKTOPTIONS, 1));
        }
        Expect.Fails(Errno.ENOPROTOOPT, udp.TryGet(IPPROTO_IPV6, IPV6_2292PKTOPTIONS));
        Expect.Equal("", Read(tcp, IPPROTO_IP));
        Expect.Fails(Errno.ENOPROTOOPT, tcp.TrySet(IPPROTO_IP, IP_PKTOPTIONS, 1));
    }

    /// <summary>Of IPv4 an accepted stream tells the interface, time to live and type of service of the segment that ended the handshake; the others tell defaults. The same stands in IP_MULTICAST_TTL.</summary>
    [Scenario("EXT-17")]
    public static void OfIPv4(HostProcess host)
    {
        (Socket client, Socket server) = host.TcpPairWith(listener: static socket => Ask(socket, IPPROTO_IP, Asked4), client: static socket =>
        {
            socket.SetOption(SocketOptions.IPv4Ttl, 77);
            socket.SetOption(SocketOptions.IPv4Tos, 0x28);
        });
        using (client)
        using (server)
        using (Socket fresh = host.Tcp())
        {
            Expect.Equal("", Read(client, IPPROTO_IP));
            foreach (Socket socket in new[] { client, fresh }) Ask(socket, IPPROTO_IP, Asked4);
            const string Accepted = "8=010000007F0000017F000001 2=4D000000 1=28000000";
            Expect.Equal(Accepted, Read(server, IPPROTO_IP));
            Expect.Equal("8=000000007F0000017F000001 2=01000000 1=00000000", Read(client, IPPROTO_IP));
            Expect.Equal("8=000000000000000000000000 2=01000000 1=00000000", Read(fresh, IPPROTO_IP));
            Expect.Equal((77, 1), (server.GetOption(IPPROTO_IP, IP_MULTICAST_TTL), client.GetOption(IPPROTO_IP, IP_MULTICAST_TTL)));

            client.SetOption(SocketOptions.IPv4Ttl, 99);
            client.SendText("x");
            server.ReceiveText();
            Expect.Equal(Accepted, Read(server, IPPROTO_IP));

            // What does not fit is cut, and padding counts.
            foreach ((int room, int length) in new[] { (15, 0), (16, 16), (20, 20), (30, 30), (40, 32), (48, 48), (100, 80) })
                Expect.Equal(length, server.GetOption(IPPROTO_IP, IP_PKTOPTIONS, new byte[room]), $"{room}");
        }
    }

    /// <summary>Of IPv6 it tells the SYN, if the listener asked for its address or hop limit, and then each segment that has something that was asked for; between them the fields that were noted last.</summary>
    [Scenario("EXT-18")]
    public static void OfIPv6(HostProcess host)
    {
        (Socket client, Socket server) = Pair(host, Asked6, static socket => SetFields(socket, 77, 0x28));
        using (client)
        using (server)
        {
            Expect.Equal($"50={Loopback6}01000000 52=4D000000 67=28000000 11=02800000", Read(server, IPPROTO_IPV6));
            Expect.Equal((77, 1), (server.GetOption(IPPROTO_IPV6, IPV6_MULTICAST_HOPS), server.GetOption(IPPROTO_IPV6, IPV6_MULTICAST_IF)));
            Expect.Equal((1, 0), (client.GetOption(IPPROTO_IPV6, IPV6_MULTICAST_HOPS), client.GetOption(IPPROTO_IPV6, IPV6_MULTICAST_IF)));
            Ask(client, IPPROTO_IPV6, Asked6);
            Expect.Equal($"50={Nobody6}00000000 52=01000000 67=00000000 11=00000000", Read(client, IPPROTO_IPV6));

            SetFields(client, 99, 0x48);
            client.SendText("x");
            server.ReceiveText();
            Expect.Equal($"50={Loopback6}01000000 52=63000000 67=48000000 11=04800000", Read(server, IPPROTO_IPV6));
            Expect.Equal(99, server.GetOption(IPPROTO_IPV6, IPV6_MULTICAST_HOPS));
            SetFields(client, 50, 0);
            client.SendText("y");
            server.ReceiveText();
            Expect.Equal($"50={Loopback6}01000000 52=32000000 67=00000000 11=00000000", Read(server, IPPROTO_IPV6));
            // Of IPv4 there is nothing but an address that stands for none.
            Ask(server, IPPROTO_IP, Asked4);
            Expect.Equal("8=000000007F0000067F000006 2=01000000 1=00000000", Read(server, IPPROTO_IP));
        }
    }

    /// <summary>Who asks late is told by the fields of the handshake, with the peer for an address; RFC 2292's numbers stand behind the others, and before the flow.</summary>
    [Scenario("EXT-18")]
    public static void AskedLate(HostProcess host)
    {
        (Socket client, Socket server) = Pair(host, [], static socket => SetFields(socket, 77, 0x28));
        using (client)
        using (server)
        using (Socket fresh = host.Tcp(AddressFamily.Inet6))
        {
            Ask(server, IPPROTO_IPV6, [.. Asked6, IPV6_2292PKTINFO, IPV6_2292HOPLIMIT]);
            Expect.Equal($"50={Loopback6}01000000 52=4D000000 67=28000000 2={Loopback6}01000000 8=4D000000 11=02800000", Read(server, IPPROTO_IPV6));
            Ask(fresh, IPPROTO_IPV6, [.. Asked6, IPV6_2292PKTINFO]);
            fresh.SetOption(SocketOptions.IPv6StickyPacketInfo, [.. Convert.FromHexString(Loopback6), 1, 0, 0, 0]);
            Expect.Equal($"50={Loopback6}01000000 52=01000000 67=00000000 2={Loopback6}01000000 11=00000000", Read(fresh, IPPROTO_IPV6));
        }
    }

    /// <summary>Extension headers of a segment are told until one comes without.</summary>
    [Scenario("EXT-18")]
    public static void ExtensionHeaders(HostProcess host)
    {
        byte[] hop = [0, 0, 1, 4, 0, 0, 0, 0], destination = [0, 0, 0x1E, 4, 1, 2, 3, 4];
        (Socket client, Socket server) = Pair(host, [IPV6_RECVHOPLIMIT, IPV6_RECVHOPOPTS, IPV6_RECVDSTOPTS], socket =>
        {
            SetFields(socket, 64, 0);
            socket.SetOption(SocketOptions.IPv6HopOptions, hop);
            socket.SetOption(SocketOptions.IPv6DestinationOptions, destination);
        });
        using (client)
        using (server)
        {
            const string Whole = "52=40000000 54=3C00010400000000 59=06001E0401020304";
            Expect.Equal(Whole, Read(server, IPPROTO_IPV6));
            client.SendText("x");
            server.ReceiveText();
            Expect.Equal(Whole, Read(server, IPPROTO_IPV6));
            foreach (int option in new[] { IPV6_HOPOPTS, IPV6_DSTOPTS }) Expect.Success(client.TrySet(IPPROTO_IPV6, option, []));
            client.SendText("y");
            server.ReceiveText();
            Expect.Equal("52=40000000", Read(server, IPPROTO_IPV6));
        }
    }

    /// <summary>A stream of IPv6 that came by IPv4 has the fields of both.</summary>
    [Scenario("EXT-18")]
    public static void Mapped4(HostProcess host)
    {
        using Socket listener = host.Tcp(AddressFamily.Inet6), client = host.Tcp();
        Ask(listener, IPPROTO_IPV6, Asked6);
        Ask(listener, IPPROTO_IP, Asked4);
        listener.Bind(new InetAddress("::", 0));
        listener.Listen();
        client.SetOption(SocketOptions.IPv4Ttl, 55);
        client.SetOption(SocketOptions.IPv4Tos, 0x28);
        client.Connect(InetAddress.LoopbackIPv4((ushort)listener.LocalAddress.Port));
        using Socket server = listener.Accept(out _);
        Expect.Equal($"50={Mapped}01000000 52=37000000 67=00000000 11=00000000", Read(server, IPPROTO_IPV6));
        Expect.Equal("8=010000007F0000017F000001 2=37000000 1=28000000", Read(server, IPPROTO_IP));
        Expect.Equal((55, 55, 1), (server.GetOption(IPPROTO_IP, IP_MULTICAST_TTL), server.GetOption(IPPROTO_IPV6, IPV6_MULTICAST_HOPS), server.GetOption(IPPROTO_IPV6, IPV6_MULTICAST_IF)));
    }

    private static StreamPair Pair(HostProcess host, int[] asked, Action<Socket> client)
    {
        using Socket listener = host.Tcp(AddressFamily.Inet6);
        Ask(listener, IPPROTO_IPV6, asked);
        listener.Bind(InetAddress.LoopbackIPv6(0));
        listener.Listen();
        Socket opener = host.Tcp(AddressFamily.Inet6);
        client(opener);
        opener.Connect(listener.LocalAddress);
        return new StreamPair(opener, listener.Accept(out _));
    }

    private static void Ask(Socket socket, int level, int[] options)
    {
        foreach (int option in options) socket.SetOption(level, option, 1);
    }

    private static void SetFields(Socket socket, int hops, int trafficClass)
    {
        // Without a label of the system's own.
        socket.SetOption(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 0);
        socket.SetOption(IPPROTO_IPV6, IPV6_UNICAST_HOPS, hops);
        socket.SetOption(IPPROTO_IPV6, IPV6_TCLASS, trafficClass);
    }

    /// <summary>The control messages as text: type, equals sign, bytes in hexadecimal.</summary>
    private static string Read(Socket socket, int level)
    {
        byte[] value = new byte[512];
        int length = socket.GetOption(level, level == IPPROTO_IP ? IP_PKTOPTIONS : IPV6_2292PKTOPTIONS, value);
        var reader = new ControlMessageReader(value.AsSpan(0, length));
        var texts = new List<string>();
        while (reader.MoveNext()) texts.Add($"{reader.Type}={Convert.ToHexString(reader.Data)}");
        return string.Join(' ', texts);
    }
}
