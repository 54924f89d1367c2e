using System.Globalization;

namespace Slipway.Sockets;

/// <summary>One instruction of eBPF (RFC 9669 §3): 8 bytes, struct bpf_insn. A load of 64 bits takes two.</summary>
/// <param name="Code">The opcode: class, and what belongs to it.</param>
/// <param name="Registers">The destination in the low half, the source in the high half; r10 is the frame pointer.</param>
/// <param name="Offset">Distance of a jump, or offset of an address.</param>
/// <param name="Immediate">The constant.</param>
public readonly record struct EbpfInstruction(byte Code, byte Registers, short Offset, int Immediate)
{
    // Classes, modes and sources of RFC 9669 §3.1, §4 and §5.
    private const int Ld = 0x00, Ldx = 0x01, St = 0x02, Stx = 0x03, Alu32 = 0x04, Jmp = 0x05, Jmp32 = 0x06, Alu64 = 0x07, FromRegister = 0x08;
    private const int Mem = 0x60, MemSigned = 0x80, MemAtomic = 0xC0, DoubleWord = 0x18, Divide = 0x30, Modulo = 0x90, MoveTo = 0xB0, SwapBytes = 0xD0;
    private const int MapByDescriptor = 1, MapValueByDescriptor = 2, LocalCall = 1, Signed = 1;

    /// <summary>Destination register.</summary>
    public int Destination => Registers & 0xF;

    /// <summary>Source register.</summary>
    public int Source => Registers >> 4;

    /// <summary>Arithmetic of 64 bits with a constant: <paramref name="operation"/> is one of BPF_ADD to BPF_XOR of <see cref="BpfCode"/>, 0xb0 to move, 0xc0 to shift with the sign.</summary>
    public static EbpfInstruction Compute(int operation, int destination, int constant) => new((byte)(Alu64 | operation), (byte)destination, 0, constant);

    /// <summary>Arithmetic of 64 bits with a register.</summary>
    public static EbpfInstruction ComputeWith(int operation, int destination, int source) => new((byte)(Alu64 | FromRegister | operation), Pair(destination, source), 0, 0);

    /// <summary>Arithmetic of 32 bits with a constant: the upper half of the result is 0.</summary>
    public static EbpfInstruction Compute32(int operation, int destination, int constant) => new((byte)(Alu32 | operation), (byte)destination, 0, constant);

    /// <summary>Arithmetic of 32 bits with a register.</summary>
    public static EbpfInstruction Compute32With(int operation, int destination, int source) => new((byte)(Alu32 | FromRegister | operation), Pair(destination, source), 0, 0);

    /// <summary>destination /= source, both with their signs (64 bits); a quotient by 0 is 0.</summary>
    public static EbpfInstruction DivideSigned(int destination, int source) => new(Alu64 | FromRegister | Divide, Pair(destination, source), Signed, 0);

    /// <summary>destination %= source, both with their signs (64 bits): the remainder has the sign of the destination, and is the destination itself for 0.</summary>
    public static EbpfInstruction RemainderSigned(int destination, int source) => new(Alu64 | FromRegister | Modulo, Pair(destination, source), Signed, 0);

    /// <summary>destination = the lower 8, 16 or 32 bits of the source, with their sign.</summary>
    public static EbpfInstruction MoveSigned(int destination, int source, int bits) => new(Alu64 | FromRegister | MoveTo, Pair(destination, source), (short)bits, 0);

    /// <summary>Turns the bytes of the lower 16, 32 or 64 bits around; above them are zeros.</summary>
    public static EbpfInstruction SwapBytesOf(int register, int bits) => new(Alu64 | SwapBytes, (byte)register, 0, bits);

    /// <summary>Makes the lower 16, 32 or 64 bits a number in network order, or of one a number; above them are zeros.</summary>
    public static EbpfInstruction ToBigEndian(int register, int bits) => new(Alu32 | FromRegister | SwapBytes, (byte)register, 0, bits);

    /// <summary>Makes the lower 16, 32 or 64 bits a number in little-endian order; above them are zeros.</summary>
    public static EbpfInstruction ToLittleEndian(int register, int bits) => new(Alu32 | SwapBytes, (byte)register, 0, bits);

    /// <summary>destination = constant.</summary>
    public static EbpfInstruction Set(int destination, int constant) => Compute(0xb0, destination, constant);

    /// <summary>destination = source.</summary>
    public static EbpfInstruction Move(int destination, int source) => ComputeWith(0xb0, destination, source);

    /// <summary>destination = *(size*)(source + offset). Sizes are BPF_B, BPF_H, BPF_W of <see cref="BpfCode"/>, and 0x18 for 8 bytes.</summary>
    public static EbpfInstruction Load(int size, int destination, int source, short offset) => new((byte)(Ldx | Mem | size), Pair(destination, source), offset, 0);

    /// <summary>destination = *(size*)(source + offset) with its sign; 1, 2 or 4 bytes.</summary>
    public static EbpfInstruction LoadSigned(int size, int destination, int source, short offset) => new((byte)(Ldx | MemSigned | size), Pair(destination, source), offset, 0);

    /// <summary>*(size*)(destination + offset) = source.</summary>
    public static EbpfInstruction Store(int size, int destination, short offset, int source) => new((byte)(Stx | Mem | size), Pair(destination, source), offset, 0);

    /// <summary>*(size*)(destination + offset) = constant.</summary>
    public static EbpfInstruction StoreConstant(int size, int destination, short offset, int constant) => new((byte)(St | Mem | size), (byte)destination, offset, constant);

    /// <summary>Jumps over <paramref name="distance"/> instructions if the register compares so with the constant: BPF_JEQ to BPF_JSET of <see cref="BpfCode"/>, 0x50 for unequal.</summary>
    public static EbpfInstruction JumpIf(int condition, int register, int constant, short distance) => new((byte)(Jmp | condition), (byte)register, distance, constant);

    /// <summary>Jumps if the register compares so with another.</summary>
    public static EbpfInstruction JumpIfWith(int condition, int register, int source, short distance) => new((byte)(Jmp | FromRegister | condition), Pair(register, source), distance, 0);

    /// <summary>Jumps if the lower 32 bits of the register compare so with the constant.</summary>
    public static EbpfInstruction JumpIf32(int condition, int register, int constant, short distance) => new((byte)(Jmp32 | condition), (byte)register, distance, constant);

    /// <summary>Jumps over <paramref name="distance"/> instructions; below 0 back, -1 to itself.</summary>
    public static EbpfInstruction Jump(short distance) => new(Jmp, 0, distance, 0);

    /// <summary>The same, further than 16 bits reach.</summary>
    public static EbpfInstruction JumpFar(int distance) => new(Jmp32, 0, 0, distance);

    /// <summary>An atomic operation on 4 or 8 bytes (BPF_W or 0x18) at destination + offset, with the source register.</summary>
    public static EbpfInstruction Atomic(EbpfAtomic operation, int size, int destination, short offset, int source)
        => new((byte)(Stx | MemAtomic | size), Pair(destination, source), offset, (int)operation);

    /// <summary>Calls a function of the program, which begins <paramref name="distance"/> instructions behind the next: r1 to r5 are its arguments, r0 its result; r6 to r9 and the stack are kept.</summary>
    public static EbpfInstruction CallFunction(int distance) => new(Jmp | 0x80, LocalCall << 4, 0, distance);

    /// <summary>r0 = helper(r1, …); r1 to r5 are lost.</summary>
    public static EbpfInstruction Call(EbpfHelper helper) => new(Jmp | 0x80, 0, 0, (int)helper);

    /// <summary>Ends with the verdict in r0.</summary>
    public static EbpfInstruction Exit { get; } = new(Jmp | 0x90, 0, 0, 0);

    /// <summary>r0 = the packet at a place, in host order, as classic BPF reads it; r6 must hold the packet, r1 to r5 are lost. Where nothing is, the program ends with verdict 0.</summary>
    public static EbpfInstruction LoadPacket(int size, int offset) => new((byte)(Ld | 0x20 | size), 0, 0, offset);

    /// <summary>destination = the map of a descriptor: both halves of the load.</summary>
    public static EbpfInstruction[] LoadMap(int destination, int descriptor)
        => [new(Ld | DoubleWord, Pair(destination, MapByDescriptor), 0, descriptor), new(0, 0, 0, 0)];

    /// <summary>destination = the address of a byte in the only element of an array: both halves of the load.</summary>
    public static EbpfInstruction[] LoadMapValue(int destination, int descriptor, int offset)
        => [new(Ld | DoubleWord, Pair(destination, MapValueByDescriptor), 0, descriptor), new(0, 0, 0, offset)];

    /// <summary>destination = a number of 64 bits: both halves of the load.</summary>
    public static EbpfInstruction[] SetWide(int destination, long constant)
        => [new(Ld | DoubleWord, (byte)destination, 0, (int)constant), new(0, 0, 0, (int)(constant >> 32))];

    /// <summary>The numbers.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{{ 0x{Code:x2}, r{Destination}, r{Source}, {Offset}, {Immediate} }}");

    private static byte Pair(int destination, int source) => (byte)(source << 4 | destination);
}
