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

    /// <summary>Options whose rounds take about so long in all for one row.</summary>
    public static BenchOptions Lasting(TimeSpan perRow)
    {
        var usual = new BenchOptions();
        return usual with { Round = perRow / (2 * usual.Rounds), WarmUp = TimeSpan.FromTicks(Math.Max(usual.WarmUp.Ticks, perRow.Ticks / 3)) };
    }
}
