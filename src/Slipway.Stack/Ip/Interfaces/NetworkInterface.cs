using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>An interface of a host: a device with addresses, neighbours and settings. All by the owner of the loop.</summary>
public sealed partial class NetworkInterface : ILinkReceiver
{
    private readonly List<LocalAddress> _addresses = [];

    internal NetworkInterface(StackHost host, LinkDevice device, int index)
    {
        Host = host;
        Device = device;
        Index = index;
        Settings = host.Sysctl.AddInterface(device.Name);
        Settings.IPv6.FollowDeviceMtu(device.Mtu);
        // Where no router can be heard there is nothing to make temporary addresses of (Linux ipv6_add_dev).
        if (device.Kind != LinkKind.Ethernet) Settings.IPv6.UseTempAddr.Inherit(-1);
        Neighbors = host.Neighbors.CreateCache(this);
        Groups = new GroupTable(this);
        Anycasts = new AnycastTable(this);
        Autoconfiguration = new Autoconfiguration(this);
        IsUp = device.IsUp;
    }

    /// <summary>The host.</summary>
    public StackHost Host { get; }

    /// <summary>The device.</summary>
    public LinkDevice Device { get; }

    /// <summary>The index, from 1; the loopback has 1.</summary>
    public int Index { get; }

    /// <summary>The name.</summary>
    public string Name => Device.Name;

    /// <summary>Largest IP packet in bytes.</summary>
    public int Mtu => Device.Mtu;

    /// <summary>Whether the interface is up.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Whether it is the loopback.</summary>
    public bool IsLoopback => Device.Kind == LinkKind.Loopback;

    /// <summary>Whether frames have Ethernet addresses, so that neighbours must be resolved and broadcasts are possible.</summary>
    public bool HasLinkAddresses => Device.Kind == LinkKind.Ethernet;

    /// <summary>The settings: <c>net.ipv4.conf.NAME</c>, <c>net.ipv6.conf.NAME</c>, <c>net.*.neigh.NAME</c>.</summary>
    public InterfaceSysctl Settings { get; }

    /// <summary>The packet sockets that see its frames; null while there are none.</summary>
    internal PacketTaps? Taps { get; set; }

    /// <summary>What packet sockets have it let in.</summary>
    internal LinkAdmissions Admissions { get; } = new();

    /// <summary>The neighbours on the link, of both families.</summary>
    public NeighborCache Neighbors { get; }

    /// <summary>IFLA_TXQLEN, as it is told: what waits is the link model's business.</summary>
    internal int QueueLength { get; private set; } = 1000;

    /// <summary>How often the cable came to work, and failed.</summary>
    internal (int Up, int Down) CarrierChanges { get; private set; }

    /// <summary>The multicast groups that the interface listens to.</summary>
    public GroupTable Groups { get; }

    /// <summary>The anycast addresses and how often each was joined, the newest first.</summary>
    public IReadOnlyList<AnycastAddress> AnycastAddresses => Anycasts.Addresses;

    /// <summary>The anycast addresses.</summary>
    internal AnycastTable Anycasts { get; }

    /// <summary>The addresses in the order in which they were added.</summary>
    public IReadOnlyList<LocalAddress> Addresses => _addresses;

    /// <summary>Adds an address, and with it the routes to itself, its network and its broadcast address.</summary>
    /// <param name="prefix">The address with the length of its network's prefix.</param>
    /// <param name="scope">How far it reaches; null to tell from the address.</param>
    /// <returns>EEXIST: the interface has it (IPv6: any interface but for link-local ones); EINVAL: it is not a unicast address; EACCES: IPv6 is disabled.</returns>
    public Errno AddAddress(IpPrefix prefix, AddressScope? scope = null) => AddAddress(new AddressRequest(prefix) { Scope = scope });

    /// <summary>Adds an address with all that rtnetlink(7) can say of one.</summary>
    internal Errno AddAddress(in AddressRequest request)
    {
        Host.Loop.AssertOwned();
        IpPrefix prefix = request.Prefix;
        IpAddress address = prefix.Address;
        if (address.IsMulticast || address.IsUnspecified || address.IsLimitedBroadcast || prefix.Length < 0 || prefix.Length > address.Length * 8) return Errno.EINVAL;
        if (FindAddress(address) is not null) return Errno.EEXIST;
        if (address.IsIPv6 && Settings.IPv6.DisableIPv6.IsOn) return Errno.EACCES;
        if (address.IsIPv6 && !address.IsLinkLocal && Host.Interfaces.FindAddress(address) is not null) return Errno.EEXIST;
        bool isSecondary = address.IsIPv4 && HasPrimaryIn(request.Peer.IsUnspecified ? prefix : new IpPrefix(request.Peer, prefix.Length));
        var added = new LocalAddress(this, request, request.Broadcast ?? BroadcastOf(prefix), request.Scope ?? ScopeOf(address), isSecondary);
        bool isChecked = IsToBeChecked(request);
        added.IsOptimistic = isChecked && request.IsOptimistic;
        added.IsTentative = isChecked && !request.IsOptimistic;
        _addresses.Insert(PlaceOf(added), added);
        Host.Interfaces.Index(added);
        Host.Netlink.Changes.AddressAdded(added);
        AddressRoutes.Add(added);
        if (HasSolicitedNode(address)) Groups.Join(GroupTable.SolicitedNodeOf(address));
        Anycasts.JoinSubnet(added);
        BeginDetection(added);
        return Errno.None;
    }

    /// <summary>Removes an address with its routes, and with a primary IPv4 address its secondaries.</summary>
    /// <returns>EADDRNOTAVAIL: the interface does not have it.</returns>
    public Errno RemoveAddress(IpAddress address)
    {
        Host.Loop.AssertOwned();
        if (FindAddress(address) is not { } removed) return Errno.EADDRNOTAVAIL;
        Remove(removed);
        if (removed.Origin == AddressOrigin.Router && !removed.IsTemporary) Autoconfiguration.Temporaries.RemoveOf(removed);
        if (!address.IsIPv4 || removed.IsSecondary) return Errno.None;
        RemoveSecondariesOf(removed);
        return Errno.None;
    }

    /// <summary>The address of this interface that equals <paramref name="address"/>; null if there is none.</summary>
    public LocalAddress? FindAddress(IpAddress address)
    {
        foreach (LocalAddress local in _addresses)
        {
            if (local.Address == address) return local;
        }
        return null;
    }

    /// <summary>Makes this host the router that asks on the link who listens to which groups (a querier of IGMP and MLD), or one of several of whom one is elected.</summary>
    /// <param name="settings">How; null to stop.</param>
    /// <exception cref="ArgumentException">The settings do not fit each other.</exception>
    public void SetQuerier(QuerierSettings? settings)
    {
        Host.Loop.AssertOwned();
        settings?.Check();
        Groups.SetQuerier(settings);
    }

    /// <summary>The groups of both families that somebody on the link listens to, as far as the querier knows; empty without one.</summary>
    public IReadOnlyList<IpAddress> QueriedGroups => [.. Groups.Igmp.Querier?.Groups ?? [], .. Groups.Mld.Querier?.Groups ?? []];

    /// <summary>Sets the device up or down; routes and neighbours follow.</summary>
    public void SetUp(bool up) => Device.IsUp = up;

    /// <summary>The first link-local IPv6 address; unspecified without one.</summary>
    public IpAddress LinkLocalAddress
    {
        get
        {
            foreach (LocalAddress local in _addresses)
            {
                if (local.Address.IsIPv6 && local.Address.IsLinkLocal && local is { IsTentative: false, IsOptimistic: false }) return local.Address;
            }
            return default;
        }
    }

    /// <summary><c>NAME</c>.</summary>
    public override string ToString() => Name;

    internal void Attach()
    {
        Device.Index = Index;
        Device.Receiver = this;
        Device.StateChanged += OnStateChanged;
        Device.MtuChanged += OnMtuChanged;
        Settings.IPv6.DisableIPv6.Changed += OnDisableIPv6Changed;
        Settings.IPv6.Mtu.Changed += OnSettingChanged;
        Settings.IPv6.Forwarding.Changed += OnForwardingChanged;
        Settings.IPv6.AddrGenMode.Changed += OnIdentifiersChanged;
        Settings.IPv4.RouteLocalnet.Changed += OnSettingChanged;
        Groups.JoinEverybodys();
        if (IsUp) AddLinkLocalAddress();
    }

    internal void Detach()
    {
        Groups.Clear();
        Device.StateChanged -= OnStateChanged;
        Device.MtuChanged -= OnMtuChanged;
        Settings.IPv6.DisableIPv6.Changed -= OnDisableIPv6Changed;
        Settings.IPv6.Mtu.Changed -= OnSettingChanged;
        Settings.IPv6.Forwarding.Changed -= OnForwardingChanged;
        Settings.IPv6.AddrGenMode.Changed -= OnIdentifiersChanged;
        ForgetRouters();
        Settings.IPv4.RouteLocalnet.Changed -= OnSettingChanged;
        Device.Receiver = null;
        if (IsUp)
        {
            IsUp = false;
            Host.Packets.OnStateChanged(this);
        }
        Host.Packets.OnRemoved(this);
        while (_addresses.Count > 0) Remove(_addresses[^1]);
        Anycasts.Clear();
        Host.Routes.RemoveAll(this, keepLocalIPv4: false);
        Host.Netlink.Changes.LinkRemoved(this);
        Neighbors.Clear();
        _departures?.Clear();
        Host.Sysctl.RemoveInterface(Name);
        Host.TouchRouting();
    }

    private void CountCarrier() => CarrierChanges = Device.HasCarrier ? (CarrierChanges.Up + 1, CarrierChanges.Down) : (CarrierChanges.Up, CarrierChanges.Down + 1);

    private void OnSettingChanged(SysctlEntry entry) => Host.TouchRouting();

    private void OnDisableIPv6Changed(SysctlEntry entry)
    {
        if (Settings.IPv6.DisableIPv6.IsOn) RemoveIPv6Addresses();
        else if (IsUp) AddLinkLocalAddress();
    }

    private void OnMtuChanged(LinkDevice device)
    {
        Settings.IPv6.FollowDeviceMtu(device.Mtu);
        Host.TouchRouting();
        Host.Netlink.Changes.LinkChanged(this);
    }

    private void OnStateChanged(LinkDevice device)
    {
        if (device.IsUp == IsUp)
        {
            // The cable was cut: who sits at its end when it is mended nobody knows (arp_evict_nocarrier).
            if (!device.HasCarrier) Neighbors.ForgetLearnt();
            // It may lead to another switch now, which has to learn the groups (Linux: ipv6_mc_up; for IPv4 it waits for the next query).
            else if (IsUp) Groups.Mld.Restart();
            CountCarrier();
            Host.Netlink.Changes.LinkChanged(this);
            return;
        }
        IsUp = device.IsUp;
        Host.Netlink.Changes.LinkChanged(this);
        if (IsUp) ComeUp();
        else GoDown();
        Host.Packets.OnStateChanged(this);
        Host.TouchRouting();
    }

    private void ComeUp()
    {
        foreach (LocalAddress address in _addresses) AddressRoutes.Restore(address);
        BeginDetections();
        AddLinkLocalAddress();
        Groups.Announce();
    }

    private void GoDown()
    {
        Groups.Silence();
        ForgetRouters();
        RemoveIPv6Addresses();
        Host.Routes.RemoveAll(this, keepLocalIPv4: true);
        Neighbors.Clear();
        _departures?.Clear();
    }

    /// <summary>RFC 2464 §5: the address that every interface has; the loopback has 127.0.0.1 and ::1.</summary>
    private void AddLinkLocalAddress()
    {
        if (IsLoopback && IsUp && FindAddress(IpAddress.LoopbackIPv4) is null) AddAddress(new IpPrefix(IpAddress.LoopbackIPv4, 8));
        if (IsLoopback && !Settings.IPv6.DisableIPv6.IsOn && FindAddress(IpAddress.LoopbackIPv6) is null)
            AddAddress(new AddressRequest(new IpPrefix(IpAddress.LoopbackIPv6, 128)) { Origin = AddressOrigin.Loopback, Flags = AddressFlags.NoPrefixRoute });
        if (LinkLocalAddress.IsUnspecified) MakeLinkLocalAddress();
    }

    /// <summary>An interface that goes down loses its IPv6 addresses (the kernel's keep_addr_on_down is off).</summary>
    private void RemoveIPv6Addresses()
    {
        for (int i = _addresses.Count - 1; i >= 0; i--)
        {
            if (_addresses[i].Address.IsIPv6) Remove(_addresses[i]);
        }
    }

    /// <summary>Behind all, but a primary address of IPv4 before those that reach farther (Linux inet_insert_ifa).</summary>
    private int PlaceOf(LocalAddress added)
    {
        if (!added.Address.IsIPv4 || added.IsSecondary) return _addresses.Count;
        int farther = _addresses.FindIndex(other => other.Address.IsIPv4 && !other.IsSecondary && other.Scope < added.Scope);
        return farther < 0 ? _addresses.Count : farther;
    }

    private void Remove(LocalAddress address)
    {
        EndDetection(address);
        Anycasts.LeaveSubnet(address);
        _addresses.Remove(address);
        Host.Netlink.Changes.AddressRemoved(address);
        AddressRoutes.Remove(address);
        Host.Interfaces.Unindex(address);
        if (HasSolicitedNode(address.Address)) Groups.Leave(GroupTable.SolicitedNodeOf(address.Address));
    }

    /// <summary>RFC 4291 §2.8: where neighbours are asked for, each IPv6 address has a group in which it is asked.</summary>
    private bool HasSolicitedNode(IpAddress address) => address.IsIPv6 && HasLinkAddresses;

    private void RemoveSecondariesOf(LocalAddress primary)
    {
        for (int i = _addresses.Count - 1; i >= 0; i--)
        {
            if (IsSameNetwork(_addresses[i], primary.Network)) Remove(_addresses[i]);
        }
    }

    private bool HasPrimaryIn(IpPrefix prefix)
    {
        foreach (LocalAddress local in _addresses)
        {
            if (!local.IsSecondary && IsSameNetwork(local, prefix)) return true;
        }
        return false;
    }

    private static bool IsSameNetwork(LocalAddress local, IpPrefix prefix) => local.Address.IsIPv4 && local.Prefix.Length == prefix.Length && prefix.Contains(local.Network.Address);

    private IpAddress BroadcastOf(IpPrefix prefix)
        => prefix.Address.IsIPv4 && prefix.Length < 31 && (HasLinkAddresses || IsLoopback) ? prefix.DirectedBroadcast : IpAddress.AnyIPv4;

    private static AddressScope ScopeOf(IpAddress address)
        => address.IsLoopback ? AddressScope.Host
        : address.IsIPv6 && address.IsLinkLocal ? AddressScope.Link
        : address.IsIPv6 && address.High >> 54 == 0x3FB ? AddressScope.Site
        : AddressScope.Global;
}
