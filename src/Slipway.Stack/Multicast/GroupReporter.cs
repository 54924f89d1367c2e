using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// Tells the routers of a link which groups an interface listens to: the part of a host in IGMP (RFC 9776 §5, §7.2) and MLD (RFC 9777 §6, §8.2), which differ in their messages and in the
/// versions that came before.
/// </summary>
internal abstract class GroupReporter
{
    /// <summary>Until the first report of a change: so that what a program joins in one go goes in one report. Linux waits for one or two ticks.</summary>
    private const long FirstReportDelay = StackClock.Millisecond;

    private const long DefaultQueryInterval = 125 * StackClock.Second, DefaultResponseInterval = 10 * StackClock.Second;

    private readonly GroupTable _table;
    private readonly RandomSource _random;
    private readonly StackTimer<GroupReporter> _changeTimer, _generalTimer;
    private int _robustness;
    private long _queryInterval = DefaultQueryInterval;
    private long _responseInterval = DefaultResponseInterval;

    protected GroupReporter(NetworkInterface device, GroupTable table, string protocol)
    {
        Device = device;
        _table = table;
        _random = device.Host.Random.Derive($"{protocol}/{device.Name}");
        _changeTimer = new StackTimer<GroupReporter>(Loop, static reporter => reporter.ReportChanges(), this);
        _generalTimer = new StackTimer<GroupReporter>(Loop, static reporter => reporter.ReportAll(), this);
    }

    public NetworkInterface Device { get; }

    /// <summary>The part of a router that this host plays on the link; null on a host.</summary>
    public GroupQuerier? Querier { get; set; }

    public StackLoop Loop => Device.Host.Loop;

    /// <summary>Whether the newest version is spoken; otherwise a router of an older one is on the link, or somebody has forced it.</summary>
    public abstract bool SpeaksNewest { get; }

    protected abstract bool IsIPv4 { get; }

    /// <summary>The robustness variable where no querier says one (RFC 9776 §8.14.1).</summary>
    protected abstract int DefaultRobustness { get; }

    /// <summary>Longest time between two reports of a change, nanoseconds (RFC 9776 §8.11).</summary>
    protected abstract long UnsolicitedInterval { get; }

    /// <summary>How often a change is reported.</summary>
    protected int Robustness => _robustness > 0 ? _robustness : DefaultRobustness;

    /// <summary>How long an older router is remembered after its last query (RFC 9776 §8.12).</summary>
    protected long OlderVersionTimeout => Robustness * _queryInterval + _responseInterval;

    /// <summary>A listener came, went or changed its filter.</summary>
    /// <param name="group">The group as it is now.</param>
    /// <param name="before">Its filter before.</param>
    /// <param name="isNew">It had no listener before.</param>
    public void OnChanged(InterfaceGroup group, SourceFilter before, bool isNew)
    {
        if (!Device.IsUp || !IsReported(group.Address))
        {
            if (!group.HasListeners) _table.Forget(group);
        }
        else if (SpeaksNewest)
        {
            NoteChange(group, before);
        }
        else if (isNew)
        {
            group.JoinReports = Robustness;
            group.AskedSources = null;
            group.Timer.ArmAfter(FirstReportDelay);
        }
        else if (!group.HasListeners)
        {
            _table.Forget(group);
            if (group.IsLastReporter) SendLeave(group.Address);
        }
    }

    /// <summary>The time of a group has come: the answer about it, or to an older router that it is joined.</summary>
    public void OnGroupTimer(InterfaceGroup group)
    {
        if (!group.HasListeners || !Device.IsUp) return;
        if (SpeaksNewest)
        {
            Answer(group);
            return;
        }
        if (group.JoinReports > 0 && --group.JoinReports > 0) group.Timer.ArmAfter(RandomDelay(UnsolicitedInterval));
        group.IsLastReporter = true;
        SendJoin(group.Address);
    }

    /// <summary>The interface is up, perhaps on another link: nothing is known of its routers, and they know nothing of this host.</summary>
    public virtual void Restart()
    {
        _robustness = 0;
        _queryInterval = DefaultQueryInterval;
        _responseInterval = DefaultResponseInterval;
        AnnounceAll();
    }

    /// <summary>Routers hear of all groups as if they had just been joined.</summary>
    public void AnnounceAll()
    {
        for (int i = 0; i < _table.All.Count; i++)
        {
            InterfaceGroup group = _table.All[i];
            if (group.Address.IsIPv4 == IsIPv4 && group.HasListeners) OnChanged(group, SourceFilter.Nobody, isNew: true);
        }
    }

    /// <summary>Nobody is to be told anything any more.</summary>
    public void Stop() => CancelAll();

    /// <summary>Whether routers are told of a group at all.</summary>
    protected abstract bool IsReported(IpAddress group);

    /// <summary>Sends a report of an older version.</summary>
    protected abstract void SendJoin(IpAddress group);

    /// <summary>Sends what older versions say when the last listener has gone, if they say something.</summary>
    protected abstract void SendLeave(IpAddress group);

    /// <summary>Sends a report of the newest version; ownership moves.</summary>
    protected internal abstract void SendReport(PacketBuffer report, int records);

    /// <summary>A query of the newest version: the querier's variables count (RFC 9776 §4.1.6, §4.1.7).</summary>
    protected void TakeVariables(GroupQueryView query)
    {
        _robustness = query.Robustness;
        long interval = StackClock.ToNanoseconds(query.Interval);
        _queryInterval = interval > 0 ? interval : DefaultQueryInterval;
        // RFC 9776 §8.3: answers must be in before the next query.
        _responseInterval = Math.Min(DefaultResponseInterval, Math.Max(0, _queryInterval - StackClock.Second));
    }

    /// <summary>An older router was heard: what was pending in the newest version is void (RFC 9776 §7.2.1).</summary>
    protected void CancelAll()
    {
        _changeTimer.Cancel();
        _generalTimer.Cancel();
        for (int i = _table.All.Count - 1; i >= 0; i--)
        {
            InterfaceGroup group = _table.All[i];
            if (group.Address.IsIPv4 != IsIPv4) continue;
            group.Timer.Cancel();
            group.ForgetChanges();
            if (!group.HasListeners) _table.Forget(group);
        }
    }

    /// <summary>Chooses when to answer a query (RFC 9776 §5.2).</summary>
    /// <param name="group">The group asked about; unspecified for all.</param>
    /// <param name="query">The query, for its sources.</param>
    /// <param name="longest">Longest delay, nanoseconds.</param>
    protected void ScheduleAnswer(IpAddress group, GroupQueryView query, long longest)
    {
        bool isGeneral = group.IsUnspecified;
        if (isGeneral && SpeaksNewest)
        {
            ArmEarlier(_generalTimer, RandomDelay(longest));
            return;
        }
        for (int i = 0; i < _table.All.Count; i++)
        {
            InterfaceGroup candidate = _table.All[i];
            if (candidate.Address.IsIPv4 != IsIPv4 || !candidate.HasListeners || !isGeneral && candidate.Address != group || !IsReported(candidate.Address)) continue;
            long delay = RandomDelay(longest);
            // The answer to all that is due sooner says it.
            if (SpeaksNewest && _generalTimer.IsArmed && _generalTimer.Remaining <= delay) continue;
            NoteAskedSources(candidate, query);
            candidate.JoinReports = 0;
            ArmEarlier(candidate.Timer, delay);
        }
    }

    /// <summary>Another host has reported a group to an older router: one report is enough (RFC 2236 §3, RFC 2710 §4).</summary>
    protected void HearReport(IpAddress group)
    {
        if (SpeaksNewest || !_table.TryFind(group, out InterfaceGroup? found) || !IsReported(group)) return;
        found.Timer.Cancel();
        found.JoinReports = 0;
        found.IsLastReporter = false;
    }

    private static void NoteAskedSources(InterfaceGroup group, GroupQueryView query)
    {
        bool wasAsked = group.Timer.IsArmed;
        if (query.SourceCount == 0 || wasAsked && group.AskedSources is null)
        {
            group.AskedSources = null;
            return;
        }
        HashSet<IpAddress> asked = wasAsked ? group.AskedSources! : [];
        for (int i = 0; i < query.SourceCount; i++) asked.Add(query.Source(i));
        group.AskedSources = asked;
    }

    private static void ArmEarlier(StackTimer timer, long delay)
    {
        if (!timer.IsArmed || timer.Remaining > delay) timer.ArmAfter(delay);
    }

    private long RandomDelay(long longest) => longest > 0 ? _random.NextInt64(longest) : 0;

    private void NoteChange(InterfaceGroup group, SourceFilter before)
    {
        if (!group.HasListeners) group.Timer.Cancel();
        group.NoteChange(before, Robustness);
        if (group.HasChanges) ArmEarlier(_changeTimer, FirstReportDelay);
        else if (!group.HasListeners) _table.Forget(group);
    }

    /// <summary>RFC 9776 §5.1: one report of all that has changed, and another after a while until each change has been told often enough.</summary>
    private void ReportChanges()
    {
        var report = new ReportBuilder(this, IsIPv4);
        bool isMoreLeft = false;
        for (int i = 0; i < _table.All.Count; i++)
        {
            InterfaceGroup group = _table.All[i];
            if (group.Address.IsIPv4 != IsIPv4 || !group.HasChanges) continue;
            AddChanges(report, group);
            group.CountReport();
            isMoreLeft |= group.HasChanges;
            if (!group.HasListeners && !group.HasChanges) _table.Forget(_table.All[i--]);
        }
        report.Flush();
        if (isMoreLeft) _changeTimer.ArmAfter(RandomDelay(UnsolicitedInterval));
    }

    private static void AddChanges(ReportBuilder report, InterfaceGroup group)
    {
        SourceFilter filter = group.Filter;
        if (group.ModeReports > 0)
        {
            report.Add(filter.Mode == FilterMode.Include ? GroupRecordKind.ToInclude : GroupRecordKind.ToExclude, group.Address, filter.Sources);
            return;
        }
        ReadOnlySpan<IpAddress> allowed = group.ChangedSources(allowed: true), blocked = group.ChangedSources(allowed: false);
        if (!allowed.IsEmpty) report.Add(GroupRecordKind.AllowNewSources, group.Address, allowed);
        if (!blocked.IsEmpty) report.Add(GroupRecordKind.BlockOldSources, group.Address, blocked);
    }

    /// <summary>The answer to a general query.</summary>
    private void ReportAll()
    {
        var report = new ReportBuilder(this, IsIPv4);
        foreach (InterfaceGroup group in _table.All)
        {
            if (group.Address.IsIPv4 == IsIPv4 && group.HasListeners && IsReported(group.Address)) AddState(report, group);
        }
        report.Flush();
    }

    /// <summary>The answer to a query about a group, or about sources of it.</summary>
    private void Answer(InterfaceGroup group)
    {
        var report = new ReportBuilder(this, IsIPv4);
        if (group.AskedSources is not { } asked)
        {
            AddState(report, group);
        }
        else
        {
            group.AskedSources = null;
            var heard = new SortedSet<IpAddress>(asked);
            heard.RemoveWhere(source => !group.Filter.Allows(source));
            if (heard.Count > 0) report.Add(GroupRecordKind.IsInclude, group.Address, [.. heard]);
        }
        report.Flush();
    }

    private static void AddState(ReportBuilder report, InterfaceGroup group)
        => report.Add(group.Filter.Mode == FilterMode.Include ? GroupRecordKind.IsInclude : GroupRecordKind.IsExclude, group.Address, group.Filter.Sources);
}
