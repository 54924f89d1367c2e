namespace Slipway.Bench;

/// <summary>How long a bench measures.</summary>
public sealed record BenchOptions
{
    /// <summary>Rounds of each side; the median counts.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Time of one round of one side.</summary>
    public TimeSpan Round { get; init; } = TimeSpan.FromMilliseconds(600);

    /// <summary>Time that each side runs before anything counts, so that its code has been compiled with its profile.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether the stack is left out.</summary>
    public bool KernelOnly { get; init; }

    /// <summary>Connections that are opened and left idle.</summary>
    public int IdleConnections { get; init; } = 100_000;

    /// <summary>Time that a transfer over a long way is given before it counts: the slow start is not measured.</summary>
    public TimeSpan WideAreaSettling { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time that it is measured then: simulated on the stack, real on the kernel.</summary>
    public TimeSpan WideAreaTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The names that rows must begin with; all if there is none.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>Options whose rounds take about so long in all for one row.</summary>
    public static BenchOptions Lasting(TimeSpan perRow)
    {
        var usual = new BenchOptions();
        return usual with { Round = perRow / (2 * usual.Rounds), WarmUp = TimeSpan.FromTicks(Math.Max(usual.WarmUp.Ticks, perRow.Ticks / 3)) };
    }

    /// <summary>Whether a row is to be measured.</summary>
    internal bool Wants(string row) => Rows.Count == 0 || Rows.Any(wanted => row.StartsWith(wanted, StringComparison.Ordinal));
}
