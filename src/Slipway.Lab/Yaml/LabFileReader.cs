using System.Globalization;
using Slipway.Sockets;
using Slipway.Wire;

namespace Slipway.Lab;

/// <summary>Reads a lab file into a <see cref="LabDefinition"/> and notes all problems.</summary>
internal sealed partial class LabFileReader(List<LabFileProblem> problems, IReadOnlyCollection<string> programNames)
{
    private readonly LabDefinition _lab = new();

    public LabDefinition Read(LabNode root)
    {
        Dictionary<string, LabNode> keys = Keys(root, "a lab file", ["hosts", "routers", "switches", "links", "programs", "seed", "stop"]);
        if (keys.TryGetValue("seed", out LabNode? seed)) _lab.Seed = Parse<ulong>(seed, "a whole number, 0 or more", static (string text, out ulong value) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value));
        if (keys.TryGetValue("stop", out LabNode? stop)) _lab.Stop = Duration(stop);
        // Nodes first, because links and programs name them wherever they stand in the file.
        ReadHosts(keys, "hosts", isRouter: false);
        ReadHosts(keys, "routers", isRouter: true);
        ReadSwitches(keys);
        if (root is LabMapping && _lab.Hosts.Count == 0 && problems.Count == 0) Note(root, "there is no host");
        ReadLinks(keys);
        ReadPrograms(keys);
        CheckInterfaces();
        CheckRoutes();
        return _lab;
    }

    private void ReadHosts(Dictionary<string, LabNode> keys, string key, bool isRouter)
    {
        if (!keys.TryGetValue(key, out LabNode? section)) return;
        foreach ((LabScalar name, LabNode body) in Named(section, "hosts by their names"))
        {
            bool isNew = IsNewNode(name);
            // What a second host of the name says is read all the same, so that its problems are told as well.
            var host = new HostDefinition(name.Text, isRouter);
            if (isNew) _lab.Hosts.Add(host);
            if (body is LabScalar { IsEmpty: true }) continue;
            string[] own = isRouter ? ["advertise", "querier"] : ["autoconfigure"];
            Dictionary<string, LabNode> parts = Keys(body, $"host '{name.Text}'", ["address", "routes", "files", "sysctl", .. own]);
            if (parts.TryGetValue("address", out LabNode? addresses)) ReadAddresses(host, addresses);
            if (parts.TryGetValue("routes", out LabNode? routes)) ReadRoutes(host, routes);
            if (parts.TryGetValue("files", out LabNode? files)) ReadFiles(host, files);
            if (parts.TryGetValue("sysctl", out LabNode? sysctl)) ReadSysctl(host, sysctl);
            if (parts.TryGetValue("autoconfigure", out LabNode? autoconfigure)) host.IsAutoconfigured = OneOf(autoconfigure, ["true", "false"]) == "true";
            if (parts.TryGetValue("advertise", out LabNode? advertise)) ReadAdvertisements(host, advertise);
            if (parts.TryGetValue("querier", out LabNode? querier)) host.Querier = ReadQuerier(querier);
        }
    }

    private void ReadSwitches(Dictionary<string, LabNode> keys)
    {
        if (!keys.TryGetValue("switches", out LabNode? section)) return;
        if (section is LabMapping mapping)
        {
            foreach ((LabScalar name, LabNode body) in mapping.Entries)
            {
                if (IsNewNode(name)) _lab.Switches.Add(name.Text);
                if (body is LabScalar { IsEmpty: true }) continue;
                Dictionary<string, LabNode> parts = Keys(body, $"switch '{name.Text}'", ["snooping"]);
                if (parts.TryGetValue("snooping", out LabNode? snooping) && OneOf(snooping, ["true", "false"]) == "true") _lab.SnoopingSwitches.Add(name.Text);
            }
            return;
        }
        foreach (LabNode item in OneOrMore(section))
            if (Text(item, "the name of a switch") is { } name && IsNewNode((LabScalar)item)) _lab.Switches.Add(name);
    }

    /// <summary><c>10.0.0.1/24</c>, or <c>10.0.0.1/24 dev eth1</c>.</summary>
    private void ReadAddresses(HostDefinition host, LabNode node)
    {
        const string Form = "an address with its prefix length, such as 10.0.0.1/24, fd00::1/64 or 10.0.0.1/24 dev eth1";
        foreach (LabNode item in OneOrMore(node))
        {
            if (Text(item, Form) is not { } text) continue;
            string[] words = Words(text);
            bool good = words.Length is 1 or 3 && words[0].Contains('/', StringComparison.Ordinal) && (words.Length == 1 || words[1] == "dev");
            if (!IpPrefix.TryParse(good ? words[0] : "", out IpPrefix prefix))
                Note(item, $"'{text}' is no address; allowed: {Form}");
            else if (_lab.Hosts.Find(other => other.Addresses.Exists(address => address.Prefix.Address == prefix.Address)) is { } owner)
                Note(item, $"the address {prefix.Address} is taken by host '{owner.Name}'");
            else if (prefix.Address is { IsMulticast: true } or { IsUnspecified: true } or { IsLimitedBroadcast: true } or { IsLoopback: true })
                Note(item, $"{prefix.Address} cannot be a host's address on a link");
            else host.Addresses.Add(new AddressDefinition(item, prefix, words.Length == 3 ? words[2] : null));
        }
    }

    /// <summary><c>default via 10.0.0.254</c>, <c>10.2.0.0/16 via 10.0.0.9 dev eth0 metric 5</c>, as ip-route(8) has it.</summary>
    private void ReadRoutes(HostDefinition host, LabNode node)
    {
        const string Form = "a route such as 'default via 10.0.0.254' or '10.2.0.0/16 via 10.0.0.9 dev eth0 metric 5'";
        foreach (LabNode item in OneOrMore(node))
        {
            if (Text(item, Form) is not { } text) continue;
            if (ParseRoute(item, Words(text)) is { } route) host.Routes.Add(route);
            else Note(item, $"'{text}' is no route; allowed: {Form}");
        }
    }

    private static RouteDefinition? ParseRoute(LabNode place, string[] words)
    {
        string? via = null, dev = null;
        int? metric = null;
        if (words.Length is not (3 or 5 or 7)) return null;
        if (words[0] != "default" && !IpPrefix.TryParse(words[0], out _)) return null;
        for (int i = 1; i < words.Length; i += 2)
        {
            string value = words[i + 1];
            switch (words[i])
            {
                case "via" when via is null && IpAddress.TryParse(value, out _): via = value; break;
                case "dev" when dev is null: dev = value; break;
                case "metric" when metric is null && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number): metric = number; break;
                default: return null;
            }
        }
        return via is null && dev is null ? null : new RouteDefinition(place, words[0], via, dev, metric);
    }

    private void ReadFiles(HostDefinition host, LabNode node)
    {
        foreach ((LabScalar path, LabNode text) in Named(node, "texts by their paths"))
        {
            if (!path.Text.StartsWith('/')) Note(path, $"'{path.Text}' is no absolute path");
            else if (host.Files.Exists(file => file.Key == path.Text)) Note(path, $"the file '{path.Text}' is given twice");
            else if (Text(text, "the text of the file", mayBeEmpty: true) is { } content) host.Files.Add(new(path.Text, content));
        }
    }

    private void ReadSysctl(HostDefinition host, LabNode node)
    {
        var known = new Stack.Sysctl();
        foreach ((LabScalar path, LabNode value) in Named(node, "values by names such as net.ipv4.ip_forward"))
        {
            if (Text(value, "a value") is not { } text) continue;
            // Those of an interface exist only when it does; the network refuses them where they are wrong.
            bool ofInterface = path.Text.Contains("conf", StringComparison.Ordinal) || path.Text.Contains("neigh", StringComparison.Ordinal);
            Errno error = known.Set(path.Text, text);
            if (error == Errno.EINVAL) Note(value, $"'{text}' is no value for {path.Text}");
            else if (error != Errno.None && !ofInterface) Note(path, $"there is no setting '{path.Text}'");
            else host.Sysctl.Add(new(path.Text, text));
        }
    }

    private bool IsNewNode(LabScalar name)
    {
        if (!VirtualNetwork.IsName(name.Text)) Note(name, $"'{name.Text}' is no name; allowed: letters, digits, '-', '_' and '.', at most 63");
        else if (_lab.HasNode(name.Text)) Note(name, $"the name '{name.Text}' is given twice");
        else return true;
        return false;
    }

    private void CheckInterfaces()
    {
        foreach (HostDefinition host in _lab.Hosts)
        {
            List<string> names = InterfacesOf(host.Name);
            foreach (AddressDefinition address in host.Addresses) CheckInterface(host, address.Place, address.Interface, names);
            foreach (RouteDefinition route in host.Routes) CheckInterface(host, route.Place, route.Interface, names);
        }
    }

    private void CheckInterface(HostDefinition host, LabNode place, string? name, List<string> names)
    {
        if (name is not null && !names.Contains(name)) Note(place, $"host '{host.Name}' has no interface '{name}'; it has: {List(names)}");
    }

    private void CheckRoutes()
    {
        foreach (HostDefinition host in _lab.Hosts)
        {
            bool onLinkOnly = _lab.Links.TrueForAll(link => !link.IsPointToPoint || (link.A.Node != host.Name && link.B.Node != host.Name));
            foreach (RouteDefinition route in host.Routes)
            {
                if (route.Gateway is null || !IpAddress.TryParse(route.Gateway, out IpAddress gateway)) continue;
                bool reachable = gateway.IsLinkLocal || host.Addresses.Exists(address => address.Prefix.Contains(gateway));
                if (onLinkOnly && !reachable) Note(route.Place, $"the gateway {gateway} is on no network of host '{host.Name}'");
                else if (IpPrefix.TryParse(route.Destination, out IpPrefix to) && to.Address.IsIPv4 != gateway.IsIPv4)
                    Note(route.Place, $"the gateway {gateway} is of another family than {to}");
            }
        }
    }

    /// <summary>The names that the links give, in the order of the links.</summary>
    private List<string> InterfacesOf(string node)
    {
        var names = new List<string>();
        foreach (LinkDefinition link in _lab.Links)
        {
            foreach (EndDefinition end in (ReadOnlySpan<EndDefinition>)[link.A, link.B])
            {
                if (end.Node != node) continue;
                string name = end.Interface ?? "";
                for (int i = 0; name.Length == 0 || (end.Interface is null && names.Contains(name)); i++)
                    name = string.Create(CultureInfo.InvariantCulture, $"{(link.IsPointToPoint ? "ppp" : "eth")}{i}");
                names.Add(name);
            }
        }
        return names;
    }
}
