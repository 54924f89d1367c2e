using System.Collections.Concurrent;
using System.Globalization;

namespace Slipway.Stack.Tests;

/// <summary>
/// Transfers over links of every kind: delay, jitter, loss, bursts of it, reordering, duplication, damage, narrow and short queues, small and large packets, black holes, with the options of
/// TCP on and off, both algorithms, ECN, small and large buffers, programs that pause, both directions at once, sequence numbers that wrap. Every byte is compared, and nothing may be left.
/// </summary>
/// <remarks>
/// A failure names its seed: <c>SLIPWAY_SIMULATION_SEED=N</c> runs that one alone. <c>SLIPWAY_SIMULATION_RUNS=N</c> makes the simulation as long as wanted, and <c>SLIPWAY_SIMULATION_FROM=N</c>
/// has it begin at another seed, and <c>SLIPWAY_SIMULATION_TRACE=FILE</c> writes down the segments of the one that failed.
/// </remarks>
public sealed class TransferSimulationTests
{
    private const int UsualRuns = 2_400;
    private const int MostFailures = 8;

    [Fact]
    public void Every_stream_arrives_whole_and_leaves_nothing_behind()
    {
        ulong first = Number("SLIPWAY_SIMULATION_SEED") ?? Number("SLIPWAY_SIMULATION_FROM") ?? 1;
        ulong count = Number("SLIPWAY_SIMULATION_SEED") is null ? Number("SLIPWAY_SIMULATION_RUNS") ?? UsualRuns : 1;
        var failures = new ConcurrentDictionary<ulong, string>();
        Parallel.For(0, (long)count, (i, state) =>
        {
            ulong seed = first + (ulong)i;
            if (Try(seed) is not { } problem) return;
            failures[seed] = problem;
            if (failures.Count >= MostFailures) state.Stop();
        });
        failures.OrderBy(static failure => failure.Key).Select(static failure => failure.Value).ShouldBeEmpty();
    }

    private static string? Try(ulong seed)
    {
        var plan = new SimulationPlan(seed);
        string? file = Environment.GetEnvironmentVariable("SLIPWAY_SIMULATION_TRACE");
        var transfer = new SimulatedTransfer(plan, traces: file is not null);
        try
        {
            transfer.Run();
            return null;
        }
        catch (Exception e)
        {
            if (file is not null) File.WriteAllText(file, transfer.Trace!.ToString());
            string what = e is SimulationException ? e.Message : e.ToString();
            return $"seed {seed}: {what}\n  {plan}\n";
        }
    }

    private static ulong? Number(string variable)
        => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;
}
