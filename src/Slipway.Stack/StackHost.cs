using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Stack;

/// <summary>
/// A host: interfaces, routes, neighbours, IP and ICMP of both families, and the transports above. It lives in a loop with its
/// devices, and everything that it has belongs to the loop's owner.
/// </summary>
public sealed class StackHost
{
    /// <summary>Makes a host with a loopback interface <c>lo</c> (index 1, 127.0.0.1/8 and ::1/128, MTU 65536).</summary>
    /// <param name="loop">The loop in which it lives.</param>
    /// <param name="name">Its name.</param>
    /// <param name="random">Where its random numbers come from.</param>
    public StackHost(StackLoop loop, string name, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(loop);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(random);
        Loop = loop;
        Name = name;
        Random = random;
        Counters = new SnmpCounters(Sysctl);
        Log = new HostLog(loop, Sysctl.Core);
        using (loop.Enter())
        {
            ulong hashKey = random.Derive("hash").NextUInt64();
            FlowLabels = new FlowLabelMaker(this);
            Interfaces = new InterfaceTable(hashKey);
            Routes = new RouteTable(this);
            Neighbors = new NeighborTable(this, hashKey);
            PathMtu = new PathMtuCache(this, hashKey);
            Redirects = new RedirectCache(this, hashKey);
            Raw = new RawLayer(this);
            Icmp = new IcmpLayer(this);
            Ip = new IpLayer(this);
            Igmp = new IgmpLayer(this);
            Mld = new MldLayer(this);
            Udp = new UdpLayer(this);
            Tcp = new TcpLayer(this);
            Ping = new PingLayer(this);
            Unix = new UnixLayer(this);
            Netlink = new NetlinkLayer(this);
            Packets = new PacketLayer(this);
            var loopback = new LoopbackDevice(loop) { Backlog = Sysctl.Core.NetdevMaxBacklog.Value };
            Sysctl.Core.NetdevMaxBacklog.Changed += changed => loopback.Backlog = ((SysctlInt)changed).Value;
            Sysctl.IPv4.All.RouteLocalnet.Changed += _ => TouchRouting();
            // Labels are kept beside routes.
            Sysctl.IPv6.AutoFlowLabels.Changed += _ => TouchRouting();
            Sysctl.IPv6.FlowLabelStateRanges.Changed += _ => TouchRouting();
            Loopback = AddInterface(loopback);
            Loopback.AddAddress(new IpPrefix(IpAddress.LoopbackIPv4, 8));
            Loopback.AddAddress(new AddressRequest(new IpPrefix(IpAddress.LoopbackIPv6, 128)) { Origin = AddressOrigin.Loopback, Flags = AddressFlags.NoPrefixRoute });
        }
    }

    /// <summary>The loop.</summary>
    public StackLoop Loop { get; }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The random numbers of this host.</summary>
    public RandomSource Random { get; }

    /// <summary>SO_NETNS_COOKIE: a number that no other host has.</summary>
    internal ulong Cookie => _cookie != 0 ? _cookie : _cookie = Random.Derive("cookie").NextUInt64() | 1;

    private ulong _cookie;

    /// <summary>Numbers for programs of eBPF.</summary>
    internal uint LastProgram { get; set; }

    /// <summary>The counters of <c>/proc/net/snmp</c>, <c>snmp6</c> and <c>netstat</c>.</summary>
    public SnmpCounters Counters { get; }

    /// <summary>What a machine would write to its kernel's log.</summary>
    public HostLog Log { get; }

    /// <summary>The settings, with the kernel's names and defaults.</summary>
    public Sysctl Sysctl { get; } = new();

    /// <summary>The interfaces.</summary>
    public InterfaceTable Interfaces { get; }

    /// <summary>The loopback interface.</summary>
    public NetworkInterface Loopback { get; }

    /// <summary>The routes.</summary>
    public RouteTable Routes { get; }

    /// <summary>The neighbours of all interfaces.</summary>
    public NeighborTable Neighbors { get; }

    /// <summary>The path MTUs that were learnt.</summary>
    public PathMtuCache PathMtu { get; }

    /// <summary>The better first hops that were told of.</summary>
    internal RedirectCache Redirects { get; }

    /// <summary>Flow labels of IPv6.</summary>
    internal FlowLabelMaker FlowLabels { get; }

    /// <summary>IP: routing, sending, receiving, forwarding.</summary>
    public IpLayer Ip { get; }

    /// <summary>ICMP.</summary>
    public IcmpLayer Icmp { get; }

    /// <summary>IGMP.</summary>
    internal IgmpLayer Igmp { get; }

    /// <summary>MLD.</summary>
    internal MldLayer Mld { get; }

    /// <summary>UDP.</summary>
    internal UdpLayer Udp { get; }

    /// <summary>TCP.</summary>
    internal TcpLayer Tcp { get; }

    /// <summary>Ping sockets.</summary>
    internal PingLayer Ping { get; }

    /// <summary>Raw sockets.</summary>
    internal RawLayer Raw { get; }

    /// <summary>Local sockets.</summary>
    internal UnixLayer Unix { get; }

    /// <summary>Netlink sockets, and who answers them.</summary>
    internal NetlinkLayer Netlink { get; }
    /// <summary>Packet sockets.</summary>
    internal PacketLayer Packets { get; }

    /// <summary>Changes with everything that could change a <see cref="RouteDecision"/>: addresses, routes, interfaces, path MTUs, settings.</summary>
    public uint RoutingGeneration { get; private set; } = 1;

    /// <summary>Takes a device as an interface; it gets the next index. A device that is up has its link-local IPv6 address at once.</summary>
    /// <exception cref="ArgumentException">The device lives in another loop, or the host has an interface of this name.</exception>
    public NetworkInterface AddInterface(LinkDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        Loop.AssertOwned();
        if (!ReferenceEquals(device.Loop, Loop)) throw new ArgumentException("The device lives in another loop.", nameof(device));
        if (Interfaces.Find(device.Name) is not null) throw new ArgumentException($"The host has an interface '{device.Name}' already.", nameof(device));
        var added = new NetworkInterface(this, device, Interfaces.NextIndex());
        Interfaces.Add(added);
        Netlink.Changes.LinkChanged(added);
        added.Attach();
        Packets.OnAdded(added);
        TouchRouting();
        return added;
    }

    /// <summary>Gives an interface up, with its addresses, routes and neighbours.</summary>
    /// <returns>EOPNOTSUPP: the loopback stays; ENODEV: it is not of this host.</returns>
    public Errno RemoveInterface(NetworkInterface removed)
    {
        ArgumentNullException.ThrowIfNull(removed);
        Loop.AssertOwned();
        if (ReferenceEquals(removed, Loopback)) return Errno.EOPNOTSUPP;
        if (!ReferenceEquals(Interfaces.Find(removed.Index), removed)) return Errno.ENODEV;
        removed.Detach();
        Interfaces.Remove(removed);
        return Errno.None;
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal void TouchRouting() => RoutingGeneration++;
}
