using System.Collections.Frozen;

namespace Slipway.Conformance;

/// <summary>
/// All rows of the specification, read from the tables of <c>docs/spec</c>, which are embedded in this assembly. What conform reports
/// on and what scenarios name is checked against it, so that no row is forgotten and none invented.
/// </summary>
public sealed class SpecCatalog
{
    private static readonly Lazy<SpecCatalog> Embedded = new(ReadEmbedded);

    // The order in which conform reports the documents.
    private static readonly string[] Documents = ["sockets.md", "options.md", "messages.md", "process-ipc.md", "packet.md", "ipv6.md"];

    private readonly FrozenDictionary<string, SpecRow> _byId;

    private SpecCatalog(List<SpecRow> rows)
    {
        Rows = rows;
        Sections = [.. rows.Select(static r => r.Section).Distinct()];
        Prefixes = [.. rows.Select(static r => r.Prefix).Distinct(StringComparer.Ordinal)];
        _byId = rows.ToFrozenDictionary(static r => r.Id, StringComparer.Ordinal);
    }

    /// <summary>The specification that this build carries.</summary>
    public static SpecCatalog Default => Embedded.Value;

    /// <summary>Every row, document by document in the order of its tables.</summary>
    public IReadOnlyList<SpecRow> Rows { get; }

    /// <summary>The sections that hold rows, in order.</summary>
    public IReadOnlyList<SpecSection> Sections { get; }

    /// <summary>The prefixes of the IDs (<c>FD</c>, <c>ORD</c>, …), each once, in order of first appearance: what <c>conform SECTION</c> takes.</summary>
    public IReadOnlyList<string> Prefixes { get; }

    /// <summary>The row of that ID, or null where the specification has none. IDs are case-sensitive.</summary>
    public SpecRow? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The rows whose ID has that prefix, in order; empty for an unknown prefix. Case does not matter.</summary>
    public IEnumerable<SpecRow> WithPrefix(string prefix) =>
        Rows.Where(r => r.Prefix.Equals(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a specification from documents in memory.</summary>
    /// <param name="documents">File names with their texts, in the order wanted.</param>
    /// <exception cref="FormatException">A row is malformed, or an ID stands twice; the message names file and line.</exception>
    public static SpecCatalog Read(IEnumerable<(string Name, string Text)> documents)
    {
        var rows = new List<SpecRow>();
        var seen = new Dictionary<string, SpecRow>(StringComparer.Ordinal);
        foreach ((string name, string text) in documents)
        {
            foreach (SpecRow row in SpecTable.Read(name, text))
            {
                if (!seen.TryAdd(row.Id, row))
                    throw new FormatException(
                        $"{name}:{row.Line}: row '{row.Id}' stands also at {seen[row.Id].Section.Document}:{seen[row.Id].Line}");
                rows.Add(row);
            }
        }
        return new SpecCatalog(rows);
    }

    private static SpecCatalog ReadEmbedded() => Read(Documents.Select(static name =>
    {
        using Stream stream = typeof(SpecCatalog).Assembly.GetManifestResourceStream("spec/" + name)
            ?? throw new InvalidOperationException($"this build carries no {name}");
        using var reader = new StreamReader(stream);
        return (name, reader.ReadToEnd());
    }));
}
