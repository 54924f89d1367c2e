using Slipway.Sockets;

namespace Slipway.Stack;

/// <content>Calls of helpers.</content>
internal sealed partial class EbpfVerifier
{
    private Errno CheckCall(EbpfHelper helper)
    {
        EbpfValue[] registers = _state.Registers;
        switch (helper)
        {
            case EbpfHelper.MapLookup or EbpfHelper.MapUpdate or EbpfHelper.MapDelete:
                return CheckMapCall(helper, registers);
            case EbpfHelper.KtimeGetNs or EbpfHelper.KtimeGetBootNs or EbpfHelper.GetPrandomU32 or EbpfHelper.GetSmpProcessorId or EbpfHelper.GetNumaNodeId:
                return Return(Errno.None, EbpfValue.AnyNumber);
            case EbpfHelper.GetSocketCookie or EbpfHelper.GetSocketUid:
                return registers[1].Kind == EbpfValueKind.Packet ? Return(Errno.None, EbpfValue.AnyNumber) : Errno.EACCES;
            case EbpfHelper.SkbLoadBytes or EbpfHelper.SkbLoadBytesRelative:
                bool isRelative = helper == EbpfHelper.SkbLoadBytesRelative;
                bool isRight = registers[1].Kind == EbpfValueKind.Packet && registers[2].IsNumber && registers[4].IsNumber && (!isRelative || registers[5].IsNumber);
                return isRight ? Return(Fill(registers[3], registers[4].Range), EbpfValue.AnyNumber) : Errno.EACCES;
            case EbpfHelper.TailCall:
                if (registers[1].Kind != EbpfValueKind.Packet || registers[2].Kind != EbpfValueKind.Map || !registers[3].IsNumber) return Errno.EACCES;
                // Where there is no such program it goes on, without a result.
                return _maps[registers[2].Place] is EbpfProgramArray ? Return(Errno.None, default) : Errno.EINVAL;
            default:
                return Errno.EINVAL;
        }
    }

    private Errno CheckMapCall(EbpfHelper helper, EbpfValue[] registers)
    {
        if (registers[1].Kind != EbpfValueKind.Map) return Errno.EACCES;
        EbpfMap map = _maps[registers[1].Place];
        if (map is EbpfProgramArray) return Errno.EINVAL;
        Errno error = Read(registers[2], map.KeySize);
        if (error == Errno.None && helper == EbpfHelper.MapUpdate) error = registers[4].IsNumber ? Read(registers[3], map.ValueSize) : Errno.EACCES;
        if (error != Errno.None) return error;
        if (helper != EbpfHelper.MapLookup) return Return(Errno.None, EbpfValue.AnyNumber);
        _state.ForgetOrigin(_at);
        return Return(Errno.None, EbpfValue.Address(EbpfValueKind.ElementOrNull, registers[1].Place) with { Origin = _at });
    }

    private Errno Return(Errno error, in EbpfValue result)
    {
        if (error != Errno.None) return error;
        ForgetArguments();
        return SetRegister(0, result);
    }

    private void ForgetArguments() => _state.Registers.AsSpan(1, 5).Clear();

    /// <summary>A helper reads so many bytes, none of them of an address.</summary>
    private Errno Read(in EbpfValue address, int size)
    {
        Errno error = Locate(address, 0, size, out EbpfFrame? frame, out long offset);
        return error == Errno.None && frame?.HasAddress(offset, LengthOf(address, size)) is true ? Errno.EACCES : error;
    }

    /// <summary>A helper fills so many bytes, at least one.</summary>
    private Errno Fill(in EbpfValue address, in EbpfRange length)
    {
        if (length is not { Min: > 0, Max: < Far }) return Errno.EACCES;
        Errno error = Locate(address, 0, (long)length.Max, out EbpfFrame? frame, out long offset);
        if (error == Errno.None) frame?.Write(offset, LengthOf(address, (long)length.Max));
        return error;
    }
}
