using System.CommandLine;
using System.CommandLine.Parsing;
using Slipway.Lab;
using Slipway.Linux;
using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary><c>slipway ip</c> and <c>slipway ss</c>: a tool over netlink, on the kernel or on the hosts of a lab; the same code looks at both.</summary>
internal sealed class ToolCommand : Command
{
    private readonly CommandConsole _console;

    // The tool knows its own words, options too.
    private readonly Argument<string[]> _words;

    /// <summary>The command of that tool.</summary>
    /// <param name="console">Where it writes.</param>
    /// <param name="tool">The key in <see cref="NetworkTools.ByName"/>.</param>
    /// <param name="description">What it does.</param>
    public ToolCommand(CommandConsole console, string tool, string description) : base(tool, description)
    {
        _console = console;
        _words = new Argument<string[]>("words") { HelpName = "(--kernel | --lab FILE [--host NAME] [--until TIME]) [WORDS]", Arity = ArgumentArity.ZeroOrMore };
        TreatUnmatchedTokensAsErrors = false;
        Add(_words);
        SetAction(Run);
    }

    private int Run(ParseResult words)
    {
        ToolPlace place = ToolPlace.Parse([.. words.Tokens.Skip(1).Where(static token => token.Type != TokenType.DoubleDash).Select(static token => token.Value)]);
        int status = place.IsKernel ? RunOnKernel(place) : RunInLab(place);
        _console.Out.Flush();
        return status;
    }

    private int RunOnKernel(ToolPlace place)
    {
        using var process = new LinuxProcess(new LinuxProcessOptions { ProgramName = Name, Arguments = place.Words, Out = _console.Out, Error = _console.Error });
        return process.Run(NetworkTools.ByName[Name]);
    }

    private int RunInLab(ToolPlace place)
    {
        var reader = new LabFileReader(_console);
        LabFile file = reader.Load(place.LabFile!);
        var tools = new HashSet<LabProcess>();
        var options = new VirtualNetworkOptions
        {
            Capture = CaptureMode.Off,
            ThrowOnFailure = false,
            // What the programs of the lab print is not what was asked for.
            Output = line =>
            {
                if (tools.Contains(line.Process)) (line.IsError ? _console.Error : _console.Out).WriteLine(line.Text);
            },
        };
        using VirtualNetwork network = reader.Build(file, seed: null, options);
        Host[] hosts = [.. network.Hosts.Where(host => place.Host is null || host.Name == place.Host)];
        if (hosts.Length == 0) throw CommandException.WrongWords($"{place.LabFile} has no host '{place.Host}'");
        LabFileReader.Run(file, network, place.Until, CancellationToken.None);
        int status = ExitCode.Done;
        foreach (Host host in hosts)
        {
            if (hosts.Length > 1) _console.Out.WriteLine($"{host.Name}:");
            LabProcess process = host.Start(Name, NetworkTools.ByName[Name].Invoke, new StartOptions { Arguments = place.Words });
            tools.Add(process);
            network.RunUntil(() => process.HasEnded, TimeSpan.Zero);
            if (!process.HasEnded) throw CommandException.Failed($"{Name} waits for what only time brings: let the lab file start it");
            if (process.ExitStatus is { } ended and not ExitCode.Done) status = ended;
        }
        return status;
    }
}
