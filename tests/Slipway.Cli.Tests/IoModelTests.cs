using System.Text.Json;
using Slipway.IoModels;
using Slipway.Linux;

namespace Slipway.Cli.Tests;

/// <summary>The five I/O models: what each calls, where it waits, and what it leaves time for. Times of the kernel are not judged, those of the lab are exact.</summary>
public sealed class IoModelTests
{
    private static readonly IoModelOptions s_few = new() { Datagrams = 4, Interval = TimeSpan.FromMilliseconds(5) };

    [Fact]
    [Trait("Row", "P-150")]
    [Trait("Row", "P-151")]
    [Trait("Row", "P-152")]
    [Trait("Row", "P-153")]
    [Trait("Row", "P-155")]
    public void In_the_lab_each_model_waits_and_calls_exactly_as_it_must()
    {
        // Four datagrams, five milliseconds before each; a unit of work is one millisecond.
        IoModelResult[] rows = [.. IoModelRuns.InLab(s_few)];
        TimeSpan all = TimeSpan.FromMilliseconds(20);
        rows.Select(static row => (row.Model, row.Blocked, row.Calls, row.WorkUnits)).ShouldBe(
        [
            ("blocking", all, 4, 0), ("polling", TimeSpan.Zero, 24, 20), ("multiplexing: select", all, 8, 0), ("multiplexing: poll", all, 8, 0),
            ("signal-driven", TimeSpan.Zero, 8, 20), // one call before the first signal; a second one each to see that nothing is left, but after the last
        ]);
        rows.ShouldAllBe(static row => row.System == "slipway" && row.WakeUps == null && row.Processor == null);
        IoModelRuns.InLab(s_few).ShouldBe(rows, "the same seed, the same run");
    }

    [Fact]
    [Trait("Row", "P-154")]
    [Trait("Row", "P-156")]
    public void On_the_kernel_the_program_prints_a_row_for_each_model()
    {
        using var output = Pipe.Create();
        ProcessCommand command = ProcessCommand.Assembly(typeof(Program).Assembly.Location, "io-models", "--json", "--datagrams", "4", "--interval", "5") with
        {
            Descriptors = [ChildDescriptor.Read("/dev/null"), ChildDescriptor.Copy(output.Writer, 1), ChildDescriptor.Inherit(2)],
        };
        using SpawnedProcess program = command.Start();
        output.Writer.Dispose();
        using var text = new StreamReader(output.Reader.ToStream(FileAccess.Read));
        Dictionary<string, JsonElement> rows = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonSerializer.Deserialize<JsonElement>(line))
            .Where(static row => row.GetProperty("system").GetString() == "linux").ToDictionary(static row => row.GetProperty("model").GetString()!);
        program.WaitForExit().ExitCode.ShouldBe(0);

        rows.Keys.ShouldBe(["blocking", "polling", "multiplexing: select", "multiplexing: poll", "multiplexing: epoll", "signal-driven", "asynchronous: io_uring"]);
        // One call takes a datagram where it blocks or is handed over before; two where the wait is a call of its own; any number where the program asks again and again.
        Number("blocking", "calls").ShouldBe(4);
        Number("asynchronous: io_uring", "calls").ShouldBe(4);
        foreach (string multiplexing in new[] { "select", "poll", "epoll" }) Number($"multiplexing: {multiplexing}", "calls").ShouldBe(8);
        Number("polling", "calls").ShouldBe(Number("polling", "workUnits") + 4);
        // Other work is done by those that do not wait, and only by them.
        foreach ((string model, JsonElement row) in rows)
        {
            bool waits = model == "blocking" || model.StartsWith("multiplexing", StringComparison.Ordinal);
            (row.GetProperty("workUnits").GetInt32() > 0).ShouldBe(!waits, model);
            (row.GetProperty("blockedMilliseconds").GetDouble() > 0).ShouldBe(waits, model);
        }

        double Number(string model, string field) => rows[model].GetProperty(field).GetDouble();
    }

    [Theory]
    [InlineData("--datagrams", "0")]
    [InlineData("--interval", "60001")]
    public void A_workload_that_cannot_be_is_refused(string option, string value) => CliRun.Of("io-models", option, value).ShouldBeRefused().ShouldContain($"{option} takes 1 to");
}
