using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Sockets.BpfCode;

namespace Slipway.Stack.Tests;

/// <summary>
/// Makes valid programs of classic BPF: some random instructions, mostly over the packet's first bytes, then ten bits of A, chosen at random, become the verdict, so that a packet of 1100
/// bytes shows them exactly.
/// </summary>
internal sealed class RandomPrograms(RandomSource random)
{
    private const int Body = 24;

    private static readonly int[] Arithmetic = [BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_AND, BPF_OR, BPF_XOR, BPF_LSH, BPF_RSH, BPF_NEG];
    private static readonly int[] Jumps = [BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET];
    private static readonly int[] Sizes = [BPF_W, BPF_H, BPF_B];

    // Not the processor's number and not the random one: those differ from run to run.
    private static readonly int[] Facts =
    [
        SKF_AD_PROTOCOL, SKF_AD_PKTTYPE, SKF_AD_NLATTR, SKF_AD_NLATTR_NEST, SKF_AD_MARK, SKF_AD_QUEUE, SKF_AD_RXHASH, SKF_AD_ALU_XOR_X, SKF_AD_VLAN_TAG, SKF_AD_VLAN_TAG_PRESENT,
        SKF_AD_PAY_OFFSET, SKF_AD_VLAN_TPID,
    ];

    public ClassicInstruction[] Next()
    {
        var program = new List<ClassicInstruction>();
        // All words are written, so that any may be read.
        for (uint word = 0; word < 4; word++)
        {
            program.Add(new ClassicInstruction(BPF_LD | BPF_W | BPF_ABS, word * 4));
            program.Add(new ClassicInstruction(BPF_ST, word));
        }
        int length = random.Next(Body) + 1;
        for (int left = length; left > 0; left--) program.Add(One(left));
        program.Add(new ClassicInstruction(BPF_ALU | BPF_RSH, (uint)random.Next(23)));
        program.Add(new ClassicInstruction(BPF_ALU | BPF_AND, 0x3FF));
        program.Add(new ClassicInstruction(BPF_ALU | BPF_ADD, 1));
        program.Add(new ClassicInstruction(BPF_RET | BPF_A, 0));
        return [.. program];
    }

    /// <summary>Puts a few netlink attributes where programs look for them.</summary>
    public void PlantAttributes(Span<byte> packet)
    {
        int at = 0;
        while (at < 64)
        {
            int length = random.NextInRange(4, 24);
            BinaryPrimitives.WriteUInt16LittleEndian(packet[at..], (ushort)length);
            BinaryPrimitives.WriteUInt16LittleEndian(packet[(at + 2)..], (ushort)random.Next(6));
            at += length + 3 & ~3;
        }
    }

    /// <summary>Changes one thing.</summary>
    public void Damage(ClassicInstruction[] program)
    {
        int at = random.Next(program.Length);
        ClassicInstruction old = program[at];
        program[at] = random.Next(5) switch
        {
            0 => old with { Code = (ushort)random.Next(0x100) },
            1 => old with { Code = (ushort)(old.Code ^ 1 << random.Next(16)) },
            2 => old with { K = random.Chance(0.5) ? random.NextUInt32() : 0 },
            3 => old with { JumpTrue = (byte)random.Next(40), JumpFalse = (byte)random.Next(40) },
            _ => new ClassicInstruction((random.Chance(0.5) ? BPF_LD : BPF_LDX) | BPF_MEM, (uint)random.Next(18)),
        };
    }

    private ClassicInstruction One(int left)
    {
        switch (random.Next(20))
        {
            case < 6:
                int operation = Arithmetic[random.Next(Arithmetic.Length)];
                bool isX = random.Chance(0.4);
                uint constant = operation is BPF_LSH or BPF_RSH ? (uint)random.Next(32) : Constant() | (operation is BPF_DIV or BPF_MOD ? 1u : 0u);
                return operation == BPF_NEG ? new ClassicInstruction(BPF_ALU | BPF_NEG, 0) : new ClassicInstruction(BPF_ALU | operation | (isX ? BPF_X : BPF_K), isX ? 0 : constant);
            case < 9:
                int jump = Jumps[random.Next(Jumps.Length)];
                bool comparesX = random.Chance(0.4);
                return new ClassicInstruction((ushort)(BPF_JMP | jump | (comparesX ? BPF_X : BPF_K)), (byte)random.Next(left), (byte)random.Next(left), comparesX ? 0 : Constant());
            case 9:
                return new ClassicInstruction(BPF_JMP | BPF_JA, (uint)random.Next(left));
            case < 13:
                return new ClassicInstruction(BPF_LD | Sizes[random.Next(3)] | BPF_ABS, Place());
            case 13:
                return new ClassicInstruction(BPF_LD | Sizes[random.Next(3)] | BPF_IND, random.Chance(0.3) ? Place() : (uint)random.Next(64));
            case 14:
                return new ClassicInstruction(BPF_LDX | BPF_B | BPF_MSH, Place());
            case 15:
                return random.Chance(0.5) ? new ClassicInstruction(BPF_LDX | BPF_IMM, (uint)random.Next(200)) : new ClassicInstruction(BPF_LD | BPF_IMM, Constant());
            case 16:
                return new ClassicInstruction((random.Chance(0.5) ? BPF_ST : BPF_LD | BPF_MEM), (uint)random.Next(4));
            case 17:
                return new ClassicInstruction((random.Chance(0.5) ? BPF_STX : BPF_LDX | BPF_MEM), (uint)random.Next(4));
            case 18:
                return random.Next(6) switch
                {
                    0 => new ClassicInstruction(BPF_MISC | BPF_TAX, 0),
                    1 => new ClassicInstruction(BPF_MISC | BPF_TXA, 0),
                    2 => new ClassicInstruction(BPF_LD | BPF_W | BPF_LEN, 0),
                    3 => new ClassicInstruction(BPF_LDX | BPF_W | BPF_LEN, 0),
                    4 => new ClassicInstruction(BPF_RET | BPF_K, Constant()),
                    _ => new ClassicInstruction(BPF_RET | BPF_A, 0),
                };
            default:
                return new ClassicInstruction(BPF_LD | Sizes[random.Next(3)] | BPF_ABS, (uint)(SKF_AD_OFF + Facts[random.Next(Facts.Length)]));
        }
    }

    private uint Constant() => random.Next(4) switch
    {
        0 => random.NextUInt32(),
        1 => (uint)random.Next(4),
        2 => 1u << random.Next(32),
        _ => (uint)random.Next(300),
    };

    private uint Place() => random.Next(40) switch
    {
        0 => (uint)random.NextInRange(1090, 1110),
        1 => random.NextUInt32() & 0x7FFF_FFFF,
        2 => (uint)(SKF_NET_OFF + random.Next(100)),
        3 => (uint)(SKF_LL_OFF + random.Next(100)),
        4 => (uint)(SKF_LL_OFF - random.Next(100)),
        5 => (uint)(SKF_AD_OFF - 1 - random.Next(100)),
        _ => (uint)random.Next(80),
    };
}
