using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <summary>Atomic operations (RFC 9669 §5.3). One thread owns the packets and the maps, so each is one by itself.</summary>
internal static class EbpfAtomics
{
    /// <summary>Changes 4 or 8 bytes; what was there goes to the source register of an operation that fetches, to r0 of one that compares.</summary>
    public static void Execute(EbpfInstruction instruction, Span<byte> bytes, Span<ulong> registers)
    {
        bool isWide = (instruction.Code & SizeMask) == DoubleWord;
        ulong old = isWide ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        ref ulong operand = ref registers[instruction.Source];
        ulong changed = Change(instruction.Immediate, old, operand, isWide ? registers[0] : (uint)registers[0]);
        if (isWide) BinaryPrimitives.WriteUInt64LittleEndian(bytes, changed);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)changed);
        if (instruction.Immediate == CompareExchange) registers[0] = old;
        else if ((instruction.Immediate & Fetch) != 0) operand = old;
    }

    private static ulong Change(int operation, ulong old, ulong operand, ulong expected) => operation switch
    {
        AtomicAdd or AtomicAdd | Fetch => old + operand,
        AtomicOr or AtomicOr | Fetch => old | operand,
        AtomicAnd or AtomicAnd | Fetch => old & operand,
        AtomicXor or AtomicXor | Fetch => old ^ operand,
        Exchange => operand,
        _ => old == expected ? operand : old,
    };
}
