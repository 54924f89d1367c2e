using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <content>Loads and stores.</content>
internal sealed partial class EbpfVerifier
{
    private Errno CheckLoadSpecial(EbpfInstruction instruction)
    {
        if (instruction.Code == WideConstant) return CheckWideConstant(instruction);
        EbpfValue packet = _state.Registers[6];
        if (packet.Kind != EbpfValueKind.Packet) return packet.Kind == EbpfValueKind.None ? Errno.EACCES : Errno.EINVAL;
        if ((instruction.Code & ModeMask) == Ind && !_state.Registers[instruction.Source].IsNumber) return Errno.EACCES;
        ForgetArguments();
        return SetRegister(0, EbpfValue.AnyNumber);
    }

    private Errno CheckWideConstant(EbpfInstruction instruction)
    {
        int second = _program[_at + 1].Immediate;
        EbpfValue value = instruction.Source switch
        {
            MapByDescriptor => EbpfValue.Address(EbpfValueKind.Map, instruction.Immediate),
            MapValueByDescriptor => EbpfValue.Address(EbpfValueKind.Element, instruction.Immediate, second),
            _ => EbpfValue.Constant((long)second << 32 | (uint)instruction.Immediate),
        };
        if (instruction.Destination == Frame) return Errno.EACCES;
        _state.Registers[instruction.Destination] = value;
        _at++;
        return Next();
    }

    private Errno CheckLoad(EbpfInstruction instruction)
    {
        int size = SizeOf(instruction.Code);
        bool isSigned = (instruction.Code & ModeMask) == MemSigned;
        EbpfValue from = _state.Registers[instruction.Source];
        EbpfValue value = EbpfValue.Number(EbpfRange.OfSize(size, isSigned));
        if (from.Kind == EbpfValueKind.Packet)
        {
            if (isSigned || !EbpfContext.IsReadable(instruction.Offset, size)) return Errno.EACCES;
        }
        else
        {
            Errno error = Locate(from, instruction.Offset, size, out EbpfFrame? frame, out long offset);
            if (error != Errno.None) return error;
            if (frame is not null && !IsAligned(from, instruction.Offset, size)) return Errno.EACCES;
            bool isWhole = frame is not null && size == EbpfFrame.SlotLength && from.Range.IsConstant;
            if (isWhole) value = frame![offset];
            else if (frame is not null && frame.HasAddress(offset, LengthOf(from, size))) return Errno.EACCES;
        }
        return SetRegister(instruction.Destination, value);
    }

    private Errno CheckStore(EbpfInstruction instruction)
    {
        bool isRegister = (instruction.Code & ClassMask) == Stx;
        int size = SizeOf(instruction.Code);
        EbpfValue to = _state.Registers[instruction.Destination];
        EbpfValue value = isRegister ? _state.Registers[instruction.Source] : EbpfValue.Constant(instruction.Immediate);
        if (value.Kind == EbpfValueKind.None) return Errno.EACCES;
        if (to.Kind == EbpfValueKind.Packet) return value.IsNumber && EbpfContext.IsWritable(instruction.Offset, size) ? Next() : Errno.EACCES;
        Errno error = Locate(to, instruction.Offset, size, out EbpfFrame? frame, out long offset);
        if (error != Errno.None) return error;
        bool isWhole = frame is not null && size == EbpfFrame.SlotLength && to.Range.IsConstant;
        if (value.IsAddress && !isWhole) return Errno.EACCES;
        if (frame is null) return Next();
        if (!IsAligned(to, instruction.Offset, size)) return Errno.EACCES;
        // The stack of a caller outlives this one's.
        if (value.Kind == EbpfValueKind.Stack && frame != _state.Frame) return Errno.EINVAL;
        if (isWhole) frame[offset] = value;
        else frame.Write(offset, LengthOf(to, size));
        return Next();
    }

    /// <summary>An atomic operation reads and writes 4 or 8 bytes that are aligned, and may give back what was there (RFC 9669 §5.3).</summary>
    private Errno CheckAtomic(EbpfInstruction instruction)
    {
        int size = SizeOf(instruction.Code);
        EbpfValue to = _state.Registers[instruction.Destination];
        bool compares = instruction.Immediate == CompareExchange, fetches = (instruction.Immediate & Fetch) != 0;
        if (!_state.Registers[instruction.Source].IsNumber || compares && !_state.Registers[0].IsNumber) return Errno.EACCES;
        Errno error = Locate(to, instruction.Offset, size, out EbpfFrame? frame, out long offset);
        if (error != Errno.None) return error;
        if (!IsAligned(to, instruction.Offset, size)) return Errno.EACCES;
        if (frame is not null)
        {
            if (!to.Range.IsConstant || frame.HasAddress(offset, size)) return Errno.EACCES;
            frame.Write(offset, size);
        }
        return fetches ? SetRegister(compares ? 0 : instruction.Source, EbpfValue.Number(EbpfRange.OfSize(size, isSigned: false))) : Next();
    }

    /// <summary>Finds the bytes that an access may mean.</summary>
    /// <param name="address">The address.</param>
    /// <param name="distance">What the instruction adds to it.</param>
    /// <param name="size">How many bytes.</param>
    /// <param name="frame">Whose stack; null for an element.</param>
    /// <param name="offset">The first byte that it may mean, counted from the frame pointer, or from the begin of the element.</param>
    /// <returns>EACCES where it may leave the stack or the element, EINVAL where it leaves the stack at its upper end alone.</returns>
    private Errno Locate(in EbpfValue address, long distance, long size, out EbpfFrame? frame, out long offset)
    {
        frame = null;
        EbpfRange moved = address.Range;
        offset = address.Offset + distance + moved.SignedMin;
        if (moved.SignedMin <= -Far || moved.SignedMax >= Far) return Errno.EACCES;
        long end = offset + LengthOf(address, size);
        if (address.Kind == EbpfValueKind.Element)
        {
            // A part that may be negative may be great as well: Linux asks for the check that the program has left out.
            return moved.Max < Far && offset >= 0 && end <= _maps[address.Place].ValueSize ? Errno.None : Errno.EACCES;
        }
        if (address.Kind != EbpfValueKind.Stack || offset is < -StackLength or >= 0) return Errno.EACCES;
        if (end > 0) return Errno.EINVAL;
        frame = _state[address.Place];
        frame.Function.Use(offset);
        return Errno.None;
    }

    /// <summary>From the first byte that an access may mean to the last.</summary>
    private static long LengthOf(in EbpfValue address, long size) => size + address.Range.SignedMax - address.Range.SignedMin;

    private static bool IsAligned(in EbpfValue address, long distance, int size)
    {
        EbpfBits bits = EbpfBits.Add(address.Range.Bits, new EbpfBits((ulong)(address.Offset + distance), 0));
        return (bits.Most & (ulong)size - 1) == 0;
    }
}
