using System.CommandLine;
using System.CommandLine.Parsing;
using Slipway.Lab;
using Slipway.Linux;
using Slipway.Samples;
using Slipway.Sockets;

namespace Slipway.Cli;

/// <summary><c>slipway lab</c>: builds the network that a file describes, runs its programs, prints what they print.</summary>
internal sealed class LabCommand : Command
{
    private readonly CommandConsole _console;

    private readonly Argument<string> _file = new("file") { HelpName = "FILE.yaml", Description = "The network: hosts, links, programs." };

    private readonly Option<string?> _capture = CommonOptions.Capture();

    private readonly Option<LinkCapture[]> _linkCaptures = new("--pcap-link")
    {
        Description = "Write the packets of one link to this file; may stand several times.", HelpName = "LINK=FILE", CustomParser = ParseLinkCaptures,
    };

    private readonly Option<ulong?> _seed = new("--seed") { Description = "Decides all that chance decides, instead of the file's.", HelpName = "N" };

    private readonly Option<bool> _realTime = new("--real-time") { Description = "Time passes as it does; otherwise it jumps to the next event." };

    private readonly Option<TimeSpan?> _until = new("--until") { Description = "Ends at this time of the network.", HelpName = "TIME", CustomParser = WordParsers.Time };

    /// <summary>The command, which writes to the console.</summary>
    public LabCommand(CommandConsole console) : base("lab", "Runs the virtual network that a file describes.")
    {
        _console = console;
        Add(_file);
        Option[] options = [_capture, _linkCaptures, _seed, _realTime, _until];
        foreach (Option option in options) Add(option);
        SetAction((words, cancellationToken) => Task.Run(() => Run(words, cancellationToken), cancellationToken));
    }

    private int Run(ParseResult words, CancellationToken cancellationToken)
    {
        using var interruption = new Interruption(cancellationToken);
        LinkCapture[] linkCaptures = words.GetValue(_linkCaptures) ?? [];
        string? capture = words.GetValue(_capture);
        var reader = new LabFileReader(_console);
        LabFile file = reader.Load(words.GetRequiredValue(_file));
        var output = new LabOutput(_console);
        var options = new VirtualNetworkOptions
        {
            RealTime = words.GetValue(_realTime) ? TimeProvider.System : null,
            Capture = capture is null && linkCaptures.Length == 0 ? CaptureMode.Off : CaptureMode.Stream,
            ThrowOnFailure = false,
            Output = output.Print,
        };
        using VirtualNetwork network = reader.Build(file, words.GetValue(_seed), options);
        foreach (Host host in network.Hosts) host.Files.Creator = CreateFile;
        output.NamesProcesses = network.Processes.Count > 1;
        if (capture is not null) StartCapture(network, capture, link: null);
        foreach (LinkCapture wanted in linkCaptures) StartCapture(network, wanted.Path, wanted.FindIn(network));
        RunResult result = LabFileReader.Run(file, network, words.GetValue(_until), interruption.Token);
        PrintDiagrams(network);
        return Finish(result);
    }

    /// <summary>A file that a program of the lab makes: here, in the directory of the call, and nowhere else, as a lab file may be somebody else's.</summary>
    private static Stream? CreateFile(string path)
    {
        if (path.StartsWith('.') || Path.GetFileName(path) != path) return null;
        return LinuxFiles.Instance.Create(path);
    }

    private void PrintDiagrams(VirtualNetwork network)
    {
        foreach (LabLink link in network.Links)
        {
            if (link.Diagram is not { } diagram) continue;
            _console.Out.WriteLine();
            _console.Out.Write(diagram.ToString());
        }
    }

    private int Finish(RunResult result)
    {
        foreach (LabProcess process in result.Ended.Where(Ailed)) _console.Tell($"{process} {Fate(process)}");
        if (result.End == RunEnd.Cancelled) return ExitCode.Interrupted;
        // Servers that wait when all others have ended are as they should be; if all wait and none ever ended, they wait for each other.
        bool isDeadlock = result is { End: RunEnd.Idle, AllEnded: false, Ended.Count: 0 };
        if (isDeadlock)
        {
            _console.Tell("deadlock: nothing more can happen, and every program waits");
            foreach (WaitingThread waiting in result.Waiting) _console.Tell(waiting.ToString());
        }
        return isDeadlock || result.Ended.Any(Ailed) ? ExitCode.Failed : ExitCode.Done;
    }

    private static bool Ailed(LabProcess process) => process.Failure is not null || process.KilledBy != Signal.None || process.ExitStatus != 0;

    private static string Fate(LabProcess process)
    {
        if (process.Failure is { } failure) return $"failed: {failure.GetType().Name}: {failure.Message}";
        return process.KilledBy != Signal.None ? $"was killed by {process.KilledBy}" : $"ended with exit code {process.ExitStatus}";
    }

    private static void StartCapture(VirtualNetwork network, string path, LabLink? link)
    {
        try
        {
            network.Capture.StreamTo(path, link);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Failed($"cannot write {path}: {failure.Message}");
        }
    }

    private static LinkCapture[] ParseLinkCaptures(ArgumentResult words)
    {
        var captures = new List<LinkCapture>();
        foreach (Token word in words.Tokens)
        {
            int sign = word.Value.IndexOf('=', StringComparison.Ordinal);
            if (sign > 0 && sign < word.Value.Length - 1) captures.Add(new LinkCapture(word.Value[..sign], word.Value[(sign + 1)..]));
            else words.AddError($"'{word.Value}' is not of the form LINK=FILE, such as client.eth0-server.eth0=link.pcapng");
        }
        return [.. captures];
    }
}
