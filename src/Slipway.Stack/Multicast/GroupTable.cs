using System.Diagnostics.CodeAnalysis;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// The multicast groups that an interface listens to: those that every host is in, those that its sockets joined, and those of its role. What changes is announced to routers by
/// IGMP (RFC 9776) and MLD (RFC 9777).
/// </summary>
public sealed class GroupTable
{
    private const ulong SolicitedNodeHigh = 0xFF02_0000_0000_0000, SolicitedNodeLow = 0x0000_0001_FF00_0000;

    private static readonly IpAddress AllHosts = IpAddress.FromIPv4(224, 0, 0, 1);
    private static readonly IpAddress AllNodesInterface = new(0xFF01_0000_0000_0000, 1);
    private static readonly IpAddress AllNodesLink = new(0xFF02_0000_0000_0000, 1);

    /// <summary>ff01::2, ff02::2 and ff05::2 (RFC 4291 §2.7.1).</summary>
    private static readonly IpAddress[] AllRouters = [new(0xFF01_0000_0000_0000, 2), new(0xFF02_0000_0000_0000, 2), new(0xFF05_0000_0000_0000, 2)];

    private readonly NetworkInterface _owner;
    private readonly Dictionary<IpAddress, InterfaceGroup> _index = [];
    private readonly List<InterfaceGroup> _groups = [];
    private readonly Dictionary<IpAddress, Stack<GroupListener>> _ownJoins = [];
    private bool _isRouter;

    internal GroupTable(NetworkInterface owner)
    {
        _owner = owner;
        Igmp = new IgmpReporter(owner, this);
        Mld = new MldReporter(owner, this);
    }

    /// <summary>Who tells routers of the groups of IPv4.</summary>
    internal IgmpReporter Igmp { get; }

    /// <summary>Who tells routers of the groups of IPv6.</summary>
    internal MldReporter Mld { get; }

    /// <summary>The groups in the order in which they came; some may have been left and are only to be reported so.</summary>
    internal List<InterfaceGroup> All => _groups;

    /// <summary>Whether packets to the group are taken from this interface, at least those of some sources.</summary>
    public bool Contains(IpAddress group) => _index.TryGetValue(group, out InterfaceGroup? found) && found.HasListeners;

    /// <summary>Joins a group for the host itself, whatever the source; each join wants a <see cref="Leave"/>.</summary>
    public void Join(IpAddress group)
    {
        if (!_ownJoins.TryGetValue(group, out Stack<GroupListener>? joins)) _ownJoins[group] = joins = new Stack<GroupListener>();
        var listener = new GroupListener();
        joins.Push(listener);
        Add(group, listener);
    }

    /// <summary>Takes one join of the host back.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Leave(IpAddress group)
    {
        if (!_ownJoins.TryGetValue(group, out Stack<GroupListener>? joins)) return false;
        Remove(group, joins.Pop());
        if (joins.Count == 0) _ownJoins.Remove(group);
        return true;
    }

    /// <summary>The solicited-node group of an IPv6 address (RFC 4291 §2.7.1).</summary>
    public static IpAddress SolicitedNodeOf(IpAddress address) => new(SolicitedNodeHigh, SolicitedNodeLow | address.Low & 0xFF_FFFF);

    /// <summary>Whether a packet of a source to a group is for a listener here.</summary>
    internal bool Accepts(IpAddress group, IpAddress source) => _index.TryGetValue(group, out InterfaceGroup? found) && found.HasListeners && found.Accepts(source);

    /// <summary>Whether a packet is taken in though nobody here is in its group: a router hears what hosts say of any group (RFC 9776 §6.1).</summary>
    internal bool Overhears(IpProtocolNumber protocol, IpAddress group) => protocol == IpProtocolNumber.Igmp && (Igmp.Querier is not null || Contains(group));

    internal bool TryFind(IpAddress group, [NotNullWhen(true)] out InterfaceGroup? found) => _index.TryGetValue(group, out found);

    internal void Add(IpAddress group, GroupListener listener)
    {
        if (!_index.TryGetValue(group, out InterfaceGroup? found))
        {
            found = new InterfaceGroup(ReporterOf(group), group);
            _index.Add(group, found);
            _groups.Add(found);
        }
        SourceFilter before = found.Filter;
        bool isNew = !found.HasListeners;
        found.Add(listener);
        if (isNew) _owner.Device.Groups.Add(MacAddress.ForMulticast(group));
        ReporterOf(group).OnChanged(found, before, isNew);
    }

    internal void Remove(IpAddress group, GroupListener listener)
    {
        if (!_index.TryGetValue(group, out InterfaceGroup? found)) return;
        SourceFilter before = found.Filter;
        found.Remove(listener);
        if (!found.HasListeners) _owner.Device.Groups.Remove(MacAddress.ForMulticast(group));
        ReporterOf(group).OnChanged(found, before, isNew: false);
    }

    /// <summary>A listener hears other sources from now on.</summary>
    internal void Change(IpAddress group, GroupListener listener, SourceFilter filter)
    {
        listener.Filter = filter;
        if (!_index.TryGetValue(group, out InterfaceGroup? found)) return;
        SourceFilter before = found.Filter;
        found.Merge();
        ReporterOf(group).OnChanged(found, before, isNew: false);
    }

    /// <summary>Drops a group without listeners of which nothing is left to say.</summary>
    internal void Forget(InterfaceGroup group)
    {
        group.Timer.Cancel();
        _index.Remove(group.Address);
        _groups.Remove(group);
    }

    /// <summary>The interface has begun: the groups of every host (RFC 1112 §7.2, RFC 4291 §2.8).</summary>
    internal void JoinEverybodys()
    {
        Join(AllHosts);
        Join(AllNodesInterface);
        Join(AllNodesLink);
        FollowForwarding();
        _owner.Settings.IPv6.Forwarding.Changed += OnForwardingChanged;
    }

    /// <summary>Makes the host the one who asks on this link, or one of several of whom one does; null ends it.</summary>
    internal void SetQuerier(QuerierSettings? settings)
    {
        Igmp.Querier?.Stop();
        Mld.Querier?.Stop();
        Igmp.Querier = settings is { IgmpVersion: > 0 } ? new GroupQuerier(_owner, isIPv4: true, settings) : null;
        Mld.Querier = settings is { MldVersion: > 0 } ? new GroupQuerier(_owner, isIPv4: false, settings) : null;
        Igmp.Querier?.Start();
        Mld.Querier?.Start();
    }

    /// <summary>The interface ends: listeners find nothing any more, and nobody is told.</summary>
    internal void Clear()
    {
        _owner.Settings.IPv6.Forwarding.Changed -= OnForwardingChanged;
        SetQuerier(null);
        Igmp.Stop();
        Mld.Stop();
        foreach (InterfaceGroup group in _groups)
        {
            group.Timer.Cancel();
            if (group.HasListeners) _owner.Device.Groups.Remove(MacAddress.ForMulticast(group.Address));
        }
        _groups.Clear();
        _index.Clear();
        _ownJoins.Clear();
    }

    /// <summary>The interface has come up: routers hear of all its groups as if they had just been joined.</summary>
    internal void Announce()
    {
        Igmp.Restart();
        Mld.Restart();
    }

    /// <summary>The interface has gone down: there is nobody to be told.</summary>
    internal void Silence()
    {
        Igmp.Stop();
        Mld.Stop();
    }

    private GroupReporter ReporterOf(IpAddress group) => group.IsIPv4 ? Igmp : Mld;

    private void OnForwardingChanged(SysctlEntry entry) => FollowForwarding();

    private void FollowForwarding()
    {
        bool isRouter = _owner.Settings.IPv6.Forwarding.IsOn;
        if (isRouter == _isRouter) return;
        _isRouter = isRouter;
        foreach (IpAddress group in AllRouters)
        {
            if (isRouter) Join(group);
            else Leave(group);
        }
    }
}
