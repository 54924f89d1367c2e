namespace Slipway.Stack;

/// <summary>What the kernel of a machine would write to its log (dmesg(1)) about the network: the last few hundred lines. Owner of the loop only.</summary>
public sealed class HostLog
{
    /// <summary>Most lines kept; the oldest makes room.</summary>
    public const int MaxLines = 256;

    private readonly StackLoop _loop;
    private readonly Queue<HostLogLine> _lines = [];

    internal HostLog(StackLoop loop) => _loop = loop;

    /// <summary>The lines, the oldest first.</summary>
    public IReadOnlyCollection<HostLogLine> Lines => _lines;

    internal void Write(string text)
    {
        if (_lines.Count == MaxLines) _lines.Dequeue();
        _lines.Enqueue(new HostLogLine(_loop.Now, text));
    }
}
