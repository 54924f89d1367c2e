using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <summary>
/// Refuses programs that might not end, or touch what is not theirs. All jumps go forward, so the instructions in their order are an order in which each comes after all that may lead to it:
/// one pass is enough, and what two ways disagree about is forgotten where they meet. That is stricter than the kernel, which follows every way for itself and allows some loops; whatever
/// passes here is as safe as there.
/// </summary>
internal sealed partial class EbpfVerifier
{
    public const int LongestProgram = 4096;

    private readonly EbpfInstruction[] _program;
    private readonly IReadOnlyList<EbpfMap> _maps;
    private readonly EbpfState?[] _states;
    private EbpfState _state = null!;
    private int _at;

    private EbpfVerifier(EbpfInstruction[] program, IReadOnlyList<EbpfMap> maps)
    {
        _program = program;
        _maps = maps;
        _states = new EbpfState?[program.Length];
    }

    /// <summary>Checks a program in which loads of maps name them by their number in the list.</summary>
    /// <returns>E2BIG for none and for too many, EINVAL for instructions that there are not, and for jumps back, out or past; EACCES for a wrong use of a value.</returns>
    public static Errno Check(EbpfInstruction[] program, IReadOnlyList<EbpfMap> maps)
        => program.Length is 0 or > LongestProgram ? Errno.E2BIG : new EbpfVerifier(program, maps).Check();

    private Errno Check()
    {
        var first = new EbpfState();
        first.Registers[1] = new EbpfValue(EbpfValueKind.Packet);
        first.Registers[Frame] = new EbpfValue(EbpfValueKind.Stack);
        _states[0] = first;
        for (_at = 0; _at < _program.Length; _at++)
        {
            // Nothing leads here: the kernel refuses what is never run.
            if (_states[_at] is not { } state) return Errno.EINVAL;
            _state = state;
            EbpfInstruction instruction = _program[_at];
            if (instruction.Destination >= Registers || instruction.Source >= Registers) return Errno.EINVAL;
            Errno error = (instruction.Code & ClassMask) switch
            {
                Alu or Alu64 => CheckArithmetic(instruction),
                Jmp or Jmp32 => CheckJump(instruction),
                Ld => CheckLoadSpecial(instruction),
                Ldx => CheckLoad(instruction),
                _ => CheckStore(instruction),
            };
            if (error != Errno.None) return error;
        }
        return Errno.None;
    }

    private Errno Continue(int distance, EbpfState state)
    {
        int target = _at + 1 + distance;
        if (distance < 0 || target >= _program.Length) return Errno.EINVAL;
        if (_states[target] is { } known) known.Join(state);
        else _states[target] = state.Copy();
        return Errno.None;
    }

    private Errno Next() => Continue(0, _state);

    private Errno SetRegister(int register, EbpfValue value)
    {
        if (register == Frame) return Errno.EACCES;
        _state.Registers[register] = value;
        return Next();
    }

    private Errno CheckArithmetic(EbpfInstruction instruction)
    {
        int operation = instruction.Code & OperationMask;
        bool isWide = (instruction.Code & ClassMask) == Alu64, isRegister = (instruction.Code & FromRegister) != 0;
        if (operation > End) return Errno.EINVAL;
        EbpfValue old = _state.Registers[instruction.Destination];
        if (operation == End)
        {
            bool isValid = instruction is { Source: 0, Offset: 0, Immediate: 16 or 32 or 64 } && !(isWide && isRegister);
            return !isValid ? Errno.EINVAL : old.IsNumber ? SetRegister(instruction.Destination, EbpfValue.AnyNumber) : Errno.EACCES;
        }
        if (operation == Neg)
        {
            bool isValid = instruction is { Source: 0, Offset: 0, Immediate: 0 } && !isRegister;
            return !isValid ? Errno.EINVAL : old.IsNumber ? SetRegister(instruction.Destination, EbpfValue.AnyNumber) : Errno.EACCES;
        }
        if (isRegister ? instruction.Immediate != 0 : instruction.Source != 0) return Errno.EINVAL;
        if (!IsOffsetValid(operation, instruction.Offset, isWide, isRegister)) return Errno.EINVAL;
        if (!isRegister && operation is (Div or Mod) && instruction.Immediate == 0) return Errno.EINVAL;
        if (!isRegister && operation is (BpfCode.BPF_LSH or BpfCode.BPF_RSH or Arsh) && (uint)instruction.Immediate >= (isWide ? 64u : 32u)) return Errno.EINVAL;
        EbpfValue operand = isRegister ? _state.Registers[instruction.Source] : EbpfValue.Constant(instruction.Immediate);
        if (operand.Kind == EbpfValueKind.None) return Errno.EACCES;
        if (operation == Mov)
        {
            bool isPlain = isWide && instruction.Offset == 0;
            if (!isPlain && operand.IsAddress) return Errno.EACCES;
            return SetRegister(instruction.Destination, isPlain || !isRegister && instruction.Immediate >= 0 ? operand : EbpfValue.AnyNumber);
        }
        if (old.Kind == EbpfValueKind.None || operand.IsAddress) return Errno.EACCES;
        if (!old.IsAddress) return SetRegister(instruction.Destination, EbpfValue.AnyNumber);
        // Of addresses only those of bytes move, and only by a distance that is known.
        bool moves = isWide && operation is (BpfCode.BPF_ADD or BpfCode.BPF_SUB) && operand.IsKnown && Math.Abs(operand.Number) <= 1 << 29;
        if (!moves || old.Kind is not (EbpfValueKind.Stack or EbpfValueKind.Element) || Math.Abs(old.Number) > 1 << 29) return Errno.EACCES;
        long distance = operation == BpfCode.BPF_ADD ? operand.Number : -operand.Number;
        return SetRegister(instruction.Destination, old with { Number = old.Number + distance });
    }

    private static bool IsOffsetValid(int operation, short offset, bool isWide, bool isRegister) => operation switch
    {
        Div or Mod => offset is 0 or 1,
        Mov when isRegister => offset is 0 or 8 or 16 || offset == 32 && isWide,
        _ => offset == 0,
    };

    private Errno CheckJump(EbpfInstruction instruction)
    {
        int operation = instruction.Code & OperationMask;
        bool isWide = (instruction.Code & ClassMask) == Jmp, isRegister = (instruction.Code & FromRegister) != 0;
        switch (operation)
        {
            case Ja:
                if (isRegister || instruction.Registers != 0) return Errno.EINVAL;
                return Continue(isWide ? instruction.Offset : instruction.Immediate, _state);
            case Exit:
                if (!isWide || isRegister || instruction is not { Registers: 0, Offset: 0, Immediate: 0 }) return Errno.EINVAL;
                return _state.Registers[0].IsNumber ? Errno.None : Errno.EACCES;
            case Call:
                return isWide && !isRegister && instruction is { Registers: 0, Offset: 0 } ? CheckCall((EbpfHelper)instruction.Immediate) : Errno.EINVAL;
            case > Jsle:
                return Errno.EINVAL;
        }
        if (isRegister ? instruction.Immediate != 0 : instruction.Source != 0) return Errno.EINVAL;
        EbpfValue left = _state.Registers[instruction.Destination];
        if (left.Kind == EbpfValueKind.ElementOrNull && isWide && !isRegister && operation is (Jeq or Jne) && instruction.Immediate == 0) return CheckNullTest(instruction, left.Origin);
        bool compares = left.IsNumber && (!isRegister || _state.Registers[instruction.Source].IsNumber);
        if (!compares) return Errno.EACCES;
        Errno error = Continue(instruction.Offset, _state);
        return error == Errno.None ? Next() : error;
    }

    private Errno CheckNullTest(EbpfInstruction instruction, int origin)
    {
        bool jumpsOnNull = (instruction.Code & OperationMask) == Jeq;
        EbpfState jumped = _state.Copy();
        jumped.Resolve(origin, jumpsOnNull);
        _state.Resolve(origin, !jumpsOnNull);
        Errno error = Continue(instruction.Offset, jumped);
        return error == Errno.None ? Next() : error;
    }
}
