using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <content>Addresses, loads and stores.</content>
internal sealed partial class EbpfProgram
{
    private const int RegionShift = 56, MapShift = 40;
    private const ulong StackRegion = 1UL << RegionShift, PacketRegion = 2UL << RegionShift, MapRegion = 3UL << RegionShift, ElementRegion = 4UL << RegionShift;
    private const ulong OffsetMask = (1UL << MapShift) - 1;

    /// <summary>The bytes at an address, of the stack or of an element.</summary>
    private Span<byte> Bytes(ulong address, int length, Span<byte> stack)
    {
        int offset = (int)(address & OffsetMask);
        return (address & (255UL << RegionShift)) switch
        {
            StackRegion => stack.Slice(offset, length),
            ElementRegion => _maps[(int)(address >> MapShift & 0xFFFF)].Values.AsSpan(offset, length),
            _ => throw new InvalidOperationException("The verifier let an address pass that is none."),
        };
    }

    private static ulong AddressOf(int map, int place) => ElementRegion | (ulong)map << MapShift | (uint)place;

    /// <summary>What a load of 64 bits gives: a number, a map, or an address in the only element of one.</summary>
    private static ulong WideValue(EbpfInstruction first, int second) => first.Source switch
    {
        MapByDescriptor => MapRegion | (uint)first.Immediate,
        MapValueByDescriptor => AddressOf(first.Immediate, second),
        _ => (uint)first.Immediate | (ulong)(uint)second << 32,
    };

    private ulong LoadMemory(EbpfInstruction instruction, ulong from, in FilterPacket packet, Span<byte> stack, Span<byte> scratch)
    {
        int size = SizeOf(instruction.Code);
        bool isSigned = (instruction.Code & ModeMask) == MemSigned;
        if (from != PacketRegion) return Load(Bytes(from + (ulong)(long)instruction.Offset, size, stack), size, isSigned);
        int place = instruction.Offset - EbpfContext.ScratchStart;
        if (place is >= 0 and < EbpfContext.ScratchLength) return Load(scratch[place..], size, isSigned);
        return Cut(EbpfContext.ReadPart(packet, instruction.Offset), size, isSigned);
    }

    private static ulong Load(ReadOnlySpan<byte> bytes, int size, bool isSigned) => size switch
    {
        8 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        4 when !isSigned => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        4 => (ulong)BinaryPrimitives.ReadInt32LittleEndian(bytes),
        2 => Cut(BinaryPrimitives.ReadUInt16LittleEndian(bytes), size, isSigned),
        _ => Cut(bytes[0], size, isSigned),
    };

    private static ulong Cut(ulong value, int size, bool isSigned) => size switch
    {
        1 => isSigned ? (ulong)(sbyte)value : (byte)value,
        2 => isSigned ? (ulong)(short)value : (ushort)value,
        _ => isSigned ? (ulong)(int)value : value,
    };

    private void StoreMemory(EbpfInstruction instruction, Span<ulong> registers, Span<byte> stack, Span<byte> scratch)
    {
        ulong to = registers[instruction.Destination];
        int size = SizeOf(instruction.Code);
        Span<byte> bytes = to == PacketRegion ? scratch.Slice(instruction.Offset - EbpfContext.ScratchStart, size) : Bytes(to + (ulong)(long)instruction.Offset, size, stack);
        if ((instruction.Code & ModeMask) == Atomic)
        {
            EbpfAtomics.Execute(instruction, bytes, registers);
            return;
        }
        ulong value = (instruction.Code & ClassMask) == Stx ? registers[instruction.Source] : (ulong)(long)instruction.Immediate;
        switch (size)
        {
            case 1:
                bytes[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)value);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
                break;
        }
    }
}
