namespace Slipway.Stack;

/// <summary>What the kernel of a machine would write to its log (dmesg(1)) about the network: the last few hundred lines. Owner of the loop only.</summary>
public sealed class HostLog
{
    /// <summary>Most lines kept; the oldest makes room.</summary>
    public const int MaxLines = 256;

    private readonly StackLoop _loop;
    private readonly CoreSysctl _settings;
    private readonly Queue<HostLogLine> _lines = [];
    private long _begun = long.MinValue / 2;
    private int _written;

    internal HostLog(StackLoop loop, CoreSysctl settings)
    {
        _loop = loop;
        _settings = settings;
    }

    /// <summary>The lines, the oldest first.</summary>
    public IReadOnlyCollection<HostLogLine> Lines => _lines;

    /// <summary>A line of which others can cause many: at most message_burst in a message_cost, in seconds (net.core; the kernel's net_ratelimit).</summary>
    internal void WriteLimited(string text)
    {
        long interval = _settings.MessageCost.Value * StackClock.Second;
        if (interval > 0)
        {
            if (_loop.Now - _begun >= interval) (_begun, _written) = (_loop.Now, 0);
            if (_written >= _settings.MessageBurst.Value) return;
            _written++;
        }
        Write(text);
    }

    internal void Write(string text)
    {
        if (_lines.Count == MaxLines) _lines.Dequeue();
        _lines.Enqueue(new HostLogLine(_loop.Now, text));
    }
}
