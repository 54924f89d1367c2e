namespace Slipway.Stack;

/// <summary>The parts of an opcode (RFC 9669 §3.1, §4, §5).</summary>
internal static class EbpfCode
{
    public const int ClassMask = 0x07, SizeMask = 0x18, ModeMask = 0xE0, OperationMask = 0xF0, FromRegister = 0x08;
    public const int Ld = 0, Ldx = 1, St = 2, Stx = 3, Alu = 4, Jmp = 5, Jmp32 = 6, Alu64 = 7;
    public const int Imm = 0x00, Abs = 0x20, Ind = 0x40, Mem = 0x60, MemSigned = 0x80;
    public const int DoubleWord = 0x18;
    public const int Div = 0x30, Mod = 0x90, Neg = 0x80, Mov = 0xB0, Arsh = 0xC0, End = 0xD0;
    public const int Ja = 0x00, Jeq = 0x10, Jgt = 0x20, Jge = 0x30, Jset = 0x40, Jne = 0x50, Jsgt = 0x60, Jsge = 0x70, Call = 0x80, Exit = 0x90, Jlt = 0xA0, Jle = 0xB0, Jslt = 0xC0, Jsle = 0xD0;
    public const int Registers = 11, Frame = 10, StackLength = 512;
    public const int MapByDescriptor = 1;

    public static int SizeOf(int code) => (code & SizeMask) switch { 0x00 => 4, 0x08 => 2, 0x10 => 1, _ => 8 };
}
