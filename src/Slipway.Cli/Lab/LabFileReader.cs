using Slipway.Lab;
using Slipway.Samples;

namespace Slipway.Cli;

/// <summary>Reads, builds and runs lab files for commands: what is wrong with a file ends the command with all its problems, each as FILE:LINE:COLUMN.</summary>
/// <param name="console">Where all problems but the last are told; the last is the command's failure.</param>
internal sealed class LabFileReader(CommandConsole console)
{
    /// <summary>Reads a file that may start every program of the command line.</summary>
    public LabFile Load(string path)
    {
        try
        {
            return LabFile.Load(path, NetworkTools.With(Programs.ByName));
        }
        catch (LabFileException wrong)
        {
            throw Refusal(wrong);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CommandException.WrongWords($"{path}: {failure.Message}");
        }
    }

    /// <summary>Builds the network of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="seed">In place of the file's own.</param>
    /// <param name="options">How to run it.</param>
    public VirtualNetwork Build(LabFile file, ulong? seed, VirtualNetworkOptions options)
    {
        try
        {
            return file.Build(seed, options);
        }
        catch (LabFileException wrong)
        {
            throw Refusal(wrong);
        }
    }

    /// <summary>Runs the network of a file.</summary>
    public static RunResult Run(LabFile file, VirtualNetwork network, TimeSpan? until, CancellationToken cancellationToken)
    {
        try
        {
            return file.Run(network, until, cancellationToken);
        }
        catch (LabStalledException stalled)
        {
            throw CommandException.Failed(stalled.Message);
        }
    }

    private CommandException Refusal(LabFileException wrong)
    {
        string[] lines = wrong.Message.Split('\n');
        foreach (string line in lines[..^1]) console.Tell(line);
        return CommandException.WrongWords(lines[^1]);
    }
}
