using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>Names of congestion controls: those that there are (<c>tcp_available_congestion_control</c>), or those that everybody may choose (<c>tcp_allowed_congestion_control</c>).</summary>
public sealed class SysctlCongestionSet : SysctlEntry
{
    private readonly bool _isReadOnly;
    private uint _set = CongestionRegistry.All;

    internal SysctlCongestionSet(string path, string meaning, bool isReadOnly) : base(path, meaning) => _isReadOnly = isReadOnly;

    /// <inheritdoc/>
    public override string Text => CongestionRegistry.Format(_set);

    /// <inheritdoc/>
    public override string DefaultText => CongestionRegistry.Format(CongestionRegistry.All);

    /// <inheritdoc/>
    public override string Range => _isReadOnly ? "read only" : CongestionRegistry.Format(CongestionRegistry.All);

    /// <summary>Whether a name is one of them.</summary>
    public bool Contains(string name) => CongestionRegistry.IndexOf(name) is >= 0 and var index && (_set & 1u << index) != 0;

    /// <summary>A further one: what new sockets begin with may be chosen as well.</summary>
    internal void Add(string name)
    {
        if (CongestionRegistry.IndexOf(name) is >= 0 and var index) _set |= 1u << index;
    }

    /// <inheritdoc/>
    /// <remarks>EACCES: it can only be read. ENOENT: there is none of one of the names, and nothing changes.</remarks>
    protected override Errno Parse(ReadOnlySpan<char> text)
    {
        if (_isReadOnly) return Errno.EACCES;
        if (!CongestionRegistry.TryParse(text, out uint set)) return Errno.ENOENT;
        _set = set;
        return Errno.None;
    }
}
