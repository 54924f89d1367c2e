using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Slipway.Conformance;

namespace Slipway.Cli;

/// <summary><c>slipway conform</c>: plays the scenarios on the kernel and on the stack, and accounts for every row of the specification.</summary>
internal sealed class ConformCommand : Command
{
    private readonly CommandConsole _console;

    private readonly Argument<string[]> _sections = new("section")
    {
        Description = "Sections by the letters of their rows (FD, BIND, …); all if none is named.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>The command, which writes to the console.</summary>
    public ConformCommand(CommandConsole console) : base("conform", "Plays the conformance scenarios on the kernel and on the stack, and prints the differences.")
    {
        _console = console;
        Add(_sections);
        Add(_json);
        _sections.Validators.Add(CheckSections);
        SetAction(Run);
    }

    private static void CheckSections(ArgumentResult words)
    {
        foreach (Token word in words.Tokens)
        {
            if (!SpecCatalog.Default.WithPrefix(word.Value).Any())
                words.AddError($"'{word.Value}' is no section: there are {string.Join(", ", SpecCatalog.Default.Prefixes)}");
        }
    }

    private int Run(ParseResult words)
    {
        using var interruption = new Interruption(CancellationToken.None);
        string[] named = words.GetValue(_sections) ?? [];
        SpecRow[] rows = [.. SpecCatalog.Default.Prefixes
            .Where(prefix => named.Length == 0 || named.Contains(prefix, StringComparer.OrdinalIgnoreCase))
            .SelectMany(SpecCatalog.Default.WithPrefix)];
        IReadOnlyList<RowReport> report;
        using (var progress = new ProgressLine(_console))
            report = ConformanceRun.Play(rows, (done, count, name) => progress.Show(done + 1, count, name), interruption.Token);
        if (words.GetValue(_json)) PrintLines(report);
        else PrintTables(report);
        return report.Any(static row => row.IsDifference) ? ExitCode.Failed : ExitCode.Done;
    }

    private void PrintTables(IReadOnlyList<RowReport> report)
    {
        TextTable table = new TextTable().Column("section").Number("rows").Number("passed on both").Number("differences").Number("excluded").Number("missing");
        IReadOnlyList<SectionSummary> sections = SectionSummary.Of(report);
        foreach (SectionSummary section in sections)
            table.Add([section.Prefix, .. Counts(section)]);
        if (sections.Count > 1) table.Add(["all", .. Counts(new SectionSummary("", report))]);
        table.Print(_console);
        PrintList("Differences", report.Where(static row => row.IsDifference));
        PrintList("Missing", report.Where(SectionSummary.IsMissing));
    }

    private static IEnumerable<string> Counts(SectionSummary section)
    {
        int[] counts = [section.Rows.Count, section.Passed, section.Different, section.Excluded, section.Missing];
        return counts.Select(static count => count.ToString(CultureInfo.InvariantCulture));
    }

    private void PrintList(string title, IEnumerable<RowReport> rows)
    {
        RowReport[] listed = [.. rows];
        if (listed.Length == 0) return;
        _console.Out.WriteLine($"{title}:");
        foreach (RowReport row in listed)
            _console.Out.WriteLine($"  {row.Row.Id}  {row.Reason.ReplaceLineEndings(" ")}");
        _console.Out.WriteLine();
    }

    private void PrintLines(IReadOnlyList<RowReport> report)
    {
        foreach (RowReport row in report)
        {
            JsonLine.Write(_console.Out, json =>
            {
                json.WriteString("row", row.Row.Id);
                json.WriteString("kernel", Word(row.Kernel));
                json.WriteString("stack", Word(row.Stack));
                json.WriteString("reason", row.Reason);
            });
        }
    }

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Pass => "pass",
        Outcome.Fail => "fail",
        Outcome.Excluded => "excluded",
        _ => "missing",
    };
}
