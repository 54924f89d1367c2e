using Slipway.Sockets;

namespace Slipway.Stack;

/// <summary>The name of the congestion control that new sockets begin with (<c>tcp_congestion_control</c>).</summary>
public sealed class SysctlCongestion : SysctlEntry
{
    private string _name = CongestionRegistry.Default;

    internal SysctlCongestion(string path, string meaning) : base(path, meaning)
    {
    }

    /// <summary>The names that there are, in the order in which Linux lists them (<c>tcp_available_congestion_control</c>).</summary>
    public static IReadOnlyList<string> Names { get; } = Array.AsReadOnly(CongestionRegistry.Names.ToArray());

    /// <inheritdoc/>
    public override string Text => _name;

    /// <inheritdoc/>
    public override string DefaultText => CongestionRegistry.Default;

    /// <inheritdoc/>
    public override string Range => CongestionRegistry.Format(CongestionRegistry.All);

    /// <inheritdoc/>
    /// <remarks>ENOENT: there is none of that name.</remarks>
    protected override Errno Parse(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> name = text.Trim();
        if (CongestionRegistry.IndexOf(name) < 0) return Errno.ENOENT;
        _name = name.ToString();
        return Errno.None;
    }
}
