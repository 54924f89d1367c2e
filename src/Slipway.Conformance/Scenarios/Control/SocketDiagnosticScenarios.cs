using System.Buffers.Binary;
using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Conformance;

/// <summary>sock_diag(7): the sockets of a host as ss(8) shows them.</summary>
public static class SocketDiagnosticScenarios
{
    private const int Established = 1, Unconnected = 7, Listening = 10;

    /// <summary>A listener and both ends of a connection: states, addresses, queues, details.</summary>
    [Scenario("RT-002")]
    public static void Streams(HostProcess host)
    {
        using var diagnostics = new SocketDiagnostics(host.Sockets);
        using Socket listener = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream), client = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(new InetAddress("127.0.0.1", 7000));
        listener.Listen(5);
        client.Connect(new InetAddress("127.0.0.1", 7000));
        List<DiagnosedSocket> before = diagnostics.Inet(AddressFamily.Inet, IpProtocol.Tcp, 1u << Listening);
        Expect.Equal((1, 1u, 5u), (before.Count, before[0].ReceiveQueue, before[0].SendQueue));
        using Socket server = listener.Accept();
        client.Send("abcdef"u8);
        server.Poll(PollEvents.POLLIN, TimeSpan.FromSeconds(1));
        List<DiagnosedSocket> all = diagnostics.Inet(AddressFamily.Inet, IpProtocol.Tcp, details: 0xFF);
        Expect.Equal(3, all.Count);
        DiagnosedSocket open = all.Single(static s => s.State == Listening), far = all.Single(s => s.State == Established && s.Local.Port == 7000);
        Expect.Equal("127.0.0.1:7000 0.0.0.0:0 0 5", Summary(open));
        Expect.Equal(Text($"127.0.0.1:7000 127.0.0.1:{client.LocalAddress.Port} 6 0"), Summary(far));
        Expect.Equal((280, 9, 0, 0), (far.Info.Length, far.Memory.Count, far.Tos!.Value, far.Shut));
        Expect.Equal(host.Sockets.Open(AddressFamily.Inet, SocketType.Stream).GetText(SocketLevel.IPPROTO_TCP, SocketOptionName.TCP_CONGESTION), far.Congestion);
        Expect.Equal(Established, far.Info.Span[0]);
        Expect.Equal(0, diagnostics.Inet(AddressFamily.Inet6, IpProtocol.Tcp).Count);
        Expect.Success(host.Sockets.Stat(server.Descriptor, out FileStatus status));
        Expect.Equal(status.Inode, (ulong)far.Inode);
        server.Shutdown(ShutdownHow.Send);
        Expect.Equal(2, diagnostics.Inet(AddressFamily.Inet, IpProtocol.Tcp).Single(s => s.Cookie == far.Cookie).Shut);
    }

    /// <summary>One socket by its addresses: its cookie must fit.</summary>
    [Scenario("RT-002")]
    public static void OneSocket(HostProcess host)
    {
        using var diagnostics = new SocketDiagnostics(host.Sockets);
        using Socket listener = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(new InetAddress("127.0.0.1", 7000));
        listener.Listen(5);
        DiagnosedSocket open = diagnostics.Inet(AddressFamily.Inet, IpProtocol.Tcp).Single();
        Expect.Equal(open.Cookie, diagnostics.Find(open).Cookie);
        Expect.Equal(open.Cookie, diagnostics.Find(open with { Cookie = ulong.MaxValue }).Cookie);
        Expect.Throws(Errno.ENOENT, () => diagnostics.Find(open with { Local = new InetAddress("127.0.0.1", 7001) }));
        Expect.Throws(Errno.ENOENT, () => diagnostics.Inet(AddressFamily.Inet, (IpProtocol)99));
        Expect.Throws(Errno.ENOENT, () => diagnostics.Find(open with { Protocol = 99 }));
    }

    /// <summary>Datagram sockets: unconnected and connected, with the memory of what waits.</summary>
    [Scenario("RT-002")]
    public static void Datagrams(HostProcess host)
    {
        using var diagnostics = new SocketDiagnostics(host.Sockets);
        using Socket receiver = host.Udp(), sender = host.Udp(), wild = host.Udp(AddressFamily.Inet6);
        receiver.Bind(new InetAddress("127.0.0.1", 7002));
        sender.Connect(new InetAddress("127.0.0.1", 7002));
        sender.SendText("hello");
        wild.Bind(new InetAddress("::", 7003));
        List<DiagnosedSocket> all = diagnostics.Inet(AddressFamily.Inet, IpProtocol.Udp, details: 0xFF);
        DiagnosedSocket bound = all.Single(static s => s.Local.Port == 7002), connected = all.Single(static s => s.Local.Port != 7002);
        Expect.Equal((Unconnected, Established), (bound.State, connected.State));
        Expect.Equal("127.0.0.1:7002", connected.Remote.ToString());
        Expect.True(bound.ReceiveQueue >= 5);
        Expect.Equal(bound.ReceiveQueue, bound.Memory[0]);
        Expect.Throws(Errno.ESTALE, () => diagnostics.Find(bound with { Cookie = bound.Cookie + 1000 }));
        DiagnosedSocket six = diagnostics.Inet(AddressFamily.Inet6, IpProtocol.Udp).Single();
        Expect.Equal(("[::]:7003", false), (six.Local.ToString(), six.IsIPv6Only!.Value));
    }

    /// <summary>The attributes that are told, in their order, by what was asked for.</summary>
    [Scenario("RT-002")]
    public static void Attributes(HostProcess host)
    {
        using var diagnostics = new SocketDiagnostics(host.Sockets);
        using Socket listener = host.Sockets.Open(AddressFamily.Inet6, SocketType.Stream);
        listener.Bind(new InetAddress("::1", 7000));
        listener.Listen(5);
        Expect.Equal("8 5 6 11 15 17 22 1 7 2 4", Types(0xFF));
        Expect.Equal("8 11 15 22", Types(0));
        Expect.Equal("8 11 15 22 2", Types(2));

        string Types(byte details)
        {
            NetlinkWriter request = Request(details, Listening);
            return diagnostics.Client.Dump(request, "dump", static message =>
            {
                var types = new List<int>();
                NetlinkAttributeReader attributes = message.Attributes(72);
                // Where the kernel counts control groups, it tells the socket's (INET_DIAG_CGROUP_ID).
                while (attributes.MoveNext()) if (attributes.Type != 21) types.Add(attributes.Type);
                return string.Join(' ', types);
            }).Single();
        }
    }

    /// <summary>The little programs of ss(8) choose sockets, and those that leave themselves are refused.</summary>
    [Scenario("RT-002")]
    public static void Programs(HostProcess host)
    {
        using var diagnostics = new SocketDiagnostics(host.Sockets);
        using Socket first = Listener(7000), second = Listener(7001), third = Listener(7002);
        Expect.Equal("7000 7001 7002", Chosen());
        Expect.Equal("7001", Chosen(11, 8, 12, 0, 0, 0, 0x59, 0x1B)); // the source's port is 7001
        Expect.Equal("7001 7002", Chosen(2, 8, 12, 0, 0, 0, 0x59, 0x1B)); // at least 7001
        Expect.Equal("7000 7001", Chosen(3, 8, 12, 0, 0, 0, 0x59, 0x1B)); // at most
        Expect.Equal("7000 7001 7002", Chosen(7, 16, 20, 0, 2, 8, 0, 0, 255, 255, 255, 255, 127, 0, 0, 0)); // from 127.0.0.0/8
        Expect.Equal("", Chosen(7, 16, 20, 0, 2, 8, 0, 0, 255, 255, 255, 255, 10, 0, 0, 0));
        Expect.Equal("7000", Chosen(7, 16, 20, 0, 2, 0, 0, 0, 0x58, 0x1B, 0, 0, 0, 0, 0, 0)); // port 7000 of any address
        foreach (byte[] wrong in new byte[][] { [11, 8, 12, 0], [99, 4, 8, 0], [0, 8, 0, 0], [1, 4, 3, 0], [11, 8, 200, 0, 0, 0, 0, 0], [7, 16, 20, 0, 9, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0] })
            Expect.Throws(Errno.EINVAL, () => Chosen(wrong));

        string Chosen(params byte[] program)
        {
            NetlinkWriter request = Request(0, Listening, AddressFamily.Inet);
            if (program.Length > 0) request.Attribute(1, program);
            return string.Join(' ', diagnostics.Client.Dump(request, "dump", static message => DiagnosedSocket.Read(message, 6)).Select(static s => s.Local.Port).Order());
        }

        Socket Listener(ushort port)
        {
            Socket socket = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
            socket.Bind(new InetAddress("127.0.0.1", port));
            socket.Listen(5);
            return socket;
        }
    }

    /// <summary>Conditions of ports, addresses, interfaces and marks, put together with and, or and not.</summary>
    [Scenario("RT-002")]
    public static void Filters(HostProcess host)
    {
        using var diagnostics = new SocketDiagnostics(host.Sockets);
        using Socket one = Bound("127.0.0.1", 7001), two = Bound("127.0.0.2", 7002), three = Bound("::1", 7003), four = Bound("::ffff:127.0.0.4", 7004), connected = Bound("127.0.0.5", 7005);
        one.SetOption(SocketOptions.BindToDevice, "lo");
        two.SetOption(SocketOptions.Mark, 0x12);
        connected.Connect(new InetAddress("127.0.0.1", 7001));
        using Socket chosen = host.Udp();
        chosen.Connect(new InetAddress("127.0.0.2", 7002));
        DiagnosticFilter first = DiagnosticFilter.LocalPort(7001), last = DiagnosticFilter.LocalPort(7005), toFirst = DiagnosticFilter.RemotePort(7001);
        Expect.Equal("7001 7002 7003 7004 7005 *", Found(DiagnosticFilter.Everything));
        Expect.Equal("", Found(DiagnosticFilter.Everything.Not()));
        Expect.Equal("7001 7005", Found(first.Or(last)));
        Expect.Equal("7002 7003 7004 *", Found(first.Or(last).Not()));
        Expect.Equal("", Found(first.And(last)));
        Expect.Equal("7005", Found(last.And(toFirst)));
        Expect.Equal("7001 7005", Found(last.And(toFirst).Or(first)));
        Expect.Equal("7002", Found(DiagnosticFilter.LocalPortAtLeast(7002).And(DiagnosticFilter.LocalPortAtMost(7004)).And(DiagnosticFilter.Local(new InetAddress("127.0.0.2", 0), 32))));
        Expect.Equal("7005 *", Found(DiagnosticFilter.RemotePortAtLeast(7001).And(DiagnosticFilter.RemotePortAtMost(7002))));
        Expect.Equal("*", Found(DiagnosticFilter.AutomaticPort));
        Expect.Equal("7001", Found(DiagnosticFilter.Interface(1)));
        Expect.Equal("7002 7003 7004 7005 *", Found(DiagnosticFilter.Interface(0)));
        Expect.Equal("7002", Found(DiagnosticFilter.Mark(0x12)));
        Expect.Equal("7002", Found(DiagnosticFilter.Mark(0x10, 0xF0)));
        Expect.Equal("7001 7003 7004 7005 *", Found(DiagnosticFilter.Mark(0x02, 0x0F).Not()));
        Expect.Equal("7001 7002 7004 7005 *", Found(DiagnosticFilter.Local(new InetAddress("127.0.0.0", 0), 8)));
        Expect.Equal("7003", Found(DiagnosticFilter.Local(new InetAddress("::1", 0), 128)));
        Expect.Equal("7004", Found(DiagnosticFilter.Local(new InetAddress("::ffff:0.0.0.0", 0), 96)));
        Expect.Equal("7005", Found(DiagnosticFilter.Remote(new InetAddress("127.0.0.0", 0), 31, 7001)));
        Expect.Equal("7002 7003 7004 7005 *", Found(first.Not().Not().Not()));
        Expect.Equal("7002 7004", Found(first.Or(last).Not().And(DiagnosticFilter.LocalPort(7002).Or(DiagnosticFilter.LocalPort(7004)))));

        string Found(DiagnosticFilter filter)
        {
            IEnumerable<DiagnosedSocket> found = diagnostics.Inet(AddressFamily.Inet, IpProtocol.Udp, filter: filter).Concat(diagnostics.Inet(AddressFamily.Inet6, IpProtocol.Udp, filter: filter));
            // A port that the system chose is a star, behind the others.
            return string.Join(' ', found.Select(static s => s.Local.Port is >= 7001 and <= 7005 ? Text($"{s.Local.Port}") : "*").OrderBy(static port => port == "*").ThenBy(static port => port, StringComparer.Ordinal));
        }

        Socket Bound(string address, ushort port)
        {
            var name = new InetAddress(address, port);
            Socket socket = host.Udp(name.Family);
            socket.Bind(name);
            return socket;
        }
    }

    /// <summary>Local sockets: names, peers, who waits, queues.</summary>
    [Scenario("RT-002")]
    public static void LocalSockets(HostProcess host)
    {
        using var diagnostics = new SocketDiagnostics(host.Sockets);
        (Socket one, Socket other) = host.Sockets.OpenPair(SocketType.Stream);
        using Socket a = one, b = other, listener = host.Sockets.Open(AddressFamily.Unix, SocketType.Stream), client = host.Sockets.Open(AddressFamily.Unix, SocketType.Stream), datagram = host.Sockets.Open(AddressFamily.Unix, SocketType.Datagram);
        a.Send("hi"u8);
        byte[] name = [1, 0, 0, .. "diagnosis"u8];
        listener.Bind(name);
        listener.Listen(3);
        client.Connect(name);
        Expect.Success(host.Sockets.Stat(b.Descriptor, out FileStatus status));
        List<DiagnosedUnixSocket> all = diagnostics.Unix();
        DiagnosedUnixSocket open = all.Single(static s => s.Name == "@diagnosis" && s.State == Listening), reader = all.Single(s => s.Inode == status.Inode);
        Expect.Equal((SocketType.Stream, 1u, 3u, 1), (open.Type, open.ReceiveQueue, open.SendQueue, open.Pending.Count));
        Expect.Equal((Established, 2u), (reader.State, reader.ReceiveQueue));
        Expect.Equal(reader.Inode, all.Single(s => s.Inode == reader.Peer).Peer);
        Expect.True(all.Single(s => s.Inode == reader.Peer).SendQueue > 0);
        Expect.Equal(Unconnected, all.Single(static s => s.Type == SocketType.Datagram).State);
        Expect.Equal(1, diagnostics.Unix(1u << Listening).Count);
    }

    /// <summary>SOCK_DESTROY: the program gets ECONNABORTED, its peer a reset; a listener ends too.</summary>
    [Scenario("RT-003")]
    public static void Destruction(HostProcess host)
    {
        using var diagnostics = new SocketDiagnostics(host.Sockets);
        using Socket listener = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream), client = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(new InetAddress("127.0.0.1", 7000));
        listener.Listen(5);
        client.Connect(new InetAddress("127.0.0.1", 7000));
        using Socket server = listener.Accept();
        DiagnosedSocket near = diagnostics.Inet(AddressFamily.Inet, IpProtocol.Tcp).Single(static s => s.Remote.Port == 7000);
        Expect.Throws(Errno.ENOENT, () => diagnostics.Destroy(near with { Cookie = near.Cookie + 1000 }));
        diagnostics.Destroy(near);
        Expect.Throws(Errno.ECONNABORTED, () => client.Send([1]));
        Expect.Throws(Errno.ECONNRESET, () => server.Receive(new byte[1]));
        Expect.Throws(Errno.ENOENT, () => diagnostics.Destroy(near));
    }

    /// <summary>What cannot be asked for.</summary>
    [Scenario("RT-003")]
    public static void Refusals(HostProcess host)
    {
        using var client = new NetlinkClient(host.Sockets, NetlinkProtocol.NETLINK_SOCK_DIAG);
        foreach ((ushort type, byte[] body, Errno error) in new (ushort, byte[], Errno)[]
                 {
                     (20, [2], Errno.EINVAL), (20, [99, 0, 0, 0], Errno.EINVAL), (20, [2, 6, 0, 0], Errno.EINVAL), (20, [1, 0, 0, 0], Errno.EINVAL), (77, [2, 6, 0, 0], Errno.EINVAL),
                     (20, new byte[56], Errno.ENOENT), (21, [1, .. new byte[55]], Errno.EOPNOTSUPP),
                 })
        {
            var request = new NetlinkWriter();
            request.BeginMessage(type, 0);
            body.CopyTo(request.Fixed(body.Length));
            request.EndMessage();
            Expect.Fails(error, client.TryExecute(request, out _));
        }
    }

    private static NetlinkWriter Request(byte details, int state, AddressFamily family = AddressFamily.Inet6)
    {
        var request = new NetlinkWriter();
        request.BeginMessage(NetlinkMessageType.SOCK_DIAG_BY_FAMILY, 0);
        Span<byte> body = request.Fixed(56);
        (body[0], body[1], body[2]) = ((byte)family, 6, details);
        BinaryPrimitives.WriteUInt32LittleEndian(body[4..], 1u << state);
        request.EndMessage();
        return request;
    }

    private static string GetText(this Socket socket, int level, int name)
    {
        using Socket asked = socket;
        byte[] value = new byte[16];
        return System.Text.Encoding.ASCII.GetString(value, 0, asked.GetOption(level, name, value)).TrimEnd('\0');
    }

    private static string Summary(DiagnosedSocket socket) => Text($"{socket.Local} {socket.Remote} {socket.ReceiveQueue} {socket.SendQueue}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
