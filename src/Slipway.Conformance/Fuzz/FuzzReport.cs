namespace Slipway.Conformance;

/// <summary>What a run of the call fuzz found.</summary>
public sealed class FuzzReport
{
    private readonly SortedDictionary<string, int> _explained = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FuzzFinding> _findings = new(StringComparer.Ordinal);

    /// <summary>The seed of the run.</summary>
    public ulong Seed { get; internal init; }

    /// <summary>Calls that were made on both systems and compared, without those that only read a state afterwards.</summary>
    public long Calls { get; internal set; }

    /// <summary>Sequences.</summary>
    public int Sequences { get; internal set; }

    /// <summary>The kinds of sockets that both systems open.</summary>
    public IReadOnlyList<string> Kinds { get; internal init; } = [];

    /// <summary>Differences that are as they should be, by their text: how many calls showed each.</summary>
    public IReadOnlyDictionary<string, int> Explained => _explained;

    /// <summary>Differences that nothing explains.</summary>
    public IReadOnlyCollection<FuzzFinding> Findings => _findings.Values;

    /// <summary>Differences that were not there when the same calls were made again: something of the machine's own time came between.</summary>
    public int Unsteady { get; internal set; }

    internal void Explain(LinuxDifference difference)
    {
        string text = difference.ToString();
        _explained[text] = _explained.GetValueOrDefault(text) + 1;
    }

    internal bool Knows(string signature)
    {
        if (!_findings.TryGetValue(signature, out FuzzFinding? known)) return false;
        known.Count++;
        return true;
    }

    internal void Add(FuzzFinding finding) => _findings.TryAdd(finding.Signature, finding);
}
