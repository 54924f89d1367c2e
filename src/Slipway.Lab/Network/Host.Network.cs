using Slipway.Sockets;
using Slipway.Stack;
using Slipway.Wire;

namespace Slipway.Lab;

/// <content>Addresses, routes, settings.</content>
public sealed partial class Host
{
    private readonly List<PlannedAddress> _addresses = [];
    private readonly List<PlannedRoute> _routes = [];

    /// <summary>The stack of this host. Whoever reads or changes it between runs enters its loop. Addresses and routes stand there from the first run, or <see cref="VirtualNetwork.Settle"/>.</summary>
    public StackHost Stack { get; }

    /// <summary>Whether it was added as a router.</summary>
    public bool IsRouter { get; private set; }

    /// <summary>The interfaces that the lab gave it, without the loopback.</summary>
    public IEnumerable<LabInterface> Interfaces => Network.Interfaces.Where(candidate => candidate.Node == this);

    internal List<PlannedRoute> Routes => _routes;

    internal List<PlannedAddress> Addresses => _addresses;

    /// <summary>An end of a link at this host, with a name and addresses of its own.</summary>
    /// <param name="interfaceName">The interface's name; null for the next of eth0, eth1, ….</param>
    /// <param name="addresses">Addresses with prefix lengths for this interface.</param>
    public LinkEnd On(string? interfaceName = null, params string[] addresses) => new(this) { Interface = interfaceName, Addresses = addresses };

    /// <summary>Adds a route. Before the first run it waits until the addresses stand.</summary>
    /// <param name="destination">A network with its prefix length, or <c>default</c>.</param>
    /// <param name="gateway">The gateway; null for a network on the link of <paramref name="interfaceName"/>.</param>
    /// <param name="interfaceName">The interface; null to find it by the gateway.</param>
    /// <param name="metric">The least wins; null for the kernel's default.</param>
    /// <exception cref="ArgumentException">The destination or the gateway is none, or there is neither gateway nor interface.</exception>
    /// <exception cref="InvalidOperationException">The stack refuses the route, with the kernel's error: while the network runs at once, otherwise when the run begins.</exception>
    public void AddRoute(string destination, string? gateway = null, string? interfaceName = null, int? metric = null)
    {
        IpAddress via = default;
        if (gateway is null && interfaceName is null) throw new ArgumentException("A route needs a gateway or an interface.", nameof(gateway));
        if (gateway is not null && !IpAddress.TryParse(gateway, out via)) throw new ArgumentException($"'{gateway}' is no address.", nameof(gateway));
        IpPrefix prefix;
        if (destination == "default") prefix = new IpPrefix(gateway is null || via.IsIPv4 ? IpAddress.AnyIPv4 : IpAddress.AnyIPv6, 0);
        else if (!IpPrefix.TryParse(destination, out prefix)) throw new ArgumentException($"'{destination}' is no network with a prefix length, nor 'default'.", nameof(destination));
        _routes.Add(new PlannedRoute(prefix, via, interfaceName, metric));
        if (Network.WasSettled) Network.SettleAgain();
    }

    /// <summary>Reads a setting: <c>net.ipv4.ip_forward</c>.</summary>
    /// <exception cref="ArgumentException">There is no such setting.</exception>
    public string GetSysctl(string path)
    {
        using (Network.Loop.Enter())
        {
            Errno error = Stack.Sysctl.Get(path, out string text);
            return error == Errno.None ? text : throw new ArgumentException($"sysctl {path}: {error.Name()}", nameof(path));
        }
    }

    /// <summary>Sets a setting.</summary>
    /// <exception cref="ArgumentException">There is no such setting, or the value is not for it.</exception>
    public void SetSysctl(string path, string value)
    {
        using (Network.Loop.Enter())
        {
            Errno error = Stack.Sysctl.Set(path, value);
            if (error != Errno.None) throw new ArgumentException($"sysctl {path} = {value}: {error.Name()}", nameof(path));
        }
    }

    /// <summary>
    /// Makes the host one that is given nothing: it asks for routers, makes addresses from their prefixes, and checks each for a duplicate before it uses it, as Linux does by default
    /// (accept_dad 1, router_solicitations -1). To be called when its links are there, before the first run.
    /// </summary>
    /// <exception cref="InvalidOperationException">The network has run, or was settled.</exception>
    public void Autoconfigure()
    {
        if (Network.WasSettled) throw new InvalidOperationException($"Host '{Name}' must be told to configure itself before the network runs.");
        using (Network.Loop.Enter())
        {
            foreach (IPv6Conf conf in Stack.Interfaces.Select(static candidate => candidate.Settings.IPv6).Prepend(Stack.Sysctl.IPv6.Default))
            {
                conf.AcceptDad.Set(1);
                conf.RouterSolicitations.Set(-1);
            }
            // Interfaces that are up already begin anew by the new settings.
            foreach (LabInterface own in Interfaces)
            {
                own.Interface!.SetUp(false);
                own.Interface.SetUp(true);
            }
        }
    }

    /// <summary>Makes a router tell the hosts of its links what they need to configure themselves (RFC 4861 section 6.2).</summary>
    /// <param name="settings">What it says and how often; null to stop.</param>
    /// <param name="interfaceName">Where; null for all its interfaces with Ethernet addresses.</param>
    /// <exception cref="ArgumentException">There is no such interface, or the settings do not fit each other.</exception>
    public void Advertise(RouterAdvertisementSettings? settings, string? interfaceName = null)
    {
        using (Network.Loop.Enter())
        {
            NetworkInterface[] chosen = [.. Stack.Interfaces.Where(candidate => interfaceName is null ? candidate.HasLinkAddresses : candidate.Name == interfaceName)];
            if (chosen.Length == 0) throw new ArgumentException($"Host '{Name}' has no interface '{interfaceName}'.", nameof(interfaceName));
            foreach (NetworkInterface device in chosen) device.SetAdvertiser(settings);
        }
    }

    /// <summary>Puts the host on a port to the outside: a TUN or TAP device. Needs a network in real time.</summary>
    /// <param name="port">The port; the network disposes of it.</param>
    /// <param name="interfaceName">The interface's name at the host.</param>
    /// <param name="addresses">Addresses with prefix lengths.</param>
    /// <exception cref="InvalidOperationException">The network's time is simulated.</exception>
    public LabInterface Attach(IPacketPort port, string interfaceName, params string[] addresses) => Attach(port, interfaceName, LinkModel.Plain, addresses);

    /// <inheritdoc cref="Attach(IPacketPort, string, string[])"/>
    /// <param name="port">The port; the network disposes of it.</param>
    /// <param name="interfaceName">The interface's name at the host.</param>
    /// <param name="model">How packets are treated between host and port, each way.</param>
    /// <param name="addresses">Addresses with prefix lengths.</param>
    public LabInterface Attach(IPacketPort port, string interfaceName, LinkModel model, params string[] addresses)
    {
        ArgumentNullException.ThrowIfNull(port);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(addresses);
        IpPrefix[] prefixes = [.. addresses.Select(VirtualNetwork.ParseAddress)];
        foreach (IpPrefix prefix in prefixes) Network.CheckFree(prefix.Address, []);
        LabInterface added = Network.Attach(this, interfaceName, port, model, prefixes);
        Network.Settle();
        return added;
    }

    /// <summary>Makes the host ask on all its links who listens to which groups (a querier of IGMP and MLD); of several on a link one does. Links that come later are not asked.</summary>
    /// <param name="settings">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">The settings do not fit each other.</exception>
    public void StartQuerier(QuerierSettings? settings = null)
    {
        using (Network.Loop.Enter())
        {
            foreach (LabInterface own in Interfaces) own.Interface!.SetQuerier(settings ?? new QuerierSettings());
        }
    }

    internal IEnumerable<IpAddress> OwnAddresses() => _addresses.Select(static planned => planned.Prefix.Address);

    internal void Plan(IpPrefix address, LabInterface on) => _addresses.Add(new PlannedAddress(address) { On = on });

    /// <summary>Owner of the loop.</summary>
    internal void ApplyAddresses()
    {
        foreach (PlannedAddress planned in _addresses)
        {
            if (planned.IsPlaced) continue;
            Errno error = planned.On!.Interface!.AddAddress(planned.Prefix);
            if (error != Errno.None) throw new InvalidOperationException($"Host '{Name}': {planned.Prefix} cannot be an address of {planned.On.Name}: {error.Name()}.");
            planned.On.Prefixes.Add(planned.Prefix);
            planned.IsPlaced = true;
        }
    }

    /// <summary>Owner of the loop.</summary>
    internal void ApplyRoutes()
    {
        foreach (PlannedRoute route in _routes)
        {
            if (route.IsApplied) continue;
            NetworkInterface? device = route.InterfaceName is { } name
                ? Stack.Interfaces.Find(name) ?? throw new InvalidOperationException($"Host '{Name}': route {route}: there is no interface '{name}'.")
                : null;
            Errno error = Stack.Routes.Add(route.Destination, route.Gateway, device, route.Metric);
            if (error != Errno.None) throw new InvalidOperationException($"Host '{Name}': route {route}: {error.Name()}.");
            route.IsApplied = true;
        }
    }

    internal void BecomeRouter()
    {
        IsRouter = true;
        SetSysctl("net.ipv4.ip_forward", "1");
        SetSysctl("net.ipv6.conf.all.forwarding", "1");
    }

    internal SocketSystem OpenSystem(LabProcess process)
        => new StackSocketSystem(Stack, process.Context, new WriterStream(process.Out), new WriterStream(process.Error));

    internal static SocketSystem ForkSystem(SocketSystem parent, ProcessContext child) => ((StackSocketSystem)parent).Fork(child);

    internal static void CloseSystem(SocketSystem system) => ((StackSocketSystem)system).CloseAll();
}
