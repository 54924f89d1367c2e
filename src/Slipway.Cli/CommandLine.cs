using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Slipway.Cli;

/// <summary>All commands, and what is common to them: how words are refused and failures told.</summary>
internal static class CommandLine
{
    /// <summary>Runs one call.</summary>
    /// <returns>A value of <see cref="ExitCode"/>, or the exit code of the program that the command ran.</returns>
    public static async Task<int> RunAsync(string[] args, CommandConsole console, CancellationToken cancellationToken)
    {
        ParseResult words = Root(console).Parse(args);
        if (words.Action is ParseErrorAction || words.Errors.Count > 0) return await RefuseAsync(words, console);
        var configuration = new InvocationConfiguration
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // commands that clean up listen themselves (Interruption); the others end as any program
        };
        try
        {
            return await words.InvokeAsync(configuration, cancellationToken);
        }
        catch (CommandException failure)
        {
            console.Tell(failure.Message);
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (IOException failure)
        {
            // Standard output was closed by its reader (| head): nobody is left to tell.
            if (!console.IsBroken) console.Tell(failure.Message);
            return ExitCode.Failed;
        }
    }

    private static RootCommand Root(CommandConsole console) => new("Launches network programs onto a network of your own: a TCP/IP stack with Linux's sockets, in C#.")
    {
        new LabCommand(console),
        new UpCommand(console),
        new ProgramCommand(console, "findsvc", "NAME SERVICE", "Every way to reach a service that getaddrinfo finds."),
        new ProgramCommand(console, "ping", "[-4|-6] [-c COUNT] [-i SECONDS] [-s BYTES] [-t TTL] [-W SECONDS] HOST", "Asks a host for echoes, and tells how long they took."),
        new ProgramCommand(console, "traceroute", "[-4|-6] [-I] [-n] [-f FIRST] [-m MOST] [-q PROBES] [-w SECONDS] HOST", "Finds the routers on the way to a host."),
        new ProgramCommand(console, "sniff", "[-i INTERFACE] [-c COUNT] [-w CAPTURE] [-f PROGRAM | -F FILE]", "Prints the packets of the machine's interfaces, a line each, by the ring of a packet socket."),
        new ProgramCommand(console, "ruptime", "[--dgram] HOST", "Asks a host how long it has been up."),
        new ProgramCommand(console, "ruptimed", "[--daemon [--pid-file=PATH] [--log=SOCKET]] [--dgram | --child]", "Answers ruptime; as a daemon in the background, until SIGTERM."),
        new ToolCommand(console, "ip", "Addresses, links, routes, neighbours and rules of a host, as ip(8) shows and changes them."),
        new ToolCommand(console, "ss", "The sockets of a host, as ss(8) shows them."),
        new IoModelsCommand(console),
        new ConformCommand(console),
        new FuzzCommand(console),
        new OptionsCommand(console),
        new BenchCommand(console),
    };

    private static async Task<int> RefuseAsync(ParseResult words, CommandConsole console)
    {
        if (words.Tokens.Count == 0)
        {
            await Root(console).Parse(["--help"]).InvokeAsync(new InvocationConfiguration { Output = console.Error, Error = console.Error });
            return ExitCode.WrongWords;
        }
        Command command = words.CommandResult.Command;
        string path = command is RootCommand ? "" : " " + command.Name;
        // One cause is enough: what follows is often its consequence.
        ParseError first = words.Errors[0];
        console.Tell($"{first.Message.TrimEnd('.')} (slipway{path} --help tells the words)");
        return ExitCode.WrongWords;
    }
}
