using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Slipway.Bench;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary><c>slipway bench</c>: the stack beside the kernel in the same run.</summary>
internal sealed class BenchCommand : Command
{
    private readonly CommandConsole _console;
    private readonly Argument<string> _what = new("what") { Description = "What to measure." };
    private readonly Option<bool> _json = CommonOptions.Json();

    private readonly Option<double> _seconds = new("--seconds")
    {
        Description = "Time that each row is measured, both systems together.", HelpName = "N", DefaultValueFactory = static _ => 6, CustomParser = ParseSeconds,
    };

    private readonly Option<string[]> _rows = new("--row") { Description = "Only the rows whose names begin so; may stand several times.", HelpName = "NAME", DefaultValueFactory = static _ => [] };

    private readonly Option<bool> _kernel = new("--kernel") { Description = "Measure the kernel alone." };

    /// <summary>The command, which writes to the console.</summary>
    public BenchCommand(CommandConsole console) : base("bench", "Measures the stack beside the kernel in the same run: medians of five rounds that alternate.")
    {
        _console = console;
        _what.AcceptOnlyFromAmong("udp", "tcp", "ipc");
        Add(_what);
        Add(_seconds);
        Add(_rows);
        Add(_kernel);
        Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult words)
    {
        using var interruption = new Interruption(CancellationToken.None);
        bool json = words.GetValue(_json);
        var table = new TextTable();
        table.Column("name").Column("unit").Number("slipway").Number("kernel").Number("ratio").Number("allocated per operation");
        try
        {
            foreach (BenchResult row in Measure(words, interruption.Token))
            {
                if (json) PrintLine(row);
                else AddRow(table, row);
            }
        }
        catch (SocketCallException failure)
        {
            throw CommandException.Failed($"cannot be measured: {failure.Message}");
        }
        if (!json) table.Print(_console);
        return ExitCode.Done;
    }

    private IEnumerable<BenchResult> Measure(ParseResult words, CancellationToken cancellationToken)
    {
        string what = words.GetValue(_what)!;
        IReadOnlyList<string> names = what switch { "tcp" => TcpBenches.Names, "ipc" => IpcBenches.Names, _ => UdpBenches.Names };
        BenchOptions options = BenchOptions.Lasting(TimeSpan.FromSeconds(words.GetValue(_seconds))) with { KernelOnly = words.GetValue(_kernel), Rows = words.GetValue(_rows) ?? [] };
        using var progress = new ProgressLine(_console);
        void Show(int number) => progress.Show(number + 1, names.Count, names[number]);
        IEnumerable<BenchResult> results = what switch
        {
            "tcp" => TcpBenches.Run(options, Show, cancellationToken),
            "ipc" => IpcBenches.Run(options, Show, cancellationToken),
            _ => UdpBenches.Run(options, Show, cancellationToken),
        };
        if (what == "ipc") _console.Tell(IpcBenches.Explanation);
        foreach (BenchResult result in results) yield return result;
    }

    private static double ParseSeconds(ArgumentResult word)
    {
        string text = word.Tokens[0].Value;
        bool isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds);
        if (!isNumber || seconds is < 0.1 or > 3600) word.AddError($"'{text}' is no number of seconds from 0.1 to 3600");
        return seconds;
    }

    private static void AddRow(TextTable table, BenchResult row) => table.Add(
        row.Name,
        row.Unit,
        row.Slipway?.ToString("N0", CultureInfo.InvariantCulture) ?? "",
        row.Kernel?.ToString("N0", CultureInfo.InvariantCulture) ?? "",
        row.Ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "",
        row.AllocatedPerOperation.ToString("0.##", CultureInfo.InvariantCulture));

    private void PrintLine(BenchResult row)
    {
        JsonLine.Write(_console.Out, json =>
        {
            json.WriteString("name", row.Name);
            json.WriteString("unit", row.Unit);
            WriteNumber(json, "slipway", row.Slipway is { } slipway ? Math.Round(slipway, 1) : null);
            WriteNumber(json, "kernel", row.Kernel is { } kernel ? Math.Round(kernel, 1) : null);
            WriteNumber(json, "ratio", row.Ratio is { } ratio ? Math.Round(ratio, 3) : null);
            json.WriteNumber("allocatedPerOperation", Math.Round(row.AllocatedPerOperation, 3));
        });
        _console.Out.Flush();
    }

    private static void WriteNumber(System.Text.Json.Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }
}
