using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.NetlinkFlags;
using static Slipway.Sockets.NetlinkMessageType;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Netlink sockets themselves: names, groups, options, acknowledgements, dumps, lost messages (netlink(7)).</summary>
public static class NetlinkScenarios
{
    private const int LoopbackIndex = 1;

    /// <summary>The routing socket of Linux is netlink: AF_ROUTE is AF_NETLINK, raw and datagram sockets are the same, and what nobody answers is refused.</summary>
    [Scenario("RT-001")]
    public static void Opening(HostProcess host)
    {
        Expect.Equal(16, (int)AddressFamily.Netlink);
        foreach ((SocketType type, int protocol, Errno error) in new[]
                 {
                     (SocketType.Raw, 0, Errno.None), (SocketType.Datagram, 0, Errno.None), (SocketType.Raw, 4, Errno.None), (SocketType.Stream, 0, Errno.ESOCKTNOSUPPORT),
                     (SocketType.SequencedPacket, 0, Errno.ESOCKTNOSUPPORT), (SocketType.Raw, 1, Errno.EPROTONOSUPPORT), (SocketType.Raw, 31, Errno.EPROTONOSUPPORT), (SocketType.Raw, 32, Errno.EPROTONOSUPPORT),
                 })
        {
            CallResult opened = host.Sockets.Socket(AddressFamily.Netlink, type, protocol);
            Expect.Fails(error, opened);
            if (opened.Succeeded) host.Sockets.Close(opened.Value);
        }
        Expect.Fails(Errno.EOPNOTSUPP, host.Sockets.SocketPair(AddressFamily.Netlink, SocketType.Raw, 0, out _, out _));
        using Socket socket = Open(host);
        Expect.Fails(Errno.EOPNOTSUPP, host.Sockets.Listen(socket.Descriptor, 1));
        Expect.Fails(Errno.EOPNOTSUPP, host.Sockets.Shutdown(socket.Descriptor, ShutdownHow.Both));
        Expect.Fails(Errno.EOPNOTSUPP, host.Sockets.SendTo(socket.Descriptor, new byte[16], MessageFlags.MSG_OOB, default));
        Expect.Fails(Errno.ENODATA, host.Sockets.SendTo(socket.Descriptor, default, MessageFlags.None, default));
        Expect.Fails(Errno.EAGAIN, Receive(host, socket, new byte[16]));
    }

    /// <summary>bind gives the first socket of a process the process's number, and the others one that is no process; a number is not changed and not shared.</summary>
    [Scenario("RT-001")]
    public static void Names(HostProcess host)
    {
        using Socket first = Open(host), second = Open(host), third = Open(host);
        foreach (int length in new[] { 0, 2, 8, 11 }) Expect.Fails(Errno.EINVAL, host.Sockets.Bind(first.Descriptor, new NetlinkAddress(0).ToSockAddr().AsSpan(0, length)));
        Expect.Fails(Errno.EINVAL, host.Sockets.Bind(first.Descriptor, new InetAddress("10.0.0.1", 0).ToSockAddr()));
        Expect.Equal(new NetlinkAddress(0), NameOf(host, first));
        first.Bind(new NetlinkAddress(0, 0x41).ToSockAddr());
        NetlinkAddress name = NameOf(host, first);
        Expect.Equal(0x41u, name.Groups);
        Expect.True(name.Port != 0);
        Expect.Fails(Errno.EINVAL, host.Sockets.Bind(first.Descriptor, new NetlinkAddress(0, 1).ToSockAddr()));
        Expect.Fails(Errno.EINVAL, host.Sockets.Bind(first.Descriptor, new NetlinkAddress(77, 1).ToSockAddr()));
        first.Bind(new NetlinkAddress(name.Port, 4).ToSockAddr());
        Expect.Equal(new NetlinkAddress(name.Port, 4), NameOf(host, first));
        Expect.Fails(Errno.EADDRINUSE, host.Sockets.Bind(second.Descriptor, new NetlinkAddress(name.Port).ToSockAddr()));
        second.Bind(default(NetlinkAddress).ToSockAddr());
        Expect.True((int)NameOf(host, second).Port < 0);
        third.Bind(new NetlinkAddress(4242).ToSockAddr());
        Expect.Equal(new NetlinkAddress(4242), NameOf(host, third));
        Expect.Fails(Errno.ECONNREFUSED, host.Sockets.SendTo(first.Descriptor, new byte[20], MessageFlags.None, new NetlinkAddress(12345).ToSockAddr()));
        host.Sockets.SendTo(first.Descriptor, "hello"u8, MessageFlags.None, new NetlinkAddress(4242).ToSockAddr());
        byte[] room = new byte[40], from = new byte[NetlinkAddress.Length];
        int fromLength = from.Length;
        Expect.Equal(5, Expect.Success(host.Sockets.RecvFrom(third.Descriptor, room, MessageFlags.None, from, ref fromLength)));
        Expect.Bytes(new NetlinkAddress(name.Port).ToSockAddr(), from);
    }

    /// <summary>connect names the receiver; an address that is too short or of another family is refused, and AF_UNSPEC forgets it.</summary>
    [Scenario("RT-001")]
    public static void Peers(HostProcess host)
    {
        using Socket socket = Open(host);
        byte[] kernel = default(NetlinkAddress).ToSockAddr();
        foreach (int length in new[] { 0, 1, 2, 11 }) Expect.Fails(Errno.EINVAL, host.Sockets.Connect(socket.Descriptor, kernel.AsSpan(0, length)));
        socket.Connect(new NetlinkAddress(7, 6).ToSockAddr());
        Expect.Equal(new NetlinkAddress(7, 2), PeerOf(host, socket));
        Expect.True(NameOf(host, socket).Port != 0);
        Expect.Success(host.Sockets.Connect(socket.Descriptor, new byte[2]));
        Expect.Equal(default, PeerOf(host, socket));
    }

    /// <summary>Options of SOL_NETLINK: flags take any length and are read as an int; groups are joined by number and listed as bits.</summary>
    [Scenario("RT-004")]
    public static void Options(HostProcess host)
    {
        using Socket socket = Open(host);
        foreach (int option in new[] { NETLINK_PKTINFO, NETLINK_BROADCAST_ERROR, NETLINK_NO_ENOBUFS, NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK })
        {
            Expect.Equal(0, socket.GetOption(SOL_NETLINK, option));
            socket.SetOption(SOL_NETLINK, option, 5);
            Expect.Equal(1, socket.GetOption(SOL_NETLINK, option));
            Expect.Success(host.Sockets.SetSockOpt(socket.Descriptor, SOL_NETLINK, option, [1]));
            Expect.Equal(0, socket.GetOption(SOL_NETLINK, option));
            int tooLittle = 2;
            Expect.Fails(Errno.EINVAL, host.Sockets.GetSockOpt(socket.Descriptor, SOL_NETLINK, option, new byte[2], ref tooLittle));
        }
        foreach (int group in new[] { -1, 0, 40, 64, 65 }) Expect.Fails(Errno.EINVAL, SetGroup(NETLINK_ADD_MEMBERSHIP, group));
        foreach (int group in new[] { 1, 7, 38 }) Expect.Success(SetGroup(NETLINK_ADD_MEMBERSHIP, group));
        Expect.Fails(Errno.EINVAL, SetGroup(NETLINK_DROP_MEMBERSHIP, 77));
        Expect.Success(SetGroup(NETLINK_DROP_MEMBERSHIP, 7));
        byte[] bits = new byte[16];
        int length = bits.Length;
        Expect.Success(host.Sockets.GetSockOpt(socket.Descriptor, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, bits, ref length));
        Expect.Equal(8, length);
        Expect.Bytes([1, 0, 0, 0, 0x20, 0, 0, 0], bits.AsSpan(0, 8));
        Expect.Fails(Errno.ENOPROTOOPT, host.Sockets.SetSockOpt(socket.Descriptor, SOL_NETLINK, 13, new byte[4]));
        Expect.Fails(Errno.ENOPROTOOPT, host.Sockets.SetSockOpt(socket.Descriptor, IPPROTO_IP, 1, new byte[4]));
        Expect.Fails(Errno.ENOPROTOOPT, host.Sockets.SetSockOpt(socket.Descriptor, 271, 1, new byte[4]));

        Errno SetGroup(int option, int group)
        {
            byte[] value = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(value, group);
            return host.Sockets.SetSockOpt(socket.Descriptor, SOL_NETLINK, option, value);
        }
    }

    /// <summary>An error repeats the request, an acknowledgement its header; NETLINK_CAP_ACK makes both short, NETLINK_EXT_ACK says more.</summary>
    [Scenario("RT-003")]
    public static void Acknowledgements(HostProcess host)
    {
        using Socket socket = Open(host);
        Expect.Equal("error 0 flags 100 length 36", Exchange(Link(RTM_GETLINK, 0, NLM_F_ACK)));
        Expect.Equal("error 0 flags 100 length 36", Exchange(Bare(NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK)));
        Expect.Equal("error 0 flags 100 length 36", Exchange(Bare(RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK)));
        Expect.Equal("nothing", Exchange(Bare(15, NLM_F_REQUEST)));
        Expect.Equal("error 95 flags 0 length 40", Exchange(Bare(200, NLM_F_REQUEST, 4)));
        Expect.Equal("error 22 flags 0 length 40", Exchange(Bare(RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK, 4)));
        Expect.Equal("error 22 flags 0 length 52", Exchange(Link(RTM_GETLINK, 0, NLM_F_REQUEST | NLM_F_ACK)));
        Expect.Equal("error 19 flags 0 length 52", Exchange(Link(RTM_GETLINK, 99, NLM_F_REQUEST)));
        Expect.Equal("link", Exchange(Link(RTM_GETLINK, LoopbackIndex, NLM_F_REQUEST)));
        socket.SetOption(SOL_NETLINK, NETLINK_EXT_ACK, 1);
        byte[] smallMtu = Link(RTM_NEWLINK, LoopbackIndex, NLM_F_REQUEST | NLM_F_ACK, static writer => writer.Attribute(LinkAttribute.IFLA_MTU, (uint)int.MaxValue + 1));
        string refused = Exchange(smallMtu);
        Expect.True(refused.StartsWith("error 22 flags ", StringComparison.Ordinal));
        socket.SetOption(SOL_NETLINK, NETLINK_CAP_ACK, 1);
        Expect.Equal("error 19 flags 100 length 36", Exchange(Link(RTM_GETLINK, 99, NLM_F_REQUEST)));
        byte[] newLink = Link(RTM_NEWLINK, 0, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, static writer => writer.Attribute(LinkAttribute.IFLA_IFNAME, "zz"));
        Expect.Equal("error 95 flags 300 length 60 Unknown device type", Exchange(newLink));
        // A message whose length does not hold ends the datagram, in silence.
        byte[] tooLong = Link(RTM_GETLINK, LoopbackIndex, NLM_F_REQUEST);
        tooLong[0] = 200;
        Expect.Equal("nothing", Exchange(tooLong));

        string Exchange(byte[] request)
        {
            Expect.Equal(request.Length, socket.Send(request));
            byte[] room = new byte[8192];
            CallResult received = Receive(host, socket, room);
            if (received.Error == Errno.EAGAIN) return "nothing";
            var reader = new NetlinkReader(room.AsSpan(0, Expect.Success(received)));
            Expect.True(reader.MoveNext());
            if (reader.Type != NLMSG_ERROR) return reader.Type == RTM_NEWLINK ? "link" : $"type {reader.Type}";
            NetlinkAttributeReader attributes = reader.ErrorAttributes;
            string said = attributes.MoveNext() ? " " + attributes.Text : "";
            return $"error {(int)reader.Error} flags {reader.Flags:x} length {reader.Message.Length}{said}";
        }
    }

    /// <summary>MSG_PEEK with MSG_TRUNC tells the length of what waits, as libnl asks for it; NETLINK_PKTINFO and SO_PASSCRED come as control messages.</summary>
    [Scenario("RT-002")]
    public static void Receiving(HostProcess host)
    {
        using Socket socket = Open(host);
        socket.SetOption(SOL_NETLINK, NETLINK_PKTINFO, 1);
        socket.SetOption(SOL_SOCKET, SO_PASSCRED, 1);
        socket.Send(Link(RTM_GETLINK, LoopbackIndex, NLM_F_REQUEST));
        int length = socket.Receive([], MessageFlags.MSG_PEEK | MessageFlags.MSG_TRUNC);
        Expect.True(length > 100);
        Expect.Equal(10, socket.Receive(new byte[10], MessageFlags.MSG_PEEK));
        Expect.True(socket.Poll(PollEvents.POLLIN | PollEvents.POLLOUT, TimeSpan.Zero) == (PollEvents.POLLIN | PollEvents.POLLOUT));
        var message = new ReceiveMessage { Address = new byte[12], Buffer = new byte[10], Control = new byte[100] };
        Expect.Equal(10, socket.ReceiveMessage(ref message));
        Expect.Equal(MessageFlags.MSG_TRUNC, message.Flags);
        Expect.Bytes(default(NetlinkAddress).ToSockAddr(), message.Address[..message.AddressLength]);
        var control = new ControlMessageReader(message.Control[..message.ControlLength]);
        Expect.True(control.MoveNext() && control.Level == SOL_NETLINK && control.Type == NETLINK_PKTINFO && control.Int32 == 0);
        Expect.True(control.MoveNext() && control.Level == SOL_SOCKET && control.Credentials.ProcessId == 0);
        Expect.Fails(Errno.EAGAIN, Receive(host, socket, new byte[10]));
    }

    /// <summary>A dump comes in messages with NLM_F_MULTI and ends with NLMSG_DONE; one that is short of its header is strictly refused, and else taken.</summary>
    [Scenario("RT-002")]
    public static void Dumps(HostProcess host)
    {
        using Socket socket = Open(host);
        foreach (ushort type in new[] { RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH, RTM_GETRULE })
        {
            socket.Send(Bare(type, NLM_F_REQUEST | NLM_F_DUMP, 1));
            byte[] room = new byte[32768];
            bool isDone = false;
            while (!isDone)
            {
                var reader = new NetlinkReader(room.AsSpan(0, socket.Receive(room)));
                while (reader.MoveNext())
                {
                    Expect.True((reader.Flags & NLM_F_MULTI) != 0);
                    Expect.Equal(77u, reader.Sequence);
                    isDone = reader.Type == NLMSG_DONE;
                    Expect.True(isDone || reader.Type == type - 2);
                }
                Expect.True(!reader.IsMalformed);
            }
        }
        using var strict = new NetlinkClient(host.Sockets, NetlinkProtocol.NETLINK_ROUTE) { IsStrict = true };
        foreach ((ushort type, int length, Errno error) in new[]
                 {
                     (RTM_GETLINK, 16, Errno.None), (RTM_GETLINK, 4, Errno.EINVAL), (RTM_GETADDR, 8, Errno.None), (RTM_GETADDR, 4, Errno.EINVAL), (RTM_GETROUTE, 12, Errno.None), (RTM_GETROUTE, 4, Errno.EINVAL),
                     (RTM_GETNEIGH, 12, Errno.None), (RTM_GETNEIGH, 4, Errno.EINVAL),
                 })
        {
            var request = new NetlinkWriter();
            request.BeginMessage(type, 0);
            request.Fixed(length);
            request.EndMessage();
            if (error == Errno.None) strict.Dump(request, "dump", static _ => 0);
            else Expect.Throws(error, () => strict.Dump(request, "dump", static _ => 0));
        }
        var odd = new NetlinkWriter();
        odd.BeginMessage(RTM_GETROUTE, 0);
        odd.Fixed(12)[1] = 24;
        odd.EndMessage();
        Expect.Throws(Errno.EINVAL, () => strict.Dump(odd, "dump", static _ => 0));
    }

    /// <summary>Who does not read loses messages and learns it once, as ENOBUFS; with NETLINK_NO_ENOBUFS never.</summary>
    [Scenario("RT-004")]
    public static void Overruns(HostProcess host)
    {
        foreach (bool isQuiet in new[] { false, true })
        {
            using var network = new NetlinkRoute(host.Sockets);
            using NetlinkWatch watch = network.Watch(RouteGroup.RTNLGRP_IPV4_IFADDR);
            watch.Socket.SetOption(SOL_NETLINK, NETLINK_NO_ENOBUFS, isQuiet ? 1 : 0);
            watch.Socket.SetOption(SOL_SOCKET, SO_RCVBUF, 1);
            var address = new RtAddress(LoopbackIndex, new InetAddress("127.9.9.9", 0), 32) { Scope = 254 };
            for (int i = 0; i < 20; i++)
            {
                network.AddAddress(address);
                network.RemoveAddress(address);
            }
            PollEvents events = watch.Socket.Poll(PollEvents.POLLIN, TimeSpan.Zero);
            Expect.Equal(isQuiet ? PollEvents.POLLIN : PollEvents.POLLIN | PollEvents.POLLERR, events);
            if (!isQuiet) Expect.Throws(Errno.ENOBUFS, () => watch.TryNext());
            int heard = 0;
            while (watch.TryNext() is not null) heard++;
            Expect.InRange(1, 39, heard);
            network.AddAddress(address);
            Expect.Equal(RTM_NEWADDR, watch.TryNext()!.Type);
            network.RemoveAddress(address);
        }
    }

    private static Socket Open(HostProcess host) => new(host.Sockets, Expect.Success(host.Sockets.Socket(AddressFamily.Netlink, SocketType.Raw, NetlinkProtocol.NETLINK_ROUTE)));

    private static CallResult Receive(HostProcess host, Socket socket, byte[] room)
    {
        int none = 0;
        return host.Sockets.RecvFrom(socket.Descriptor, room, MessageFlags.MSG_DONTWAIT, default, ref none);
    }

    private static byte[] Bare(ushort type, int flags, int length = 0)
    {
        var writer = new NetlinkWriter();
        writer.BeginMessage(type, (ushort)flags, 77);
        writer.Fixed(length);
        writer.EndMessage();
        byte[] message = writer.Written[..(NetlinkWriter.HeaderLength + length)].ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        return message;
    }

    private static byte[] Link(ushort type, int index, int flags, Action<NetlinkWriter>? describe = null)
    {
        var writer = new NetlinkWriter();
        writer.BeginMessage(type, (ushort)flags, 77);
        BinaryPrimitives.WriteInt32LittleEndian(writer.Fixed(16)[4..], index);
        writer.EndMessage();
        describe?.Invoke(writer);
        return writer.Written.ToArray();
    }

    private static NetlinkAddress NameOf(HostProcess host, Socket socket)
    {
        byte[] bytes = new byte[NetlinkAddress.Length];
        int length = bytes.Length;
        Expect.Success(host.Sockets.GetSockName(socket.Descriptor, bytes, ref length));
        Expect.Equal(NetlinkAddress.Length, length);
        Expect.True(NetlinkAddress.TryRead(bytes, out NetlinkAddress name));
        return name;
    }

    private static NetlinkAddress PeerOf(HostProcess host, Socket socket)
    {
        byte[] bytes = new byte[NetlinkAddress.Length];
        int length = bytes.Length;
        Expect.Success(host.Sockets.GetPeerName(socket.Descriptor, bytes, ref length));
        Expect.True(NetlinkAddress.TryRead(bytes, out NetlinkAddress name));
        return name;
    }
}
