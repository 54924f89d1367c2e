namespace Slipway.Lab;

/// <content>Reading the pieces of YAML, with a note for each that is something else.</content>
internal sealed partial class LabFileReader
{
    private static string List(IEnumerable<string> names) => names.Any() ? string.Join(", ", names) : "none";

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static List<LabNode> OneOrMore(LabNode node) => node switch
    {
        LabSequence sequence => sequence.Items,
        LabScalar { IsEmpty: true } => [],
        _ => [node],
    };

    private void Note(LabNode place, string message) => problems.Add(new LabFileProblem(place.Line, place.Column, message));

    /// <summary>The values of a mapping that may have these keys only.</summary>
    private Dictionary<string, LabNode> Keys(LabNode node, string what, string[] allowed)
    {
        var found = new Dictionary<string, LabNode>(StringComparer.Ordinal);
        if (node is not LabMapping mapping)
        {
            Note(node, $"{what} cannot be {node.Kind}; allowed keys: {List(allowed)}");
            return found;
        }
        foreach ((LabScalar key, LabNode value) in mapping.Entries)
        {
            if (!allowed.Contains(key.Text)) Note(key, $"unknown key '{key.Text}'; allowed: {List(allowed)}");
            else if (!found.TryAdd(key.Text, value)) Note(key, $"the key '{key.Text}' is given twice");
        }
        return found;
    }

    /// <summary>The entries of a mapping whose keys are names.</summary>
    private List<KeyValuePair<LabScalar, LabNode>> Named(LabNode node, string what)
    {
        if (node is LabMapping mapping) return mapping.Entries;
        if (node is not LabScalar { IsEmpty: true }) Note(node, $"{node.Kind} is not allowed here; allowed: {what}");
        return [];
    }

    private List<LabNode> Items(LabNode node, string what)
    {
        if (node is LabSequence sequence) return sequence.Items;
        if (node is not LabScalar { IsEmpty: true }) Note(node, $"{node.Kind} is not allowed here; allowed: {what}");
        return [];
    }

    private string? Text(LabNode node, string what, bool mayBeEmpty = false)
    {
        if (node is LabScalar scalar && (mayBeEmpty || !scalar.IsEmpty)) return scalar.Text;
        Note(node, $"{node.Kind} is not allowed here; allowed: {what}");
        return null;
    }

    private T? Parse<T>(LabNode node, string what, TryParser<T> parser) where T : struct
    {
        if (Text(node, what) is not { } text) return null;
        if (parser(text, out T value)) return value;
        Note(node, $"'{text}' is not allowed here; allowed: {what}");
        return null;
    }

    private string? OneOf(LabNode node, string[] allowed)
    {
        if (Text(node, List(allowed)) is not { } text) return null;
        if (allowed.Contains(text)) return text;
        Note(node, $"'{text}' is not allowed here; allowed: {List(allowed)}");
        return null;
    }
}
