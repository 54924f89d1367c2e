using Slipway.Sockets;

namespace Slipway.Linux;

/// <summary>How an isolated process ended.</summary>
/// <param name="Status">The status of waitpid(2).</param>
/// <param name="TimedOut">Whether it was killed because its time was up.</param>
/// <param name="Result">What the role gave back; empty if it did not end normally.</param>
/// <param name="Output">What it wrote to standard output and standard error.</param>
public readonly record struct IsolatedResult(int Status, bool TimedOut, string Result, string Output)
{
    /// <summary>WEXITSTATUS; -1 if a signal ended it.</summary>
    public int ExitCode => (Status & 0x7F) == 0 ? Status >> 8 & 0xFF : -1;

    /// <summary>WTERMSIG: the signal that ended it, or none.</summary>
    public Signal EndedBy => (Signal)(Status & 0x7F);
}
