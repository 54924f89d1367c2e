using System.Buffers.Binary;
using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <summary>
/// A checked program of eBPF and its machine (RFC 9669): eleven registers and 512 bytes of stack. Addresses are numbers of the machine's own — a region in the upper bits, an offset in the
/// lower — so that whatever a program does with them names bytes of its stack or its maps, or nothing.
/// </summary>
internal sealed class EbpfProgram : PacketProgram
{
    private const int RegionShift = 56, MapShift = 40;
    private const ulong StackRegion = 1UL << RegionShift, PacketRegion = 2UL << RegionShift, MapRegion = 3UL << RegionShift, ElementRegion = 4UL << RegionShift;
    private const ulong OffsetMask = (1UL << MapShift) - 1;

    private readonly EbpfInstruction[] _program;
    private readonly EbpfMap[] _maps;
    private readonly StackLoop _loop;

    private EbpfProgram(EbpfInstruction[] program, EbpfMap[] maps, StackLoop loop) => (_program, _maps, _loop) = (program, maps, loop);

    /// <inheritdoc/>
    public override int Memory => ClassicMemory.Header + _program.Length * ClassicMemory.Instruction;

    /// <summary>Makes a program whose loads of maps name them by their number in the list.</summary>
    public static Errno Create(EbpfInstruction[] program, EbpfMap[] maps, StackLoop loop, out EbpfProgram? created)
    {
        Errno error = EbpfVerifier.Check(program, maps);
        created = error == Errno.None ? new EbpfProgram(program, maps, loop) : null;
        return error;
    }

    /// <inheritdoc/>
    /// <remarks>Linux keeps classic programs alone.</remarks>
    public override CallResult Read(Span<ClassicInstruction> room) => Errno.EACCES;

    /// <inheritdoc/>
    public override uint Run(in FilterPacket packet)
    {
        Span<ulong> registers = stackalloc ulong[Registers];
        Span<byte> stack = stackalloc byte[StackLength + EbpfContext.ScratchLength];
        registers.Clear();
        stack.Clear();
        registers[1] = PacketRegion;
        registers[Frame] = StackRegion + StackLength;
        for (int at = 0; ; at++)
        {
            EbpfInstruction instruction = _program[at];
            switch (instruction.Code & ClassMask)
            {
                case Alu or Alu64:
                    EbpfArithmetic.Compute(instruction, registers);
                    break;
                case Ldx:
                    registers[instruction.Destination] = LoadMemory(instruction, registers[instruction.Source], packet, stack);
                    break;
                case St or Stx:
                    StoreMemory(instruction, registers, stack);
                    break;
                case Ld when instruction.Code == (Ld | Imm | DoubleWord):
                    registers[instruction.Destination] = instruction.Source == MapByDescriptor
                        ? MapRegion | (uint)instruction.Immediate
                        : (uint)instruction.Immediate | (ulong)(uint)_program[at + 1].Immediate << 32;
                    at++;
                    break;
                case Ld:
                    int place = instruction.Immediate + ((instruction.Code & ModeMask) == Ind ? (int)registers[instruction.Source] : 0);
                    if (!packet.TryLoad(place, SizeOf(instruction.Code), out uint loaded)) return 0;
                    registers[0] = loaded;
                    break;
                default:
                    switch (instruction.Code & OperationMask)
                    {
                        case Exit:
                            return (uint)registers[0];
                        case Call:
                            registers[0] = CallHelper((EbpfHelper)instruction.Immediate, registers, packet, stack);
                            break;
                        case Ja:
                            at += (instruction.Code & ClassMask) == Jmp ? instruction.Offset : instruction.Immediate;
                            break;
                        default:
                            if (EbpfArithmetic.Holds(instruction, registers)) at += instruction.Offset;
                            break;
                    }
                    break;
            }
        }
    }

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

    private ulong LoadMemory(EbpfInstruction instruction, ulong from, in FilterPacket packet, Span<byte> stack)
    {
        ulong address = from + (ulong)(long)instruction.Offset;
        if (from == PacketRegion)
        {
            int scratch = instruction.Offset - EbpfContext.ScratchStart;
            bool isScratch = scratch is >= 0 and < EbpfContext.ScratchLength;
            return isScratch ? BinaryPrimitives.ReadUInt32LittleEndian(stack[(StackLength + scratch)..]) : EbpfContext.Read(packet, instruction.Offset);
        }
        int size = SizeOf(instruction.Code);
        ReadOnlySpan<byte> bytes = Bytes(address, size, stack);
        bool isSigned = (instruction.Code & ModeMask) == MemSigned;
        return size switch
        {
            1 => isSigned ? (ulong)(sbyte)bytes[0] : bytes[0],
            2 => isSigned ? (ulong)BinaryPrimitives.ReadInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => isSigned ? (ulong)BinaryPrimitives.ReadInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        };
    }

    private void StoreMemory(EbpfInstruction instruction, Span<ulong> registers, Span<byte> stack)
    {
        ulong to = registers[instruction.Destination];
        ulong value = (instruction.Code & ClassMask) == Stx ? registers[instruction.Source] : (ulong)(long)instruction.Immediate;
        int size = SizeOf(instruction.Code);
        Span<byte> bytes = to == PacketRegion
            ? stack.Slice(StackLength + instruction.Offset - EbpfContext.ScratchStart, size)
            : Bytes(to + (ulong)(long)instruction.Offset, size, stack);
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

    private ulong CallHelper(EbpfHelper helper, Span<ulong> registers, in FilterPacket packet, Span<byte> stack)
    {
        switch (helper)
        {
            case EbpfHelper.KtimeGetNs:
                return (ulong)_loop.Now;
            case EbpfHelper.GetPrandomU32:
                return packet.NextRandom();
            case EbpfHelper.GetSmpProcessorId:
                return 0;
            case EbpfHelper.SkbLoadBytes:
                return LoadBytes(registers, packet, stack);
        }
        int number = (int)(registers[1] & OffsetMask);
        EbpfMap map = _maps[number];
        Span<byte> key = Bytes(registers[2], map.KeySize, stack);
        switch (helper)
        {
            case EbpfHelper.MapLookup:
                int place = map.Find(key);
                return place < 0 ? 0 : ElementRegion | (ulong)number << MapShift | (uint)place;
            case EbpfHelper.MapUpdate:
                return Status(map.Update(key, Bytes(registers[3], map.ValueSize, stack), (long)registers[4]));
            default:
                return Status(map.Delete(key));
        }
    }

    private ulong LoadBytes(Span<ulong> registers, in FilterPacket packet, Span<byte> stack)
    {
        const uint GreatestOffset = 0xFFFF;
        uint offset = (uint)registers[2];
        int length = (int)registers[4];
        Span<byte> to = Bytes(registers[3], length, stack);
        if (offset > GreatestOffset || offset + (long)length > packet.Length)
        {
            to.Clear();
            return Status(Errno.EFAULT);
        }
        packet.Data.Slice((int)offset, length).CopyTo(to);
        return 0;
    }

    private static ulong Status(Errno error) => (ulong)-(long)error;
}
