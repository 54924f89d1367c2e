using System.Diagnostics;

namespace Slipway.Cli.Tests;

/// <summary>Programs of the machine that tests ask for a second opinion.</summary>
internal static class Tools
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Whether the machine has the program.</summary>
    public static bool Has(string name) => Find(name) is not null;

    /// <summary>Runs a program to its end, in the network namespace of the calling thread.</summary>
    /// <returns>Its exit code and what it printed.</returns>
    public static (int ExitCode, string Output) Run(string name, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Find(name)!, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill();
            throw new TimeoutException($"{name} {string.Join(' ', arguments)} did not end");
        }
        return (process.ExitCode, output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult());
    }

    /// <summary>How many packets of a capture tshark finds to match a filter, with checksums verified.</summary>
    public static int CountPackets(string file, string filter)
    {
        string[] arguments =
        [
            "-n", "-r", file, "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y", filter, "-T", "fields", "-e", "frame.number",
        ];
        (int exitCode, string output) = Run("tshark", arguments);
        if (exitCode != 0) throw new InvalidOperationException($"tshark: {output}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(static line => line.All(char.IsAsciiDigit));
    }

    private static string? Find(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);
}
