using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <summary>Arithmetic and conditions of eBPF (RFC 9669 §4.1, §4.2, §4.3): results of 32 bits clear the upper half, a division by 0 gives 0, a remainder by 0 the number itself.</summary>
internal static class EbpfArithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Compute(EbpfInstruction instruction, Span<ulong> registers)
    {
        int operation = instruction.Code & OperationMask;
        bool isWide = (instruction.Code & ClassMask) == Alu64;
        ref ulong target = ref registers[instruction.Destination];
        if (operation == End)
        {
            target = Swap(instruction, target, isAlways: isWide);
            return;
        }
        ulong operand = (instruction.Code & FromRegister) != 0 ? registers[instruction.Source] : (ulong)(long)instruction.Immediate;
        if (operation == Mov) operand = Extend(operand, instruction.Offset);
        // Only quotients and remainders may have this offset.
        bool isSigned = instruction.Offset == 1;
        target = isWide ? Wide(operation, target, operand, isSigned) : Narrow(operation, (uint)target, (uint)operand, isSigned);
    }

    private static ulong Wide(int operation, ulong a, ulong b, bool isSigned) => operation switch
    {
        BpfCode.BPF_ADD => a + b,
        BpfCode.BPF_SUB => a - b,
        BpfCode.BPF_MUL => a * b,
        Div when b == 0 => 0,
        Div when isSigned => b == ulong.MaxValue ? 0 - a : (ulong)((long)a / (long)b),
        Div => a / b,
        BpfCode.BPF_OR => a | b,
        BpfCode.BPF_AND => a & b,
        BpfCode.BPF_LSH => a << (int)b,
        BpfCode.BPF_RSH => a >> (int)b,
        Neg => 0 - a,
        Mod when b == 0 => a,
        Mod when isSigned => b == ulong.MaxValue ? 0 : (ulong)((long)a % (long)b),
        Mod => a % b,
        BpfCode.BPF_XOR => a ^ b,
        Arsh => (ulong)((long)a >> (int)b),
        _ => b,
    };

    private static uint Narrow(int operation, uint a, uint b, bool isSigned) => operation switch
    {
        Div when b != 0 && isSigned => b == uint.MaxValue ? 0 - a : (uint)((int)a / (int)b),
        Mod when b != 0 && isSigned => b == uint.MaxValue ? 0 : (uint)((int)a % (int)b),
        BpfCode.BPF_LSH => a << (int)b,
        BpfCode.BPF_RSH => a >> (int)b,
        Arsh => (uint)((int)a >> (int)b),
        _ => (uint)Wide(operation, a, b, false),
    };

    private static ulong Extend(ulong value, short bits) => bits switch
    {
        8 => (ulong)(sbyte)value,
        16 => (ulong)(short)value,
        32 => (ulong)(int)value,
        _ => value,
    };

    /// <summary>To little endian, to big endian, or the other way round always (bswap): the machine here is little endian.</summary>
    private static ulong Swap(EbpfInstruction instruction, ulong value, bool isAlways)
    {
        bool swaps = isAlways || (instruction.Code & FromRegister) != 0;
        return instruction.Immediate switch
        {
            16 => swaps ? BinaryPrimitives.ReverseEndianness((ushort)value) : (ushort)value,
            32 => swaps ? BinaryPrimitives.ReverseEndianness((uint)value) : (uint)value,
            _ => swaps ? BinaryPrimitives.ReverseEndianness(value) : value,
        };
    }

    /// <summary>Whether a conditional jump is taken.</summary>
    public static bool Holds(EbpfInstruction instruction, ReadOnlySpan<ulong> registers)
    {
        ulong a = registers[instruction.Destination];
        ulong b = (instruction.Code & FromRegister) != 0 ? registers[instruction.Source] : (ulong)(long)instruction.Immediate;
        if ((instruction.Code & ClassMask) == Jmp32)
        {
            // With their signs, the lower halves compare as the whole numbers do, either way.
            a = (ulong)(int)a;
            b = (ulong)(int)b;
        }
        return (instruction.Code & OperationMask) switch
        {
            Jeq => a == b,
            Jgt => a > b,
            Jge => a >= b,
            Jset => (instruction.Code & ClassMask) == Jmp32 ? (uint)(a & b) != 0 : (a & b) != 0,
            Jne => a != b,
            Jsgt => (long)a > (long)b,
            Jsge => (long)a >= (long)b,
            Jlt => a < b,
            Jle => a <= b,
            Jslt => (long)a < (long)b,
            _ => (long)a <= (long)b,
        };
    }
}
