namespace Slipway.Cli;

/// <summary>A tool cannot do what it is asked for: what it says of it, and its exit code.</summary>
internal sealed class ToolException(int exitCode, string message) : Exception(message)
{
    /// <summary>The exit code: 1 for what is not there, 2 for what was refused, 255 for words that are wrong, as ip(8) has it.</summary>
    public int ExitCode { get; } = exitCode;
}
