using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A filter mode with its list of sources. Immutable, so that a state before a change can be compared with the one after it.</summary>
internal sealed class SourceFilter
{
    private readonly IpAddress[] _sources;

    public SourceFilter(FilterMode mode, params IpAddress[] sources)
    {
        Mode = mode;
        _sources = sources;
    }

    /// <summary>EXCLUDE nobody: what a join without sources asks for.</summary>
    public static SourceFilter Everybody { get; } = new(FilterMode.Exclude);

    /// <summary>INCLUDE nobody: as if the group had not been joined (RFC 3376 §3.1).</summary>
    public static SourceFilter Nobody { get; } = new(FilterMode.Include);

    public FilterMode Mode { get; }

    public ReadOnlySpan<IpAddress> Sources => _sources;

    public int Count => _sources.Length;

    public bool Contains(IpAddress source) => Array.IndexOf(_sources, source) >= 0;

    /// <summary>Whether packets of a source pass.</summary>
    public bool Allows(IpAddress source) => _sources.Length == 0 ? Mode == FilterMode.Exclude : Contains(source) == (Mode == FilterMode.Include);

    public SourceFilter With(IpAddress source) => new(Mode, [.. _sources, source]);

    public SourceFilter Without(IpAddress source) => new(Mode, Array.FindAll(_sources, other => other != source));

    /// <summary>
    /// What an interface must hear so that each listener hears what it asked for (RFC 3376 §3.2): if one excludes, all but the sources that no listener takes; else whatever somebody includes.
    /// The sources come in order, so that equal states make equal reports.
    /// </summary>
    public static SourceFilter Merge(List<GroupListener> listeners)
    {
        bool excludes = listeners.Exists(static listener => listener.Filter.Mode == FilterMode.Exclude);
        FilterMode mode = excludes ? FilterMode.Exclude : FilterMode.Include;
        var merged = new SortedSet<IpAddress>();
        foreach (GroupListener listener in listeners)
        {
            if (listener.Filter.Mode == mode) merged.UnionWith(listener.Filter._sources);
        }
        if (excludes) merged.RemoveWhere(source => listeners.Exists(listener => listener.Filter.Allows(source)));
        return merged.Count > 0 ? new SourceFilter(mode, [.. merged]) : excludes ? Everybody : Nobody;
    }
}
