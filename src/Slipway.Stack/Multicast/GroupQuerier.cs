using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The part of a router that asks who listens: general queries, the election among several routers, and the questions after somebody has left (RFC 9776 §6, RFC 9777 §7). One for each
/// interface and family. It keeps for each group whether anybody listens; as nothing is forwarded to groups, it keeps no sources.
/// </summary>
internal sealed class GroupQuerier
{
    private readonly NetworkInterface _device;
    private readonly bool _isIPv4;
    private readonly QuerierSettings _settings;
    private readonly StackTimer<GroupQuerier> _generalTimer, _otherTimer;
    private readonly Dictionary<IpAddress, QueriedGroup> _groups = [];
    private readonly IpAddress[] _joined;
    private int _startupLeft;

    public GroupQuerier(NetworkInterface device, bool isIPv4, QuerierSettings settings)
    {
        _device = device;
        _isIPv4 = isIPv4;
        _settings = settings;
        _joined = isIPv4
            ? [IpAddress.FromIPv4(224, 0, 0, 2), IpAddress.FromIPv4(224, 0, 0, 22)]
            : [new IpAddress(0xFF02_0000_0000_0000, 2), new IpAddress(0xFF02_0000_0000_0000, 0x16)];
        _generalTimer = new StackTimer<GroupQuerier>(Loop, static querier => querier.AskAll(), this);
        _otherTimer = new StackTimer<GroupQuerier>(Loop, static querier => querier.TakeOver(), this);
    }

    public StackLoop Loop => _device.Host.Loop;

    /// <summary>Whether this router is the one of the link that asks.</summary>
    public bool IsElected => !_otherTimer.IsArmed;

    /// <summary>The groups that somebody listens to, in order.</summary>
    public IEnumerable<IpAddress> Groups => _groups.Keys.Order();

    private int Version => _isIPv4 ? _settings.IgmpVersion : _settings.MldVersion;

    private IpAddress Own => _isIPv4 ? IgmpLayer.SourceOf(_device) : _device.LinkLocalAddress;

    private IpAddress Nothing => _isIPv4 ? IpAddress.AnyIPv4 : IpAddress.AnyIPv6;

    /// <summary>RFC 9776 §8.4.</summary>
    private long MembershipInterval => _settings.Robustness * StackClock.ToNanoseconds(_settings.Interval) + StackClock.ToNanoseconds(_settings.Response);

    /// <summary>RFC 9776 §8.5.</summary>
    private long OtherQuerierInterval => _settings.Robustness * StackClock.ToNanoseconds(_settings.Interval) + StackClock.ToNanoseconds(_settings.Response) / 2;

    /// <summary>RFC 9776 §8.8: the last member has had every chance to answer.</summary>
    private long LastMemberTime => _settings.Robustness * StackClock.ToNanoseconds(_settings.LastMemberInterval);

    public void Start()
    {
        Loop.PeriodicTimers.Add(_generalTimer);
        Loop.PeriodicTimers.Add(_otherTimer);
        foreach (IpAddress group in _joined) _device.Groups.Join(group);
        _device.Device.Groups.AllWanted++;
        _startupLeft = _settings.Robustness;
        _generalTimer.ArmAfter(0);
    }

    public void Stop()
    {
        _generalTimer.Cancel();
        _otherTimer.Cancel();
        Loop.PeriodicTimers.Remove(_generalTimer);
        Loop.PeriodicTimers.Remove(_otherTimer);
        foreach (QueriedGroup group in _groups.Values) End(group);
        _groups.Clear();
        _device.Device.Groups.AllWanted--;
        foreach (IpAddress group in _joined) _device.Groups.Leave(group);
    }

    /// <summary>Takes another router's query: who has the lower address asks (RFC 9776 §6.6.2), and what it asks about may end soon (§6.6.1).</summary>
    public void ReceiveQuery(GroupQueryView query, IpAddress source)
    {
        if (source.IsUnspecified || source == Own) return;
        if (source < Own)
        {
            _generalTimer.Cancel();
            _otherTimer.ArmAfter(OtherQuerierInterval);
        }
        if (IsElected || query.SuppressesRouters || query.SourceCount > 0 || !_groups.TryGetValue(query.Group, out QueriedGroup? group)) return;
        if (group.Expiry.Remaining > LastMemberTime) group.Expiry.ArmAfter(LastMemberTime);
    }

    public void ReceiveOldReport(IpAddress group, int version)
    {
        if (!group.IsMulticast || group.IsIPv4 != _isIPv4) return;
        QueriedGroup heard = Hear(group);
        if (version == 1 && _isIPv4) heard.Version1Until = Loop.Now + MembershipInterval;
    }

    public void ReceiveLeave(IpAddress group) => AskWhetherAnybodyIsLeft(group, []);

    public void ReceiveReport(GroupReportView report)
    {
        foreach (GroupRecord record in report)
        {
            IpAddress group = record.Group;
            if (!group.IsMulticast || group.IsIPv4 != _isIPv4) continue;
            switch (record.Kind)
            {
                case GroupRecordKind.IsExclude or GroupRecordKind.ToExclude:
                case GroupRecordKind.IsInclude or GroupRecordKind.AllowNewSources or GroupRecordKind.ToInclude when record.SourceCount > 0:
                    Hear(group);
                    break;
                case GroupRecordKind.ToInclude:
                    AskWhetherAnybodyIsLeft(group, []);
                    break;
                case GroupRecordKind.BlockOldSources when record.SourceCount > 0:
                    var sources = new IpAddress[record.SourceCount];
                    for (int i = 0; i < sources.Length; i++) sources[i] = record.Source(i);
                    AskWhetherAnybodyIsLeft(group, sources);
                    break;
            }
        }
    }

    public void Expire(QueriedGroup group)
    {
        End(group);
        _groups.Remove(group.Address);
    }

    private void End(QueriedGroup group)
    {
        group.Expiry.Cancel();
        group.Question.Cancel();
        Loop.PeriodicTimers.Remove(group.Expiry);
    }

    public void AskAgain(QueriedGroup group)
    {
        if (!IsElected || group.QuestionsLeft <= 0) return;
        group.QuestionsLeft--;
        // Routers that have lowered their timers already are not to do so again while answers come in (RFC 9776 §6.6.3.1).
        Send(group.Address, group.AskedSources, _settings.LastMemberInterval, suppress: group.Expiry.Remaining > LastMemberTime);
        if (group.QuestionsLeft > 0) group.Question.ArmAfter(_settings.LastMemberInterval);
    }

    private QueriedGroup Hear(IpAddress address)
    {
        if (!_groups.TryGetValue(address, out QueriedGroup? group))
        {
            _groups[address] = group = new QueriedGroup(this, address);
            Loop.PeriodicTimers.Add(group.Expiry);
        }
        group.Expiry.ArmAfter(MembershipInterval);
        return group;
    }

    /// <summary>RFC 9776 §6.6.3: for a short while the group lives on, and whoever is left says so.</summary>
    private void AskWhetherAnybodyIsLeft(IpAddress address, IpAddress[] sources)
    {
        if (!IsElected || _isIPv4 && Version == 1 || !_groups.TryGetValue(address, out QueriedGroup? group) || Loop.Now < group.Version1Until) return;
        bool aboutSources = sources.Length > 0 && Version == (_isIPv4 ? 3 : 2);
        if (sources.Length > 0 && !aboutSources) return;
        // Who stops hearing one source may hear others: the group itself stays.
        if (!aboutSources && group.Expiry.Remaining > LastMemberTime) group.Expiry.ArmAfter(LastMemberTime);
        group.AskedSources = sources;
        group.QuestionsLeft = _settings.Robustness;
        AskAgain(group);
    }

    private void AskAll()
    {
        if (!IsElected) return;
        Send(Nothing, [], _settings.Response, suppress: false);
        // RFC 9776 §8.6, §8.7: the first ones follow each other faster.
        bool isStarting = --_startupLeft > 0;
        _generalTimer.ArmAfter(isStarting ? _settings.Interval / 4 : _settings.Interval);
    }

    /// <summary>The router that asked is silent.</summary>
    private void TakeOver() => AskAll();

    private void Send(IpAddress group, IpAddress[] sources, TimeSpan response, bool suppress)
    {
        if (!_device.IsUp || Own.IsUnspecified) return;
        var query = new GroupQuery(Version, group) { MaxResponse = response, Robustness = _settings.Robustness, Interval = _settings.Interval, SuppressesRouters = suppress };
        PacketBuffer packet = Loop.Packets.Rent(query.LengthWith(sources.Length));
        query.Write(packet.Span, sources);
        if (_isIPv4) _device.Host.Igmp.Send(_device, packet, group.IsUnspecified ? IpAddress.FromIPv4(224, 0, 0, 1) : group);
        else _device.Host.Mld.Send(_device, packet, group.IsUnspecified ? new IpAddress(0xFF02_0000_0000_0000, 1) : group);
    }
}
