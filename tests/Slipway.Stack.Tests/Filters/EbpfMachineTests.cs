using Slipway.Sockets;
using static Slipway.Sockets.BpfCode;
using static Slipway.Sockets.EbpfInstruction;

namespace Slipway.Stack.Tests;

/// <summary>The machine without a kernel beside it.</summary>
public sealed class EbpfMachineTests
{
    private const int Map = 0, DoubleWord = 0x18, MessageLength = 300;

    [Fact]
    public void Whatever_the_verifier_takes_ends_and_touches_nothing_else()
    {
        const int Programs = 1000;
        var random = new SeededRandom(51);
        var dice = new EbpfDice(random, Map);
        EbpfMap.Create(EbpfMapKind.Array, sizeof(int), EbpfDice.ElementLength, 3, out EbpfMap? map).ShouldBe(Errno.None);
        var loop = new StackLoop(new VirtualClock());
        byte[] message = new byte[MessageLength];
        int taken = 0;
        for (int i = 0; i < Programs; i++)
        {
            EbpfInstruction[] program = dice.Next();
            if (EbpfProgram.Create(program, [map!], loop, out EbpfProgram? created) != Errno.None) continue;
            taken++;
            random.Fill(message);
            // An address outside would throw.
            Should.NotThrow(() => created!.Run(new FilterPacket(message, random)), $"program {i}");
        }
        taken.ShouldBeGreaterThan(Programs / 5);
    }

    [Fact]
    public void Damaged_programs_are_refused_or_run_but_never_throw()
    {
        const int Programs = 3000;
        var random = new SeededRandom(52);
        var dice = new EbpfDice(random, Map);
        EbpfMap.Create(EbpfMapKind.Array, sizeof(int), EbpfDice.ElementLength, 3, out EbpfMap? map).ShouldBe(Errno.None);
        var loop = new StackLoop(new VirtualClock());
        byte[] message = new byte[MessageLength];
        int taken = 0, refused = 0;
        for (int i = 0; i < Programs; i++)
        {
            EbpfInstruction[] program = dice.Next();
            Damage(program, random);
            Errno error = EbpfProgram.Create(program, [map!], loop, out EbpfProgram? created);
            error.ShouldBeOneOf(Errno.None, Errno.EINVAL, Errno.EACCES, Errno.E2BIG);
            if (error == Errno.None) taken++;
            else refused++;
            if (created is not null) Should.NotThrow(() => created.Run(new FilterPacket(message, random)), $"program {i}");
        }
        taken.ShouldBeGreaterThan(Programs / 20);
        refused.ShouldBeGreaterThan(Programs / 2);
    }

    /// <summary>Turns one bit around. Loads of the map stay: what their numbers mean is checked where descriptors are read.</summary>
    private static void Damage(EbpfInstruction[] program, SeededRandom random)
    {
        int at = random.Next(program.Length);
        EbpfInstruction old = program[at];
        if (old.Code is EbpfCode.WideConstant or 0) return;
        ulong bit = 1UL << random.Next(64);
        var damaged = new EbpfInstruction((byte)(old.Code ^ (byte)bit), (byte)(old.Registers ^ (byte)(bit >> 8)), (short)(old.Offset ^ (short)(bit >> 16)), old.Immediate ^ (int)(bit >> 32));
        if (damaged.Code != EbpfCode.WideConstant) program[at] = damaged;
    }

    [Fact]
    public void Functions_loops_maps_and_tail_calls_allocate_nothing()
    {
        const int Runs = 100;
        const uint Sum = 45;
        var loop = new StackLoop(new VirtualClock());
        EbpfMap.Create(EbpfMapKind.LruHash, sizeof(int), sizeof(long), 4, out EbpfMap? recent).ShouldBe(Errno.None);
        EbpfMap.Create(EbpfMapKind.ProgramArray, sizeof(int), sizeof(int), 1, out EbpfMap? programs).ShouldBe(Errno.None);
        EbpfInstruction[] body =
        [
            Move(6, 1), Set(7, 0), Set(8, 0),
            Move(1, 7), CallFunction(9), ComputeWith(BPF_ADD, 8, 0), Compute(BPF_ADD, 7, 1), JumpIf(0xa0, 7, 10, -5),
            Move(1, 6), .. LoadMap(2, 1), Set(3, 0), Call(EbpfHelper.TailCall), Exit,
        ];
        // A function that writes its argument into the map, and returns what it wrote.
        EbpfInstruction[] function =
        [
            Store(BPF_W, 10, -4, 1), Store(DoubleWord, 10, -16, 1), Move(6, 1), .. LoadMap(1, 0), Move(2, 10), Compute(BPF_ADD, 2, -4), Move(3, 10), Compute(BPF_ADD, 3, -16), Set(4, 0),
            Call(EbpfHelper.MapUpdate), Move(0, 6), Exit,
        ];
        body[^1] = Jump(0);
        EbpfInstruction[] main = [.. body, Move(0, 8), Exit, .. function];
        main[4] = CallFunction(body.Length + 2 - 5);
        EbpfProgram.Create(main, [recent!, programs!], loop, out EbpfProgram? program).ShouldBe(Errno.None);
        var random = new SeededRandom(53);
        byte[] message = new byte[MessageLength];
        long sum = 0;
        program!.Run(new FilterPacket(message, random)).ShouldBe(Sum, "0 + 1 + … + 9");
        ((EbpfProgramArray)programs!).Put(new byte[4], new EbpfProgramFile(program, 1), 0).ShouldBe(Errno.None);
        Allocations.Of(() =>
        {
            for (int i = 0; i < Runs; i++) sum += program.Run(new FilterPacket(message, random));
        }).ShouldBe(0);
        sum.ShouldBePositive();
        (sum % Sum).ShouldBe(0);
    }

    [Fact]
    public void A_full_map_loses_what_no_program_used_for_longest()
    {
        EbpfMap.Create(EbpfMapKind.LruHash, 1, 1, 3, out EbpfMap? map).ShouldBe(Errno.None);
        foreach (byte key in "abc"u8) map!.Update([key], [key], 0).ShouldBe(Errno.None);
        // A program looks up the oldest; the process reads the next, which is no use.
        map!.Find("a"u8).ShouldBeGreaterThanOrEqualTo(0);
        map.Read("b"u8, new byte[1]).ShouldBe(Errno.None);
        map.Update("d"u8, "d"u8, 0).ShouldBe(Errno.None);
        map.Read("b"u8, new byte[1]).ShouldBe(Errno.ENOENT);
        map.Update("c"u8, "C"u8, 0).ShouldBe(Errno.None);
        map.Update("e"u8, "e"u8, 0).ShouldBe(Errno.None);
        map.Read("a"u8, new byte[1]).ShouldBe(Errno.ENOENT);
        // A place that was given back is taken before anything is lost.
        map.Delete("d"u8).ShouldBe(Errno.None);
        map.Update("f"u8, "f"u8, 0).ShouldBe(Errno.None);
        foreach (byte key in "cef"u8) map.Read([key], new byte[1]).ShouldBe(Errno.None);
    }
}
