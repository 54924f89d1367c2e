namespace Slipway.Stack.Tests;

/// <summary>A run of the simulation did not go as it must.</summary>
internal sealed class SimulationException(string message) : Exception(message);
