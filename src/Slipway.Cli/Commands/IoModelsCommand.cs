using System.CommandLine;
using System.Globalization;
using Slipway.IoModels;

namespace Slipway.Cli;

/// <summary><c>slipway io-models</c>: the five I/O models over the same workload, on the kernel and, those that apply, on the stack in the lab.</summary>
internal sealed class IoModelsCommand : Command
{
    private readonly CommandConsole _console;
    private readonly Option<int> _datagrams = new("--datagrams") { Description = "How many come.", HelpName = "N", DefaultValueFactory = static _ => new IoModelOptions().Datagrams };

    private readonly Option<int> _interval = new("--interval")
    {
        Description = "The time before each, in milliseconds.", HelpName = "MS", DefaultValueFactory = static _ => (int)new IoModelOptions().Interval.TotalMilliseconds,
    };

    private readonly Option<bool> _json = CommonOptions.Json();

    /// <summary>The command, which writes to the console.</summary>
    public IoModelsCommand(CommandConsole console) : base("io-models", "Five ways to wait for input, over the same workload: what each costs.")
    {
        _console = console;
        Add(_datagrams);
        Add(_interval);
        Add(_json);
        Bound(_datagrams, 100_000);
        Bound(_interval, 60_000);
        SetAction(Run);
    }

    private int Run(ParseResult words)
    {
        using var interruption = new Interruption(CancellationToken.None);
        var options = new IoModelOptions { Datagrams = words.GetValue(_datagrams), Interval = TimeSpan.FromMilliseconds(words.GetValue(_interval)) };
        IEnumerable<IoModelResult> results = IoModelRuns.OnKernel(options, interruption.Token).Concat(IoModelRuns.InLab(options));
        if (words.GetValue(_json))
        {
            foreach (IoModelResult result in results) PrintLine(result);
            return ExitCode.Done;
        }
        TextTable table = new TextTable().Column("system").Column("model").Number("blocked ms").Number("calls").Number("wake-ups").Number("CPU ms").Number("work").Number("latency µs");
        foreach (IoModelResult result in results)
        {
            table.Add(
                result.System, result.Model, Milliseconds(result.Blocked), Number(result.Calls), result.WakeUps is { } wakeUps ? Number(wakeUps) : "",
                result.Processor is { } processor ? Milliseconds(processor) : "", Number(result.WorkUnits), result.Latency.TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture));
        }
        table.Print(_console);
        return ExitCode.Done;
    }

    private static void Bound(Option<int> option, int most) => option.Validators.Add(word =>
    {
        if (word.Tokens.Count > 0 && word.GetValueOrDefault<int>() is var value && (value < 1 || value > most)) word.AddError($"{option.Name} takes 1 to {most}");
    });

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private void PrintLine(IoModelResult result)
    {
        JsonLine.Write(_console.Out, json =>
        {
            json.WriteString("system", result.System);
            json.WriteString("model", result.Model);
            json.WriteNumber("blockedMilliseconds", Math.Round(result.Blocked.TotalMilliseconds, 3));
            json.WriteNumber("calls", result.Calls);
            if (result.WakeUps is { } wakeUps) json.WriteNumber("wakeUps", wakeUps);
            else json.WriteNull("wakeUps");
            if (result.Processor is { } processor) json.WriteNumber("processorMilliseconds", Math.Round(processor.TotalMilliseconds, 3));
            else json.WriteNull("processorMilliseconds");
            json.WriteNumber("workUnits", result.WorkUnits);
            json.WriteNumber("latencyMicroseconds", Math.Round(result.Latency.TotalMicroseconds, 1));
        });
        _console.Out.Flush();
    }
}
