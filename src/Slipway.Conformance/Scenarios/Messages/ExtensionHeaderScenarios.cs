using System.Text;
using Slipway.Sockets;
using static Slipway.Conformance.RawSockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Extension headers of IPv6, sent and received: as options, as control messages, by the numbers of RFC 3542 and of RFC 2292 (section EXT).</summary>
public static class ExtensionHeaderScenarios
{
    private static readonly InetAddress Far = new("fd00::2", 0);

    private static readonly byte[] Hop = [0, 0, 1, 4, 0, 0, 0, 0], Destination = [0, 0, 0x1E, 4, 1, 2, 3, 4];

    private static readonly byte[] Route0 = [0, 2, 0, 1, 0, 0, 0, 0, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];

    /// <summary>A raw socket sends the headers of a message, and another gets them: hop-by-hop, then destination options.</summary>
    [Scenario("I6-005", "I6-007", "I6-010")]
    public static void InMessages(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw(Experiment, AddressFamily.Inet6), receiver = far.Raw(Experiment, AddressFamily.Inet6);
        foreach (int option in new[] { IPV6_RECVHOPOPTS, IPV6_RECVDSTOPTS, IPV6_RECVRTHDR }) receiver.SetOption(IPPROTO_IPV6, option, 1);
        const string HopText = "54=3C00010400000000", DestinationText = "59=FD001E0401020304";
        foreach ((string expected, (int, byte[])[] messages) in new (string, (int, byte[])[])[]
        {
            ("54=FD00010400000000", [(IPV6_HOPOPTS, Hop)]),
            (DestinationText, [(IPV6_DSTOPTS, Destination)]),
            ($"{HopText} {DestinationText}", [(IPV6_DSTOPTS, Destination), (IPV6_HOPOPTS, Hop)]),
            // Options for the hops of a route have none to go with.
            ("", [(IPV6_RTHDRDSTOPTS, Destination)]),
            ($"{HopText} {DestinationText}", [(IPV6_2292HOPOPTS, Hop), (IPV6_2292DSTOPTS, Destination)]),
            // What a message has beyond the header's own length is left out.
            ("54=FD00010400000000", [(IPV6_HOPOPTS, [.. Hop, .. Hop])]),
        })
        {
            Expect.Equal(4, Expect.Success(sender.TrySendWith(Far, "data", messages)));
            (byte[] data, string received) = receiver.ReceiveWithMessages(IPPROTO_IPV6);
            Expect.Equal(("data", expected), (Encoding.ASCII.GetString(data), received));
        }
    }

    /// <summary>The messages of RFC 2292 come behind those of RFC 3542.</summary>
    [Scenario("EXT-01")]
    public static void OldMessages(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw(Experiment, AddressFamily.Inet6), receiver = far.Raw(Experiment, AddressFamily.Inet6);
        foreach (int option in new[] { IPV6_2292PKTINFO, IPV6_2292HOPLIMIT, IPV6_2292HOPOPTS, IPV6_2292DSTOPTS, IPV6_2292RTHDR, IPV6_RECVHOPLIMIT })
        {
            Expect.Equal(0, receiver.GetOption(IPPROTO_IPV6, option));
            receiver.SetOption(IPPROTO_IPV6, option, 1);
            Expect.Equal(1, receiver.GetOption(IPPROTO_IPV6, option));
        }
        sender.TrySendWith(Far, "data", (IPV6_HOPOPTS, Hop), (IPV6_DSTOPTS, Destination), (IPV6_2292HOPLIMIT, [7, 0, 0, 0]));
        string messages = receiver.ReceiveWithMessages(IPPROTO_IPV6).Messages;
        Expect.True(messages.StartsWith("52=07000000 2=FD000000000000000000000000000002", StringComparison.Ordinal));
        Expect.True(messages.EndsWith(" 8=07000000 3=3C00010400000000 4=FD001E0401020304", StringComparison.Ordinal));
        Expect.Fails(Errno.EINVAL, receiver.TrySet(IPPROTO_IPV6, IPV6_2292PKTINFO, [1]));
    }

    /// <summary>What a message is refused for; routing headers of type 0 and of unknown types always.</summary>
    [Scenario("EXT-02")]
    public static void RefusedMessages(HostProcess near, HostProcess far)
    {
        using Socket sender = near.Raw(Experiment, AddressFamily.Inet6);
        foreach ((int, byte[])[] messages in new (int, byte[])[][]
        {
            [(IPV6_HOPOPTS, Hop), (IPV6_HOPOPTS, Hop)],
            [(IPV6_2292DSTOPTS, Destination), (IPV6_2292DSTOPTS, Destination)],
            [(IPV6_HOPOPTS, [0])],
            [(IPV6_HOPOPTS, [0, 1, 0, 0, 0, 0, 0, 0])],
            [(IPV6_RTHDR, Route0)],
            [(IPV6_2292RTHDR, Route0)],
            [(IPV6_RTHDR, [0, 0])],
            [(IPV6_RTHDR, [0, 2, 9, 1, .. Route0.AsSpan(4)])],
        }) Expect.Fails(Errno.EINVAL, sender.TrySendWith(Far, "x", messages));
        Expect.Equal(1, Expect.Success(sender.TrySendWith(Far, "x", (IPV6_DSTOPTS, Destination), (IPV6_DSTOPTS, Destination))));
    }

    /// <summary>Headers of the socket go with every packet, of raw and of UDP sockets; any in a message takes the place of all.</summary>
    [Scenario("I6-017")]
    public static void OfTheSocket(HostProcess near, HostProcess far)
    {
        using Socket raw = near.Raw(Experiment, AddressFamily.Inet6), udp = near.Udp(AddressFamily.Inet6), rawReceiver = far.Raw(Experiment, AddressFamily.Inet6), udpReceiver = far.Udp(AddressFamily.Inet6);
        udpReceiver.Bind(new InetAddress("fd00::2", 5000));
        udpReceiver.LimitReceive(TimeSpan.FromSeconds(10));
        foreach ((Socket sender, Socket receiver, string protocol, InetAddress to) in new[] { (raw, rawReceiver, "FD", Far), (udp, udpReceiver, "11", udpReceiver.LocalAddress) })
        {
            foreach (int option in new[] { IPV6_RECVHOPOPTS, IPV6_RECVDSTOPTS }) receiver.SetOption(IPPROTO_IPV6, option, 1);
            sender.SetOption(SocketOptions.IPv6HopOptions, Hop);
            sender.SetOption(SocketOptions.IPv6DestinationOptions, Destination);
            string both = $"54=3C00010400000000 59={protocol}001E0401020304";
            foreach ((string expected, (int, byte[])[] messages) in new (string, (int, byte[])[])[]
            {
                (both, []),
                (both, [(IPV6_HOPLIMIT, [7, 0, 0, 0])]),
                ($"59={protocol}001E0401020304", [(IPV6_DSTOPTS, Destination)]),
                ("", [(IPV6_RTHDRDSTOPTS, Destination)]),
            })
            {
                Expect.Success(sender.TrySendWith(to, "data", messages));
                Expect.Equal(expected, receiver.ReceiveWithMessages(IPPROTO_IPV6).Messages);
            }
            // In fragments they come once, and the packet whole.
            Expect.Equal(3000, sender.SendTo(new byte[3000], to));
            Expect.Equal(both, receiver.ReceiveWithMessages(IPPROTO_IPV6).Messages);
        }
    }

    /// <summary>The values: whole headers of a multiple of eight bytes, privileged but for the route; nothing removes them.</summary>
    [Scenario("I6-017")]
    public static void Values(HostProcess host)
    {
        using Socket raw = host.Raw(Experiment, AddressFamily.Inet6), udp = host.Udp(AddressFamily.Inet6), tcp = host.Sockets.Open(AddressFamily.Inet6, SocketType.Stream);
        foreach (Socket socket in new[] { raw, udp, tcp })
        {
            foreach (int option in new[] { IPV6_HOPOPTS, IPV6_DSTOPTS, IPV6_RTHDRDSTOPTS })
            {
                Expect.Equal("", socket.GetHex(IPPROTO_IPV6, option));
                Expect.Success(socket.TrySet(IPPROTO_IPV6, option, Destination));
                Expect.Equal("00001E0401020304", socket.GetHex(IPPROTO_IPV6, option));
                Expect.Equal("00001E", socket.GetHex(IPPROTO_IPV6, option, 3));
                foreach (byte[] wrong in new byte[][] { [0], [0, 0, 0, 0], new byte[9], [0, 1, 0, 0, 0, 0, 0, 0], new byte[2048] })
                    Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, option, wrong), $"{wrong.Length}");
                Expect.Success(socket.TrySet(IPPROTO_IPV6, option, [9, 0, 200, 200, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0]));
                Expect.Equal("0900C8C801020304", socket.GetHex(IPPROTO_IPV6, option));
                Expect.Success(socket.TrySet(IPPROTO_IPV6, option, []));
                Expect.Equal("", socket.GetHex(IPPROTO_IPV6, option));
            }
            Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_RTHDR, Route0));
            Expect.Success(socket.TrySet(IPPROTO_IPV6, IPV6_RTHDR, []));
            Expect.Equal("", socket.GetHex(IPPROTO_IPV6, IPV6_RTHDR));
        }
    }

    /// <summary>IPV6_2292PKTOPTIONS sets all headers at once, as control messages.</summary>
    [Scenario("EXT-03")]
    public static void AllAtOnce(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        byte[] room = new byte[64];
        var writer = new ControlMessageWriter(room);
        Expect.True(writer.TryAdd(IPPROTO_IPV6, IPV6_HOPOPTS, Hop));
        socket.SetOption(SocketOptions.IPv6DestinationOptions, Destination);
        Expect.Success(socket.TrySet(IPPROTO_IPV6, IPV6_2292PKTOPTIONS, writer.Written));
        Expect.Equal(("0000010400000000", ""), (socket.GetHex(IPPROTO_IPV6, IPV6_HOPOPTS), socket.GetHex(IPPROTO_IPV6, IPV6_DSTOPTS)));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_2292PKTOPTIONS, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]));
        Expect.Fails(Errno.EINVAL, socket.TrySet(IPPROTO_IPV6, IPV6_2292PKTOPTIONS, new byte[70000]));
        Expect.Equal("0000010400000000", socket.GetHex(IPPROTO_IPV6, IPV6_HOPOPTS));
        Expect.Success(socket.TrySet(IPPROTO_IPV6, IPV6_2292PKTOPTIONS, []));
        Expect.Equal("", socket.GetHex(IPPROTO_IPV6, IPV6_HOPOPTS));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(IPPROTO_IPV6, IPV6_2292PKTOPTIONS));
    }

    /// <summary>Header options are a privilege, the empty ones too; a routing header is not.</summary>
    [Scenario("EXT-04", OwnProcess = true)]
    public static void Privileged(HostProcess host)
    {
        using Socket socket = host.Udp(AddressFamily.Inet6);
        host.RunAsUser(1234, () =>
        {
            foreach (int option in new[] { IPV6_HOPOPTS, IPV6_DSTOPTS, IPV6_RTHDRDSTOPTS })
            {
                Expect.Fails(Errno.EPERM, socket.TrySet(IPPROTO_IPV6, option, Hop));
                Expect.Fails(Errno.EPERM, socket.TrySet(IPPROTO_IPV6, option, []));
                Expect.Fails(Errno.EPERM, socket.TrySendWith(InetAddress.LoopbackIPv6(9), "x", (option, Hop)));
            }
            Expect.Fails(Errno.EINVAL, socket.TrySendWith(InetAddress.LoopbackIPv6(9), "x", (IPV6_HOPOPTS, [0])));
            Expect.Success(socket.TrySet(IPPROTO_IPV6, IPV6_RTHDR, []));
        });
    }

    /// <summary>Headers take room from a packet; Linux counts destination options twice.</summary>
    [Scenario("EXT-05")]
    public static void Room(HostProcess near, HostProcess far)
    {
        foreach ((int hop, int destination, int longest) in new[] { (0, 0, 1452), (1, 0, 1444), (0, 1, 1436), (1, 1, 1428) })
        {
            using Socket socket = near.Udp(AddressFamily.Inet6);
            if (hop > 0) socket.SetOption(SocketOptions.IPv6HopOptions, Hop);
            if (destination > 0) socket.SetOption(SocketOptions.IPv6DestinationOptions, Destination);
            socket.SetOption(SocketOptions.IPv6DontFragment, true);
            InetAddress to = new("fd00::2", 9);
            Expect.Equal(longest, socket.SendTo(new byte[longest], to));
            Expect.Fails(Errno.EMSGSIZE, socket.TrySendTo(new byte[longest + 1], to));
        }
    }

    /// <summary>Streams send them too, and make their segments shorter by them.</summary>
    [Scenario("EXT-06")]
    public static void Streams(HostProcess near, HostProcess far)
    {
        using Socket listener = far.Sockets.Open(AddressFamily.Inet6, SocketType.Stream), client = near.Sockets.Open(AddressFamily.Inet6, SocketType.Stream);
        using Socket seen = far.Raw((int)IpProtocol.Tcp, AddressFamily.Inet6);
        seen.SetOption(SocketOptions.IPv6ReceiveHopOptions, true);
        listener.Bind(new InetAddress("fd00::2", 5000));
        listener.Listen();
        client.SetOption(SocketOptions.IPv6HopOptions, Hop);
        client.SetOption(SocketOptions.IPv6DestinationOptions, Destination);
        client.Connect(new InetAddress("fd00::2", 5000));
        using Socket server = listener.Accept();
        Expect.Equal((1412, 1428), (client.GetOption(IPPROTO_TCP, TCP_MAXSEG), server.GetOption(IPPROTO_TCP, TCP_MAXSEG)));
        Expect.Equal("54=3C00010400000000", seen.ReceiveWithMessages(IPPROTO_IPV6).Messages);
        byte[] data = new byte[20000], buffer = new byte[20000];
        new Random(1).NextBytes(data);
        Expect.Equal(20000, client.Send(data));
        for (int at = 0; at < data.Length;) at += server.Receive(buffer.AsSpan(at));
        Expect.Bytes(data, buffer);
    }
}
