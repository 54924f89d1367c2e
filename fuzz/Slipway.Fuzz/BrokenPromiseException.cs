namespace Slipway.Fuzz;

/// <summary>The library did not throw, but what it said contradicts itself.</summary>
public sealed class BrokenPromiseException(string message) : Exception(message);
