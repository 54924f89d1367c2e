using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <summary>Which encodings are instructions at all (RFC 9669 §4, §5): fields that an instruction does not use are zero, as Linux asks.</summary>
internal static class EbpfForm
{
    public static bool IsValid(EbpfInstruction instruction)
    {
        if (instruction.Destination >= Registers || instruction.Source >= Registers) return false;
        return (instruction.Code & ClassMask) switch
        {
            Alu or Alu64 => IsArithmetic(instruction),
            Jmp or Jmp32 => IsJumpOrCall(instruction),
            Ld => IsSpecialLoad(instruction),
            Ldx => IsLoad(instruction),
            St => (instruction.Code & ModeMask) == Mem && instruction.Source == 0,
            _ => IsRegisterStore(instruction),
        };
    }

    private static bool IsArithmetic(EbpfInstruction instruction)
    {
        int operation = instruction.Code & OperationMask;
        bool isWide = (instruction.Code & ClassMask) == Alu64, isRegister = (instruction.Code & FromRegister) != 0;
        switch (operation)
        {
            case > End:
                return false;
            case End:
                return instruction is { Source: 0, Offset: 0, Immediate: 16 or 32 or 64 } && !(isWide && isRegister);
            case Neg:
                return instruction is { Source: 0, Offset: 0, Immediate: 0 } && !isRegister;
        }
        if (isRegister ? instruction.Immediate != 0 : instruction.Source != 0 || !IsConstantValid(operation, instruction.Immediate, isWide)) return false;
        return operation switch
        {
            Div or Mod => instruction.Offset is 0 or 1,
            Mov when isRegister => instruction.Offset is 0 or 8 or 16 || instruction.Offset == 32 && isWide,
            _ => instruction.Offset == 0,
        };
    }

    private static bool IsConstantValid(int operation, int constant, bool isWide) => operation switch
    {
        Div or Mod => constant != 0,
        BpfCode.BPF_LSH or BpfCode.BPF_RSH or Arsh => constant >= 0 && constant < (isWide ? 64 : 32),
        _ => true,
    };

    private static bool IsJumpOrCall(EbpfInstruction instruction)
    {
        bool isWide = (instruction.Code & ClassMask) == Jmp, isRegister = (instruction.Code & FromRegister) != 0;
        return (instruction.Code & OperationMask) switch
        {
            Ja => !isRegister && instruction.Registers == 0 && (isWide ? instruction.Immediate == 0 : instruction.Offset == 0),
            Exit => isWide && !isRegister && instruction is { Registers: 0, Offset: 0, Immediate: 0 },
            Call => isWide && !isRegister && instruction is { Destination: 0, Source: 0 or LocalCall, Offset: 0 },
            > Jsle => false,
            _ => isRegister ? instruction.Immediate == 0 : instruction.Source == 0,
        };
    }

    private static bool IsSpecialLoad(EbpfInstruction instruction) => (instruction.Code & ModeMask) switch
    {
        Imm => instruction is { Code: WideConstant, Offset: 0, Source: >= 0 and <= MapValueByDescriptor },
        Abs => instruction is { Registers: 0, Offset: 0 } && (instruction.Code & SizeMask) != DoubleWord,
        Ind => instruction is { Destination: 0, Offset: 0 } && (instruction.Code & SizeMask) != DoubleWord,
        _ => false,
    };

    private static bool IsLoad(EbpfInstruction instruction)
        => instruction.Immediate == 0 && ((instruction.Code & ModeMask) == Mem || (instruction.Code & ModeMask) == MemSigned && (instruction.Code & SizeMask) != DoubleWord);

    private static bool IsRegisterStore(EbpfInstruction instruction) => (instruction.Code & ModeMask) switch
    {
        Mem => instruction.Immediate == 0,
        Atomic => SizeOf(instruction.Code) >= sizeof(int)
            && (instruction.Immediate is Exchange or CompareExchange || (instruction.Immediate & ~Fetch) is AtomicAdd or AtomicOr or AtomicAnd or AtomicXor),
        _ => false,
    };
}
