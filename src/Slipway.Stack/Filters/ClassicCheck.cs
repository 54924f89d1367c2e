using Slipway.Sockets;
using static Slipway.Sockets.BpfCode;

namespace Slipway.Stack;

/// <summary>
/// Which programs of classic BPF may run (Linux net/core/filter.c, bpf_check_classic): operations that are known, jumps that go forward to an instruction, no constant that would divide by
/// zero or shift too far, no word of memory read before it is written on every way there, and a verdict at the end. So a program ends, and reads nothing but its packet.
/// </summary>
internal static class ClassicCheck
{
    private const int ClassMask = 0x07, SizeMask = 0x18;
    private const ushort AllWords = 0xFFFF;

    private static readonly bool[] Known = KnownCodes();

    public static bool IsValid(ReadOnlySpan<ClassicInstruction> program)
    {
        if (program.Length is 0 or > BPF_MAXINSNS) return false;
        for (int at = 0; at < program.Length; at++)
        {
            if (!IsValid(program, at)) return false;
        }
        return program[^1].Code is (BPF_RET | BPF_K) or (BPF_RET | BPF_A) && ReadsOnlyWhatWasWritten(program);
    }

    private static bool IsValid(ReadOnlySpan<ClassicInstruction> program, int at)
    {
        ClassicInstruction instruction = program[at];
        if (instruction.Code >= Known.Length || !Known[instruction.Code]) return false;
        uint following = (uint)(program.Length - at - 1);
        switch (instruction.Code & ClassMask)
        {
            case BPF_ALU:
                return (int)instruction.Code switch
                {
                    (BPF_ALU | BPF_DIV) or (BPF_ALU | BPF_MOD) => instruction.K != 0,
                    (BPF_ALU | BPF_LSH) or (BPF_ALU | BPF_RSH) => instruction.K < 32,
                    _ => true,
                };
            case BPF_ST or BPF_STX:
                return instruction.K < BPF_MEMWORDS;
            case BPF_LD or BPF_LDX when IsMemoryLoad(instruction.Code):
                return instruction.K < BPF_MEMWORDS;
            case BPF_LD when (instruction.Code & ~SizeMask) == (BPF_LD | BPF_ABS):
                return instruction.K < unchecked((uint)SKF_AD_OFF) || IsFact(instruction.K);
            case BPF_JMP:
                return instruction.Code == (BPF_JMP | BPF_JA)
                    ? instruction.K < following
                    : instruction.JumpTrue < following && instruction.JumpFalse < following;
            default:
                return true;
        }
    }

    private static bool IsMemoryLoad(int code) => code is (BPF_LD | BPF_MEM) or (BPF_LDX | BPF_MEM);

    private static bool IsFact(uint k)
    {
        uint number = k - unchecked((uint)SKF_AD_OFF);
        return number < SKF_AD_MAX && number % 4 == 0;
    }

    /// <summary>Follows the words of memory that are written on all ways to each instruction (check_load_and_stores).</summary>
    private static bool ReadsOnlyWhatWasWritten(ReadOnlySpan<ClassicInstruction> program)
    {
        var masks = new ushort[program.Length];
        Array.Fill(masks, AllWords);
        ushort written = 0;
        for (int at = 0; at < program.Length; at++)
        {
            written &= masks[at];
            ClassicInstruction instruction = program[at];
            switch (instruction.Code & ClassMask)
            {
                case BPF_ST or BPF_STX:
                    written |= (ushort)(1 << (int)instruction.K);
                    break;
                case BPF_LD or BPF_LDX when IsMemoryLoad(instruction.Code):
                    if ((written & 1 << (int)instruction.K) == 0) return false;
                    break;
                case BPF_JMP when instruction.Code == (BPF_JMP | BPF_JA):
                    masks[at + 1 + instruction.K] &= written;
                    written = AllWords;
                    break;
                case BPF_JMP:
                    masks[at + 1 + instruction.JumpTrue] &= written;
                    masks[at + 1 + instruction.JumpFalse] &= written;
                    written = AllWords;
                    break;
            }
        }
        return true;
    }

    private static bool[] KnownCodes()
    {
        bool[] known = new bool[256];
        foreach (int operation in (ReadOnlySpan<int>)[BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_AND, BPF_OR, BPF_XOR, BPF_LSH, BPF_RSH])
            known[BPF_ALU | operation | BPF_K] = known[BPF_ALU | operation | BPF_X] = true;
        foreach (int operation in (ReadOnlySpan<int>)[BPF_JEQ, BPF_JGE, BPF_JGT, BPF_JSET])
            known[BPF_JMP | operation | BPF_K] = known[BPF_JMP | operation | BPF_X] = true;
        foreach (int size in (ReadOnlySpan<int>)[BPF_W, BPF_H, BPF_B])
            known[BPF_LD | size | BPF_ABS] = known[BPF_LD | size | BPF_IND] = true;
        foreach (int code in (ReadOnlySpan<int>)
            [
                BPF_ALU | BPF_NEG, BPF_JMP | BPF_JA, BPF_LD | BPF_W | BPF_LEN, BPF_LD | BPF_IMM, BPF_LD | BPF_MEM, BPF_LDX | BPF_W | BPF_LEN, BPF_LDX | BPF_B | BPF_MSH, BPF_LDX | BPF_IMM,
                BPF_LDX | BPF_MEM, BPF_ST, BPF_STX, BPF_MISC | BPF_TAX, BPF_MISC | BPF_TXA, BPF_RET | BPF_K, BPF_RET | BPF_A,
            ])
            known[code] = true;
        return known;
    }
}
