using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.BpfCode;
using static Slipway.Sockets.EbpfInstruction;
using static Slipway.Sockets.SocketLevel;
using static Slipway.Sockets.SocketOptionName;

namespace Slipway.Conformance;

/// <summary>eBPF programs as filters and over groups (bpf(2), SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_EBPF), with maps that the process reads.</summary>
public static class EbpfScenarios
{
    private const int DoubleWord = 0x18, Unequal = 0x50;

    /// <summary>A program counts datagrams by their first byte in a hash and all of them in an array, and lets go what begins with x.</summary>
    [Scenario("OPT-04")]
    public static void AProgramCounts(HostProcess host)
    {
        SocketSystem system = host.Sockets;
        int all = Expect.Success(system.CreateMap(EbpfMapKind.Array, 4, 8, 1)), byFirst = Expect.Success(system.CreateMap(EbpfMapKind.Hash, 4, 8, 16));
        EbpfInstruction[] program =
        [
            Move(6, 1),
            // all[0]++
            StoreConstant(BPF_W, 10, -4, 0),
            .. LoadMap(1, all), Move(2, 10), Compute(BPF_ADD, 2, -4), Call(EbpfHelper.MapLookup),
            JumpIf(BPF_JEQ, 0, 0, 3), Load(DoubleWord, 1, 0, 0), Compute(BPF_ADD, 1, 1), Store(DoubleWord, 0, 0, 1),
            // byFirst[first]++, or = 1
            LoadPacket(BPF_B, 8), Move(7, 0), Store(BPF_W, 10, -4, 7),
            .. LoadMap(1, byFirst), Move(2, 10), Compute(BPF_ADD, 2, -4), Call(EbpfHelper.MapLookup),
            JumpIf(Unequal, 0, 0, 10),
            StoreConstant(DoubleWord, 10, -16, 1), .. LoadMap(1, byFirst), Move(2, 10), Compute(BPF_ADD, 2, -4), Move(3, 10), Compute(BPF_ADD, 3, -16), Set(4, 0), Call(EbpfHelper.MapUpdate),
            // The jump above comes behind this one.
            Jump(3),
            Load(DoubleWord, 1, 0, 0), Compute(BPF_ADD, 1, 1), Store(DoubleWord, 0, 0, 1),
            Set(0, 0), JumpIf(BPF_JEQ, 7, 'x', 1), Set(0, -1), Exit,
        ];
        int loaded = Expect.Success(system.LoadProgram(program));
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            receiver.AttachProgram(loaded);
            Expect.Throws(Errno.EACCES, () => receiver.GetFilter());
            Expect.Success(system.Close(loaded)); // the socket keeps the program
            foreach (string text in new[] { "a1", "x1", "a2", "b1", "x2" }) sender.SendText(text);
            Expect.Equal("a1", receiver.ReceiveText());
            Expect.Equal("a2", receiver.ReceiveText());
            Expect.Equal("b1", receiver.ReceiveText());
            receiver.ExpectEmpty();
            Expect.Equal(5, Count(system, all, 0));
            Expect.Equal((2, 2, 1), (Count(system, byFirst, 'a'), Count(system, byFirst, 'x'), Count(system, byFirst, 'b')));
            Expect.Equal(-1, Count(system, byFirst, 'c'));
            receiver.DetachFilter();
            sender.SendText("x3");
            Expect.Equal("x3", receiver.ReceiveText());
        }
        system.Close(all);
        system.Close(byFirst);
    }

    /// <summary>Which descriptors SO_ATTACH_BPF takes, and which programs are not loaded at all.</summary>
    [Scenario("OPT-04")]
    public static void WhatIsNoProgram(HostProcess host)
    {
        SocketSystem system = host.Sockets;
        using Socket socket = host.Udp();
        int map = Expect.Success(system.CreateMap(EbpfMapKind.Hash, 4, 8, 1));
        foreach (int option in new[] { SO_ATTACH_BPF, SO_ATTACH_REUSEPORT_EBPF })
        {
            Expect.Fails(Errno.EBADF, socket.TrySet(SOL_SOCKET, option, 999));
            Expect.Fails(Errno.EBADF, socket.TrySet(SOL_SOCKET, option, -1));
            Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_SOCKET, option, socket.Descriptor));
            Expect.Fails(Errno.EINVAL, socket.TrySet(SOL_SOCKET, option, map));
            Expect.Fails(Errno.EINVAL, system.SetSockOpt(socket.Descriptor, SOL_SOCKET, option, new byte[8]));
            Expect.Fails(Errno.ENOPROTOOPT, socket.TryGet(SOL_SOCKET, option));
        }
        (string Why, EbpfInstruction[] Program, Errno Error)[] refused =
        [
            ("nothing", [], Errno.E2BIG),
            ("r0 is not set", [Exit], Errno.EACCES),
            ("no end", [Set(0, 1)], Errno.EINVAL),
            ("jumps out", [Set(0, 0), Jump(5), Exit], Errno.EINVAL),
            ("loops for ever", [Set(0, 0), Jump(-2), Exit], Errno.EINVAL),
            ("is never run", [Set(0, 0), Jump(1), Set(0, 1), Exit], Errno.EINVAL),
            ("below the stack", [StoreConstant(BPF_W, 10, -516, 0), Set(0, 0), Exit], Errno.EACCES),
            ("above the stack", [StoreConstant(BPF_W, 10, 0, 0), Set(0, 0), Exit], Errno.EACCES),
            ("the frame pointer", [Set(10, 0), Set(0, 0), Exit], Errno.EACCES),
            ("a number as an address", [Set(1, 64), Load(BPF_W, 0, 1, 0), Exit], Errno.EACCES),
            ("skb->data", [Load(BPF_W, 0, 1, 76), Exit], Errno.EACCES),
            ("writes the packet's facts", [Set(0, 0), Store(BPF_W, 1, 0, 0), Exit], Errno.EACCES),
            ("an element that may be missing", [StoreConstant(BPF_W, 10, -4, 0), .. LoadMap(1, map), Move(2, 10), Compute(BPF_ADD, 2, -4), Call(EbpfHelper.MapLookup), Load(BPF_W, 0, 0, 0), Exit], Errno.EACCES),
            ("behind an element", [StoreConstant(BPF_W, 10, -4, 0), .. LoadMap(1, map), Move(2, 10), Compute(BPF_ADD, 2, -4), Call(EbpfHelper.MapLookup), JumpIf(BPF_JEQ, 0, 0, 1), Load(BPF_W, 0, 0, 8), Set(0, 0), Exit], Errno.EACCES),
            ("r1 after a call", [Call(EbpfHelper.KtimeGetNs), Move(0, 1), Exit], Errno.EACCES),
            ("no such helper", [new EbpfInstruction(0x85, 0, 0, 9999), Exit], Errno.EINVAL),
            ("no such register", [new EbpfInstruction(0xb7, 0x0c, 0, 0), Exit], Errno.EINVAL),
            ("division by a constant zero", [Set(0, 1), Compute(BPF_DIV, 0, 0), Exit], Errno.EINVAL),
            ("a shift too far", [Set(0, 1), Compute(BPF_LSH, 0, 64), Exit], Errno.EINVAL),
            ("no such map", [.. LoadMap(1, 999), Set(0, 0), Exit], Errno.EBADF),
            ("no map at all", [.. LoadMap(1, socket.Descriptor), Set(0, 0), Exit], Errno.EINVAL),
        ];
        foreach ((string why, EbpfInstruction[] program, Errno error) in refused) Expect.Fails(error, system.LoadProgram(program), why);
        system.Close(map);
    }

    /// <summary>Elements of maps by the process's own calls.</summary>
    [Scenario("OPT-04")]
    public static void ElementsOfMaps(HostProcess host)
    {
        SocketSystem system = host.Sockets;
        Expect.Fails(Errno.EINVAL, system.CreateMap(EbpfMapKind.Array, 8, 8, 1));
        Expect.Fails(Errno.EINVAL, system.CreateMap(EbpfMapKind.Array, 4, 0, 1));
        Expect.Fails(Errno.EINVAL, system.CreateMap(EbpfMapKind.Hash, 4, 4, 0));
        int array = Expect.Success(system.CreateMap(EbpfMapKind.Array, 4, 4, 2)), hash = Expect.Success(system.CreateMap(EbpfMapKind.Hash, 2, 4, 2));
        byte[] zero = new byte[4], two = [2, 0, 0, 0], value = [1, 2, 3, 4], read = new byte[4];
        Expect.Success(system.LookupElement(array, zero, read));
        Expect.Bytes(zero, read);
        Expect.Success(system.UpdateElement(array, zero, value, 0));
        Expect.Success(system.LookupElement(array, zero, read));
        Expect.Bytes(value, read);
        Expect.Fails(Errno.EEXIST, system.UpdateElement(array, zero, value, 1));
        Expect.Fails(Errno.E2BIG, system.UpdateElement(array, two, value, 0));
        Expect.Fails(Errno.ENOENT, system.LookupElement(array, two, read));
        Expect.Fails(Errno.EINVAL, system.DeleteElement(array, zero));
        Expect.Fails(Errno.EINVAL, system.UpdateElement(array, zero, value, 5));

        Expect.Fails(Errno.ENOENT, system.LookupElement(hash, "ab"u8, read));
        Expect.Fails(Errno.ENOENT, system.UpdateElement(hash, "ab"u8, value, 2));
        Expect.Success(system.UpdateElement(hash, "ab"u8, value, 1));
        Expect.Fails(Errno.EEXIST, system.UpdateElement(hash, "ab"u8, value, 1));
        Expect.Success(system.UpdateElement(hash, "cd"u8, zero, 0));
        Expect.Fails(Errno.E2BIG, system.UpdateElement(hash, "ef"u8, value, 0));
        Expect.Success(system.DeleteElement(hash, "ab"u8));
        Expect.Fails(Errno.ENOENT, system.DeleteElement(hash, "ab"u8));
        Expect.Success(system.UpdateElement(hash, "ef"u8, value, 0));
        Expect.Success(system.LookupElement(hash, "ef"u8, read));
        Expect.Bytes(value, read);
        Expect.Fails(Errno.EBADF, system.LookupElement(999, "ef"u8, read));
        system.Close(array);
        system.Close(hash);
    }

    /// <summary>A program over a group reads the data of a datagram by a helper and names the socket.</summary>
    [Scenario("OPT-05")]
    public static void AProgramChoosesTheSocket(HostProcess host)
    {
        SocketSystem system = host.Sockets;
        int program = Expect.Success(system.LoadProgram(
        [
            Set(2, 0), Move(3, 10), Compute(BPF_ADD, 3, -8), Set(4, 1), Call(EbpfHelper.SkbLoadBytes),
            Load(BPF_B, 0, 10, -8), Compute(BPF_SUB, 0, '0'), Exit,
        ]));
        using Socket first = host.Udp(), second = host.Udp(), sender = host.Udp();
        first.SetSocketLevel(SO_REUSEPORT, 1);
        second.SetSocketLevel(SO_REUSEPORT, 1);
        first.Bind(InetAddress.LoopbackIPv4());
        second.Bind(first.LocalAddress);
        second.AttachReusePortProgram(program);
        foreach (string text in new[] { "1a", "0b", "1c" })
        {
            sender.SendTextTo(text, first.LocalAddress);
            Expect.Equal(text, (text[0] == '0' ? first : second).ReceiveText());
        }
        first.DetachReusePortFilter();
        using Socket lone = host.Udp();
        Expect.Throws(Errno.EINVAL, () => lone.AttachReusePortProgram(program));
        lone.LockFilter();
        Expect.Throws(Errno.EPERM, () => lone.AttachProgram(program));
        system.Close(program);
    }

    private static long Count(SocketSystem system, int map, int key)
    {
        byte[] name = new byte[4], value = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(name, key);
        return system.LookupElement(map, name, value) == Errno.None ? BinaryPrimitives.ReadInt64LittleEndian(value) : -1;
    }
}
