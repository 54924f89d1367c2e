namespace Slipway.Cli;

/// <summary>What the commands end with.</summary>
internal static class ExitCode
{
    /// <summary>The work is done.</summary>
    public const int Done = 0;

    /// <summary>The work failed.</summary>
    public const int Failed = 1;

    /// <summary>The words of the call, or of a file that it names, are wrong.</summary>
    public const int WrongWords = 2;

    /// <summary>The user ended work that was not done: 128 and the number of SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
