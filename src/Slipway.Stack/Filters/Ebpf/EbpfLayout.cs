using Slipway.Sockets;
using static Slipway.Stack.EbpfCode;

namespace Slipway.Stack;

/// <summary>A program's functions and jumps, before anybody asks what it computes (Linux check_subprogs, check_cfg).</summary>
internal sealed class EbpfLayout
{
    private readonly EbpfInstruction[] _program;
    private readonly bool[] _isSecondHalf;
    private readonly Dictionary<int, EbpfFunction> _functions = [];

    private EbpfLayout(EbpfInstruction[] program)
    {
        _program = program;
        _isSecondHalf = new bool[program.Length];
        LoopEnds = new int[program.Length];
        Array.Fill(LoopEnds, -1);
    }

    /// <summary>Of each instruction the last jump that goes back to it; -1 for none.</summary>
    public int[] LoopEnds { get; }

    /// <summary>Where the program begins.</summary>
    public EbpfFunction Main => _functions[0];

    public IEnumerable<EbpfFunction> Functions => _functions.Values;

    /// <summary>The function that a call enters.</summary>
    public EbpfFunction Called(int at) => _functions[at + 1 + _program[at].Immediate];

    /// <summary>Reads a program.</summary>
    /// <returns>EINVAL for what is no instruction, for jumps that leave their function or go between the halves of a load, and for what nothing leads to.</returns>
    public static Errno Read(EbpfInstruction[] program, out EbpfLayout layout)
    {
        layout = new EbpfLayout(program);
        return layout.AreInstructionsValid() && layout.FindFunctions() && layout._functions.Values.All(layout.IsFunctionValid) && layout.IsAllReached() ? Errno.None : Errno.EINVAL;
    }

    private bool AreInstructionsValid()
    {
        for (int at = 0; at < _program.Length; at++)
        {
            if (!EbpfForm.IsValid(_program[at])) return false;
            if (_program[at].Code != WideConstant) continue;
            if (++at == _program.Length || _program[at] is not { Code: 0, Registers: 0, Offset: 0 }) return false;
            if (_program[at - 1].Source == MapByDescriptor && _program[at].Immediate != 0) return false;
            _isSecondHalf[at] = true;
        }
        return true;
    }

    private bool FindFunctions()
    {
        var starts = new SortedSet<int> { 0 };
        for (int at = 0; at < _program.Length; at++)
        {
            if (_isSecondHalf[at] || !IsLocalCall(_program[at])) continue;
            long target = at + 1L + _program[at].Immediate;
            if (target < 0 || target >= _program.Length || _isSecondHalf[target]) return false;
            starts.Add((int)target);
        }
        int[] all = [.. starts, _program.Length];
        for (int i = 0; i + 1 < all.Length; i++) _functions.Add(all[i], new EbpfFunction(all[i], all[i + 1]));
        return true;
    }

    private bool IsFunctionValid(EbpfFunction function)
    {
        EbpfInstruction last = _program[function.End - 1];
        bool ends = !_isSecondHalf[function.End - 1] && (last.Code == (Jmp | Exit) || IsJump(last) && IsUnconditional(last));
        if (!ends) return false;
        for (int at = function.Start; at < function.End; at++)
        {
            EbpfInstruction instruction = _program[at];
            if (_isSecondHalf[at]) continue;
            if (IsLocalCall(instruction)) function.Calls.Add(Called(at));
            // A called function may neither end the program by a load that fails, nor leave it for another: that takes types, which programs here have not.
            if (function.Start != 0 && LeavesProgram(instruction)) return false;
            if (IsJump(instruction) && !IsJumpValid(function, at)) return false;
        }
        return true;
    }

    private static bool LeavesProgram(EbpfInstruction instruction)
        => (instruction.Code & ClassMask) == Ld && instruction.Code != WideConstant || IsHelperCall(instruction) && instruction.Immediate == (int)EbpfHelper.TailCall;

    private bool IsJumpValid(EbpfFunction function, int at)
    {
        long target = at + 1L + DistanceOf(_program[at]);
        if (target < function.Start || target >= function.End || _isSecondHalf[target]) return false;
        if (target <= at) LoopEnds[target] = Math.Max(LoopEnds[target], at);
        return true;
    }

    /// <summary>Follows all jumps and calls. What follows an instruction is in its function: the last ones go nowhere further.</summary>
    private bool IsAllReached()
    {
        var isReached = new bool[_program.Length];
        var waiting = new Stack<int>();
        waiting.Push(0);
        int left = _program.Length;
        while (waiting.TryPop(out int at))
        {
            if (isReached[at]) continue;
            isReached[at] = true;
            left--;
            EbpfInstruction instruction = _program[at];
            if (instruction.Code == (Jmp | Exit)) continue;
            bool isJump = IsJump(instruction);
            if (isJump) waiting.Push(at + 1 + DistanceOf(instruction));
            if (IsLocalCall(instruction)) waiting.Push(Called(at).Start);
            if (!isJump || !IsUnconditional(instruction)) waiting.Push(at + 1);
        }
        return left == 0;
    }

    /// <summary>Adds up the frames of each chain of calls, once the frames are known (Linux check_max_stack_depth).</summary>
    /// <returns>E2BIG for more than eight functions that wait for each other, recursion above all; EACCES for more than 512 bytes of stack.</returns>
    public Errno Measure() => Measure(Main, 1);

    private static Errno Measure(EbpfFunction function, int level)
    {
        if (level > MostFrames) return Errno.E2BIG;
        if (function.ChainFrames == 0)
        {
            int frames = 0, length = 0;
            foreach (EbpfFunction called in function.Calls)
            {
                Errno error = Measure(called, level + 1);
                if (error != Errno.None) return error;
                frames = Math.Max(frames, called.ChainFrames);
                length = Math.Max(length, called.ChainLength);
            }
            (function.ChainFrames, function.ChainLength) = (frames + 1, length + function.FrameLength);
        }
        if (level - 1 + function.ChainFrames > MostFrames) return Errno.E2BIG;
        return function.ChainLength > StackLength ? Errno.EACCES : Errno.None;
    }
}
