using Slipway.Sockets;
using Slipway.Stack;

namespace Slipway.Lab;

/// <summary>A network described in YAML (docs/lab-files.md): hosts, routers, switches, links, and the programs to run.</summary>
public sealed class LabFile
{
    private readonly LabDefinition _lab;
    private readonly string _name;
    private readonly IReadOnlyDictionary<string, Action<HostProcess>> _programs;

    private LabFile(LabDefinition lab, string name, IReadOnlyDictionary<string, Action<HostProcess>> programs)
    {
        _lab = lab;
        _name = name;
        _programs = programs;
    }

    /// <summary>The seed that the file suggests; null if it does not.</summary>
    public ulong? Seed => _lab.Seed;

    /// <summary>How long the file wants the network to run at most; null for until nothing more happens.</summary>
    public TimeSpan? Stop => _lab.Stop;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="programs">The programs that it may name.</param>
    /// <exception cref="LabFileException">The file is wrong: all its problems, each with line and column.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LabFile Load(string path, IReadOnlyDictionary<string, Action<HostProcess>> programs) => Parse(File.ReadAllText(path), path, programs);

    /// <summary>Reads a text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="name">A name for messages.</param>
    /// <param name="programs">The programs that it may name.</param>
    /// <exception cref="LabFileException">The text is wrong: all its problems, each with line and column.</exception>
    public static LabFile Parse(string text, string name, IReadOnlyDictionary<string, Action<HostProcess>> programs)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(programs);
        var problems = new List<LabFileProblem>();
        LabDefinition? lab = new LabYamlParser(text, problems).Parse() is { } root ? new LabFileReader(problems, [.. programs.Keys]).Read(root) : null;
        if (problems.Count > 0) throw new LabFileException(name, [.. problems.OrderBy(static problem => problem.Line).ThenBy(static problem => problem.Column)]);
        return new LabFile(lab!, name, programs);
    }

    /// <summary>Builds the network, ready to run, with its programs started.</summary>
    /// <param name="seed">The seed; null for the file's, or 1.</param>
    /// <param name="options">How the network lives.</param>
    /// <exception cref="LabFileException">The addresses do not fit the links, or the stack refuses a setting.</exception>
    public VirtualNetwork Build(ulong? seed = null, VirtualNetworkOptions? options = null)
    {
        // A diagram is fed by the capture, even where nobody wants to keep the packets.
        bool draws = _lab.Links.Exists(static link => link.DiagramFrom is not null);
        if (draws && options?.Capture == CaptureMode.Off) options = options with { Capture = CaptureMode.Stream };
        var network = new VirtualNetwork(seed ?? Seed ?? 1, options);
        try
        {
            Fill(network);
            return network;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            network.Dispose();
            throw new LabFileException($"{_name}: {e.Message}", e);
        }
    }

    /// <summary>Runs a network of this file: until every process has ended or waits for ever, but not beyond the file's stop time.</summary>
    /// <param name="network">What <see cref="Build"/> made.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    public RunResult Run(VirtualNetwork network, CancellationToken cancellationToken = default) => Run(network, Stop, cancellationToken);

    /// <summary>Runs a network of this file: until every process has ended or waits for ever, but not beyond a stop time that goes before the file's.</summary>
    /// <param name="network">What <see cref="Build"/> made.</param>
    /// <param name="stop">Time of the network; null for the file's.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    public RunResult Run(VirtualNetwork network, TimeSpan? stop, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.RunTo(stop ?? Stop ?? TimeSpan.MaxValue, cancellationToken);
    }

    private void Fill(VirtualNetwork network)
    {
        foreach (HostDefinition definition in _lab.Hosts) AddHost(network, definition);
        foreach (string name in _lab.Switches) network.AddSwitch(name).IsSnooping = _lab.SnoopingSwitches.Contains(name);
        foreach (LinkDefinition definition in _lab.Links) AddLink(network, definition);
        foreach (HostDefinition definition in _lab.Hosts)
        {
            Host host = network[definition.Name];
            if (definition.IsAutoconfigured) host.Autoconfigure();
            if (definition.Querier is { } querier) host.StartQuerier(querier);
            foreach ((string path, string value) in definition.Sysctl) host.SetSysctl(path, value);
            foreach (RouteDefinition route in definition.Routes) host.AddRoute(route.Destination, route.Gateway, route.Interface, route.Metric);
        }
        network.Settle();
        foreach (HostDefinition definition in _lab.Hosts)
        {
            foreach ((string name, RouterAdvertisementSettings settings) in definition.Advertisements) network[definition.Name].Advertise(settings, name.Length == 0 ? null : name);
        }
        foreach (ProgramDefinition program in _lab.Programs) network[program.Host].Start(program.Name, _programs[program.Name], program.Options);
    }

    private static void AddHost(VirtualNetwork network, HostDefinition definition)
    {
        string[] anywhere = [.. definition.Addresses.Where(static address => address.Interface is null).Select(static address => address.Prefix.ToString())];
        Host host = definition.IsRouter ? network.AddRouter(definition.Name, anywhere) : network.AddHost(definition.Name, anywhere);
        foreach ((string path, string text) in definition.Files) host.Files[path] = text;
    }

    private void AddLink(VirtualNetwork network, LinkDefinition definition)
    {
        LinkEnd a = EndOf(network, definition.A, definition), b = EndOf(network, definition.B, definition);
        LabLink link = definition.IsPointToPoint ? network.ConnectPointToPoint(a, b, definition.Model) : network.Connect(a, b, definition.Model);
        if (definition.DiagramFrom is { } from) link.Draw(from);
        foreach (ChangeDefinition change in definition.Changes)
        {
            network.At(change.At, () =>
            {
                if (change.Model is { } model) link.Model = model;
                if (change.IsUp is { } up) link.IsUp = up;
            });
        }
    }

    private LinkEnd EndOf(VirtualNetwork network, EndDefinition end, LinkDefinition link)
    {
        NetworkNode node = network.Find(end.Node)!;
        string name = end.Interface ?? network.NextName(node, link.IsPointToPoint ? LinkKind.PointToPoint : LinkKind.Ethernet);
        IEnumerable<AddressDefinition> here = _lab.FindHost(end.Node)?.Addresses.Where(address => address.Interface == name) ?? [];
        return new LinkEnd(node) { Interface = name, Mtu = link.Mtu, Addresses = [.. here.Select(static address => address.Prefix.ToString())] };
    }
}
