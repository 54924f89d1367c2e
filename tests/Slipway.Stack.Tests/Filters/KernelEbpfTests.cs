using Slipway.Linux;
using Slipway.Sockets;
using static Slipway.Sockets.BpfCode;

namespace Slipway.Stack.Tests;

/// <summary>The kernel judges the eBPF machine's arithmetic, jumps and loads: random programs, the verdict seen in the length that arrives.</summary>
public sealed class KernelEbpfTests
{
    private const int Programs = 2000, PacketLength = 1100, Working = 6;

    private static readonly int[] Operations = [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90, 0xa0, 0xb0, 0xc0];
    private static readonly int[] Conditions = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0];

    [RootFact]
    [Trait("Row", "OPT-04")]
    public void Random_programs_give_the_kernels_verdicts()
    {
        LinuxSystem kernel = LinuxSystem.Current;
        kernel.SocketPair(AddressFamily.Unix, SocketType.Datagram, 0, out int sender, out int receiver).ShouldBe(Errno.None);
        var random = new SeededRandom(40);
        var loop = new StackLoop(new VirtualClock());
        byte[] packet = new byte[PacketLength], room = new byte[2048];
        var socket = new Socket(kernel, receiver);
        for (int i = 0; i < Programs; i++)
        {
            random.Fill(packet);
            EbpfInstruction[] program = Next(random);
            string text = $"program {i}:\n{string.Join('\n', program)}";
            EbpfProgram.Create(program, [], loop, out EbpfProgram? ours).ShouldBe(Errno.None, text);
            int expected = SocketFilter.Judge(ours!, new FilterPacket(packet, random), 1);
            CallResult loaded = kernel.LoadProgram(program);
            loaded.Error.ShouldBe(Errno.None, text);
            socket.AttachProgram(loaded.Value);
            kernel.Close(loaded.Value);
            kernel.Write(sender, packet).ShouldBe(packet.Length);
            int none = 0;
            CallResult got = kernel.RecvFrom(receiver, room, MessageFlags.MSG_DONTWAIT, default, ref none);
            (got.Succeeded ? got.Value : 0).ShouldBe(expected, text);
        }
        kernel.Close(sender);
        kernel.Close(receiver);
    }

    [Fact]
    public void Running_a_program_allocates_nothing()
    {
        var random = new SeededRandom(41);
        EbpfProgram.Create(Next(random), [], new StackLoop(new VirtualClock()), out EbpfProgram? program).ShouldBe(Errno.None);
        byte[] packet = new byte[PacketLength];
        long sum = 0;
        Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++) sum += program!.Run(new FilterPacket(packet, random));
        }).ShouldBe(0);
        sum.ShouldBeGreaterThan(0);
    }

    private static EbpfInstruction[] Next(SeededRandom random)
    {
        var program = new List<EbpfInstruction> { EbpfInstruction.Move(6, 1), EbpfInstruction.LoadPacket(BPF_W, random.Next(64)) };
        for (int register = 1; register < Working; register++)
        {
            long constant = (long)random.NextUInt64() >> random.Next(64);
            program.Add(new EbpfInstruction(0x18, (byte)register, 0, (int)constant));
            program.Add(new EbpfInstruction(0, 0, 0, (int)(constant >> 32)));
        }
        int length = random.NextInRange(5, 30);
        for (int left = length; left > 0; left--) program.Add(One(random, left));
        program.Add(EbpfInstruction.Compute(BPF_RSH, 0, random.Next(54)));
        program.Add(EbpfInstruction.Compute(BPF_AND, 0, 0x3FF));
        program.Add(EbpfInstruction.Compute(BPF_ADD, 0, 1));
        program.Add(EbpfInstruction.Exit);
        return [.. program];
    }

    private static EbpfInstruction One(SeededRandom random, int left)
    {
        int target = random.Next(Working), source = random.Next(Working);
        bool isWide = random.Chance(0.5), isRegister = random.Chance(0.6);
        byte registers = (byte)(isRegister ? source << 4 | target : target);
        int constant = isRegister ? 0 : (int)random.NextUInt32() >> random.Next(32);
        switch (random.Next(10))
        {
            case < 7:
                int operation = Operations[random.Next(Operations.Length)];
                if (operation == 0x80) return new EbpfInstruction((byte)(isWide ? 0x87 : 0x84), (byte)target, 0, 0);
                bool isShift = operation is 0x60 or 0x70 or 0xc0, isDivision = operation is 0x30 or 0x90;
                if (isShift && !isRegister) constant = random.Next(isWide ? 64 : 32);
                // Of a shift by a register too far the result is anything on the kernel's side: it is masked here as there, so it may stay.
                if (isDivision && !isRegister) constant |= 1;
                short offset = isDivision && random.Chance(0.5) ? (short)1 : operation == 0xb0 && isRegister ? (short)(random.Next(isWide ? 4 : 3) switch { 0 => 0, 1 => 8, 2 => 16, _ => 32 }) : (short)0;
                return new EbpfInstruction((byte)(operation | (isRegister ? 8 : 0) | (isWide ? 7 : 4)), registers, offset, constant);
            case 7:
                return new EbpfInstruction((byte)(isRegister ? 0xdc : isWide ? 0xd7 : 0xd4), (byte)target, 0, random.Next(3) switch { 0 => 16, 1 => 32, _ => 64 });
            default:
                return new EbpfInstruction((byte)(Conditions[random.Next(Conditions.Length)] | (isRegister ? 8 : 0) | (isWide ? 5 : 6)), registers, (short)random.Next(left), constant);
        }
    }
}
