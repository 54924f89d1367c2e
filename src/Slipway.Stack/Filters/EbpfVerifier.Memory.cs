using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <content>Loads, stores and calls.</content>
internal sealed partial class EbpfVerifier
{
    private Errno CheckLoadSpecial(EbpfInstruction instruction)
    {
        int mode = instruction.Code & ModeMask;
        if (instruction.Code == (Ld | Imm | DoubleWord)) return CheckWideConstant(instruction);
        bool isIndirect = mode == Ind;
        bool isValid = mode is (Abs or Ind) && (instruction.Code & SizeMask) != DoubleWord && instruction is { Destination: 0, Offset: 0 } && (isIndirect || instruction.Source == 0);
        if (!isValid) return Errno.EINVAL;
        if (_state.Registers[6].Kind != EbpfValueKind.Packet || isIndirect && !_state.Registers[instruction.Source].IsNumber) return Errno.EACCES;
        ForgetArguments();
        return SetRegister(0, EbpfValue.AnyNumber);
    }

    private Errno CheckWideConstant(EbpfInstruction instruction)
    {
        if (_at + 1 >= _program.Length || instruction.Destination == Frame || instruction.Offset != 0) return Errno.EINVAL;
        EbpfInstruction second = _program[_at + 1];
        // Nothing may jump between the halves.
        if (second is not { Code: 0, Registers: 0, Offset: 0 } || _states[_at + 1] is not null) return Errno.EINVAL;
        switch (instruction.Source)
        {
            case 0:
                _state.Registers[instruction.Destination] = EbpfValue.Constant((long)second.Immediate << 32 | (uint)instruction.Immediate);
                break;
            case MapByDescriptor when second.Immediate == 0:
                _state.Registers[instruction.Destination] = new EbpfValue(EbpfValueKind.Map, Map: instruction.Immediate);
                break;
            default:
                return Errno.EINVAL;
        }
        Errno error = Continue(1, _state);
        _at++;
        return error;
    }

    private Errno CheckLoad(EbpfInstruction instruction)
    {
        int mode = instruction.Code & ModeMask, size = SizeOf(instruction.Code);
        if (mode is not (Mem or MemSigned) || mode == MemSigned && size == 8 || instruction.Immediate != 0) return Errno.EINVAL;
        EbpfValue from = _state.Registers[instruction.Source];
        long offset = from.Number + instruction.Offset;
        EbpfValue value = EbpfValue.AnyNumber;
        switch (from.Kind)
        {
            case EbpfValueKind.Packet:
                if (mode == MemSigned || !EbpfContext.IsReadable(offset, size)) return Errno.EACCES;
                break;
            case EbpfValueKind.Stack:
                if (!EbpfState.IsInStack(offset, size) || offset % size != 0) return Errno.EACCES;
                value = _state.ReadStack(offset, size);
                if (value.Kind == EbpfValueKind.None || mode == MemSigned && value.IsAddress) return Errno.EACCES;
                break;
            case EbpfValueKind.Element:
                if (!IsInElement(from, offset, size) || offset % size != 0) return Errno.EACCES;
                break;
            default:
                return Errno.EACCES;
        }
        return SetRegister(instruction.Destination, value);
    }

    private Errno CheckStore(EbpfInstruction instruction)
    {
        bool isRegister = (instruction.Code & ClassMask) == Stx;
        int size = SizeOf(instruction.Code);
        // Atomic operations are not there: one thread owns the packets and the maps.
        if ((instruction.Code & ModeMask) != Mem || (isRegister ? instruction.Immediate != 0 : instruction.Source != 0)) return Errno.EINVAL;
        EbpfValue to = _state.Registers[instruction.Destination];
        EbpfValue value = isRegister ? _state.Registers[instruction.Source] : EbpfValue.AnyNumber;
        long offset = to.Number + instruction.Offset;
        if (value.Kind == EbpfValueKind.None || value.IsAddress && (size != 8 || to.Kind != EbpfValueKind.Stack)) return Errno.EACCES;
        switch (to.Kind)
        {
            case EbpfValueKind.Packet when EbpfContext.IsWritable(offset, size):
            case EbpfValueKind.Element when IsInElement(to, offset, size) && offset % size == 0:
                return Next();
            case EbpfValueKind.Stack when EbpfState.IsInStack(offset, size) && offset % size == 0:
                _state.WriteStack(offset, size, value);
                return Next();
            default:
                return Errno.EACCES;
        }
    }

    private Errno CheckCall(EbpfHelper helper)
    {
        EbpfValue[] registers = _state.Registers;
        EbpfMap? map = registers[1].Kind == EbpfValueKind.Map ? _maps[registers[1].Map] : null;
        EbpfValue result = EbpfValue.AnyNumber;
        bool isRight;
        switch (helper)
        {
            case EbpfHelper.MapLookup:
                isRight = map is not null && CanRead(registers[2], map.KeySize);
                result = new EbpfValue(EbpfValueKind.ElementOrNull, Map: registers[1].Map, Origin: _at);
                break;
            case EbpfHelper.MapUpdate:
                isRight = map is not null && CanRead(registers[2], map.KeySize) && CanRead(registers[3], map.ValueSize) && registers[4].IsNumber;
                break;
            case EbpfHelper.MapDelete:
                isRight = map is not null && CanRead(registers[2], map.KeySize);
                break;
            case EbpfHelper.KtimeGetNs or EbpfHelper.GetPrandomU32 or EbpfHelper.GetSmpProcessorId:
                isRight = true;
                break;
            case EbpfHelper.SkbLoadBytes:
                isRight = registers[1].Kind == EbpfValueKind.Packet && registers[2].IsNumber && registers[4] is { IsKnown: true, Number: > 0 and <= int.MaxValue } length
                    && CanWrite(registers[3], (int)length.Number);
                break;
            default:
                return Errno.EINVAL;
        }
        if (!isRight) return Errno.EACCES;
        ForgetArguments();
        return SetRegister(0, result);
    }

    private void ForgetArguments() => _state.Registers.AsSpan(1, 5).Clear();

    private bool IsInElement(EbpfValue element, long offset, int size) => offset >= 0 && offset + size <= _maps[element.Map].ValueSize;

    private bool CanRead(EbpfValue address, int size) => address.Kind switch
    {
        EbpfValueKind.Stack => EbpfState.IsInStack(address.Number, size) && _state.IsWritten(address.Number, size),
        EbpfValueKind.Element => IsInElement(address, address.Number, size),
        _ => false,
    };

    private bool CanWrite(EbpfValue address, int size)
    {
        if (address.Kind == EbpfValueKind.Element) return IsInElement(address, address.Number, size);
        if (address.Kind != EbpfValueKind.Stack || !EbpfState.IsInStack(address.Number, size)) return false;
        _state.WriteStack(address.Number, size, EbpfValue.AnyNumber);
        return true;
    }
}
