using System.CommandLine;

namespace Slipway.Cli;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "One JSON object a line instead of a table." };

    /// <summary><c>--pcap FILE</c>.</summary>
    public static Option<string?> Capture() => new("--pcap") { Description = "Write the packets to this file, for Wireshark (pcapng).", HelpName = "FILE" };
}
