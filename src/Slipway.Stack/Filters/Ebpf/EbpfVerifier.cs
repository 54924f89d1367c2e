using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <summary>
/// Refuses programs that might not end, or touch what is not theirs. It walks through a program with all that its values may be at once; ways that meet are joined, and a loop is walked as
/// often as it may run. So each walk that ends tells the most that the program takes, and costs no more than that (docs/decisions/0013).
/// </summary>
internal sealed partial class EbpfVerifier
{
    public const int LongestProgram = 65536;

    /// <summary>Steps of the walk, as many as Linux takes (BPF_COMPLEXITY_LIMIT_INSNS).</summary>
    private const int MostSteps = 1_000_000;

    private readonly EbpfInstruction[] _program;
    private readonly IReadOnlyList<EbpfMap> _maps;
    private readonly EbpfLayout _layout;
    private EbpfWays _ways = null!;
    private EbpfState _state = null!;
    private int _at, _steps;

    private EbpfVerifier(EbpfInstruction[] program, IReadOnlyList<EbpfMap> maps, EbpfLayout layout)
    {
        _program = program;
        _maps = maps;
        _layout = layout;
    }

    /// <summary>Checks a program in which loads of maps name them by their number in the list.</summary>
    /// <param name="program">The instructions.</param>
    /// <param name="maps">Its maps.</param>
    /// <param name="layout">Its functions, and the stack that they take.</param>
    /// <returns>
    /// E2BIG for none and for too many instructions, steps or calls; EINVAL for instructions that there are not, for jumps that leave their function and for what does not end; EACCES for a wrong
    /// use of a value.
    /// </returns>
    public static Errno Check(EbpfInstruction[] program, IReadOnlyList<EbpfMap> maps, out EbpfLayout layout)
    {
        layout = null!;
        if (program.Length is 0 or > LongestProgram) return Errno.E2BIG;
        Errno error = EbpfLayout.Read(program, out layout);
        if (error == Errno.None) error = new EbpfVerifier(program, maps, layout).WalkAll();
        return error == Errno.None ? layout.Measure() : error;
    }

    private Errno WalkAll()
    {
        var first = new EbpfState();
        first.Enter(_layout.Main);
        first.Registers[1] = EbpfValue.Address(EbpfValueKind.Packet);
        first.Registers[Frame] = EbpfValue.Address(EbpfValueKind.Stack);
        return Walk(_layout.Main, first, out _);
    }

    /// <summary>Walks through a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="state">What is known as it begins.</param>
    /// <param name="left">What is known as it returns.</param>
    private Errno Walk(EbpfFunction function, EbpfState state, out EbpfState? left)
    {
        var ways = new EbpfWays(function, _layout.LoopEnds);
        Errno error = ways.Add(function.Start, state);
        while (error == Errno.None && ways.TryTake(out _at, out _state))
        {
            _ways = ways;
            if (++_steps > MostSteps) error = Errno.E2BIG;
            else if (ways.IsEndless(_at, _state)) error = Errno.EINVAL;
            else error = Step(_program[_at]);
        }
        left = ways.Left;
        return error;
    }

    private Errno Step(EbpfInstruction instruction) => (instruction.Code & ClassMask) switch
    {
        Alu or Alu64 => CheckArithmetic(instruction),
        Jmp or Jmp32 => CheckJump(instruction),
        Ld => CheckLoadSpecial(instruction),
        Ldx => CheckLoad(instruction),
        Stx when (instruction.Code & ModeMask) == Atomic => CheckAtomic(instruction),
        _ => CheckStore(instruction),
    };

    private Errno Next() => _ways.Add(_at + 1, _state);

    private Errno SetRegister(int register, in EbpfValue value)
    {
        if (register == Frame) return Errno.EACCES;
        _state.Registers[register] = value;
        return Next();
    }

    private Errno CheckArithmetic(EbpfInstruction instruction)
    {
        int operation = instruction.Code & OperationMask;
        bool isWide = (instruction.Code & ClassMask) == Alu64, isRegister = (instruction.Code & FromRegister) != 0;
        EbpfValue old = _state.Registers[instruction.Destination];
        if (operation == Mov) return CheckMove(instruction, isWide, isRegister);
        if (operation is End or Neg)
        {
            if (!old.IsNumber) return Errno.EACCES;
            EbpfRange result = operation == End ? EbpfRange.Any : ComputeNumber(BpfCode.BPF_SUB, EbpfRange.Zero, old.Range, isWide);
            return SetRegister(instruction.Destination, EbpfValue.Number(result));
        }
        EbpfValue operand = isRegister ? _state.Registers[instruction.Source] : EbpfValue.Constant(instruction.Immediate);
        if (old.Kind == EbpfValueKind.None || operand.Kind == EbpfValueKind.None) return Errno.EACCES;
        if (old.IsNumber && operand.IsNumber) return SetRegister(instruction.Destination, EbpfValue.Number(ComputeNumber(operation, old.Range, operand.Range, isWide)));
        return isWide ? CheckAddressArithmetic(operation, instruction.Destination, old, operand) : Errno.EACCES;
    }

    private static EbpfRange ComputeNumber(int operation, in EbpfRange a, in EbpfRange b, bool isWide)
    {
        if (isWide) return EbpfRange.Compute(operation, a, b);
        EbpfRange narrow = a.Narrow(), by = b.Narrow();
        bool isShift = operation is BpfCode.BPF_LSH or BpfCode.BPF_RSH or Arsh;
        // Where Linux follows no range, it does not see either that the upper half is 0.
        if (operation is Div or Mod || isShift && !(by.IsConstant && by.Max < 32)) return EbpfRange.Any;
        if (operation == Arsh) narrow = narrow.Extend(32);
        return EbpfRange.Compute(operation, narrow, by).Narrow();
    }

    private Errno CheckMove(EbpfInstruction instruction, bool isWide, bool isRegister)
    {
        if (!isRegister) return SetRegister(instruction.Destination, EbpfValue.Constant(isWide ? instruction.Immediate : (uint)instruction.Immediate));
        EbpfValue value = _state.Registers[instruction.Source];
        bool isWhole = isWide && instruction.Offset == 0;
        if (value.Kind == EbpfValueKind.None || !isWhole && value.IsAddress) return Errno.EACCES;
        if (value.IsAddress) return SetRegister(instruction.Destination, value);
        EbpfRange range = instruction.Offset != 0 ? value.Range.Extend(instruction.Offset) : value.Range;
        if (!isWide) range = range.Narrow();
        if (range != value.Range) return SetRegister(instruction.Destination, EbpfValue.Number(range));
        if (value.Origin < 0 && !range.IsConstant && instruction.Source != Frame)
        {
            _state.ForgetOrigin(_at);
            value = value with { Origin = _at };
            _state.Registers[instruction.Source] = value;
        }
        return SetRegister(instruction.Destination, value);
    }

    /// <summary>Addresses of bytes move by numbers; how far one may go, and which are EINVAL, is Linux's (check_reg_sane_offset).</summary>
    private Errno CheckAddressArithmetic(int operation, int register, EbpfValue a, EbpfValue b)
    {
        (EbpfValue address, EbpfRange by) = a.IsAddress ? (a, b.Range) : (b, a.Range);
        bool adds = operation == BpfCode.BPF_ADD, subtracts = operation == BpfCode.BPF_SUB && a.Kind == EbpfValueKind.Element;
        if (!address.PointsToBytes || a.IsAddress && b.IsAddress) return Errno.EACCES;
        if (!IsNear(by)) return Errno.EINVAL;
        if (!adds && !subtracts) return Errno.EACCES;
        long far = subtracts ? -by.SignedMin : by.SignedMin;
        EbpfValue moved = by.IsConstant
            ? address with { Offset = (int)(address.Offset + far) }
            : address with { Range = subtracts ? EbpfRange.Subtract(address.Range, by) : EbpfRange.Add(address.Range, by) };
        return IsNear(moved.Range) && Math.Abs(moved.Offset) < Far ? SetRegister(register, moved) : Errno.EINVAL;
    }

    private const int Far = 1 << 29;

    private static bool IsNear(in EbpfRange range) => range is { SignedMin: > -Far and < Far };
}
