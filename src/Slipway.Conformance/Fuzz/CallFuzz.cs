using Slipway.Stack;

namespace Slipway.Conformance;

/// <summary>
/// Throws the same random calls at sockets of every kind in every state on the kernel and on the stack, and compares what each call gives: errno, values, bytes. The first difference of a
/// sequence ends it, and is cut down to the fewest calls that show it.
/// </summary>
public sealed class CallFuzz : IDisposable
{
    private const int SequencesOfNamespace = 3000, MostFindings = 200;
    private const int StateChance = 4;

    /// <summary>Each sequence of so many changes interfaces: new namespaces take their time.</summary>
    private const int ChangeInterval = 40;

    private readonly ulong _seed;
    private readonly FuzzReport _report;
    private readonly FuzzGenerator _generator;
    private FuzzHosts _hosts;
    private int _number;

    private CallFuzz(ulong seed)
    {
        _seed = seed;
        _hosts = new FuzzHosts();
        FuzzWorld kernel = _hosts.Kernel(0), stack = _hosts.Stack(0, out _);
        FuzzKind[] kinds = [.. FuzzKind.All.Where(kind => kind.ExistsOn(kernel.System) && kind.ExistsOn(stack.System))];
        _generator = new FuzzGenerator(kinds);
        _report = new FuzzReport { Seed = seed, Kinds = [.. kinds.Select(static kind => kind.Name)] };
    }

    /// <summary>Makes at least so many calls on both systems.</summary>
    /// <param name="seed">What decides all of them.</param>
    /// <param name="calls">How many, at least.</param>
    /// <param name="first">The number of the first sequence: that of a finding replays it.</param>
    /// <param name="progress">Told after every sequence how many calls are done.</param>
    /// <param name="cancellationToken">Ends the run between two sequences.</param>
    /// <exception cref="Sockets.SocketCallException">EPERM: the process may make no network namespace.</exception>
    public static FuzzReport Run(ulong seed, long calls, int first = 0, Action<long>? progress = null, CancellationToken cancellationToken = default)
    {
        using var fuzz = new CallFuzz(seed);
        for (int sequence = first; fuzz._report.Calls < calls && fuzz._report.Findings.Count < MostFindings; sequence++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            fuzz.PlaySequence(sequence);
            progress?.Invoke(fuzz._report.Calls);
        }
        return fuzz._report;
    }

    /// <summary>Takes the hosts away.</summary>
    public void Dispose() => _hosts.Dispose();

    private void PlaySequence(int sequence)
    {
        IReadOnlyList<FuzzCall> calls = _generator.Make(new FuzzDice(_seed + (ulong)sequence * 0x9E37_79B9).Seed(), changesInterfaces: sequence % ChangeInterval == ChangeInterval - 1);
        _report.Sequences++;
        FuzzDifference? difference = Play(calls, readsState: sequence % StateChance == 0, isFirst: true);
        if (difference is null || _report.Knows(difference.Signature)) return;
        if (Again(difference) is not { } steady)
        {
            _report.Unsteady++;
            return;
        }
        if (_report.Knows(steady.Signature)) return;
        steady = Shrink(steady);
        _report.Add(new FuzzFinding(steady.Signature, sequence, [.. steady.Calls.Select(static call => call.ToString()), $"  kernel: {steady.Kernel}", $"  stack:  {steady.Stack}"]));
    }

    /// <summary>Leaves out each call that the difference does not need, from the last to the first, until none can go.</summary>
    private FuzzDifference Shrink(FuzzDifference difference)
    {
        bool gone;
        do
        {
            gone = false;
            for (int at = difference.Calls.Count - 2; at >= 0; at--)
            {
                if (Play([.. difference.Calls.Where((_, index) => index != at)], readsState: false, isFirst: false) is not { } less || less.Signature != difference.Signature) continue;
                difference = less;
                at = Math.Min(at, difference.Calls.Count - 1);
                gone = true;
            }
        }
        while (gone);
        return difference;
    }

    private FuzzDifference? Again(FuzzDifference difference)
    {
        FuzzDifference? again = Play(difference.Calls, readsState: false, isFirst: false);
        return again is null ? null : Play(again.Calls, readsState: false, isFirst: false);
    }

    /// <summary>Makes the calls on both systems, one after the other.</summary>
    /// <returns>The first difference that nothing explains.</returns>
    private FuzzDifference? Play(IReadOnlyList<FuzzCall> calls, bool readsState, bool isFirst)
    {
        bool changesHost = calls.Any(static call => call.ChangesHost);
        if (_number > 0 && _number % SequencesOfNamespace == 0) RenewHosts();
        int number = ++_number;
        FuzzWorld kernel = _hosts.Kernel(number), stack = _hosts.Stack(number, out StackSocketSystem system);
        try
        {
            FuzzDifference? difference = Compare(calls, kernel, stack, isFirst, out bool isWhole);
            if (difference is null && isWhole && readsState)
            {
                foreach (int slot in Enumerable.Range(0, FuzzWorld.Slots).Where(slot => kernel[slot] >= 0))
                {
                    foreach (FuzzCall call in FuzzGenerator.ReadState(slot))
                        if (Make(call, kernel, stack, isFirst) is ({ } k, { } s, null)) return new FuzzDifference([.. calls, call], k, s);
                }
            }
            if (difference is not null) return difference;
        }
        finally
        {
            kernel.ReleaseAll();
            stack.ReleaseAll();
            if (changesHost) RenewHosts();
        }
        // Packets, and with them memory, that outlive all sockets.
        return FuzzHosts.Settle(system) is { } left ? new FuzzDifference([.. calls, new CloseCall(0)], FuzzOutcome.Success(""), FuzzOutcome.Success(left)) : null;
    }

    private void RenewHosts()
    {
        _hosts.Dispose();
        _hosts = new FuzzHosts();
    }

    private FuzzDifference? Compare(IReadOnlyList<FuzzCall> calls, FuzzWorld kernel, FuzzWorld stack, bool isFirst, out bool isWhole)
    {
        isWhole = true;
        for (int i = 0; i < calls.Count; i++)
        {
            if (isFirst) _report.Calls++;
            (FuzzOutcome? k, FuzzOutcome? s, LinuxDifference? reason) = Make(calls[i], kernel, stack, isFirst);
            if (k is null || s is null) continue;
            if (reason is null) return new FuzzDifference([.. calls.Take(i + 1)], k.Value, s.Value);
            // What only one system did changes what follows.
            if (calls[i] is GetCall or IoctlCall { ChangesHost: false } || calls[i] is SetCall && !k.Value.Succeeded && !s.Value.Succeeded) continue;
            isWhole = false;
            return null;
        }
        return null;
    }

    /// <summary>Makes one call on both systems.</summary>
    /// <returns>The outcomes where they differ, with the reason if one is known; nulls where they are the same.</returns>
    private (FuzzOutcome? Kernel, FuzzOutcome? Stack, LinuxDifference? Reason) Make(FuzzCall call, FuzzWorld kernel, FuzzWorld stack, bool isFirst)
    {
        FuzzOutcome k = call.Make(kernel), s = MakeGuarded(call, stack);
        if (k == s) return default;
        LinuxDifference? reason = FuzzReasons.Find(call, k, s);
        if (reason is not null && isFirst) _report.Explain(reason);
        return (k, s, reason);
    }

    private static FuzzOutcome MakeGuarded(FuzzCall call, FuzzWorld stack)
    {
        try
        {
            return call.Make(stack);
        }
        catch (Exception escaped)
        {
            return FuzzOutcome.Success($"exception: {escaped}");
        }
    }
}
