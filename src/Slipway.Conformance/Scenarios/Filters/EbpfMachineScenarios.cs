using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.BpfCode;
using static Slipway.Sockets.EbpfInstruction;

namespace Slipway.Conformance;

/// <summary>The instruction set of RFC 9669 beyond plain arithmetic, what the verifier knows of numbers, and the helpers and maps of socket filters.</summary>
public static class EbpfMachineScenarios
{
    private const int DoubleWord = 0x18, Unequal = 0x50, LessThan = 0xa0, AtMost = 0xb0, LessSigned = 0xc0, ShiftSigned = 0xc0;
    private const int UdpHeader = 8, Sent = 500;

    /// <summary>Each group of instructions, in a program whose verdict is what it computed.</summary>
    [Scenario("OPT-04")]
    public static void WhatInstructionsCompute(HostProcess host)
    {
        int one = Expect.Success(host.Sockets.CreateMap(EbpfMapKind.Array, 4, 16, 1));
        (string What, EbpfInstruction[] Program, int Verdict)[] programs =
        [
            ("adds atomically", [StoreConstant(DoubleWord, 10, -8, 40), Set(1, 60), Atomic(EbpfAtomic.Add, DoubleWord, 10, -8, 1), Load(DoubleWord, 0, 10, -8), Exit], 100),
            ("fetches and adds", [StoreConstant(BPF_W, 10, -8, 140), Set(1, 60), Atomic(EbpfAtomic.FetchAdd, BPF_W, 10, -8, 1), Move(0, 1), Exit], 140),
            ("ors", [StoreConstant(BPF_W, 10, -4, 0x41), Set(1, 0x22), Atomic(EbpfAtomic.Or, BPF_W, 10, -4, 1), Load(BPF_W, 0, 10, -4), Exit], 0x63),
            ("ands, and fetches", [StoreConstant(BPF_W, 10, -4, 0x63), Set(1, 0x42), Atomic(EbpfAtomic.FetchAnd, BPF_W, 10, -4, 1), Load(BPF_W, 0, 10, -4), ComputeWith(BPF_ADD, 0, 1), Exit], 0xa5),
            ("exclusive or", [StoreConstant(BPF_W, 10, -4, 0x163), Set(1, 0x122), Atomic(EbpfAtomic.FetchXor, BPF_W, 10, -4, 1), Load(BPF_W, 0, 10, -4), Exit], 0x41),
            ("exchanges", [StoreConstant(DoubleWord, 10, -8, 70), Set(1, 9), Atomic(EbpfAtomic.Exchange, DoubleWord, 10, -8, 1), Move(0, 1), Exit], 70),
            ("compares and exchanges", [StoreConstant(DoubleWord, 10, -8, 70), Set(0, 70), Set(1, 99), Atomic(EbpfAtomic.CompareExchange, DoubleWord, 10, -8, 1), Load(DoubleWord, 1, 10, -8), ComputeWith(BPF_ADD, 0, 1), Exit], 169),
            ("compares and keeps", [StoreConstant(BPF_W, 10, -8, 70), Set(0, 71), Set(1, 99), Atomic(EbpfAtomic.CompareExchange, BPF_W, 10, -8, 1), Load(BPF_W, 1, 10, -8), ComputeWith(BPF_ADD, 0, 1), Exit], 140),
            ("swaps bytes", [.. SetWide(0, 0x1234_5678_9abc_5601), SwapBytesOf(0, 16), Exit], 0x156),
            ("to network order", [.. SetWide(0, 0x7fff_ffff_5601_0000), ToBigEndian(0, 32), Exit], 0x156),
            ("to little endian", [.. SetWide(0, 0x7fff_ffff_ffff_0155), ToLittleEndian(0, 16), Exit], 0x155),
            ("loads a sign", [StoreConstant(BPF_B, 10, -8, -100), LoadSigned(BPF_B, 0, 10, -8), Compute(0x80, 0, 0), Exit], 100),
            ("moves a sign", [Set(1, 0xff38), MoveSigned(0, 1, 16), Compute(BPF_ADD, 0, 400), Exit], 200),
            ("divides with signs", [Set(0, -1400), Set(1, -7), DivideSigned(0, 1), Exit], 200),
            ("remainder with signs", [Set(0, -1399), Set(1, 200), RemainderSigned(0, 1), Compute(BPF_ADD, 0, 400), Exit], 201),
            ("divides by 0", [Set(0, 77), Set(1, 0), ComputeWith(BPF_DIV, 0, 1), Compute(BPF_ADD, 0, 50), Exit], 50),
            ("compares 32 bits", [.. SetWide(1, 0x5_0000_0007), Set(0, 60), JumpIf32(BPF_JEQ, 1, 7, 1), Set(0, 70), Exit], 60),
            ("jumps far", [Set(0, 33), JumpFar(1), Exit, Compute(BPF_ADD, 0, 33), JumpFar(-3)], 66),
            ("an arithmetic shift of 32 bits", [Set(0, -800), Compute32(ShiftSigned, 0, 2), Compute32(0x80, 0, 0), Exit], 200),
            ("the address of an element", [.. LoadMapValue(1, one, 8), StoreConstant(DoubleWord, 1, 0, 88), .. LoadMapValue(2, one, 0), Load(DoubleWord, 0, 2, 8), Exit], 88),
            ("calls functions", [Set(6, 5), Set(1, 20), CallFunction(2), ComputeWith(BPF_ADD, 0, 6), Exit, Set(6, 1), Move(0, 1), ComputeWith(BPF_MUL, 0, 0), Exit], 405),
            ("a function writes to its caller's stack", [Move(1, 10), Compute(BPF_ADD, 1, -8), CallFunction(2), Load(DoubleWord, 0, 10, -8), Exit, StoreConstant(DoubleWord, 10, -8, 1), StoreConstant(DoubleWord, 1, 0, 123), Exit], 123),
            ("loops", [Set(0, 0), Set(1, 0), Compute(BPF_ADD, 0, 7), Compute(BPF_ADD, 1, 1), JumpIf(LessThan, 1, 40, -3), Exit], 280),
            ("parts of fields", [Load(BPF_H, 0, 1, 16), ToBigEndian(0, 16), Compute(BPF_RSH, 0, 3), Load(BPF_B, 2, 1, 17), ComputeWith(BPF_ADD, 0, 2), Exit], 256),
            ("cb in any size", [StoreConstant(DoubleWord, 1, 48, 0x0101_0101), Load(BPF_H, 0, 1, 50), Exit], 257),
        ];
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            foreach ((string what, EbpfInstruction[] program, int verdict) in programs) Expect.Equal(verdict, Judge(sender, receiver, program, what), what);
        }
        host.Sockets.Close(one);
    }

    /// <summary>Numbers that are masked or compared may move addresses; those that are not may not.</summary>
    [Scenario("OPT-04")]
    public static void WhatNumbersMayMove(HostProcess host)
    {
        SocketSystem system = host.Sockets;
        int map = Expect.Success(system.CreateMap(EbpfMapKind.Array, 4, 16, 1)), many = Expect.Success(system.CreateMap(EbpfMapKind.Array, 4, 16, 2)), hash = Expect.Success(system.CreateMap(EbpfMapKind.Hash, 4, 4, 1));
        EbpfInstruction[] number = [Move(6, 1), LoadPacket(BPF_W, 8), Move(7, 0), Set(0, 0)];
        EbpfInstruction[] address = [.. LoadMapValue(1, map, 0), ComputeWith(BPF_ADD, 1, 7)];
        (string What, EbpfInstruction[] Program, Errno Error)[] programs =
        [
            ("masked", [.. number, Compute(BPF_AND, 7, 15), .. address, Load(BPF_B, 0, 1, 0), Exit], Errno.None),
            ("masked, and counted there", [.. number, Compute(BPF_AND, 7, 1), Compute(BPF_LSH, 7, 3), .. address, Set(2, 1), Atomic(EbpfAtomic.Add, DoubleWord, 1, 0, 2), Exit], Errno.None),
            ("masked too wide", [.. number, Compute(BPF_AND, 7, 31), .. address, Load(BPF_B, 0, 1, 0), Exit], Errno.EACCES),
            ("masked, and read further", [.. number, Compute(BPF_AND, 7, 15), .. address, Load(BPF_H, 0, 1, 0), Exit], Errno.EACCES),
            ("compared", [.. number, JumpIf(BPF_JGT, 7, 12, 4), .. address, Load(BPF_W, 0, 1, 0), Exit], Errno.None),
            ("compared the wrong way", [.. number, JumpIf(AtMost, 7, 12, 4), .. address, Load(BPF_W, 0, 1, 0), Exit], Errno.EINVAL),
            ("compared with its sign alone", [.. number, JumpIf(BPF_JGT + 0x40, 7, 12, 4), .. address, Load(BPF_W, 0, 1, 0), Exit], Errno.EINVAL),
            ("a copy was compared", [.. number, Move(2, 7), JumpIf(BPF_JGT, 2, 12, 4), .. address, Load(BPF_W, 0, 1, 0), Exit], Errno.None),
            ("shifted", [.. number, Compute(BPF_RSH, 7, 60), .. address, Load(BPF_B, 0, 1, 0), Exit], Errno.None),
            ("subtracted from the stack", [Move(1, 10), Compute(BPF_SUB, 1, 8), StoreConstant(BPF_W, 1, 0, 0), Set(0, 0), Exit], Errno.EACCES),
            ("in the stack", [.. number, Compute(BPF_AND, 7, 7), Move(1, 10), Compute(BPF_ADD, 1, -8), ComputeWith(BPF_ADD, 1, 7), StoreConstant(BPF_B, 1, 0, 1), Exit], Errno.None),
            ("beyond the stack", [.. number, Compute(BPF_AND, 7, 15), Move(1, 10), Compute(BPF_ADD, 1, -8), ComputeWith(BPF_ADD, 1, 7), StoreConstant(BPF_B, 1, 0, 1), Exit], Errno.EINVAL),
            ("a length", [.. number, Compute(BPF_AND, 7, 15), JumpIf(BPF_JEQ, 7, 0, 6), Move(1, 6), Set(2, 0), Move(3, 10), Compute(BPF_ADD, 3, -16), Move(4, 7), Call(EbpfHelper.SkbLoadBytes), Set(0, 0), Exit], Errno.None),
            ("a length of 0", [.. number, Compute(BPF_AND, 7, 15), Move(1, 6), Set(2, 0), Move(3, 10), Compute(BPF_ADD, 3, -16), Move(4, 7), Call(EbpfHelper.SkbLoadBytes), Set(0, 0), Exit], Errno.EACCES),
            ("a loop without an end", [Set(0, 0), Call(EbpfHelper.GetPrandomU32), JumpIf(Unequal, 0, 1, -2), Set(0, 0), Exit], Errno.EINVAL),
            ("recursion", [CallFunction(1), Exit, CallFunction(-1), Exit], Errno.E2BIG),
            ("nine functions", [.. Enumerable.Range(0, 8).SelectMany(static _ => new[] { CallFunction(1), Exit }), Set(0, 0), Exit], Errno.E2BIG),
            ("eight functions", [.. Enumerable.Range(0, 7).SelectMany(static _ => new[] { CallFunction(1), Exit }), Set(0, 0), Exit], Errno.None),
            ("too much stack", [StoreConstant(BPF_W, 10, -320, 0), CallFunction(1), Exit, StoreConstant(BPF_W, 10, -320, 0), Set(0, 0), Exit], Errno.EACCES),
            ("a jump into a function", [CallFunction(2), Jump(1), Exit, Set(0, 0), Exit], Errno.EINVAL),
            ("an address of a stack that is gone", [CallFunction(2), Set(0, 0), Exit, Move(0, 10), Exit], Errno.EINVAL),
            ("an atomic operation of 2 bytes", [StoreConstant(BPF_W, 10, -4, 0), Set(0, 0), Atomic(EbpfAtomic.Add, BPF_H, 10, -4, 0), Exit], Errno.EINVAL),
            ("an atomic operation on the packet", [Set(0, 0), Atomic(EbpfAtomic.Add, BPF_W, 1, 48, 0), Exit], Errno.EACCES),
            ("an element of a larger array", [.. LoadMapValue(1, many, 0), Set(0, 0), Exit], (Errno)524),
            ("an element of a hash", [.. LoadMapValue(1, hash, 0), Set(0, 0), Exit], Errno.EINVAL),
            ("behind the element", [.. LoadMapValue(1, map, 16), Set(0, 0), Exit], Errno.EINVAL),
            ("the packet, not in r6", [Set(6, 0), LoadPacket(BPF_W, 0), Exit], Errno.EINVAL),
            ("a tail call by a hash", [.. LoadMap(2, hash), Set(3, 0), Call(EbpfHelper.TailCall), Set(0, 0), Exit], Errno.EINVAL),
        ];
        foreach ((string what, EbpfInstruction[] program, Errno error) in programs)
        {
            CallResult loaded = system.LoadProgram(program);
            Expect.Equal(error, loaded.Error, what);
            if (loaded.Succeeded) system.Close(loaded.Value);
        }
        foreach (int descriptor in new[] { map, many, hash }) system.Close(descriptor);
    }

    /// <summary>A program goes on with others, 33 times at most; an array of programs is empty once no descriptor is left.</summary>
    [Scenario("OPT-04")]
    public static void ProgramsGoOnWithOthers(HostProcess host)
    {
        SocketSystem system = host.Sockets;
        int programs = Expect.Success(system.CreateMap(EbpfMapKind.ProgramArray, 4, 4, 2)), count = Expect.Success(system.CreateMap(EbpfMapKind.Array, 4, 8, 1));
        byte[] zero = new byte[4], second = [1, 0, 0, 0], third = [2, 0, 0, 0], value = new byte[4];
        EbpfInstruction[] next = [.. LoadMap(2, programs), Set(3, 0), Call(EbpfHelper.TailCall)];
        int again = Expect.Success(system.LoadProgram([.. LoadMapValue(2, count, 0), Load(DoubleWord, 0, 2, 0), Compute(BPF_ADD, 0, 1), Store(DoubleWord, 2, 0, 0), .. next, Set(0, 77), Exit]));
        int reads = Expect.Success(system.LoadProgram([Load(BPF_W, 0, 1, 48), Exit]));
        Expect.Fails(Errno.ENOENT, system.LookupElement(programs, zero, value));
        Expect.Fails(Errno.ENOENT, system.DeleteElement(programs, zero));
        Expect.Fails(Errno.EBADF, system.UpdateElement(programs, zero, [231, 3, 0, 0], 0));
        Expect.Fails(Errno.EINVAL, system.UpdateElement(programs, zero, BitConverter.GetBytes(count), 0));
        Expect.Fails(Errno.E2BIG, system.UpdateElement(programs, third, BitConverter.GetBytes(again), 0));
        Expect.Fails(Errno.EINVAL, system.UpdateElement(programs, zero, BitConverter.GetBytes(again), 1));
        Expect.Fails(Errno.E2BIG, system.DeleteElement(programs, third));
        Expect.Success(system.UpdateElement(programs, zero, BitConverter.GetBytes(again), 0));
        Expect.Success(system.UpdateElement(programs, second, BitConverter.GetBytes(reads), 0));
        Expect.Success(system.LookupElement(programs, zero, value));
        Expect.True(BinaryPrimitives.ReadUInt32LittleEndian(value) > 0, "a program has a number");
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            Expect.Equal(77, Judge(sender, receiver, again, "calls itself"));
            Expect.Equal(34, Count(system, count));
            // The first writes to the packet's own words what the second reads.
            EbpfInstruction[] writes = [StoreConstant(BPF_W, 1, 48, 99), .. LoadMap(2, programs), Set(3, 1), Call(EbpfHelper.TailCall), Set(0, 50), Exit];
            Expect.Equal(99, Judge(sender, receiver, writes, "goes on"));
            Expect.Success(system.DeleteElement(programs, second));
            Expect.Equal(50, Judge(sender, receiver, writes, "finds nobody"));
            Expect.Success(system.UpdateElement(programs, second, BitConverter.GetBytes(reads), 0));
            int holder = Expect.Success(system.LoadProgram(writes));
            system.Close(programs);
            receiver.AttachProgram(holder);
            system.Close(holder);
            host.WaitUntil(() => Length(sender, receiver) == 50, static () => "the array was not emptied");
        }
        foreach (int descriptor in new[] { count, again, reads }) system.Close(descriptor);
    }

    /// <summary>Maps with a value for each processor, and maps that lose what was not used for long.</summary>
    [Scenario("OPT-04")]
    public static void MapsOfOtherKinds(HostProcess host)
    {
        const int Unit = 8, Few = 64;
        SocketSystem system = host.Sockets;
        byte[] zero = new byte[4], one = [1, 0, 0, 0], values = new byte[2 * Unit * system.MapProcessors], read = new byte[values.Length];
        values.AsSpan().Fill(7);
        foreach (EbpfMapKind kind in new[] { EbpfMapKind.PerCpuArray, EbpfMapKind.PerCpuHash, EbpfMapKind.LruPerCpuHash })
        {
            // Linux makes room in a full one before it looks what is there.
            int map = Expect.Success(system.CreateMap(kind, 4, 12, kind == EbpfMapKind.LruPerCpuHash ? Few : 1));
            Expect.Fails(Errno.EINVAL, system.UpdateElement(map, zero, new byte[12], 0), $"{kind}");
            Expect.Success(system.UpdateElement(map, zero, values, 0));
            Expect.Success(system.LookupElement(map, zero, read));
            Expect.Bytes(values, read);
            Expect.Fails(Errno.EEXIST, system.UpdateElement(map, zero, values, 1), $"{kind}");
            Expect.Fails(Errno.ENOENT, system.LookupElement(map, one, read), $"{kind}");
            Expect.Fails(Errno.E2BIG, system.CreateMap(kind, 4, 40000, 1), $"{kind}");
            system.Close(map);
        }
        Expect.Fails(Errno.EINVAL, system.CreateMap(EbpfMapKind.ProgramArray, 4, 8, 1));
        Expect.Fails(Errno.EINVAL, system.CreateMap(EbpfMapKind.PerCpuArray, 8, 8, 1));
        int full = Expect.Success(system.CreateMap(EbpfMapKind.PerCpuHash, 4, 8, 1)), recent = Expect.Success(system.CreateMap(EbpfMapKind.LruHash, 4, 8, Few));
        Expect.Success(system.UpdateElement(full, zero, values.AsSpan(0, Unit * system.MapProcessors), 0));
        Expect.Fails(Errno.E2BIG, system.UpdateElement(full, one, values.AsSpan(0, Unit * system.MapProcessors), 0));
        for (int i = 0; i < 3 * Few; i++) Expect.Success(system.UpdateElement(recent, BitConverter.GetBytes(i), values.AsSpan(0, Unit), 0));
        for (int i = 0; i < 3 * Few; i++)
        {
            Errno error = system.LookupElement(recent, BitConverter.GetBytes(i), read.AsSpan(0, Unit));
            Expect.Equal(i < 2 * Few ? Errno.ENOENT : Errno.None, error, $"element {i}");
        }
        Expect.Fails(Errno.ENOENT, system.UpdateElement(recent, zero, values.AsSpan(0, Unit), 2));
        Expect.Success(system.DeleteElement(recent, BitConverter.GetBytes(3 * Few - 1)));
        system.Close(full);
        system.Close(recent);
    }

    /// <summary>What helpers tell of the socket, and bytes from the headers on.</summary>
    [Scenario("OPT-04")]
    public static void WhatHelpersTell(HostProcess host)
    {
        SocketSystem system = host.Sockets;
        int map = Expect.Success(system.CreateMap(EbpfMapKind.Array, 4, 8, 1));
        (Socket sender, Socket receiver) = host.UdpPair();
        using (sender)
        using (receiver)
        {
            EbpfInstruction[] cookie = [Call(EbpfHelper.GetSocketCookie), .. LoadMapValue(1, map, 0), Store(DoubleWord, 1, 0, 0), Set(0, 100), Exit];
            Expect.Equal(100, Judge(sender, receiver, cookie, "cookie"));
            byte[] own = new byte[8];
            int length = own.Length;
            Expect.Success(system.GetSockOpt(receiver.Descriptor, SocketLevel.SOL_SOCKET, SocketOptionName.SO_COOKIE, own, ref length));
            Expect.Equal(BinaryPrimitives.ReadInt64LittleEndian(own), Count(system, map));
            EbpfInstruction[] user = [Call(EbpfHelper.GetSocketUid), Compute(BPF_ADD, 0, 100), Exit];
            Expect.Equal(100, Judge(sender, receiver, user, "user"));
            Expect.Equal(100, Judge(sender, receiver, [Call(EbpfHelper.GetNumaNodeId), Compute(BPF_ADD, 0, 100), Exit], "memory"));
            // The last half of the EtherType, version and length of the IP header, its protocol; then what there is not.
            Expect.Equal(100, Judge(sender, receiver, Relative(13, 0), "the link header"));
            Expect.Equal(100 + 0x45, Judge(sender, receiver, Relative(0, 1), "the network header"));
            Expect.Equal(100 + 17, Judge(sender, receiver, Relative(9, 1), "its protocol"));
            Expect.Equal(50, Judge(sender, receiver, Relative(20 + UdpHeader + Sent, 1), "behind the end"));
            Expect.Equal(50, Judge(sender, receiver, Relative(0, 2), "no such header"));
            Expect.Equal(50, Judge(sender, receiver, Relative(65536, 1), "too far"));
            // The clock does not go back.
            EbpfInstruction[] clocks = [Call(EbpfHelper.KtimeGetNs), Move(6, 0), Call(EbpfHelper.KtimeGetBootNs), Move(7, 0), Call(EbpfHelper.KtimeGetNs), JumpIfWith(LessThan, 0, 6, 3), JumpIfWith(LessThan, 7, 6, 2), Set(0, 100), Exit, Set(0, 50), Exit];
            Expect.Equal(100, Judge(sender, receiver, clocks, "clocks"));
        }
        system.Close(map);
    }

    /// <summary>100 and the byte, 50 where it is not there.</summary>
    private static EbpfInstruction[] Relative(int offset, int start) =>
    [
        Set(2, offset), Move(3, 10), Compute(BPF_ADD, 3, -8), Set(4, 1), Set(5, start), Call(EbpfHelper.SkbLoadBytesRelative),
        JumpIf(LessSigned, 0, 0, 3), Load(BPF_B, 0, 10, -8), Compute(BPF_ADD, 0, 100), Exit, Set(0, 50), Exit,
    ];

    private static int Judge(Socket sender, Socket receiver, EbpfInstruction[] program, string what)
    {
        CallResult loaded = receiver.System.LoadProgram(program);
        Expect.Equal(Errno.None, loaded.Error, what);
        int verdict = Judge(sender, receiver, loaded.Value, what);
        receiver.System.Close(loaded.Value);
        return verdict;
    }

    /// <summary>The verdict of a program, which is seen in what is left of a datagram.</summary>
    private static int Judge(Socket sender, Socket receiver, int program, string what)
    {
        receiver.AttachProgram(program);
        int length = Length(sender, receiver);
        Expect.True(length < Sent, what);
        return length;
    }

    /// <summary>What the filter leaves of a datagram.</summary>
    private static int Length(Socket sender, Socket receiver)
    {
        sender.Send(new byte[Sent]);
        return receiver.Receive(new byte[Sent]) + UdpHeader;
    }

    private static long Count(SocketSystem system, int map)
    {
        byte[] value = new byte[8];
        Expect.Success(system.LookupElement(map, new byte[4], value));
        return BinaryPrimitives.ReadInt64LittleEndian(value);
    }
}
