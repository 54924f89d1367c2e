namespace Slipway.Conformance;

/// <summary>A step of a scenario saw something other than what the row states.</summary>
public sealed class ExpectationException(string message) : Exception(message);
