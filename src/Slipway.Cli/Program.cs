using Slipway.Linux;

namespace Slipway.Cli;

/// <summary>The command line: <c>slipway COMMAND …</c>.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        if (args.Length > 0 && ProgramCommand.HandlesSignals(args[0])) SignalReadyProgram.Ensure(args);
        return CommandLine.RunAsync(args, CommandConsole.ForProcess(), CancellationToken.None);
    }
}
