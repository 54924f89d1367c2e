using System.CommandLine;
using System.Globalization;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary><c>slipway options</c>: the table of socket options, with the defaults of live sockets.</summary>
internal sealed class OptionsCommand : Command
{
    private const string Linux = "linux", Slipway = "slipway";

    private readonly CommandConsole _console;

    private readonly Option<string?> _system = new("--system") { Description = "Ask one system alone.", HelpName = "linux|slipway" };

    private readonly Option<bool> _compare = new("--compare") { Description = "Only what differs; exit code 1 where a difference has no explanation." };

    private readonly Option<bool> _markdown = new("--markdown") { Description = "The table as docs/options.md has it, with the defaults of a virtual host." };

    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>The command, which writes to the console.</summary>
    public OptionsCommand(CommandConsole console) : base("options", "The table of socket options with their defaults, read from live sockets.")
    {
        _console = console;
        _system.AcceptOnlyFromAmong(Linux, Slipway);
        Add(_system);
        Add(_compare);
        Add(_markdown);
        Add(_json);
        Validators.Add(words =>
        {
            if (words.GetValue(_compare) && words.GetValue(_system) is not null) words.AddError("--compare asks both systems: it does not go with --system");
            if (words.GetValue(_markdown) && (words.GetValue(_compare) || words.GetValue(_json) || words.GetValue(_system) is not null)) words.AddError("--markdown goes with no other option");
        });
        SetAction(Run);
    }

    private int Run(ParseResult words)
    {
        if (words.GetValue(_markdown))
        {
            _console.Out.Write(OptionPage.Write(SocketOptions.All.Select(OptionSystems.Open(linux: false, slipway: true).Read)));
            return ExitCode.Done;
        }
        string? only = words.GetValue(_system);
        bool compare = words.GetValue(_compare);
        OptionSystems systems = OptionSystems.Open(linux: only != Slipway, slipway: only != Linux);
        List<OptionComparison> rows = [.. SocketOptions.All.Select(systems.Read).Where(row => !compare || row.Differs)];
        if (words.GetValue(_json)) PrintLines(rows);
        else PrintTable(rows, compare);
        if (!compare) return ExitCode.Done;
        OptionComparison[] faults = [.. rows.Where(static row => row.IsFault)];
        foreach (OptionComparison row in faults) _console.Tell($"{row.Option.LevelName} {row.Option.Name}: {row.Difference}");
        return faults.Length == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private void PrintTable(List<OptionComparison> rows, bool compare)
    {
        TextTable table = new TextTable().Column("level").Column("name").Number("number").Column("type").Column(Linux).Column(Slipway).Column("settable");
        if (compare) table.Column("why");
        foreach (OptionComparison row in rows)
        {
            SocketOptionDefinition option = row.Option;
            string[] cells =
            [
                option.LevelName, option.Name, option.Number.ToString(CultureInfo.InvariantCulture), OptionText.Type(option.Kind),
                OptionText.Short(row.Linux?.Value), OptionText.Short(row.Slipway?.Value), row.SettableText,
            ];
            table.Add(compare ? [.. cells, row.Explanation ?? "NOT EXPLAINED"] : cells);
        }
        table.Print(_console);
    }

    private void PrintLines(List<OptionComparison> rows)
    {
        foreach (OptionComparison row in rows)
        {
            JsonLine.Write(_console.Out, json =>
            {
                json.WriteString("level", row.Option.LevelName);
                json.WriteString("name", row.Option.Name);
                json.WriteNumber("number", row.Option.Number);
                json.WriteString("type", OptionText.Type(row.Option.Kind));
                json.WriteString("linux", row.Linux?.Value);
                json.WriteString("slipway", row.Slipway?.Value);
                json.WriteBoolean("settable", row.IsSettable);
            });
        }
    }
}
