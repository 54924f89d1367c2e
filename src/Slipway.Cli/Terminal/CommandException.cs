namespace Slipway.Cli;

/// <summary>A command cannot go on. The message is one line that names what and where; the user sees it as it is.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    /// <summary>A value of <see cref="Cli.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The work failed.</summary>
    public static CommandException Failed(string message) => new(Cli.ExitCode.Failed, message);

    /// <summary>The words of the call are wrong.</summary>
    public static CommandException WrongWords(string message) => new(Cli.ExitCode.WrongWords, message);
}
