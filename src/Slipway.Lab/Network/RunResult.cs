using System.Globalization;
using System.Text;
using Slipway.Sockets;

namespace Slipway.Lab;

/// <summary>What a run came to.</summary>
/// <param name="End">Why it ended.</param>
/// <param name="Time">When, since the start of the network.</param>
/// <param name="Ended">The processes that ended in this run, in that order.</param>
/// <param name="Waiting">The threads that still wait, processes in the order of their ids.</param>
public sealed record RunResult(RunEnd End, TimeSpan Time, IReadOnlyList<LabProcess> Ended, IReadOnlyList<WaitingThread> Waiting)
{
    /// <summary>Whether every process has ended.</summary>
    public bool AllEnded => Waiting.Count == 0;

    /// <summary>Processes that an exception ended.</summary>
    public IEnumerable<LabProcess> Failed => Ended.Where(static process => process.Failure is not null);

    /// <summary>A report: why and when the run ended, how each process ended, what each thread waits for.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Reason()} at {Time.TotalSeconds:0.######} s");
        foreach (LabProcess process in Ended) text.Append(CultureInfo.InvariantCulture, $"\n{process} ended: {Outcome(process)}");
        foreach (WaitingThread waiting in Waiting) text.Append(CultureInfo.InvariantCulture, $"\n{waiting}");
        return text.ToString();
    }

    private static string Outcome(LabProcess process)
    {
        if (process.Failure is { } failure) return $"{failure.GetType().Name}: {failure.Message}";
        return process.KilledBy != Signal.None ? $"killed by {process.KilledBy}" : string.Create(CultureInfo.InvariantCulture, $"exit code {process.ExitStatus}");
    }

    private string Reason() => End switch
    {
        RunEnd.Idle when Waiting.Count > 0 => "nothing more can happen",
        RunEnd.Idle or RunEnd.ProcessesEnded => "all processes have ended",
        RunEnd.TimeReached => "the time was reached",
        RunEnd.ConditionMet => "the condition was met",
        _ => "the run was cancelled",
    };
}
