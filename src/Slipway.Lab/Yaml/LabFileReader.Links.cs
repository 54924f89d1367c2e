using System.Globalization;
using Slipway.Stack;

namespace Slipway.Lab;

/// <content>Links and how they treat packets.</content>
internal sealed partial class LabFileReader
{
    private static readonly string[] ModelKeys =
        ["delay", "jitter", "rate", "queue", "loss", "duplication", "reordering", "reordering-delay", "corruption", "black-hole-mtu"];

    private delegate bool TryParser<T>(string text, out T value);

    private void ReadLinks(Dictionary<string, LabNode> keys)
    {
        if (!keys.TryGetValue("links", out LabNode? section)) return;
        foreach (LabNode item in Items(section, "a list of links"))
        {
            Dictionary<string, LabNode> parts = Keys(item, "a link", ["between", "kind", "mtu", "changes", "diagram", .. ModelKeys]);
            if (item is not LabMapping) continue;
            LinkModel model = ReadModel(parts, LinkModel.Plain);
            int mtu = parts.TryGetValue("mtu", out LabNode? mtuNode) ? Number(mtuNode, LinkDevice.MinMtu, LinkDevice.MaxMtu) ?? 1500 : 1500;
            bool pointToPoint = parts.TryGetValue("kind", out LabNode? kind) && OneOf(kind, ["ethernet", "point-to-point"]) == "point-to-point";
            List<ChangeDefinition> changes = parts.TryGetValue("changes", out LabNode? list) ? ReadChanges(model, list) : [];
            TimeSpan? diagram = parts.TryGetValue("diagram", out LabNode? from) ? ReadDiagram(from) : null;
            if (ReadEnds(item, parts, pointToPoint) is not var (a, b)) continue;
            var link = new LinkDefinition(a, b, pointToPoint, mtu, model) { DiagramFrom = diagram };
            link.Changes.AddRange(changes);
            _lab.Links.Add(link);
        }
    }

    /// <summary><c>true</c>, <c>false</c>, or the time that is the diagram's zero.</summary>
    private TimeSpan? ReadDiagram(LabNode node) => node switch
    {
        LabScalar { Text: "true" } => TimeSpan.Zero,
        LabScalar { Text: "false" } => null,
        _ => Parse<TimeSpan>(node, "true, false, or the time at which it begins, such as 2s", static (string text, out TimeSpan value) => LabUnits.TryParseDuration(text, out value)),
    };

    private (EndDefinition A, EndDefinition B)? ReadEnds(LabNode link, Dictionary<string, LabNode> parts, bool pointToPoint)
    {
        if (!parts.TryGetValue("between", out LabNode? between))
        {
            Note(link, "the link has no 'between'; allowed: between: [a, b]");
            return null;
        }
        if (between is not LabSequence { Items: [var first, var second] })
        {
            Note(between, "'between' takes two names, such as [client, server] or [client, router.eth1]");
            return null;
        }
        EndDefinition? a = ReadEnd(first, pointToPoint), b = ReadEnd(second, pointToPoint);
        if (a is null || b is null) return null;
        if (a.Node != b.Node) return (a, b);
        Note(second, $"'{a.Node}' cannot be linked with itself");
        return null;
    }

    /// <summary><c>node</c> or <c>node.interface</c>; names of nodes may have dots themselves.</summary>
    private EndDefinition? ReadEnd(LabNode item, bool pointToPoint)
    {
        if (Text(item, "the name of a node, or node.interface") is not { } text) return null;
        string node = text;
        string? name = null;
        int dot = text.LastIndexOf('.');
        if (!_lab.HasNode(node) && dot > 0) (node, name) = (text[..dot], text[(dot + 1)..]);
        if (!_lab.HasNode(node)) Note(item, $"there is no node '{text}'; there are: {List(_lab.NodeNames)}");
        else if (pointToPoint && _lab.Switches.Contains(node)) Note(item, $"the switch '{node}' has no point-to-point links");
        else if (name is { Length: 0 or > 15 }) Note(item, $"'{name}' cannot name an interface: 1 to 15 characters");
        else if (name is not null && InterfacesOf(node).Contains(name)) Note(item, $"'{node}' has an interface '{name}' already");
        else return new EndDefinition(node, name);
        return null;
    }

    private List<ChangeDefinition> ReadChanges(LinkModel model, LabNode node)
    {
        var changes = new List<ChangeDefinition>();
        foreach (LabNode item in Items(node, "a list of changes"))
        {
            Dictionary<string, LabNode> parts = Keys(item, "a change of a link", ["at", "up", .. ModelKeys]);
            if (item is not LabMapping) continue;
            TimeSpan time = changes.Count > 0 ? changes[^1].At : TimeSpan.Zero;
            if (!parts.TryGetValue("at", out LabNode? at)) Note(item, "the change has no time; allowed: at: 5s");
            else if (Duration(at) is { } given)
            {
                if (given < time) Note(at, "changes stand in the order of their times");
                time = given;
            }
            bool? up = parts.TryGetValue("up", out LabNode? upNode) && OneOf(upNode, ["true", "false"]) is { } value ? value == "true" : null;
            bool changesModel = parts.Keys.Any(static key => ModelKeys.Contains(key));
            if (changesModel) model = ReadModel(parts, model);
            else if (!parts.ContainsKey("up")) Note(item, $"the change changes nothing; allowed: up, {List(ModelKeys)}");
            changes.Add(new ChangeDefinition(time, up, changesModel ? model : null));
        }
        return changes;
    }

    private LinkModel ReadModel(Dictionary<string, LabNode> parts, LinkModel model)
    {
        foreach ((string key, LabNode value) in parts)
        {
            model = key switch
            {
                "delay" => Duration(value) is { } delay ? model with { Delay = delay } : model,
                "jitter" => Duration(value) is { } jitter ? model with { Jitter = jitter } : model,
                "rate" => Rate(value) is { } rate ? model with { Rate = rate } : model,
                "queue" => Number(value, 1, int.MaxValue) is { } packets ? model with { QueuePackets = packets } : model,
                "loss" => Probability(value) is { } loss ? model with { Loss = loss } : model,
                "duplication" => Probability(value) is { } duplication ? model with { Duplication = duplication } : model,
                "reordering" => Probability(value) is { } reordering ? model with { Reordering = reordering } : model,
                "reordering-delay" => Duration(value) is { } later ? model with { ReorderingDelay = later } : model,
                "corruption" => Probability(value) is { } corruption ? model with { Corruption = corruption } : model,
                "black-hole-mtu" => Number(value, LinkDevice.MinMtu, LinkDevice.MaxMtu) is { } mtu ? model with { Mtu = mtu } : model,
                _ => model,
            };
        }
        return model;
    }

    private TimeSpan? Duration(LabNode node) => Parse<TimeSpan>(node, LabUnits.DurationForm, static (string text, out TimeSpan value) => LabUnits.TryParseDuration(text, out value));

    private long? Rate(LabNode node) => Parse<long>(node, LabUnits.RateForm, static (string text, out long value) => LabUnits.TryParseRate(text, out value));

    private double? Probability(LabNode node) => Parse<double>(node, LabUnits.ProbabilityForm, static (string text, out double value) => LabUnits.TryParseProbability(text, out value));

    private int? Number(LabNode node, int least, int most)
        => Parse(
            node,
            string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"),
            (string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most);
}
