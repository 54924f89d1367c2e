using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Slipway.Lab;

/// <summary>Reads YAML into <see cref="LabNode"/>s: one document, anchors and aliases, no tags.</summary>
internal sealed class LabYamlParser(string text, List<LabFileProblem> problems)
{
    private readonly Parser _parser = new(new Scanner(new StringReader(text), skipComments: true));
    private readonly Dictionary<AnchorName, LabNode> _anchors = [];

    /// <returns>The document; null if there is none or it is no YAML, and then a problem is noted.</returns>
    public LabNode? Parse()
    {
        try
        {
            _parser.Consume<StreamStart>();
            if (_parser.TryConsume<StreamEnd>(out _))
            {
                problems.Add(new LabFileProblem(1, 1, "the file is empty"));
                return null;
            }
            _parser.Consume<DocumentStart>();
            LabNode root = Node();
            _parser.Consume<DocumentEnd>();
            if (_parser.TryConsume<DocumentStart>(out DocumentStart? second)) Note(second.Start, "a second document; a lab file has one");
            return root;
        }
        catch (YamlException e)
        {
            Note(e.Start, "this is not YAML: " + e.Message);
            return null;
        }
    }

    private LabNode Node()
    {
        ParsingEvent next = _parser.Consume<ParsingEvent>();
        (int line, int column) = ((int)next.Start.Line, (int)next.Start.Column);
        switch (next)
        {
            case AnchorAlias alias:
                if (_anchors.TryGetValue(alias.Value, out LabNode? known)) return known;
                Note(next.Start, $"there is no anchor '{alias.Value.Value}' before this alias");
                return new LabScalar(line, column, "", IsEmpty: true);
            case Scalar scalar:
                return Keep(scalar, new LabScalar(line, column, scalar.Value, scalar is { Style: ScalarStyle.Plain, Value: "" or "~" or "null" }));
            case SequenceStart start:
                return Keep(start, Sequence(line, column));
            default:
                return Keep((NodeEvent)next, Mapping(line, column));
        }
    }

    private LabSequence Sequence(int line, int column)
    {
        var items = new List<LabNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(Node());
        return new LabSequence(line, column, items);
    }

    private LabMapping Mapping(int line, int column)
    {
        var entries = new List<KeyValuePair<LabScalar, LabNode>>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            LabNode key = Node();
            LabNode value = Node();
            if (key is LabScalar name) entries.Add(new(name, value));
            else problems.Add(new LabFileProblem(key.Line, key.Column, $"a key cannot be {key.Kind}"));
        }
        return new LabMapping(line, column, entries);
    }

    private LabNode Keep(NodeEvent start, LabNode node)
    {
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor] = node;
        return node;
    }

    private void Note(Mark at, string message) => problems.Add(new LabFileProblem((int)at.Line, (int)at.Column, message));
}
