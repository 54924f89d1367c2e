using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab;

/// <content>Hosts, routers, switches, links.</content>
public sealed partial class VirtualNetwork
{
    private readonly List<LabLink> _links = [];
    private readonly List<LabInterface> _interfaces = [];
    private readonly HashSet<MacAddress> _macs = [];

    /// <summary>The links, in the order in which they were made.</summary>
    public IReadOnlyList<LabLink> Links => _links;

    /// <summary>All interfaces, in the order in which they were made.</summary>
    internal IReadOnlyList<LabInterface> Interfaces => _interfaces;

    /// <summary>Adds a host.</summary>
    /// <param name="name">Its name, which the other hosts can resolve.</param>
    /// <param name="addresses">Addresses with prefix lengths: <c>10.0.0.1/24</c>, <c>fd00::1/64</c>. The lab puts each on the interface whose link has others of its network, and on the first interface where none has (see docs/lab-files.md).</param>
    /// <exception cref="ArgumentException">The name is taken or no name, or an address is taken or none.</exception>
    public Host AddHost(string name, params string[] addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        CheckName(name);
        IpPrefix[] prefixes = [.. addresses.Select(ParseAddress)];
        for (int i = 0; i < prefixes.Length; i++) CheckFree(prefixes[i].Address, prefixes.AsSpan(0, i));
        return Add(new Host(this, name, prefixes));
    }

    /// <summary>Adds a router: a host that forwards IPv4 and IPv6 between its links.</summary>
    /// <inheritdoc cref="AddHost"/>
    public Host AddRouter(string name, params string[] addresses)
    {
        Host router = AddHost(name, addresses);
        router.BecomeRouter();
        return router;
    }

    /// <summary>Adds a learning switch.</summary>
    /// <exception cref="ArgumentException">The name is taken or no name.</exception>
    public Switch AddSwitch(string name)
    {
        CheckName(name);
        return Add(new Switch(this, name));
    }

    /// <summary>Joins two nodes by an Ethernet link; each gets a new interface, or a new port.</summary>
    /// <param name="a">A host, router or switch, or an end of it with its own name, addresses or MTU (<see cref="Host.On"/>).</param>
    /// <param name="b">The other one.</param>
    /// <param name="model">How it treats packets, both ways; null for a plain wire.</param>
    /// <exception cref="ArgumentException">A node is of another network, an interface's name or address is taken.</exception>
    public LabLink Connect(LinkEnd a, LinkEnd b, LinkModel? model = null) => Connect(a, b, model, LinkKind.Ethernet);

    /// <summary>Joins two hosts by a link without Ethernet: bare IP packets, no neighbours to resolve. Each end gets a route to the addresses of the other.</summary>
    /// <inheritdoc cref="Connect(LinkEnd, LinkEnd, LinkModel?)"/>
    public LabLink ConnectPointToPoint(LinkEnd a, LinkEnd b, LinkModel? model = null)
    {
        if (a.Node is Switch || b.Node is Switch) throw new ArgumentException("A switch has Ethernet links only.", nameof(a));
        return Connect(a, b, model, LinkKind.PointToPoint);
    }

    internal LabInterface Attach(Host host, string name, IPacketPort port, LinkModel model, IEnumerable<IpPrefix> addresses)
    {
        if (_options.RealTime is null) throw new InvalidOperationException("A port to the outside needs real time: simulated time would run away from it.");
        using (Loop.Enter())
        {
            var device = new PortDevice(Loop, name, port, port.HasEthernetHeader ? MacOf(host, name) : default);
            LabInterface added = AddInterface(host, device, withFaults: !model.IsPlain);
            if (added.Faults is { } faults) (faults.Outbound, faults.Inbound) = (model, model);
            foreach (IpPrefix address in addresses) host.Plan(address, added);
            _ports.Add(device);
            Scheduler.HasOutsideWorld = true;
            device.Start();
            return added;
        }
    }

    /// <summary>An interface that leads nowhere, for addresses of a host without links.</summary>
    internal LabInterface AddUnconnected(Host host) => AddInterface(host, new VirtualEthernetDevice(Loop, "eth0", MacOf(host, "eth0")), withFaults: false);

    internal static IpPrefix ParseAddress(string text) => IpPrefix.TryParse(text, out IpPrefix prefix) && text.Contains('/', StringComparison.Ordinal)
        ? prefix
        : throw new ArgumentException($"'{text}' is no address with a prefix length, such as 10.0.0.1/24 or fd00::1/64.", nameof(text));

    internal void CheckFree(IpAddress address, ReadOnlySpan<IpPrefix> others)
    {
        foreach (Host host in Hosts)
            foreach (IpAddress own in host.OwnAddresses())
                if (own == address) throw new ArgumentException($"The address {address} is taken by host '{host.Name}'.", nameof(address));
        foreach (IpPrefix other in others)
            if (other.Address == address) throw new ArgumentException($"The address {address} is given twice.", nameof(address));
    }

    private LabLink Connect(in LinkEnd a, in LinkEnd b, LinkModel? model, LinkKind kind)
    {
        CheckEnd(a);
        CheckEnd(b);
        using (Loop.Enter())
        {
            LabInterface first = AddEnd(a, kind), second = AddEnd(b, kind);
            string name = LabLink.NameOf(first, second);
            var virtualLink = new VirtualLink((VirtualDevice)first.Bottom, (VirtualDevice)second.Bottom, model ?? LinkModel.Plain, Random.Derive("link/" + name));
            var link = new LabLink(first, second, virtualLink);
            _links.Add(link);
            _settled = false;
            return link;
        }
    }

    private LabInterface AddEnd(in LinkEnd end, LinkKind kind)
    {
        string name = end.Interface ?? NextName(end.Node, kind);
        VirtualDevice device = kind == LinkKind.Ethernet
            ? new VirtualEthernetDevice(Loop, name, MacOf(end.Node, name), end.Mtu)
            : new PointToPointDevice(Loop, name, end.Mtu);
        LabInterface added = AddInterface(end.Node, device, end.WithFaults);
        if (end.Node is Host host)
            foreach (string address in end.Addresses) host.Plan(ParseAddress(address), added);
        return added;
    }

    private LabInterface AddInterface(NetworkNode node, LinkDevice bottom, bool withFaults)
    {
        LinkDevice device = bottom;
        // The capture stands between wire and faults: it shows what really was on the wire.
        if (Capture.Mode != CaptureMode.Off) device = new CaptureDevice(device, Capture);
        FaultDevice? faults = withFaults ? new FaultDevice(device, Random.Derive($"faults/{node.Name}.{bottom.Name}")) : null;
        device = faults ?? device;
        var added = new LabInterface(node, device, bottom, faults);
        Capture.Know(added);
        _interfaces.Add(added);
        if (node is Host host) added.Interface = host.Stack.AddInterface(device);
        else ((Switch)node).Bridge.AddPort(device);
        _settled = false;
        return added;
    }

    internal string NextName(NetworkNode node, LinkKind kind)
    {
        (string stem, int first) = node is Switch ? ("port", 1) : kind == LinkKind.Ethernet ? ("eth", 0) : ("ppp", 0);
        for (int i = first; ; i++)
        {
            string name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{stem}{i}");
            if (!HasInterface(node, name)) return name;
        }
    }

    private bool HasInterface(NetworkNode node, string name) => _interfaces.Exists(candidate => candidate.Node == node && candidate.Name == name);

    /// <summary>A local unicast address that node and interface decide, not the order of things nor the seed: captures of several runs can be compared.</summary>
    private MacAddress MacOf(NetworkNode node, string name)
    {
        ulong bits = new SeededRandom(0).Derive($"mac/{node.Name}.{name}").NextUInt64();
        while (true)
        {
            var address = new MacAddress(0x0200_0000_0000 | bits & 0x00FF_FFFF_FFFF);
            if (_macs.Add(address)) return address;
            bits++;
        }
    }

    private void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!IsName(name)) throw new ArgumentException($"'{name}' is no name of a host: letters, digits, '-' and '.', at most 63.", nameof(name));
        if (Find(name) is not null) throw new ArgumentException($"The network has a node '{name}' already.", nameof(name));
    }

    /// <summary>RFC 1123 §2.1, with the underscores that people use.</summary>
    internal static bool IsName(string name) => name.Length is > 0 and <= 63 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    private void CheckEnd(in LinkEnd end)
    {
        ArgumentNullException.ThrowIfNull(end.Node, nameof(end));
        if (end.Node.Network != this) throw new ArgumentException($"'{end.Node.Name}' belongs to another network.", nameof(end));
        if (end.Interface is { } name && HasInterface(end.Node, name)) throw new ArgumentException($"'{end.Node.Name}' has an interface '{name}' already.", nameof(end));
        if (end.Node is Switch && end.Addresses.Count > 0) throw new ArgumentException($"The switch '{end.Node.Name}' has no addresses.", nameof(end));
        foreach (string address in end.Addresses) CheckFree(ParseAddress(address).Address, []);
    }
}
