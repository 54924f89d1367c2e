using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>A group on an interface: who listens, what that makes the interface hear, and what routers have yet to be told (RFC 3376 §3, §5; RFC 3810 §4, §6).</summary>
internal sealed class InterfaceGroup
{
    private readonly List<GroupListener> _listeners = [];
    private readonly List<SourceChange> _changes = [];
    private int _modeReports;

    public InterfaceGroup(GroupReporter reporter, IpAddress address)
    {
        Address = address;
        Timer = new StackTimer<(GroupReporter Reporter, InterfaceGroup Group)>(reporter.Loop, static state => state.Reporter.OnGroupTimer(state.Group), (reporter, this));
    }

    public IpAddress Address { get; }

    /// <summary>The filters of all who listen, as one.</summary>
    public SourceFilter Filter { get; private set; } = SourceFilter.Nobody;

    public bool HasListeners => _listeners.Count > 0;

    /// <summary>When the group is to be reported by itself: the answer to a query, or, to a router of an older version, that somebody has joined.</summary>
    public StackTimer Timer { get; }

    /// <summary>The sources that a router has asked about; null for the whole group.</summary>
    public HashSet<IpAddress>? AskedSources { get; set; }

    /// <summary>This host was the last to report the group, so it is the one to say that it leaves (RFC 2236 §3, RFC 2710 §4).</summary>
    public bool IsLastReporter { get; set; }

    /// <summary>Reports of a join that a router of an older version has still to get.</summary>
    public int JoinReports { get; set; }

    /// <summary>Whether there is a change that routers have not been told of often enough.</summary>
    public bool HasChanges => _modeReports > 0 || _changes.Count > 0;

    /// <summary>Reports of a new filter mode that are left.</summary>
    public int ModeReports => _modeReports;

    /// <summary>Whether packets of a source are for a listener; of an unspecified source they may be.</summary>
    public bool Accepts(IpAddress source) => source.IsUnspecified || Filter.Allows(source);

    public void Add(GroupListener listener)
    {
        _listeners.Add(listener);
        Merge();
    }

    public void Remove(GroupListener listener)
    {
        _listeners.Remove(listener);
        Merge();
    }

    /// <summary>Works the filter out again after a listener has changed its own.</summary>
    public void Merge() => Filter = SourceFilter.Merge(_listeners);

    /// <summary>Notes the way from one filter to the present one, to be reported <paramref name="times"/> times. A new mode is told with the whole list, so it stands for what was noted before.</summary>
    public void NoteChange(SourceFilter before, int times)
    {
        if (before.Mode != Filter.Mode)
        {
            _changes.Clear();
            _modeReports = times;
            return;
        }
        foreach (IpAddress source in Filter.Sources)
        {
            if (!before.Contains(source)) Note(source, Filter.Mode == FilterMode.Include, times);
        }
        foreach (IpAddress source in before.Sources)
        {
            if (!Filter.Contains(source)) Note(source, Filter.Mode == FilterMode.Exclude, times);
        }
    }

    /// <summary>Counts the changes as reported once more.</summary>
    public void CountReport()
    {
        if (_modeReports > 0) _modeReports--;
        for (int i = _changes.Count - 1; i >= 0; i--)
        {
            SourceChange change = _changes[i];
            if (change.Left == 1) _changes.RemoveAt(i);
            else _changes[i] = change with { Left = change.Left - 1 };
        }
    }

    /// <summary>Takes back what was noted: nobody is there to be told.</summary>
    public void ForgetChanges()
    {
        _changes.Clear();
        _modeReports = 0;
    }

    /// <summary>The sources to be reported as heard from now on, or as not heard any more.</summary>
    public IpAddress[] ChangedSources(bool allowed)
        => [.. _changes.FindAll(change => change.IsAllowed == allowed).ConvertAll(static change => change.Source)];

    private void Note(IpAddress source, bool allowed, int times)
    {
        _changes.RemoveAll(change => change.Source == source);
        _changes.Add(new SourceChange(source, allowed, times));
    }
}
