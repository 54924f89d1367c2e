using System.CommandLine;
using System.CommandLine.Parsing;
using Slipway.Linux;

namespace Slipway.Cli;

/// <summary>A classic program on this machine's kernel. Its arguments go to it as they are; its output, messages and exit code come back as they are.</summary>
internal sealed class ProgramCommand : Command
{
    private readonly CommandConsole _console;

    // The program knows its own words, options too.
    private readonly Argument<string[]> _arguments;

    /// <summary>The command of that program.</summary>
    /// <param name="console">Where it writes.</param>
    /// <param name="program">The key in <see cref="MachinePrograms.ByName"/>.</param>
    /// <param name="words">How its arguments are called.</param>
    /// <param name="description">What it does.</param>
    public ProgramCommand(CommandConsole console, string program, string words, string description) : base(program, description)
    {
        _console = console;
        _arguments = new Argument<string[]>("words") { HelpName = words, Arity = ArgumentArity.ZeroOrMore };
        TreatUnmatchedTokensAsErrors = false;
        Add(_arguments);
        SetAction(Run);
    }

    /// <summary>Whether the command of that name has signal handlers of its own.</summary>
    public static bool HandlesSignals(string command) => command is "ping" or "sniff" or "ruptime" or "ruptimed" or "io-models";

    private int Run(ParseResult words)
    {
        // In the order of the call: an option of the program does not match, but keeps its place among the tokens.
        string[] arguments = [.. words.Tokens.Skip(1).Where(static token => token.Type != TokenType.DoubleDash).Select(static token => token.Value)];
        if (Name == "ruptimed" && DaemonMode.Of(arguments) is { } daemon) return daemon.Run(Name);
        using var process = new LinuxProcess(new LinuxProcessOptions
        {
            ProgramName = Name,
            Arguments = arguments,
            Out = _console.Out,
            Error = _console.Error,
        });
        int status = process.Run(MachinePrograms.ByName[Name]);
        _console.Out.Flush();
        return status;
    }
}
