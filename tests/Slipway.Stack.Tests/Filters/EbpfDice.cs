using Slipway.Sockets;
using static Slipway.Sockets.BpfCode;
using static Slipway.Sockets.EbpfInstruction;

namespace Slipway.Stack.Tests;

/// <summary>
/// Random programs near the border of what a verifier takes: numbers that are masked, compared or not, addresses of the stack and of an element that move by them, accesses that fit or do not,
/// loops that end or do not, functions, helpers. r6 is the packet, r7 an element, r8 and r9 numbers from outside; r0 to r5 are for anything.
/// </summary>
internal sealed class EbpfDice(SeededRandom random, int map)
{
    public const int ElementLength = 64, StackUsed = 80;

    private const int DoubleWord = 0x18, Context = 6, Element = 7, Frame = 10;

    private static readonly int[] Sizes = [BPF_W, BPF_H, BPF_B, DoubleWord];
    private static readonly int[] Operations = [0x00, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80, 0x90, 0xa0, 0xb0, 0xc0, 0xd0];
    private static readonly int[] Conditions = [0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0xa0, 0xb0, 0xc0, 0xd0];
    private static readonly int[] Atomics = [0x00, 0x40, 0x50, 0xa0, 0x01, 0x41, 0x51, 0xa1, 0xe1, 0xf1];

    private readonly List<int> _calls = [];

    public EbpfInstruction[] Next()
    {
        _calls.Clear();
        List<EbpfInstruction> program =
        [
            Move(Context, 1),
            .. CleanStack(),
            .. LookUp(random.Next(3)),
            JumpIf(0x50, 0, 0, 2), Set(0, 0), Exit,
            Move(Element, 0),
            LoadPacket(Sizes[random.Next(3)], random.Next(40)), Move(8, 0),
            Load(Sizes[random.Next(4)], 9, Element, (short)(random.Next(ElementLength / 8) * 8)),
            .. Numbers(),
        ];
        for (int left = random.NextInRange(2, 9); left > 0; left--) program.AddRange(Step(program.Count, 2));
        program.AddRange([.. End(), Exit]);
        if (_calls.Count == 0) return [.. program];
        int function = program.Count;
        foreach (int at in _calls) program[at] = CallFunction(function - at - 1);
        program.AddRange([.. CleanStack(), Move(Element, 1), Move(8, 2), Move(9, 3), .. Numbers()]);
        for (int left = random.NextInRange(1, 4); left > 0; left--) program.AddRange(Inside(2));
        program.AddRange([.. End(), Exit]);
        return [.. program];
    }

    private IEnumerable<EbpfInstruction> Step(int at, int depth)
    {
        if (!random.Chance(0.1)) return Inside(depth);
        _calls.Add(at + 3);
        return [random.Chance(0.7) ? Move(1, Element) : Move(1, Frame), Move(2, 8), Move(3, Number()), CallFunction(0), .. Numbers(1)];
    }

    private IEnumerable<EbpfInstruction> Inside(int depth) => random.Next(depth > 0 ? 11 : 8) switch
    {
        < 2 => [Arithmetic()],
        2 => Narrow(),
        < 5 => Access(),
        5 => Spill(),
        6 => Helper(),
        7 => [Load(Sizes[random.Next(4)], Number(), random.Chance(0.5) ? Element : Frame, (short)random.NextInRange(-StackUsed, ElementLength))],
        8 => Loop(depth),
        _ => Branch(depth),
    };

    private int Number() => random.Next(7) is var n && n < 5 ? n + 1 : n + 3;

    private int Scratch() => random.Next(6);

    private int Constant() => random.Next(4) switch { 0 => random.NextInRange(-4, 4), 1 => random.Next(80), 2 => 1 << random.Next(31), _ => (int)random.NextUInt32() >> random.Next(32) };

    private IEnumerable<EbpfInstruction> CleanStack() => Enumerable.Range(1, StackUsed / 8).Select(static i => StoreConstant(DoubleWord, Frame, (short)(-8 * i), i));

    private IEnumerable<EbpfInstruction> Numbers(int first = 0)
        => Enumerable.Range(first, 6 - first).SelectMany(i => random.Chance(0.5) ? [Set(i, Constant())] : SetWide(i, (long)random.NextUInt64() >> random.Next(64)));

    private IEnumerable<EbpfInstruction> LookUp(int key)
        => [StoreConstant(BPF_W, Frame, -4, key), .. LoadMap(1, map), Move(2, Frame), Compute(BPF_ADD, 2, -4), Call(EbpfHelper.MapLookup)];

    /// <summary>The verdict shows two numbers.</summary>
    private IEnumerable<EbpfInstruction> End() => [Move(0, random.Chance(0.5) ? 8 : Number()), ComputeWith(BPF_XOR, 0, Number()), Compute(BPF_RSH, 0, random.Next(54)), Compute(BPF_AND, 0, 0x3FF), Compute(BPF_ADD, 0, 1)];

    private EbpfInstruction Arithmetic()
    {
        int operation = Operations[random.Next(Operations.Length)], target = Number(), constant = Constant();
        bool isWide = random.Chance(0.5), isRegister = random.Chance(0.4);
        if (operation == 0xd0) return new EbpfInstruction((byte)(isWide ? 0xd7 : isRegister ? 0xdc : 0xd4), (byte)target, 0, 16 << random.Next(3));
        if (operation == 0x80) return new EbpfInstruction((byte)(isWide ? 0x87 : 0x84), (byte)target, 0, 0);
        short offset = 0;
        if (operation is 0x30 or 0x90)
        {
            constant |= 1;
            offset = (short)random.Next(2);
        }
        if (operation == 0xb0 && isRegister && random.Chance(0.5)) offset = (short)(8 << random.Next(isWide ? 3 : 2));
        if (operation is 0x60 or 0x70 or 0xc0)
        {
            constant = random.Next(isWide ? 64 : 32);
            isRegister = isRegister && random.Chance(0.2);
        }
        int source = isRegister ? Number() : 0;
        return new EbpfInstruction((byte)(operation | (isRegister ? 8 : 0) | (isWide ? 7 : 4)), (byte)(source << 4 | target), offset, isRegister ? 0 : constant);
    }

    /// <summary>Makes a number small, or leaves where it is not.</summary>
    private IEnumerable<EbpfInstruction> Narrow()
    {
        int register = Number(), limit = random.Next(3) == 0 ? Constant() : random.Next(ElementLength);
        switch (random.Next(5))
        {
            case 0:
                return [Compute(BPF_AND, register, limit)];
            case 1:
                return [Compute(BPF_RSH, register, random.NextInRange(50, 63))];
            case 2:
                return [Compute32(BPF_AND, register, limit)];
            case 3:
                return [JumpIfWith(Conditions[random.Next(Conditions.Length)], register, Number(), 2), Set(0, 0), Exit];
            default:
                int condition = Conditions[random.Next(Conditions.Length)];
                return [random.Chance(0.6) ? JumpIf(condition, register, limit, 2) : JumpIf32(condition, register, limit, 2), Set(0, 0), Exit];
        }
    }

    /// <summary>An address that moves, and what is there.</summary>
    private List<EbpfInstruction> Access()
    {
        int address = Scratch();
        bool isStack = random.Chance(0.4);
        var steps = new List<EbpfInstruction> { Move(address, isStack ? Frame : Element) };
        if (isStack || random.Chance(0.3)) steps.Add(Compute(BPF_ADD, address, isStack ? -random.Next(9) * 8 : random.Next(ElementLength + 8)));
        if (random.Chance(0.6))
        {
            int by = Number();
            if (by == address) by = 8;
            if (random.Chance(0.6)) steps.Add(Compute(BPF_AND, by, random.Chance(0.7) ? 8 * random.Next(8) : Constant()));
            steps.Add(ComputeWith(random.Chance(0.8) ? BPF_ADD : BPF_SUB, address, by));
        }
        int size = Sizes[random.Next(4)];
        short offset = (short)(random.Next(3) == 0 ? random.NextInRange(-16, 16) : 0);
        steps.Add(random.Next(5) switch
        {
            0 => Load(size, Number(), address, offset),
            1 => LoadSigned(Sizes[random.Next(3)], Number(), address, offset),
            2 => StoreConstant(size, address, offset, Constant()),
            3 => Store(size, address, offset, Number()),
            _ => new EbpfInstruction((byte)(0xc3 | (random.Chance(0.5) ? DoubleWord : 0)), (byte)(Number() << 4 | address), offset, Atomics[random.Next(Atomics.Length)]),
        });
        steps.Add(Set(address, Constant()));
        return steps;
    }

    /// <summary>A number goes to the stack and comes back; an address too, so that it is used from there.</summary>
    private IEnumerable<EbpfInstruction> Spill()
    {
        short place = (short)(-8 * random.NextInRange(1, 8));
        if (random.Chance(0.6)) return [Store(DoubleWord, Frame, place, Number()), Arithmetic(), Load(DoubleWord, Number(), Frame, place)];
        int address = Scratch();
        return [Store(DoubleWord, Frame, place, Element), Arithmetic(), Load(DoubleWord, address, Frame, place), Load(BPF_W, 8, address, (short)random.Next(ElementLength)), Set(address, 7), StoreConstant(DoubleWord, Frame, place, 1)];
    }

    private IEnumerable<EbpfInstruction> Helper()
    {
        int length = random.Chance(0.5) ? 8 : 9;
        return random.Next(3) switch
        {
            0 => [.. LookUp(random.Next(4)), JumpIf(random.Chance(0.9) ? BPF_JEQ : 0x50, 0, 0, 1), Load(Sizes[random.Next(4)], 9, 0, (short)random.Next(ElementLength)), .. Numbers()],
            1 => [Move(1, Context), Set(2, random.Next(64)), Move(3, Frame), Compute(BPF_ADD, 3, -8 * random.Next(9)), Set(4, random.NextInRange(0, 24)), Call(EbpfHelper.SkbLoadBytes), .. Numbers()],
            _ => [Move(1, Context), Set(2, 3), Move(3, Element), Move(4, length), Compute(BPF_AND, 4, random.Next(ElementLength + 4)), JumpIf(BPF_JEQ, 4, 0, 1), Call(EbpfHelper.SkbLoadBytes), .. Numbers()],
        };
    }

    private IEnumerable<EbpfInstruction> Branch(int depth)
    {
        EbpfInstruction[] body = [.. Inside(depth - 1)];
        int condition = Conditions[random.Next(Conditions.Length)];
        EbpfInstruction jump = random.Next(3) switch
        {
            0 => JumpIfWith(condition, Number(), Number(), (short)body.Length),
            1 => JumpIf32(condition, Number(), Constant(), (short)body.Length),
            _ => JumpIf(condition, Number(), Constant(), (short)body.Length),
        };
        return [jump, .. body];
    }

    /// <summary>Counts in a register that the body may change as well.</summary>
    private IEnumerable<EbpfInstruction> Loop(int depth)
    {
        EbpfInstruction[] body = [.. Inside(depth - 1)];
        int counter = Number(), step = random.NextInRange(1, 9);
        int condition = random.Chance(0.97) ? 0xa0 : Conditions[random.Next(Conditions.Length)];
        return [Set(counter, 0), .. body, Compute(BPF_ADD, counter, step), JumpIf(condition, counter, random.Next(40), (short)(-body.Length - 2))];
    }
}
