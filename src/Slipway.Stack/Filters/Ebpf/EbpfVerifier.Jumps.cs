using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <content>Jumps, conditions and calls of the program's own functions.</content>
internal sealed partial class EbpfVerifier
{
    private Errno CheckJump(EbpfInstruction instruction)
    {
        switch (instruction.Code & OperationMask)
        {
            case Ja:
                return _ways.Add(_at + 1 + DistanceOf(instruction), _state);
            case Exit:
                return CheckExit();
            case Call:
                return instruction.Source == LocalCall ? CheckLocalCall(_layout.Called(_at)) : CheckCall((EbpfHelper)instruction.Immediate);
        }
        bool isWide = (instruction.Code & ClassMask) == Jmp, isRegister = (instruction.Code & FromRegister) != 0;
        EbpfValue left = _state.Registers[instruction.Destination];
        if (left.IsAddress) return isWide && !isRegister && instruction.Immediate == 0 ? CheckNullTest(instruction, left) : Errno.EACCES;
        EbpfValue right = isRegister ? _state.Registers[instruction.Source] : EbpfValue.Constant(instruction.Immediate);
        return left.IsNumber && right.IsNumber ? CheckComparison(instruction, left.Range, right.Range, isWide, isRegister) : Errno.EACCES;
    }

    /// <summary>Goes both ways, or the only one that there is, with what the comparison tells.</summary>
    private Errno CheckComparison(EbpfInstruction instruction, EbpfRange left, EbpfRange right, bool isWide, bool isRegister)
    {
        int condition = instruction.Code & OperationMask;
        bool isSame = isRegister && instruction.Source == instruction.Destination;
        EbpfRange a = isWide ? left : Narrowed(condition, left), b = isWide ? right : Narrowed(condition, right);
        bool? decided = isSame && !a.IsConstant ? null : EbpfCondition.Decide(condition, a, b);
        if (decided is { } always) return _ways.Add(_at + 1 + (always ? instruction.Offset : 0), _state);
        EbpfState jumped = _state.Copy();
        if (!isSame)
        {
            Assume(jumped, true);
            Assume(_state, false);
        }
        Errno error = _ways.Add(_at + 1 + instruction.Offset, jumped);
        return error == Errno.None ? Next() : error;

        void Assume(EbpfState state, bool holds)
        {
            EbpfRange x = a, y = b;
            EbpfCondition.Assume(condition, holds, ref x, ref y);
            // What was cut for the comparison tells nothing of the whole.
            if (a == left) state.Know(instruction.Destination, x);
            if (isRegister && b == right) state.Know(instruction.Source, y);
        }
    }

    /// <summary>The lower half as a comparison of 32 bits sees it.</summary>
    private static EbpfRange Narrowed(int condition, in EbpfRange range)
        => condition is Jsgt or Jsge or Jslt or Jsle ? range.Narrow().Extend(32) : range.Narrow();

    /// <summary>Compares an address with 0: that of an element is none, and what a look-up gave is an element now, or 0. Of other addresses nothing is told, as on Linux.</summary>
    private Errno CheckNullTest(EbpfInstruction instruction, EbpfValue address)
    {
        int condition = instruction.Code & OperationMask;
        if (condition is not (Jeq or Jne)) return Errno.EACCES;
        if (address.Kind == EbpfValueKind.Element) return _ways.Add(_at + 1 + (condition == Jne ? instruction.Offset : 0), _state);
        EbpfState jumped = _state.Copy();
        if (address.Kind == EbpfValueKind.ElementOrNull)
        {
            jumped.Resolve(instruction.Destination, condition == Jeq);
            _state.Resolve(instruction.Destination, condition == Jne);
        }
        Errno error = _ways.Add(_at + 1 + instruction.Offset, jumped);
        return error == Errno.None ? Next() : error;
    }

    /// <summary>The program returns a number; a function what it likes, but no address of the stack that it leaves.</summary>
    private Errno CheckExit()
    {
        EbpfValue result = _state.Registers[0];
        bool isMain = _state.Frames == 1;
        if (isMain && !result.IsNumber) return Errno.EACCES;
        if (!isMain && result.Kind == EbpfValueKind.Stack) return Errno.EINVAL;
        _ways.Leave(_state);
        return Errno.None;
    }

    /// <summary>Walks through a function as it is called here: with r1 to r5, and a stack of its own.</summary>
    private Errno CheckLocalCall(EbpfFunction function)
    {
        if (_state.Frames == MostFrames) return Errno.E2BIG;
        int at = _at;
        EbpfWays ways = _ways;
        EbpfState state = _state;
        EbpfValue[] registers = state.Registers;
        state.Enter(function);
        registers.AsSpan(1, 5).CopyTo(state.Registers.AsSpan(1));
        state.Registers[Frame] = EbpfValue.Address(EbpfValueKind.Stack, state.Frames - 1);
        Errno error = Walk(function, state, out EbpfState? left);
        (_at, _ways) = (at, ways);
        if (error != Errno.None || left is null) return error;
        _state = left;
        EbpfValue result = left.Registers[0];
        left.Leave();
        ForgetArguments();
        return SetRegister(0, result);
    }
}
