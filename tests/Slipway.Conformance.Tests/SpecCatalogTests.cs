using System.Globalization;
using System.Text.RegularExpressions;
using Slipway.Conformance;

namespace Slipway.Conformance.Tests;

/// <summary>The specification is read whole: every row once, none broken, as many as the documents say.</summary>
public class SpecCatalogTests
{
    public static TheoryData<string, int> Documents => new()
    {
        { "sockets.md", 433 },
        { "options.md", 263 },
        { "messages.md", 56 },
        { "process-ipc.md", 141 },
        { "packet.md", 31 },
        { "ipv6.md", 22 },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_document_is_read_whole(string document, int rows) =>
        SpecCatalog.Default.Rows.Count(r => r.Section.Document == document).ShouldBe(rows);

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_section_has_the_rows_that_the_table_at_the_head_states(string document, int rows)
    {
        var stated = StatedCounts(document);
        var sections = SpecCatalog.Default.Rows.Where(r => r.Section.Document == document).GroupBy(r => r.Section.Title, StringComparer.Ordinal).ToList();

        // The head table may shorten a long title; what comes first is enough to tell sections apart.
        foreach (var section in sections)
        {
            var (_, count, verified) = stated.Single(s => section.Key.StartsWith(s.Title, StringComparison.Ordinal));
            section.Count().ShouldBe(count, section.Key);
            section.Count(r => r.Evidence == SpecEvidence.Verified).ShouldBe(verified, section.Key);
        }
        stated.Count.ShouldBe(sections.Count + 1, "one line a section, and the sum");
        stated.Single(s => s.Title == "all").Rows.ShouldBe(rows);
    }

    [Fact]
    public void Every_row_is_complete()
    {
        foreach (SpecRow row in SpecCatalog.Default.Rows)
        {
            row.Statement.ShouldNotBeNullOrWhiteSpace(row.Id);
            row.Section.Title.ShouldNotBeEmpty(row.Id);
            SpecCatalog.Default.Find(row.Id).ShouldBeSameAs(row);
            if (row.Section.Document == "sockets.md")
                row.Expected.ShouldNotBeEmpty(row.Id);
        }
    }

    [Fact]
    public void No_line_that_looks_like_a_row_is_left_out()
    {
        foreach (string document in new[] { "sockets.md", "options.md", "messages.md", "process-ipc.md", "packet.md", "ipv6.md" })
        {
            string[] looksLikeOne = [.. File.ReadLines(DocumentPath(document))
                .Select(line => Regex.Match(line, @"^\| (?<id>[A-Z][A-Z0-9]*(?:-[A-Z]+)?-\d+) \|", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture).Groups["id"].Value)
                .Where(id => id.Length > 0)];
            SpecCatalog.Default.Rows.Where(r => r.Section.Document == document).Select(r => r.Id).ShouldBe(looksLikeOne);
        }
    }

    [Fact]
    public void A_bar_inside_a_cell_does_not_split_it() =>
        SpecCatalog.Default.Find("FD-08")!.HowToTest.ShouldBe("1 host: type 99; SOCK_STREAM|0x100000");

    [Fact]
    public void A_row_of_an_option_table_begins_with_its_name_and_keeps_default_and_errors()
    {
        SpecRow row = SpecCatalog.Default.Find("S-006")!;
        row.Statement.ShouldBe("SO_LINGER: Controls close(); seconds. Section F.");
        row.Expected.ShouldBe("default {0,0}; errors: length < 8: EINVAL");
        row.Prefix.ShouldBe("S");
        row.Evidence.ShouldBe(SpecEvidence.Verified);
    }

    [Fact]
    public void Prefixes_are_told_apart()
    {
        SpecCatalog.Default.WithPrefix("p").ShouldAllBe(r => !r.Id.StartsWith("P-SIG", StringComparison.Ordinal));
        SpecCatalog.Default.WithPrefix("P-SIG").Count().ShouldBe(22);
        SpecCatalog.Default.WithPrefix("FD").Count().ShouldBe(27);
        SpecCatalog.Default.WithPrefix("NOPE").ShouldBeEmpty();
        SpecCatalog.Default.Prefixes.Distinct(StringComparer.Ordinal).Count().ShouldBe(SpecCatalog.Default.Prefixes.Count);
    }

    [Theory]
    [InlineData("| X-1 | one | two |", "3 cells below a header of 2")]
    [InlineData("| X1 | one |", "no row ID")]
    [InlineData("| X-1 |  |", "no statement")]
    [InlineData("| X-1 | one |\n| X-1 | two |", "row 'X-1' stands also at t.md:4")]
    public void A_broken_row_is_refused_with_its_place(string rows, string reason)
    {
        string text = $"## A. Things\n| ID | Statement |\n|---|---|\n{rows}\n";
        string message = Should.Throw<FormatException>(() => SpecCatalog.Read([("t.md", text)])).Message;
        message.ShouldStartWith("t.md:");
        message.ShouldContain(reason);
    }

    [Fact]
    public void An_unknown_mark_is_refused() =>
        Should.Throw<FormatException>(() => SpecCatalog.Read([("t.md", "| ID | Statement | St |\n|---|---|---|\n| X-1 | one | Q |\n")]))
            .Message.ShouldContain("unknown mark 'Q'");

    private static List<(string Title, int Rows, int Verified)> StatedCounts(string document) =>
        [.. File.ReadLines(DocumentPath(document))
            .SkipWhile(line => !line.StartsWith("| Section | Rows |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (cells[1], int.Parse(cells[2], CultureInfo.InvariantCulture), int.Parse(cells[3], CultureInfo.InvariantCulture)))];

    private static string DocumentPath(string document)
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Slipway.slnx")))
            directory = directory.Parent;
        directory.ShouldNotBeNull("the tests run inside the repository");
        return Path.Combine(directory.FullName, "docs", "spec", document);
    }
}
