namespace Slipway.Cli;

/// <summary>Where a command writes: the process's own streams, or a test's.</summary>
/// <param name="output">Standard output: results, and nothing else.</param>
/// <param name="error">Standard error: failures, and progress on a terminal.</param>
/// <param name="width">Columns of the terminal that standard output is; null where it is none.</param>
/// <param name="showsProgress">Whether standard error is a terminal.</param>
internal sealed class CommandConsole(TextWriter output, TextWriter error, int? width = null, bool showsProgress = false)
{
    /// <summary>Standard output.</summary>
    public TextWriter Out { get; } = output;

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Columns of the terminal that standard output is; null where it is none.</summary>
    public int? Width { get; } = width;

    /// <summary>Whether progress is shown.</summary>
    public bool ShowsProgress { get; } = showsProgress;

    /// <summary>Whether a write to standard output failed because its reader has gone.</summary>
    public bool IsBroken
    {
        get
        {
            try
            {
                Out.Flush();
                return false;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    /// <summary>The streams of this process.</summary>
    public static CommandConsole ForProcess() => new(
        Console.Out,
        Console.Error,
        Console.IsOutputRedirected ? null : Console.WindowWidth,
        !Console.IsErrorRedirected);

    /// <summary>Tells a failure in one line.</summary>
    public void Tell(string message) => Error.WriteLine("slipway: " + message.ReplaceLineEndings(" "));
}
