namespace Slipway.Sockets;

/// <summary>The text of a filter program could not be read.</summary>
/// <param name="line">The line, from 1.</param>
/// <param name="problem">What is wrong with it.</param>
public sealed class FilterSyntaxException(int line, string problem) : FormatException($"line {line}: {problem}")
{
    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>What is wrong with it.</summary>
    public string Problem { get; } = problem;
}
