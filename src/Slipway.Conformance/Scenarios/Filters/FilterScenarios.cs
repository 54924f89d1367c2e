using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>Classic filters of sockets (socket(7), SO_ATTACH_FILTER) and programs that choose in a SO_REUSEPORT group.</summary>
public static class FilterScenarios
{
    /// <summary>The verdict counts bytes from the UDP header on: 0 drops, 10 leaves two of the data, 1 leaves none; a new program takes the old one's place.</summary>
    [Scenario("OPT-04")]
    public static void VerdictsCutDatagrams(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            foreach ((string verdict, string? kept) in new (string, string?)[] { ("#0", null), ("#10", "ab"), ("#8", ""), ("#1", ""), ("#14", "abcdef"), ("#-1", "abcdef") })
            {
                receiver.AttachFilter(ClassicFilter.Assemble($"ret {verdict}"));
                sender.SendText("abcdef");
                if (kept is not null) Expect.Equal(kept, receiver.ReceiveText());
                receiver.ExpectEmpty();
            }
            receiver.DetachFilter();
            sender.SendText("abcdef");
            Expect.Equal("abcdef", receiver.ReceiveText());
        }
    }

    /// <summary>What was queued before the program came stays; what it drops is counted with what was lost (SO_RXQ_OVFL).</summary>
    [Scenario("OPT-04")]
    public static void DroppedDatagramsAreCounted(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            receiver.SetSocketLevel(SO_RXQ_OVFL, 1);
            sender.SendText("old");
            receiver.AttachFilter(ClassicFilter.Assemble("ldb [8]\n jeq #120, drop\n ret #-1\n drop: ret #0"));
            sender.SendText("x1");
            sender.SendText("x2");
            sender.SendText("y");
            Expect.Equal("old", receiver.ReceiveText());
            byte[] control = new byte[64];
            var message = new ReceiveMessage { Buffer = new byte[8], Control = control };
            Expect.Equal(1, receiver.ReceiveMessage(ref message));
            Expect.Equal(SO_RXQ_OVFL, BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(12)));
            Expect.Equal(2, BinaryPrimitives.ReadInt32LittleEndian(control.AsSpan(16)));
        }
    }

    /// <summary>The program sees the UDP header, and the headers before it and facts of the packet by offsets below zero.</summary>
    [Scenario("OPT-04")]
    public static void WhatAProgramSees(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            uint port = (uint)receiver.LocalAddress.Port;
            (string Load, uint Value)[] loads =
            [
                ("ldh [2]", port), ("ldh [4]", 11), ("ldb [8]", 'a'), ("ld #len", 11), ("ld #poff", 8), ("ld #proto", 0x800), ("ld #type", 0), ("ld #hatype", 772),
                ("ld #vlan_avail", 0), ("ld #vlan_tci", 0), ("ld #mark", 0),
                ("ldb [-1048576]", 0x45), ("ldb [-1048567]", 17), ("ld [-1048560]", 0x7F000001), ("ldh [-1048554]", port), ("ldh [-2097140]", 0x800), ("ldb [-2097138]", 0x45),
            ];
            foreach ((string load, uint value) in loads)
            {
                receiver.AttachFilter(ClassicFilter.Assemble($"{load}\n jeq #{value}, yes\n ret #9\n yes: ret #-1"));
                sender.SendText("abc");
                Expect.Equal($"{load} abc", $"{load} {receiver.ReceiveText()}");
            }
            // A load from where nothing is ends the program, and the datagram is dropped.
            foreach (string load in new[] { "ldb [11]", "ldh [10]", "ld [-5000]", "ldb [-2097153]", "ldx #-1\n ldb [x + 0]", "ldxb 4*([11]&0xf)", "ldx #0\n ld #1\n div x" })
            {
                receiver.AttachFilter(ClassicFilter.Assemble($"{load}\n ret #-1"));
                sender.SendText("abc");
                receiver.ExpectEmpty();
            }
        }
    }

    /// <summary>Which programs are refused, and that a refused one leaves the old in its place.</summary>
    [Scenario("OPT-04")]
    public static void InvalidPrograms(HostProcess host)
    {
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            receiver.AttachFilter(ClassicFilter.Assemble("ret #9"));
            foreach (string invalid in new[]
            {
                "", "ld #1", "ret a\n tax", "{ 0x05, 0, 0, 1 }\n ret #0", "{ 0x15, 2, 0, 0 }\n ret #0\n ret #0", "div #0\n ret a", "mod #0\n ret a", "lsh #32\n ret a", "st M[16]\n ret a",
                "ld M[0]\n ret a", "ld [-4093]\n ret a", "ld [-4032]\n ret a", "{ 0xff, 0, 0, 0 }\n ret a", "{ 0x116, 0, 0, 0 }", "jeq #0, skip\n st M[2]\n skip: ldx M[2]\n ret a",
            })
                Expect.Fails(Errno.EINVAL, receiver.System.AttachFilter(receiver.Descriptor, ClassicFilter.Assemble(invalid).Instructions), invalid);
            var longest = new ClassicInstruction[BpfCode.BPF_MAXINSNS];
            Array.Fill(longest, new ClassicInstruction(BpfCode.BPF_RET, 10));
            sender.SendText("abc");
            Expect.Equal("a", receiver.ReceiveText());
            Expect.Success(receiver.System.AttachFilter(receiver.Descriptor, longest));
            sender.SendText("abc");
            Expect.Equal("ab", receiver.ReceiveText());
            Expect.Fails(Errno.EINVAL, receiver.System.AttachFilter(receiver.Descriptor, [.. longest, longest[0]]));
            Array.Fill(longest, new ClassicInstruction(BpfCode.BPF_LD | BpfCode.BPF_W | BpfCode.BPF_ABS, 0), 0, longest.Length - 1);
            Expect.Fails(Errno.ENOMEM, receiver.System.AttachFilter(receiver.Descriptor, longest));
        }
    }

    /// <summary>struct sock_fprog as bytes: its length is checked, then what it says.</summary>
    [Scenario("OPT-04")]
    public static void TheStructureAsBytes(HostProcess host)
    {
        using Socket socket = host.Udp();
        byte[] structure = new byte[20];
        foreach (int length in new[] { 0, 3, 4, 8, 15, 17, 20 })
            Expect.Fails(Errno.EINVAL, socket.System.SetSockOpt(socket.Descriptor, SOL_SOCKET, SO_ATTACH_FILTER, structure.AsSpan(0, length)));
        Expect.Fails(Errno.EINVAL, socket.System.SetSockOpt(socket.Descriptor, SOL_SOCKET, SO_ATTACH_FILTER, structure.AsSpan(0, 16)));
        BinaryPrimitives.WriteUInt64LittleEndian(structure.AsSpan(8), 0x1234_5678_1234_5678);
        Expect.Fails(Errno.EINVAL, socket.System.SetSockOpt(socket.Descriptor, SOL_SOCKET, SO_ATTACH_FILTER, structure.AsSpan(0, 16)));
        structure[0] = 1;
        Expect.Fails(Errno.EFAULT, socket.System.SetSockOpt(socket.Descriptor, SOL_SOCKET, SO_ATTACH_FILTER, structure.AsSpan(0, 16)));
        Expect.Equal(64, socket.GetSocketLevel(SO_BPF_EXTENSIONS));
    }

    /// <summary>SO_GET_FILTER gives the program back; its room is counted in instructions.</summary>
    [Scenario("OPT-04")]
    public static void AProgramCanBeRead(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.True(socket.GetFilter() is null);
        ClassicFilter filter = ClassicFilter.Assemble("ldh [2]\n ret a");
        socket.AttachFilter(filter);
        Expect.Bytes(filter.ToBytes(), socket.GetFilter()!.ToBytes());
        byte[] room = new byte[64];
        foreach ((int claim, int count, Errno error) in new[] { (0, 2, Errno.None), (1, 1, Errno.EINVAL), (2, 2, Errno.None), (5, 2, Errno.None), (-1, -1, Errno.EINVAL) })
        {
            int length = claim;
            Array.Clear(room);
            Expect.Fails(error, socket.System.GetSockOpt(socket.Descriptor, SOL_SOCKET, SO_ATTACH_FILTER, room, ref length));
            Expect.Equal(count, length);
            if (error == Errno.None) Expect.Bytes(claim == 0 ? new byte[16] : filter.ToBytes(), room.AsSpan(0, 16));
        }
    }

    /// <summary>SO_DETACH_FILTER works once; without a filter it is ENOENT, and it cannot be read.</summary>
    [Scenario("OPT-10")]
    public static void Detaching(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Fails(Errno.ENOENT, socket.TrySet(SOL_SOCKET, SO_DETACH_FILTER, 0));
        Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(SOL_SOCKET, SO_DETACH_FILTER));
        Expect.Fails(Errno.EINVAL, socket.System.SetSockOpt(socket.Descriptor, SOL_SOCKET, SO_DETACH_FILTER, new byte[3]));
        socket.AttachFilter(ClassicFilter.Assemble("ret #0"));
        Expect.Success(socket.TrySet(SOL_SOCKET, SO_DETACH_FILTER, 77));
        Expect.Fails(Errno.ENOENT, socket.TrySet(SOL_SOCKET, SO_DETACH_FILTER, 0));
    }

    /// <summary>SO_LOCK_FILTER: after it nobody attaches, detaches or unlocks, but it may be set again.</summary>
    [Scenario("OPT-17")]
    public static void Locking(HostProcess host)
    {
        using Socket socket = host.Udp();
        Expect.Equal(0, socket.GetSocketLevel(SO_LOCK_FILTER));
        Expect.Success(socket.TrySet(SOL_SOCKET, SO_LOCK_FILTER, 0));
        socket.AttachFilter(ClassicFilter.Assemble("ret #8"));
        socket.LockFilter();
        Expect.Equal(1, socket.GetSocketLevel(SO_LOCK_FILTER));
        Expect.Throws(Errno.EPERM, () => socket.AttachFilter(ClassicFilter.Assemble("ret #9")));
        Expect.Fails(Errno.EPERM, socket.System.AttachFilter(socket.Descriptor, default));
        Expect.Throws(Errno.EPERM, socket.DetachFilter);
        Expect.Throws(Errno.EPERM, () => socket.AttachReusePortFilter(ClassicFilter.Assemble("ret #9")));
        Expect.Fails(Errno.EPERM, socket.TrySet(SOL_SOCKET, SO_LOCK_FILTER, 0));
        Expect.Success(socket.TrySet(SOL_SOCKET, SO_LOCK_FILTER, 1));
        Expect.Equal(1, socket.GetFilter()!.Length);
    }

    /// <summary>On TCP the program sees segments from the TCP header on. One that wants no data leaves the handshake alone, and the data is sent again until it is gone.</summary>
    [Scenario("OPT-04")]
    public static void SegmentsAreFiltered(HostProcess host)
    {
        using Socket listener = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(InetAddress.LoopbackIPv4());
        // Only the header of what carries no data; the listener's children have it too, and lose it for themselves.
        listener.AttachFilter(ClassicFilter.Assemble("ldb [12]\n rsh #2\n and #0x3c\n tax\n ld #len\n sub x\n jeq #0, yes\n ret #0\n yes: ret #-1"));
        listener.Listen(1);
        using Socket client = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        client.Connect(listener.LocalAddress);
        using Socket server = listener.Accept(out _);
        Expect.Equal(9, server.GetFilter()!.Length);
        client.SendText("hello");
        server.ExpectEmpty();
        server.DetachFilter();
        Expect.Equal("hello", server.ReceiveText());
    }

    /// <summary>A listener whose program drops everything is as good as away: its SYNs are not answered.</summary>
    [Scenario("OPT-04")]
    public static void AListenerBehindAFilter(HostProcess host)
    {
        using Socket listener = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
        listener.Bind(InetAddress.LoopbackIPv4());
        listener.Listen(1);
        listener.AttachFilter(ClassicFilter.Assemble("ret #0"));
        using Socket client = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream | SocketType.NonBlocking);
        Expect.Throws(Errno.EINPROGRESS, () => client.Connect(listener.LocalAddress));
        Expect.Equal(PollEvents.None, client.PollNow(PollEvents.POLLOUT));
        listener.DetachFilter();
        // The second SYN, a second later.
        Expect.Equal(PollEvents.POLLOUT, client.Poll(PollEvents.POLLOUT, TimeSpan.FromSeconds(10)));
        Expect.Equal(0, client.GetSocketLevel(SO_ERROR));
    }

    /// <summary>A constant program sends all datagrams of a group to one socket, counted in the order of bind; a number that nobody has leaves it to the hash; any member may replace it.</summary>
    [Scenario("OPT-05")]
    public static void AProgramChoosesTheSocket(HostProcess host)
    {
        using Socket first = GroupMember(host, 0);
        ushort port = first.LocalAddress.Port;
        using Socket second = GroupMember(host, port), third = GroupMember(host, port);
        Socket[] members = [first, second, third];
        using Socket sender = host.Udp();
        for (int i = 0; i < members.Length; i++)
        {
            members[^(i + 1)].AttachReusePortFilter(ClassicFilter.Assemble($"ret #{i}"));
            sender.SendTextTo("all", first.LocalAddress);
            Expect.Equal("all", members[i].ReceiveText());
        }
        // The program sees the data behind the UDP header.
        first.AttachReusePortFilter(ClassicFilter.Assemble("ldb [0]\n sub #48\n ret a"));
        foreach (int i in new[] { 2, 0, 1 })
        {
            sender.SendTextTo($"{i}", first.LocalAddress);
            Expect.Equal($"{i}", members[i].ReceiveText());
        }
        sender.SendTextTo("9", first.LocalAddress);
        Expect.Equal(1, members.Count(static member => member.PollNow(PollEvents.POLLIN) != 0));
        members.First(static member => member.PollNow(PollEvents.POLLIN) != 0).ReceiveText();
        // The last one moves to the place of one that closes.
        first.Dispose();
        sender.SendTextTo("0", second.LocalAddress);
        Expect.Equal("0", third.ReceiveText());
        second.DetachReusePortFilter();
        Expect.Throws(Errno.ENOENT, third.DetachReusePortFilter);
    }

    /// <summary>Without SO_REUSEPORT there is no group; a program that comes before the port is the group's if the socket makes one, and keeps it from joining another.</summary>
    [Scenario("OPT-05")]
    public static void ProgramsAndGroups(HostProcess host)
    {
        ClassicFilter program = ClassicFilter.Assemble("ret #1");
        using Socket lone = host.Udp();
        Expect.Throws(Errno.EINVAL, () => lone.AttachReusePortFilter(program));
        Expect.Throws(Errno.EINVAL, lone.DetachReusePortFilter);
        lone.Bind(InetAddress.LoopbackIPv4());
        lone.SetSocketLevel(SO_REUSEPORT, 1);
        Expect.Throws(Errno.EINVAL, () => lone.AttachReusePortFilter(program));
        Expect.Throws(Errno.ENOENT, lone.DetachReusePortFilter);

        using Socket first = host.Udp();
        first.SetSocketLevel(SO_REUSEPORT, 1);
        Expect.Throws(Errno.ENOENT, first.DetachReusePortFilter);
        first.AttachReusePortFilter(program);
        first.Bind(InetAddress.LoopbackIPv4());
        using Socket second = GroupMember(host, first.LocalAddress.Port);
        using Socket sender = host.Udp();
        for (int i = 0; i < 8; i++)
        {
            sender.SendTextTo("x", first.LocalAddress);
            Expect.Equal("x", second.ReceiveText());
        }
        using Socket third = host.Udp();
        third.SetSocketLevel(SO_REUSEPORT, 1);
        third.AttachReusePortFilter(program);
        Expect.Throws(Errno.EADDRINUSE, () => third.Bind(first.LocalAddress));
        Expect.Fails(Errno.EINVAL, first.System.AttachReusePortFilter(first.Descriptor, ClassicFilter.Assemble("ld M[1]\n ret a").Instructions));
    }

    /// <summary>The same for listeners: the program chooses who gets a connection.</summary>
    [Scenario("OPT-05")]
    public static void AProgramChoosesTheListener(HostProcess host)
    {
        using Socket first = Member(host, SocketType.Stream, 0);
        first.AttachReusePortFilter(ClassicFilter.Assemble("ret #1"));
        first.Listen(8);
        using Socket second = Member(host, SocketType.Stream, first.LocalAddress.Port);
        second.Listen(8);
        for (int i = 0; i < 6; i++)
        {
            if (i == 3) second.AttachReusePortFilter(ClassicFilter.Assemble("ret #0"));
            using Socket client = host.Sockets.Open(AddressFamily.Inet, SocketType.Stream);
            client.Connect(first.LocalAddress);
            using Socket server = (i < 3 ? second : first).Accept(out _);
            Expect.Throws(Errno.EINVAL, () => server.AttachReusePortFilter(ClassicFilter.Assemble("ret #0")));
        }
        using Socket late = Member(host, SocketType.Stream, first.LocalAddress.Port);
        late.AttachReusePortFilter(ClassicFilter.Assemble("ret #1"));
        Expect.Throws(Errno.EADDRINUSE, () => late.Listen(1));
    }

    private static Socket GroupMember(HostProcess host, ushort port) => Member(host, SocketType.Datagram, port);

    private static Socket Member(HostProcess host, SocketType type, ushort port)
    {
        Socket socket = host.Sockets.Open(AddressFamily.Inet, type);
        socket.SetSocketLevel(SO_REUSEPORT, 1);
        socket.Bind(InetAddress.LoopbackIPv4(port));
        return socket;
    }
}
