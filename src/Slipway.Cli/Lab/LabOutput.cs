using Slipway.Lab;

namespace Slipway.Cli;

/// <summary>Prints what the programs of a network print, line by line and as it comes; with several programs, each line begins with its program.</summary>
internal sealed class LabOutput(CommandConsole console)
{
    /// <summary>Whether lines begin with the name of their program.</summary>
    public bool NamesProcesses { get; set; }

    /// <summary>Prints a line.</summary>
    public void Print(ProcessLine line)
    {
        TextWriter writer = line.IsError ? console.Error : console.Out;
        writer.WriteLine(NamesProcesses ? $"{line.Process.FullName}: {line.Text}" : line.Text);
    }
}
