namespace Slipway.Conformance;

/// <summary>A difference that nothing explains.</summary>
/// <param name="Signature">The call, and what it gave on both systems in few words.</param>
/// <param name="Sequence">The number of the sequence that showed it first: the seed and it replay that.</param>
/// <param name="Replay">The least calls that show it, one a line, and what the last of them gave.</param>
public sealed record FuzzFinding(string Signature, int Sequence, IReadOnlyList<string> Replay)
{
    /// <summary>How many sequences ended in it.</summary>
    public int Count { get; internal set; } = 1;
}
