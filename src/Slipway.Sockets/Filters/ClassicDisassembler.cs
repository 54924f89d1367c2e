using System.Globalization;
using System.Text;
using static Slipway.Sockets.BpfCode;

namespace Slipway.Sockets;

/// <summary>Writes programs in the language that <see cref="ClassicAssembler"/> reads.</summary>
internal static class ClassicDisassembler
{
    public static void Write(ReadOnlySpan<ClassicInstruction> program, StringBuilder text)
    {
        var targets = new HashSet<int>();
        for (int i = 0; i < program.Length; i++) CollectTargets(program, i, targets);
        for (int i = 0; i < program.Length; i++)
        {
            if (targets.Contains(i)) text.Append(CultureInfo.InvariantCulture, $"L{i}: ");
            text.Append(Describe(program, i)).Append('\n');
        }
    }

    private static void CollectTargets(ReadOnlySpan<ClassicInstruction> program, int at, HashSet<int> targets)
    {
        ClassicInstruction instruction = program[at];
        if (!HasJumpForm(program, at)) return;
        if (instruction.Code == (BPF_JMP | BPF_JA)) targets.Add((int)(at + 1 + instruction.K));
        else
        {
            targets.Add(at + 1 + instruction.JumpTrue);
            if (instruction.JumpFalse != 0) targets.Add(at + 1 + instruction.JumpFalse);
        }
    }

    /// <summary>Whether it is a jump whose targets are there to carry labels.</summary>
    private static bool HasJumpForm(ReadOnlySpan<ClassicInstruction> program, int at)
    {
        ClassicInstruction instruction = program[at];
        if (instruction.Code == (BPF_JMP | BPF_JA)) return instruction is { JumpTrue: 0, JumpFalse: 0 } && at + 1L + instruction.K < program.Length;
        return FindJump(instruction) is not null && at + 1 + Math.Max(instruction.JumpTrue, instruction.JumpFalse) < program.Length;
    }

    private static string? FindJump(ClassicInstruction instruction)
    {
        if ((instruction.Code & BPF_X) != 0 && instruction.K != 0) return null;
        foreach ((string name, int operation, bool inverted) in ClassicSyntax.Jumps)
        {
            if (!inverted && (instruction.Code & ~BPF_X) == (BPF_JMP | operation)) return name;
        }
        return null;
    }

    private static string Describe(ReadOnlySpan<ClassicInstruction> program, int at)
    {
        ClassicInstruction instruction = program[at];
        bool jumps = instruction.JumpTrue != 0 || instruction.JumpFalse != 0;
        string? text = HasJumpForm(program, at) ? DescribeJump(instruction, at)
            : jumps ? null
            : DescribeArithmetic(instruction) ?? DescribeOther(instruction);
        return text ?? instruction.ToString();
    }

    private static string DescribeJump(ClassicInstruction instruction, int at)
    {
        if (instruction.Code == (BPF_JMP | BPF_JA)) return string.Create(CultureInfo.InvariantCulture, $"ja L{at + 1 + instruction.K}");
        string operand = (instruction.Code & BPF_X) != 0 ? "x" : $"#0x{instruction.K:x}";
        string text = string.Create(CultureInfo.InvariantCulture, $"{FindJump(instruction)} {operand}, L{at + 1 + instruction.JumpTrue}");
        return instruction.JumpFalse == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}, L{at + 1 + instruction.JumpFalse}");
    }

    private static string? DescribeArithmetic(ClassicInstruction instruction)
    {
        if (instruction is { Code: BPF_ALU | BPF_NEG, K: 0 }) return "neg";
        foreach ((string name, int operation) in ClassicSyntax.Arithmetic)
        {
            if (instruction.Code == (BPF_ALU | operation)) return $"{name} #0x{instruction.K:x}";
            if (instruction.Code == (BPF_ALU | operation | BPF_X) && instruction.K == 0) return $"{name} x";
        }
        return null;
    }

    private static string? DescribeOther(ClassicInstruction instruction)
    {
        int k = (int)instruction.K;
        return (int)instruction.Code switch
        {
            BPF_LD | BPF_W | BPF_ABS => DescribeFact(k) ?? $"ld [{Place(k)}]",
            BPF_LD | BPF_H | BPF_ABS => $"ldh [{Place(k)}]",
            BPF_LD | BPF_B | BPF_ABS => $"ldb [{Place(k)}]",
            BPF_LD | BPF_W | BPF_IND => $"ld [x + {Place(k)}]",
            BPF_LD | BPF_H | BPF_IND => $"ldh [x + {Place(k)}]",
            BPF_LD | BPF_B | BPF_IND => $"ldb [x + {Place(k)}]",
            BPF_LD | BPF_W | BPF_LEN when k == 0 => "ld #len",
            BPF_LDX | BPF_W | BPF_LEN when k == 0 => "ldx #len",
            BPF_LD | BPF_IMM => $"ld #0x{k:x}",
            BPF_LDX | BPF_IMM => $"ldx #0x{k:x}",
            BPF_LD | BPF_MEM when k >= 0 => $"ld M[{Place(k)}]",
            BPF_LDX | BPF_MEM when k >= 0 => $"ldx M[{Place(k)}]",
            BPF_LDX | BPF_B | BPF_MSH => $"ldxb 4*([{Place(k)}]&0xf)",
            BPF_ST when k >= 0 => $"st M[{Place(k)}]",
            BPF_STX when k >= 0 => $"stx M[{Place(k)}]",
            BPF_RET | BPF_K => $"ret #0x{k:x}",
            BPF_RET | BPF_A when k == 0 => "ret a",
            BPF_MISC | BPF_TAX when k == 0 => "tax",
            BPF_MISC | BPF_TXA when k == 0 => "txa",
            _ => null,
        };
    }

    private static string? DescribeFact(int offset)
    {
        foreach ((string name, int number) in ClassicSyntax.Facts)
        {
            if (offset == SKF_AD_OFF + number) return $"ld #{name}";
        }
        return null;
    }

    private static string Place(int offset) => offset.ToString(CultureInfo.InvariantCulture);
}
