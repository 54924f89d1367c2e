namespace Slipway.IoModels;

/// <summary>The workload that every model gets.</summary>
public sealed record IoModelOptions
{
    /// <summary>How many datagrams come.</summary>
    public int Datagrams { get; init; } = 10;

    /// <summary>The time before each: each is sent so long after the one before was taken.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(20);
}
