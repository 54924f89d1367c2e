using System.Numerics;
using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>
/// The ways through a function that are not yet walked: at most one state for each of its instructions, because those that meet are joined. The order lets them meet: an instruction waits for
/// all that comes before it, and the next turn of a loop for all that is left of this one.
/// </summary>
internal sealed class EbpfWays
{
    /// <summary>As many places may wait at once; each holds all that is known there.</summary>
    private const int MostWaiting = 1024;

    private const int WordBits = 64;

    private readonly int _start;
    private readonly int[] _loopEnds;
    private readonly EbpfState?[] _states;
    private readonly ulong[] _waits;
    private readonly Dictionary<int, (EbpfState State, int Turns)> _turns = [];
    private int _count;

    public EbpfWays(EbpfFunction function, int[] loopEnds)
    {
        _start = function.Start;
        _loopEnds = loopEnds;
        _states = new EbpfState?[function.End - function.Start];
        _waits = new ulong[(_states.Length + WordBits - 1) / WordBits];
    }

    /// <summary>What all ways that left the function know; null before the first.</summary>
    public EbpfState? Left { get; private set; }

    /// <summary>A way leads to an instruction. The state is given away.</summary>
    /// <returns>E2BIG where too many wait.</returns>
    public Errno Add(int at, EbpfState state)
    {
        ref EbpfState? known = ref _states[at - _start];
        if (known is not null)
        {
            known.Join(state);
            return Errno.None;
        }
        known = state;
        _waits[(at - _start) / WordBits] |= 1UL << at - _start;
        return ++_count > MostWaiting ? Errno.E2BIG : Errno.None;
    }

    /// <summary>A way leaves the function.</summary>
    public void Leave(EbpfState state)
    {
        if (Left is null) Left = state;
        else Left.Join(state);
    }

    /// <summary>Takes the way to walk next.</summary>
    /// <returns>False where none is left.</returns>
    public bool TryTake(out int at, out EbpfState state)
    {
        at = Next(_start, _start + _states.Length - 1);
        state = null!;
        if (at < 0) return false;
        // The begin of a loop waits until its last turn came to all its ends.
        for (int inside; _loopEnds[at] > at && (inside = Next(at + 1, _loopEnds[at])) >= 0;) at = inside;
        state = _states[at - _start]!;
        _states[at - _start] = null;
        _waits[(at - _start) / WordBits] &= ~(1UL << at - _start);
        _count--;
        return true;
    }

    /// <summary>
    /// Whether a loop begins here, and a turn before began with the same: then it would never end. Of the turns before the first, second, fourth and so on is kept, until the next of them: what
    /// comes again and again meets one (Brent's way to find a cycle).
    /// </summary>
    public bool IsEndless(int at, EbpfState state)
    {
        if (_loopEnds[at] < 0) return false;
        bool isKnown = _turns.TryGetValue(at, out (EbpfState State, int Turns) kept);
        if (isKnown && kept.State.IsSame(state)) return true;
        int turns = kept.Turns + 1;
        _turns[at] = (int.IsPow2(turns) ? state.Copy() : kept.State, turns);
        return false;
    }

    /// <summary>The first instruction that waits, from one place up to another; -1 for none.</summary>
    private int Next(int from, int to)
    {
        int word = (from - _start) / WordBits;
        ulong waiting = _waits[word] & ulong.MaxValue << from - _start;
        while (waiting == 0 && ++word <= (to - _start) / WordBits) waiting = _waits[word];
        if (waiting == 0) return -1;
        int at = _start + word * WordBits + BitOperations.TrailingZeroCount(waiting);
        return at <= to ? at : -1;
    }
}
