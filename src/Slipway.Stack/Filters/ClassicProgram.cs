using Slipway.Sockets;
using static Slipway.Sockets.BpfCode;

namespace Slipway.Stack;

/// <summary>A checked program of classic BPF and its machine: A, X and 16 words (McCanne and Jacobson 1993; Linux bpf_convert_filter for what it gives in the corners).</summary>
internal sealed class ClassicProgram : PacketProgram
{
    private readonly ClassicInstruction[] _program;

    private ClassicProgram(ReadOnlySpan<ClassicInstruction> program)
    {
        _program = program.ToArray();
        Memory = ClassicMemory.Of(program);
    }

    /// <summary>Makes the program; EINVAL for one that <see cref="ClassicCheck"/> refuses.</summary>
    public static Errno Create(ReadOnlySpan<ClassicInstruction> instructions, out ClassicProgram? program)
    {
        program = ClassicCheck.IsValid(instructions) ? new ClassicProgram(instructions) : null;
        return program is null ? Errno.EINVAL : Errno.None;
    }

    /// <inheritdoc/>
    public override int Memory { get; }

    /// <inheritdoc/>
    public override CallResult Read(Span<ClassicInstruction> room)
    {
        if (room.IsEmpty) return _program.Length;
        if (room.Length < _program.Length) return Errno.EINVAL;
        _program.CopyTo(room);
        return _program.Length;
    }

    /// <inheritdoc/>
    public override uint Run(in FilterPacket packet)
    {
        Span<uint> memory = stackalloc uint[BPF_MEMWORDS];
        ReadOnlySpan<ClassicInstruction> program = _program;
        uint a = 0, x = 0;
        for (int at = 0; ; at++)
        {
            ClassicInstruction instruction = program[at];
            uint k = instruction.K;
            switch ((int)instruction.Code)
            {
                case (BPF_LD | BPF_W | BPF_ABS) or (BPF_LD | BPF_H | BPF_ABS) or (BPF_LD | BPF_B | BPF_ABS):
                    if (k >= unchecked((uint)SKF_AD_OFF))
                    {
                        if (!LoadFact(packet, (int)k - SKF_AD_OFF, ref a, x)) return 0;
                    }
                    else if (!packet.TryLoad((int)k, SizeOf(instruction.Code), out a)) return 0;
                    break;
                case (BPF_LD | BPF_W | BPF_IND) or (BPF_LD | BPF_H | BPF_IND) or (BPF_LD | BPF_B | BPF_IND):
                    if (!packet.TryLoad((int)(x + k), SizeOf(instruction.Code), out a)) return 0;
                    break;
                case BPF_LDX | BPF_B | BPF_MSH:
                    if (!packet.TryLoad((int)k, 1, out uint header)) return 0;
                    x = (header & 0xF) << 2;
                    break;
                case BPF_LD | BPF_W | BPF_LEN: a = (uint)packet.Length; break;
                case BPF_LDX | BPF_W | BPF_LEN: x = (uint)packet.Length; break;
                case BPF_LD | BPF_IMM: a = k; break;
                case BPF_LDX | BPF_IMM: x = k; break;
                case BPF_LD | BPF_MEM: a = memory[(int)k]; break;
                case BPF_LDX | BPF_MEM: x = memory[(int)k]; break;
                case BPF_ST: memory[(int)k] = a; break;
                case BPF_STX: memory[(int)k] = x; break;
                case BPF_JMP | BPF_JA: at += (int)k; break;
                case BPF_MISC | BPF_TAX: x = a; break;
                case BPF_MISC | BPF_TXA: a = x; break;
                case BPF_RET | BPF_K: return k;
                case BPF_RET | BPF_A: return a;
                default:
                    uint operand = (instruction.Code & BPF_X) != 0 ? x : k;
                    if ((instruction.Code & ClassMask) == BPF_JMP) at += Holds(instruction.Code & OperationMask, a, operand) ? instruction.JumpTrue : instruction.JumpFalse;
                    else if (!Compute(instruction.Code & OperationMask, ref a, operand)) return 0;
                    break;
            }
        }
    }

    private const int ClassMask = 0x07, OperationMask = 0xF0, SizeMask = 0x18;

    private static int SizeOf(int code) => (code & SizeMask) switch { BPF_W => 4, BPF_H => 2, _ => 1 };

    private static bool Holds(int condition, uint a, uint operand) => condition switch
    {
        BPF_JEQ => a == operand,
        BPF_JGT => a > operand,
        BPF_JGE => a >= operand,
        _ => (a & operand) != 0,
    };

    /// <returns>False: a division by zero ends the program.</returns>
    private static bool Compute(int operation, ref uint a, uint operand)
    {
        if (operand == 0 && operation is (BPF_DIV or BPF_MOD)) return false;
        a = operation switch
        {
            BPF_ADD => a + operand,
            BPF_SUB => a - operand,
            BPF_MUL => a * operand,
            BPF_DIV => a / operand,
            BPF_MOD => a % operand,
            BPF_OR => a | operand,
            BPF_AND => a & operand,
            BPF_XOR => a ^ operand,
            // Of a shift by X the low five bits count, as on the machines that the kernel runs on; C# has the same rule.
            BPF_LSH => a << (int)operand,
            BPF_RSH => a >> (int)operand,
            _ => 0 - a,
        };
        return true;
    }

    private static bool LoadFact(in FilterPacket packet, int number, ref uint a, uint x)
    {
        switch (number)
        {
            case SKF_AD_ALU_XOR_X:
                a ^= x;
                return true;
            case SKF_AD_NLATTR:
                a = packet.FindAttribute(a, x);
                return true;
            case SKF_AD_NLATTR_NEST:
                a = packet.FindNestedAttribute(a, x);
                return true;
            default:
                return packet.TryGetFact(number, out a);
        }
    }
}
