using System.Diagnostics;

namespace Slipway.Wire.Tests;

/// <summary>Another parser's opinion of a capture.</summary>
internal static class Tshark
{
    /// <summary>Where it is, or null.</summary>
    internal static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .Select(static directory => System.IO.Path.Combine(directory, "tshark"))
        .FirstOrDefault(File.Exists);

    /// <summary>Reads a capture and gives the fields asked for, one row a packet; all checksums are verified.</summary>
    internal static string[][] Read(byte[] capture, params string[] fields)
    {
        string file = System.IO.Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, capture);
            string[] arguments =
            [
                "-n", "-r", file, "-T", "fields", "-E", "separator=|",
                .. ((string[])["ip", "tcp", "udp"]).SelectMany(static protocol => (string[])["-o", $"{protocol}.check_checksum:TRUE"]),
                .. fields.SelectMany(static field => (string[])["-e", field]),
            ];
            return [.. Run(arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('|'))];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Run(string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Path!, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"tshark: {errors.Result}");
    }
}
