namespace Slipway.Wire;

/// <summary>Walks over TCP options as tolerantly as Linux does: at the first that breaks the format the walk ends, and those before it count (RFC 9293 §3.1 MUST-6).</summary>
public ref struct TcpOptionEnumerator
{
    private readonly ReadOnlySpan<byte> _options;
    private int _at;
    private int _next;

    /// <summary>Starts before the first option.</summary>
    /// <param name="options"><see cref="TcpView.Options"/>.</param>
    public TcpOptionEnumerator(ReadOnlySpan<byte> options) => _options = options;

    /// <summary>Kind of the option the enumerator stands on; never end-of-list or no-operation.</summary>
    public readonly TcpOptionKind Kind => (TcpOptionKind)_options[_at];

    /// <summary>Where it begins among the option bytes.</summary>
    public readonly int Offset => _at;

    /// <summary>Its bytes after kind and length.</summary>
    public readonly ReadOnlySpan<byte> Data => _options[(_at + 2).._next];

    /// <summary>Whether the walk ended at an option whose length is below 2 or beyond the header.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Goes to the next option that is not padding.</summary>
    public bool MoveNext()
    {
        for (_at = _next; _at < _options.Length; _at++)
        {
            var kind = (TcpOptionKind)_options[_at];
            if (kind == TcpOptionKind.EndOfList) break;
            if (kind == TcpOptionKind.NoOperation) continue;
            int rest = _options.Length - _at;
            if (rest < 2 || _options[_at + 1] < 2 || _options[_at + 1] > rest)
            {
                IsMalformed = true;
                break;
            }
            _next = _at + _options[_at + 1];
            return true;
        }
        _next = _options.Length;
        return false;
    }
}
