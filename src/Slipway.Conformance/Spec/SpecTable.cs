using System.Text;

namespace Slipway.Conformance;

/// <summary>Reads the rows of one document: the lines of each table whose first column is headed <c>ID</c>.</summary>
internal static class SpecTable
{
    private const string VerifiedMark = "[verified 6.18]";

    /// <summary>Reads every row of a document, in order.</summary>
    /// <param name="document">The file's name, for sections and messages.</param>
    /// <param name="text">The whole file.</param>
    /// <exception cref="FormatException">A row has another number of cells than its header, no ID, no statement or an unknown mark.</exception>
    internal static List<SpecRow> Read(string document, string text)
    {
        var rows = new List<SpecRow>();
        SpecSection section = new(document, "");
        string[]? header = null;
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            if (line.StartsWith("## ", StringComparison.Ordinal))
                section = new SpecSection(document, line[3..].Trim());
            if (!line.StartsWith('|'))
            {
                header = null;
                continue;
            }
            string[] cells = SplitCells(line);
            if (cells[0] == "ID")
                header = cells;
            else if (header is not null && !IsRule(cells))
                rows.Add(ReadRow(header, cells, section, number));
        }
        return rows;
    }

    /// <summary>Splits a table line at its bars; <c>\|</c> is a bar inside a cell.</summary>
    internal static string[] SplitCells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        ReadOnlySpan<char> body = line.AsSpan().Trim();
        for (int i = 1; i < body.Length; i++)
        {
            if (body[i] == '\\' && i + 1 < body.Length && body[i + 1] == '|')
            {
                cell.Append('|');
                i++;
            }
            else if (body[i] == '|')
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
            {
                cell.Append(body[i]);
            }
        }
        if (cell.Length > 0)
            cells.Add(cell.ToString().Trim());
        return [.. cells];
    }

    /// <summary>Whether this is the line of hyphens below a header.</summary>
    private static bool IsRule(string[] cells) => Array.TrueForAll(cells, static c => c.Length > 0 && c.AsSpan().Trim("-:").IsEmpty);

    private static SpecRow ReadRow(string[] header, string[] cells, SpecSection section, int line)
    {
        string id = cells[0];
        if (cells.Length != header.Length)
            throw Malformed($"{cells.Length} cells below a header of {header.Length}");
        if (!IsId(id))
            throw Malformed("the first cell is no row ID (PREFIX-NUMBER)");

        string name = Cell("Name", "Operation", "Model");
        string statement = Cell("Statement", "Statement and expected figures", "Semantics");
        if (statement.Length == 0)
            throw Malformed("no statement");
        string expected = Cell("Expected Linux result", "Measured 6.18, W=200");
        return new SpecRow(
            id,
            section,
            line,
            name.Length == 0 ? statement : $"{name}: {statement}",
            expected.Length == 0 ? OptionExpectation() : expected,
            Cell("How to test", "How tested", "Test"),
            Evidence());

        FormatException Malformed(string what) => new($"{section.Document}:{line}: row '{id}': {what}");

        string Cell(params ReadOnlySpan<string> names)
        {
            foreach (string wanted in names)
            {
                int column = Array.IndexOf(header, wanted);
                if (column >= 0)
                    return cells[column];
            }
            return "";
        }

        // The tables of options have the default and the errors in columns of their own.
        string OptionExpectation()
        {
            string errors = Cell("Errors");
            return Array.IndexOf(header, "Linux default") < 0 ? ""
                : errors is "" or "-" ? $"default {Cell("Linux default")}"
                : $"default {Cell("Linux default")}; errors: {errors}";
        }

        SpecEvidence Evidence()
        {
            if (Array.IndexOf(header, "St") < 0)
                return expected.Contains(VerifiedMark, StringComparison.Ordinal) ? SpecEvidence.Verified : SpecEvidence.Documented;
            return Cell("St") switch
            {
                ['V', ..] => SpecEvidence.Verified,
                ['D', ..] => SpecEvidence.Documented,
                ['P', ..] => SpecEvidence.Policy,
                string mark => throw Malformed($"unknown mark '{mark}': V, D or P"),
            };
        }
    }

    private static bool IsId(string text)
    {
        int hyphen = text.LastIndexOf('-');
        return hyphen > 0
            && text.AsSpan(hyphen + 1) is { IsEmpty: false } digits && !digits.ContainsAnyExceptInRange('0', '9')
            && char.IsAsciiLetterUpper(text[0]) && text.AsSpan(0, hyphen).IndexOfAnyExcept(Letters) < 0;
    }

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
}
