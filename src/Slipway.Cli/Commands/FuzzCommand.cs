using System.CommandLine;
using System.Globalization;
using Slipway.Conformance;

namespace Slipway.Cli;

/// <summary><c>slipway fuzz</c>: random calls on the kernel and on the stack, and where they part.</summary>
internal sealed class FuzzCommand : Command
{
    private readonly CommandConsole _console;

    private readonly Option<ulong> _seed = new("--seed") { Description = "Decides all calls; the same seed makes the same.", HelpName = "number", DefaultValueFactory = static _ => 1 };

    private readonly Option<long> _calls = new("--calls") { Description = "How many calls to make on each system.", HelpName = "number", DefaultValueFactory = static _ => 200_000 };

    private readonly Option<int> _sequence = new("--sequence") { Description = "Begins with this sequence: that of a finding shows it again.", HelpName = "number" };

    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>The command, which writes to the console.</summary>
    public FuzzCommand(CommandConsole console) : base("fuzz", "Throws random calls at sockets of the kernel and of the stack; exit code 1 where they part without an explanation.")
    {
        _console = console;
        Add(_seed);
        Add(_calls);
        Add(_sequence);
        Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult words)
    {
        if (KernelRunner.Obstacle is { } obstacle) throw CommandException.Failed(obstacle);
        using var interruption = new Interruption(CancellationToken.None);
        long calls = words.GetValue(_calls);
        FuzzReport report;
        using (var progress = new ProgressLine(_console))
        {
            report = CallFuzz.Run(
                words.GetValue(_seed), calls, words.GetValue(_sequence), done => progress.Show((int)Math.Min(done, calls), (int)Math.Min(calls, int.MaxValue), "calls"), interruption.Token);
        }
        if (words.GetValue(_json)) PrintLines(report);
        else Print(report);
        return report.Findings.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private void Print(FuzzReport report)
    {
        _console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Calls} calls of seed {report.Seed} in {report.Sequences} sequences on sockets of {report.Kinds.Count} kinds: {report.Findings.Count} differences that nothing explains, {report.Unsteady} that did not come again"));
        if (report.Explained.Count > 0)
        {
            TextTable table = new TextTable().Number("calls").Column("differ, as they should");
            foreach ((string reason, int count) in report.Explained) table.Add(count.ToString(CultureInfo.InvariantCulture), reason);
            table.Print(_console);
        }
        foreach (FuzzFinding finding in report.Findings.OrderByDescending(static finding => finding.Count))
        {
            _console.Out.WriteLine();
            _console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{finding.Signature} ({finding.Count} times; --seed {report.Seed} --sequence {finding.Sequence})"));
            foreach (string line in finding.Replay) _console.Out.WriteLine("  " + line);
        }
    }

    private void PrintLines(FuzzReport report)
    {
        foreach (FuzzFinding finding in report.Findings)
        {
            JsonLine.Write(_console.Out, json =>
            {
                json.WriteString("difference", finding.Signature);
                json.WriteNumber("count", finding.Count);
                json.WriteNumber("sequence", finding.Sequence);
                json.WriteString("replay", string.Join('\n', finding.Replay));
                json.WriteNull("reason");
            });
        }
        foreach ((string reason, int count) in report.Explained)
        {
            JsonLine.Write(_console.Out, json =>
            {
                json.WriteNull("difference");
                json.WriteNumber("count", count);
                json.WriteNull("sequence");
                json.WriteNull("replay");
                json.WriteString("reason", reason);
            });
        }
    }
}
