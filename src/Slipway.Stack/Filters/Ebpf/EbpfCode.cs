using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The parts of an opcode (RFC 9669 §3.1, §4, §5).</summary>
internal static class EbpfCode
{
    public const int ClassMask = 0x07, SizeMask = 0x18, ModeMask = 0xE0, OperationMask = 0xF0, FromRegister = 0x08;
    public const int Ld = 0, Ldx = 1, St = 2, Stx = 3, Alu = 4, Jmp = 5, Jmp32 = 6, Alu64 = 7;
    public const int Imm = 0x00, Abs = 0x20, Ind = 0x40, Mem = 0x60, MemSigned = 0x80, Atomic = 0xC0;
    public const int DoubleWord = 0x18;
    public const int Div = 0x30, Mod = 0x90, Neg = 0x80, Mov = 0xB0, Arsh = 0xC0, End = 0xD0;
    public const int Ja = 0x00, Jeq = 0x10, Jgt = 0x20, Jge = 0x30, Jset = 0x40, Jne = 0x50, Jsgt = 0x60, Jsge = 0x70, Call = 0x80, Exit = 0x90, Jlt = 0xA0, Jle = 0xB0, Jslt = 0xC0, Jsle = 0xD0;
    public const int Registers = 11, Frame = 10, StackLength = 512;

    /// <summary>Sources of a load of 64 bits (RFC 9669 §5.4).</summary>
    public const int MapByDescriptor = 1, MapValueByDescriptor = 2, VariableAddress = 3, CodeAddress = 4, MapByIndex = 5, MapValueByIndex = 6;

    /// <summary>The source of a call of a function of the program (RFC 9669 §4.3.2).</summary>
    public const int LocalCall = 1;

    /// <summary>The immediate of an atomic operation (RFC 9669 §5.3); the arithmetic ones with or without <see cref="Fetch"/>.</summary>
    public const int Fetch = 0x01, AtomicAdd = 0x00, AtomicOr = 0x40, AtomicAnd = 0x50, AtomicXor = 0xA0, Exchange = 0xE1, CompareExchange = 0xF1;

    /// <summary>Functions that may wait for each other (Linux MAX_CALL_FRAMES).</summary>
    public const int MostFrames = 8;

    public const int WideConstant = Ld | Imm | DoubleWord;

    public static int SizeOf(int code) => (code & SizeMask) switch { 0x00 => 4, 0x08 => 2, 0x10 => 1, _ => 8 };

    public static bool IsLocalCall(EbpfInstruction instruction) => instruction is { Code: Jmp | Call, Source: LocalCall };

    public static bool IsHelperCall(EbpfInstruction instruction) => instruction is { Code: Jmp | Call, Source: 0 };

    public static bool IsLongJump(EbpfInstruction instruction) => instruction.Code == (Jmp32 | Ja);

    /// <summary>Jumps of either width, conditional or not, but neither calls nor the end.</summary>
    public static bool IsJump(EbpfInstruction instruction)
        => (instruction.Code & ClassMask) is Jmp or Jmp32 && (instruction.Code & OperationMask) is not (Call or Exit);

    public static bool IsUnconditional(EbpfInstruction instruction) => (instruction.Code & OperationMask) == Ja;

    /// <summary>Instructions that a jump skips.</summary>
    public static int DistanceOf(EbpfInstruction jump) => IsLongJump(jump) ? jump.Immediate : jump.Offset;
}
