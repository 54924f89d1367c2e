namespace Slipway.Cli.Tests;

/// <summary>Tests that measure run alone: others beside them would take the processor, and descriptors, from under them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuringGroup
{
    /// <summary>The group's name.</summary>
    public const string Name = "measuring";
}
