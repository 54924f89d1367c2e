using Slipway.Linux;
using Slipway.Sockets;
using static Slipway.Sockets.BpfCode;

namespace Slipway.Stack.Tests;

/// <summary>The kernel judges our machine: the same programs over the same packets, attached to a pair of datagram sockets of the local domain, where the verdict shows in the length that arrives.</summary>
public sealed class KernelFilterTests : IDisposable
{
    private const int Programs = 10_000, PacketLength = 1100;

    private readonly LinuxSystem _kernel = LinuxSystem.Current;
    private readonly int _sender, _receiver;
    private readonly byte[] _room = new byte[2048];

    public KernelFilterTests() => _kernel.SocketPair(AddressFamily.Unix, SocketType.Datagram, 0, out _sender, out _receiver).ShouldBe(Errno.None);

    public void Dispose()
    {
        _kernel.Close(_sender);
        _kernel.Close(_receiver);
    }

    [Fact]
    [Trait("Row", "OPT-04")]
    public void Ten_thousand_random_programs_give_the_kernels_verdicts()
    {
        var random = new SeededRandom(20);
        var programs = new RandomPrograms(random);
        byte[] packet = new byte[PacketLength];
        int dropped = 0;
        for (int i = 0; i < Programs; i++)
        {
            ClassicInstruction[] program = programs.Next();
            random.Fill(packet);
            programs.PlantAttributes(packet);
            ClassicCheck.IsValid(program).ShouldBeTrue(Describe(i, program));
            int expected = Ours(program, packet);
            Kernels(program, packet).ShouldBe(expected, Describe(i, program));
            if (expected == 0) dropped++;
        }
        // Neither nearly all nothing nor nearly all something: the programs say something about packets.
        dropped.ShouldBeInRange(Programs / 20, Programs * 3 / 4);
    }

    [Fact]
    [Trait("Row", "OPT-04")]
    public void Damaged_programs_are_refused_when_the_kernel_refuses_them()
    {
        var random = new SeededRandom(21);
        var programs = new RandomPrograms(random);
        int refused = 0;
        for (int i = 0; i < Programs; i++)
        {
            ClassicInstruction[] program = programs.Next();
            programs.Damage(program);
            Errno expected = _kernel.AttachFilter(_receiver, program);
            (ClassicCheck.IsValid(program) ? Errno.None : Errno.EINVAL).ShouldBe(expected, Describe(i, program));
            if (expected != Errno.None) refused++;
        }
        refused.ShouldBeInRange(Programs / 10, Programs * 9 / 10);
    }

    [Fact]
    [Trait("Row", "OPT-04")]
    public void Every_operation_code_is_known_exactly_if_the_kernel_knows_it()
    {
        for (int code = 0; code <= ushort.MaxValue; code++)
        {
            ClassicInstruction[] program = [new ClassicInstruction(BPF_ST, 1), new ClassicInstruction(code, 1), new ClassicInstruction(BPF_RET, 1), new ClassicInstruction(BPF_RET, 1)];
            // What the first byte decides is tried with all of the second; the rest of codes are refused by the kernel for being too great.
            if (code > 0x1FF && code % 0x101 != 0) continue;
            (ClassicCheck.IsValid(program) ? Errno.None : Errno.EINVAL).ShouldBe(_kernel.AttachFilter(_receiver, program), $"0x{code:x}");
        }
    }

    [Theory]
    [MemberData(nameof(PrintedPrograms.Cases), MemberType = typeof(PrintedPrograms), DisableDiscoveryEnumeration = true)]
    [Trait("Row", "OPT-04")]
    public void Programs_that_tcpdump_prints_give_the_kernels_verdicts(string expression, ClassicFilter filter)
    {
        foreach ((string name, byte[] frame) in PrintedPrograms.Frames)
        {
            int ours = Ours(filter.Instructions, frame);
            ours.ShouldBe(PrintedPrograms.IsWanted(expression, name) ? frame.Length : 0, $"{expression}: {name}");
            Kernels(filter.Instructions, frame).ShouldBe(ours, $"{expression}: {name}");
        }
    }

    [Fact]
    public void Running_a_program_allocates_nothing()
    {
        ClassicProgram.Create(ClassicFilter.Assemble("ld #rand\n ldxb 4*([0]&0xf)\n st M[3]\n ldh [x + 2]\n jgt #5, yes, yes\n yes: ld #poff\n ret #-1").Instructions, out ClassicProgram? program);
        var random = new SeededRandom(3);
        byte[] packet = new byte[200];
        int kept = 0;
        Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++) kept += SocketFilter.Judge(program!, new FilterPacket(packet, random), 1);
        }).ShouldBe(0);
        kept.ShouldBe(5 * 1000 * packet.Length);
    }

    [Theory]
    [InlineData("ld [0]", 1259, 1260)]
    [InlineData("ldh [0]", 1259, 1260)]
    [InlineData("ldb [0]", 1364, 1365)]
    [InlineData("ld [-1048576]", 2046, 2047)]
    [InlineData("ld [x + 0]", 2046, 2047)]
    [InlineData("ld [x + 4]", 1819, 1820)]
    [InlineData("ldxb 4*([0]&0xf)", 910, 911)]
    [InlineData("div x", 3274, 3275)]
    [InlineData("ld #ifidx", 4093, 4094)]
    [InlineData("ld #1", 4095, 4096)]
    public void What_a_long_program_costs_is_what_the_kernel_charges(string instruction, int fits, int tooLong)
    {
        ClassicInstruction repeated = ClassicFilter.Assemble(instruction).Instructions[0];
        foreach (int length in new[] { fits, tooLong })
        {
            var program = new ClassicInstruction[length];
            Array.Fill(program, repeated);
            program[^1] = program[^2] = new ClassicInstruction(BPF_RET, 1);
            _kernel.SocketPair(AddressFamily.Unix, SocketType.Datagram, 0, out int a, out int b).ShouldBe(Errno.None);
            Errno kernels = _kernel.AttachFilter(a, program);
            _kernel.Close(a);
            _kernel.Close(b);
            ClassicProgram.Create(program, out ClassicProgram? ours).ShouldBe(Errno.None);
            (ours!.Memory < 131072 ? Errno.None : Errno.ENOMEM).ShouldBe(kernels, $"{instruction} × {length}");
        }
    }

    private static int Ours(ReadOnlySpan<ClassicInstruction> instructions, byte[] packet)
    {
        ClassicProgram.Create(instructions, out ClassicProgram? program).ShouldBe(Errno.None);
        return SocketFilter.Judge(program!, new FilterPacket(packet, new SeededRandom(1)), 1);
    }

    private int Kernels(ReadOnlySpan<ClassicInstruction> program, byte[] packet)
    {
        _kernel.AttachFilter(_receiver, program).ShouldBe(Errno.None);
        _kernel.Write(_sender, packet).ShouldBe(packet.Length);
        int none = 0;
        CallResult got = _kernel.RecvFrom(_receiver, _room, MessageFlags.MSG_DONTWAIT, default, ref none);
        if (got.Succeeded) return got.Value;
        got.Error.ShouldBe(Errno.EAGAIN);
        return 0;
    }

    private static string Describe(int number, ReadOnlySpan<ClassicInstruction> program) => $"program {number}:\n{new ClassicFilter(program)}";
}
